"""napari's writer: a layer as NIfTI, with its verdict in a BIDS sidecar beside it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.bids import OUR_FIELDS, bids_sidecar, sidecar_text
from napari_mrseq.errors import MrseqError
from napari_mrseq.naming import nifti_stem
from napari_mrseq.reading.nifti_gradients import fsl_axes
from napari_mrseq.safe_writing import encoded, write_whole, written_whole
from napari_mrseq.series import check_axes
from napari_mrseq.viewer.annotation import RECORD_KEY
from napari_mrseq.viewer.layer_data import DICOM_KEY, SERIES_AXES, place_along_own_axes
from napari_mrseq.viewer.layer_state import STATE_KEY
from napari_mrseq.viewer.shown_pixels import as_read
from napari_mrseq.viewer.units import lengths, seconds_in

# NIfTI and DICOM agree on the axis to the head; left and front point the other way.
RAS_FROM_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])

# Types that NIfTI-1 readers don't know.
STORED_AS = {"bool": "uint8", "float16": "float32", "int64": "float64", "uint64": "float64"}

# As nibabel packs: a higher one takes several times as long for a tenth less.
GZIP_LEVEL = 1


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
        If the layer is in colour, a pyramid, is empty or has more than four axes, a slice of it
        can't be read, or another program's sidecar has the name of its own.
    """
    metadata = attributes.get("metadata", {})
    known = metadata.get(DICOM_KEY, {})
    values = _values_of(attributes.get("name", path), data, attributes)
    affine = _affine(known, attributes)
    image = _image_of(values, affine, attributes)
    image.header.set_dim_info(slice=2)
    fields = bids_sidecar(
        known.get("attributes", {}),
        known.get("series_number"),
        known.get("description"),
        _record(metadata, data),
    )
    in_mm = affine is not None or _lengths(attributes) is not None
    told = fields.get("RepetitionTime") or _seconds_along(attributes)
    seconds = _seconds_between(known, told)
    if values.ndim == 4 and fields.get("BidsSuffix") == "bold" and seconds:
        # Of these BIDS 1.10 wants the time between volumes, as in the image.
        fields["RepetitionTime"] = round(seconds, 6)
    _set_units(image.header, "mm" if in_mm else "unknown", seconds)
    stem = nifti_stem(path)
    replaced = _replaces_ours(stem)
    _save(image, Path(path))
    for ending in (".bval", ".bvec") if replaced else ():
        Path(stem + ending).unlink(missing_ok=True)
    texts = {".json": sidecar_text(fields)} | _gradients(known, values, attributes)
    if values.ndim == 4 and "DiffusionBValue" in fields:
        # The key of the sidecar tells that of a first volume, in files of other programs.
        texts[".bval"] = _b_values_text([fields["DiffusionBValue"]] * len(values))
    for ending, text in texts.items():
        write_whole(Path(stem + ending), encoded(text))
    return [path, *(stem + ending for ending in texts)]


def _values_of(name: str, data: Any, attributes: dict[str, Any]) -> NDArray[Any]:
    """Return a layer's values, with three or four axes."""
    if attributes.get("rgb") or attributes.get("multiscale"):
        raise MrseqError(f"{name}: colour images and pyramids can't be saved as NIfTI")
    # A slice that can't be read stands blank in the layer; in a file it would pass for an image.
    values = np.asarray(as_read(data))
    values = values.astype(STORED_AS.get(values.dtype.name, values.dtype), copy=False)
    try:
        check_axes(values.shape, name)
    except ValueError as error:
        raise MrseqError(str(error)) from error
    return values.reshape((1,) * (3 - values.ndim) + values.shape)


def _image_of(
    values: NDArray[Any], affine: NDArray[np.float64] | None, attributes: dict[str, Any]
) -> Any:
    """Return a layer as NIfTI; what has no affine keeps the sizes of its voxels."""
    import nibabel

    # NIfTI counts columns first, then rows, slices and volumes.
    if affine is not None:
        return nibabel.Nifti1Image(values.T, affine)  # type: ignore[no-untyped-call]
    steps = _steps(values.ndim, attributes)
    # Without a place in the patient nothing tells that a step goes backwards.
    values = np.flip(values, tuple(axis for axis in (-3, -2, -1) if steps[axis] < 0))
    image: Any = nibabel.Nifti1Image(values.T, None)  # type: ignore[no-untyped-call]
    image.header.set_zooms(np.abs(steps[::-1]))
    return image


