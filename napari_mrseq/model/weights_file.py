"""Weights files: read, and written with their card so that others may read them as any file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card import KEY, Card
from napari_mrseq.model.card_file import DAMAGED, ONNX_SUFFIX, read_card
from napari_mrseq.safe_writing import writing, written_whole


def write_weights(weights: Mapping[str, Tensor], card: Card, path: Path) -> None:
    """Write weights, as they are, and a card as safetensors.

    Raises
    ------
    OSError
        If the file can't be written.
    """
    with written_whole(path) as beside:
        # Its own save_file leaves files that nobody but the user may read.
        beside.write_bytes(save(dict(weights), metadata={KEY: card.to_json()}))


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
    refuse_onnx(path)
    try:
        # What is loaded sees the file through memory, and Windows replaces none that is seen so.
        return {name: tensor.clone() for name, tensor in load_file(path).items()}
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} {DAMAGED}") from error


def refuse_onnx(path: Path) -> None:
    """Refuse a file that no training can go on from.

    Raises
    ------
    ModelError
        If it is an ONNX file.
    """
    if path.suffix == ONNX_SUFFIX:
        raise ModelError(f"{path} can't be trained on: name the weights file it was exported from")


def rewrite_card(path: Path, **changes: Any) -> Card:
    """Change fields of the card in a weights file, and leave its weights as they are.

    Raises
    ------
    ModelError
        If the file holds no model.
    MrseqError
        If it can't be written; names it.
    """
    card = replace(read_card(path), **changes)
    with writing(path):
        write_weights(read_weights(path), card, path)
    return card
