"""Where the voxels of a NIfTI file lie: by its sform, else its qform, else their sizes alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from napari_mrseq.reading.geometry import is_distance, is_position

_LPS_FROM_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
# Codes of `xyzt_units` (nifti1.h): metre and micron, which are all but mm or unknown.
_LENGTH_BITS, _LENGTHS_MM = 0x07, {1: 1000.0, 3: 0.001}
_UNCERTAIN = "left and right are not certain"


def affine_of(header: Any) -> tuple[NDArray[np.float64] | None, tuple[str, ...]]:
    """Return what maps voxel indices to patient LPS in mm, and what to say of it.

    The sform goes before the qform and the qform before the voxel sizes, as in nibabel and
    nifti1.h; unlike there, one that is damaged is passed over.

    Parameters
    ----------
    header : nibabel.Nifti1Header
        Header as read; not changed.

    Returns
    -------
    (4, 4) array or None
        None where not even the voxel sizes are known.
    tuple of str
        Warnings, in words for the user.
    """
    damaged: list[str] = []
    for name, read in (("sform", header.get_sform), ("qform", header.get_qform)):
        if not int(header[f"{name}_code"]):
            continue
        affine = _sound(read, header)
        if affine is not None:
            said = [f"the {one} is damaged: the {name} is used instead" for one in damaged]
            return affine, tuple(said)
        damaged.append(name)
    affine = _sound(header.get_base_affine, header)
    if affine is None:
        return None, ("the affine is damaged: orientation and spacing unknown",)
    if not damaged:
        return affine, (f"the header gives no orientation: {_UNCERTAIN}",)
    named = f"{' and '.join(damaged)} {'is' if len(damaged) == 1 else 'are'}"
    why = f"the {named} damaged: only voxel sizes are known, {_UNCERTAIN}"
    return affine, (why,)


def _sound(read: Callable[[], Any], header: Any) -> NDArray[np.float64] | None:
    """Return an affine of nibabel's in LPS and mm, None where it is none that an image has."""
    try:
        affine = np.asarray(read(), dtype=float)
    except (HeaderDataError, ValueError):
        return None
    if not np.isfinite(affine).all() or np.linalg.matrix_rank(affine[:3, :3]) < 3:
        return None
    affine = _LPS_FROM_RAS @ affine
    affine[:3] *= _LENGTHS_MM.get(int(header["xyzt_units"]) & _LENGTH_BITS, 1.0)
    steps = np.linalg.norm(affine[:3, :3], axis=0)
    return affine if is_position(affine[:3, 3].tolist()) and all(map(is_distance, steps)) else None
