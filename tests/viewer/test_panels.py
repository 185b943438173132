"""Result, tables and plot, pressed as a user presses them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import dask.array as da
import numpy as np
import pytest
from matplotlib.backend_bases import MouseButton, MouseEvent
from napari.components import ViewerModel
from napari.layers import Image, Layer
from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QGuiApplication, QMouseEvent, QTextDocument
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QLabel

from napari_mrseq.correction import Correction
from napari_mrseq.decision import Decision
from napari_mrseq.header import HeaderClaim
from napari_mrseq.series import Failure, Series, series_from_array
from napari_mrseq.viewer.annotation import annotate, correct_layer, keep_slices
from napari_mrseq.viewer.batch_panel import BatchPanel
from napari_mrseq.viewer.confidence_plot import ConfidencePlot
from napari_mrseq.viewer.layer_data import SERIES_KEY
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import LayerState, state_of
from napari_mrseq.viewer.reader import read_layers
from napari_mrseq.viewer.result_panel import ResultPanel
from napari_mrseq.viewer.slice_table import SliceTable
from napari_mrseq.viewer.study_panel import StudyPanel
from napari_mrseq.viewer.study_table import HEADINGS, StudyTable
from napari_mrseq.viewer.table import Table
from napari_mrseq.viewer.table_rows import Cell, Row

from .tables import click, click_heading, column, double_click

CODES = ["T1", "T1", "T2", "T1"]
MODEL_ID = {"name": "mrseq-1", "version": "1.0", "sha256": "0" * 64}
# Pixels: room for the heading and some rows.
LEAST_TABLE = 80


@pytest.fixture
def state(make_verdict) -> LayerState:
    return judged(make_verdict, CODES)


def judged(make_verdict, codes, **verdict) -> LayerState:
    layer = ViewerModel().add_image(np.ones((len(codes), 8, 8)), name="t1_se_tra")
    annotate(layer, make_verdict(series_of(layer), codes, **verdict))
    found = state_of(layer)
    assert found is not None
    return found


def words_on(panel: ResultPanel) -> str:
    return "\n".join(label.text() for label in panel.currentWidget().findChildren(QLabel))


def test_what_is_no_mr_is_called_so_in_the_words_of_its_header(keep, make_verdict) -> None:
    claim = HeaderClaim("UNKNOWN", 0.95, ("Modality CT",))
    unknown = Decision("UNKNOWN", 0.95, "unknown")
    layer = ViewerModel().add_image(np.ones((3, 8, 8)))
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3, decision=unknown, header=claim))
    panel, table = keep(ResultPanel()), keep(StudyTable())
    panel.show_state(state_of(layer), "cpu")
    assert "Header says not MR: Modality CT" in words_on(panel)
    # Nor is a sequence guessed that it might be.
    assert panel.runners_up.text() == "not MR, so not named"
    table.show_layers([layer])
    assert table.proxy.index(0, HEADINGS.index("Header")).data() == "Modality CT"


def test_the_verdict_is_the_largest_text(keep, make_verdict) -> None:
    panel = keep(ResultPanel())
    panel.show()
    panel.show_state(judged(make_verdict, ["FLAIR"] * 3), "cpu")
    panel.ensurePolished()
    assert (panel.verdict.text(), panel.confidence.text()) == ("T2-FLAIR", "90 %")
    sizes = {label.text(): label.fontInfo().pointSize() for label in panel.findChildren(QLabel)}
    assert sizes.pop("T2-FLAIR") == sizes.pop("90 %") > max(sizes.values())


def test_it_names_the_runner_up_the_model_and_the_device(keep, make_verdict) -> None:
    panel = keep(ResultPanel())
    panel.show_state(judged(make_verdict, ["FLAIR"] * 3), "cuda:0")
    words = words_on(panel)
    assert "then T1\u00a05\u00a0%, T2\u00a05\u00a0%" in words
    assert "mrseq-1 1.0 on cuda:0, all 3 slices" in words


def test_it_quotes_the_header(keep, make_verdict) -> None:
    panel = keep(ResultPanel())
    claim = HeaderClaim("FLAIR", 0.9, ("TI 2000 ms > 1500 ms",))
    panel.show_state(judged(make_verdict, ["FLAIR"] * 3, header=claim), "")
    assert panel.header.text() == "Header says T2-FLAIR: TI 2000 ms > 1500 ms"
    panel.show_state(judged(make_verdict, ["FLAIR"] * 3), "")
    assert panel.header.text() == "No DICOM header: judged by the pixels alone."


def test_a_conflict_has_a_shape_and_a_word(keep, make_verdict) -> None:
    panel = keep(ResultPanel())
    claim = HeaderClaim("FLAIR", 0.9, ("TI 2000 ms > 1500 ms",))
    panel.show_state(judged(make_verdict, ["T1"] * 3, header=claim, conflict=True), "")
    assert panel.header.text() == (
        "≠\u00a0Conflict. Header says T2-FLAIR: TI 2000 ms > 1500 ms. "
        "The pixels look like T1, 90\u00a0%."
    )
    assert "border" in panel.header.styleSheet()
    panel.show_state(judged(make_verdict, ["T1"] * 3), "")
    assert "border" not in panel.header.styleSheet()


def test_unknown_is_said_with_its_best_guess(keep, make_verdict) -> None:
    panel = keep(ResultPanel())
    unknown = Decision("UNKNOWN", 0.4, "unknown")
    panel.show_state(judged(make_verdict, ["T1"] * 3, decision=unknown), "")
    assert (panel.verdict.text(), panel.confidence.text()) == ("? unknown", "")
    assert "perhaps T1" in words_on(panel)


@pytest.mark.parametrize("conflict", [False, True])
def test_no_sequence_is_guessed_where_neither_header_nor_pixels_are_believed(
    keep, make_verdict, conflict: bool
) -> None:
    """Beside a header that says perfusion, "perhaps T1, 90 %: not enough" stood there."""
    panel = keep(ResultPanel())
    told = {"header": HeaderClaim("PERF", 0.95), "decision": Decision("UNKNOWN", 0.9, "unknown")}
    panel.show_state(judged(make_verdict, ["T1"] * 3, conflict=conflict, **told), "")
    assert panel.runners_up.text() == "header and pixels don't agree"
    assert panel.header.text().endswith("The pixels look like T1, 90\u00a0%.")


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        (
            {"T1": 0.1, "T2": 0.1, "UNKNOWN": 0.8},
            "like no sequence that this model knows, 80\u00a0%",
        ),
        ({"T1": 0.25, "T2": 0.25, "FLAIR": 0.25, "UNKNOWN": 0.25}, "no slice shows enough to tell"),
    ],
)
def test_unknown_guesses_nothing_where_nothing_comes_near(
    keep, make_verdict, probabilities, words
) -> None:
    panel = keep(ResultPanel())
    state = judged(make_verdict, ["T1"] * 3, decision=Decision("UNKNOWN", 0.4, "unknown"))
    assert state.verdict is not None
    state.verdict = replace(state.verdict, probabilities=probabilities)
    panel.show_state(state, "")
    assert panel.runners_up.text() == words


def test_a_long_name_of_the_users_own_does_not_widen_the_panel(qtbot, keep, make_verdict) -> None:
    panel = keep(ResultPanel())
    panel.show()
    layer = ViewerModel().add_image(np.ones((3, 8, 8)), name="a")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    widths = []
    for name in ("T2", "arterial spin labelling, five delays"):
        correct_layer(layer, Correction(0, 2, name))
        state = state_of(layer)
        assert state is not None
        panel.show_state(state, "")
        qtbot.wait(50)
        widths.append(panel.currentWidget().minimumSizeHint().width())
        assert panel.verdict.text() == name
    assert widths[0] == widths[1]


def test_odd_slices_and_a_half_known_series_are_doubts(keep, make_verdict) -> None:
    panel = keep(ResultPanel())
    family = Decision("T1", 0.9, "family")
    panel.show_state(judged(make_verdict, CODES, decision=family), "")
    assert "1 odd" in panel.doubts.text()
    assert "family T1" in panel.doubts.text()


def test_with_a_header_the_pixels_are_quoted_apart(keep, make_verdict) -> None:
    """99 % of the joined verdict and 5 % of the network's would add up to more than there is."""
    panel = keep(ResultPanel())
    joined = Decision("T1", 0.99, "member")
    panel.show_state(judged(make_verdict, ["T1"] * 3, decision=joined), "")
    assert panel.confidence.text() == "99 %"
    assert panel.runners_up.text() == (
        "series by pixels alone: T1\u00a090\u00a0%, T2\u00a05\u00a0%, T2-FLAIR\u00a05\u00a0%"
    )


