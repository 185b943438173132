"""Simulated slices show what the physics says, and teach; what is no MR is taught as unknown."""

from __future__ import annotations

import csv

import numpy as np

from napari_mrseq.training.catalogue import read_catalogue
from napari_mrseq.training.making import stripping
from napari_mrseq.training.making.simulation import COUNTS, simulate
from napari_mrseq.training.making.stripping import train_outliner
from napari_mrseq.training.making.widen import widen


def test_each_sequence_is_simulated_as_often_as_asked(maps):
    counts = dict.fromkeys(COUNTS, 1)
    pictures = list(simulate(maps, seed=1, counts=counts))
    assert [code for code, _ in pictures] == list(COUNTS)
    for _, picture in pictures:
        assert np.isfinite(picture).all()
        assert picture.std() > 0


def test_the_same_seed_gives_the_same_pictures(maps):
    (_, first), (_, again) = (next(simulate(maps, seed=3, counts={"PD": 1})) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_fluid_is_bright_without_diffusion_weighting_and_dark_with_it(maps):
    # The same seed cuts the same plane through the same head.
    b0, dwi, adc = (
        next(simulate(maps, seed=5, counts={code: 1}))[1] for code in ("B0", "DWI", "ADC")
    )
    fluid, tissue = adc > 2.4e-3, (adc > 0.5e-3) & (adc < 1.0e-3)
    assert fluid.sum() > 50
    assert np.median(b0[fluid]) > 1.2 * np.median(b0[tissue])
    assert np.median(dwi[fluid]) < 0.6 * np.median(dwi[tissue])


def test_vessels_outshine_all_else_in_angiograms(maps):
    for _, picture in simulate(maps, seed=2, counts={"MRA": 8}):
        tissue = np.median(picture[picture > 0.1 * picture.max()])
        assert picture.max() > 0
        assert (picture > 0.6 * picture.max()).mean() < 0.35
        assert tissue < 0.95 * picture.max()


def test_a_widened_catalogue_holds_the_first_one_and_unknown_pictures(maps, tmp_path):
    first = tmp_path / "first.csv"
    with first.open("w", newline="") as file:
        csv.writer(file).writerows([("path", "label", "group"), ("mine.png", "T1", "me")])
    noise = np.random.default_rng(0).random((40, 50))
    simulated = simulate(maps, 0, {"PD": 2})
    others = [("page", noise)], [("CT of a chest", noise)]
    rows = read_catalogue(widen(first, tmp_path / "wide", simulated, *others))
    assert rows[0].path == tmp_path / "mine.png"
    assert [row.label for row in rows] == ["T1", "PD", "PD", "UNKNOWN", "UNKNOWN"]
    assert [row.body_part for row in rows[1:3]] == ["head", "head"]
    assert all(row.path.is_file() for row in rows[1:])
    # The network that leaves fold 4 out is judged on the CT.
    assert [row.fold for row in rows[1:]] == [-1, -1, -1, 4]


def test_the_outliner_learns_from_simulated_heads(maps, monkeypatch):
    monkeypatch.setattr(stripping, "LOGGED", 10)
    lines = []
    train_outliner(maps, planes_count=6, steps=20, log=lines.append)
    first, last = (float(line.rsplit(" ", 1)[1]) for line in lines)
    assert last < 0.95 * first
