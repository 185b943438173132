"""napari's writer: a layer as NIfTI, with its verdict in a BIDS sidecar beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.bids import bids_sidecar, sidecar_text
from napari_mrseq.errors import MrseqError
from napari_mrseq.viewer.annotation import RECORD_KEY
from napari_mrseq.viewer.layer_data import DICOM_KEY

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
        The two files.

    Raises
    ------
    MrseqError
        If the layer is in colour, a pyramid, or has more than four axes.
    """
    import nibabel

    name = attributes.get("name", path)
    if attributes.get("rgb") or attributes.get("multiscale"):
        raise MrseqError(f"{name}: colours and pyramids have no place in NIfTI")
    values = _storable(np.asarray(data))
    if values.ndim > 4:
        raise MrseqError(f"{name}: an image of 2 to 4 axes is needed, this one has {values.shape}")
    while values.ndim < 3:
        values = values[None]
    metadata = attributes.get("metadata", {})
    known = metadata.get(DICOM_KEY, {})
    # NIfTI counts columns first, then rows, slices and volumes.
    image: Any = nibabel.Nifti1Image(values.T, _affine(known))  # type: ignore[no-untyped-call]
    if known.get("affine_lps") is None:
        image.header.set_zooms(_steps(values.ndim, attributes)[::-1])
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)
    sidecar = Path(path.removesuffix(".gz").removesuffix(".nii") + ".json")
    fields = bids_sidecar(
        known.get("attributes", {}), known.get("series_number"), metadata.get(RECORD_KEY)
    )
    sidecar.write_text(sidecar_text(fields), "utf-8")
    return [path, str(sidecar)]


def _affine(known: dict[str, Any]) -> NDArray[np.float64] | None:
    """Return the map from (column, row, slice) to RAS in mm, None where the patient isn't known."""
    if known.get("affine_lps") is None:
        return None
    lps = np.asarray(known["affine_lps"], float)
    return np.asarray(RAS_FROM_LPS @ lps[:, [2, 1, 0, 3]])


def _steps(axes: int, attributes: dict[str, Any]) -> tuple[float, ...]:
    """Return the layer's scale along all axes of the file."""
    scale = tuple(float(step) for step in attributes.get("scale", ()))
    return (1.0,) * (axes - len(scale)) + scale


def _storable(values: NDArray[Any]) -> NDArray[Any]:
    """Return values of a type that NIfTI-1 readers know."""
    if values.dtype == bool:
        return values.astype(np.uint8)
    if values.dtype == np.float16:
        return values.astype(np.float32)
    if values.dtype in (np.int64, np.uint64):
        return values.astype(np.float64)
    return values
