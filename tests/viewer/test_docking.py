"""The panel as a dock that floats, hides and comes back: it goes on following the viewer."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtWidgets import QDockWidget

from napari_mrseq.viewer.annotation import annotate, series_of


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
