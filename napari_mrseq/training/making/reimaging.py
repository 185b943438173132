"""Real heads in contrasts that few real pictures show.

``python -m napari_mrseq.training.making.reimaging CATALOGUE FOLDER`` reads the tissues off
T1-weighted slices of real heads, images them anew with the signal equations, and writes the
pictures and a catalogue of them and all that the first one holds. `simulation` has one head,
however bent; here are the folds of many brains, stripped by many tools. A picture stays in the
group and the fold of the head that it shows.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from scipy import ndimage
from torch.nn import functional

from napari_mrseq.training.catalogue import (
    REIMAGED,
    STACKS,
    Row,
    read_catalogue,
    read_entries,
    write_catalogue,
)
from napari_mrseq.training.labelled_slices import read_slice
from napari_mrseq.training.making.head import inside_brain, outside_brain, rise
from napari_mrseq.training.making.planes import FIELDS_TESLA, NAMES, Anatomy, tissue_maps
from napari_mrseq.training.making.simulation import EPI, picture_of
from napari_mrseq.training.making.stripping import brain_in, train_outliner
from napari_mrseq.training.making.widen import scaled_to_bytes
from napari_mrseq.training.regions import region_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    Picture = NDArray[np.float64]
    Entry = dict[str, str]

# Pictures of each sequence, half of them of stripped heads.
COUNTS = {"PD": 700, "T2STAR": 700, "STIR": 400, "ADC": 400, "DWI": 400, "B0": 300, "BOLD": 300}
SEED = 0
# Slices tried of one group, and where they lie: what is below or above is hardly brain.
PER_GROUP, POSITIONS = 120, (0.2, 0.85)
# What is darker, of the brightest, is no brain in a stripped head; smaller brains say too little.
BACKGROUND, AREA = 0.06, 0.05
# Shading is smooth over this share of the side, and is taken away in part: T1 differs in truth too.
SHADING, FLATTENED, DENOISED_PX = 0.15, 0.7, 0.7
# Each tissue's grey values are taken to spread alike: a free spread lets one swallow the next.
SAMPLE, ROUNDS, SPREAD = 4000, 60, 0.06
# Levels are believed between which contrast is plain, of a brain that is not mostly fluid.
GREY_OF_WHITE, CSF_OF_GREY, CSF_SHARE, SOLID_SHARE = (0.5, 0.92), 0.75, 0.45, 0.12
# Noise about a tissue's level is no mixture; what it is shows in every sequence, as far as this.
PURE, GRAIN = 0.15, 0.25
# T1 intensities outside the brain, white matter at 1 (see `head`); fat where none is seen.
AIR, BONE, MUSCLE, FAT, FAT_QUANTILE = 0.05, 0.12, 0.62, 1.3, 0.95
# How far from the edge of the brain there is fluid or skull, of the side.
RIM = 0.018
EPI_SIDE, EPI_BLUR_PX = (64, 128), (0.2, 0.7)


def tissues_in(picture: NDArray[Any], outliner: nn.Module | None) -> Picture | None:
    """Read the shares of `planes.NAMES` (tissue, rows, columns) off a T1-weighted slice.

    None where brain or levels aren't to be believed. No outliner is needed of a stripped head.
    """
    values = picture.astype(float) - picture.min()
    lit = np.asarray(ndimage.binary_fill_holes(values > BACKGROUND * values.max()))
    brain = brain_in(outliner, picture) if outliner else lit
    if brain is None or brain.mean() < AREA:
        return None
    side = max(values.shape)
    values = _mean_near(values, np.ones_like(values) if outliner else brain, DENOISED_PX)
    shading = _mean_near(values, brain, SHADING * side)
    typical = float(shading[brain].mean())
    values *= (typical / np.clip(shading, typical / 2, typical * 2)) ** FLATTENED
    # The edge is a mixture with what is around.
    deep = ndimage.binary_erosion(brain, iterations=max(1, round(RIM * side / 2)))
    if not deep.any() or not (levels := _levels(values[deep])):
        return None
    csf, grey, white = levels
    return _shares(values / white, brain, csf / white, grey / white, stripped=outliner is None)


def _mean_near(values: Picture, where: NDArray[Any], sigma: float) -> Picture:
    """Smooth what is inside, nothing of the outside running in."""
    weights = ndimage.gaussian_filter(np.asarray(where, float), sigma)
    return np.asarray(ndimage.gaussian_filter(values * where, sigma) / np.maximum(weights, 0.05))


def _levels(values: Picture) -> tuple[float, float, float] | None:
    """Fit fluid, grey and white matter to the grey values of a brain (three Gaussians, by EM)."""
    values = np.sort(values)[:: max(1, values.size // SAMPLE)]
    bright = float(np.quantile(values, 0.9))
    centres, shares = bright * np.array((0.35, 0.75, 1)), np.ones(3)
    for _ in range(ROUNDS):
        distances = (values[:, None] - centres) / (SPREAD * bright)
        chances = shares * np.exp(-(distances**2) / 2) + 1e-12
        chances /= chances.sum(axis=1, keepdims=True)
        shares = chances.mean(axis=0)
        centres = (chances * values[:, None]).mean(axis=0) / shares
    csf, grey, white = map(float, centres)
    plain = 0 < csf < CSF_OF_GREY * grey and GREY_OF_WHITE[0] < grey / white < GREY_OF_WHITE[1]
    solid = shares[0] < CSF_SHARE and shares[1:].min() > SOLID_SHARE
    return (csf, grey, white) if plain and solid else None


def _shares(
    values: Picture, brain: NDArray[np.bool_], csf: float, grey: float, *, stripped: bool
) -> Picture:
    shares = dict.fromkeys(NAMES, np.zeros(values.shape))
    reach = max(1.0, RIM * max(values.shape))
    # Dark at the edge is skull, or what a tool has cut off: no fluid.
    wet = rise(values, min(BONE, csf / 2), csf)
    if not stripped:
        beyond = values[~brain & (values > MUSCLE / 2)]
        fat_level = max(FAT, float(np.quantile(beyond, FAT_QUANTILE))) if beyond.size else FAT
        shares |= outside_brain(values, AIR, BONE, MUSCLE, fat_level)
        rim = (ndimage.distance_transform_edt(~brain) <= reach) & (values < (csf + grey) / 2)
        shares = {name: np.where(rim, 0, share) for name, share in shares.items()}
        shares["csf"] = np.where(rim, wet, 0)
    edge = ndimage.distance_transform_edt(brain) <= reach
    inside = inside_brain(values, csf, grey, 1, PURE)
    fluid = inside["csf"]
    explained = csf * fluid + grey * inside["grey matter"] + inside["white matter"]
    grain = 1 + (1 - fluid) * np.clip(values / explained - 1, -GRAIN, GRAIN)
    inside["csf"] = fluid * np.where(edge, wet, 1)
    return np.stack(
        [np.where(brain, inside.get(name, 0) * grain, share) for name, share in shares.items()]
    )


def imaged(tissues: Picture, code: str, row: Row, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Image the head of a row in another sequence, with settings drawn by chance."""
    if code in EPI:
        tissues = _coarse(tissues, rng)
    shape = tissues.shape[1:]
    gradient = _gradient(shape, row.plane, rng) if rng.random() < 0.5 else np.zeros(shape)
    thickness, tesla = float(rng.uniform(1.5, 6.0)), float(rng.choice(FIELDS_TESLA))
    picture = picture_of(code, Anatomy(tissues, gradient, thickness, tesla), rng)
    # Tools that strip leave no noise around the brain.
    return scaled_to_bytes(picture * (tissues.sum(axis=0) > 0.3) if row.stripped else picture)


