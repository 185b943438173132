"""Files that are written whole or not at all. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a file beside another to write into; it takes the other's place once that is done.

    A disk that is full, or a stop, leaves what was there before, and nothing beside it.
    """
    beside = path.with_name(f"{path.name}.new")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
