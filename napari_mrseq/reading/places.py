"""Where the slices of one plane lie along their normal, and which of them share a place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import SAME_PLACE_MM, slice_normal
from napari_mrseq.reading.grouping import levels


def distances_of(frames: Sequence[Frame]) -> NDArray[np.float64] | None:
    """Return how far along their normal slices lie in mm, None where they have no place."""
    first = frames[0]
    if first.orientation is None or first.position is None:
        return None
    return np.array([frame.position for frame in frames]) @ slice_normal(first.orientation)


def places_of(frames: Sequence[Frame]) -> list[int]:
    """Number the places of slices from the lowest up; where none is known each has its own."""
    heights = [frame.height for frame in frames if frame.height is not None]
    if len(heights) < len(frames):
        distances = distances_of(frames)
        if distances is None:
            return list(range(len(frames)))
        heights = distances.tolist()
    return levels(heights, SAME_PLACE_MM)


def slice_heights(frames: Sequence[Frame]) -> NDArray[np.float64]:
    """Return where the places of slices lie along their normal in mm, rising.

    Empty where a slice has none, and of tiles, which lie as their image says.
    """
    first = frames[0]
    distances = distances_of(frames)
    if distances is None or first.pixel_spacing is None or first.source.tile is not None:
        return np.empty(0)
    _, firsts = np.unique(places_of(frames), return_index=True)
    return np.asarray(distances[firsts])
