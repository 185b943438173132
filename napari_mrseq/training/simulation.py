"""Slices of simulated heads: contrasts that the catalogue lacks, labels following from the physics.

Each picture is a plane through Colin27's tissue maps, bent and stretched into another head, with
relaxation times of its own and imaged with settings drawn from what scanners are used with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torch.nn import functional

from napari_mrseq.training import scanner, vessels
from napari_mrseq.training.head import colin27
from napari_mrseq.training.signal import (
    TISSUES,
    Tissue,
    diffusion_weighted,
    inversion_recovery,
    spin_echo,
    spoiled_gradient_echo,
    varied,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.training.head import Head
    from napari_mrseq.training.signal import Signal

Draw = Callable[[float, float], float]
Weighting = Callable[[Tissue], "Signal"]

# Pictures of each sequence. FLAIR, T1 and T2 are not among them: there are many real ones, and
# simulated fluid is too evenly dark (FLAIR was recognised less often for it).
COUNTS = {
    "PD": 400,
    "T2STAR": 400,
    "ADC": 300,
    "STIR": 250,
    "DWI": 200,
    "B0": 150,
    "BOLD": 150,
    "MRA": 400,
}
FIELDS_TESLA = (1.5, 3.0)
ROWS = 200
# Heads differ: stretch of each axis, and how far and how smoothly (mm) they are bent.
STRETCH, BEND_MM, BEND_SCALE_MM = 0.1, 7.0, 40.0
DEPTHS = 3
EPI = {"DWI", "B0", "BOLD", "ADC"}
GRADIENT_ECHO = {"T2STAR", "BOLD"}
NAMES = ("white matter", "grey matter", "csf", "lesion", "vitreous", "muscle", "fat", "bone")
# An echo-planar reading without fat suppression would show fat displaced: nobody scans so.
SUPPRESSED_FAT = (0.02, 0.15)


@dataclass(frozen=True, eq=False)
class _Anatomy:
    """One plane: tissue fractions (tissue, rows, columns) and the field's gradient in Hz/mm."""

    fractions: NDArray[np.float64]
    gradient: NDArray[np.float64]
    thickness: float
    tesla: float


