"""Stacks under one series that share no place: told apart where one lies between the other's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from napari_mrseq.reading.contrasts import BY_CONTENT
from napari_mrseq.reading.frames import LONGEST_SERIES_MS, Frame
from napari_mrseq.reading.geometry import FEWEST_SHOWING, UNEVEN, SliceSpacing, slice_spacing
from napari_mrseq.reading.grouping import labelled, levels
from napari_mrseq.reading.moving_volumes import moving_volumes
from napari_mrseq.reading.places import places_of, slice_heights

# Part of the slices that lie in such stacks at least; the others are projections and the like.
_MOST = 2 / 3
# Two stacks that lie in each other's gaps are closer together than each by half, or nearly so.
_WIDER = 1.5
# A slice between two others is nearer to one than half their distance: at half of it, every second
# slice of one stack may have been lost.
_NEARER = 0.5 - UNEVEN


def split_interleaved(frames: list[Frame]) -> list[list[Frame]]:
    """Part slices that don't lie as one stack, where what they say of themselves explains it.

    So do T1 and T2 under one UID, echoes that were rounded in two ways, a projection among its
    sources, two days: slices lie unevenly, or closer than they are said to be, and those of one
    kind alone don't. 3D Slicer parts series in the same way (issue 4872).

    Parameters
    ----------
    frames : list of Frame
        Slices of one plane, of one contrast where they share places.

    Returns
    -------
    list of list of Frame
        All together where nothing parts them into stacks of their own: what is uneven is said of
        it later.
    """
    heights = slice_heights(frames)
    if len(heights) < 2:
        return [frames]
    whole = slice_spacing(heights)
    if whole.is_whole and not whole.is_closer_than(frames[0].thickness):
        return [frames]
    for split in (*BY_CONTENT, _by_day, _by_run, _by_place):
        parts = split(frames)
        if _are_stacks(parts, whole):
            return parts
    return [frames]


def _are_stacks(parts: Sequence[list[Frame]], whole: SliceSpacing) -> bool:
    """Tell whether slices lie as stacks in parts, and better than all together."""
    held, shown = 0, []
    for part in parts:
        # Without numbers each slice is a part of its own: most are passed over unseen.
        heights = slice_heights(part) if len(part) >= FEWEST_SHOWING else ()
        if len(heights) >= FEWEST_SHOWING:
            held += len(part)
            shown.append(slice_spacing(heights))
    if held < _MOST * sum(map(len, parts)) or not all(one.is_whole for one in shown):
        return False
    wider = all(one.usual > _WIDER * whole.usual for one in shown)
    return wider or not whole.is_whole


def _by_day(frames: list[Frame]) -> list[list[Frame]]:
    """Split slices by the day they were taken on."""
    times = [frame.time for frame in frames if frame.time is not None]
    if len(times) < len(frames):
        return [frames]
    days = labelled(levels(times, LONGEST_SERIES_MS), frames)
    return [days[day] for day in sorted(days)]


def _by_run(frames: list[Frame]) -> list[list[Frame]]:
    """Split slices where numbers begin anew (dcm2niix issue 221), unless volumes move."""
    parts: list[list[Frame]] = []
    seen: set[tuple[float, ...]] = set()
    for frame in sorted(frames, key=lambda one: (one.order[:2], one.time or 0, one.source.path)):
        number = frame.order[2:]
        if not parts or number in seen:
            parts.append([])
            seen = set()
        parts[-1].append(frame)
        seen.add(number)
    return [frames] if len(parts) == 1 or moving_volumes(frames) else parts


def _by_place(frames: list[Frame]) -> list[list[Frame]]:
    """Split off the one place that makes a stack uneven, unless its volumes move.

    Some put a scout with a grid among the slices (dcm2niix issue 393).
    """
    heights = slice_heights(frames)
    spacing = slice_spacing(heights)
    close = np.flatnonzero(spacing.gaps < _NEARER * spacing.usual)
    for odd in (close[0], close[0] + 1) if close.size else ():
        if slice_spacing(np.delete(heights, odd)).is_whole:
            parts = labelled([place == odd for place in places_of(frames)], frames)
            return [frames] if moving_volumes(frames) else [parts[False], parts[True]]
    return [frames]
