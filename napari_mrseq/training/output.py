"""The folder that a training or an evaluation writes into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_mrseq.errors import MrseqError

if TYPE_CHECKING:
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
