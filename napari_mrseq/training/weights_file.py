"""Weights files: written with their card, and given another card."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError
from safetensors.torch import load_file

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card import Card
from napari_mrseq.model.registry import ONNX_SUFFIX, read_card
from napari_mrseq.model.weights_file import write_weights

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor


def save_weights(weights: dict[str, Tensor], card: Card, path: Path) -> None:
    """Write weights in half precision, with their card, as safetensors."""
    halved = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in weights.items()
    }
    write_weights(halved, card, path)


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read the weights of a model: to train on from, to average, or to write anew.

    Raises
    ------
    ModelError
        If the file is damaged, or an ONNX file.
    """
    if path.suffix == ONNX_SUFFIX:
        raise ModelError(f"{path} can't be trained on: name the weights file it was exported from")
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is no whole weights file: {error}") from error


def rewrite_card(path: Path, **changes: Any) -> Card:
    """Change fields of the card in a weights file, and leave its weights as they are.

    Raises
    ------
    ModelError
        If the file holds no model.
    """
    card = replace(read_card(path), **changes)
    write_weights(read_weights(path), card, path)
    return card
