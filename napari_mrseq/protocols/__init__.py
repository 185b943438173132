"""Protocols as TOML files: which sequences an examination should hold."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from napari_mrseq.errors import ProtocolError
from napari_mrseq.sequences import SEQUENCES, UNKNOWN

PLANES = ("axial", "coronal", "sagittal")
CODES = tuple(code for code in SEQUENCES if code != UNKNOWN)


@dataclass(frozen=True)
class Expected:
    """One entry of a protocol.

    Attributes
    ----------
    name : str
        What a person reads, ``"T1 with contrast agent"``.
    sequences : tuple of str
        Codes of the vocabulary; any of them will do.
    planes : tuple of str
        ``axial``, ``coronal``, ``sagittal``; any of them will do, empty where the plane is free.
    required : bool
        False for what a protocol recommends, or asks for on indication.
    """

    name: str
    sequences: tuple[str, ...]
    planes: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True)
class Protocol:
    """What an examination should hold, and who says so."""

    name: str
    source: str
    series: tuple[Expected, ...]


def protocol_names() -> tuple[str, ...]:
    """Return the names of the protocols that come with the package, in their order."""
    stems = (Path(entry.name) for entry in files(__name__).iterdir())
    return tuple(sorted(path.stem for path in stems if path.suffix == ".toml"))


def load_protocol(name: str | Path) -> Protocol:
    """Load a protocol of the package by its name, or a user's own by its path.

    Parameters
    ----------
    name : str or path
        One of `protocol_names`, or the path of a TOML file.

    Raises
    ------
    ProtocolError
        If there is no such protocol, or the file doesn't hold one; says what is wrong where.
    """
    if str(name) in protocol_names():
        text = files(__name__).joinpath(f"{name}.toml").read_text("utf-8")
    else:
        text = _text_of_file(protocol_file(name))
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # of TOML, and of a number that has no end
        raise ProtocolError(f"{name} is not a TOML file: {error}") from None
    return _protocol(table, str(name))


def protocol_file(name: str | Path) -> Path:
    """Return where a user's own protocol lies: shells leave the ~ of --protocol=~/FILE to us."""
    # Path.expanduser raises where there is no such user.
    return Path(os.path.expanduser(name))  # noqa: PTH111


def _text_of_file(path: Path) -> str:
    try:
        # Editors of Windows put a mark before the text.
        return path.read_text("utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        known = ", ".join(protocol_names())
        raise ProtocolError(f"no protocol {path}: give the path of a file, or {known}") from None
    except UnicodeDecodeError:
        raise ProtocolError(f"{path} is not UTF-8 text: save it as UTF-8") from None
    except OSError as error:
        raise ProtocolError(f"{path} can't be read: {error.strerror}") from None


def _protocol(table: Mapping[str, Any], origin: str) -> Protocol:
    _refuse_unknown(table, ("name", "source", "series"), origin)
    name, series = _name(table, origin), table.get("series")
    if not isinstance(series, list) or not series:
        raise ProtocolError(f"{origin}: at least one [[series]] is needed, in double brackets")
    if not all(isinstance(entry, dict) for entry in series):
        raise ProtocolError(f"{origin}: each [[series]] must be a table")
    source = table.get("source", "")
    if not isinstance(source, str):
        raise ProtocolError(f"{origin}: source must be text in quotes")
    entries = tuple(_expected(entry, origin, at) for at, entry in enumerate(series, start=1))
    return Protocol(name, source, entries)


def _expected(entry: Mapping[str, Any], origin: str, number: int) -> Expected:
    name = _name(entry, f"{origin}: [[series]] {number}")
    where = f'{origin}: series "{name}"'
    _refuse_unknown(entry, ("name", "sequences", "planes", "required"), where)
    sequences = _words(entry, "sequences", CODES, where)
    if not sequences:
        raise ProtocolError(f"{where}: sequences are needed, {', '.join(CODES)}")
    required = entry.get("required", True)
    if not isinstance(required, bool):
        raise ProtocolError(f"{where}: required must be true or false")
    return Expected(name, sequences, _words(entry, "planes", PLANES, where), required)


def _name(table: Mapping[str, Any], whose: str) -> str:
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise ProtocolError(f"{whose} needs a name, text in quotes")
    return name


def _refuse_unknown(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    if unknown := set(table).difference(known):
        words = ", ".join(sorted(unknown))
        raise ProtocolError(f"{where}: unknown key {words} (allowed: {', '.join(known)})")


def _words(
    entry: Mapping[str, Any], key: str, allowed: tuple[str, ...], where: str
) -> tuple[str, ...]:
    words = entry.get(key, [])
    if not isinstance(words, list):
        raise ProtocolError(f"{where}: {key} must be a list")
    for word in words:
        if word not in allowed:
            raise ProtocolError(f"{where}: {word!r} in {key} is none of {', '.join(allowed)}")
    return tuple(words)
