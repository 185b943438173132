"""Which models exist and where: those that ship, and the user's own. Imports no torch."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card import KEY, Card
from napari_mrseq.model.safe_writing import written_whole

DEFAULT = "default"
DEVICES = ("auto", "cuda", "mps", "cpu")
WEIGHTS = Path(__file__).parent / "weights"
# name → file and SHA-256 of each model that ships; the first is the default.
SHIPPED = WEIGHTS / "registry.json"
# Names the folder of the user's models, where it is not to be the system's.
FOLDER_VARIABLE = "NAPARI_MRSEQ_MODELS"
WEIGHTS_SUFFIX, ONNX_SUFFIX = ".safetensors", ".onnx"
DAMAGED = "is damaged, incomplete or no weights file: copy it anew"
# Beside a user's model, its hash when it was added, as `sha256sum --check` reads it.
HASH_SUFFIX = ".sha256"


@dataclass(frozen=True)
class Entry:
    """A model that `load_model` finds by its name.

    Attributes
    ----------
    name : str
        What it is called by.
    path : Path
        Its weights file.
    sha256 : str or None
        The hash that the file must have; None of one put into the user's folder by hand.
    shipped : bool
        It came with the program, and can't be removed.
    """

    name: str
    path: Path
    sha256: str | None
    shipped: bool = True

    def check(self) -> str:
        """Return the hash of the file.

        Raises
        ------
        ModelError
            If it is another than the file had when it shipped or was added.
        """
        found = file_hash(self.path)
        if self.sha256 not in (None, found):
            since, remedy = (
                ("shipped", "install napari-mrseq again")
                if self.shipped
                else ("was added", f"napari-mrseq models --remove {self.name}, and add it again")
            )
            raise ModelError(
                f"{self.path} was changed since it {since}: its SHA-256 is {found}, not "
                f"{self.sha256}; {remedy}"
            )
        return found


def entries() -> list[Entry]:
    """Return the models that ship, the default first, then the user's by name."""
    return _shipped() + _users()


def model_names() -> list[str]:
    """Return the names that `load_model` takes, the default first."""
    return [entry.name for entry in entries()]


def user_folder() -> Path:
    """Return the folder of the user's models, whether it is there or not.

    The environment variable ``NAPARI_MRSEQ_MODELS`` names it; else it is where the system keeps
    a user's data.
    """
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path

    return user_data_path("napari-mrseq", appauthor=False) / "models"


def add(path: Path) -> Entry:
    """Copy a weights file into the user's folder, under the name its card gives.

    Parameters
    ----------
    path : Path
        A weights file of napari-mrseq, or an ONNX file that it exported.

    Raises
    ------
    ModelError
        If the file has no model card, or its name can't be given or belongs to another model.
    """
    name = read_card(path).name
    check_name(name, "use the file where it lies")
    sha256 = file_hash(path)
    for entry in _users():
        if entry.name == name and file_hash(entry.path) != sha256:
            raise ModelError(
                f"another model called {name} is there already ({entry.path}): remove that one "
                "first, or make the new one with another name"
            )
    folder = user_folder()
    target = folder / f"{name}{ONNX_SUFFIX if path.suffix == ONNX_SUFFIX else WEIGHTS_SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with written_whole(target) as beside:
            shutil.copyfile(path, beside)
        _hash_file(target).write_text(f"{sha256}  {target.name}\n", encoding="utf-8")
    except OSError as error:
        raise ModelError(f"{target} can't be written: {error}") from error
    return Entry(name, target, sha256, shipped=False)


def check_name(name: str, remedy: str = "choose another name") -> None:
    """Refuse a name that no model of a user's can be kept by, and say what to do.

    Raises
    ------
    ModelError
        If it is no file name, or that of a model that ships.
    """
    if name != Path(name).name or name in ("", "..", DEFAULT):
        raise ModelError(f"{name!r} is no name for a model: its file would be called so")
    if name in (entry.name for entry in _shipped()):
        raise ModelError(f"another model called {name} came with napari-mrseq: {remedy}")


def remove(name: str) -> Path:
    """Delete a model of the user's folder.

    Returns
    -------
    Path
        The file that was deleted.

    Raises
    ------
    ModelError
        If there is no such model, it came with the program, or its file can't be deleted.
    """
    entry = next((one for one in entries() if one.name == name), None)
    if entry is None:
        names = ", ".join(one.name for one in _users()) or "none"
        raise ModelError(f"no model of yours is called {name!r}; there is {names}")
    if entry.shipped:
        raise ModelError(f"{name} came with napari-mrseq: only your own can be removed")
    try:
        entry.path.unlink()
        _hash_file(entry.path).unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(f"{entry.path} can't be deleted: {error.strerror}") from error
    return entry.path


def find(name_or_path: str | Path) -> tuple[Path, str]:
    """Find a model and check that its file is whole.

    Parameters
    ----------
    name_or_path : str or Path
        ``"default"``, the name of a model, or a weights file.

    Returns
    -------
    path : Path
        The weights file.
    sha256 : str
        Its hash.

    Raises
    ------
    ModelError
        If there is no such model, or a file has another hash than when it shipped or was added.
    """
    entry, path = _located(name_or_path)
    return path, entry.check() if entry else file_hash(path)


def stamp_of(name_or_path: str | Path) -> tuple[Path, int, int]:
    """Return a model's file, when it was changed (ns) and its size: another one, another model.

    Takes and raises what `find` does, but reads nothing of the file.
    """
    _, path = _located(name_or_path)
    status = path.stat()
    return path, status.st_mtime_ns, status.st_size


def _located(name_or_path: str | Path) -> tuple[Entry | None, Path]:
    """Return the entry of a model by its name, or the weights file that is named itself."""
    known = entries()
    for entry in known:
        if name_or_path == entry.name or (name_or_path == DEFAULT and entry == known[0]):
            return entry, entry.path
    path = Path(name_or_path)
    # Path.is_file raises where a folder may not be entered.
    if not os.path.isfile(path):  # noqa: PTH113
        names = ", ".join(entry.name for entry in known)
        is_file = path.suffix in (WEIGHTS_SUFFIX, ONNX_SUFFIX) or path.name != str(name_or_path)
        told = "is not there" if is_file else "is neither a file nor the name of a model"
        raise ModelError(f"{name_or_path} {told}; the models are: {names}")
    return None, path


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


def _shipped() -> list[Entry]:
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return [Entry(e["name"], WEIGHTS / e["file"], e["sha256"]) for e in shipped]


def _users() -> list[Entry]:
    try:
        files = sorted(user_folder().iterdir())
    except OSError:  # no folder: no models
        return []
    return [
        Entry(path.stem, path, _kept_hash(path), shipped=False)
        for path in files
        if path.suffix in (WEIGHTS_SUFFIX, ONNX_SUFFIX)
    ]


def _hash_file(path: Path) -> Path:
    return path.with_name(path.name + HASH_SUFFIX)


def _kept_hash(path: Path) -> str | None:
    kept = _hash_file(path)
    if not kept.is_file():
        return None
    words = kept.read_text(encoding="utf-8", errors="replace").split()
    # An empty or garbled file must not pass for a hash that was never kept.
    return words[0] if words else "unreadable"
