"""Volumes whose slices follow a head that moves: told by their numbers, not by their places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import SAME_PLACE_MM, UNEVEN, slice_normal

# Where in `Frame.order` the temporal position and the number of the acquisition are.
_NUMBERS = (0, 1)


def moving_volumes(frames: Sequence[Frame]) -> list[list[list[Frame]]] | None:
    """Return volumes that lie at different places, each sorted along the slice normal.

    None where the slices don't move, or no number parts them into volumes of evenly spaced slices,
    of which none is half a slice away from that of the first whole volume.

    Returns
    -------
    list of list of list of Frame or None
        Whole volumes, then for each set of missing slices the volumes that lack them.
    """
    orientation = frames[0].orientation
    if orientation is None or any(frame.position is None for frame in frames):
        return None
    heights = np.array([frame.position for frame in frames]) @ slice_normal(orientation)
    for number in _NUMBERS:
        volumes = _numbered(frames, number, heights)
        if len(volumes) > 1 and len(volumes[0]) > 1:
            distances = [heights[members] for members in volumes]
            if held := _held_slices(distances, frames[0].thickness):
                return _by_held([[frames[i] for i in members] for members in volumes], held)
    return None


def _numbered(
    frames: Sequence[Frame], number: int, heights: NDArray[np.float64]
) -> list[list[int]]:
    """Group slices by one of their numbers, in its order, those with all slices first."""
    groups: dict[float, list[int]] = defaultdict(list)
    for index in np.argsort(heights, kind="stable").tolist():
        groups[frames[index].order[number]].append(index)
    most = max(map(len, groups.values()))
    volumes = [groups[value] for value in sorted(groups)]
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
