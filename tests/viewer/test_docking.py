"""The panel as a dock that floats, hides and comes back: it goes on following the viewer."""

from __future__ import annotations

import gc
import subprocess
import sys

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDockWidget

from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.layer_series import series_of

CLOSED_WHILE_FLOATING = """
import napari, numpy as np
from qtpy.QtCore import QTimer
viewer = napari.Viewer()
viewer.add_image(np.random.default_rng(0).random((3, 64, 64)))
panel = viewer.window.add_plugin_dock_widget("napari-mrseq", "MR sequence classifier")[1]
dock = panel.parentWidget()
window = dock.parentWidget()
dock.setFloating(True)
panel.runner.stopped.connect(lambda _: QTimer.singleShot(500, window.close))
panel.layer_actions.run()
napari.run()
print("closed")
"""


@pytest.fixture
def dock(panel) -> QDockWidget:
    """The dock that napari puts the panel into."""
    return panel.parentWidget()


@pytest.mark.parametrize("leave", ["float", "hide"])
def test_a_panel_taken_out_of_the_window_goes_on(
    qtbot, viewer, panel, dock, make_verdict, leave: str
) -> None:
    layer = viewer.add_image(np.ones((3, 16, 16)), name="mine")
    annotate(layer, make_verdict(series_of(layer), ["T1", "T2", "FLAIR"]))
    for there in (False, True):
        if leave == "float":
            dock.setFloating(not there)
        else:
            dock.setVisible(there)
        qtbot.wait(100)
        for place, word in ((2, "T2-FLAIR"), (0, "T1")):
            viewer.dims.set_current_step(0, place)
            assert viewer.canvas.overlays.text.text.startswith(word)
            assert panel.runner.focus.index == place
    second = viewer.add_image(np.ones((3, 16, 16)), name="second")
    assert panel.layer == second


def test_keys_work_in_both_windows_while_the_panel_floats(
    qtbot, viewer, panel, dock, make_verdict, press_keys
) -> None:
    layer = viewer.add_image(np.ones((3, 16, 16)), name="mine")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    window = panel.window()
    for floating, active in ((False, window), (True, window), (True, dock), (False, window)):
        dock.setFloating(floating)
        qtbot.wait(100)
        press_keys(active, Qt.Key.Key_K)
        dialog = panel.layer_actions.dialog
        qtbot.waitUntil(lambda shown=dialog: shown is not None and shown.isVisible())
        dialog.reject()
        panel.layer_actions.dialog = None


def test_a_closed_panel_listens_to_no_keys(qtbot, viewer, panel, make_verdict, press_keys) -> None:
    layer = viewer.add_image(np.ones((3, 16, 16)), name="mine")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    window = panel.window()
    viewer.window.remove_dock_widget(panel)
    qtbot.wait(100)
    press_keys(window, Qt.Key.Key_K)
    qtbot.wait(100)
    assert panel.layer_actions.dialog is None


def test_a_panel_opened_again_has_the_keys_even_where_the_closed_one_went_at_once(
    qtbot, viewer, open_panel, make_verdict, press_keys
) -> None:
    """Two owners of one key: Qt would call neither."""
    layer = viewer.add_image(np.ones((3, 16, 16)), name="mine")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    panel = open_panel()
    qtbot.wait(50)
    viewer.window.remove_dock_widget(panel)
    del panel
    gc.collect()
    panel = open_panel()
    qtbot.wait(50)
    press_keys(panel.window(), Qt.Key.Key_K)
    qtbot.waitUntil(lambda: panel.layer_actions.dialog is not None)
    panel.layer_actions.dialog.reject()


def test_the_window_may_be_closed_while_the_panel_floats() -> None:
    command = [sys.executable, "-W", "ignore", "-c", CLOSED_WHILE_FLOATING]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout.strip()) == (0, "closed"), done.stderr
    assert "Error" not in done.stderr
