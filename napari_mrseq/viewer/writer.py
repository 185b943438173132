"""napari's writer: a layer as NIfTI, with its verdict in a BIDS sidecar beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.bids import bids_sidecar, sidecar_text
from napari_mrseq.errors import MrseqError
from napari_mrseq.viewer.annotation import RECORD_KEY
from napari_mrseq.viewer.layer_data import DICOM_KEY, SERIES_AXES, place_along_own_axes
from napari_mrseq.viewer.layer_state import STATE_KEY
from napari_mrseq.viewer.shown_pixels import as_read
from napari_mrseq.viewer.units import millimetres

if TYPE_CHECKING:
    from numpy.typing import NDArray

# NIfTI and DICOM agree on the axis to the head; left and front point the other way.
RAS_FROM_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def write_nifti(path: str, data: Any, attributes: dict[str, Any]) -> list[str]:
    """Write a layer as NIfTI and what is known of it as JSON.

    Parameters
    ----------
    path : str
        Ends with ``.nii`` or ``.nii.gz``.
    data : array_like
        Shape (row, column), (slice, row, column) or (volume, slice, row, column).
    attributes : dict
        The layer's attributes, as napari hands them over.

    Returns
    -------
    list of str
        Image and sidecar, and b values and directions of a diffusion series.

    Raises
    ------
    MrseqError
        If the layer is in colour, a pyramid, has more than four axes, or a slice of it can't be
        read.
    """
    import nibabel

    name = attributes.get("name", path)
    if attributes.get("rgb") or attributes.get("multiscale"):
        raise MrseqError(f"{name}: colours and pyramids have no place in NIfTI")
    metadata = attributes.get("metadata", {})
    # A slice that can't be read stands blank in the layer; in a file it would pass for an image.
    values = _storable(np.asarray(as_read(data)))
    if values.ndim > 4:
        raise MrseqError(f"{name}: an image of 2 to 4 axes is needed, this one has {values.shape}")
    while values.ndim < 3:
        values = values[None]
    known = metadata.get(DICOM_KEY, {})
    affine = _affine(known, attributes)
    steps = _steps(values.ndim, attributes)
    if affine is None:
        # Without a place in the patient nothing tells that a step goes backwards.
        values = np.flip(values, tuple(axis for axis in (-3, -2, -1) if steps[axis] < 0))
    # NIfTI counts columns first, then rows, slices and volumes.
    image: Any = nibabel.Nifti1Image(values.T, affine)  # type: ignore[no-untyped-call]
    if affine is None:
        image.header.set_zooms(np.abs(steps[::-1]))
    fields = bids_sidecar(
        known.get("attributes", {}),
        known.get("series_number"),
        known.get("description"),
        _record(metadata, data),
    )
    lengths = affine is not None or all(_lengths(attributes))
    _set_units(image.header, "mm" if lengths else "unknown", fields.get("RepetitionTime"))
    nibabel.save(image, path)
    stem = path.removesuffix(".gz").removesuffix(".nii")
    texts = {".json": sidecar_text(fields)} | _gradients(known, values, affine)
    for ending, text in texts.items():
        Path(stem + ending).write_text(text, "utf-8", errors="backslashreplace")
    return [path, *(stem + ending for ending in texts)]


def _gradients(
    known: dict[str, Any], values: NDArray[Any], affine: NDArray[np.float64] | None
) -> dict[str, str]:
    """Return b values (.bval) and directions (.bvec) of diffusion volumes, by the files' endings.

    Directions lie along the image's own axes, the first turned round where these are right-handed
    (FSL, FDT's user guide).
    """
    axis = known.get("volumes") or {}
    if axis.get("name") != "b value" or values.shape[:-3] != (len(axis["values"]),):
        return {}
    texts = {".bval": " ".join(f"{value:g}" for value in axis["values"]) + "\n"}
    directions = np.asarray(axis["directions_lps"], float)
    if affine is None or len(directions) != len(axis["values"]):
        return texts
    steps = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    along = directions @ RAS_FROM_LPS[:3, :3] @ steps
    along[:, 0] *= -np.sign(np.linalg.det(steps))
    rows = [" ".join(f"{value:.6g}" for value in row) for row in along.T]
    return texts | {".bvec": "\n".join(rows) + "\n"}


def _set_units(header: Any, length: str, repetition_time: float | None) -> None:
    """Write what lies between voxels, and between volumes: as dcm2niix does, a TR in seconds."""
    if header.get_data_shape()[3:] and repetition_time:
        header["pixdim"][4] = repetition_time
        header.set_xyzt_units(length, "sec")
    else:
        header.set_xyzt_units(length)


def _lengths(attributes: dict[str, Any]) -> list[float | None]:
    """Return how many mm a step of the canvas has along the last three axes, None for pixels."""
    units = attributes.get("units") or ()
    return [millimetres(unit) for unit in tuple(units)[-3:]] or [None]


def _record(metadata: dict[str, Any], data: Any) -> Any:
    """Return the verdict on these pixels; one on pixels that the layer had before is none."""
    state = metadata.get(STATE_KEY)
    return metadata.get(RECORD_KEY) if state is None or state.data is data else None


def _affine(known: dict[str, Any], attributes: dict[str, Any]) -> NDArray[np.float64] | None:
    """Return the map from (column, row, slice) to RAS in mm, None where the patient isn't known."""
    # A projection along an axis, or a stack turned round, no longer lies as it was read.
    kept = tuple(attributes.get("axis_labels", ()))[-3:] == SERIES_AXES
    if known.get("affine_lps") is None or not kept:
        return None
    read = np.asarray(known["affine_lps"], float)
    before = np.diag([*known["spacing_mm"], 1.0])
    before[:3, 3] = place_along_own_axes(read)
    # What was cut, resampled or moved since it was read is where it lies on the canvas.
    lps = read @ np.linalg.inv(before) @ _on_canvas(attributes)
    return np.asarray(RAS_FROM_LPS @ lps[:, [2, 1, 0, 3]])


def _on_canvas(attributes: dict[str, Any]) -> NDArray[np.float64]:
    """Return the map from (slice, row, column) to where the layer lies on the canvas."""
    from napari.utils.transforms import CompositeAffine

    own = CompositeAffine(
        attributes["scale"],
        attributes["translate"],
        rotate=np.asarray(attributes["rotate"]),
        shear=np.asarray(attributes["shear"]),
    )
    # Volumes lie at one place: their axis comes first and is left out.
    placed = np.asarray((np.asarray(attributes["affine"]) @ own.affine_matrix)[-4:, -4:])
    lengths = _lengths(attributes)
    return np.diag([*lengths, 1.0]) @ placed if all(lengths) else placed


def _steps(axes: int, attributes: dict[str, Any]) -> tuple[float, ...]:
    """Return the layer's scale along all axes of the file, in mm where its units are lengths."""
    scale = [float(step) for step in attributes.get("scale", ())]
    lengths = _lengths(attributes)
    for place, length in enumerate(lengths if all(lengths) else [], start=-len(lengths)):
        scale[place] *= length or 1.0
    return (1.0,) * (axes - len(scale)) + tuple(scale)


def _storable(values: NDArray[Any]) -> NDArray[Any]:
    """Return values of a type that NIfTI-1 readers know."""
    if values.dtype == bool:
        return values.astype(np.uint8)
    if values.dtype == np.float16:
        return values.astype(np.float32)
    if values.dtype in (np.int64, np.uint64):
        return values.astype(np.float64)
    return values
