"""Labelled slices that a model never saw, and labelled series, for the benchmarks of quality."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

from napari_mrseq.model import Model
from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.training.catalogue import Row, read_catalogue
from napari_mrseq.training.folds import measurable

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data"
CATALOGUE, SERIES = DATA / "slices.csv", DATA / "dicom.csv"
MODEL = HERE / "held-out.safetensors"


def options(description: str | None, slices: int) -> argparse.ArgumentParser:
    """Return a parser with what the benchmarks that write figures take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--catalogue", type=Path, default=CATALOGUE)
    parser.add_argument("--fold", type=int, help="by default the one that the model's card names")
    parser.add_argument("--slices", type=int, default=slices, help="how many known slices")
    return parser


def leave_out_without(catalogue: Path) -> None:
    """End the benchmark, without error, where the labelled data is not there, as in a clone."""
    if not catalogue.is_file():
        print(f"left out: {catalogue} is not there")
        raise SystemExit(0)


def series_rows(table: Path = SERIES, **wanted: str) -> list[dict[str, str]]:
    """Return the rows of labelled DICOM series, a folder each, that say what is wanted."""
    with table.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if wanted.items() <= row.items()]


def unseen_rows(model: Model, catalogue: Path, fold: int | None = None) -> list[Row]:
    """Return the slices of a fold; by default of the one that the model's card names.

    Raises
    ------
    SystemExit
        If the model's card names no fold held out, and none is given; without error where the
        labelled data is not there, as in a clone.
    """
    leave_out_without(catalogue)
    fold = model.card.held_out if fold is None else fold
    if fold is None:
        raise SystemExit(f"{model.name} was trained on every fold: choose another, or --fold")
    return measurable(read_catalogue(catalogue), fold)


def known_rows(model: Model, catalogue: Path, fold: int | None, count: int) -> list[Row]:
    """Draw slices of known sequences from those that `unseen_rows` gives, by chance."""
    rows = [
        row
        for row in unseen_rows(model, catalogue, fold)
        if row.label != UNKNOWN and row.label in model.classes
    ]
    drawn = np.random.default_rng(0).permutation(len(rows))[:count]
    return [rows[index] for index in sorted(drawn)]