def _coarse(tissues: Picture, rng: np.random.Generator) -> Picture:
    """Sample as coarsely as an echo-planar image is."""
    scale = min(1.0, rng.uniform(*EPI_SIDE) / max(tissues.shape[1:]))
    size = [round(side * scale) for side in tissues.shape[1:]]
    coarse = functional.interpolate(
        torch.from_numpy(tissues)[None], size=size, mode="bilinear", antialias=True
    )
    blur = rng.uniform(*EPI_BLUR_PX)
    return np.asarray(ndimage.gaussian_filter(coarse[0].numpy(), (0, blur, blur)))


def _gradient(shape: tuple[int, ...], plane: str, rng: np.random.Generator) -> Picture:
    """Draw the field about sinuses, in Hz/mm at 1 T: in front, or below."""
    y, x = (np.linspace(0, 1, side) for side in shape)
    row = rng.uniform(0.1, 0.35) if plane == "ax" else rng.uniform(0.5, 0.8)
    column, radius = rng.uniform(0.3, 0.7), rng.uniform(0.05, 0.15)
    squares = ((y[:, None] - row) ** 2 + (x - column) ** 2) / (2 * radius**2)
    return np.asarray(rng.uniform(0.3, 2.0) * np.exp(-squares))


def _is_source(row: Row) -> bool:
    is_slice = row.origin in STACKS and row.slice is None and not row.doubtful
    inside = row.position is not None and POSITIONS[0] <= row.position <= POSITIONS[1]
    return is_slice and inside and row.label == "T1" and region_of(row.body_part) == "head"


