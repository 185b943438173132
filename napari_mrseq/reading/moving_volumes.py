"""Volumes whose slices follow a head that moves: told by their numbers, and by nearly one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.reading.arranging import arranged
from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import SAME_PLACE_MM, UNEVEN, are_evenly_spaced
from napari_mrseq.reading.grouping import labelled, levels
from napari_mrseq.reading.places import distances_of
from napari_mrseq.reading.volume_keys import Key, numbers_of

# Part of a slice: places nearer than this are those of one slice that follows a head.
_NEAR = 0.25


def moving_volumes(frames: Sequence[Frame]) -> list[list[list[Frame]]] | None:
    """Return volumes that lie at different places, each sorted along the slice normal.

    Siemens' 3D PACE shifts them (Thesen et al., Magn Reson Med 44:457, 2000); some XA files do by
    mistake (dcm2niix issue 888). None where the slices don't move, or nothing parts them into
    volumes of evenly spaced slices, of which none is half a slice away from that of the first whole
    volume.

    Returns
    -------
    list of list of list of Frame or None
        Whole volumes, then for each set of missing slices the volumes that lack them.
    """
    heights = distances_of(frames)
    if heights is None:
        return None
    for found in _possible(frames, heights):
        most = max(map(len, found), default=0)
        if len(found) < 2 or most < 2:
            continue
        volumes = sorted(found, key=lambda members: len(members) < most)
        held = _held_slices([heights[members] for members in volumes], frames[0].thickness)
        if held:
            by_held = labelled(held, [[frames[i] for i in members] for members in volumes])
            return list(by_held.values())
    return None


def _possible(frames: Sequence[Frame], heights: NDArray[np.float64]) -> Iterator[list[list[int]]]:
    """Group slices by each of their numbers, then as if those that lie near shared a place.

    Yields
    ------
    list of list of int
        The slices of each volume from below, as they were acquired; none where that fails.
    """
    rising = np.argsort(heights, kind="stable").tolist()
    for key in numbers_of(frames):
        yield _numbered(frames, key, rising)
    yield _near(frames, heights, rising)


def _numbered(frames: Sequence[Frame], key: Key, rising: Sequence[int]) -> list[list[int]]:
    groups = labelled([key(frames[index]) for index in rising], rising)
    if None in groups:
        return []
    volumes = [groups[label] for label in sorted(groups)]
    return sorted(volumes, key=lambda members: min(frames[index].order for index in members))


def _near(
    frames: Sequence[Frame], heights: NDArray[np.float64], rising: Sequence[int]
) -> list[list[int]]:
    near = levels(heights.tolist(), _NEAR * (frames[0].thickness or 0))
    if len(set(heights.tolist())) == max(near) + 1:
        return []
    by_place = labelled([near[index] for index in rising], [frames[index] for index in rising])
    volumes, doubt = arranged(by_place)
    ranks = {id(frames[index]): index for index in rising}
    return [] if doubt else [[ranks[id(volume[p])] for p in sorted(volume)] for volume in volumes]


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
    if not SAME_PLACE_MM < away < room - SAME_PLACE_MM or are_evenly_spaced(distances):
        return None
    held = [tuple(places.tolist()) for places in nearest]
    return held if all(len(set(places)) == len(places) for places in held) else None
