"""Slices of simulated heads: contrasts that the catalogue lacks, labels following from the physics.

Each picture is a plane through Colin27's tissue maps, bent and stretched into another head, with
relaxation times of its own and imaged with settings drawn from what scanners are used with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from napari_mrseq.training.making import scanner, vessels
from napari_mrseq.training.making.planes import NAMES, ROWS, cut
from napari_mrseq.training.making.signal import (
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

    from napari_mrseq.training.making.planes import Anatomy, TissueMaps
    from napari_mrseq.training.making.signal import Signal

Uniform = Callable[[float, float], float]
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
EPI = {"DWI", "B0", "BOLD", "ADC"}
GRADIENT_ECHO = {"T2STAR", "BOLD"}
# An echo-planar reading without fat suppression would show fat displaced: nobody scans so.
SUPPRESSED_FAT = (0.02, 0.15)


def simulate(
    maps: TissueMaps, seed: int, counts: Mapping[str, int] = COUNTS
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield the sequence and the (rows, columns) magnitudes of each picture.

    Parameters
    ----------
    maps : TissueMaps
        Of the head that is imaged.
    seed : int
        Of all chance.
    counts : mapping of str to int
        Pictures of each sequence.
    """
    rng = np.random.default_rng(seed)
    for code, count in counts.items():
        for _ in range(count):
            yield code, _picture_of(code, cut(maps, rng), rng)


def _picture_of(code: str, anatomy: Anatomy, rng: np.random.Generator) -> NDArray[np.float64]:
    """Image a plane with settings of a sequence drawn by chance: (rows, columns) magnitudes."""
    draw: Uniform = rng.uniform
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


def _weighting(code: str, tesla: float, draw: Uniform) -> tuple[Weighting, float]:
    """Draw a sequence's settings; return what they make of a tissue, and the echo time in ms."""
    if code == "PD":
        tr, te = draw(2000, 5000), draw(8, 32)
        return partial(spin_echo, tr=tr, te=te), te
    if code == "STIR":
        tr, te, ti = draw(3000, 6000), draw(15, 80), draw(0.55, 0.68) * TISSUES[tesla]["fat"].t1
        return partial(inversion_recovery, tr=tr, te=te, ti=ti), te
    if code == "T2STAR":
        tr, te, flip = draw(350, 900), draw(14, 32) * (1.0 if tesla > 2 else 1.3), draw(12, 28)
        return partial(spoiled_gradient_echo, tr=tr, te=te, flip_degrees=flip), te
    if code == "BOLD":
        tr, te, flip = draw(1500, 3000), draw(25, 45), draw(60, 90)
        return partial(spoiled_gradient_echo, tr=tr, te=te, flip_degrees=flip), te
    tr, te, b = draw(3000, 9000), draw(60, 105), 0.0 if code == "B0" else draw(800, 1500)
    return partial(diffusion_weighted, tr=tr, te=te, b_value=b), te


def _imaged(
    anatomy: Anatomy, tissues: dict[str, Tissue], weighting: Weighting, fat: float
) -> NDArray[np.float64]:
    """Signed signal of the plane, white matter at 1."""
    signals = np.array([float(weighting(tissues[name])) for name in NAMES])
    signals[NAMES.index("fat")] *= fat
    white = max(abs(signals[0]), 1e-3)
    return np.asarray(np.tensordot(signals / white, anatomy.fractions, 1))


def _dephased(anatomy: Anatomy, te: float) -> NDArray[np.float64]:
    """Share of the signal left where the field changes through the slice (te in ms)."""
    turns = anatomy.gradient * anatomy.tesla * anatomy.thickness * te / 1000
    return np.asarray(np.abs(np.sinc(turns)))


def _adc(
    anatomy: Anatomy, tissues: dict[str, Tissue], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Diffusion coefficient in mm²/s from two noisy images, as a scanner computes it."""
    tr, te, b = rng.uniform(3000, 9000), rng.uniform(60, 105), rng.uniform(800, 1200)
    fat, noise = rng.uniform(*SUPPRESSED_FAT), rng.uniform(0.01, 0.04)
    images = []
    for b_value in (0.0, b):
        weighting = partial(diffusion_weighted, tr=tr, te=te, b_value=b_value)
        clean = _imaged(anatomy, tissues, weighting, fat)
        # White matter at 1 in both would hide what diffusion took away.
        loss = np.exp(-b_value * float(tissues["white matter"].diffusivity))
        images.append(scanner.magnitude(clean * loss, noise, rng))
    coefficient = np.log(np.maximum(images[0], 1e-3) / np.maximum(images[1], 1e-3)) / b
    masked = images[0] > rng.uniform(0.1, 0.4)
    left = rng.random() < 0.3
    return np.where(masked | left, np.clip(coefficient, 0, 4e-3), 0.0)


def _angiogram(
    anatomy: Anatomy, tissues: dict[str, Tissue], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Bright vessels over tissue that short, strong pulses saturate (time of flight)."""
    tr, te, flip = rng.uniform(18, 40), rng.uniform(2, 7), rng.uniform(15, 35)
    weighting = partial(spoiled_gradient_echo, tr=tr, te=te, flip_degrees=flip)
    fat = rng.uniform(*SUPPRESSED_FAT) if rng.random() < 0.5 else 1.0
    still = _imaged(anatomy, tissues, weighting, fat)
    # A projection keeps little of the tissue, a slice all of it; many are shown without any.
    if rng.random() < 0.3:
        image = still + rng.uniform(2.5, 5.0) * vessels.cut(rng, ROWS)
    else:
        kept = 0.0 if rng.random() < 0.3 else rng.uniform(0.05, 0.4)
        smooth = ndimage.gaussian_filter(still, rng.uniform(0.5, 4.0))
        image = np.maximum(kept * smooth, rng.uniform(0.8, 1.5) * vessels.projected(rng, ROWS))
    return scanner.magnitude(image, rng.uniform(0.005, 0.06), rng)
