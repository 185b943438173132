"""Files that are written whole or not at all. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a file beside another to write into; it takes the other's place once that is done.

    A disk that is full, or a stop, leaves what was there before, and nothing beside it. A link
    stays one.

    Raises
    ------
    OSError
        If what is there is no file: a device or a pipe would be gone.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise OSError("it is no ordinary file")
    beside = path.with_name(f"{path.name}.new")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
