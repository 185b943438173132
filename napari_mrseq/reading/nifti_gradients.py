"""b values and gradient directions beside a NIfTI file, as FSL and BIDS keep them."""

from __future__ import annotations

import codecs
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.reading.sidecar import files_for
from napari_mrseq.reading.tags import Direction

_UTF_16 = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE


def fsl_axes(affine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the unit vectors along which a ``.bvec`` tells directions, one a column.

    They are the voxel axes, the first turned round where these are right-handed (FSL, FDT's user
    guide).

    Parameters
    ----------
    affine : (4, 4) array
        Maps (column, row, slice), as they are in the file, to the patient.
    """
    axes = np.asarray(affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0))
    axes[:, 0] *= -np.sign(np.linalg.det(axes))
    return axes


def b_values_of(folder: Path, stem: str, volumes: int) -> tuple[float, ...]:
    """Return the b value of each volume in s/mm², empty where no ``.bval`` tells."""
    rows = _numbers(folder, stem, ".bval")
    values = tuple(value for row in rows for value in row)
    return values if len(values) == volumes and np.isfinite(values).all() else ()


def directions_of(
    folder: Path, stem: str, volumes: int, affine: NDArray[np.float64]
) -> tuple[Direction, ...]:
    """Return the direction of each volume in patient LPS, empty where no ``.bvec`` tells.

    `affine` maps the voxels of the file to LPS.
    """
    rows = _numbers(folder, stem, ".bvec")
    if [len(row) for row in rows] != [volumes] * 3 or not np.isfinite(rows).all():
        return ()
    along = np.linalg.solve(fsl_axes(affine).T, np.array(rows)).T
    return tuple((x, y, z) for x, y, z in along.tolist()) if along.any() else ()


def _numbers(folder: Path, stem: str, ending: str) -> list[list[float]]:
    """Return the numbers in each line of a file that holds for an image, none where it is none."""
    files = files_for(folder, stem, ending)
    try:
        content = files[-1].read_bytes() if files else b""
        # Windows' editors begin with a mark; its PowerShell writes what it prints in UTF-16.
        encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
        lines = content.decode(encoding).splitlines()
        return [[float(number) for number in line.split()] for line in lines if line.strip()]
    except (OSError, ValueError):
        return []
