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


def moving_volumes(frames: Sequence[Frame]) -> list[list[Frame]] | None:
    """Return volumes that lie at different places, each sorted along the slice normal.

    None where the slices don't move, or no number parts them into volumes of as many evenly
    spaced slices each, of which none is half a slice away from that of the first volume.
    """
    orientation = frames[0].orientation
    if orientation is None or any(frame.position is None for frame in frames):
        return None
    normal = slice_normal(orientation)
    for number in _NUMBERS:
        volumes = _numbered(frames, number)
        if len({len(volume) for volume in volumes}) == 1 and len(volumes[0]) > 1 < len(volumes):
            distances = np.array([[f.position for f in volume] for volume in volumes]) @ normal
            order = np.argsort(distances, axis=1, kind="stable")
            thickness = frames[0].thickness
            if _move_a_little(np.take_along_axis(distances, order, axis=1), thickness):
                return [[v[i] for i in row] for v, row in zip(volumes, order, strict=True)]
    return None


def _numbered(frames: Sequence[Frame], number: int) -> list[list[Frame]]:
    """Group slices by one of their numbers, in its order."""
    groups: dict[float, list[Frame]] = defaultdict(list)
    for frame in frames:
        groups[frame.order[number]].append(frame)
    return [groups[value] for value in sorted(groups)]


def _move_a_little(distances: NDArray[np.float64], thickness: float | None) -> bool:
    """Tell so of the distances of slices along their normal in mm, a row a volume."""
    gaps = np.diff(distances, axis=1)
    step = float(np.median(gaps))
    away = np.abs(distances - distances[0]).max()
    # Packages of one volume, of which each has every third slice, lie a whole slice apart.
    room = min(step, thickness or step) / 2
    return bool(
        SAME_PLACE_MM < away < room
        and np.abs(gaps - step).max() <= UNEVEN * step
        and not _is_one_volume(distances)
    )


def _is_one_volume(distances: NDArray[np.float64]) -> bool:
    """Tell whether the slices of all volumes together are evenly spaced."""
    gaps = np.diff(np.sort(distances, axis=None))
    return bool(np.ptp(gaps) <= UNEVEN * gaps.max())
