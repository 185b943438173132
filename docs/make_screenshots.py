"""Write docs/images/*.png from the sample study: ``python docs/make_screenshots.py``.

Needs a display; without one: ``xvfb-run -a -s "-screen 0 1400x900x24" python ...``.
"""

from __future__ import annotations

from pathlib import Path

import napari
from napari.settings import get_settings
from qtpy.QtCore import QEventLoop, QTimer

import napari_mrseq
from napari_mrseq.viewer.application import most_telling, open_study
from napari_mrseq.viewer.scope import ALL_LAYERS
from napari_mrseq.viewer.slice_in_view import middle_slice, show_layer, show_slice

IMAGES = Path(__file__).parent / "images"
STUDY = Path(napari_mrseq.__file__).parent / "sample_study"
SETTLE_MS = 800


def main() -> None:
    """Open the sample study once and picture each panel in both themes."""
    IMAGES.mkdir(exist_ok=True)
    get_settings().appearance.theme = "dark"
    viewer, panel = open_study([STUDY])
    viewer.window.resize(1400, 880)
    viewer.reset_view()
    take(viewer, "opened")
    panel.controls.scope.value = ALL_LAYERS
    loop = QEventLoop()
    panel.run_finished.connect(loop.quit)
    panel.run()
    loop.exec()
    by_name = {layer.metadata["mrseq"]["description"]: layer for layer in viewer.layers}
    show(viewer, by_name["t2_tirm_tra_dark-fluid"])
    take(viewer, "classified")
    show(viewer, most_telling(list(viewer.layers)))
    take(viewer, "conflict")
    panel.tabs.setCurrentIndex(1)
    take(viewer, "study")
    viewer.theme = "light"
    take(viewer, "study-light")
    panel.tabs.setCurrentIndex(0)
    take(viewer, "conflict-light")
    viewer.close()


def show(viewer: napari.Viewer, layer: napari.layers.Image) -> None:
    """Bring the middle slice of a layer into view."""
    show_layer(viewer, layer)
    show_slice(viewer, layer, middle_slice(layer))
    viewer.reset_view()


def take(viewer: napari.Viewer, name: str) -> None:
    """Write a picture of the whole window once it is drawn."""
    loop = QEventLoop()
    QTimer.singleShot(SETTLE_MS, loop.quit)
    loop.exec()
    viewer.screenshot(str(IMAGES / f"{name}.png"), canvas_only=False, flash=False)


if __name__ == "__main__":
    main()
