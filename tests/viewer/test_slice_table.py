"""The table of slices beside the slider: each follows the other, and neither forgets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt

from napari_mrseq.correction import Correction
from napari_mrseq.decision import Decision
from napari_mrseq.viewer.annotation import annotate, correct_layer, keep_slices
from napari_mrseq.viewer.layer_series import series_of

from .tables import click, click_heading, column

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
MIDDLE = 20


@pytest.fixture
def layer(viewer, panel, make_verdict):
    """A judged layer of 40 slices with the panel beside it, the middle one in view."""
    image = viewer.add_image(np.random.default_rng(0).normal(size=(40, 8, 8)), name="mine")
    annotate(image, make_verdict(series_of(image), ["T1"] * 40))
    panel.refresh()
    viewer.dims.set_current_step(0, MIDDLE)
    return image


@pytest.fixture
def table(panel, layer):  # noqa: ARG001
    return panel.slices.table


def test_what_the_canvas_doubts_is_doubted_in_the_table(viewer, panel, make_verdict) -> None:
    image = viewer.add_image(np.ones((3, 8, 8)), name="mine")
    seen = make_verdict(series_of(image), ["T1", "T2", "T1"])
    words = ("T1", 0.5, "member"), ("T2", 0.6, "member"), ("UNKNOWN", 0.5, "unknown")
    slices = [
        replace(one, decision=Decision(*word), probabilities={"T1": 0.5, "T2": 0.5})
        for one, word in zip(seen.slices, words, strict=True)
    ]
    judged = replace(seen, slices=tuple(slices))
    for sure, said in ((0.9, ["", "▲ unsure", "? unknown"]), (0.5, ["▲ unsure"] * 2)):
        annotate(image, replace(judged, decision=Decision("T1", sure, "member")))
        panel.refresh()
        assert column(panel.slices.table, 3)[: len(said)] == said
        viewer.dims.set_current_step(0, 1)
        assert "▲ unsure" in viewer.canvas.overlays.text.text


def test_figures_of_slices_and_of_the_series_say_what_they_rest_on(
    viewer, panel, make_verdict
) -> None:
    image = viewer.add_image(np.ones((3, 8, 8)), name="mine")
    seen = make_verdict(series_of(image), ["T1"] * 3)
    annotate(image, replace(seen, decision=Decision("T1", 0.99, "member")))
    panel.refresh()
    assert panel.result.confidence.text() == "99 %"
    assert panel.result.runners_up.text().startswith("series by pixels alone: T1\u00a090")
    proxy = panel.slices.table.proxy
    assert proxy.headerData(2, Qt.Orientation.Horizontal) == "By pixels"
    assert proxy.index(0, 2).data() == "90 %"


def test_where_the_family_alone_is_told_its_members_shares_are_quoted(
    viewer, panel, make_verdict
) -> None:
    """Else they read "T1 89 %, then T1 + contrast 40 %"."""
    image = viewer.add_image(np.ones((2, 8, 8)), name="mine")
    seen = make_verdict(series_of(image), ["T1"] * 2)
    family = Decision("T1", 0.89, "family")
    shares = {"T1": 0.49, "T1C": 0.4, "PD": 0.02, "T2": 0.09}
    slices = [replace(one, decision=family, probabilities=shares) for one in seen.slices]
    told = {"decision": family, "pixels": family, "probabilities": shares}
    annotate(image, replace(seen, **told, slices=tuple(slices)))
    panel.refresh()
    quoted = "by pixels alone: T1 49 %, T1 + contrast 40 %, T2 9 %"
    assert panel.result.runners_up.text().replace("\u00a0", " ") == f"series {quoted}"
    hint = panel.slices.table.proxy.index(0, 3).data(Qt.ItemDataRole.ToolTipRole)
    assert hint.replace("\u00a0", " ") == f"slice {quoted}"


def test_one_slice_is_told_in_one_figure_and_in_the_singular(viewer, panel, make_verdict) -> None:
    image = viewer.add_image(np.ones((1, 8, 8)), name="mine")
    seen = make_verdict(series_of(image), ["T1"])
    annotate(image, replace(seen, decision=Decision("T1", 0.97, "member")))
    panel.refresh()
    assert panel.slices.table.proxy.index(0, 2).data() == "97 %"
    assert image.metadata["mrseq"]["slices"][0]["confidence"] == 0.9
    assert panel.slices.table.empty_text == "The slice is not odd."
    count = panel.study.table.proxy.index(0, 5).data(Qt.ItemDataRole.ToolTipRole)
    assert count == "1 slice, plane not known"
    assert [one for one in panel.plot.axes.get_xticks() if 0.5 < one < 1.5] == [1]


def test_a_slice_that_was_named_by_the_user_alone_has_a_row(viewer, panel, make_verdict) -> None:
    image = viewer.add_image(np.ones((4, 8, 8)), name="mine")
    seen = make_verdict(series_of(image), ["T1"] * 4)
    annotate(image, replace(seen, slices=seen.slices[:1]))
    correct_layer(image, Correction(2, 3, "T2"))
    panel.refresh()
    table = panel.slices.table.proxy
    rows = [[table.index(row, column).data() for column in range(4)] for row in range(3)]
    assert rows[1:] == [["3", "T2", "", "✎ corrected"], ["4", "T2", "", "✎ corrected"]]
    assert table.index(1, 3).data(Qt.ItemDataRole.ToolTipRole) == "not judged"
    annotate(image, seen)
    panel.refresh()
    assert column(panel.slices.table, 3) == ["", "", "✎ was T1 90 %", "✎ was T1 90 %"]


def in_sight(table, row: int) -> bool:
    place = table.visualRect(table.proxy.index(row, 0))
    return table.viewport().rect().contains(place)


def test_the_slice_in_view_is_marked_and_in_sight(viewer, table) -> None:
    assert table.chosen() == [MIDDLE]
    for step in (3, 39):
        viewer.dims.set_current_step(0, step)
        assert table.chosen() == [step]
        assert table.currentIndex().row() == step
        assert in_sight(table, step)


def test_the_slice_in_view_is_in_sight_once_all_are_judged_at_once(
    qtbot, viewer, panel, make_verdict
) -> None:
    image = viewer.add_image(np.ones((40, 8, 8)), name="new")
    viewer.dims.set_current_step(0, 39)
    annotate(image, make_verdict(series_of(image), ["T1"] * 40))
    panel.refresh()
    qtbot.wait(50)
    assert panel.slices.table.chosen() == [39]
    assert in_sight(panel.slices.table, 39)


def test_the_slice_in_view_stays_in_sight_while_those_before_it_are_judged(
    qtbot, viewer, panel, make_verdict
) -> None:
    """A run judges it first."""
    image = viewer.add_image(np.ones((40, 8, 8)), name="new")
    viewer.dims.set_current_step(0, 39)
    slices = make_verdict(series_of(image), ["T1"] * 40).slices
    for judged in (slices[39:], slices[:20], slices):
        keep_slices(image, {"name": "mrseq-1", "version": "1.0"}, judged)
        panel.refresh()
        qtbot.wait(50)
        row = panel.slices.table.proxy.rowCount() - 1
        assert panel.slices.table.chosen() == [39]
        assert in_sight(panel.slices.table, row)


def test_the_slice_in_view_stays_in_sight_where_the_table_gets_less_room(
    qtbot, viewer, table
) -> None:
    table.setFixedHeight(300)
    viewer.dims.set_current_step(0, 39)
    qtbot.waitUntil(lambda: in_sight(table, 39))
    table.setFixedHeight(120)
    qtbot.waitUntil(lambda: table.height() == 120)
    assert in_sight(table, 39)


def test_the_slice_in_view_is_marked_where_the_table_is_sorted(qtbot, viewer, table) -> None:
    for _ in range(2):
        click_heading(qtbot, table, 0)
    assert table.proxy.index(0, 0).data() == "40"
    viewer.dims.set_current_step(0, 3)
    assert table.currentIndex().data() == "4"


def test_arrow_keys_move_the_slice_in_view(qtbot, viewer, table) -> None:
    click(qtbot, table, 4)
    for key, slice_ in ((Qt.Key.Key_Down, 5), (Qt.Key.Key_Down, 6), (Qt.Key.Key_Up, 5)):
        qtbot.keyClick(table, key)
        assert viewer.dims.current_step[0] == slice_
        assert table.chosen() == [slice_]


def test_rows_chosen_together_stay_chosen_while_the_slider_moves(qtbot, viewer, table) -> None:
    click(qtbot, table, 4)
    click(qtbot, table, 8, CONTROL)
    assert viewer.dims.current_step[0] == 8
    viewer.dims.set_current_step(0, 30)
    assert table.chosen() == [4, 8]
    assert table.currentIndex().row() == 30
    click(qtbot, table, 2)
    assert table.chosen() == [2]


def test_what_is_chosen_and_in_sight_stays_when_slices_are_judged_anew(
    qtbot, panel, table, layer, make_verdict
) -> None:
    click(qtbot, table, 4)
    click(qtbot, table, 8, CONTROL)
    table.verticalScrollBar().setValue(6)
    annotate(layer, make_verdict(series_of(layer), ["T2"] * 40))
    panel.refresh()
    assert table.proxy.index(0, 1).data() == "T2"
    assert table.chosen() == [4, 8]
    assert table.verticalScrollBar().value() == 6


def test_what_is_chosen_and_in_sight_stays_when_slices_come_between(
    qtbot, viewer, panel, make_verdict
) -> None:
    image = viewer.add_image(np.ones((60, 8, 8)), name="waiting")
    slices = make_verdict(series_of(image), ["T1"] * 60).slices
    keep_slices(image, {"name": "mrseq-1", "version": "1.0"}, slices[20:])
    panel.refresh()
    table = panel.slices.table
    click(qtbot, table, 4)
    click(qtbot, table, 8, CONTROL)
    table.verticalScrollBar().setValue(7)
    keep_slices(image, {"name": "mrseq-1", "version": "1.0"}, slices[:10])
    panel.refresh()
    assert table.proxy.rowCount() == 50
    assert table.chosen() == [24, 28]
    assert table.indexAt(QPoint(0, 0)).data() == "28"


def test_slices_chosen_of_one_layer_are_not_those_of_another(
    qtbot, viewer, layer, table, make_verdict
) -> None:
    other = viewer.add_image(np.ones((40, 8, 8)), name="other")
    annotate(other, make_verdict(series_of(other), ["T1"] * 40))
    viewer.layers.selection.active = layer
    click(qtbot, table, 4)
    click(qtbot, table, 8, CONTROL)
    viewer.layers.selection.active = other
    assert table.chosen() == [8]


def test_a_slice_that_the_filter_hides_is_not_marked(viewer, panel, press, table) -> None:
    press(panel.slices.only_odd)
    assert (table.proxy.rowCount(), table.chosen()) == (0, [])
    press(panel.slices.only_odd)
    assert table.chosen() == [MIDDLE]
    assert viewer.dims.current_step[0] == MIDDLE


def test_a_row_stays_chosen_whose_slice_the_slider_cannot_reach(
    qtbot, viewer, panel, table
) -> None:
    # Its steps are those of the finest layer, from the edge of the widest one on.
    viewer.add_image(np.ones((40, 8, 8)), name="beside", translate=(-0.6, 0, 0))
    viewer.layers.selection.active = viewer.layers["[T1 90%] mine"]
    click(qtbot, table, 39)
    qtbot.wait(50)
    panel.refresh()
    click(qtbot, table, 8, CONTROL)
    assert panel.slices.chosen() == [8, 39]


def test_tab_leaves_the_table(qtbot, panel, table) -> None:
    panel.window().activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    qtbot.keyClick(table, Qt.Key.Key_Tab)
    assert not table.hasFocus()
    assert table.currentIndex().row() == MIDDLE


def test_home_and_end_go_to_the_first_and_last_slice(qtbot, viewer, table) -> None:
    click(qtbot, table, 4)
    for key, slice_ in ((Qt.Key.Key_End, 39), (Qt.Key.Key_Home, 0)):
        qtbot.keyClick(table, key)
        assert viewer.dims.current_step[0] == slice_
        assert table.chosen() == [slice_]
        assert in_sight(table, slice_)