def test_odd_slices_are_named_by_number_and_look(keep, make_verdict) -> None:
    panel = keep(ResultPanel())
    panel.show_state(judged(make_verdict, CODES), "")
    assert "1 odd: slice 3 looks like T2." in panel.doubts.text()
    panel.show_state(judged(make_verdict, ["T1"] * 11 + ["T2"] * 3 + ["FLAIR"] * 2), "")
    assert "5 odd: slices that look like T2, T2-FLAIR." in panel.doubts.text()
    panel.show_state(judged(make_verdict, ["T1"] * 11 + ["T2"] * 4), "")
    assert "4 odd: slices 12, 13, 14, 15 look like T2." in panel.doubts.text()


@pytest.fixture
def slices(keep, state: LayerState) -> SliceTable:
    table = keep(SliceTable(), 400, 300)
    table.show_state(state)
    return table


def test_every_slice_has_its_row(slices: SliceTable) -> None:
    assert column(slices.table, 0) == ["1", "2", "3", "4"]
    assert column(slices.table, 1) == ["T1", "T1", "T2", "T1"]
    assert column(slices.table, 3) == ["", "", "▲ odd", ""]


def test_a_slice_tells_what_it_would_be_without_its_stack(slices: SliceTable, make_verdict) -> None:
    state = judged(make_verdict, ["T1"] * 4)
    alone = judged(make_verdict, ["T2"]).judged[0]
    state.judged[2] = replace(state.judged[2], judged_alone=alone)
    slices.show_state(state)
    hints = [slices.table.proxy.index(row, 3).data(Qt.ItemDataRole.ToolTipRole) for row in range(4)]
    assert hints[2].endswith("without its stack: T2 90 %")
    assert "without" not in hints[1]


def test_the_odd_ones_can_be_seen_alone(press, slices: SliceTable) -> None:
    press(slices.only_odd)
    assert column(slices.table, 0) == ["3"]


def test_the_slices_sort_by_number_and_confidence(slices: SliceTable, make_verdict) -> None:
    slices.show_state(judged(make_verdict, ["T1"] * 12))
    slices.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert column(slices.table, 0)[:3] == ["12", "11", "10"]


def test_a_row_follows_its_slice_and_what_the_user_says_of_it(keep, make_verdict) -> None:
    layer = ViewerModel().add_image(np.ones((3, 8, 8)))
    before, after = (make_verdict(series_of(layer), [code] * 3) for code in ("T1", "T2"))
    slices = keep(SliceTable())
    for verdict, word in ((before, "T1"), (after, "T2")):
        keep_slices(layer, MODEL_ID, verdict.slices)
        slices.show_state(state_of(layer))
        assert column(slices.table, 1) == [word] * 3
    annotate(layer, after)
    slices.show_state(state_of(layer))
    correct_layer(layer, Correction(0, 0, "FLAIR"))
    slices.show_state(state_of(layer))
    assert column(slices.table, 1) == ["T2-FLAIR", "T2", "T2"]


