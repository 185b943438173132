"""Stacks in several planes that are one: volumes of a turning head, slices round an axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import UNEVEN, slice_normal, turn_between
from napari_mrseq.reading.grouping import gathered
from napari_mrseq.reading.volumes import Stack, as_acquired, warnings_of

# How far a head turns and moves inside a coil. Stacks along the discs of a spine are turned no
# more, but each lies beside the others: by half its depth at least.
_LARGEST_TURN_DEGREES = 15.0
_LARGEST_MOVE_MM = 15.0
# Two may as well be one stack that was planned anew.
_FEWEST_VOLUMES = 3

# Two planes share a line anyhow.
_FEWEST_RADIAL = 3
# Normals of radial slices lie in one plane, spread out: how far they leave it and fill it at least,
# as parts of their length. A degree and a fan of some twenty degrees.
_LARGEST_LEANING = 0.0175
_LEAST_SPREAD = 0.1
# How far in mm planes may pass beside their axis, which runs through the inner half of each.
_LARGEST_MISS_MM = 5.0
_INNER = 0.25

_RADIAL = (
    "radial slices, turned about one axis: shown one after the other, without a position "
    "or a distance from each other"
)

# A stack, and the middles of the first and the last slice of its first volume.
_Placed = tuple[Stack, NDArray[np.float64], NDArray[np.float64]]


def joined_volumes(stacks: Sequence[Stack]) -> list[Stack]:
    """Join stacks of one kind whose volumes are turned a little against each other.

    So are those of 3D PACE (Thesen et al., Magn Reson Med 44:457, 2000) and navigators of the head
    (dcm2niix issue 404: "orientation varies (vNav or localizer?)").

    Parameters
    ----------
    stacks : sequence of Stack
        One a plane, of as many slices.

    Returns
    -------
    list of Stack
        Joined ones have the place of their first volume, and say so.
    """
    if len(stacks) < 2 or len(stacks[0].volumes[0]) < 2:
        return list(stacks)
    acquired = sorted(stacks, key=lambda stack: stack.start)
    placed = [(one, one.first.middle, one.volumes[0][-1].middle) for one in acquired]
    groups = gathered(placed, _is_near)
    return [one for group in groups for one in _in_one([stack for stack, _, _ in group])]


def _in_one(stacks: list[Stack]) -> list[Stack]:
    volumes, doubt = as_acquired(volume for stack in stacks for volume in stack.volumes)
    if len(stacks) == 1 or len(volumes) < _FEWEST_VOLUMES:
        return stacks
    turn = max(_turn(volumes[0][0], stack.first) for stack in stacks)
    turned = f"volumes are turned by up to {turn:.1f} degrees; the geometry of the first is used"
    return [Stack(volumes, warnings=[*warnings_of(stacks), *doubt, turned])]


def _is_near(one: _Placed, other: _Placed) -> bool:
    """Tell whether a head can have gone from where one stack lies to where the other does."""
    (stack, first, last), (turned, its_first, its_last) = one, other
    depth = float(np.linalg.norm(last - first))
    its_depth = float(np.linalg.norm(its_last - its_first))
    move = float(np.linalg.norm(first + last - its_first - its_last)) / 2
    if abs(depth - its_depth) > UNEVEN * depth or move > min(_LARGEST_MOVE_MM, depth / 2):
        return False
    return _turn(stack.first, turned.first) <= _LARGEST_TURN_DEGREES


def _turn(one: Frame, other: Frame) -> float:
    return turn_between(one.orientation or (), other.orientation or ())


def joined_radial(stacks: Sequence[Stack]) -> list[Stack]:
    """Join stacks of a slice each that fan round one axis, all at as many times.

    As protocols of radial thick-slab MRCP and of rotated long-axis cine have them: apart, one scan
    would be a dozen layers and verdicts of a slice each.

    Parameters
    ----------
    stacks : sequence of Stack
        One a plane, of one kind and as many slices.
    """
    single = len(stacks[0].volumes[0]) == 1
    as_many = len({len(stack.volumes) for stack in stacks}) == 1
    if single and as_many and _are_radial([stack.first for stack in stacks]):
        return [_radial_stack(stacks)]
    return list(stacks)


def _are_radial(slices: Sequence[Frame]) -> bool:
    """Tell whether planes meet in one line, which runs through the middle of each."""
    if len(slices) < _FEWEST_RADIAL:
        return False
    centres = np.array([frame.middle for frame in slices])
    normals = np.array([slice_normal(frame.orientation or ()) for frame in slices])
    _, lengths, directions = np.linalg.svd(normals, full_matrices=False)
    axis = directions[2]
    if np.abs(normals @ axis).max() > _LARGEST_LEANING or lengths[1] < _LEAST_SPREAD * lengths[0]:
        return False
    # The point nearest to all planes, at the height along the axis that doesn't matter.
    wanted = np.sum(normals * centres, axis=1)
    point = np.linalg.lstsq(normals, wanted, rcond=_LEAST_SPREAD / 2)[0]
    beside = centres - point
    beside -= np.outer(beside @ axis, axis)
    missed = np.abs(normals @ point - wanted).max()
    room = _INNER * min(slices[0].field_of_view)
    return bool(missed <= _LARGEST_MISS_MM and np.linalg.norm(beside, axis=1).max() <= room)


def _radial_stack(stacks: Sequence[Stack]) -> Stack:
    in_order = sorted(stacks, key=lambda stack: stack.start)
    times = zip(*(stack.volumes for stack in in_order), strict=True)
    volumes = [[volume[0] for volume in at_one_time] for at_one_time in times]
    return Stack(volumes, warnings=[*warnings_of(in_order), _RADIAL], is_radial=True)
