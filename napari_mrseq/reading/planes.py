"""Slices → planes, and planes that are one stack after all: of moving heads, or round an axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import sub
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import (
    FEWEST_SHOWING,
    SAME_DIRECTION,
    UNEVEN,
    slice_normal,
    slice_spacing,
    turn_between,
)
from napari_mrseq.reading.grouping import gathered, grouped
from napari_mrseq.reading.places import places_of, slice_heights
from napari_mrseq.reading.volumes import Stack, as_acquired, warnings_of

_Orientation = tuple[float, ...] | None
# Direction cosines of slices that may still be one stack differ by no more: those that a program
# rounds to two decimals by 0.01, those of planes turned by a degree by 0.0175. The edge of a head
# then moves by 2 mm, less than most slices are thick.
_NEARLY_PARALLEL = 0.0175

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


def split_by_plane(frames: Sequence[Frame]) -> list[list[Frame]]:
    """Part slices by their orientation.

    What is turned by up to a degree stays together where it lies evenly as one stack, each plane
    at places of its own: volumes that follow a head, and stacks planned anew, share theirs.
    Programs that round cosines turn them (dwv issue 1877; highdicom tolerates it, PR 405).

    Parameters
    ----------
    frames : sequence of Frame
        Slices of one shape and pixel size.
    """
    # Where each volume is turned anew there are many planes: an orientation is compared once.
    planes = gathered(dict.fromkeys(frame.orientation for frame in frames), same_plane)
    numbers = {orientation: number for number, plane in enumerate(planes) for orientation in plane}
    by_plane = grouped(frames, lambda frame: numbers[frame.orientation])
    found: list[list[Frame]] = []
    for near in gathered(by_plane, _nearly_parallel):
        together = [frame for plane in near for frame in plane]
        found += [together] if _are_one(near, together) else near
    return found


def _nearly_parallel(one: Sequence[Frame], other: Sequence[Frame]) -> bool:
    return same_plane(one[0].orientation, other[0].orientation, _NEARLY_PARALLEL)


def _are_one(planes: Sequence[Sequence[Frame]], frames: Sequence[Frame]) -> bool:
    """Tell whether planes that are nearly parallel hold the slices of one stack."""
    heights = slice_heights(frames) if len(planes) > 1 else ()
    if len(heights) < FEWEST_SHOWING:
        return False
    numbers = dict(zip(map(id, frames), places_of(frames), strict=True))
    held = [len({numbers[id(frame)] for frame in plane}) for plane in planes]
    spacing = slice_spacing(heights)
    is_even = spacing.is_whole and not spacing.is_closer_than(frames[0].thickness)
    return sum(held) == len(heights) and is_even


def same_plane(first: _Orientation, second: _Orientation, within: float = SAME_DIRECTION) -> bool:
    """Tell whether two orientations are one, but for noise of scanners, or both unknown."""
    if first is None or second is None:
        return first is second
    # Most of many planes differ in the first cosine.
    differs = abs(first[0] - second[0]) > within
    return not differs and max(map(abs, map(sub, first, second))) <= within


def turns_within(stack: Stack) -> list[str]:
    """Say by how much the slices of a stack are turned against its first."""
    first, *others = (frame.orientation for frame in stack.volumes[0])
    turned = [other for other in others if not same_plane(first, other)]
    said = "slices are turned by up to {}; the orientation of the first is kept"
    return [said.format(_turn(first, turned))] if turned else []


def warn_of_turns(stacks: Sequence[Stack]) -> None:
    """Say of stacks of one kind which others they are kept apart from by a degree or less.

    All their slices have a place.
    """
    firsts = np.array([stack.first.orientation for stack in stacks])
    for stack, first in zip(stacks, firsts, strict=True):
        apart = np.abs(firsts - first).max(axis=1)
        near = firsts[(apart > SAME_DIRECTION) & (apart <= _NEARLY_PARALLEL)]
        if len(near):
            stack.warnings.append(
                f"slices of this series that are turned by up to {_turn(first, near)} against "
                "these are kept apart"
            )


def _turn(first: Any, others: Iterable[Any]) -> str:
    return f"{max(turn_between(first, other) for other in others):.1f} degrees"


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
    turn = _turn(volumes[0][0].orientation, (stack.first.orientation for stack in stacks))
    turned = f"volumes are turned by up to {turn}; the geometry of the first is used"
    return [Stack(volumes, warnings=[*warnings_of(stacks), *doubt, turned])]


def _is_near(one: _Placed, other: _Placed) -> bool:
    """Tell whether a head can have gone from where one stack lies to where the other does."""
    (stack, first, last), (turned, its_first, its_last) = one, other
    depth = float(np.linalg.norm(last - first))
    its_depth = float(np.linalg.norm(its_last - its_first))
    move = float(np.linalg.norm(first + last - its_first - its_last)) / 2
    if abs(depth - its_depth) > UNEVEN * depth or move > min(_LARGEST_MOVE_MM, depth / 2):
        return False
    turn = turn_between(stack.first.orientation or (), turned.first.orientation or ())
    return turn <= _LARGEST_TURN_DEGREES


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
