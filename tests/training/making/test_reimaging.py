from __future__ import annotations

import csv

import numpy as np
import pytest
from PIL import Image
from torch import nn

from napari_mrseq.training.catalogue import REIMAGED, read_catalogue
from napari_mrseq.training.making.reimaging import add_reimaged
from tests.training.stripes import write

SIDE = 120
ROWS = [
    # label, body part, stripped, origin
    ("T1", "head", "y", "nifti"),
    ("T2", "head", "y", "nifti"),
    ("T1", "knee", "n", "nifti"),
    ("T1", "head", "y", "screenshot"),
]


def brain():
    """A T1-weighted ellipse: fluid within white within grey matter; and how far out each is."""
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    radius = np.hypot(y / 0.9, x / 0.7)
    picture = np.select([radius < 0.3, radius < 0.7, radius < 1], [70, 220, 155], 0)
    noise = np.random.default_rng(0).normal(0, 5, picture.shape)
    return np.where(picture, picture + noise, 0).astype(np.uint8), radius


@pytest.fixture
def catalogue(tmp_path):
    rows = []
    for index, (label, body_part, stripped, origin) in enumerate(ROWS):
        Image.fromarray(brain()[0]).save(tmp_path / f"{index}.png")
        rows.append(
            {
                "file": f"{index}.png", "label": label, "group": f"g{index}", "fold": index + 1,
                "subject": f"s{index}", "body_part": body_part, "skull_stripped": stripped,
                "origin": origin, "position": 0.5, "volume": f"v{index}", "dataset": "some",
            }
        )  # fmt: skip
    return write(tmp_path / "catalogue.csv", rows)


def tissues_of(row):
    """Mean grey value of fluid, white and grey matter, and the brightest around the brain."""
    picture = np.asarray(Image.open(row.path)).astype(float)
    shown = Image.fromarray(brain()[1].astype(np.float32)).resize(picture.shape[::-1])
    radius = np.asarray(shown)
    within = [(0, 0.2), (0.4, 0.6), (0.78, 0.92)]
    means = [picture[(low <= radius) & (radius < high)].mean() for low, high in within]
    return *means, picture[radius > 1.1].max()


def test_t1_weighted_heads_are_imaged_anew_and_stay_in_their_fold(catalogue, tmp_path):
    counts = {"PD": 2, "STIR": 2, "ADC": 2, "DWI": 2, "B0": 2}
    path = add_reimaged(catalogue, tmp_path / "wide", nn.Identity(), counts, log=lambda _: None)
    before, after = read_catalogue(catalogue), read_catalogue(path)
    assert [row.path.resolve() for row in after[:4]] == [row.path.resolve() for row in before]
    added = after[4:]
    assert [row.label for row in added] == [code for code in counts for _ in range(2)]
    for row in added:
        told = (row.group, row.fold, row.origin, row.dataset, row.stripped)
        assert told == ("g0", 1, REIMAGED, "some", True)
        fluid, white, grey, around = tissues_of(row)
        assert around == 0
        if row.label in ("B0", "STIR", "ADC"):
            assert fluid > white
        if row.label == "DWI":
            assert fluid < white
        if row.label in ("PD", "STIR"):
            assert grey > white
    with path.open(newline="") as file:
        entries = list(csv.DictReader(file))
    assert {entry["subject"] for entry in entries[4:]} == {"s0"}
    # They are no slices of the T1-weighted stack.
    assert {entry["volume"] for entry in entries[4:]} == {""}


def test_no_picture_is_made_where_no_head_is_t1_weighted(catalogue, tmp_path):
    lines = catalogue.read_text().splitlines()
    catalogue.write_text("\n".join([lines[0], *lines[2:]]) + "\n")
    path = add_reimaged(catalogue, tmp_path / "wide", nn.Identity(), log=lambda _: None)
    assert len(read_catalogue(path)) == len(ROWS) - 1
    assert not list((tmp_path / "wide").glob("*.png"))
