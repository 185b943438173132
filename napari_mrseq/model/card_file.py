"""A model's file: its hash, and its card, read without its weights. Imports no torch."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card import KEY, Card

WEIGHTS_SUFFIX, ONNX_SUFFIX = ".safetensors", ".onnx"
DAMAGED = "is damaged, incomplete or no weights file: copy it anew"


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
    if path.suffix == ONNX_SUFFIX:
        from napari_mrseq.model.onnx_file import read_onnx_card

        return read_onnx_card(path)
    # The layout of a safetensors file: 8 bytes of length, then that much JSON.
    try:
        with path.open("rb") as file:
            length, size = int.from_bytes(file.read(8), "little"), path.stat().st_size
            header = file.read(length) if length <= size else b""
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error.strerror}") from error
    try:
        table = json.loads(header)
        card = table["__metadata__"][KEY]
    except (ValueError, KeyError, TypeError) as error:
        told = (
            "is no weights file of napari-mrseq; a checkpoint of another program must be imported "
            "first: napari-mrseq import-checkpoint"
        )
        if path.suffix == WEIGHTS_SUFFIX and isinstance(error, ValueError):
            told = DAMAGED
        raise ModelError(f"{path} {told}") from error
    if not _is_whole(table, size - 8 - length):
        raise ModelError(f"{path} {DAMAGED}")
    return Card.from_json(card, path)


def _is_whole(table: dict[str, Any], weights: int) -> bool:
    """Tell whether a header names so many bytes of weights: a file cut short has it whole."""
    tensors = (entry for name, entry in table.items() if name != "__metadata__")
    try:
        return weights == max((tensor["data_offsets"][1] for tensor in tensors), default=0)
    except (KeyError, IndexError, TypeError):
        return False
