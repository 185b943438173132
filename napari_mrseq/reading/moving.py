"""Volumes whose slices follow a head that moves: told by their numbers, and by nearly one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.reading.arranging import arranged
from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import SAME_PLACE_MM, UNEVEN, slice_normal
from napari_mrseq.reading.levels import levels
from napari_mrseq.reading.volume_keys import Key, numbers_of

# Part of a slice: places nearer than this are those of one slice that follows a head.
_NEAR = 0.25


def moving_volumes(frames: Sequence[Frame]) -> list[list[list[Frame]]] | None:
    """Return volumes that lie at different places, each sorted along the slice normal.

    None where the slices don't move, or nothing parts them into volumes of evenly spaced slices, of
    which none is half a slice away from that of the first whole volume.

    Returns
    -------
    list of list of list of Frame or None
        Whole volumes, then for each set of missing slices the volumes that lack them.
    """
    orientation = frames[0].orientation
    if orientation is None or any(frame.position is None for frame in frames):
        return None
    heights = np.array([frame.position for frame in frames]) @ slice_normal(orientation)
    for volumes in _possible(frames, heights):
        if len(volumes) > 1 and len(volumes[0]) > 1:
            distances = [heights[members] for members in volumes]
            if held := _held_slices(distances, frames[0].thickness):
                return _by_held([[frames[i] for i in members] for members in volumes], held)
    return None


def _possible(frames: Sequence[Frame], heights: NDArray[np.float64]) -> Iterator[list[list[int]]]:
    """Group slices by each of their numbers, then as if those that lie near shared a place.

    Yields
    ------
    list of list of int
        The slices of each volume from below, as they were acquired; those with all first.
    """
    rising = np.argsort(heights, kind="stable").tolist()
    for key in numbers_of(frames):
        if groups := _numbered(frames, key, rising):
            yield _whole_first(groups)
    if groups := _near(frames, heights, rising):
        yield _whole_first(groups)


def _numbered(frames: Sequence[Frame], key: Key, rising: Sequence[int]) -> list[list[int]]:
    groups: dict[Any, list[int]] = defaultdict(list)
    for index in rising:
        groups[key(frames[index])].append(index)
    if None in groups:
        return []
    volumes = [groups[label] for label in sorted(groups)]
    return sorted(volumes, key=lambda members: min(frames[index].order for index in members))


def _near(
    frames: Sequence[Frame], heights: NDArray[np.float64], rising: Sequence[int]
) -> list[list[int]]:
    found = levels(heights.tolist(), _NEAR * (frames[0].thickness or 0))
    if len(found) == max(found.values()) + 1:
        return []
    by_place: dict[int, list[Frame]] = defaultdict(list)
    for index in rising:
        by_place[found[heights[index]]].append(frames[index])
    volumes, doubt = arranged(by_place)
    ranks = {id(frames[index]): index for index in rising}
    return [] if doubt else [[ranks[id(volume[p])] for p in sorted(volume)] for volume in volumes]


def _whole_first(volumes: list[list[int]]) -> list[list[int]]:
    most = max(map(len, volumes))
    return sorted(volumes, key=lambda members: len(members) < most)


def _held_slices(
    volumes: Sequence[NDArray[np.float64]], thickness: float | None
) -> list[tuple[int, ...]] | None:
    """Tell which slices of the first volume each has, None where they don't move a little.

    Parameters
    ----------
    volumes : sequence of array
        Where the slices of each volume lie along their normal in mm, whole volumes first.
    """
    first = volumes[0]
    gaps = np.diff([distances for distances in volumes if len(distances) == len(first)], axis=1)
    step = float(np.median(gaps))
    # Packages of one volume, of which each has every third slice, lie a whole slice apart.
    room = min(step, thickness or step) / 2
    if room <= 0 or np.abs(gaps - step).max() > UNEVEN * step:
        return None
    middles = (first[1:] + first[:-1]) / 2
    nearest = [np.searchsorted(middles, distances) for distances in volumes]
    distances = np.concatenate(volumes)
    away = np.abs(distances - first[np.concatenate(nearest)]).max()
    if not SAME_PLACE_MM < away < room - SAME_PLACE_MM or is_one_volume(distances):
        return None
    held = [tuple(places.tolist()) for places in nearest]
    return held if all(len(set(places)) == len(places) for places in held) else None


def is_one_volume(distances: NDArray[np.float64]) -> bool:
    """Tell whether the slices of all volumes together are evenly spaced."""
    gaps = np.diff(np.sort(distances))
    return bool(gaps.min() > SAME_PLACE_MM and np.ptp(gaps) <= UNEVEN * gaps.max())


def _by_held(
    volumes: Sequence[list[Frame]], held: Sequence[tuple[int, ...]]
) -> list[list[list[Frame]]]:
    groups: dict[tuple[int, ...], list[list[Frame]]] = defaultdict(list)
    for volume, places in zip(volumes, held, strict=True):
        groups[places].append(volume)
    return list(groups.values())
