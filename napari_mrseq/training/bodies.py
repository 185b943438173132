"""Slices of drawn bodies in every sequence, and in CT, which none of them must be taken for.

There are few real ones, and of some regions none. The label follows from the settings, which are
drawn from what scanners are used with: spin and gradient echoes, with fat in phase, in opposed
phase or suppressed, with and without contrast agent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.training.body_tissues import BODY_TISSUES
from napari_mrseq.training.drawn_bodies import BODIES, SIZE, Canvas
from napari_mrseq.training.signal import (
    TISSUES,
    Tissue,
    diffusion_weighted,
    inversion_recovery,
    spin_echo,
    spoiled_gradient_echo,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.training.signal import Signal

# Pictures of each sequence, by region: what is scanned there. With three times as many, a network
# lost more on heads than it gained.
COUNTS: Mapping[str, Mapping[str, int]] = {
    "T1": {"spine": 32, "trunk": 32, "pelvis": 25, "joints": 25},
    "T1C": {"spine": 7, "trunk": 25, "pelvis": 12, "joints": 7},
    "T2": {"spine": 25, "trunk": 32, "pelvis": 17, "joints": 25},
    "PD": {"spine": 4, "pelvis": 5, "joints": 42},
    "STIR": {"spine": 20, "trunk": 7, "pelvis": 7, "joints": 20},
    "T2STAR": {"spine": 10, "trunk": 5, "joints": 10},
    "DWI": {"spine": 5, "trunk": 15, "pelvis": 15},
    "B0": {"spine": 4, "trunk": 7, "pelvis": 7},
    UNKNOWN: {"spine": 40, "trunk": 100, "pelvis": 50, "joints": 40},
    "ADC": {"spine": 5, "trunk": 15, "pelvis": 15},
}
DIFFUSION = {"DWI", "B0", "ADC"}
FIELDS_TESLA = (1.5, 3.0)
# Spread of a tissue's signal between people, and of its texture within a picture.
TISSUE_SPREAD, TEXTURE = 0.12, 0.06
# mmol/l of contrast agent in blood, minutes after the injection.
AGENT = (0.5, 3.0)
# What is left of suppressed fat; diffusion weighting leaves fat alone, so that it must go there.
SUPPRESSED, WELL_SUPPRESSED = (0.02, 0.2), (0.0, 0.05)
# How often fat is suppressed.
SUPPRESSION = {"T1": 0.3, "T1C": 0.55, "T2": 0.3, "PD": 0.5, "STIR": 0.0, "T2STAR": 0.2}
OPPOSED = 0.25
# Level and width of the windows that CT is read in: soft tissue, bone, lung, everything.
WINDOWS = ((40, 400), (60, 250), (400, 1800), (-600, 1500), (0, 2500))

Weighting = Callable[[Tissue], "Signal"]


@dataclass(frozen=True, eq=False)
class _Scan:
    """Settings of one picture: what they make of a tissue, of fat, and of flowing blood."""

    weighting: Weighting
    fat: float
    tesla: float
    agent: float = 0.0
    opposed: bool = False
    flowing: float = 1.0


def simulate_bodies(
    seed: int, region: str, counts: Mapping[str, Mapping[str, int]] = COUNTS
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield the sequence and the (rows, columns) magnitudes of each picture of a region.

    Parameters
    ----------
    seed : int
        Of all chance.
    region : str
        One of `drawn_bodies.BODIES`.
    counts : mapping of str to mapping of str to int
        Pictures of each sequence, by region.
    """
    rng = np.random.default_rng([seed, *region.encode()])
    for code, per_region in counts.items():
        for _ in range(per_region.get(region, 0)):
            yield code, _picture(code, region, rng)


def _picture(code: str, region: str, rng: np.random.Generator) -> NDArray[np.float64]:
    canvas = Canvas(rng)
    BODIES[region][rng.integers(len(BODIES[region]))](canvas)
    places = canvas.bent()
    # Spread of each tissue, the same in all images of one scan.
    spread = np.exp(rng.normal(0, TISSUE_SPREAD, len(BODY_TISSUES)))
    grain = ndimage.gaussian_filter(rng.normal(0, 1, places.shape), rng.uniform(1.0, 6.0))
    density = spread[places] * (1 + TEXTURE * grain / grain.std())
    blur, noise = rng.uniform(0.3, 1.5), rng.uniform(0.005, 0.05)
    if code == UNKNOWN:
        return _tomogram(places, density, blur, rng)
    if code in DIFFUSION:
        blur += rng.uniform(0.5, 2.0)
        return _diffusion(code, places, density, blur, noise, rng)
    scan = _scan(code, rng)
    return _noisy(_imaged(places, density, scan, blur), noise, rng)


