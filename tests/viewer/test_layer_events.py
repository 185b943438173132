"""Layers are followed also where napari's list of layers passes none of their events on."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QTimer

from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.scope import job_for


@pytest.fixture
def layer(viewer, panel, make_verdict):
    """A judged layer, added while a list of the same layers was made.

    napari's status thread makes one wherever the mouse stands over the canvas; the viewer's own is
    then not connected to the layer.
    """
    made = []
    viewer.layers.events.inserted.connect(lambda: made.append(viewer.layers[::-1]))
    layer = viewer.add_image(np.ones((3, 16, 16)), name="mine", metadata={"a": 1})
    made.clear()
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    panel.refresh()
    return layer


def test_the_words_on_the_canvas_follow_a_verdict_and_a_name(viewer, layer, make_verdict) -> None:
    text = viewer.canvas.overlays.text
    assert text.text.startswith("T1 90 %")
    annotate(layer, make_verdict(series_of(layer), ["T2"] * 3))
    assert text.text.startswith("T2 90 %")
    viewer.add_image(np.ones((3, 16, 16)), name="other", opacity=0.5)
    viewer.layers.selection.active = layer
    assert text.text.endswith("\nmine")
    layer.name = "yours"
    assert text.text.endswith("\nyours")


def test_other_pixels_have_no_verdict(qtbot, panel, layer) -> None:
    assert panel.result.verdict.text() == "T1"
    layer.data = np.zeros((3, 16, 16))
    qtbot.waitUntil(lambda: panel.result.hint.isVisible())
    assert "Press Run" in panel.result.hint.text()
    assert (layer.name, layer.metadata) == ("mine", {"a": 1})
    assert state_of(layer) is None
    for button in (panel.page.export_button, panel.page.revert_button):
        assert not button.isEnabled()


def test_metadata_that_were_wiped_take_the_verdict_along(qtbot, panel, layer) -> None:
    qtbot.wait(50)
    layer.metadata = {"only": "mine"}
    qtbot.waitUntil(lambda: layer.name == "mine")
    assert panel.result.hint.isVisible()
    assert not panel.page.revert_button.isEnabled()
    assert layer.metadata == {"only": "mine"}


def test_the_panel_follows_while_a_plugin_goes_on_writing(
    qtbot, viewer, panel, make_verdict
) -> None:
    layer, other = [viewer.add_image(np.ones((3, 16, 16)), name=name) for name in "ab"]
    viewer.layers.selection.active = layer
    writer = QTimer(panel)
    writer.timeout.connect(lambda: setattr(other, "data", np.ones((3, 16, 16))))
    writer.start(20)
    qtbot.wait(100)
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    qtbot.waitUntil(lambda: panel.result.verdict.text() == "T1")
    assert writer.isActive()


def test_a_layer_that_is_shown_again_is_in_sight(viewer, layer) -> None:
    viewer.add_image(np.ones((60, 16, 16)), visible=False)
    viewer.layers.selection.active = layer
    viewer.dims.set_point(0, 40)
    layer.visible = False
    layer.visible = True
    assert viewer.dims.point[0] == 1


def test_a_run_judges_pixels_no_further_that_are_gone(qtbot, panel, layer) -> None:
    job = job_for(layer)
    job.wanted = tuple(range(3))
    with qtbot.waitSignal(panel.run_finished):
        panel.layer_actions.runner.start([job], "default", "cpu")
        layer.data = np.zeros((3, 16, 16))
        assert job.dropped


def test_a_layer_that_was_removed_is_followed_no_more(viewer, panel) -> None:
    layer = viewer.add_image(np.ones((3, 16, 16)))

    def followers() -> set[str]:
        names = "data", "metadata", "set_data", "visible", "scale"
        heard = (one for name in names for one in layer.events[name].callbacks)
        modules = (type(one[0]()).__module__ for one in heard if isinstance(one, tuple))
        return {module for module in modules if module.startswith("napari_mrseq")}

    assert panel.layer == layer
    assert followers()
    viewer.layers.remove(layer)
    assert not followers()
