"""Layers whose pixels are not those that were judged: copies, and data that were replaced."""

from __future__ import annotations

import numpy as np
import pytest
from napari.layers._layer_actions import _duplicate_layer

from napari_mrseq.viewer.annotation import annotate, series_of


@pytest.fixture
def judged(viewer, panel, make_verdict):
    """A layer of three slices, named."""
    layer = viewer.add_image(np.ones((3, 16, 16)), name="mine", metadata={"a": 1})
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    panel.refresh()
    return layer


def test_a_copy_can_be_reverted(viewer, panel, press, judged) -> None:
    _duplicate_layer(viewer.layers)
    copy = viewer.layers[1]
    assert copy.name == "[T1 90%] mine copy"
    viewer.layers.selection.active = copy
    press(panel.page.revert_button)
    assert (copy.name, copy.metadata) == ("mine copy", {"a": 1})
    assert judged.name == "[T1 90%] mine"
    assert "mrseq" in judged.metadata


def test_replaced_data_have_no_verdict_anywhere(qtbot, panel, judged) -> None:
    assert panel.result.verdict.text() == "T1"
    judged.data = np.zeros((3, 16, 16))
    qtbot.waitUntil(lambda: panel.result.hint.isVisible())
    assert "Press Run" in panel.result.hint.text()
    assert not panel.page.export_button.isEnabled()
    assert (judged.name, judged.metadata) == ("mine", {"a": 1})
    assert not panel.page.revert_button.isEnabled()
