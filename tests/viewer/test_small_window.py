"""The panel in a small window, and in one with large letters: it fits, and nothing is cut off."""

from __future__ import annotations

import numpy as np
import pytest
from napari.settings import get_settings
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtGui import QWheelEvent
from qtpy.QtWidgets import (
    QApplication,
    QLabel,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from napari_mrseq.correction import Correction
from napari_mrseq.header import HeaderClaim
from napari_mrseq.sequences import name_of
from napari_mrseq.viewer.annotation import annotate, correct_layer
from napari_mrseq.viewer.fitted_scroll_area import FittedScrollArea
from napari_mrseq.viewer.layer_series import series_of

from .sight import texts_cut_off

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


@pytest.fixture
def judged(viewer, make_verdict):
    """A series whose header lies, with a name of usual length."""
    layer = viewer.add_image(np.ones((4, 64, 64)), name="401 t2_tirm_tra_dark-fluid_pat2")
    annotate(layer, make_verdict(series_of(layer), ["T1", "T2", "T1", "T1"], conflict=True))
    return layer


def open_at(qtbot, viewer, open_panel, width: int):
    viewer.window.resize(width, 700)
    qtbot.waitUntil(lambda: viewer.window.geometry()[2:] == (width, 700))
    panel = open_panel()
    qtbot.wait(300)
    return panel


@pytest.mark.usefixtures("judged")
def test_it_opens_in_a_small_window_without_widening_it(qtbot, viewer, open_panel) -> None:
    panel = open_at(qtbot, viewer, open_panel, 900)
    assert viewer.window.geometry()[2:] == (900, 700)
    page = panel.page
    for button in (
        panel.controls.run.native,
        panel.controls.cancel.native,
        panel.controls.live.native,
        page.explain_button,
        page.correct_button,
        page.undo_button,
        page.revert_button,
        page.export_button,
    ):
        assert button.visibleRegion().boundingRect() == button.rect(), button.text()
    for place in range(panel.tabs.count()):
        panel.tabs.setCurrentIndex(place)
        qtbot.wait(50)
        assert texts_cut_off(panel) == []


@pytest.mark.parametrize("code", ["MRA", "LOCALIZER"])
def test_a_corrected_name_is_not_cut_off(
    qtbot, viewer, open_panel, make_verdict, code: str
) -> None:
    """In a narrow panel STIR read "ST ✎ corrected"."""
    layer = viewer.add_image(np.ones((4, 64, 64)), name="mine")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4))
    correct_layer(layer, Correction(0, 3, code))
    panel = open_at(qtbot, viewer, open_panel, 900)
    verdict = panel.result.verdict
    assert verdict.text() == name_of(code)
    assert verdict.fontMetrics().horizontalAdvance(verdict.text()) <= verdict.width()


def test_in_a_narrow_panel_slices_of_volumes_are_told_apart(
    qtbot, viewer, open_panel, make_verdict
) -> None:
    """Of "25 (volume 1)" the middle was cut out: "2…)"."""
    layer = viewer.add_image(np.ones((2, 30, 16, 16)), name="dti")
    annotate(layer, make_verdict(series_of(layer), ["FLAIR"] * 60))
    panel = open_at(qtbot, viewer, open_panel, 700)
    table = panel.slices.table
    room = table.columnWidth(0) - table.fontMetrics().horizontalAdvance("0")
    words = [table.proxy.index(row, 0).data() for row in range(30)]
    shown = [table.fontMetrics().elidedText(one, table.textElideMode(), room) for one in words]
    assert shown != words
    assert [int(one.rstrip("…").partition(" ")[0]) for one in shown] == [*range(1, 31)]


def test_in_a_low_window_the_slice_in_view_has_its_row_in_sight(
    qtbot, viewer, open_panel, make_verdict
) -> None:
    layer = viewer.add_image(np.ones((30, 64, 64)), name="401 t2_tirm_tra_dark-fluid_pat2")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 30, conflict=True))
    panel = open_at(qtbot, viewer, open_panel, 1280)
    table = panel.slices.table
    for step in (0, 29, 12):
        viewer.dims.set_current_step(0, step)
        qtbot.wait(50)
        row = table.visualRect(table.currentIndex())
        assert table.currentIndex().row() == step
        # What a page that scrolls leaves of the table.
        assert table.viewport().visibleRegion().boundingRect().contains(row)