def test_numbers_in_words_sort_by_what_they_count(keep) -> None:
    table = keep(Table(("Study",)))
    names = ["sub-10", "sub-2", "sub-1", "sub-2 (2)"]
    table.set_rows([Row(name, (Cell(name),)) for name in names])
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert column(table, 0) == ["sub-1", "sub-2", "sub-2 (2)", "sub-10"]


def test_a_click_on_a_heading_sorts(qtbot, slices: SliceTable) -> None:
    for _ in range(2):
        click_heading(qtbot, slices.table, 1)
    assert column(slices.table, 1) == ["T2", "T1", "T1", "T1"]


def test_a_table_without_rows_says_why(qtbot, slices: SliceTable, make_verdict) -> None:
    slices.show_state(judged(make_verdict, ["T1"] * 4))
    slices.only_odd.setChecked(True)
    assert column(slices.table, 0) == []
    assert slices.table.empty_text == "None of 4 slices is odd."
    written = slices.table.viewport().grab().toImage()
    slices.table.empty_text = ""
    assert slices.table.viewport().grab().toImage() != written
    # There is none to open.
    with qtbot.assertNotEmitted(slices.table.row_opened):
        qtbot.keyClick(slices.table, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    "said",
    [
        {"header": HeaderClaim("FLAIR", 0.9), "conflict": True},
        {"header": HeaderClaim("BOLD", 0.9), "decision": Decision("BOLD", 0.57, "member")},
    ],
)
def test_names_of_series_keep_room_in_the_study(qtbot, keep, make_verdict, said) -> None:
    viewer = ViewerModel()
    names = ("ep2d_diff_3scan_trace", "ep2d_diff_3scan_trace_ADC")
    layers = [viewer.add_image(np.ones((18, 8, 8)), name=name) for name in names]
    for layer in layers:
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 18, **said))
    table = keep(StudyTable())
    # The room that it has in a window 1280 wide.
    table.resize(426, 200)
    table.show()
    table.show_layers(layers)
    # Enough for what tells them apart, at the end.
    assert table.columnWidth(3) > table.fontMetrics().horizontalAdvance("ep2d_d…ce_ADC")
    columns = table.horizontalHeader()
    assert columns.length() <= table.viewport().width()
    click_heading(qtbot, table, 3)
    assert columns.isSortIndicatorShown()
    assert columns.sectionSize(1) >= table.sizeHintForColumn(1)


def test_names_of_series_keep_room_in_a_narrow_study(qtbot, keep, layers: list[Image]) -> None:
    table = keep(StudyTable(), 250, 200)
    table.show_layers(layers)
    assert table.columnWidth(3) > table.fontMetrics().horizontalAdvance("ep2d_d…ce_ADC")
    # What lies behind them is reached sideways.
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() > 0)
    table.resize(900, 200)
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
    assert table.horizontalHeader().length() == table.viewport().width()


@pytest.mark.parametrize("width", [200, 230, 400])
def test_notes_on_slices_are_whole_in_a_narrow_panel(qtbot, slices: SliceTable, width) -> None:
    """ "▲ odd" was cut to "…": the other columns left it nothing."""
    slices.resize(width, 300)
    table = slices.table
    qtbot.waitUntil(lambda: table.width() <= width)
    assert "▲ odd" in column(table, 3)
    assert table.columnWidth(3) >= table.sizeHintForColumn(3)


def test_long_paths_leave_room_for_their_causes(keep) -> None:
    panel = keep(BatchPanel(lambda: lambda: None), 400, 600)
    path = "study/head/of/many/folders/t2_tirm_tra_dark-fluid/IM0001.dcm"
    panel.failed.set_rows([Row(path, (Cell(path), Cell("the file ends too early")))])
    panel.failed.show()
    assert panel.failed.columnWidth(1) >= panel.failed.viewport().width() // 2


def test_columns_of_a_table_in_sight_follow_the_rows_that_come(keep) -> None:
    table = keep(Table(("Series", "Sequence", "Sure")), 600, 200)
    rows = [Row(name, (Cell("t1"), Cell(name), Cell("90 %"))) for name in ("T1", "angiography" * 2)]
    table.set_rows(rows[:1])
    narrow = table.columnWidth(1)
    table.set_rows(rows)
    assert table.columnWidth(1) > narrow + 50
    # And the words that change in those that are there.
    table.set_rows([rows[0], replace(rows[1], cells=rows[0].cells)])
    assert table.columnWidth(1) == narrow


def test_the_last_number_of_many_has_room(keep) -> None:
    table = keep(Table(("Slice", "Sequence")), 600, 200)
    numbers = [f"{one + 1} (volume {one // 10 + 1})" for one in range(2000)]
    table.set_rows([Row(one, (Cell(one), Cell("T1"))) for one in numbers])
    last = table.proxy.index(len(numbers) - 1, 0)
    assert table.columnWidth(0) >= table.sizeHintForIndex(last).width()


def test_the_heading_that_is_sorted_by_has_room_for_its_arrow(keep) -> None:
    table = keep(Table(("Sure", "Doubt", "Series")), 600, 200)
    table.set_rows([Row("t1", (Cell("9 %"), Cell(""), Cell("t1")))])
    before, beside = table.columnWidth(0), table.columnWidth(1)
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    # Without it the arrow stands on the word.
    assert table.columnWidth(0) > before + 10
    assert table.columnWidth(1) == beside


