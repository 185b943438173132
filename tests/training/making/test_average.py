"""Trainings averaged: weights between them, calibrated on the fold that none saw."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
import torch
from safetensors.torch import load_file
from torchvision import models

from napari_mrseq import load_model
from napari_mrseq.errors import ModelError
from napari_mrseq.model.checkpoint import import_checkpoint
from napari_mrseq.training.making.average import average
from napari_mrseq.training.recipe import Recipe
from napari_mrseq.training.run import train
from tests.training.stripes import striped_pictures, write

TINY = Recipe(input_size=33, stored_size=49, epochs=1, draws=16, batch=16, held_out=0)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("catalogue")
    return write(folder / "catalogue.csv", striped_pictures(folder, 16, 4, 4))


@pytest.fixture(scope="module")
def trained(catalogue):
    """Return a function: recipe's changes → weights file, trained once for all who ask."""

    @cache
    def once(seed=0, held_out=0):
        recipe = replace(TINY, seed=seed, held_out=held_out)
        folder = catalogue.parent / f"{seed}-{held_out}"
        return train(catalogue, folder, recipe, name="mean", version="1", log=lambda _: None)

    return once


def test_the_average_lies_between_and_is_measured_on_what_none_saw(catalogue, trained, tmp_path):
    paths = [trained(seed) for seed in (0, 1, 2)]
    output = tmp_path / "mean.safetensors"
    card = average(paths, output, catalogue=catalogue)
    assert card.figures["slices"]["cases"] == 4
    assert [one["recipe"]["seed"] for one in card.training["averaged_with"]] == [1, 2]
    name = "stem.0.weight"
    mean, parts = load_file(output)[name].float(), [load_file(path)[name].float() for path in paths]
    torch.testing.assert_close(mean, sum(parts) / 3, rtol=2e-3, atol=1e-4)
    assert load_model(output, device="cpu").classes == ("T1", "T2", "UNKNOWN")


def test_an_average_of_trainings_on_all_folds_takes_its_figures_from_a_twin(
    catalogue, trained, tmp_path
):
    twin = tmp_path / "twin.safetensors"
    known = average([trained(0), trained(1)], twin, catalogue=catalogue)
    paths = [trained(seed, None) for seed in (0, 1)]
    card = average(paths, tmp_path / "b.safetensors", catalogue=catalogue, twin=twin)
    assert (card.calibration, card.figures) == (known.calibration, known.figures)


def test_trainings_kept_from_different_folds_are_not_averaged(catalogue, trained, tmp_path):
    paths = [trained(0), trained(0, 1)]
    with pytest.raises(ModelError, match="kept from fold"):
        average(paths, tmp_path / "mean.safetensors", catalogue=catalogue)


def test_imported_models_are_averaged_too(catalogue, tmp_path):
    paths = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        state = models.shufflenet_v2_x0_5(num_classes=2).state_dict()
        torch.save(state, tmp_path / "a.pth")
        paths.append(
            import_checkpoint(
                tmp_path / "a.pth", "shufflenet_v2_x0_5", ("T1", "T2"),
                tmp_path / f"{seed}.safetensors",
            )
        )  # fmt: skip
    average(paths, tmp_path / "mean.safetensors", catalogue=catalogue)
    first, second, mean = (
        load_file(path)["fc.weight"].float() for path in (*paths, tmp_path / "mean.safetensors")
    )
    torch.testing.assert_close(mean, (first + second) / 2, rtol=2e-3, atol=1e-4)
