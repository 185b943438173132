"""Live: what is in view is judged, also where slider or layer moved while another was."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt

from napari_mrseq.viewer.layer_state import state_of

RUN_MS = 180_000
LEFT = Qt.MouseButton.LeftButton


def heads(*shape: int) -> np.ndarray:
    y, x = np.mgrid[-1 : 1 : shape[-2] * 1j, -1 : 1 : shape[-1] * 1j]
    head = (y**2 + x**2 < 0.7) * (2 + np.sin(9 * x) * np.cos(7 * y))
    grain = np.random.default_rng(0).random(shape)
    return (head + 0.1 * grain).astype(np.float32)


def judged(layer) -> set[int]:
    state = state_of(layer)
    return set() if state is None else set(state.judged)


@pytest.fixture
def go_live(qtbot):
    """Return a function that ticks the box *live*."""

    def tick(panel) -> None:
        box = panel.controls.live.native
        qtbot.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))

    return tick


def test_the_layer_chosen_during_a_run_follows(qtbot, viewer, open_panel, go_live) -> None:
    later = viewer.add_image(heads(3, 64, 64), name="later")
    first = viewer.add_image(heads(96, 64, 64), name="first")
    panel = open_panel()
    go_live(panel)
    qtbot.waitUntil(lambda: len(judged(first)) > 0, timeout=RUN_MS)
    viewer.layers.selection.active = later
    viewer.dims.set_current_step(0, 1)
    qtbot.waitUntil(lambda: judged(later) == {0, 1, 2}, timeout=RUN_MS)
    assert len(judged(first)) == 96


def test_the_volume_chosen_during_a_run_follows(qtbot, viewer, open_panel, go_live) -> None:
    layer = viewer.add_image(heads(3, 64, 64, 64), name="three volumes")
    panel = open_panel()
    viewer.dims.set_current_step(0, 0)
    go_live(panel)
    qtbot.waitUntil(lambda: len(judged(layer)) > 0, timeout=RUN_MS)
    viewer.dims.set_current_step(0, 2)
    everything = set(range(64)) | set(range(2 * 64, 3 * 64))
    qtbot.waitUntil(lambda: judged(layer) == everything, timeout=RUN_MS)


def test_cancel_stops_what_would_follow_too(qtbot, viewer, press, open_panel, go_live) -> None:
    later = viewer.add_image(heads(3, 64, 64), name="later")
    first = viewer.add_image(heads(3000, 64, 64), name="first")
    panel = open_panel()
    go_live(panel)
    qtbot.waitUntil(lambda: len(judged(first)) > 0, timeout=RUN_MS)
    viewer.layers.selection.active = later
    qtbot.wait(500)
    with qtbot.waitSignal(panel.run_finished, timeout=RUN_MS):
        press(panel.controls.cancel)
    qtbot.wait(1000)
    assert not panel.runner.running
    assert not judged(later)
