"""A model's file: its hash, and its card, read without its weights. Imports no torch."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from safetensors import SafetensorError, safe_open

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card import KEY, Card

WEIGHTS_SUFFIX, ONNX_SUFFIX = ".safetensors", ".onnx"
DAMAGED = "is damaged, incomplete or not a weights file: copy it again"


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Raises
    ------
    ModelError
        If the file can't be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error.strerror}") from error


def read_card(path: Path) -> Card:
    """Read the card of a weights file, without its weights.

    Raises
    ------
    ModelError
        If the file can't be read, or is no safetensors file with a card.
    """
    # Path.is_dir raises where a folder may not be entered.
    if os.path.isdir(path):  # noqa: PTH112
        raise ModelError(f"{path} is a folder: name the weights file in it")
    if path.suffix == ONNX_SUFFIX:
        from napari_mrseq.model.onnx_file import read_onnx_card

        return read_onnx_card(path)
    try:
        # Opened once before: safetensors' own errors name the file again.
        with path.open("rb"), safe_open(path, framework="numpy") as file:
            card = (file.metadata() or {}).get(KEY)
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error.strerror or error}") from error
    except SafetensorError as error:
        if path.suffix == WEIGHTS_SUFFIX:
            raise ModelError(f"{path} {DAMAGED}") from error
        card = None
    if card is None:
        raise ModelError(
            f"{path} is not a weights file of napari-mrseq; another program's checkpoint must be "
            "imported first: napari-mrseq import-checkpoint"
        )
    return Card.from_json(card, path)
