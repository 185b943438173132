"""The dock widget in a real napari window, with the network that ships, pressed by the mouse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import dask.array as da
import jsonschema
import numpy as np
import pytest
from qtpy.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, QTranslator
from qtpy.QtGui import QMouseEvent
from qtpy.QtWidgets import QApplication, QWidget

import napari_mrseq as mrseq
from napari_mrseq.sequences import name_of
from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.scope import ALL_LAYERS, SLICE_IN_VIEW

from .canvas import words_on_canvas
from .heads import heads
from .tables import click, double_click

LEFT = Qt.MouseButton.LeftButton

CLOSED_WHILE_RUNNING = """
import sys, napari, numpy as np
from qtpy.QtCore import QTimer
viewer = napari.Viewer()
viewer.add_image(np.random.default_rng(0).random((200, 64, 64)))
panel = viewer.window.add_plugin_dock_widget("napari-mrseq", "MR sequence classifier")[1]
seen = []
panel.runner.judged.connect(lambda layer: seen or (seen.append(layer), viewer.close()))
panel.layer_actions.run()
QTimer.singleShot(180_000, lambda: sys.exit("the run never judged a slice"))
napari.run()
print("closed", len(seen))
"""

NOTHING_TOO_EARLY = """
import sys, napari
viewer = napari.Viewer()
print([name for name in sys.modules if name.startswith("napari_mrseq.")])
viewer.window.add_plugin_dock_widget("napari-mrseq", "MR sequence classifier")
print([name for name in ("torch", "matplotlib", "pydicom", "nibabel") if name in sys.modules])
viewer.close()
"""


def test_open_a_folder_press_run_and_read(
    viewer, run, open_panel, sample_study: Path, schema_file: Path
) -> None:
    """The main job: name, metadata and the words on the canvas."""
    viewer.open(str(sample_study / "t2_tse_tra"), plugin="napari-mrseq")
    panel = open_panel()
    run(panel)
    (layer,) = viewer.layers
    record = layer.metadata["mrseq"]
    jsonschema.validate(
        json.loads(json.dumps([record])), json.loads(schema_file.read_text(encoding="utf-8"))
    )
    assert len(record["slices"]) == layer.data.shape[0]
    shown = f"[{name_of(record['sequence'])} {record['confidence']:.0%}] t2_tse_tra"
    expected = "[unknown] t2_tse_tra" if record["sequence"] == "UNKNOWN" else shown
    assert layer.name == expected + (" ≠ header" if record["conflict"] else "")
    for place in (3, 9):
        viewer.dims.set_current_step(0, place)
        text = viewer.canvas.overlays.text.text
        said = record["slices"][place]
        assert text.startswith(name_of(said["sequence"]))
        assert text.endswith(f"slice {place + 1} of {layer.data.shape[0]}")
    assert panel.result.verdict.text().endswith(name_of(record["sequence"]))
    assert (
        "cpu" in panel.model_choice.device_used.value
        or "cuda" in panel.model_choice.device_used.value
    )


def test_the_ends_of_a_judged_stack_are_what_its_middle_is(
    viewer, press, run, open_panel, sample_study: Path
) -> None:
    viewer.open(str(sample_study / "t2_tse_tra"), plugin="napari-mrseq")
    panel = open_panel()
    run(panel)
    for place in range(viewer.layers[0].data.shape[0]):
        viewer.dims.set_current_step(0, place)
        assert viewer.canvas.overlays.text.text.startswith("T2 ")
    press(panel.slices.only_odd)
    assert panel.slices.table.proxy.rowCount() == 0


def test_the_panel_says_what_python_says(viewer, run, open_panel, sample_study: Path) -> None:
    folder = sample_study / "t1_se_tra"
    viewer.open(str(folder), plugin="napari-mrseq")
    run(open_panel())
    (series,) = mrseq.read(folder)
    verdict = mrseq.classify(series, mrseq.load_model("default", device="auto"))
    shown, expected = viewer.layers[0].metadata["mrseq"], verdict.to_dict()
    assert shown["sequence"] == expected["sequence"]
    assert [s["sequence"] for s in shown["slices"]] == [s["sequence"] for s in expected["slices"]]
    # Batches of another size move the last digit.
    assert shown["probabilities"] == pytest.approx(expected["probabilities"], abs=2e-4)
    assert shown["confidence"] == pytest.approx(expected["confidence"], abs=2e-4)


def test_revert_gives_name_metadata_and_canvas_back(viewer, press, run, open_panel) -> None:
    layer = viewer.add_image(heads(3, 32, 32), name="mine", metadata={"a": 1})
    panel = open_panel()
    run(panel)
    assert layer.name != "mine"
    press(panel.page.revert_button)
    assert (layer.name, layer.metadata) == ("mine", {"a": 1})
    assert not viewer.canvas.overlays.text.text.strip()
    assert panel.controls.status.value == ""
    # Names of layers, which it tells, may look like HTML.
    assert panel.controls.status.native.textFormat() == Qt.TextFormat.PlainText
    assert not panel.page.revert_button.isEnabled()


def test_revert_works_after_the_panel_was_closed(qtbot, viewer, press, run, open_panel) -> None:
    layer = viewer.add_image(heads(3, 32, 32), name="mine", metadata={"a": 1})
    panel = open_panel()
    run(panel)
    viewer.window.remove_dock_widget(panel)
    qtbot.wait(50)
    press(open_panel().page.revert_button)
    assert (layer.name, layer.metadata) == ("mine", {"a": 1})


@pytest.mark.parametrize(
    ("shape", "rgb", "slices", "in_view"),
    [
        ((48, 40), False, 1, "slice 1 of 1"),
        ((48, 40, 3), True, 1, "slice 1 of 1"),
        ((3, 48, 40), False, 3, "slice 2 of 3"),
        ((2, 3, 48, 40), False, 6, "slice 2 of 3, volume 1 of 2"),
    ],
)
def test_any_image_is_taken_whoever_loaded_it(
    viewer, run, open_panel, shape, rgb, slices, in_view
) -> None:
    pixels = np.random.default_rng(0).random(shape) if rgb else heads(*shape)
    layer = viewer.add_image(pixels, rgb=rgb, name="mine")
    run(open_panel())
    assert len(layer.metadata["mrseq"]["slices"]) == slices
    assert layer.metadata["mrseq"]["header"] is None
    # A narrow canvas breaks the line.
    assert viewer.canvas.overlays.text.text.replace("\n", ", ").endswith(in_view)


def test_the_scope_can_be_the_slice_in_view(viewer, run, open_panel) -> None:
    layer = viewer.add_image(heads(5, 32, 32))
    panel = open_panel()
    viewer.dims.set_current_step(0, 3)
    panel.controls.scope.value = SLICE_IN_VIEW
    run(panel)
    assert [entry["index"] for entry in layer.metadata["mrseq"]["slices"]] == [3]
    assert "1 of 5 slices" in panel.result.doubts.text()
    assert panel.controls.progress.native.format() == "1 of 1 slice"
    viewer.dims.set_current_step(0, 4)
    assert words_on_canvas(viewer) == "not yet run slice 5 of 5"


def test_a_hidden_layer_is_shown_when_it_is_asked_about(viewer, run, open_panel) -> None:
    hidden = viewer.add_image(heads(4, 32, 32), name="hidden", translate=(50, 0, 0), visible=False)
    other = viewer.add_image(heads(4, 32, 32), name="other")
    panel = open_panel()
    viewer.layers.selection.active = hidden
    viewer.dims.set_point(0, 1)
    assert not hidden.visible
    run(panel)
    assert (hidden.visible, other.visible) == (True, False)
    assert viewer.canvas.overlays.text.text.endswith("slice 3 of 4")
    panel.controls.layer.value = other
    assert (hidden.visible, other.visible) == (False, True)
    assert not viewer.canvas.overlays.text.text.strip()


def test_the_scope_can_be_all_layers(viewer, run, open_panel) -> None:
    for number in range(3):
        viewer.add_image(heads(2, 32, 32), name=f"series {number}", visible=number == 1)
    viewer.add_labels(np.ones((2, 32, 32), int), name="no image")
    panel = open_panel()
    panel.controls.scope.value = ALL_LAYERS
    run(panel)
    assert all(layer.name.startswith("[") for layer in list(viewer.layers)[:3])
    assert viewer.layers[3].name == "no image"
    assert panel.controls.status.value == "3 layers classified."


def test_the_window_lives_and_run_is_locked_while_it_runs(viewer, run, open_panel) -> None:
    viewer.add_image(heads(400, 64, 64))
    panel = open_panel()
    beats, locked = [], []
    heart = QTimer(panel)
    heart.timeout.connect(lambda: beats.append(panel.controls.run.enabled))
    heart.start(10)
    panel.runner.judged.connect(lambda _: locked.append(panel.controls.cancel.enabled))
    run(panel)
    heart.stop()
    assert len(beats) > 10
    assert beats.count(False) > 10
    assert all(locked)
    assert panel.controls.run.enabled
    assert not panel.controls.cancel.enabled


def test_only_the_first_run_waits_for_the_model_and_says_so(
    qtbot, viewer, press, open_panel
) -> None:
    viewer.add_image(heads(2, 32, 32))
    panel = open_panel()
    for words in ("Loading the model, once…", "Classifying…"):
        with qtbot.waitSignal(panel.run_finished):
            press(panel.controls.run)
            assert panel.controls.status.value == words
        assert panel.controls.status.value == "1 layer classified."


def test_cancel_stops_and_keeps_what_is_judged(qtbot, viewer, press, open_panel) -> None:
    layer = viewer.add_image(heads(3000, 64, 64), name="long")
    panel = open_panel()
    with qtbot.waitSignal(panel.run_finished):
        press(panel.controls.run)
        qtbot.waitUntil(lambda: state_of(layer) is not None)
        # One who is impatient.
        press(panel.controls.cancel)
        press(panel.controls.cancel)
    assert layer.name == "long"
    assert 0 < len(state_of(layer).judged) < 3000
    assert panel.controls.status.value == "Cancelled."
    assert "of 3000 slices" in panel.result.hint.text()
    assert panel.controls.run.enabled


def test_the_slice_in_view_comes_first(qtbot, viewer, press, open_panel) -> None:
    layer = viewer.add_image(heads(1000, 64, 64))
    panel = open_panel()
    viewer.dims.set_current_step(0, 150)
    with qtbot.waitSignal(panel.run_finished):
        press(panel.controls.run)
        qtbot.waitUntil(lambda: state_of(layer) is not None)
        first = list(state_of(layer).judged)
        press(panel.controls.cancel)
    assert 150 in first
    assert len(first) < 500


def test_layers_may_go_hide_and_change_their_names_during_a_run(viewer, run, open_panel) -> None:
    stays, goes, last = (viewer.add_image(heads(128, 64, 64), name=n) for n in "abc")
    panel = open_panel()
    panel.controls.scope.value = ALL_LAYERS

    def change(_layer) -> None:
        panel.runner.judged.disconnect(change)
        viewer.layers.remove("b")
        stays.name = "renamed"
        stays.visible = False
        viewer.layers.move(0, 2)

    panel.runner.judged.connect(change)
    run(panel)
    assert stays.name.endswith("] renamed")
    assert last.name.endswith("] c")
    assert goes.name == "b"
    assert len(viewer.layers) == 2
    # Who removes a layer needn't be told of it.
    assert panel.controls.status.value == "2 layers classified."


def test_the_list_of_layers_keeps_their_order(viewer, open_panel) -> None:
    layers = [viewer.add_image(heads(2, 32, 32), name=name) for name in "abc"]
    panel = open_panel()
    layers[0].name = "[T2 99%] a"
    assert list(panel.controls.layer.choices) == list(viewer.layers)
    viewer.layers.move(0, 3)
    assert list(panel.controls.layer.choices) == list(viewer.layers)


def test_a_closed_panel_leaves_nothing_behind(qtbot, viewer, run, open_panel) -> None:
    layer = viewer.add_image(heads(3, 32, 32))
    emitters = [
        viewer.dims.events.point,
        viewer.dims.events.order,
        viewer.layers.events.inserted,
        viewer.layers.events.removed,
        *(layer.events[name] for name in ("data", "metadata", "name", "set_data")),
        viewer.layers.selection.events.active,
    ]

    def listening() -> list[list[str]]:
        return [[str(one) for one in emitter.callbacks] for emitter in emitters]

    before = listening()
    panel = open_panel()
    run(panel)
    assert all(now != then for now, then in zip(listening(), before, strict=True))
    assert viewer.canvas.overlays.text.text
    viewer.window.remove_dock_widget(panel)
    qtbot.wait(100)
    assert listening() == before
    assert not viewer.canvas.overlays.text.visible
    viewer.dims.set_current_step(0, 2)
    assert not viewer.canvas.overlays.text.text.strip()


def test_a_device_that_is_missing_is_said_in_words(viewer, run, open_panel) -> None:
    import torch

    absent = "mps" if not torch.backends.mps.is_available() else "cuda"
    layer = viewer.add_image(heads(2, 32, 32), name="mine")
    panel = open_panel()
    panel.model_choice.device.value = absent
    run(panel)
    told = f"Device {absent}: this machine has no {absent} device"
    assert panel.controls.status.value.startswith(told)
    assert layer.name == "mine"
    assert panel.controls.run.enabled
    # What broke one run off is not said of the next.
    panel.model_choice.device.value = "cpu"
    run(panel)
    assert panel.controls.status.value == "1 layer classified."


def test_a_tensor_is_judged_as_an_array_is(viewer, run, open_panel) -> None:
    import torch

    pixels = heads(2, 32, 32)
    layers = [viewer.add_image(one) for one in (pixels, torch.from_numpy(pixels))]
    panel = open_panel()
    panel.controls.scope.value = ALL_LAYERS
    run(panel)
    assert panel.controls.status.value == "2 layers classified."
    found = [layer.metadata["mrseq"]["probabilities"] for layer in layers]
    assert found[0] == found[1]


def test_what_cannot_be_judged_is_said_and_the_rest_goes_on(viewer, run, open_panel) -> None:
    five = viewer.add_image(heads(2, 2, 2, 8, 8), name="five axes")
    good = viewer.add_image(heads(2, 32, 32), name="good")
    panel = open_panel()
    panel.controls.scope.value = ALL_LAYERS
    run(panel)
    assert good.name.endswith("] good")
    assert "five axes" in panel.controls.status.value
    # The run was over both: its end stays, whichever is looked at.
    panel.controls.layer.value = five
    assert "1 layer classified. five axes has" in panel.controls.status.value


def test_without_a_layer_the_panel_says_what_to_do(viewer, press, panel) -> None:
    assert "Open a DICOM folder" in panel.result.hint.text()
    press(panel.controls.run)
    assert panel.controls.status.value == "There is no image layer to classify yet."
    viewer.add_image(heads(2, 32, 32))
    assert "Press Run" in panel.result.hint.text()
    assert panel.controls.status.value == ""
    viewer.layers.clear()
    assert "Open a DICOM folder" in panel.result.hint.text()


def test_the_panel_follows_the_layer_list(viewer, open_panel) -> None:
    first = viewer.add_image(heads(2, 32, 32), name="first")
    second = viewer.add_image(heads(2, 32, 32), name="second")
    panel = open_panel()
    assert panel.layer == second
    viewer.layers.selection.active = first
    assert panel.layer == first
    first.name = "another name"
    assert panel.layer == first
    panel.controls.layer.value = second
    assert viewer.layers.selection.active == second


def test_a_verdict_on_what_is_not_seen_is_said_to_be_of_a_hidden_layer(
    viewer, panel, make_verdict, sample_study: Path
) -> None:
    first, second = viewer.open(
        [sample_study / "t2_tse_tra", sample_study / "pd_tse_tra"], plugin="napari-mrseq"
    )
    series = series_of(first)
    annotate(first, make_verdict(series, ["T2"] * series.slice_count))
    viewer.layers.selection.active = second
    first.visible = False
    viewer.layers.selection.active = first
    said = panel.result.plane.text
    assert said() == "axial, layer hidden"
    for visible, words in ((True, "axial"), (False, "axial, layer hidden"), (True, "axial")):
        first.visible = visible
        assert said() == words
    # That another one is hidden says nothing of it.
    second.visible = False
    assert said() == "axial"
    second.visible, first.visible = True, False
    panel.study.table.layer_chosen.emit(first)
    assert said() == "axial"


def test_keys_start_a_run(qtbot, viewer, open_panel, press_keys) -> None:
    layer = viewer.add_image(heads(2, 32, 32), name="mine")
    panel = open_panel()
    with qtbot.waitSignal(panel.run_finished):
        press_keys(panel.window(), Qt.Key.Key_R)
    assert layer.name.endswith("] mine")


def test_keys_are_told_as_the_system_writes_them(open_panel) -> None:
    class Mac(QTranslator):
        """Calls the key of macOS by its sign: elsewhere Qt does so of those of other languages."""

        def translate(self, context: str, source: str, *_more: Any) -> str:
            return "⌘" if (context, source) == ("QShortcut", "Ctrl") else source

    application, mac = QApplication.instance(), Mac()
    application.installTranslator(mac)
    try:
        panel = open_panel()
    finally:
        application.removeTranslator(mac)
    hints = [widget.toolTip() for widget in panel.findChildren(QWidget)]
    assert "Classify now (⌘+Shift+R)" in hints
    assert not any("Ctrl" in hint for hint in hints)


def test_the_key_of_run_is_locked_with_its_button(qtbot, viewer, open_panel, press_keys) -> None:
    viewer.add_image(heads(100, 64, 64))
    panel = open_panel()
    started: list[str] = []
    panel.runner.started.connect(started.append)
    with qtbot.waitSignal(panel.run_finished):
        press_keys(panel.window(), Qt.Key.Key_R)
        press_keys(panel.window(), Qt.Key.Key_R)
    assert panel.controls.status.value == "1 layer classified."
    assert len(started) == 1


def test_live_names_the_slice_under_the_slider(qtbot, viewer, press, open_panel) -> None:
    layer = viewer.add_image(heads(20, 64, 64), name="mine")
    panel = open_panel()
    press(panel.controls.live)
    text = viewer.canvas.overlays.text
    qtbot.waitUntil(lambda: "slice" in text.text and "not yet" not in text.text)
    viewer.dims.set_current_step(0, 19)
    qtbot.waitUntil(lambda: 19 in state_of(layer).judged)
    qtbot.waitUntil(lambda: layer.name.endswith("] mine"))
    assert text.text.endswith("slice 20 of 20")


def test_a_second_run_judges_only_what_is_new(viewer, press, run, open_panel) -> None:
    layer = viewer.add_image(heads(1000, 32, 32))
    panel = open_panel()

    def cancel_midway(_layer) -> None:
        if len(judged(layer)) >= 32:
            panel.runner.judged.disconnect(cancel_midway)
            press(panel.controls.cancel)

    panel.runner.judged.connect(cancel_midway)
    run(panel)
    kept = dict(judged(layer))
    assert len(kept) < 1000
    run(panel)
    assert len(judged(layer)) == 1000
    alone = {index: one.without_stack for index, one in judged(layer).items()}
    same = [index for index, verdict in kept.items() if alone[index] is verdict]
    # A batch that was not through is judged as a whole.
    assert len(same) >= 32
    # With nothing left to judge, the bar does not stand at none of 1000.
    run(panel)
    assert panel.controls.status.value == "1 layer classified."
    assert panel.controls.progress.native.text() == "1000 of 1000 slices"


def judged(layer) -> dict:
    state = state_of(layer)
    return {} if state is None else state.judged


def test_tables_and_plot_move_the_slider(qtbot, viewer, run, open_panel) -> None:
    viewer.add_image(heads(6, 32, 32), scale=(5, 1, 1), translate=(-12, 0, 0))
    panel = open_panel()
    run(panel)
    click(qtbot, panel.slices.table, 4)
    assert viewer.dims.point[0] == pytest.approx(8)
    qtbot.wait(50)
    canvas = panel.plot.canvas
    x, y = panel.plot.axes.transData.transform((2, 0.5)) / canvas.device_pixel_ratio
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(round(x), round(canvas.height() - y)))
    assert viewer.dims.point[0] == pytest.approx(-7)


def test_a_double_click_in_the_study_shows_the_layer(qtbot, viewer, open_panel) -> None:
    first = viewer.add_image(heads(6, 32, 32), translate=(100, 0, 0), name="first")
    second = viewer.add_image(heads(6, 32, 32), name="second")
    panel = open_panel()
    viewer.dims.set_point(0, 2)
    panel.tabs.setCurrentWidget(panel.study)
    double_click(qtbot, panel.study.table, 0)
    assert (first.visible, second.visible) == (True, False)
    assert panel.layer == first
    # The slider stands on a slice that the layer has.
    assert 100 <= viewer.dims.point[0] <= 105


def test_a_double_click_opens_a_row_whose_columns_move_between_both_clicks(
    qtbot, viewer, open_panel
) -> None:
    """As they do while a run names one layer after the other."""
    first = viewer.add_image(heads(6, 32, 32), name="first")
    viewer.add_image(heads(6, 32, 32), name="second")
    panel = open_panel()
    panel.tabs.setCurrentWidget(panel.study)
    table = panel.study.table
    cell = table.visualRect(table.proxy.index(0, 0))
    place = QPoint(cell.right() - 2, cell.center().y())
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    table.setColumnWidth(0, cell.width() - 10)
    # Not mouseDClick, which begins with a click of its own.
    where = QPointF(place), QPointF(table.viewport().mapToGlobal(place))
    kind, no_key = QEvent.Type.MouseButtonDblClick, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(table.viewport(), QMouseEvent(kind, *where, LEFT, LEFT, no_key))
    assert [layer.visible for layer in viewer.layers] == [True, False]
    assert panel.layer == first


def test_every_slice_of_a_long_stack_says_its_own_word(
    qtbot, viewer, open_panel, make_verdict
) -> None:
    codes = [("T1", "T2", "FLAIR")[index % 3] for index in range(200)]
    layer = viewer.add_image(heads(200, 32, 32))
    annotate(layer, make_verdict(series_of(layer), codes))
    panel = open_panel()
    qtbot.waitUntil(lambda: panel.plot.canvas is not None)
    for place in [*range(40), *range(199, -1, -7)]:
        viewer.dims.set_current_step(0, place)
        QApplication.processEvents()
        assert words_on_canvas(viewer) == f"{name_of(codes[place])} 90 % slice {place + 1} of 200"
    assert panel.runner.focus.index == 3


def test_beside_each_other_and_in_3d_the_words_are_drawn(viewer, open_panel, make_verdict) -> None:
    for name, code in (("one", "T1"), ("two", "T2")):
        layer = viewer.add_image(heads(4, 64, 64), name=name)
        annotate(layer, make_verdict(series_of(layer), [code] * 4))
    open_panel()

    def drawn() -> np.ndarray:
        return viewer.screenshot(canvas_only=True, flash=False)

    for show in (
        lambda: setattr(viewer.canvas.grid, "enabled", True),
        lambda: setattr(viewer.dims, "ndisplay", 3),
        lambda: setattr(viewer.canvas.grid, "enabled", False),
    ):
        show()
        with_words = drawn()
        viewer.canvas.overlays.text.visible = False
        assert (drawn() != with_words).any()
        viewer.canvas.overlays.text.visible = True
    assert viewer.canvas.overlays.text.text == "T2 90 %   whole stack\ntwo"


def test_in_a_low_window_all_buttons_are_in_sight(qtbot, viewer, open_panel, make_verdict) -> None:
    layer = viewer.add_image(heads(4, 64, 64), name="a long name " * 9)
    annotate(layer, make_verdict(series_of(layer), ["T1", "T2", "T1", "T1"]))
    panel = open_panel()
    panel.window().resize(1280, 720)
    qtbot.waitUntil(lambda: panel.window().height() == 720)
    qtbot.wait(100)
    page = panel.page
    for button in (
        panel.controls.run.native,
        panel.controls.cancel.native,
        page.explain_button,
        page.correct_button,
        page.undo_button,
        page.revert_button,
        page.export_button,
    ):
        assert button.visibleRegion().boundingRect() == button.rect(), button.text()
        assert button.width() >= button.minimumSizeHint().width(), button.text()
    status = panel.controls.status.native
    panel.controls.status.value = "What went wrong takes several lines to say. " * 5
    qtbot.waitUntil(lambda: status.height() >= status.heightForWidth(status.width()))
    assert status.visibleRegion().boundingRect() == status.rect()


def test_what_breaks_a_run_off_is_said_and_run_is_free_again(viewer, run, open_panel) -> None:
    """A layer of another plugin's, whose pixels can't be had."""

    def fetch(block: np.ndarray, block_info: Any = None) -> np.ndarray:
        if block_info and block_info[0]["chunk-location"][0] == 4:
            raise ZeroDivisionError("no such pixels")
        return block

    pixels = da.from_array(heads(5, 64, 64), chunks=(1, 64, 64)).map_blocks(fetch, dtype="f4")
    layer = viewer.add_image(pixels, contrast_limits=(0, 3), name="mine")
    viewer.dims.set_current_step(0, 0)
    panel = open_panel()
    run(panel)
    assert "no such pixels" in panel.controls.status.value
    assert "mrseq" not in layer.metadata
    assert panel.controls.run.enabled
    # Other layers are judged all the same.
    good = viewer.add_image(heads(3, 64, 64), contrast_limits=(0, 3), name="good")
    panel.controls.scope.value = ALL_LAYERS
    run(panel)
    assert "mrseq" not in layer.metadata
    assert good.metadata["mrseq"]["error"] is None
    assert "mine" in panel.controls.status.value


def test_the_sample_study_opens_from_the_menu(viewer) -> None:
    layers = viewer.open_sample("napari-mrseq", "mr-study")
    assert len(layers) >= 6


@pytest.mark.parametrize(
    ("script", "expected"),
    [(CLOSED_WHILE_RUNNING, "closed 1"), (NOTHING_TOO_EARLY, "[]\n[]")],
)
def test_a_real_process(script: str, expected: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stdout.strip()) == (0, expected), done.stderr
    assert "Traceback" not in done.stderr
