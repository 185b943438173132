"""Labelled slices that a model never saw, for the benchmarks of its quality."""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np

from napari_mrseq.model import Model
from napari_mrseq.sequences import UNKNOWN, family_of
from napari_mrseq.training.catalogue import Row, read_catalogue

HERE = Path(__file__).parent
CATALOGUE = HERE.parents[1] / "shared" / "data" / "slices.csv"
MODEL = HERE / "held-out.safetensors"


def options(description: str | None, slices: int) -> argparse.ArgumentParser:
    """Return a parser with what all benchmarks of quality take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", default=MODEL, help="name or weights file")
    parser.add_argument("--catalogue", type=Path, default=CATALOGUE)
    parser.add_argument("--fold", type=int, help="by default the one that the model's card names")
    parser.add_argument("--slices", type=int, default=slices, help="how many known slices")
    return parser


def known_rows(model: Model, catalogue: Path, fold: int | None, count: int) -> list[Row]:
    """Draw slices of known sequences from the fold held out, as many of each family as there are.

    Raises
    ------
    SystemExit
        If the model's card names no fold held out, and none is given.
    """
    fold = model.card.training.get("recipe", {}).get("held_out") if fold is None else fold
    if fold is None:
        raise SystemExit(f"{model.name} was trained on every fold: choose another, or --fold")
    families: dict[str, list[Row]] = defaultdict(list)
    for row in read_catalogue(catalogue):
        if row.fold == fold and row.label != UNKNOWN and row.label in model.classes:
            families[family_of(row.label)].append(row)
    rng = np.random.default_rng(0)
    drawn: list[Row] = []
    # The smallest families first: what they lack is shared by the others.
    for left, family in zip(
        range(len(families), 0, -1), sorted(families, key=lambda f: len(families[f])), strict=True
    ):
        rows = families[family]
        picked = rng.permutation(len(rows))[: (count - len(drawn)) // left]
        drawn += [rows[index] for index in sorted(picked)]
    return drawn
