"""Whether two stacks were prescribed alike: one place, one orientation, like spacing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.body_plane import normal_of
from napari_mrseq.series import Series

# Stacks are parallel below this angle between their normals.
PARALLEL_DEGREES = 10.0
# Spacings are alike within this factor.
ALIKE = 1.2
# Centres of stacks of one prescription lie this close (mm): patients move between scans.
SHIFT_MM = 20.0


def one_prescription(one: Series, other: Series) -> bool:
    """Tell whether two stacks lie in one place with one orientation and like spacing."""
    if one.affine is None or other.affine is None or not one.spacing or not other.spacing:
        return False
    frames = one.frame_of_reference_uid, other.frame_of_reference_uid
    if None not in frames and frames[0] != frames[1]:
        return False
    # Of thousands of series most pairs are told apart by this, the fastest to know.
    if not centre_distance(one, other) <= SHIFT_MM:
        return False
    cosine = abs(float(normal_of(one.affine) @ normal_of(other.affine)))
    ratios = np.array(one.spacing) / np.array(other.spacing)
    alike = bool(np.all((ratios <= ALIKE) & (ratios >= 1 / ALIKE)))
    parallel = cosine >= np.cos(np.radians(PARALLEL_DEGREES))
    return parallel and alike


def centre_distance(one: Series, other: Series) -> float:
    """Return the distance of the centres of two stacks in mm."""
    return float(np.linalg.norm(_centre(one) - _centre(other)))


def _centre(series: Series) -> NDArray[np.float64]:
    middle = (np.array(series.pixels.shape[-3:]) - 1) / 2
    return np.asarray((np.asarray(series.affine, float) @ np.append(middle, 1.0))[:3])