def _in_turn(rows: list[tuple[Entry, Row]], seed: int) -> Iterator[tuple[Entry, Row]]:
    """Yield a slice of each group, then the next of each, up to `PER_GROUP`."""
    groups = defaultdict(list)
    for place in np.random.default_rng(seed).permutation(len(rows)):
        groups[rows[place][1].group].append(rows[place])
    for turn in range(PER_GROUP):
        yield from (group[turn] for group in groups.values() if turn < len(group))


def add_reimaged(
    catalogue: Path,
    folder: Path,
    outliner: nn.Module,
    counts: Mapping[str, int] = COUNTS,
    log: Callable[[str], None] = print,
) -> Path:
    """Write heads in other contrasts, and ``reimaged.csv``, the wider catalogue; return its path.

    Takes what `stripping.add_stripped` does, and the pictures of each sequence.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table, rows = read_entries(catalogue), read_catalogue(catalogue)
    sources = [pair for pair in zip(table, rows, strict=True) if _is_source(pair[1])]
    heads: dict[bool, list[tuple[NDArray[Any], Entry, Row]]] = {False: [], True: []}
    for entry, row in _in_turn(sources, SEED):
        found = tissues_in(read_slice(row).pixels, None if row.stripped else outliner)
        if found is not None:
            heads[row.stripped].append((found.astype(np.float32), entry, row))
    log(f"tissues told apart in {len(heads[False])} whole and {len(heads[True])} stripped heads")
    rng, kinds, added = np.random.default_rng(SEED), [cycle(h) for h in heads.values() if h], []
    for code, count in counts.items():
        for number in range(count if kinds else 0):
            tissues, entry, row = next(kinds[number % len(kinds)])
            path = folder / f"reimaged-{code}-{number:05}.png"
            Image.fromarray(imaged(tissues, code, row, rng)).save(path)
            changed = {"path": str(path.resolve()), "label": code, "origin": REIMAGED}
            # No longer those of the stack that the source lies in.
            added.append(entry | changed | {"volume": "", "b_value": ""})
    return write_catalogue(folder / "reimaged.csv", table + added)


def main() -> None:
    """Write the wider catalogue; print its path."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    print(add_reimaged(chosen.catalogue, chosen.folder, train_outliner(tissue_maps())))


if __name__ == "__main__":
    main()
