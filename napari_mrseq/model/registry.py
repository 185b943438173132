"""Which models exist and where. Imports no torch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card import KEY, Card

DEFAULT = "default"
DEVICES = ("auto", "cuda", "mps", "cpu")
WEIGHTS = Path(__file__).parent / "weights"
# name → file and SHA-256 of each model that ships; the first is the default.
SHIPPED = WEIGHTS / "registry.json"


@dataclass(frozen=True)
class Entry:
    """A model that ships: its name, file, and the hash the file must have."""

    name: str
    path: Path
    sha256: str


def entries() -> list[Entry]:
    """Return the models that ship, the default first."""
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return [Entry(e["name"], WEIGHTS / e["file"], e["sha256"]) for e in shipped]


def model_names() -> list[str]:
    """Return the names that `load_model` takes, the default first."""
    return [entry.name for entry in entries()]


def find(name_or_path: str | Path) -> tuple[Path, str]:
    """Find a model and check that its file is whole.

    Parameters
    ----------
    name_or_path : str or Path
        ``"default"``, the name of a model that ships, or a weights file.

    Returns
    -------
    path : Path
        The weights file.
    sha256 : str
        Its hash.

    Raises
    ------
    ModelError
        If there is no such model, or a shipped file has another hash than it shipped with.
    """
    known = entries()
    for entry in known:
        if name_or_path == entry.name or (name_or_path == DEFAULT and entry == known[0]):
            found = file_hash(entry.path)
            if found != entry.sha256:
                raise ModelError(
                    f"{entry.path} was changed since it shipped: its SHA-256 is {found}, not "
                    f"{entry.sha256}; install napari-mrseq again"
                )
            return entry.path, found
    path = Path(name_or_path)
    if not path.is_file():
        names = ", ".join(entry.name for entry in known)
        raise ModelError(f"no model is called {str(name_or_path)!r} and no file is there: {names}")
    return path, file_hash(path)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_card(path: Path) -> Card:
    """Read the card of a weights file, without its weights.

    Raises
    ------
    ModelError
        If the file is no safetensors file with a card.
    """
    # The layout of a safetensors file: 8 bytes of length, then that much JSON.
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = file.read(length) if length <= path.stat().st_size else b""
    try:
        card = json.loads(header)["__metadata__"][KEY]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path} is no weights file of napari-mrseq; a checkpoint of another program must be "
            "imported first"
        ) from error
    return Card.from_json(card)
