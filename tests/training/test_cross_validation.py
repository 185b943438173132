"""Each fold judged by the network that left it out, and all of them measured together."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from functools import cache

import pytest
from safetensors.torch import load_file

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.registry import find
from napari_mrseq.model.weights_file import rewrite_card
from napari_mrseq.training.catalogue import STRIPPED, read_catalogue
from napari_mrseq.training.cross_validation import (
    calibrate_apart,
    cross_validated,
    judged_unseen,
    main,
)
from napari_mrseq.training.recipe import Recipe
from napari_mrseq.training.run import train

from .stripes import striped_pictures, write

TINY = Recipe(input_size=33, stored_size=49, epochs=1, draws=16, batch=16)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("catalogue")
    return write(folder / "catalogue.csv", striped_pictures(folder, 24, 4, 2))


@pytest.fixture(scope="module")
def once_trained(catalogue):
    """Return a function: fold held out → weights file, trained once for all who ask."""

    @cache
    def train_without(fold):
        recipe, folder = replace(TINY, held_out=fold), catalogue.parent / str(fold)
        return train(catalogue, folder, recipe, name="cv", version="1", log=lambda _: None)

    return train_without


@pytest.fixture
def trained(once_trained, tmp_path):
    """Return a function: fold held out → weights file of the test's own, to be written into."""
    return lambda fold: shutil.copy(once_trained(fold), tmp_path / f"{fold}.safetensors")


def test_every_picture_is_judged_once_by_a_network_that_never_saw_it(catalogue, trained):
    first, second = trained(0), trained(1)
    rows = read_catalogue(catalogue)
    told = []
    judged = judged_unseen([first, second], rows, told.append)
    calibration, figures = cross_validated(*judged)
    assert figures["slices"]["cases"] == len(rows)
    assert figures["folds"] == [0, 1]
    assert [line.rpartition("fold ")[2] for line in told] == ["0", "1"]
    copies = [replace(row, origin=STRIPPED) for row in rows]
    own = judged_unseen([first], rows + copies, told.append)
    alone = cross_validated(*own)[1]
    assert alone["slices"]["cases"] == sum(row.fold == 0 for row in rows)

    calibrate_apart([first, second], *judged)
    assert read_card(second).calibration == cross_validated(*own)[0]

    whole = trained(None)
    before = load_file(whole)
    rewrite_card(whole, calibration=calibration, figures=figures)
    assert read_card(whole).calibration == calibration
    assert all(tensor.equal(before[name]) for name, tensor in load_file(whole).items())


def test_a_catalogue_that_is_not_there_is_told_without_a_traceback(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["cross_validation", "nowhere.csv", "a.safetensors"])
    with pytest.raises(SystemExit):
        main()
    assert "error: nowhere.csv" in capsys.readouterr().err


def test_the_command_tells_people_and_changes_no_model(catalogue, trained, monkeypatch, capsys):
    weights = [trained(0), trained(1)]
    before = [path.read_bytes() for path in weights]
    monkeypatch.setattr(sys, "argv", ["cross_validation", *map(str, (catalogue, *weights))])
    main()
    told = capsys.readouterr().out
    assert "Fitted on all folds: named at" in told
    assert "Calibration(" not in told
    assert [path.read_bytes() for path in weights] == before


def test_figures_that_cannot_be_written_are_told_without_a_traceback(
    catalogue, trained, monkeypatch, capsys, tmp_path
):
    weights, nowhere = [trained(0), trained(1)], tmp_path / "nowhere" / "figures.json"
    words = ["cross_validation", *map(str, (catalogue, *weights)), "--output", str(nowhere)]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit):
        main()
    told = capsys.readouterr()
    assert "Fitted on all folds" in told.out
    assert f"error: {nowhere}: can't be written (No such file or directory)" in told.err


def test_a_fold_that_nobody_left_out_or_two_did_is_refused(catalogue, trained):
    first, whole = trained(0), trained(None)
    rows = read_catalogue(catalogue)
    for paths, left_out in (([first, first], "fold 0"), ([first, whole], "no fold")):
        with pytest.raises(ModelError, match=f"left out {left_out}: each model must"):
            judged_unseen(paths, rows, lambda _: None)


def test_figures_are_written_into_no_card_that_they_say_nothing_about(
    catalogue, trained, monkeypatch, capsys
):
    weights, whole = [trained(0), trained(1)], trained(None)
    command = ["cross_validation", *map(str, (catalogue, *weights)), "--into"]
    monkeypatch.setattr(sys, "argv", [*command, str(weights[0])])
    with pytest.raises(SystemExit):
        main()
    assert "left out fold 0" in capsys.readouterr().err
    default = shutil.copy(find("default")[0], whole.with_name("default.safetensors"))
    monkeypatch.setattr(sys, "argv", [*command, str(default)])
    with pytest.raises(SystemExit):
        main()
    assert "other classes" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", [*command, str(whole)])
    main()
    assert read_card(whole).figures["folds"] == [0, 1]
