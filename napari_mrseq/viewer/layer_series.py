"""The series behind a layer, and what of it can't be read."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from napari.layers import Image

from napari_mrseq.errors import ReadError
from napari_mrseq.reading.file_kind import file_kind
from napari_mrseq.reading.geometry import ASSUMED_DISTANCE_MM, UNKNOWN_THICKNESS
from napari_mrseq.reading.lazy import Stamp, stamp_of
from napari_mrseq.series import Failure, Series, check_axes, computed, series_from_array
from napari_mrseq.viewer.layer_data import SERIES_KEY
from napari_mrseq.viewer.layer_state import own_name, pixels_of, state_of
from napari_mrseq.viewer.shown_pixels import UNREAD_KEY, as_read, shows, unread_in
from napari_mrseq.viewer.units import lengths

# Said of pixels that a plugin or a script computed: which of them are blank can't be known.
MADE_OF_UNREAD = "made from a series with slices that can't be read: it is blank where they were"
# Colours turned grey here and by Pillow, which rounds them, differ by less.
ROUNDING = 1.0
PICTURES_KEPT = 8


def series_of(layer: Image) -> Series:
    """Return the series behind a layer: the one it was read from, else its image as it is.

    That has the layer's name for a path, unless it is a picture that napari has read.

    Raises
    ------
    ValueError
        If the layer has more than four axes.
    """
    found = shown_series(layer)
    picture = None if is_as_opened(layer) else _picture_behind(layer, found)
    if picture is None:
        return found
    path, kind, is_mr = picture.path, picture.kind, picture.is_mr
    return replace(found, path=path, files=(path,), kind=kind, is_mr=is_mr)


def shown_series(layer: Image) -> Series:
    """Return the same without a look for the picture's file, soon enough for each slice in view."""
    series = opened_series(layer)
    if series is not None:
        return series
    pixels = pixels_of(layer)
    spacing, readable = _spacing_mm(layer), as_read(pixels)
    made = series_from_array(readable, name=own_name(layer), spacing=spacing, rgb=bool(layer.rgb))
    warnings = (UNKNOWN_THICKNESS,) if spacing is not None and layer.ndim < 3 else ()
    if readable is pixels and layer.metadata.get(UNREAD_KEY):
        warnings = (*warnings, MADE_OF_UNREAD)
    return replace(made, warnings=warnings)


def is_same_series(one: Series, other: Series) -> bool:
    """Tell whether two series are one, be it that it was read another time."""
    # Files come last: a study has thousands.
    return _identity(one) == _identity(other) and _files(one) == _files(other)


def _identity(series: Series) -> tuple[object, ...]:
    return series.kind, series.series_uid, series.part, series.pixels.shape


def _files(series: Series) -> list[Path]:
    return [Path(file).absolute() for file in series.files]


def _picture_behind(layer: Image, shown: Series) -> Series | None:
    """Return the picture whose file a layer shows, None where it shows something else.

    napari names the first of several files that it stacks, and goes on naming the file of a layer
    whose pixels were replaced: its word counts where the middle slice is that of the file.

    `shown` are the layer's pixels, colours turned grey.
    """
    path = layer.source.path
    if path is None or file_kind(path)[0] != "picture":
        return None
    try:
        picture = next(iter(_pictures_in(path, stamp_of(path))), None)
        # Of volumes, programs differ in which axis goes first.
        if picture is None or shown.pixels.ndim > 3 or picture.pixels.shape != shown.pixels.shape:
            return None
        middle = shown.slice_count // 2
        there, here = computed(*(one.slice_pixels(middle) for one in (picture, shown)))
    except (ReadError, OSError):
        return None
    rounding = ROUNDING if layer.rgb else 0.0
    return picture if np.allclose(there, here, rtol=0, atol=rounding, equal_nan=True) else None


@lru_cache(maxsize=PICTURES_KEPT)
def _pictures_in(path: str, _stamp: Stamp) -> tuple[Series, ...]:
    from napari_mrseq.reading import read_study

    return read_study(path).series


def obstacle(layer: Image) -> str:
    """Return why a layer can't be judged; ``""`` where it can."""
    if is_as_opened(layer):
        return ""
    shape = pixels_of(layer).shape
    try:
        # Not `series_of`: to wrap thousands of slices takes too long for each look at a study.
        check_axes(shape[:-1] if layer.rgb else shape, own_name(layer))
    except ValueError as error:
        return str(error)
    return ""


def opened_series(layer: Image) -> Series | None:
    """Return the series that a layer was read from and still shows; None of any other layer."""
    return layer.metadata[SERIES_KEY] if is_as_opened(layer) else None


def is_as_opened(layer: Image) -> bool:
    """Tell whether a layer's pixels are those of the series it was read from, not made of them."""
    return shows(pixels_of(layer), layer.metadata.get(SERIES_KEY))


def _spacing_mm(layer: Image) -> tuple[float, float, float] | None:
    """Return the layer's scale in mm where its units are lengths, None in pixels.

    A picture alone has no distance to the next one: one is assumed, as it is for a single file.
    """
    axes = min(layer.ndim, 3)
    known = lengths(layer.units[-axes:], layer.metadata)
    if known is None:
        return None
    *between, row, column = (np.abs(layer.scale[-axes:]) * known).tolist()
    return (between[0] if between else ASSUMED_DISTANCE_MM, row, column)


def unread(layer: Image, index: int) -> Failure | None:
    """Return why a slice, or what it is made of, can't be read, as far as was told.

    A run tells, or a look at it.
    """
    state = state_of(layer)
    judged = state.judged.get(index) if state else None
    if judged is not None and judged.failure:
        return judged.failure
    # Colours and more axes have no slices that are spoken of.
    spoken_of = layer.ndim <= 4 and not layer.rgb
    return unread_in(pixels_of(layer), index) if spoken_of else None
