"""Slices of drawn spines, limbs and joints, labels following from the physics.

Most spines of public data are T2, and hardly one hospital's T1 of them is there to learn from: a
network takes an unseen one for T2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from napari_mrseq.training.drawn_bodies import DRAWINGS, waves
from napari_mrseq.training.scanner import magnitude
from napari_mrseq.training.signal import BODY_TISSUES, inversion_recovery, spin_echo, varied
from napari_mrseq.training.simulation import FIELDS_TESLA, SUPPRESSED_FAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.training.drawn_bodies import Map
    from napari_mrseq.training.signal import Tissue

# Pictures of each sequence and region.
BODY_COUNTS = {
    ("T1", "spine"): 300, ("T2", "spine"): 250, ("STIR", "spine"): 150,
    ("T1", "joint"): 250, ("T2", "joint"): 200, ("PD", "joint"): 300, ("STIR", "joint"): 100,
}  # fmt: skip
# TR and TE in ms, and how often fat is suppressed; turbo spin echo but for T1.
SETTINGS = {
    "T1": ((350, 800), (8, 20), 0.1),
    "T2": ((2500, 6000), (65, 130), 0.35),
    "PD": ((2000, 4500), (12, 42), 0.45),
}
# Trains of refocusing pulses keep fat brighter than single echoes do (J coupling; Henkelman et
# al., J Magn Reson Imaging 2:533, 1992): its T2 is this much longer.
TRAIN_FAT_T2 = (1.2, 2.0)
# T2 of discs from degenerate to young, of what the table says.
DISC_HEALTH = (0.45, 1.5)
# Coils lie at one side of a body: deviation of the shading, as a logarithm.
SHADE, SHADE_SCALE = 0.35, 0.35
NOISE = (0.005, 0.05)


def simulate_bodies(
    seed: int, counts: Mapping[tuple[str, str], int] = BODY_COUNTS
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield ``sequence/region`` and the (rows, columns) magnitudes of each picture.

    Parameters
    ----------
    seed : int
        Of all chance.
    counts : mapping of (str, str) to int
        Pictures of each sequence and region (see `DRAWINGS`).
    """
    rng = np.random.default_rng(seed)
    for (code, region), count in counts.items():
        for index in range(count):
            drawing = DRAWINGS[region][index % len(DRAWINGS[region])]
            yield f"{code}/{region}", _picture(code, drawing(rng), rng)


def _picture(
    code: str, fractions: Mapping[str, Map], rng: np.random.Generator
) -> NDArray[np.float64]:
    table = BODY_TISSUES[float(rng.choice(FIELDS_TESLA))]
    tissues = {name: varied(tissue, rng) for name, tissue in table.items()}
    disc = tissues["disc"]
    tissues["disc"] = replace(disc, t2=disc.t2 * rng.uniform(*DISC_HEALTH))
    signals = _signals(code, tissues, rng)
    image = sum(signals.get(name, 0.0) * part for name, part in fractions.items())
    shade = rng.uniform(0, SHADE) * waves(rng, SHADE_SCALE)
    bright = float(np.percentile(np.abs(image), 95))
    return magnitude(image * np.exp(shade) / max(bright, 1e-6), rng.uniform(*NOISE), rng)


def _signals(
    code: str, tissues: Mapping[str, Tissue], rng: np.random.Generator
) -> Mapping[str, float]:
    if code == "STIR":
        tr, te = rng.uniform(3000, 6000), rng.uniform(15, 80)
        ti = rng.uniform(0.6, 0.72) * float(tissues["fat"].t1)
        return {
            name: float(inversion_recovery(tissue, tr=tr, te=te, ti=ti))
            for name, tissue in tissues.items()
        }
    trs, tes, suppressed = SETTINGS[code]
    tr, te = rng.uniform(*trs), rng.uniform(*tes)
    signals = {name: float(spin_echo(tissue, tr=tr, te=te)) for name, tissue in tissues.items()}
    if code != "T1":
        longer = float(tissues["fat"].t2) * rng.uniform(*TRAIN_FAT_T2)
        signals["fat"] *= float(np.exp(te / tissues["fat"].t2 - te / longer))
    if rng.random() < suppressed:
        signals["fat"] *= rng.uniform(*SUPPRESSED_FAT)
    return signals
