"""Weights and their card → a file that others may read as far as any other file of the user."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import save
from torch import Tensor

from napari_mrseq.model.card import KEY, Card


def write_weights(weights: Mapping[str, Tensor], card: Card, path: Path) -> None:
    """Write weights, as they are, and a card as safetensors.

    Raises
    ------
    OSError
        If the file can't be written.
    SafetensorError
        If the weights can't be stored so.
    """
    # Its own save_file leaves files that nobody but the user may read.
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(save(dict(weights), metadata={KEY: card.to_json()}))
    # Networks that were loaded from this path still see the old file through their memory.
    beside.replace(path)
