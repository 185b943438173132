"""Slices → planes: those of one stack are parallel, but for what writers and moving heads do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import sub
from typing import Any

import numpy as np

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import (
    FEWEST_SHOWING,
    SAME_DIRECTION,
    slice_spacing,
    turn_between,
)
from napari_mrseq.reading.grouping import gathered, grouped
from napari_mrseq.reading.places import places_of, slice_heights
from napari_mrseq.reading.volumes import Stack

_Orientation = tuple[float, ...] | None
# Direction cosines of slices that may still be one stack differ by no more: those that a program
# rounds to two decimals by 0.01, those of planes turned by a degree by 0.0175. The edge of a head
# then moves by 2 mm, less than most slices are thick.
_NEARLY_PARALLEL = 0.0175


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


def _nearly_parallel(one: Sequence[Frame], other: Sequence[Frame]) -> bool:
    return same_plane(one[0].orientation, other[0].orientation, _NEARLY_PARALLEL)


def _turn(first: Any, others: Iterable[Any]) -> str:
    return f"{max(turn_between(first, other) for other in others):.1f} degrees"


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