def _scan(code: str, rng: np.random.Generator) -> _Scan:
    draw = rng.uniform
    tesla = float(rng.choice(FIELDS_TESLA))
    suppressed = rng.random() < SUPPRESSION[code]
    fat = draw(*SUPPRESSED) if suppressed else 1.0
    agent = draw(*AGENT) if code == "T1C" else 0.0
    # Blood leaves the slice between the pulses of a spin echo, and comes fresh into a gradient's.
    gone, fresh = draw(0.0, 0.6), draw(0.8, 2.0)
    if code in ("T1", "T1C"):
        if rng.random() < 0.5:
            tr, te = draw(350, 800), draw(7, 20)
            return _Scan(lambda t: spin_echo(t, tr=tr, te=te), fat, tesla, agent, flowing=gone)
        volume = rng.random() < 0.6
        tr, flip = (draw(3, 9), draw(9, 16)) if volume else (draw(90, 250), draw(55, 80))
        opposed = not suppressed and rng.random() < OPPOSED
        # Fat and water meet again every 4.6 ms at 1.5 T.
        te = (2.3 if opposed else 4.6) * 1.5 / tesla
        return _Scan(
            lambda t: spoiled_gradient_echo(t, tr=tr, te=te, flip_degrees=flip),
            fat, tesla, agent, opposed, fresh,
        )  # fmt: skip
    if code == "T2STAR":
        tr, te, flip = draw(300, 800), draw(12, 28) * 1.5 / tesla, draw(12, 30)
        return _Scan(
            lambda t: spoiled_gradient_echo(t, tr=tr, te=te, flip_degrees=flip),
            fat, tesla, flowing=fresh,
        )  # fmt: skip
    if code == "STIR":
        tr, te = draw(3000, 6000), draw(20, 70)
        ti = draw(0.58, 0.68) * float(TISSUES[tesla]["fat"].t1)
        return _Scan(lambda t: inversion_recovery(t, tr=tr, te=te, ti=ti), 1.0, tesla, flowing=gone)
    tr, te = (draw(2500, 7000), draw(70, 130)) if code == "T2" else (draw(1800, 5000), draw(8, 38))
    return _Scan(lambda t: spin_echo(t, tr=tr, te=te), fat, tesla, flowing=gone)


def _imaged(
    places: NDArray[np.uint8], density: NDArray[np.float64], scan: _Scan, blur: float
) -> NDArray[np.float64]:
    """Return the magnitude without noise, on half the rows and columns of the map."""
    tissues = BODY_TISSUES.values()
    water = np.array([float(scan.weighting(t.water(scan.tesla, scan.agent))) for t in tissues])
    lipid = np.array([float(scan.weighting(t.lipid(scan.tesla))) for t in tissues]) * scan.fat
    water[list(BODY_TISSUES).index("blood")] *= scan.flowing
    # Signed signals are averaged over the pixel before the magnitude is taken.
    mixed = water - lipid if scan.opposed else water + lipid
    smooth = ndimage.gaussian_filter(mixed[places] * density, blur)
    return np.asarray(np.abs(smooth.reshape(SIZE // 2, 2, SIZE // 2, 2).mean(axis=(1, 3))))


def _diffusion(
    code: str,
    places: NDArray[np.uint8],
    density: NDArray[np.float64],
    blur: float,
    noise: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    tr, te, b = rng.uniform(3000, 8000), rng.uniform(50, 90), rng.uniform(400, 1400)
    tesla, fat = float(rng.choice(FIELDS_TESLA)), rng.uniform(*WELL_SUPPRESSED)

    def weighted(b_value: float) -> NDArray[np.float64]:
        scan = _Scan(
            lambda t: diffusion_weighted(t, tr=tr, te=te, b_value=b_value), fat, tesla, flowing=0.2
        )
        return _imaged(places, density, scan, blur)

    plain, diffused = weighted(0.0), weighted(b)
    level = float(np.quantile(plain, 0.9)) or 1.0
    if code != "ADC":
        image = plain if code == "B0" else diffused
        return _noisy(image, noise, rng)
    first, second = (_noisy(image / level, noise, rng, 1.0) for image in (plain, diffused))
    coefficient = np.log(np.maximum(first, 1e-3) / np.maximum(second, 1e-3)) / b
    shown = (first > rng.uniform(0.1, 0.3)) | (rng.random() < 0.3)
    return np.where(shown, np.clip(coefficient, 0, 4e-3), 0.0)


def _tomogram(
    places: NDArray[np.uint8],
    density: NDArray[np.float64],
    blur: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return what CT shows of the map, in a window of those it is read in."""
    agent = rng.uniform(0, 200) * (rng.random() < 0.5)
    units = np.array([t.hounsfield + agent * t.uptake for t in BODY_TISSUES.values()])
    # CT differs far less within a tissue than MR does.
    smooth = ndimage.gaussian_filter((units[places] + 1000) * density**0.1, blur)
    picture = smooth.reshape(SIZE // 2, 2, SIZE // 2, 2).mean(axis=(1, 3)) - 1000
    picture += rng.normal(0, rng.uniform(3, 40), picture.shape)
    level, width = WINDOWS[rng.integers(len(WINDOWS))]
    return np.asarray(np.clip((picture - level) / width + 0.5, 0, 1))


def _noisy(
    image: NDArray[np.float64],
    noise: float,
    rng: np.random.Generator,
    level: float | None = None,
) -> NDArray[np.float64]:
    """Return the magnitude with noise, a share of the bright parts' signal or of `level`."""
    if level is None:
        level = float(np.quantile(image, 0.9))
    spread = noise * max(level, 1e-9)
    real = image + rng.normal(0, spread, image.shape)
    return np.asarray(np.hypot(real, rng.normal(0, spread, image.shape)))
