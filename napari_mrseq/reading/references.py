"""Slices of several frames of reference: one stack where they lie as one, apart where not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from operator import sub

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import ROUNDED_MM, SAME_PLACE_MM, UNEVEN, stack_geometry
from napari_mrseq.reading.grouping import labelled
from napari_mrseq.reading.places import distances_of, places_of

# Where slices lie: the position of the first at each place, by the number of the place.
_Places = dict[int, NDArray[np.float64]]

_SEVERAL = (
    "its slices name several frames of reference: their positions suggest that they fit together"
)


def split_by_reference(frames: list[Frame]) -> list[list[Frame]]:
    """Part slices of one plane whose frames of reference don't go together.

    A series has one (PS3.3, C.7.4.1.1.1); what was put together has several, and slices of two
    coordinate systems would be mixed in one stack. Some scanners name a new one for each volume:
    those that lie at the same places stay together, and so do those that go on evenly where others
    end, or fill the gaps between them. Slices without one are of the first. One for each slice says
    nothing.

    Parameters
    ----------
    frames : list of Frame
        Slices of one shape and orientation.
    """
    uids = (frame.origin.frame_of_reference_uid for frame in frames)
    groups = labelled(uids, range(len(frames)))
    nameless = groups.pop("", [])
    distances = distances_of(frames)
    if len(groups) < 2 or distances is None or max(map(len, groups.values())) == 1:
        return [frames]
    parts = _fitted(frames, [*groups.values()], distances.tolist())
    parts[0] += nameless
    return [[frames[i] for i in members] for members in parts]


def several_named(frames: Iterable[Frame]) -> list[str]:
    """Say of slices that are one stack that they name more than one frame of reference."""
    uids = {frame.origin.frame_of_reference_uid for frame in frames} - {""}
    return [_SEVERAL] if len(uids) > 1 else []


def _fitted(
    frames: Sequence[Frame], groups: Sequence[list[int]], distances: Sequence[float]
) -> list[list[int]]:
    """Put groups of slices together that fit."""
    positions = np.array([frame.position for frame in frames])
    numbers = places_of(frames)
    heights = dict(zip(numbers, distances, strict=True))
    parts: list[tuple[list[int], _Places]] = []
    # Of two volumes that lack different slices each lies inside a whole one only.
    for members in sorted(groups, key=len, reverse=True):
        places = {numbers[i]: positions[i] for i in reversed(members)}
        for joined, known in parts:
            if _share_places(known, places) or _lie_evenly([known, places], heights, frames[0]):
                joined += members
                known |= places | known
                break
        else:
            parts.append((members, places))
    # Of three packages no two are even.
    if len(parts) > 1 and _lie_evenly([places for _, places in parts], heights, frames[0]):
        return [sorted(i for members, _ in parts for i in members)]
    return [members for members, _ in parts]


def _share_places(one: _Places, other: _Places) -> bool:
    """Tell whether all slices of one lie where those of the other do."""
    shared = one.keys() & other.keys()
    if len(shared) < min(len(one), len(other)):
        return False
    return all(np.abs(one[place] - other[place]).max() <= SAME_PLACE_MM for place in shared)


def _lie_evenly(parts: Sequence[_Places], heights: Mapping[int, float], frame: Frame) -> bool:
    """Tell whether slices of several parts are those of one stack, each at a place of its own."""
    union = {place: position for places in parts for place, position in places.items()}
    if len(union) < sum(map(len, parts)):
        return False
    closest = min(_closest(places, heights) for places in parts)
    step = (heights[max(union)] - heights[min(union)]) / (len(union) - 1)
    # Packages of one volume lie a whole slice apart; slices that overlap are of two.
    least = (1 - UNEVEN) * min(closest, frame.thickness or 0)
    if not least <= step <= closest + 2 * ROUNDED_MM:
        return False
    line = [union[place] for place in sorted(union)]
    spacing = frame.pixel_spacing or (1.0, 1.0)
    geometry = stack_geometry(line, frame.orientation or (), spacing, frame.thickness)
    return not geometry.warnings


def _closest(places: Iterable[int], heights: Mapping[int, float]) -> float:
    """Return the least distance between two slices in mm."""
    line = [heights[place] for place in sorted(places)]
    return min(map(sub, line[1:], line), default=inf)
