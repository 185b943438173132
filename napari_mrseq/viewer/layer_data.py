"""A series as a napari layer: name, place, contrast and metadata."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.errors import ReadError
from napari_mrseq.series import Failure, Series, VolumeAxis, computed
from napari_mrseq.viewer.shown_pixels import UNREAD_KEY, blanks_of, shown_pixels
from napari_mrseq.viewer.wording import series_name

LayerData: TypeAlias = tuple[Any, dict[str, Any], str]

SERIES_KEY = "mrseq_series"
DICOM_KEY = "dicom"
SERIES_AXES = ("slice", "row", "column")
# Brighter and darker pixels than these percentiles are vessels, metal and the air's noise.
DARK_PERCENT, BRIGHT_PERCENT = 0.5, 99.5
# Where the middle slice can't be read, so many of its neighbours are tried.
CONTRAST_TRIES = 3

_log = logging.getLogger(__name__)


def layer_of(series: Series) -> LayerData:
    """Return the layer data tuple of a series.

    The layer lies along the series' own axes (slice, row, column), since napari can't slice
    oblique stacks: scale in mm, and the first voxel's place measured along these axes, so that
    parallel series of one frame of reference lie on each other. The patient affine itself is in
    ``metadata["dicom"]``.
    """
    labels: tuple[str, ...] = SERIES_AXES
    units = ("mm" if series.spacing else "pixel",) * 3
    scale = series.spacing or (1.0, 1.0, 1.0)
    translate = (0.0,) * 3 if series.affine is None else place_along_own_axes(series.affine)
    if series.pixels.ndim == 4:
        labels = (_label(series.volume_axis), *labels)
        units, scale, translate = ("pixel", *units), (1.0, *scale), (0.0, *translate)  # type: ignore[assignment]
    blanks = blanks_of(series)
    attributes = {
        "name": series_name(series),
        "metadata": {DICOM_KEY: describe(series), SERIES_KEY: series, UNREAD_KEY: blanks},
        "scale": scale,
        "translate": translate,
        "units": units,
        "axis_labels": labels,
        "contrast_limits": contrast_of(series),
        "rgb": False,
    }
    return shown_pixels(blanks), attributes, "image"


def place_along_own_axes(affine: NDArray[np.float64]) -> tuple[float, float, float]:
    """Measure the first voxel's centre along the unit vectors of slice, row and column, in mm.

    Parameters
    ----------
    affine : array
        (slice, row, column) to LPS in mm, shape (4, 4).
    """
    steps = affine[:3, :3]
    slice_, row, column = affine[:3, 3] @ (steps / np.linalg.norm(steps, axis=0))
    return (float(slice_), float(row), float(column))


def in_memory(series: Series) -> Series:
    """Return a series with all its pixels read; one that can't be read stays as it is."""
    try:
        return replace(series, pixels=series.pixels.persist())
    except ReadError as error:
        _log.warning("%s is read when it is looked at: %s", series.path, error)
        return series


def contrast_of(series: Series) -> tuple[float, float]:
    """Return the darkest and brightest value to show.

    The file's own window, else percentiles of the middle slice, or of the one nearest to it that
    can be read; no other is.
    """
    if series.window:
        return series.window
    middle = _readable_slice(series)
    finite = middle[np.isfinite(middle)]
    if not finite.size:
        return (0.0, 1.0)
    low, high = np.percentile(finite, (DARK_PERCENT, BRIGHT_PERCENT))
    # Of large numbers the next one is further off than 1.
    return (float(low), float(high if low < high else max(low + 1, np.nextafter(low, np.inf))))


def _readable_slice(series: Series) -> NDArray[Any]:
    """Return the slice nearest to the middle that can be read, an empty one where none can."""
    middle = series.slice_count // 2
    nearest = sorted(range(series.slice_count), key=lambda index: abs(index - middle))
    for index in nearest[:CONTRAST_TRIES]:
        try:
            return computed(series.slice_pixels(index))[0]
        except ReadError as error:
            # The layer opens all the same: other slices may be whole.
            _log.warning("no contrast limits: %s", Failure.of(series, error).words)
    return np.empty(0)


def describe(series: Series) -> dict[str, Any]:
    """Return what is known of a series beyond its pixels; nothing of it names the patient."""
    from napari_mrseq.header.attributes import attributes_of

    axis = series.volume_axis
    return {
        "attributes": attributes_of(series).to_dict(),
        "series_uid": series.series_uid,
        "study_uid": series.study_uid,
        "frame_of_reference_uid": series.frame_of_reference_uid,
        "instance_uids": list(series.instance_uids),
        "series_number": series.series_number,
        "description": series.description,
        "path": series.path,
        "affine_lps": None if series.affine is None else series.affine.tolist(),
        "spacing_mm": None if series.spacing is None else list(series.spacing),
        "plane": series.plane,
        "volumes": None if axis is None else _describe_axis(axis),
        "warnings": list(series.warnings),
    }


def _describe_axis(axis: VolumeAxis) -> dict[str, Any]:
    return {
        "name": axis.name,
        "unit": axis.unit,
        "values": list(axis.values),
        "directions_lps": [list(direction) for direction in axis.directions],
    }


def _label(axis: VolumeAxis | None) -> str:
    if axis is None:
        return "volume"
    return f"{axis.name} ({axis.unit})" if axis.unit else axis.name
