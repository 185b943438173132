"""Ask where to save, and before anything that is there is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QMessageBox, QWidget


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
    there = [file.name for file in files if file.exists()]
    if not there:
        return True
    what = there[0] if len(there) == 1 else f"{len(there)} files ({there[0]}, …)"
    text = f"{what} in {files[0].parent} will be replaced. Go on?"
    return QMessageBox.question(parent, "Replace?", text) == QMessageBox.StandardButton.Yes
