"""Slices that fan round an axis, as radial MRCP and long-axis cine have: one stack of pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import slice_normal
from napari_mrseq.reading.volumes import Stack, warnings_of

# Two planes share a line anyhow.
_FEWEST = 3
# Directions of a fan lie in one plane, spread out: how far they leave it and fill it at least, as
# parts of their length. A degree and a fan of some twenty degrees.
_LARGEST_LEANING = 0.0175
_LEAST_SPREAD = 0.1
# How far in mm planes may pass beside their axis, which runs through the inner half of each.
_LARGEST_MISS_MM = 5.0
_INNER = 0.25

_FAN = (
    "radial slices, turned about one axis: shown one after the other, without a position "
    "or a distance from each other"
)


def joined_fan(stacks: Sequence[Stack]) -> list[Stack]:
    """Join stacks of a slice each that fan round one axis, all at as many times.

    As protocols of radial thick-slab MRCP and of rotated long-axis cine have them.

    Parameters
    ----------
    stacks : sequence of Stack
        One a plane, of one kind and as many slices.
    """
    single = len(stacks[0].volumes[0]) == 1
    as_many = len({len(stack.volumes) for stack in stacks}) == 1
    if single and as_many and _is_fan([stack.volumes[0][0] for stack in stacks]):
        return [_fan_of(stacks)]
    return list(stacks)


def _is_fan(slices: Sequence[Frame]) -> bool:
    """Tell whether planes meet in one line, which runs through the middle of each."""
    if len(slices) < _FEWEST:
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


def _fan_of(stacks: Sequence[Stack]) -> Stack:
    in_order = sorted(stacks, key=lambda stack: stack.start)
    times = zip(*(stack.volumes for stack in in_order), strict=True)
    volumes = [[volume[0] for volume in at_one_time] for at_one_time in times]
    return Stack(volumes, warnings=[*warnings_of(in_order), _FAN], is_fan=True)