def test_names_in_words_show_their_ends_in_the_study(keep) -> None:
    viewer = ViewerModel()
    table = keep(StudyTable(), 330, 200)
    pictures = []
    for end in ("before contrast", "after contrast ZZZ"):
        layer = viewer.add_image(np.ones((3, 8, 8)), name=f"T1 weighted spin echo axial {end}")
        table.show_layers([layer])
        place = table.visualRect(table.proxy.index(0, 3))
        pictures.append(table.viewport().grab(place).toImage())
    assert pictures[0] != pictures[1]


def test_rows_can_be_copied_into_a_spreadsheet(qtbot, slices: SliceTable) -> None:
    slices.table.selectRow(2)
    qtbot.keyClick(slices.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "3\tT2\t90 %\t▲ odd"


def test_rows_are_copied_in_their_order_not_in_that_of_the_clicks(
    qtbot, slices: SliceTable
) -> None:
    for row, key in ((2, Qt.KeyboardModifier.NoModifier), (0, Qt.KeyboardModifier.ControlModifier)):
        click(qtbot, slices.table, row, key)
    qtbot.keyClick(slices.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["1", "3"]


def test_tool_tips_show_names_that_look_like_html_as_they_are(
    qtbot, keep, answer, tmp_path
) -> None:
    name = "t1 <b>raw</b> & <i>more</i>\nTE < 30 ms &lt;"
    table, study = keep(Table(("Layer",))), keep(StudyPanel())
    table.set_rows([Row(0, (Cell(name, hint=name),))])
    own = tmp_path / "&lt;own.toml"
    own.write_text('name = "x"\n[[series]]\nname = "T1"\nsequences = ["T1"]\n')
    answer(own)
    qtbot.mouseClick(study.open_button, Qt.MouseButton.LeftButton)
    hint = Qt.ItemDataRole.ToolTipRole
    place = study.protocol.currentIndex()
    shown = QTextDocument()
    hints = table.proxy.index(0, 0).data(hint), study.protocol.itemData(place, hint)
    for html, text in zip(hints, (name, str(own)), strict=True):
        shown.setHtml(html)
        assert shown.toPlainText() == text


def test_names_with_quotes_are_copied_into_cells_of_their_own(qtbot, keep) -> None:
    table = keep(Table(("Sure", "Series")))
    names = ['"T1', 'T2 "fast"', '"PD" tra']
    table.set_rows([Row(name, (Cell("9 %"), Cell(name))) for name in names])
    table.selectAll()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    pasted = csv.reader(QGuiApplication.clipboard().text().split("\n"), "excel-tab")
    assert list(pasted) == [["9 %", name] for name in names]


def test_rows_of_several_studies_are_copied_in_the_columns_of_the_screen(
    qtbot, keep, make_study, tmp_path: Path
) -> None:
    make_study(tmp_path / "sub-01" / "1")
    make_study(tmp_path / "sub-02" / "1")
    viewer, table = ViewerModel(), keep(StudyTable())
    viewer.layers.extend(Layer.create(*one) for one in read_layers(str(tmp_path)))
    table.show_layers(list(viewer.layers))
    table.selectAll()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    # As in the Folder tab: the study stands before the name.
    assert [line[3] for line in lines] == ["sub-01", "sub-02"]
    assert [line[4] for line in lines] == [layer.name for layer in viewer.layers]


def test_the_study_is_one_row_a_layer(qtbot, keep, make_verdict) -> None:
    viewer = ViewerModel()
    named, other, waiting = (
        viewer.add_image(np.ones((3, 8, 8)), name=name)
        for name in ("t1_se_tra", "t1_se_cor", "t2_tse_tra")
    )
    for layer, claim in ((named, HeaderClaim("FLAIR", 0.9)), (other, HeaderClaim("T1", 0.9))):
        lies = layer is named
        verdict = make_verdict(series_of(layer), ["T1"] * 3, header=claim, conflict=lies)
        annotate(layer, verdict)
    table = keep(StudyTable(), 600, 200)
    table.show_layers([named, other, waiting])
    assert column(table, 3) == ["t1_se_tra", "t1_se_cor", "t2_tse_tra"]
    assert column(table, 0) == ["T1", "T1", "not yet run"]
    assert column(table, 2) == ["≠ header", "", ""]
    assert column(table, 4) == ["T2-FLAIR", "same", ""]
    # Nothing behind the number, which may go into a spreadsheet.
    assert column(table, 5) == ["3", "3", ""]
    with qtbot.waitSignal(table.layer_chosen) as chosen:
        double_click(qtbot, table, 2)
    with qtbot.waitSignal(table.layer_chosen):
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert chosen.args == [waiting]


@pytest.fixture
def plot(qtbot, keep, state: LayerState) -> ConfidencePlot:
    plot = keep(ConfidencePlot(), 400, 130)
    plot.show_state(state, 1)
    qtbot.wait(50)
    return plot


def pixel_of(plot: ConfidencePlot, place: float, height: float) -> QPoint:
    x, y = plot.axes.transData.transform((place, height))
    ratio = plot.canvas.device_pixel_ratio
    return QPoint(round(x / ratio), round(plot.canvas.height() - y / ratio))


def test_the_plot_draws_what_the_slices_show(plot: ConfidencePlot) -> None:
    lines = {line.get_label(): line for line in plot.axes.get_lines()}
    assert {"T1", "T2"} <= set(lines)
    assert "T2-FLAIR" not in lines
    np.testing.assert_allclose(lines["T1"].get_ydata(), [0.9, 0.9, 0.05, 0.9])


def test_slices_that_may_be_anything_have_no_line(keep, make_verdict) -> None:
    state = judged(make_verdict, ["T1"] * 3)
    classes = [f"class {number}" for number in range(9)]
    state.judged = {
        index: replace(one, probabilities=dict.fromkeys(classes, 1 / 9))
        for index, one in state.judged.items()
    }
    plot = keep(ConfidencePlot())
    plot.show_state(state, 1)
    # The slice in view alone is marked.
    assert len(plot.axes.get_lines()) == 1


def test_the_legend_has_room_for_all_lines(keep, make_verdict) -> None:
    state = judged(make_verdict, ["T1"] * 7)
    classes = [f"class {number}" for number in range(7)]
    state.judged = {
        index: replace(
            one, probabilities={code: float(code == f"class {index}") for code in classes}
        )
        for index, one in state.judged.items()
    }
    plot = keep(ConfidencePlot())
    plot.show_state(state, None)
    (legend,) = plot.axes.figure.legends
    assert len(legend.get_texts()) == len(plot.axes.get_lines()) == 5


@pytest.mark.filterwarnings("error:constrained_layout not applied")
@pytest.mark.parametrize("name", ["_LGE", "$x^$", "T2 of the heart, breath held, " + 90 * "x"])
def test_a_class_of_ones_own_stands_in_the_legend_as_it_is_called(keep, make_verdict, name):
    state = judged(make_verdict, ["T1"] * 7)
    state.judged = {
        index: replace(one, probabilities={name: 0.6, "T1": 0.4})
        for index, one in state.judged.items()
    }
    plot = keep(ConfidencePlot())
    plot.resize(330, plot.height())
    plot.show_state(state, None)
    plot.canvas.draw()
    (legend,) = plot.axes.figure.legends
    shown, other = (one.get_text() for one in legend.get_texts())
    assert shown == name or (shown[:8] == name[:8] and "…" in shown)
    assert other == "T1"
    # It is drawn letter by letter, not left out or set as a formula.
    assert all(not one.get_parse_math() for one in legend.get_texts())
    assert plot.axes.bbox.width > 50


@pytest.mark.parametrize("place", [1, 3, 4])
def test_a_click_on_the_plot_goes_to_the_slice(qtbot, plot: ConfidencePlot, place: int) -> None:
    with qtbot.waitSignal(plot.slice_chosen) as gone:
        where = pixel_of(plot, place, 0.5)
        qtbot.mouseClick(plot.canvas, Qt.MouseButton.LeftButton, pos=where)
    assert gone.args == [place - 1]


def test_a_drag_along_the_plot_goes_through_the_slices_and_a_right_click_nowhere(
    qtbot, plot: ConfidencePlot
) -> None:
    went: list[int] = []
    plot.slice_chosen.connect(went.append)
    left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
    qtbot.mouseClick(plot.canvas, right, pos=pixel_of(plot, 2, 0.5))
    drag(plot, right, (3, 4))
    assert went == []
    drag(plot, left, (1, 2, 4))
    assert went == [0, 1, 3]
    # Once it is let go, nothing follows the mouse.
    move(plot, Qt.MouseButton.NoButton, 2)
    assert went == [0, 1, 3]


def drag(plot: ConfidencePlot, button: Qt.MouseButton, places: Sequence[int]) -> None:
    """Press at the first place, move through the others, and let go."""
    first, *others = places
    QTest.mousePress(plot.canvas, button, pos=pixel_of(plot, first, 0.5))
    for place in others:
        move(plot, button, place)
    QTest.mouseRelease(plot.canvas, button, pos=pixel_of(plot, places[-1], 0.5))


def move(plot: ConfidencePlot, held: Qt.MouseButton, place: int) -> None:
    """Move the mouse with a button held, which QTest's own moves hold none of."""
    where = QPointF(pixel_of(plot, place, 0.5))
    far = plot.canvas.mapToGlobal(where)
    none, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    moved = QMouseEvent(QEvent.Type.MouseMove, where, far, none, held, no_key)
    QApplication.sendEvent(plot.canvas, moved)


def test_once_clicked_the_plot_is_walked_by_keys(qtbot, plot: ConfidencePlot) -> None:
    went: list[int] = []
    plot.slice_chosen.connect(went.append)
    # As the panel does.
    plot.slice_chosen.connect(plot.move_marker)
    plot.activateWindow()
    qtbot.mouseClick(plot.canvas, Qt.MouseButton.LeftButton, pos=pixel_of(plot, 2, 0.5))
    qtbot.waitUntil(plot.hasFocus)
    keys = Qt.Key
    for key in (keys.Key_Right, keys.Key_End, keys.Key_Right, keys.Key_Left, keys.Key_Home):
        qtbot.keyClick(plot, key)
    assert went == [1, 2, 3, 3, 2, 0]


def test_a_click_beside_the_axes_goes_nowhere(qtbot, plot: ConfidencePlot, capsys) -> None:
    with qtbot.assertNotEmitted(plot.slice_chosen):
        qtbot.mouseClick(plot.canvas, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    # Where matplotlib tells what went wrong.
    assert capsys.readouterr().err == ""


def test_a_click_on_the_edge_of_the_axes_goes_to_the_first_slice(
    qtbot, plot: ConfidencePlot
) -> None:
    box = plot.axes.bbox
    with qtbot.waitSignal(plot.slice_chosen) as gone:
        # Half a slice before the first; the edge need not lie on a pixel here.
        middle = box.y0 + box.height / 2
        press = MouseEvent(
            "button_press_event", plot.canvas, box.x0, middle, button=MouseButton.LEFT
        )
        plot.canvas.callbacks.process(press.name, press)
    assert gone.args == [0]


def test_the_plot_follows_the_volume_in_view(qtbot, keep, make_verdict) -> None:
    series = Series(path="a", files=("a",), pixels=da.ones((2, 3, 8, 8)))
    layer = ViewerModel().add_image(series.pixels, metadata={"mrseq_series": series})
    annotate(layer, make_verdict(series, ["T1", "T1", "T1", "T2", "T2", "T2"]))
    plot = keep(ConfidencePlot())
    plot.show_state(state_of(layer), 0)
    plot.move_marker(4)
    assert plot.axes.get_lines()[0].get_label() == "T2"
    (legend,) = plot.axes.figure.legends
    assert [one.get_text() for one in legend.get_texts()] == ["T2"]
    with qtbot.waitSignal(plot.slice_chosen) as gone:
        plot.resize(400, 130)
        plot.show()
        qtbot.wait(50)
        qtbot.mouseClick(plot.canvas, Qt.MouseButton.LeftButton, pos=pixel_of(plot, 3, 0.5))
    assert gone.args == [5]


def test_where_no_slice_is_in_view_none_is_marked(keep, state: LayerState) -> None:
    plot = keep(ConfidencePlot())
    plot.show_state(state, 1)
    marked = len(plot.axes.get_lines())
    plot.move_marker(None)
    assert len(plot.axes.get_lines()) == marked - 1
    plot.move_marker(2)
    assert len(plot.axes.get_lines()) == marked


def test_without_a_verdict_no_empty_plot_is_left(keep, state: LayerState) -> None:
    plot = keep(ConfidencePlot())
    plot.show_state(state, 0)
    assert plot.axes.get_visible()
    plot.show_state(None, None)
    assert not plot.axes.get_visible()
    plot.show_state(state, 0)
    assert plot.axes.get_visible()


def test_long_words_beside_names_leave_them_room(keep) -> None:
    table = keep(Table(("Sequence", "Study", "Layer"), 2))
    words = "BOLD / T2* EPI", "export of a hospital far away, 2024-01-02", "t2_tirm_tra"
    table.set_rows([Row(0, tuple(map(Cell, words)))])
    table.resize(380, 200)
    table.show()
    widths = [table.columnWidth(one) for one in range(3)]
    letters = table.fontMetrics().horizontalAdvance(words[2])
    assert sum(widths) <= table.viewport().width()
    assert widths[2] > letters


@pytest.fixture
def layers(make_verdict) -> list[Image]:
    """Two layers that were judged, and one that waits."""
    viewer = ViewerModel()
    for name, code in (("t1_se_tra", "T1"), ("t2_tirm_tra", "FLAIR")):
        layer = viewer.add_image(np.ones((3, 8, 8)), name=name)
        annotate(layer, make_verdict(series_of(layer), [code] * 3))
    viewer.add_image(np.ones((3, 8, 8)), name="waiting")
    return list(viewer.layers)


@pytest.fixture
def study(keep, layers: list[Image]) -> StudyPanel:
    panel = keep(StudyPanel(), 400, 600)
    panel.show_layers(layers)
    return panel


def test_a_protocol_says_what_is_missing(qtbot, study: StudyPanel, layers: list[Image]) -> None:
    assert study.summary.text() == ""
    qtbot.keyClicks(study.protocol, "ms")
    assert study.protocol.currentText() == "ms"
    lines = study.summary.text().splitlines()
    assert any("FLAIR" in line for line in lines if line.startswith("●"))
    # What waits to be judged may be it.
    assert [line for line in lines if "T2: not found yet" in line]
    assert lines[-1] == "1 layer is not yet run."
    study.show_layers(layers[:-1])
    lines = study.summary.text().splitlines()
    assert [line for line in lines if "T2: MISSING" in line]
    assert "not yet" not in study.summary.text()


def test_a_protocol_of_ones_own_is_opened_from_its_file(
    qtbot, study: StudyPanel, answer, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text('name = "x"\n[[series]]\nname = "only T1"\nsequences = ["T1"]\n')
    answer(own)
    qtbot.mouseClick(study.open_button, Qt.MouseButton.LeftButton)
    assert study.protocol.currentText() == "own.toml"
    assert study.summary.text().splitlines()[0] == "● only T1"
    answer("")
    qtbot.mouseClick(study.open_button, Qt.MouseButton.LeftButton)
    assert study.protocol.currentText() == "own.toml"


def test_a_protocol_that_was_changed_since_is_opened_in_its_place(
    qtbot, study: StudyPanel, answer, tmp_path: Path
) -> None:
    before = study.protocol.count()
    own, other = tmp_path / "own.toml", tmp_path / "other" / "own.toml"
    other.parent.mkdir()
    for file, name in ((own, "first"), (other, "other"), (own, "changed"), (own, "again")):
        file.write_text(f'name = "x"\n[[series]]\nname = "{name}"\nsequences = ["T1"]\n')
        answer(file)
        qtbot.mouseClick(study.open_button, Qt.MouseButton.LeftButton)
        assert study.summary.text().splitlines()[0] == f"● {name}"
    hint = Qt.ItemDataRole.ToolTipRole
    opened = [study.protocol.itemData(place, hint) for place in range(before, before + 2)]
    assert opened == [str(own), str(other)]
    assert study.protocol.count() == before + 2


def test_what_is_no_protocol_is_told_and_the_last_one_stays(
    qtbot, study: StudyPanel, answer, tmp_path: Path
) -> None:
    study.protocol.setCurrentText("ms")
    (tmp_path / "bad.toml").write_text("name = ")
    answer(tmp_path / "bad.toml")
    qtbot.mouseClick(study.open_button, Qt.MouseButton.LeftButton)
    assert "bad.toml is not a TOML file" in study.summary.text()
    assert study.protocol.currentText() == "ms"


def test_what_rests_on_a_doubtful_series_is_marked_as_in_the_table(
    keep, make_verdict, layers
) -> None:
    panel = keep(StudyPanel())
    sure, doubted, _ = layers
    doubted.name = "a\nb"
    for options in ({"conflict": True}, {"decision": Decision("FLAIR", 0.79, "member")}):
        annotate(doubted, make_verdict(series_of(doubted), ["FLAIR"] * 3, **options))
        panel.show_layers([sure, doubted])
        panel.protocol.setCurrentText("ms")
        mark = panel.table.proxy.index(1, 2).data()
        assert mark
        assert panel.table.proxy.index(1, 3).data() == "a b"
        # No line is broken behind the mark.
        whole = mark.replace(" ", "\u00a0")
        assert f"● FLAIR (a b {whole})" in panel.summary.text().splitlines()
    annotate(doubted, make_verdict(series_of(doubted), ["FLAIR"] * 3))
    panel.show_layers([sure, doubted])
    assert "● FLAIR" in panel.summary.text().splitlines()


def test_layers_whose_names_look_like_paths_are_one_study(keep, make_verdict) -> None:
    panel = keep(StudyPanel())
    viewer = ViewerModel()
    for name in ("T1/T2 ratio", "knee 29/11", "one slice"):
        layer = viewer.add_image(np.ones((3, 8, 8)), name=name)
        annotate(layer, make_verdict(series_of(layer), ["T2"] * 3))
    panel.protocol.setCurrentText("ms")
    panel.show_layers(list(viewer.layers))
    assert "Layers of no study" not in panel.summary.text()
    assert panel.summary.text().count("T2: twice") == 1


def lose(layer: Image, make_verdict) -> None:
    """Keep of a layer, as a run does, that none of its slices can be read."""
    slices = make_verdict(series_of(layer), ["T2"] * 3).slices
    unread = Failure("IM1.dcm", "is damaged")
    keep_slices(layer, MODEL_ID, [replace(one, failure=unread) for one in slices])


def test_what_is_not_required_is_not_there_only_once_all_is_looked_at(
    study: StudyPanel, layers: list[Image], make_verdict
) -> None:
    study.protocol.setCurrentText("ms")
    assert "– SWI: not found yet, not required" in study.summary.text().splitlines()
    lose(layers[-1], make_verdict)
    study.show_layers(layers)
    assert "– SWI: not found, not required" in study.summary.text().splitlines()
    study.show_layers(layers[:-1])
    assert "– SWI: not there, not required" in study.summary.text().splitlines()


def test_a_layer_that_cannot_be_judged_is_not_waited_for(
    study: StudyPanel, layers: list[Image]
) -> None:
    five = ViewerModel().add_image(np.ones((2, 2, 2, 8, 8)), name="five")
    study.protocol.setCurrentText("ms")
    study.show_layers([*layers, five])
    assert study.summary.text().splitlines()[-1] == "1 layer is not yet run."
    study.show_layers([*layers[:-1], five])
    assert "T2: MISSING" in study.summary.text()
    assert "not yet" not in study.summary.text()


def test_a_protocol_misses_nothing_that_may_be_in_a_series_that_was_not_read(
    study: StudyPanel, layers: list[Image], make_verdict
) -> None:
    *judged, lost = layers
    lose(lost, make_verdict)
    study.show_layers(layers)
    # Without a protocol the table says it.
    assert study.summary.text() == ""
    study.protocol.setCurrentText("ms")
    lines = study.summary.text().splitlines()
    assert [line for line in lines if "T2: not found" in line]
    assert lines[-1] == "1 series could not be read."
    study.show_layers(judged)
    assert "T2: MISSING" in study.summary.text()
    assert "could not be read" not in study.summary.text()


def test_each_of_several_studies_has_its_heading(keep, make_verdict, layers) -> None:
    panel = keep(StudyPanel())
    exams = [examination(number, make_verdict) for number in (1, 2)]
    panel.protocol.setCurrentText("ms")
    panel.show_layers(exams[:1])
    assert "Study" not in panel.summary.text()
    panel.show_layers([*exams, layers[0]])
    parts = [part.splitlines() for part in panel.summary.text().split("\n\n")]
    assert [lines[0] for lines in parts] == [
        "Study /data/exam1 1.2.1",
        "Study /data/exam2 1.2.2",
        "Layers of no study",
    ]
    assert ["● T2" in lines for lines in parts] == [True, True, False]


def test_only_the_study_of_a_series_that_was_not_read_may_hold_what_is_missing(
    keep, make_verdict
) -> None:
    panel = keep(StudyPanel())
    one, other, lost = (
        examination(number, make_verdict, judged=number != 3) for number in (1, 2, 3)
    )
    lose(lost, make_verdict)
    panel.protocol.setCurrentText("ms")
    panel.show_layers([one, lost, other])
    parts = [part.splitlines() for part in panel.summary.text().split("\n\n")]
    assert ["○ FLAIR: MISSING" in lines for lines in parts] == [True, False, True]
    heading, *_, last = parts[1]
    assert (heading, last) == ("Study /data/exam3 1.2.3", "1 series could not be read.")
    assert "○ T2: not found" in parts[1]


def test_a_protocol_for_many_studies_leaves_the_window_as_it_is(
    qtbot, viewer, panel, make_verdict
) -> None:
    for number in range(12):
        viewer.layers.append(examination(number, make_verdict))
    viewer.window.resize(1280, 720)
    panel.tabs.setCurrentWidget(panel.study)
    panel.refresh()
    qtbot.waitUntil(lambda: viewer.window.geometry()[2:] == (1280, 720))
    study = panel.study
    qtbot.wait(50)
    height = study.table.height()
    study.protocol.setCurrentText("brain-tumour")
    qtbot.wait(50)
    assert viewer.window.geometry()[2:] == (1280, 720)
    assert LEAST_TABLE < study.table.height() < height
    # All of it can be scrolled to.
    words = study.summary
    assert words.height() >= words.heightForWidth(words.width())
    study.protocol.setCurrentIndex(0)
    qtbot.waitUntil(lambda: study.table.height() == height)
    # A short one is in sight as a whole.
    study.show_layers(list(viewer.layers)[:1])
    study.protocol.setCurrentText("brain-tumour")
    qtbot.wait(50)
    assert words.text().count("\n") == 6
    assert words.visibleRegion().boundingRect() == words.rect()


def examination(number: int, make_verdict, *, judged: bool = True) -> Image:
    """Return a layer of a study of its own."""
    series = replace(
        series_from_array(np.ones((3, 8, 8)), name="t2"), study_uid=f"1.2.{number}",
        path=f"/data/exam{number}", files=(f"/data/exam{number}/IM1.dcm",), kind="dicom",
    )  # fmt: skip
    layer = Image(series.pixels, name="t2", metadata={SERIES_KEY: series})
    if judged:
        annotate(layer, make_verdict(series, ["T2"] * 3))
    return layer


def test_the_study_names_series_as_its_table_does(keep, make_verdict) -> None:
    viewer = ViewerModel()
    described = replace(
        series_from_array(np.ones((3, 8, 8)), name="x"), description="t2_tse",
        spacing=(3.0, 1.0, 1.0), affine=np.diag([1.0, 1.0, 3.0, 1.0])[:, [2, 1, 0, 3]],
    )  # fmt: skip
    layers = []
    for number, name in enumerate(("t2_tse", "t1_se [1]")):
        series = replace(described, series_uid=f"1.{number}")
        layer = viewer.add_image(series.pixels, name=name, metadata={SERIES_KEY: series})
        annotate(layer, make_verdict(series, ["T2"] * 3))
        layers.append(layer)
    panel = keep(StudyPanel())
    panel.show_layers(layers)
    assert column(panel.table, 3) == ["t2_tse", "t1_se [1]"]
    assert panel.summary.text() == "twice: t2_tse, t1_se [1]"
    # With a protocol its entry says so: once is enough.
    panel.protocol.setCurrentText("ms")
    twice = [line for line in panel.summary.text().splitlines() if "twice" in line]
    assert twice == ["●● T2: twice: t2_tse, t1_se [1]"]


def test_a_word_on_a_few_slices_is_a_doubt_in_the_study(keep, make_verdict) -> None:
    layer = ViewerModel().add_image(np.ones((18, 8, 8)))
    annotate(layer, make_verdict(series_of(layer), ["T2"]))
    table = keep(StudyTable())
    table.show_layers([layer])
    assert column(table, 2) == ["▲ 1 of 18"]


def test_return_in_the_study_shows_the_layer_and_stays_on_its_row(
    qtbot, viewer, panel, make_verdict
) -> None:
    for name in "abcd":
        layer = viewer.add_image(np.ones((3, 8, 8)), name=name)
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    panel.tabs.setCurrentWidget(panel.study)
    table = panel.study.table
    qtbot.waitUntil(lambda: table.proxy.rowCount() == 4)
    click(qtbot, table, 1)
    for name in "bc":
        qtbot.keyClick(table, Qt.Key.Key_Return)
        assert viewer.layers.selection.active.name.endswith(name)
        assert table.currentIndex().siblingAtColumn(3).data() == name
        qtbot.keyClick(table, Qt.Key.Key_Down)
    # The row is its layer's, whatever comes or goes before it.
    viewer.layers.remove(viewer.layers[0])
    qtbot.waitUntil(lambda: table.proxy.rowCount() == 3)
    assert table.currentIndex().siblingAtColumn(3).data() == "d"
    assert table.currentIndex().row() == 2
    (chosen,) = table.selectionModel().selectedRows(3)
    assert chosen.data() == "d"


def test_two_models_of_one_name_are_told_apart(keep, make_verdict) -> None:
    layers, said = [], []
    result = keep(ResultPanel())
    for digit in "ab":
        layer = Image(np.ones((4, 16, 16)), name=digit)
        identity = {"name": "knee", "version": "1", "sha256": digit * 64}
        annotate(layer, replace(make_verdict(series_of(layer), CODES), model_id=identity))
        result.show_state(state_of(layer), "cpu")
        said.append(result.model.toolTip())
        layers.append(layer)
    assert said == [f"Judged by knee 1, weights {digit * 6}" for digit in "ab"]
    table = keep(StudyTable())
    table.show_layers(layers)
    rows = [table.proxy.index(row, 0) for row in (0, 1)]
    assert [row.data(Qt.ItemDataRole.ToolTipRole) for row in rows] == said


def test_the_slices_of_a_layer_are_not_looked_at_again_for_the_study(
    qtbot, viewer, panel, make_verdict
) -> None:
    """A doubt may lie in any of thousands: the window would stand still at each click."""
    looks: list[str] = []

    class Slices(tuple):
        __slots__ = ()

        def __iter__(self):
            looks.append("look")
            return super().__iter__()

    first, second, other = [viewer.add_image(np.ones((4, 16, 16)), name=name) for name in "abc"]
    for layer in (first, second, other):
        verdict = make_verdict(series_of(layer), CODES)
        counted = Slices(verdict.slices) if layer == other else verdict.slices
        annotate(layer, replace(verdict, slices=counted))
    panel.refresh()
    assert looks
    looks.clear()
    for layer in (first, second):
        viewer.layers.selection.active = layer
        assert panel.layer == layer
    viewer.add_image(np.ones((4, 16, 16)), name="d")
    qtbot.waitUntil(lambda: panel.study.table.proxy.rowCount() == 4)
    assert not looks
