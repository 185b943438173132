"""Save a file: ask where, and before one is replaced; say that it is done or why it is not."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QMessageBox, QWidget

from napari_mrseq.errors import MrseqError
from napari_mrseq.naming import common_folder
from napari_mrseq.viewer.wording import as_plain_text


def ask_file(
    parent: QWidget, title: str, suggested: str, kind: str, endings: Sequence[str]
) -> Path | None:
    """Ask for the name of a file to write, None where the user thinks better of it.

    Parameters
    ----------
    parent : QWidget
        Of the dialog.
    title, suggested, kind : str
        Its title, the name it starts with, and what it lists: ``"Table (*.csv)"``.
    endings : sequence of str
        Those a name may have; the first is added to any other name.
    """
    name, _ = QFileDialog.getSaveFileName(parent, title, suggested, kind)
    if not name:
        return None
    file = Path(name)
    if file.suffix.lower() in endings:
        return file
    # The dialog looked whether the name as typed is there, not this one.
    file = file.with_name(file.name + endings[0])
    return file if may_replace(parent, [file]) else None


def may_replace(parent: QWidget, files: Sequence[Path]) -> bool:
    """Ask whether files that are there already may be replaced; yes where none is."""
    # Path.exists raises of too long a name, and where a folder may not be entered.
    there = [file for file in files if os.path.exists(file)]  # noqa: PTH110
    if not there:
        return True
    what = there[0].name if len(there) == 1 else f"{len(there)} files ({there[0].name}, …)"
    text = f"{what} in {common_folder([*map(str, there)])} will be replaced. Go on?"
    answer = QMessageBox.question(parent, "Replace?", as_plain_text(text))
    return answer == QMessageBox.StandardButton.Yes


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
