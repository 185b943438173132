"""Files that are written whole or not at all, folders made for them, and why one can't be."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from napari_mrseq.errors import MrseqError


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a file beside another to write into; it takes the other's place once that is done.

    A disk that is full, or a stop, leaves what was there before, and nothing beside it. A link
    stays one, and who may read the file stays as it was.

    Raises
    ------
    OSError
        If it can't be written, or what is there is no file: a device or a pipe would be gone. It
        names the file that was asked for.
    """
    asked, path = path, path.resolve()
    if path.exists() and not path.is_file():
        raise OSError("it is not a regular file")
    # A name that no file has, and not too long where the other is; torch needs one before a dot.
    beside = path.with_name(f".{uuid4().hex}.part")
    try:
        yield beside
        if path.exists():
            # Shares and drives of Windows have no rights, and let their owner alone ask for any.
            with suppress(OSError):
                shutil.copymode(path, beside)
        beside.replace(path)
    except OSError as error:
        if error.filename is not None and Path(error.filename) == beside:
            error.filename = str(asked)
        raise
    finally:
        # Where the writing fails, what wrote may hold the file still: Windows deletes none that is
        # open, and would tell that instead of the cause.
        with suppress(PermissionError):
            beside.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, wherever one can take its place; else write into it.

    No other can take the place of a pipe, a device, a mounted file, or one in a folder that is
    closed to new files.

    Raises
    ------
    OSError
        If it can't be written.
    """
    replaceable = (
        path.is_file()
        and not os.path.ismount(path)
        and all(os.access(place, os.W_OK) for place in (path, path.resolve().parent))
    )
    if path.exists() and not replaceable:
        path.write_bytes(content)
        return
    with written_whole(path) as beside:
        beside.write_bytes(content)


def is_same_file(one: Path, other: Path) -> bool:
    """Tell whether two names are those of one file, which is there."""
    try:
        # Some network drives of Windows give all files the number 0 (CPython, issue 78116).
        return one.samefile(other) and (bool(one.stat().st_ino) or one.resolve() == other.resolve())
    except OSError:
        return False


def encoded(text: str) -> bytes:
    """Encode in UTF-8; names of files in another encoding keep their bytes as escapes."""
    return text.encode("utf-8", "backslashreplace")


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Let what keeps a file from being written, or a folder from being filled, be told the user.

    Raises
    ------
    MrseqError
        Names the file, where that is known, else the place.
    """
    try:
        yield
    except OSError as error:
        name = error.filename or place
        raise MrseqError(f"{name}: can't be written ({error.strerror or error})") from error


def output_folder(folder: Path) -> None:
    """Make a folder, where it isn't there.

    Raises
    ------
    MrseqError
        If it can't be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MrseqError(
            f"{folder} can't be made a folder to write into ({error.strerror}): name another"
        ) from error


@contextmanager
def none_left_empty(output: Path | None) -> Iterator[None]:
    """Take away the folders that are made for an output, where nothing is written there."""
    folders = (output, *output.parents) if output else ()
    # Path.exists raises where a folder may not be entered.
    made = [folder for folder in folders if not os.path.exists(folder)]  # noqa: PTH110
    try:
        yield
    finally:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
