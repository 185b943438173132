"""Write docs/images/*.png from the sample study: ``python docs/make_screenshots.py``.

Needs a display; without one: ``xvfb-run -a -s "-screen 0 1400x900x24" python ...``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import napari
from napari.settings import get_settings
from qtpy.QtCore import QEventLoop, QTimer
from qtpy.QtWidgets import QDialog

import napari_mrseq
from napari_mrseq.correction import Correction
from napari_mrseq.reading import read_study
from napari_mrseq.viewer.annotation import correct_layer, undo_correction
from napari_mrseq.viewer.application import WINDOW_SIZE, most_telling, open_study
from napari_mrseq.viewer.heat_maps import remove_heat
from napari_mrseq.viewer.scope import ALL_LAYERS
from napari_mrseq.viewer.slice_in_view import middle_slice, show_layer, show_slice

IMAGES = Path(__file__).parent / "images"
STUDY = Path(napari_mrseq.__file__).parent / "sample_study"
SETTLE_MS = 800
LAYER, STUDY_TAB, FOLDER = range(3)


def main() -> None:
    """Open the sample study once and picture each panel, the main ones in both themes."""
    IMAGES.mkdir(exist_ok=True)
    get_settings().appearance.theme = "dark"
    # A loop needs the application that the window brings.
    viewer, panel = open_study(read_study([STUDY]), lambda: opened.quit())
    viewer.window.resize(*WINDOW_SIZE)
    opened = QEventLoop()
    opened.exec()
    # As newcomers see it, whoever pictures it.
    panel.hint.show()
    take(viewer, "opened")
    panel.hint.hide()
    panel.controls.scope.value = ALL_LAYERS
    wait_for(panel.run_finished, panel.layer_actions.run)
    layers = {layer.metadata["mrseq"]["description"]: layer for layer in viewer.layers}
    flair, trace = layers["t2_tirm_tra_dark-fluid"], layers["ep2d_diff_3scan_trace"]
    show(viewer, flair)
    take(viewer, "classified")
    picture_conflict(viewer, panel)
    show(viewer, trace)
    take(viewer, "four-dimensional")
    show(viewer, flair)
    picture_explanation(viewer, panel, flair)
    picture_correction(viewer, panel, flair)
    picture_card(panel)
    picture_grid(viewer, panel)
    picture_folder(viewer, panel)
    viewer.close()


def picture_conflict(viewer: napari.Viewer, panel: Any) -> None:
    """The series whose header lies, and the study held against a protocol, in both themes."""
    show(viewer, most_telling(list(viewer.layers)))
    panel.study.protocol.setCurrentText("ms")
    for theme, ending in (("dark", ""), ("light", "-light")):
        viewer.theme = theme
        panel.tabs.setCurrentIndex(LAYER)
        take(viewer, f"conflict{ending}")
        panel.tabs.setCurrentIndex(STUDY_TAB)
        take(viewer, f"study{ending}")
    viewer.theme = "dark"
    panel.tabs.setCurrentIndex(LAYER)


def picture_explanation(viewer: napari.Viewer, panel: Any, layer: Any) -> None:
    """The heat map of the slice in view."""
    wait_for(panel.explainer.stopped, panel.layer_actions.explain)
    take(viewer, "explained")
    remove_heat(viewer, layer)


def picture_correction(viewer: napari.Viewer, panel: Any, layer: Any) -> None:
    """The dialog that asks, and what a correction of the whole series looks like."""
    panel.layer_actions.correct()
    panel.layer_actions.dialog.sequence.setCurrentText("STIR")
    take_dialog(panel.layer_actions.dialog, "correct")
    correct_layer(layer, Correction(0, layer.data.shape[0] - 1, "STIR"))
    panel.refresh()
    take(viewer, "corrected")
    undo_correction(layer)


def picture_card(panel: Any) -> None:
    """The card of the model in use."""
    panel.model_choice.card_button.native.click()
    take_dialog(panel.model_choice.dialog, "model-card")


def picture_grid(viewer: napari.Viewer, panel: Any) -> None:
    """All series beside each other, each with its word."""
    panel.controls.status.value = ""
    for layer in viewer.layers:
        layer.visible = True
    viewer.canvas.grid.enabled = True
    viewer.reset_view()
    take(viewer, "grid")
    viewer.canvas.grid.enabled = False
    show(viewer, viewer.layers[0])


def picture_folder(viewer: napari.Viewer, panel: Any) -> None:
    """A folder on disk, classified."""
    panel.tabs.setCurrentIndex(FOLDER)
    panel.batch.folder.setText(str(STUDY))
    wait_for(panel.batch.run_finished, panel.batch.run)
    panel.batch.folder.setText("sample_study")
    take(viewer, "folder")
    viewer.theme = "light"
    take(viewer, "folder-light")


def show(viewer: napari.Viewer, layer: napari.layers.Image) -> None:
    """Bring the middle slice of a layer into view."""
    show_layer(viewer, layer)
    show_slice(viewer, layer, middle_slice(layer))
    viewer.reset_view()


def wait_for(signal: Any, begin: Callable[[], None]) -> None:
    """Begin something and let the window live until it is through."""
    loop = QEventLoop()

    def finish(*_: object) -> None:
        loop.quit()

    signal.connect(finish)
    QTimer.singleShot(0, begin)
    loop.exec()
    signal.disconnect(finish)


def take(viewer: napari.Viewer, name: str) -> None:
    """Write a picture of the whole window once it is drawn."""
    settle()
    viewer.screenshot(str(IMAGES / f"{name}.png"), canvas_only=False, flash=False)


def take_dialog(dialog: QDialog, name: str) -> None:
    """Write a picture of a dialog and close it."""
    settle()
    dialog.grab().save(str(IMAGES / f"{name}.png"))
    dialog.reject()


def settle() -> None:
    """Let the window draw itself."""
    loop = QEventLoop()
    QTimer.singleShot(SETTLE_MS, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
