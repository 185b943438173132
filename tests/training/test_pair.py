"""Two networks in one weights file: one sees each picture, the other its mirror image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from napari_mrseq import load_model
from napari_mrseq.errors import ModelError
from napari_mrseq.model.classifier import network_input
from napari_mrseq.model.onnx_file import export_onnx
from napari_mrseq.model.preparation import prepare
from napari_mrseq.training.average import average
from napari_mrseq.training.fit import Recipe
from napari_mrseq.training.pair import pair
from napari_mrseq.training.plan import plan
from napari_mrseq.training.run import train

from .stripes import stripes, write

TINY = Recipe(input_size=33, stored_size=49, epochs=1, draws=16, batch=16, held_out=0)
SILENT = {"log": lambda _: None}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder, rows = tmp_path_factory.mktemp("stripes"), []
    for index in range(16):
        label, group = ("T1", "T2")[index % 2], index // 2 % 4
        Image.fromarray(stripes(label, group, index)).save(folder / f"{index}.png")
        rows.append({"path": f"{index}.png", "label": label, "group": f"g{group}", "fold": group})
    return write(folder / "catalogue.csv", rows)


def trained(catalogue, folder, **changes):
    return train(catalogue, folder, replace(TINY, **changes), name="two", version="1", **SILENT)


@pytest.fixture(scope="module")
def members(catalogue, tmp_path_factory):
    return [trained(catalogue, tmp_path_factory.mktemp("one"), seed=seed) for seed in (0, 1)]


@pytest.fixture(scope="module")
def both(members, catalogue, tmp_path_factory):
    path = tmp_path_factory.mktemp("pair") / "pair.safetensors"
    pair(*members, path, catalogue=catalogue, version="2")
    return path


@pytest.fixture(scope="module")
def slices():
    return np.stack([stripes("T1", 1, 5), stripes("T2", 2, 8)])


def test_each_looks_at_one_side_and_both_count_alike(both, members, slices) -> None:
    model = load_model(both, device="cpu")
    images, _ = prepare(slices, 33)
    logs = []
    for path, shown in zip(members, (images, images.flip(3)), strict=True):
        network = load_model(path, device="cpu").network
        with torch.inference_mode():
            logs.append(network(network_input(shown)).log_softmax(dim=1))
    expected = torch.softmax(sum(logs) / 2 / model.card.calibration.temperature, dim=1)
    np.testing.assert_allclose(replace(model, half=None).predict(slices), expected, atol=1e-5)


def test_a_pair_is_calibrated_and_measured_on_what_neither_saw(both) -> None:
    card = load_model(both, device="cpu").card
    assert card.figures["slices"]["cases"] == 4
    assert (card.name, card.version) == ("two", "2")
    assert card.training["paired_with"]["recipe"]["seed"] == 1


def test_a_pair_of_trainings_on_all_folds_takes_its_figures_from_a_twin(
    both, catalogue, tmp_path
) -> None:
    one, other = (
        trained(catalogue, tmp_path / str(seed), seed=seed, held_out=None) for seed in (0, 1)
    )
    card = pair(
        one, other, tmp_path / "all.safetensors", catalogue=catalogue, version="2", twin=both
    )
    known = load_model(both, device="cpu").card
    assert (card.calibration, card.figures) == (known.calibration, known.figures)


def test_networks_that_left_out_different_folds_are_no_pair(members, catalogue, tmp_path) -> None:
    other = trained(catalogue, tmp_path / "b", held_out=1)
    with pytest.raises(ModelError, match="kept from fold"):
        pair(members[0], other, tmp_path / "pair.safetensors", catalogue=catalogue, version="2")


def test_pairs_are_neither_paired_nor_averaged(both, catalogue, tmp_path) -> None:
    with pytest.raises(ModelError, match="no two efficientnet_lite0"):
        pair(both, both, tmp_path / "pair.safetensors", catalogue=catalogue, version="2")
    with pytest.raises(ModelError, match="are pairs"):
        average(both, both, tmp_path / "mean.safetensors", catalogue=catalogue)


def test_a_training_starts_from_the_first_of_a_pair_and_both_can_teach(
    both, catalogue, tmp_path
) -> None:
    chosen = plan(16, start=str(both), epochs=1, draws=64, teachers=[both])
    path = chosen.run(catalogue, tmp_path, 0, name="on", version="1", **SILENT)
    assert load_model(path, device="cpu").card.network == "efficientnet_lite0"


def test_a_pair_runs_as_onnx(both, slices, tmp_path) -> None:
    pytest.importorskip("onnxscript")
    model = replace(load_model(both, device="cpu"), half=None)
    again = load_model(export_onnx(model, tmp_path / "pair.onnx"))
    np.testing.assert_allclose(again.predict(slices), model.predict(slices), atol=1e-4)
