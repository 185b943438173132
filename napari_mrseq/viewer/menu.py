"""What the plugin adds to napari's menus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari_mrseq.viewer.layer_data import LayerData

PLUGIN = "napari-mrseq"
WIDGET = "MR sequence classifier"


def show_classifier() -> None:
    """Show the dock widget."""
    from napari import current_viewer

    viewer: Any = current_viewer()
    viewer.window.add_plugin_dock_widget(PLUGIN, WIDGET)


def open_study_folder() -> None:
    """Ask for a folder and open every MR series in it."""
    from napari import current_viewer
    from qtpy.QtWidgets import QFileDialog

    viewer: Any = current_viewer()
    folder = QFileDialog.getExistingDirectory(None, "Open MR study folder")
    if folder:
        _read_in_background(viewer, folder)


def _read_in_background(viewer: Any, folder: str) -> None:
    """Read a folder off the GUI thread and add its layers; the activity dock shows that it runs."""
    from napari.utils.notifications import show_error

    from napari_mrseq.viewer.background import Background
    from napari_mrseq.viewer.folder_reading import FolderReading
    from napari_mrseq.viewer.opening import Opening
    from napari_mrseq.viewer.reader import layers_of

    reading = FolderReading()

    def steps() -> Iterator[list[LayerData]]:
        study = reading.read(folder)
        # To find the contrast of its series takes its time too.
        if study is not None and not reading.cancelled:
            yield layers_of(study)

    def add(layers: list[LayerData]) -> None:
        Opening(viewer, layers)

    def end(cause: str) -> None:
        window.destroyed.disconnect(leave)
        if cause:
            show_error(cause)

    def leave(*_: object) -> None:
        reading.cancelled = True
        background.close()

    window = viewer.window._qt_window
    background = Background("Reading the study", add, end)
    # A window that is closed takes no layers, and napari waits for what is still read.
    window.destroyed.connect(leave)
    background.activity.show(0, 0)
    background.start(steps)
