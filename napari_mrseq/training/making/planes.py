"""Planes through a simulated head, each bent and stretched into the head of another person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy import ndimage
from scipy.spatial.transform import Rotation
from torch import Tensor
from torch.nn import functional

from napari_mrseq.training.making import scanner
from napari_mrseq.training.making.head import colin27

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.training.making.head import Head

FIELDS_TESLA = (1.5, 3.0)
ROWS = 200
# Heads differ: stretch of each axis, and how far and how smoothly (mm) they are bent.
STRETCH, BEND_MM, BEND_SCALE_MM = 0.1, 7.0, 40.0
DEPTHS = 3
# Along the rows, along the columns and across, in patient LPS: axial, coronal, sagittal.
ORIENTATIONS = (
    ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    ((0, 1, 0), (0, 0, -1), (1, 0, 0)),
)
NAMES = ("white matter", "grey matter", "csf", "lesion", "vitreous", "muscle", "fat", "bone")


@dataclass(frozen=True, eq=False)
class TissueMaps:
    """A head to cut planes out of.

    Attributes
    ----------
    head : Head
    volumes : (map, x, y, z) tensor
        Share of each tissue of `NAMES`, and how the field changes with place, in Hz/mm at 1 T.
    """

    head: Head
    volumes: Tensor


def tissue_maps() -> TissueMaps:
    """Build the maps of Colin27: that takes a while, so once for many pictures.

    Raises
    ------
    MrseqError
        If the head's templates aren't installed.
    """
    head = colin27()
    field = scanner.field_hz(head.air(), head.brain(), 1.0)
    gradient = np.sqrt(sum(g**2 for g in np.gradient(ndimage.gaussian_filter(field, 1.0))))
    volumes = [*(head.fractions[name] for name in NAMES), gradient.astype(np.float32)]
    return TissueMaps(head, torch.from_numpy(np.stack(volumes)))


@dataclass(frozen=True, eq=False)
class Anatomy:
    """One plane.

    Attributes
    ----------
    fractions : (tissue, rows, columns) array
        Shares of `NAMES`.
    gradient : (rows, columns) array
        Change of the field with place, in Hz/mm at 1 T.
    thickness : float
        In mm.
    tesla : float
        Field strength.
    """

    fractions: NDArray[np.float64]
    gradient: NDArray[np.float64]
    thickness: float
    tesla: float


def cut(maps: TissueMaps, rng: np.random.Generator) -> Anatomy:
    """Cut a plane out of a head that was bent and stretched at random."""
    thickness = float(rng.uniform(1.5, 6.0))
    voxels, normal = _plane(maps.head, rng)
    through = normal * thickness
    depths = (np.arange(DEPTHS) + 0.5) / DEPTHS - 0.5
    layers = [voxels + (through * depth)[:, None, None] for depth in depths]
    sampled = _sampled(maps.volumes, np.stack(layers)).mean(axis=1)
    fractions, gradient = sampled[:-1], sampled[-1]
    _add_lesions(fractions, rng)
    return Anatomy(
        fractions=fractions,
        gradient=gradient,
        thickness=thickness,
        tesla=float(rng.choice(FIELDS_TESLA)),
    )


def _sampled(volumes: Tensor, voxels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Interpolate (map, x, y, z) at (layer, 3, rows, columns): (map, layer, rows, columns)."""
    extent = np.array(volumes.shape[1:])[:, None, None]
    grid = np.moveaxis(voxels / (extent - 1) * 2 - 1, 1, -1)[..., ::-1]
    at = torch.from_numpy(np.ascontiguousarray(grid, np.float32))
    values = functional.grid_sample(volumes[None], at[None], align_corners=True)
    return values[0].numpy().astype(float)


def _plane(head: Head, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw an axial, coronal or sagittal plane, tilted a little, through the head.

    Returns the voxel coordinates (3, rows, columns) of its pixels, and its normal in voxels a mm.
    """
    axes = ORIENTATIONS[int(rng.choice(3, p=(0.6, 0.2, 0.2)))]
    # The sign keeps what a seed gave before.
    tilt = Rotation.from_euler("XYZ", rng.normal(0, 0.12, 3) * (1, -1, 1))
    row, column, normal = tilt.apply(axes)
    to_voxel = np.linalg.inv(head.to_lps)[:3, :3]
    extent = np.array(next(iter(head.fractions.values())).shape, float)[:, None, None]
    middle = to_voxel @ normal * rng.uniform(-55, 60)
    pixel = rng.uniform(0.95, 1.25)
    ticks = (np.arange(ROWS) - ROWS / 2) * pixel
    plane = row[:, None, None] * ticks[None, None, :] + column[:, None, None] * ticks[None, :, None]
    stretch = np.exp(rng.normal(0, STRETCH, 3))[:, None, None]
    at = np.tensordot(to_voxel, plane * stretch, 1) + extent / 2 + middle[:, None, None]
    bend = ndimage.gaussian_filter(
        rng.normal(0, 1, (3, ROWS, ROWS)), (0, BEND_SCALE_MM, BEND_SCALE_MM)
    )
    bend *= BEND_MM / max(float(np.abs(bend).max()), 1e-6) * rng.uniform(0, 1)
    return np.clip(at + bend, -5, extent + 5), to_voxel @ normal


def _add_lesions(fractions: NDArray[np.float64], rng: np.random.Generator) -> None:
    """Turn white matter into lesions here and there, in a third of the heads."""
    if rng.random() > 0.35:
        return
    y, x = np.mgrid[:ROWS, :ROWS]
    for _ in range(int(rng.integers(1, 12))):
        row, column = rng.uniform(0.2, 0.8, 2) * ROWS
        radius = rng.uniform(1.5, 5.0) if rng.random() < 0.9 else rng.uniform(8, 18)
        ball = np.clip(radius + 0.5 - np.hypot(y - row, x - column), 0, 1)
        moved = ball * fractions[0]
        fractions[0] -= moved
        fractions[NAMES.index("lesion")] += moved
