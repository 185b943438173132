"""What the plugin adds to napari's menus."""

from __future__ import annotations

from typing import Any

PLUGIN = "napari-mrseq"
WIDGET = "MR sequence classifier"


def show_classifier() -> None:
    """Show the dock widget."""
    from napari import current_viewer

    viewer: Any = current_viewer()
    if viewer is not None:
        viewer.window.add_plugin_dock_widget(PLUGIN, WIDGET)


def open_study_folder() -> None:
    """Ask for a folder and open every MR series in it."""
    from napari import current_viewer
    from qtpy.QtWidgets import QFileDialog

    viewer: Any = current_viewer()
    if viewer is None:
        return
    folder = QFileDialog.getExistingDirectory(None, "Open MR study folder")
    if folder:
        viewer.open(folder, plugin=PLUGIN)
