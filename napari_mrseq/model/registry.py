"""Which models exist and where: those that ship, and the user's own. Imports no torch."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card_file import ONNX_SUFFIX, WEIGHTS_SUFFIX, file_hash, read_card
from napari_mrseq.safe_writing import written_whole

DEFAULT = "default"
Device = StrEnum("Device", ["auto", "cuda", "mps", "cpu"])
DEVICES = tuple(device.value for device in Device)
WEIGHTS = Path(__file__).parent / "weights"
# name → file and SHA-256 of each model that ships; the first is the default.
SHIPPED = WEIGHTS / "registry.json"
# Names the folder of the user's models, where it is not to be the system's.
FOLDER_VARIABLE = "NAPARI_MRSEQ_MODELS"
# Beside a user's model, its hash when it was added, as `sha256sum --check` reads it.
HASH_SUFFIX = ".sha256"
# So macOS calls what it keeps beside a file on drives of others.
_BESIDE = "._"


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
    """Return the models that ship, the default first, then the user's by name.

    Raises
    ------
    ModelError
        If what is to be the user's folder is a file.
    """
    return _shipped() + _users()


def clashes() -> Iterator[str]:
    """Yield a line on each name that a user's file shares with another or with what ships."""
    shipped = (DEFAULT, *(entry.name for entry in _shipped()))
    for name, path in {entry.name: entry.path for entry in _users()}.items():
        if name in shipped:
            yield f"{name} is the model that came with napari-mrseq, not {path}: rename that file"
        else:
            try:
                _own(name)
            except ModelError as error:
                yield str(error)


def model_names() -> list[str]:
    """Return the names that `load_model` takes, the default first, each once."""
    try:
        known = entries()
    except ModelError:  # told where one of the user's is asked for
        known = _shipped()
    return list(dict.fromkeys(entry.name for entry in known))


def user_folder() -> Path:
    """Return the folder of the user's models, whether it is there or not.

    The environment variable ``NAPARI_MRSEQ_MODELS`` names it; else it is where the system keeps
    a user's data.
    """
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(os.path.expanduser(chosen))  # noqa: PTH111
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
        # Some file systems take "mine" and "MINE" for one name.
        if entry.name.casefold() == name.casefold() and file_hash(entry.path) != sha256:
            raise ModelError(
                f"another model called {entry.name} is there already ({entry.path}): remove that "
                "one first, or make the new one with another name"
            )
    folder = user_folder()
    target = folder / f"{name}{ONNX_SUFFIX if path.suffix == ONNX_SUFFIX else WEIGHTS_SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with written_whole(target) as beside:
            shutil.copyfile(path, beside)
        _hash_file(target).write_text(f"{sha256}  {target.name}\n", encoding="utf-8")
    except OSError as error:
        raise ModelError(f"{target} can't be written: {error.strerror or error}") from error
    return Entry(name, target, sha256, shipped=False)


def check_name(name: str, remedy: str = "choose another name") -> None:
    """Refuse a name that no model of a user's can be kept by, and say what to do.

    Raises
    ------
    ModelError
        If it is no file name, or that of a model that ships.
    """
    is_name = name == Path(name).name and not name.startswith(_BESIDE)
    if not is_name or name in ("", "..", DEFAULT):
        raise ModelError(f"{name!r} can't name a model: choose a file name other than {DEFAULT!r}")
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
        If there is no such model or two, it came with the program, or its file can't be deleted.
    """
    if name in (DEFAULT, *(one.name for one in _shipped())):
        raise ModelError(f"{name} came with napari-mrseq: only your own can be removed")
    entry = _own(name)
    if entry is None:
        names = ", ".join(one.name for one in _users()) or "none"
        raise ModelError(f"no model of yours is called {name!r}; there is {names}")
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
        If there is no such model, two of the user's have this name, or a file has another hash than
        when it shipped or was added.
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
    shipped = _shipped()
    # No folder of the user's can keep these from being found.
    for entry in shipped:
        if name_or_path == entry.name or (name_or_path == DEFAULT and entry == shipped[0]):
            return entry, entry.path
    if own := _own(name_or_path):
        return own, own.path
    # Shells leave the ~ of --model=~/FILE to the program; Path.expanduser raises without a home.
    path = Path(os.path.expanduser(name_or_path))  # noqa: PTH111
    # Path.is_file raises where a folder may not be entered.
    if not os.path.isfile(path):  # noqa: PTH113
        names = ", ".join(model_names())
        is_file = path.suffix in (WEIGHTS_SUFFIX, ONNX_SUFFIX) or path.name != str(name_or_path)
        told = "is not there" if is_file else "is neither a file nor the name of a model"
        if name_or_path and os.path.isdir(path):  # noqa: PTH112
            told = "is a folder"
        raise ModelError(f"{name_or_path} {told}; the models are: {names}")
    return None, path


def _own(name: str | Path) -> Entry | None:
    """Return the user's model of this name, if there is one; of two none is chosen."""
    own = [entry for entry in _users() if entry.name == name]
    if len(own) > 1:
        files = " and ".join(str(entry.path) for entry in own)
        raise ModelError(f"{name} is the name of {files}: name one by its file, or rename one")
    return own[0] if own else None


def _shipped() -> list[Entry]:
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return [Entry(e["name"], WEIGHTS / e["file"], e["sha256"]) for e in shipped]


def _users() -> list[Entry]:
    try:
        files = sorted(user_folder().iterdir())
    except NotADirectoryError as error:
        raise ModelError(
            f"{user_folder()} is not a folder to keep models in: set {FOLDER_VARIABLE} to one"
        ) from error
    except OSError:  # no folder: no models
        return []
    return [
        Entry(path.stem, path, _kept_hash(path), shipped=False)
        for path in files
        if path.suffix in (WEIGHTS_SUFFIX, ONNX_SUFFIX) and not path.name.startswith(_BESIDE)
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
