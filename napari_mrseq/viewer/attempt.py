"""Write a file, and say that it is done or why it is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from napari_mrseq.errors import MrseqError


def attempt(write: Callable[[], str], place: Path) -> str:
    """Write into a file or folder, and return what to tell the user.

    Parameters
    ----------
    write : callable
        Writes, and returns the words for what is done.
    place : Path
        What the user asked for; the system doesn't always name what failed.
    """
    try:
        return write()
    except MrseqError as error:
        return f"Not exported: {error}"
    except OSError as error:
        where = error.filename or place
        return f"Not exported: {where}: {error.strerror}. Choose another place."
