"""The folder that a command writes into; one that is refused leaves none."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from napari_mrseq.errors import MrseqError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