def test_the_wheel_scrolls_the_tab_over_its_plot_too_and_chooses_nothing(
    qtbot, viewer, open_panel, make_verdict
) -> None:
    """Over the box of layers it chose another layer, whose verdict then stood in the panel."""
    for name in ("t1_se_tra", "t2_tse_tra"):
        layer = viewer.add_image(np.ones((30, 64, 64)), name=name)
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 30, conflict=True))
    panel = open_at(qtbot, viewer, open_panel, 1280)
    viewer.window.resize(1280, 500)
    (area,) = panel.page.findChildren(QScrollArea, options=DIRECT)
    bar, choice = area.verticalScrollBar(), panel.model_choice
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    boxes = panel.controls.layer.native, choice.model.native, choice.device.native
    for widget in (panel.plot.canvas, *boxes, panel.study.protocol):
        scrolls = panel.page.isAncestorOf(widget)
        bar.setValue(bar.minimum())
        chosen = [box.currentIndex() for box in (*boxes, panel.study.protocol)]
        turn_wheel(widget)
        assert (bar.value() > bar.minimum()) == scrolls
        assert [box.currentIndex() for box in (*boxes, panel.study.protocol)] == chosen
    assert panel.layer == layer


def test_the_wheel_over_the_boxes_of_a_correction_chooses_nothing(
    viewer, open_panel, make_verdict
) -> None:
    """It named a sequence that nobody had chosen, and made a range of the whole series."""
    layer = viewer.add_image(np.ones((30, 64, 64)), name="t1_se_tra")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 30))
    panel = open_panel()
    panel.layer_actions.correct()
    dialog = panel.layer_actions.dialog
    before = dialog.first.value(), dialog.last.value()
    for box in (dialog.sequence, dialog.first, dialog.last):
        turn_wheel(box)
    assert dialog.sequence.currentText() == ""
    assert (dialog.first.value(), dialog.last.value()) == before
    assert dialog.whole.isChecked()
    dialog.reject()


def turn_wheel(widget: QWidget) -> None:
    """Turn the wheel over a widget by a notch, towards the user.

    What doesn't take it leaves it to the widget around it: Qt asks that one of the system's
    events only.
    """
    none, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase, notch = Qt.ScrollPhase.NoScrollPhase, QPoint(0, -120)
    taken = False
    while not taken and widget is not None:
        where = QPointF(widget.rect().center())
        far = widget.mapToGlobal(where)
        turned = QWheelEvent(where, far, QPoint(), notch, none, no_key, phase, False)
        QApplication.sendEvent(widget, turned)
        taken, widget = turned.isAccepted(), widget.parentWidget()


def test_with_room_for_it_nothing_but_the_slices_scrolls(
    qtbot, viewer, open_panel, make_verdict
) -> None:
    """What a longer header's evidence takes, it takes from the slices."""
    layer = viewer.add_image(np.ones((30, 64, 64)), name="t1_se_tra")
    panel = open_at(qtbot, viewer, open_panel, 1300)
    viewer.window.resize(1300, 850)
    (area,) = panel.page.findChildren(QScrollArea, options=DIRECT)
    bar = area.verticalScrollBar()

    def judge(times: int) -> None:
        claim = HeaderClaim("T1", 0.9, ('description says "t1"',) * times)
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 30, header=claim))
        panel.refresh()

    judge(1)
    qtbot.wait(100)
    low = area.height()
    judge(15)
    qtbot.waitUntil(lambda: area.height() > low and bar.maximum() == 0)
    judge(1)
    qtbot.waitUntil(lambda: area.height() == low and bar.maximum() == 0)


@pytest.mark.parametrize("width", range(300, 360, 4))
def test_a_scroll_bar_goes_once_there_is_room(qtbot, width: int) -> None:
    """Of some widths, the room that it takes itself breaks one more line."""
    words = QLabel("Header says T1: description, spin echo (SE), repetition time, echo time. " * 4)
    words.setWordWrap(True)
    window = QWidget()
    qtbot.addWidget(window)
    rest = QWidget()
    rest.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
    area = FittedScrollArea(words)
    layout = QVBoxLayout(window)
    layout.addWidget(area)
    layout.addWidget(rest, 1)
    window.resize(width, 60)
    window.show()
    bar = area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    window.resize(width, 600)
    qtbot.waitUntil(lambda: bar.maximum() == 0 and area.height() == area.sizeHint().height())


@pytest.mark.usefixtures("judged")
def test_large_letters_are_not_cut_off(qtbot, viewer, open_panel) -> None:
    get_settings().appearance.font_size = 16
    qtbot.wait(100)
    panel = open_at(qtbot, viewer, open_panel, 1280)
    assert viewer.window.geometry()[2:] == (1280, 700)
    panel.hint.close_button.click()
    for place in range(panel.tabs.count()):
        panel.tabs.setCurrentIndex(place)
        qtbot.wait(50)
        assert texts_cut_off(panel) == []


