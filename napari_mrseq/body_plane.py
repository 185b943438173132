"""The plane of the body in which a stack lies, from its affine."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Above this angle between slice normal and body axis a stack is called oblique.
OBLIQUE_DEGREES = 30.0


def plane_of(affine: ArrayLike) -> str:
    """Name the plane of a stack from its affine.

    Parameters
    ----------
    affine : (4, 4) array_like
        Maps (slice, row, column, 1) to patient LPS in mm.

    Returns
    -------
    str
        ``axial``, ``coronal``, ``sagittal``, or ``oblique`` where the slice normal lies more than
        30 degrees from each body axis.
    """
    plane, cosine = nearest_plane(affine)
    return "oblique" if cosine < np.cos(np.radians(OBLIQUE_DEGREES)) else plane


def nearest_plane(affine: ArrayLike) -> tuple[str, float]:
    """Return the body plane that a stack lies nearest to, and the cosine of the angle between."""
    cosines = np.abs(normal_of(affine))
    axis = int(cosines.argmax())
    return ("sagittal", "coronal", "axial")[axis], float(cosines[axis])


def normal_of(affine: ArrayLike) -> NDArray[np.float64]:
    """Return the unit vector across the slices of a stack; zero where its axes are parallel."""
    matrix = np.asarray(affine, dtype=float)
    normal = np.cross(matrix[:3, 2], matrix[:3, 1])
    return np.asarray(normal / (np.linalg.norm(normal) or 1.0))
