"""Siemens mosaics and UIH grids: many slices as tiles of one image → slices with positions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from pydicom.dataset import Dataset

from napari_mrseq.errors import ReadError
from napari_mrseq.reading.csa import csa_values
from napari_mrseq.reading.frames import (
    Frame,
    classic_frame,
    orientation_of,
    pixel_spacing_of,
    position_of,
)
from napari_mrseq.reading.geometry import ASSUMED_DISTANCE_MM, UNKNOWN_THICKNESS, slice_normal
from napari_mrseq.reading.instance import Instance
from napari_mrseq.reading.layout import Tile
from napari_mrseq.reading.tags import Direction, items, numbers, text, triple, whole, words

_SIEMENS_COUNT = 0x0019100A
_UIH_COUNT = 0x00651050
_UIH_FRAMES = 0x00651051
# Where a field of view would be smaller, the slice of an adult was interpolated: neonates are
# scanned with 128 mm, and half of what an adult needs is less.
_SMALLEST_VIEW_MM = 125.0

# Sagittal slices of Siemens go the other way round than rows and columns turn.
_NO_DIRECTION = (
    "the header doesn't tell in which direction the slices of this mosaic follow each other: "
    "their position in the patient is unknown"
)


def is_mosaic(instance: Instance) -> bool:
    """Tell whether one image holds several slices side by side.

    Where converters took the word from the type of the image, the count of its slices tells, if as
    many tiles are as large as the acquisition matrix: unpacked slices keep the count too.
    """
    header = instance.header
    image_type = words(header, 0x00080008)
    if "MOSAIC" in image_type:
        return True
    if "VFRAME" in image_type and (whole(header, _UIH_COUNT, "DS") or 0) > 1:
        return True
    if not text(header, 0x00080070).upper().startswith("SIEMENS"):
        return False
    across, _ = _tiles_across(instance)
    return across > 1 and across == _side(_count_and_normal(header)[0])


def _count_and_normal(header: Dataset) -> tuple[int, tuple[float, ...]]:
    """Return how many slices Siemens says that a mosaic has, 0 where unknown, and their normal."""
    counted, vector = csa_values(header, "NumberOfImagesInMosaic", "SliceNormalVector")
    count = int(counted[0]) if counted else 0
    return count or whole(header, _SIEMENS_COUNT, "US") or 0, vector


def _side(count: int) -> int:
    """Return how many tiles stand side by side in a square that holds so many slices."""
    return math.ceil(math.sqrt(max(count, 0)))


def mosaic_frames(instance: Instance) -> list[Frame]:
    """Return the tiles of a mosaic as slices, in patient space.

    Raises
    ------
    ReadError
        If the header doesn't tell how many slices there are.
    """
    image = classic_frame(instance)
    if _UIH_COUNT in instance.header:
        return _uih_frames(instance, image)
    return _siemens_frames(instance, image)


def _siemens_frames(instance: Instance, image: Frame) -> list[Frame]:
    count, vector = _count_and_normal(instance.header)
    if count < 1:
        return _uncounted_frames(instance, image)
    tiles = _tiles(instance, count)
    if image.position is None or image.orientation is None or image.pixel_spacing is None:
        return [_tile_frame(image, tile, None) for tile in tiles]
    known = len(vector) == 3 and any(vector)
    if count > 1 and not known:
        return _unplaced(image, tiles, _NO_DIRECTION)
    normal = np.array(vector) if known else slice_normal(image.orientation)
    # The position in the header is that of a slice as large as the whole mosaic, centred on the
    # true one (nibabel, doc/source/dicom/dicom_mosaic.rst).
    beside = np.array([instance.layout.columns, instance.layout.rows]) * (1 - 1 / _side(count)) / 2
    along = np.array(image.orientation).reshape(2, 3)
    first = image.position + (beside * image.pixel_spacing[::-1]) @ along
    step = normal * (image.thickness or ASSUMED_DISTANCE_MM)
    if not image.thickness:
        image = replace(image, doubt=UNKNOWN_THICKNESS)
    places = [triple(tuple((first + i * step).tolist())) for i in range(count)]
    return [_tile_frame(image, tile, place) for tile, place in zip(tiles, places, strict=True)]


def _uncounted_frames(instance: Instance, image: Frame) -> list[Frame]:
    """Return all tiles of a mosaic without private elements, as anonymised ones are.

    In which direction its slices follow each other is not known either: they have no place.
    """
    across, guess = _tiles_across(instance)
    if not across:
        raise ReadError(
            "a mosaic whose header doesn't tell the number of its slices: "
            "export it with its private elements, or slice by slice"
        )
    doubt = (
        f"the header doesn't tell how many slices this mosaic holds: all {across**2} tiles are "
        f"shown{guess}, the last may be empty; their position in the patient is unknown"
    )
    return _unplaced(image, _tiles(instance, across**2), doubt)


def _unplaced(image: Frame, tiles: Sequence[Tile], doubt: str) -> list[Frame]:
    # Without a place, an orientation that follows a turning head would only split a series.
    bare = replace(image, orientation=None, doubt=doubt)
    return [_tile_frame(bare, tile, None) for tile in tiles]


def _tiles_across(instance: Instance) -> tuple[int, str]:
    """Return how many tiles stand side by side, 0 where unknown, and what was guessed of them.

    A tile is as long as the acquisition matrix (0018,1310) along the frequency, where no
    oversampling is counted, or twice as long where slices were interpolated.
    """
    matrix = (*numbers(instance.header, 0x00181310)[:2], 0, 0)
    axis = 0 if matrix[0] else 1
    base = int(matrix[axis])
    spacing = pixel_spacing_of(instance.header)
    if spacing is None or base < 1:
        return 0, ""
    shape = instance.layout.rows, instance.layout.columns
    sizes = [
        size
        for size in (base, 2 * base)
        if not shape[axis] % size and not shape[1 - axis] % (shape[axis] // size)
    ]
    if not sizes:
        return 0, ""
    small = base * spacing[axis] < _SMALLEST_VIEW_MM
    size = sizes[-1 if small else 0]
    guess = f", taken as interpolated to {size} pixels each" if size > base else ""
    return shape[axis] // size, guess


def _uih_frames(instance: Instance, image: Frame) -> list[Frame]:
    count = whole(instance.header, _UIH_COUNT, "DS") or 1
    # Siemens fills a square, UIH leaves out rows that would stay empty.
    tiles = _tiles(instance, count, math.ceil(count / _side(count)))
    described = items(instance.header, _UIH_FRAMES)
    # One tile alone lies where its image does.
    are_placed = len(described) >= len(tiles) or len(tiles) == 1
    frames = []
    for tile, group in zip(tiles, [*described, *[instance.header] * count], strict=False):
        frame = _tile_frame(image, tile, position_of(group) if are_placed else None)
        frame.orientation = orientation_of(group) or image.orientation
        frames.append(frame)
    return frames


def _tiles(instance: Instance, count: int, down: int | None = None) -> list[Tile]:
    """Return the places of the slices, row by row in a square, or in `down` rows of tiles."""
    across = _side(count)
    rows = instance.layout.rows // (down or across)
    columns = instance.layout.columns // across
    if not rows or not columns:
        raise ReadError(f"a mosaic of {count} slices can't be told apart in so few pixels")
    return [Tile(i // across * rows, i % across * columns, rows, columns) for i in range(count)]


def _tile_frame(image: Frame, tile: Tile, position: Direction | None) -> Frame:
    return replace(image, source=replace(image.source, tile=tile), position=position)
