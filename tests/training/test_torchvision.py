"""The old program's recipe, on networks of torchvision small enough for a test."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import torch
from PIL import Image
from torchvision import models

from napari_mrseq import load_model
from napari_mrseq.errors import CatalogueError, ModelError
from napari_mrseq.model.card import TORCHVISION, Card
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.networks import build
from napari_mrseq.model.weights_file import write_weights
from napari_mrseq.training.catalogue import read_catalogue
from napari_mrseq.training.comparison import measure_source
from napari_mrseq.training.run import train_torchvision
from napari_mrseq.training.torchvision_fit import TorchvisionRecipe, fit_torchvision
from tests.program import program

from .stripes import striped_pictures, stripes, write

# The smallest network of torchvision by work.
SMALL = TorchvisionRecipe("shufflenet_v2_x0_5", epochs=2, batch=8, rate=0.01, held_out=0)


@pytest.fixture
def catalogue(tmp_path):
    Image.fromarray(stripes("X", 0, 20)).save(tmp_path / "20.png")
    other = {"path": "20.png", "label": "OTHER", "group": "g0", "fold": 0}
    return write(tmp_path / "catalogue.csv", [*striped_pictures(tmp_path, 20, 5, 5), other])


def test_it_gives_a_model_with_its_preparation_measured_on_the_fold_held_out(catalogue, tmp_path):
    path = train_torchvision(
        catalogue, tmp_path / "run", SMALL, name="old", version="1", log=lambda _: None
    )
    model = load_model(path, device="cpu")
    assert model.classes == ("T1", "T2")
    assert (model.card.preparation, model.card.window) == (TORCHVISION, (150.0, 80.0))
    assert model.card.figures["slices"]["cases"] == 4
    assert model.card.training["pictures"] == 16
    picture = stripes("T1", 1)[None]
    assert model.predict(picture).sum() == pytest.approx(1, abs=1e-5)


def test_what_shows_nothing_is_measured_as_it_is_judged(catalogue, tmp_path):
    weights = build(SMALL.network, 2).state_dict()
    weights["fc.bias"] = torch.tensor([9.0, 0.0])
    card = Card("m", "1", SMALL.network, ("T1", "T2"), 224, preparation=TORCHVISION)
    write_weights(weights, card, tmp_path / "m.safetensors")
    for row in read_catalogue(catalogue)[10:20]:
        Image.new("L", (64, 64)).save(row.path)
    model = load_model(tmp_path / "m.safetensors", device="cpu")
    figures = measure_source(model, catalogue, log=lambda _: None)
    assert figures["classes"] == ["T1", "T2", "UNKNOWN"]
    assert figures["confusion"] == [[5, 0, 5], [5, 0, 5], [1, 0, 0]]


def test_a_network_that_asks_which_version_its_weights_are_of_is_measured(catalogue, tmp_path):
    recipe = replace(SMALL, network="mnasnet0_5", epochs=1)
    path = train_torchvision(
        catalogue, tmp_path / "run", recipe, name="m", version="1", log=lambda _: None
    )
    assert load_model(path, device="cpu").card.figures["slices"]["cases"] == 4


def test_a_picture_that_cannot_be_read_is_named_and_the_others_are_trained_on(catalogue, tmp_path):
    (tmp_path / "7.png").write_bytes((tmp_path / "7.png").read_bytes()[:-500])
    told = []
    once = replace(SMALL, epochs=1)
    path = train_torchvision(
        catalogue, tmp_path / "run", once, name="old", version="1", log=told.append
    )
    assert told[0].startswith(f"left out: {tmp_path / '7.png'}: picture can't be decoded")
    assert told[1].startswith("1 of 20 pictures left out")
    assert read_card(path).training["pictures"] == 15


def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(catalogue, tmp_path):
    rows = [row for row in read_catalogue(catalogue) if row.fold and row.label != "UNKNOWN"][:8]

    def run(folder, epochs=2, resume=False, stop=False):
        folder.mkdir(exist_ok=True)
        recipe = replace(SMALL, epochs=epochs, draws=6)

        def log(_line):
            if stop and (folder / "checkpoint.pt").exists():
                raise KeyboardInterrupt

        return fit_torchvision(rows, ("T1", "T2"), recipe, folder, resume=resume, log=log)

    whole = run(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "stopped", stop=True)
    resumed = run(tmp_path / "stopped", resume=True)
    for name, tensor in whole.items():
        torch.testing.assert_close(tensor, resumed[name], rtol=0, atol=0)
    with pytest.raises(ModelError, match="another recipe"):
        run(tmp_path / "stopped", epochs=3, resume=True)
    with pytest.raises(ModelError, match="nothing to go on from"):
        run(tmp_path / "nothing", resume=True)


def test_it_starts_from_weights_of_torchvision_but_for_the_last_layer(catalogue, tmp_path):
    torch.manual_seed(5)
    network = models.shufflenet_v2_x0_5(num_classes=7)
    torch.save(network.state_dict(), tmp_path / "imagenet.pth")
    rows = [row for row in read_catalogue(catalogue) if row.label != "UNKNOWN"]
    still = replace(SMALL, epochs=1, draws=2, rate=1e-12)
    weights = fit_torchvision(
        rows, ("T1", "T2"), still, tmp_path, start=tmp_path / "imagenet.pth", log=lambda _: None
    )
    torch.testing.assert_close(weights["conv1.0.weight"], network.conv1[0].weight.detach())
    other = replace(still, network="resnet18")
    with pytest.raises(ModelError, match="is no resnet18"):
        fit_torchvision(rows, ("T1", "T2"), other, tmp_path, start=tmp_path / "imagenet.pth")


@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_a_network_with_layers_of_its_classes_in_its_middle_starts_from_others(
    catalogue, tmp_path, kind
):
    network, start = build("googlenet", 3), tmp_path / f"begun.{kind}"
    if kind == "pth":
        torch.save(network.state_dict(), start)
    else:
        card = Card("begun", "1", "googlenet", ("A", "B", "C"), 224, preparation=TORCHVISION)
        write_weights(network.state_dict(), card, start)
    rows = [row for row in read_catalogue(catalogue) if row.label != "UNKNOWN"]
    still = replace(SMALL, network="googlenet", epochs=1, draws=2, rate=1e-12)
    weights = fit_torchvision(rows, ("T1", "T2"), still, tmp_path, start=start, log=lambda _: None)
    torch.testing.assert_close(weights["conv1.conv.weight"], network.conv1.conv.weight.detach())
    assert len(weights["aux1.fc2.bias"]) == len(weights["fc.bias"]) == 2


def test_nothing_is_left_to_train_on_where_all_is_held_out(catalogue, tmp_path):
    lines = catalogue.read_text().splitlines()
    first = [line for line in lines if line.endswith((",fold", ",0"))]
    catalogue.write_text("\n".join(first))
    with pytest.raises(CatalogueError, match="held out"):
        train_torchvision(catalogue, tmp_path / "run", SMALL, name="old", version="1")


def test_the_command_line_cross_validates_it(catalogue, tmp_path):
    done = program(
        tmp_path, "train", catalogue, "--output", "cv", "--network", "shufflenet_v2_x0_5",
        "--folds", "2", "--epochs", "1", "--draws", "4",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "old program's recipe" in done.stderr
    assert re.search(r"slices right, fold by fold: \S+%, \S+%; mean \S+%", done.stdout)
    held_out = [
        read_card(tmp_path / "cv" / f"fold-{fold}" / "model.safetensors").training["recipe"]
        for fold in (0, 1)
    ]
    assert [recipe["held_out"] for recipe in held_out] == [0, 1]