def simulate(
    seed: int, counts: Mapping[str, int] = COUNTS
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield the sequence and the (rows, columns) magnitudes of each picture.

    Parameters
    ----------
    seed : int
        Of all chance.
    counts : mapping of str to int
        Pictures of each sequence.

    Raises
    ------
    MrseqError
        If the head's templates aren't installed.
    """
    rng = np.random.default_rng(seed)
    head = colin27()
    brain = head.fractions["white matter"] + head.fractions["grey matter"] > 0.5
    field = scanner.field_hz(head.air(), brain, 1.0)
    gradient = np.sqrt(sum(g**2 for g in np.gradient(ndimage.gaussian_filter(field, 1.0))))
    volumes = [*(head.fractions[name] for name in NAMES), gradient.astype(np.float32)]
    maps = torch.from_numpy(np.stack(volumes))
    for code, count in counts.items():
        for _ in range(count):
            anatomy = _anatomy(head, maps, rng)
            yield code, _picture(code, anatomy, rng)


def planes(seed: int, count: int) -> Iterator[NDArray[np.float64]]:
    """Yield the (tissue, rows, columns) fractions of `NAMES` in planes through different heads.

    Raises
    ------
    MrseqError
        If the head's templates aren't installed.
    """
    rng = np.random.default_rng(seed)
    head = colin27()
    volumes = [head.fractions[name] for name in NAMES]
    maps = torch.from_numpy(np.stack([*volumes, np.zeros_like(volumes[0])]))
    for _ in range(count):
        yield _anatomy(head, maps, rng).fractions


def _picture(code: str, anatomy: _Anatomy, rng: np.random.Generator) -> NDArray[np.float64]:
    draw: Draw = rng.uniform
    tissues = {name: varied(TISSUES[anatomy.tesla][name], rng) for name in NAMES}
    if code == "ADC":
        return _adc(anatomy, tissues, rng)
    if code == "MRA":
        return _angiogram(anatomy, tissues, rng)
    weighting, te = _weighting(code, anatomy.tesla, draw)
    fat = draw(*SUPPRESSED_FAT) if code in EPI or draw(0, 1) < 0.3 else 1.0
    image = _imaged(anatomy, tissues, weighting, fat)
    if code in GRADIENT_ECHO:
        image = image * _dephased(anatomy, te)
    return scanner.magnitude(image, draw(0.005, 0.04), rng)


def _weighting(code: str, tesla: float, draw: Draw) -> tuple[Weighting, float]:
    """Draw a sequence's settings; return what they make of a tissue, and the echo time in ms."""
    if code == "PD":
        tr, te = draw(2000, 5000), draw(8, 32)
        return lambda tissue: spin_echo(tissue, tr=tr, te=te), te
    if code == "STIR":
        tr, te, ti = draw(3000, 6000), draw(15, 80), draw(0.55, 0.68) * _fat_t1(tesla)
        return lambda tissue: inversion_recovery(tissue, tr=tr, te=te, ti=ti), te
    if code == "T2STAR":
        tr, te, flip = draw(350, 900), draw(14, 32) * (1.0 if tesla > 2 else 1.3), draw(12, 28)
        return lambda tissue: spoiled_gradient_echo(tissue, tr=tr, te=te, flip_degrees=flip), te
    if code == "BOLD":
        tr, te, flip = draw(1500, 3000), draw(25, 45), draw(60, 90)
        return lambda tissue: spoiled_gradient_echo(tissue, tr=tr, te=te, flip_degrees=flip), te
    tr, te, b = draw(3000, 9000), draw(60, 105), 0.0 if code == "B0" else draw(800, 1500)
    return lambda tissue: diffusion_weighted(tissue, tr=tr, te=te, b_value=b), te


def _fat_t1(tesla: float) -> float:
    return float(TISSUES[tesla]["fat"].t1)


def _imaged(
    anatomy: _Anatomy, tissues: dict[str, Tissue], weighting: Weighting, fat: float
) -> NDArray[np.float64]:
    """Signed signal of the plane, white matter at 1."""
    signals = np.array([float(weighting(tissues[name])) for name in NAMES])
    signals[NAMES.index("fat")] *= fat
    white = max(abs(signals[0]), 1e-3)
    return np.asarray(np.tensordot(signals / white, anatomy.fractions, 1))


def _dephased(anatomy: _Anatomy, te: float) -> NDArray[np.float64]:
    """Share of the signal left where the field changes through the slice (te in ms)."""
    turns = anatomy.gradient * anatomy.tesla * anatomy.thickness * te / 1000
    return np.asarray(np.abs(np.sinc(turns)))


def _adc(
    anatomy: _Anatomy, tissues: dict[str, Tissue], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Diffusion coefficient in mm²/s from two noisy images, as a scanner computes it."""
    tr, te, b = rng.uniform(3000, 9000), rng.uniform(60, 105), rng.uniform(800, 1200)
    fat, noise = rng.uniform(*SUPPRESSED_FAT), rng.uniform(0.01, 0.04)
    images = []
    for b_value in (0.0, b):
        clean = _imaged(
            anatomy,
            tissues,
            lambda tissue, b_value=b_value: diffusion_weighted(  # type: ignore[misc]
                tissue, tr=tr, te=te, b_value=b_value
            ),
            fat,
        )
        # White matter at 1 in both would hide what diffusion took away.
        loss = np.exp(-b_value * float(tissues["white matter"].diffusivity))
        images.append(scanner.magnitude(clean * loss, noise, rng))
    coefficient = np.log(np.maximum(images[0], 1e-3) / np.maximum(images[1], 1e-3)) / b
    masked = images[0] > rng.uniform(0.1, 0.4)
    left = rng.random() < 0.3
    return np.where(masked | left, np.clip(coefficient, 0, 4e-3), 0.0)


def _angiogram(
    anatomy: _Anatomy, tissues: dict[str, Tissue], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Bright vessels over tissue that short, strong pulses saturate (time of flight)."""
    tr, te, flip = rng.uniform(18, 40), rng.uniform(2, 7), rng.uniform(15, 35)
    still = _imaged(
        anatomy,
        tissues,
        lambda tissue: spoiled_gradient_echo(tissue, tr=tr, te=te, flip_degrees=flip),
        rng.uniform(*SUPPRESSED_FAT) if rng.random() < 0.5 else 1.0,
    )
    # A projection keeps little of the tissue, a slice all of it; many are shown without any.
    if rng.random() < 0.3:
        image = still + rng.uniform(2.5, 5.0) * vessels.cut(rng, ROWS)
    else:
        kept = 0.0 if rng.random() < 0.3 else rng.uniform(0.05, 0.4)
        smooth = ndimage.gaussian_filter(still, rng.uniform(0.5, 4.0))
        image = np.maximum(kept * smooth, rng.uniform(0.8, 1.5) * vessels.projected(rng, ROWS))
    return scanner.magnitude(image, rng.uniform(0.005, 0.06), rng)


def _anatomy(
    head: Head,
    maps: Tensor,
    rng: np.random.Generator,
) -> _Anatomy:
    """Cut a plane out of a head that was bent and stretched at random."""
    thickness = float(rng.uniform(1.5, 6.0))
    points = _plane(head, rng)
    normal = points.normal * thickness
    depths = (np.arange(DEPTHS) + 0.5) / DEPTHS - 0.5
    layers = [points.voxels + (normal * depth)[:, None, None] for depth in depths]
    sampled = _sampled(maps, np.stack(layers)).mean(axis=1)
    fractions, gradient = sampled[:-1], sampled[-1]
    _add_lesions(fractions, rng)
    return _Anatomy(
        fractions=fractions,
        gradient=gradient,
        thickness=thickness,
        tesla=float(rng.choice(FIELDS_TESLA)),
    )


def _sampled(maps: Tensor, voxels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Interpolate (map, x, y, z) at (layer, 3, rows, columns): (map, layer, rows, columns)."""
    extent = np.array(maps.shape[1:])[:, None, None]
    grid = np.moveaxis(voxels / (extent - 1) * 2 - 1, 1, -1)[..., ::-1]
    at = torch.from_numpy(np.ascontiguousarray(grid, np.float32))
    values = functional.grid_sample(maps[None], at[None], align_corners=True)
    return values[0].numpy().astype(float)


@dataclass(frozen=True, eq=False)
class _Plane:
    """Voxel coordinates (3, rows, columns) of a plane's pixels, and its normal in voxels a mm."""

    voxels: NDArray[np.float64]
    normal: NDArray[np.float64]


def _plane(head: Head, rng: np.random.Generator) -> _Plane:
    """Draw an axial, coronal or sagittal plane, tilted a little, through the head."""
    kind = int(rng.choice(3, p=(0.6, 0.2, 0.2)))
    row, column, normal = (
        np.array(axes, float)
        for axes in (
            ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
            ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
            ((0, 1, 0), (0, 0, -1), (1, 0, 0)),
        )[kind]
    )
    tilt = _rotation(rng.normal(0, 0.12, 3))
    row, column, normal = tilt @ row, tilt @ column, tilt @ normal
    extent = np.array(next(iter(head.fractions.values())).shape, float)[:, None, None]
    middle = np.linalg.inv(head.to_lps)[:3, :3] @ normal * rng.uniform(-55, 60)
    pixel = rng.uniform(0.95, 1.25)
    ticks = (np.arange(ROWS) - ROWS / 2) * pixel
    plane = row[:, None, None] * ticks[None, None, :] + column[:, None, None] * ticks[None, :, None]
    stretch = np.exp(rng.normal(0, STRETCH, 3))[:, None, None]
    to_voxel = np.linalg.inv(head.to_lps)[:3, :3]
    at = np.tensordot(to_voxel, plane * stretch, 1) + extent / 2 + middle[:, None, None]
    bend = ndimage.gaussian_filter(
        rng.normal(0, 1, (3, ROWS, ROWS)), (0, BEND_SCALE_MM, BEND_SCALE_MM)
    )
    bend *= BEND_MM / max(float(np.abs(bend).max()), 1e-6) * rng.uniform(0, 1)
    return _Plane(np.clip(at + bend, -5, extent + 5), to_voxel @ normal)


def _rotation(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    result = np.eye(3)
    for axis, angle in enumerate(angles):
        turn = np.eye(3)
        first, second = (i for i in range(3) if i != axis)
        turn[first, first] = turn[second, second] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        result = result @ turn
    return result


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
