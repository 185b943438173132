"""Trainings averaged: weights between them, calibrated on the fold that none saw."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from napari_mrseq import load_model
from napari_mrseq.errors import ModelError
from napari_mrseq.training.average import average
from napari_mrseq.training.fit import Recipe
from napari_mrseq.training.run import train

from .stripes import stripes, write

TINY = Recipe(input_size=33, stored_size=49, epochs=1, draws=16, batch=16, held_out=0)


@pytest.fixture
def catalogue(tmp_path):
    rows = []
    for index in range(16):
        label, group = ("T1", "T2")[index % 2], index // 2 % 4
        Image.fromarray(stripes(label, group, index)).save(tmp_path / f"{index}.png")
        rows.append({"path": f"{index}.png", "label": label, "group": f"g{group}", "fold": group})
    return write(tmp_path / "catalogue.csv", rows)


def trained(catalogue, folder, **changes):
    recipe = replace(TINY, **changes)
    return train(catalogue, folder, recipe, name="mean", version="1", log=lambda _: None)


def test_the_average_lies_between_and_is_measured_on_what_none_saw(catalogue, tmp_path):
    paths = [trained(catalogue, tmp_path / str(seed), seed=seed) for seed in (0, 1, 2)]
    output = tmp_path / "mean.safetensors"
    card = average(paths, output, catalogue=catalogue)
    assert card.figures["slices"]["cases"] == 4
    assert [one["recipe"]["seed"] for one in card.training["averaged_with"]] == [1, 2]
    name = "stem.0.weight"
    mean, parts = load_file(output)[name].float(), [load_file(path)[name].float() for path in paths]
    torch.testing.assert_close(mean, sum(parts) / 3, rtol=2e-3, atol=1e-4)
    assert load_model(output, device="cpu").classes == ("T1", "T2", "UNKNOWN")


def test_an_average_of_trainings_on_all_folds_takes_its_figures_from_a_twin(catalogue, tmp_path):
    first, second = (trained(catalogue, tmp_path / str(seed), seed=seed) for seed in (0, 1))
    twin = tmp_path / "twin.safetensors"
    known = average([first, second], twin, catalogue=catalogue)
    third, fourth = (
        trained(catalogue, tmp_path / f"all{seed}", seed=seed, held_out=None) for seed in (0, 1)
    )
    card = average([third, fourth], tmp_path / "b.safetensors", catalogue=catalogue, twin=twin)
    assert (card.calibration, card.figures) == (known.calibration, known.figures)


def test_trainings_kept_from_different_folds_are_not_averaged(catalogue, tmp_path):
    first = trained(catalogue, tmp_path / "a")
    second = trained(catalogue, tmp_path / "b", held_out=1)
    with pytest.raises(ModelError, match="kept from fold"):
        average([first, second], tmp_path / "mean.safetensors", catalogue=catalogue)