def test_in_a_low_window_with_large_letters_a_run_ends_with_the_verdict_in_sight(
    qtbot, viewer, open_panel, run
) -> None:
    viewer.add_image(np.ones((4, 64, 64)), name="401 t2_tirm_tra_dark-fluid_pat2")
    get_settings().appearance.font_size = 16
    panel = open_at(qtbot, viewer, open_panel, 1280)
    # As users find it first.
    panel.hint.show()
    qtbot.wait(100)
    run(panel)
    verdict = panel.result.verdict
    assert verdict.text() == "? unknown"
    assert verdict.visibleRegion().boundingRect() == verdict.rect()


@pytest.mark.usefixtures("judged")
def test_letters_made_larger_find_room(qtbot, viewer, open_panel) -> None:
    panel = open_at(qtbot, viewer, open_panel, 900)
    letters = panel.controls.run.native.fontMetrics().height()
    viewer.window.resize(1280, 700)
    get_settings().appearance.font_size = 16
    controls = (panel.controls.run, panel.controls.cancel, panel.controls.live)
    widgets = (*(one.native for one in controls), panel.result.confidence)
    (area,) = panel.page.findChildren(QScrollArea, options=DIRECT)

    def are_whole() -> None:
        assert panel.controls.run.native.fontMetrics().height() > letters
        for widget in widgets:
            # Letters of this size leave no room for verdict and slices at once.
            area.ensureWidgetVisible(widget)
            in_sight = widget.visibleRegion().boundingRect()
            assert (in_sight.left(), in_sight.right()) == (0, widget.width() - 1), widget.text()

    qtbot.waitUntil(are_whole)


@pytest.mark.usefixtures("judged")
def test_letters_of_tables_are_as_large_as_the_user_asks_for(qtbot, viewer, open_panel) -> None:
    """They stayed as they were, in rows as low, beside words and buttons of any size."""
    viewer.dims.set_current_step(0, 3)
    panel = open_at(qtbot, viewer, open_panel, 1280)
    table = panel.slices.table
    parts = (table, table.horizontalHeader(), panel.study.table, panel.batch.folder)
    for points in (9, 20, 12):
        get_settings().appearance.font_size = points
        qtbot.waitUntil(lambda size=points: all(one.font().pointSize() == size for one in parts))
        assert table.currentIndex().row() == 3
        assert table.rowHeight(3) > table.fontMetrics().height()
        qtbot.waitUntil(
            lambda: table.viewport().rect().contains(table.visualRect(table.currentIndex()))
        )


@pytest.mark.usefixtures("judged")
@pytest.mark.filterwarnings("error:constrained_layout not applied")
def test_letters_of_the_plot_and_of_the_models_name_grow_with_the_others(
    qtbot, viewer, open_panel
) -> None:
    """They stayed as small as they were, beside words twice their size."""
    panel = open_at(qtbot, viewer, open_panel, 1280)
    plot, model, header = panel.plot, panel.result.model, panel.result.header
    heights = []
    for points in (9, 20):
        get_settings().appearance.font_size = points
        qtbot.waitUntil(lambda: header.fontInfo().pixelSize() == model.fontInfo().pixelSize())
        qtbot.waitUntil(lambda size=points: plot.font().pointSize() == size)
        plot.canvas.draw()
        (legend,) = plot.axes.figure.legends
        words = *legend.get_texts(), *plot.axes.get_yticklabels(), plot.axes.xaxis.label
        heights.append(np.array([one.get_window_extent().height for one in words]))
        assert plot.axes.bbox.width > 50 * plot.canvas.device_pixel_ratio
    assert (heights[1] > 1.3 * heights[0]).all()


@pytest.mark.usefixtures("judged")
def test_with_room_for_it_every_row_is_one_line(qtbot, viewer, open_panel) -> None:
    panel = open_at(qtbot, viewer, open_panel, 1300)
    page = panel.page
    rows = (
        (page.explain_button, page.undo_button, page.export_button),
        (panel.controls.run.native, panel.controls.cancel.native, panel.controls.live.native),
        panel.controls.scope.native.findChildren(QRadioButton),
        (panel.model_choice.open_button.native, panel.model_choice.card_button.native),
    )
    for row in rows:
        assert len({one.geometry().center().y() for one in row}) == 1


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize("code", ["T1C", "BOLD"])
def test_with_room_for_it_the_study_shows_every_column(
    qtbot, viewer, open_panel, make_verdict, code: str
) -> None:
    """Those with the longest names of sequences too, and corrected ones."""
    layer = viewer.add_image(np.ones((4, 64, 64)), name="501 t1_mprage_tra_iso")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 4))
    correct_layer(layer, Correction(0, 3, code))
    panel = open_at(qtbot, viewer, open_panel, 1400)
    panel.tabs.setCurrentWidget(panel.study)
    qtbot.wait(100)
    assert panel.study.table.horizontalScrollBar().maximum() == 0
