"""Each fold judged by the network that left it out, and all of them measured together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image
from safetensors.torch import load_file

from napari_mrseq.errors import ModelError
from napari_mrseq.model.registry import read_card
from napari_mrseq.training.catalogue import read_catalogue
from napari_mrseq.training.cross_validation import calibrate_apart, cross_validated, judged_unseen
from napari_mrseq.training.fit import Recipe
from napari_mrseq.training.run import train
from napari_mrseq.training.weights_file import rewrite_card

from .stripes import stripes, write

TINY = Recipe(input_size=33, stored_size=49, epochs=1, draws=16, batch=16)


@pytest.fixture
def catalogue(tmp_path):
    rows = []
    for index in range(24):
        label, group = ("T1", "T2")[index % 2], index // 2 % 4
        Image.fromarray(stripes(label, group, index)).save(tmp_path / f"{index}.png")
        fold = group // 2
        rows.append({"path": f"{index}.png", "label": label, "group": f"g{group}", "fold": fold})
    return write(tmp_path / "catalogue.csv", rows)


def trained(catalogue, folder, fold):
    recipe = replace(TINY, held_out=fold)
    return train(catalogue, folder, recipe, name="cv", version="1", log=lambda _: None)


def test_every_picture_is_judged_once_by_a_network_that_never_saw_it(catalogue, tmp_path):
    first, second = (trained(catalogue, tmp_path / str(fold), fold) for fold in (0, 1))
    rows = read_catalogue(catalogue)
    told = []
    judged = judged_unseen([first, second], rows, told.append)
    calibration, figures = cross_validated(*judged)
    assert figures["slices"]["cases"] == len(rows)
    assert figures["folds"] == [0, 1]
    assert [line.rpartition("fold ")[2] for line in told] == ["0", "1"]
    own = judged_unseen([first], rows, told.append)
    alone = cross_validated(*own)[1]
    assert alone["slices"]["cases"] == sum(row.fold == 0 for row in rows)

    calibrate_apart([first, second], *judged)
    assert read_card(second).calibration == cross_validated(*own)[0]

    whole = trained(catalogue, tmp_path / "whole", None)
    before = load_file(whole)
    rewrite_card(whole, calibration=calibration, figures=figures)
    assert read_card(whole).calibration == calibration
    assert all(tensor.equal(before[name]) for name, tensor in load_file(whole).items())


def test_a_fold_that_nobody_left_out_or_two_did_is_refused(catalogue, tmp_path):
    first = trained(catalogue, tmp_path / "a", 0)
    whole = trained(catalogue, tmp_path / "b", None)
    rows = read_catalogue(catalogue)
    for paths in ([first, first], [first, whole]):
        with pytest.raises(ModelError, match="left out"):
            judged_unseen(paths, rows, lambda _: None)