def _save(image: Any, path: Path) -> None:
    """Write an image whole or not at all: what it replaces may be the only one of its kind."""
    packed = path.suffix.lower() == ".gz"
    with written_whole(path) as beside, ExitStack() as files:
        file: Any = files.enter_context(beside.open("wb"))
        if packed:
            file = files.enter_context(gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0))
        image.to_stream(file)


def _replaces_ours(stem: str) -> bool:
    """Tell whether something was saved here under a name before, which goes.

    Raises
    ------
    MrseqError
        If there is a sidecar of another program, whose keys would be lost.
    """
    sidecar = Path(f"{stem}.json")
    if not sidecar.exists():
        return False
    try:
        written = sidecar.read_bytes()
        told = json.loads(written)
        # The same keys may be another's, who sets them out in another way.
        ours = OUR_FIELDS.issuperset(told) and encoded(sidecar_text(told)) == written
    except (ValueError, TypeError):
        ours = False
    if not ours:
        raise MrseqError(f"{sidecar} belongs to another program and is kept: choose another name")
    return True


def _gradients(
    known: dict[str, Any], values: NDArray[Any], attributes: dict[str, Any]
) -> dict[str, str]:
    """Return b values (.bval) and directions (.bvec) of diffusion volumes, by files' endings."""
    axis = known.get("volumes") or {}
    if axis.get("name") != "b value" or values.shape[:-3] != (len(axis["values"]),):
        return {}
    texts = {".bval": _b_values_text(axis["values"])}
    directions = np.asarray(axis["directions_lps"], float)
    affine = _affine(known, attributes)
    # An image that was registered took its gradients along.
    scanned = _affine(known, attributes | {"affine": np.eye(values.ndim + 1)})
    if affine is None or scanned is None or len(directions) != len(axis["values"]):
        return texts
    along = directions @ RAS_FROM_LPS[:3, :3] @ fsl_axes(scanned)
    along[:, 0] *= np.sign(np.linalg.det(scanned) * np.linalg.det(affine))
    rows = [" ".join(f"{value:.6g}" for value in row) for row in along.T]
    return texts | {".bvec": "\n".join(rows) + "\n"}


def _b_values_text(b_values: Sequence[float]) -> str:
    """Return b values in s/mm², one a volume, as FSL keeps them."""
    return " ".join(f"{value:g}" for value in b_values) + "\n"


def _seconds_between(known: dict[str, Any], told: float | None) -> float | None:
    """Return the time between most volumes, None where none is usual; `told` where none is known.

    In a 3-D gradient echo, as dynamic series are, TR is the time from line to line.
    """
    axis = known.get("volumes") or {}
    times = axis.get("values", ()) if axis.get("name") == "time" else ()
    if len(set(times)) < 2:
        return told
    steps = np.diff(times)
    usual = np.median(steps)
    # Scanners round times (Siemens to 2.5 ms, some writers to seconds), so one step may be off by
    # more than the mean of those that differ by nothing else.
    rounding = usual / 10 if np.mod(times, 1000).any() else min(1000, usual / 2)
    near = steps[np.abs(steps - usual) <= rounding]
    # Phases of a contrast agent lie further and further apart.
    return float(near.mean()) / 1000 if 2 * len(near) > len(steps) else None


def _seconds_along(attributes: dict[str, Any]) -> float | None:
    """Return the time between volumes by the layer's own units, which other readers may give."""
    units = tuple(attributes.get("units") or ())
    one = seconds_in(units[0]) if len(units) == 4 else None
    return one and abs(float(attributes["scale"][0])) * one


def _set_units(header: Any, length: str, seconds: float | None) -> None:
    """Write the units, and the time between volumes; dcm2niix too takes TR where none is told."""
    if header.get_data_shape()[3:] and seconds:
        header["pixdim"][4] = seconds
        header.set_xyzt_units(length, "sec")
    else:
        header.set_xyzt_units(length)


def _lengths(attributes: dict[str, Any]) -> list[float] | None:
    """Return how many mm a step of the canvas has along the last three axes, None for pixels."""
    units = tuple(attributes.get("units") or ())[-3:]
    return lengths(units, attributes.get("metadata") or {}) or None


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
    known = _lengths(attributes)
    return np.diag([*known, 1.0]) @ placed if known else placed


def _steps(axes: int, attributes: dict[str, Any]) -> NDArray[np.float64]:
    """Return the layer's scale along all axes of the file, in mm where its units are lengths."""
    steps, known = np.ones(axes), _lengths(attributes)
    scale = attributes.get("scale", ())
    steps[axes - len(scale) :] = scale
    if known:
        steps[-len(known) :] *= known
    return steps
