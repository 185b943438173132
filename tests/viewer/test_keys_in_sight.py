"""Who works by keyboard sees where they are: what has the keys looks different."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication, QRadioButton, QSpinBox, QWidget

from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.layer_series import series_of

from .sight import luminance

BY_TAB = Qt.FocusReason.TabFocusReason
# Of WCAG 2.1, for what shows the state of a control.
LEAST_CONTRAST = 3


@pytest.fixture
def judged(viewer, make_verdict):
    layer = viewer.add_image(np.ones((4, 64, 64)), name="t1_se_tra")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4))
    return layer


@pytest.fixture
def changed_by_keys(qtbot):
    """Return a function that gives a widget the keys and returns how the changed pixels differ."""

    def give(widget: QWidget) -> np.ndarray:
        widget.window().setFocus()
        qtbot.waitUntil(lambda: not widget.hasFocus())
        before, place = luminance(widget), (widget.geometry(), widget.sizeHint())
        widget.setFocus(BY_TAB)
        qtbot.waitUntil(widget.hasFocus)
        assert (widget.geometry(), widget.sizeHint()) == place
        light = np.sort(np.stack([before, luminance(widget)]), axis=0) + 0.05
        contrast = light[1] / light[0]
        return contrast[contrast > 1]

    return give


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_each_control_shows_that_it_has_the_keys(viewer, panel, changed_by_keys, theme) -> None:
    viewer.theme = theme
    panel.window().activateWindow()
    tabs, choice, controls, page = panel.tabs, panel.model_choice, panel.controls, panel.page
    scope = controls.scope.native.findChildren(QRadioButton)[0]
    everywhere = tabs.tabBar(), choice.model.native, choice.card_button.native
    layer = controls.layer.native, scope, controls.run.native, controls.live.native
    slices = panel.slices.only_odd, panel.slices.table
    study, batch = panel.study, panel.batch
    parts = (
        (*everywhere, *layer, panel.plot, *slices, page.explain_button, page.export_button),
        (study.table, study.protocol, study.open_button),
        # A table without rows, too.
        (batch.folder, batch.run_button, batch.table),
    )
    for place, widgets in enumerate(parts):
        tabs.setCurrentIndex(place)
        for widget in widgets:
            contrast = changed_by_keys(widget)
            # A line along a side of it at least.
            assert (contrast >= LEAST_CONTRAST).sum() >= 2 * widget.fontMetrics().height(), widget


@pytest.mark.usefixtures("judged")
def test_a_dialog_shows_what_has_the_keys_too(qtbot, panel, changed_by_keys) -> None:
    panel.window().activateWindow()
    panel.layer_actions.correct()
    dialog = panel.layer_actions.dialog
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    for widget in (*dialog.findChildren(QSpinBox), dialog.whole, dialog.cancel_button):
        assert (changed_by_keys(widget) >= LEAST_CONTRAST).any()
    dialog.reject()
