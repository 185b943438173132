"""The user's word against the program's: shown as theirs, undone, and kept for training."""

from __future__ import annotations

import copy
import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import dask.array as da
import jsonschema
import nibabel
import numpy as np
import pytest
from napari.layers import Image
from PIL import Image as Picture
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel

from napari_mrseq.bids import write_sidecars
from napari_mrseq.correction import Correction
from napari_mrseq.errors import MrseqError
from napari_mrseq.header import HeaderClaim
from napari_mrseq.report import to_csv
from napari_mrseq.series import Series
from napari_mrseq.training.catalogue import read_catalogue
from napari_mrseq.training.labelled_slices import read_slice
from napari_mrseq.viewer.annotation import annotate, correct_layer, keep_slices
from napari_mrseq.viewer.labels import write_labels
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.reader import read_layers

from .canvas import words_on_canvas
from .sight import texts_cut_off
from .tables import click, click_heading, column

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def layer(viewer, panel, make_verdict):
    """A judged layer with the panel beside it."""
    image = viewer.add_image(
        np.random.default_rng(0).normal(size=(6, 8, 8)), name="mine", metadata={"a": 1}
    )
    annotate(image, make_verdict(series_of(image), ["T1"] * 6, header=HeaderClaim("FLAIR", 0.9)))
    panel.refresh()
    return image


@pytest.fixture
def volumes(viewer, panel, make_verdict):
    """A judged layer of two volumes of three slices."""
    series = Series(path="a", files=("a",), pixels=da.ones((2, 3, 8, 8)))
    image = viewer.add_image(series.pixels, metadata={"mrseq_series": series}, name="mine")
    annotate(image, make_verdict(series, ["T1"] * 6))
    panel.refresh()
    return image


def choose(qtbot, panel, *rows: int) -> None:
    """Click rows of the table of slices, the others with Ctrl held."""
    first, *others = rows
    click(qtbot, panel.slices.table, first)
    for row in others:
        click(qtbot, panel.slices.table, row, Qt.KeyboardModifier.ControlModifier)


def say(qtbot, press, panel, text: str):
    """Press Correct…, type a sequence and return the dialog."""
    press(panel.page.correct_button)
    dialog = panel.layer_actions.dialog
    qtbot.waitUntil(dialog.isVisible)
    dialog.sequence.lineEdit().selectAll()
    qtbot.keyClicks(dialog.sequence.lineEdit(), text)
    return dialog


def test_a_series_can_be_overruled_and_it_is_shown_as_the_users(
    qtbot, viewer, panel, press, layer, schema_file: Path
) -> None:
    before = copy.deepcopy(layer.metadata["mrseq"])
    press(say(qtbot, press, panel, "T2").apply_button)
    assert layer.name == "[T2 corrected] mine"
    record = layer.metadata["mrseq"]
    jsonschema.validate(
        json.loads(json.dumps([record])), json.loads(schema_file.read_text(encoding="utf-8"))
    )
    assert (record["sequence"], record["resolved"], record["family"]) == ("T2", "member", "T2")
    assert record["correction"]["machine"] == {
        "sequence": "T1",
        "confidence": 0.9,
        "resolved": "member",
    }
    # What the program's witnesses said stays.
    for key in ("pixels", "header", "probabilities", "model"):
        assert record[key] == before[key]
    assert all(entry["corrected"] for entry in record["slices"])
    viewer.dims.set_current_step(0, 2)
    assert words_on_canvas(viewer) == "T2 (corrected) slice 3 of 6"
    assert (panel.result.verdict.text(), panel.result.confidence.text()) == ("T2", "✎ corrected")
    assert panel.result.runners_up.text() == "was T1 90\u00a0%"
    assert "Corrected by you: T2, was T1 90\u00a0%." in panel.result.doubts.text()
    assert panel.study.table.proxy.index(0, 2).data() == "✎ corrected"


@pytest.mark.usefixtures("layer")
def test_the_correction_goes_into_every_export(qtbot, panel, press, tmp_path: Path) -> None:
    press(say(qtbot, press, panel, "T2").apply_button)
    panel.page.export_button.export(tmp_path / "a.json")
    panel.page.export_button.export(tmp_path / "a.csv")
    write_sidecars(panel.page.export_button.sidecars(), tmp_path)
    (record,) = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert record["correction"]["by"] == "user"
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["sequence"], row["machine_sequence"], row["machine_confidence"]) == (
        "T2",
        "T1",
        "0.9",
    )
    assert "corrected by the user: T2, was T1 90%" in row["warnings"]
    sidecar = json.loads((tmp_path / "mine_T2w.json").read_text(encoding="utf-8"))
    assert (sidecar["BidsSuffix"], sidecar["mrseq"]["sequence"]) == ("T2w", "T2")


def test_slices_chosen_in_the_table_can_be_overruled_alone(qtbot, panel, press, layer) -> None:
    choose(qtbot, panel, 2, 3)
    dialog = say(qtbot, press, panel, "T2")
    assert dialog.some.isChecked()
    assert (dialog.first.value(), dialog.last.value()) == (3, 4)
    press(dialog.apply_button)
    assert layer.name == "[T1 90%] mine"
    said = [entry["sequence"] for entry in layer.metadata["mrseq"]["slices"]]
    assert said == ["T1", "T1", "T2", "T2", "T1", "T1"]
    assert column(panel.slices.table, 3) == ["", "", *["✎ was T1 90 %"] * 2, "", ""]
    press(panel.slices.only_odd)
    assert column(panel.slices.table, 0) == ["3", "4"]


def test_the_range_can_be_set_in_the_dialog(qtbot, viewer, panel, press, layer) -> None:
    viewer.dims.set_current_step(0, 4)
    dialog = say(qtbot, press, panel, "PD")
    assert dialog.whole.isChecked()
    assert dialog.first.value() == 5
    assert (dialog.first.minimum(), dialog.last.maximum()) == (1, 6)
    dialog.last.selectAll()
    qtbot.keyClicks(dialog.last, "6")
    assert dialog.some.isChecked()
    press(dialog.apply_button)
    assert layer.metadata["mrseq"]["correction"]["ranges"] == [
        {"first": 4, "last": 5, "sequence": "PD"}
    ]


def test_a_range_of_a_4d_series_lies_in_the_volume_in_view(
    qtbot, viewer, panel, press, volumes: Image
) -> None:
    viewer.dims.set_current_step((0, 1), (1, 1))
    dialog = say(qtbot, press, panel, "T2")
    press(dialog.some)
    press(dialog.apply_button)
    slices = volumes.metadata["mrseq"]["slices"]
    assert [(s["volume"], s["index"]) for s in slices if s["sequence"] == "T2"] == [(1, 1)]
    assert "slice 2 of volume 2" in volumes.metadata["mrseq"]["warnings"][0]


def test_undo_and_revert_go_back_exactly(qtbot, panel, press, layer) -> None:
    judged = copy.deepcopy(layer.metadata["mrseq"])
    for sequence in ("T2", "T2-FLAIR"):
        press(say(qtbot, press, panel, sequence).apply_button)
    assert layer.name == "[T2-FLAIR corrected] mine"
    press(panel.page.undo_button)
    assert layer.name == "[T2 corrected] mine"
    press(panel.page.undo_button)
    assert (layer.name, layer.metadata["mrseq"]) == ("[T1 90%] mine", judged)
    assert not panel.page.undo_button.isEnabled()
    press(say(qtbot, press, panel, "T2").apply_button)
    press(panel.page.revert_button)
    assert (layer.name, layer.metadata) == ("mine", {"a": 1})
    assert not panel.page.correct_button.isEnabled()


def test_ctrl_z_in_the_panel_undoes_a_correction(qtbot, panel, layer) -> None:
    for code in ("T2", "FLAIR"):
        correct_layer(layer, Correction(0, 5, code))
    panel.refresh()
    panel.window().activateWindow()
    panel.page.correct_button.setFocus()
    qtbot.waitUntil(panel.page.correct_button.hasFocus)
    keys = Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(panel.page.correct_button, *keys)
    assert layer.name == "[T2 corrected] mine"
    # Elsewhere they are those of napari's labels.
    panel.window().setFocus()
    qtbot.keyClick(panel.window(), *keys)
    assert layer.name == "[T2 corrected] mine"
    panel.slices.table.setFocus()
    qtbot.keyClick(panel.slices.table, *keys)
    assert layer.name == "[T1 90%] mine"


def test_cancel_changes_nothing(qtbot, panel, press, layer) -> None:
    before = copy.deepcopy(layer.metadata["mrseq"])
    press(say(qtbot, press, panel, "T2").cancel_button)
    assert (layer.name, layer.metadata["mrseq"]) == ("[T1 90%] mine", before)


def test_a_name_of_the_users_own_is_allowed_and_none_is_not(qtbot, panel, press, layer) -> None:
    dialog = say(qtbot, press, panel, " ")
    assert not dialog.apply_button.isEnabled()
    qtbot.keyClicks(dialog.sequence.lineEdit(), "MP2RAGE INV1")
    press(dialog.apply_button)
    assert layer.metadata["mrseq"]["sequence"] == "MP2RAGE INV1"
    assert layer.name == "[MP2RAGE INV1 corrected] mine"


@pytest.mark.parametrize("by", ["return", "tab", "click"])
def test_what_is_typed_is_what_is_said(qtbot, panel, press, layer, by) -> None:
    pairs = {"T2": "T2", "DWI": "DWI", "swi": "SWI", "FLAIR": "T2-FLAIR", "my seq": "my seq"}
    for typed, said in pairs.items():
        dialog = say(qtbot, press, panel, typed)
        line = dialog.sequence.lineEdit()
        if by == "tab":
            qtbot.keyClick(line, Qt.Key.Key_Tab)
        if by == "return":
            qtbot.keyClick(line, Qt.Key.Key_Return)
        else:
            press(dialog.apply_button)
        assert not dialog.isVisible()
        assert layer.name == f"[{said} corrected] mine"


@pytest.mark.usefixtures("layer")
def test_the_dialog_says_what_it_will_do(qtbot, viewer, panel, press) -> None:
    viewer.dims.set_current_step(0, 0)
    dialog = say(qtbot, press, panel, "STIR")
    assert dialog.summary.text() == "STIR for the whole series."
    press(dialog.some)
    assert dialog.summary.text() == "STIR for slice 1."
    qtbot.keyClicks(dialog.sequence.lineEdit(), "x")
    assert dialog.summary.text() == "STIRx (a name of your own) for slice 1."
    height = dialog.height()
    qtbot.keyClicks(dialog.sequence.lineEdit(), ", a long name that a scanner never gave" * 3)
    qtbot.wait(50)
    assert not texts_cut_off(dialog)
    assert dialog.height() > height


def test_the_likeliest_other_names_are_offered_first(
    viewer, panel, press, layer, volumes: Image
) -> None:
    # What the header of the one says, and what the pixels of the other say next.
    for judged, offered in ((layer, "T2-FLAIR"), (volumes, "T2")):
        viewer.layers.selection.active = judged
        press(panel.page.correct_button)
        assert panel.layer_actions.dialog.sequence.itemText(0) == offered
        press(panel.layer_actions.dialog.cancel_button)


def test_nothing_is_corrected_before_a_name_is_chosen(qtbot, panel, press, layer) -> None:
    press(panel.page.correct_button)
    dialog = panel.layer_actions.dialog
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.sequence.currentText() == ""
    assert not dialog.apply_button.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    qtbot.keyClick(dialog.sequence, Qt.Key.Key_Down)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert layer.name == "[T2-FLAIR corrected] mine"


def test_slices_apart_are_corrected_as_they_were_chosen_and_undone_together(
    qtbot, panel, press, layer
) -> None:
    choose(qtbot, panel, 1, 3, 4)
    dialog = say(qtbot, press, panel, "T2")
    assert dialog.chosen.isChecked()
    assert dialog.summary.text() == "T2 for slices 2 and 4 to 5."
    press(dialog.apply_button)
    assert layer.metadata["mrseq"]["correction"]["ranges"] == [
        {"first": 1, "last": 1, "sequence": "T2"},
        {"first": 3, "last": 4, "sequence": "T2"},
    ]
    assert column(panel.slices.table, 1) == ["T1", "T2", "T1", "T2", "T2", "T1"]
    assert panel.result.doubts.text() == "✎ Corrected by you: T2, slices 2 and 4 to 5."
    # They are still chosen, for another word.
    assert panel.slices.chosen() == [1, 3, 4]
    press(panel.page.undo_button)
    assert column(panel.slices.table, 1) == ["T1"] * 6
    assert not panel.page.undo_button.isEnabled()


def test_rows_of_a_sorted_table_are_the_slices_they_name(
    qtbot, panel, press, layer, make_verdict
) -> None:
    annotate(layer, make_verdict(series_of(layer), ["T1", "FLAIR", "T1", "T1", "FLAIR", "T1"]))
    panel.refresh()
    for _ in range(2):
        click_heading(qtbot, panel.slices.table, 1)
    choose(qtbot, panel, 0, 1)
    press(say(qtbot, press, panel, "STIR").apply_button)
    slices = layer.metadata["mrseq"]["slices"]
    assert [s["index"] for s in slices if s["sequence"] == "STIR"] == [1, 4]


def test_slices_of_several_volumes_can_be_corrected_together(
    qtbot, panel, press, volumes: Image
) -> None:
    numbers = [f"{place} (volume {volume})" for volume in (1, 2) for place in (1, 2, 3)]
    assert column(panel.slices.table, 0) == numbers
    choose(qtbot, panel, 2, 3, 5)
    dialog = say(qtbot, press, panel, "T2")
    words = "slice 3 of volume 1 to slice 1 of volume 2 and slice 3 of volume 2"
    assert dialog.summary.text() == f"T2 for {words}."
    press(dialog.apply_button)
    slices = volumes.metadata["mrseq"]["slices"]
    corrected = [(s["volume"], s["index"]) for s in slices if s["sequence"] == "T2"]
    assert corrected == [(0, 2), (1, 0), (1, 2)]


@pytest.mark.usefixtures("volumes")
def test_a_run_into_the_next_volume_stays_as_it_was_chosen(qtbot, panel, press) -> None:
    choose(qtbot, panel, 2, 3)
    dialog = say(qtbot, press, panel, "T2")
    assert dialog.summary.text() == "T2 for slice 3 of volume 1 to slice 1 of volume 2."
    press(dialog.cancel_button)
    # From the first slice of a volume on, it is a range.
    choose(qtbot, panel, 3, 4)
    dialog = say(qtbot, press, panel, "T2")
    assert (dialog.some.isChecked(), dialog.chosen.isVisible()) == (True, False)
    assert (dialog.first.value(), dialog.last.value()) == (1, 2)
    assert "of volume 2" in [label.text() for label in dialog.findChildren(QLabel)]


def test_all_rows_of_all_volumes_are_the_whole_series(qtbot, panel, press, volumes: Image) -> None:
    qtbot.keyClick(panel.slices.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    dialog = say(qtbot, press, panel, "T2")
    assert dialog.whole.isChecked()
    press(dialog.apply_button)
    assert volumes.name == "[T2 corrected] mine"


@pytest.mark.usefixtures("layer")
def test_a_slice_that_was_clicked_long_ago_is_not_offered(qtbot, viewer, panel, press) -> None:
    choose(qtbot, panel, 2)
    viewer.dims.set_current_step(0, 5)
    dialog = say(qtbot, press, panel, "T2")
    assert (dialog.first.value(), dialog.last.value()) == (6, 6)


@pytest.mark.parametrize("model", ["mrseq-1", "knee"])
def test_a_new_verdict_leaves_the_users_word(
    layer, qtbot, panel, press, make_verdict, model: str
) -> None:
    press(say(qtbot, press, panel, "T2").apply_button)
    verdict = make_verdict(series_of(layer), ["FLAIR"] * 6)
    annotate(layer, replace(verdict, model_id={**verdict.model_id, "name": model}))
    assert layer.name == "[T2 corrected] mine"
    assert layer.metadata["mrseq"]["correction"]["machine"]["sequence"] == "FLAIR"


def test_the_header_is_accused_no_more_where_the_user_agrees_with_it(viewer, make_verdict) -> None:
    image = viewer.add_image(np.ones((3, 8, 8)), name="mine")
    claim = HeaderClaim("FLAIR", 0.9)
    annotate(image, make_verdict(series_of(image), ["T1"] * 3, header=claim, conflict=True))
    correct_layer(image, Correction(0, 2, "T2"))
    assert image.name == "[T2 corrected] mine ≠ header"
    correct_layer(image, Correction(0, 2, "FLAIR"))
    assert image.name == "[T2-FLAIR corrected] mine"


def test_corrections_are_labels_that_training_reads(
    qtbot, viewer, panel, press, pick, answer, make_verdict, sample_study: Path, tmp_path: Path
) -> None:
    viewer.open(str(sample_study / "t1_fl2d_sag"), plugin="napari-mrseq")
    (layer,) = viewer.layers
    series = series_of(layer)
    annotate(layer, make_verdict(series, ["T1"] * series.slice_count))
    panel.refresh()
    viewer.dims.set_current_step(0, 4)
    dialog = say(qtbot, press, panel, "PD")
    press(dialog.some)
    press(dialog.apply_button)
    answer(tmp_path / "labels.csv")
    pick(panel.page.export_button, "Corrections as training labels…")
    with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        assert table.fieldnames == [
            "path",
            "slice",
            "volume",
            "label",
            "group",
            "series_uid",
            "part",
            "source",
        ]
        assert [entry["label"] for entry in table] == ["PD"]
    (row,) = read_catalogue(tmp_path / "labels.csv")
    np.testing.assert_array_equal(read_slice(row).pixels, np.asarray(layer.data[4]))
    assert panel.controls.status.value.startswith("1 labelled slice in ")


def test_a_slice_of_a_volume_file_is_found_again(make_verdict, tmp_path: Path) -> None:
    values = np.random.default_rng(0).random((12, 10, 5, 3)).astype(np.float32)
    nibabel.save(nibabel.Nifti1Image(values, np.diag([1, 1, 4, 1])), tmp_path / "bold.nii")
    ((data, attributes, _),) = read_layers(str(tmp_path / "bold.nii"))
    layer = Image(data, **attributes)
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 15))
    correct_layer(layer, Correction(5 + 2, 5 + 3, "BOLD"))
    assert write_labels([layer], tmp_path / "labels.csv") == (2, [])
    rows = read_catalogue(tmp_path / "labels.csv")
    assert [(row.volume, row.slice) for row in rows] == [(1, 2), (1, 3)]
    np.testing.assert_array_equal(read_slice(rows[0]).pixels, np.asarray(layer.data[1, 2]))


def test_the_latest_word_is_the_label_of_each_slice_whose_file_is_there(
    make_verdict, sample_study: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(sample_study / "t1_fl2d_sag", tmp_path / "study")
    ((data, attributes, _),) = read_layers(str(folder))
    layer = Image(data, **attributes)
    series = series_of(layer)
    annotate(layer, make_verdict(series, ["T1"] * series.slice_count))
    correct_layer(layer, Correction(0, series.slice_count - 1, "T2"))
    correct_layer(layer, Correction(1, 1, "PD"))
    gone, other, *others = map(Path, series.files)
    gone.unlink()
    count = series.slice_count - 1
    assert write_labels([layer], tmp_path / "labels.csv") == (count, ["t1_fl2d_sag"])
    rows = read_catalogue(tmp_path / "labels.csv")
    assert {row.path: row.label for row in rows} == {other: "PD", **dict.fromkeys(others, "T2")}


def test_a_picture_that_napari_has_read_becomes_a_label_and_what_is_left_out_is_named(
    viewer, panel, pick, answer, layer, make_verdict, tmp_path: Path
) -> None:
    values = np.random.default_rng(0).integers(0, 200, (40, 50)).astype(np.uint8)
    folder = tmp_path / "patient" / "exam"
    folder.mkdir(parents=True)
    Picture.fromarray(values).save(folder / "scan.png")
    (picture,) = viewer.open(str(folder / "scan.png"))
    annotate(picture, make_verdict(series_of(picture), ["T1"]))
    correct_layer(picture, Correction(0, 0, "T2STAR"))
    correct_layer(layer, Correction(0, 5, "T2"))
    panel.refresh()
    answer(tmp_path / "labels.csv")
    pick(panel.page.export_button, "Corrections as training labels…")
    (row,) = read_catalogue(tmp_path / "labels.csv")
    assert (row.path, row.label, row.group) == (folder / "scan.png", "T2STAR", "patient/exam")
    np.testing.assert_array_equal(read_slice(row).pixels, values)
    said = panel.controls.status.value
    assert said.startswith("1 labelled slice in ")
    assert said.endswith("; left out, in no file: mine")


def test_a_file_called_like_a_layer_is_not_labelled(
    make_verdict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "brain").write_bytes(b"something else")
    image = Image(np.ones((3, 8, 8)), name="brain")
    annotate(image, make_verdict(series_of(image), ["T1"] * 3))
    correct_layer(image, Correction(0, 2, "T2"))
    with pytest.raises(MrseqError, match="in no file"):
        write_labels([image], tmp_path / "labels.csv")


def test_what_lies_in_no_file_or_is_not_corrected_is_no_label(layer, tmp_path: Path) -> None:
    with pytest.raises(MrseqError, match=r"nothing has been corrected"):
        write_labels([layer], tmp_path / "labels.csv")
    correct_layer(layer, Correction(0, 1, "T2"))
    with pytest.raises(MrseqError, match="in no file"):
        write_labels([layer], tmp_path / "labels.csv")
    assert list(tmp_path.iterdir()) == []


def test_the_csv_of_what_nobody_corrected_has_no_such_columns(layer) -> None:
    verdict = state_of(layer).verdict
    assert b"machine_sequence" not in to_csv([verdict.to_dict()])


def test_one_undo_takes_one_correction_where_the_same_slices_were_corrected_together_before(
    qtbot, panel, press, layer
) -> None:
    choose(qtbot, panel, 1, 3)
    press(say(qtbot, press, panel, "T2").apply_button)
    press(panel.page.undo_button)
    for row in (1, 3):
        choose(qtbot, panel, row)
        dialog = say(qtbot, press, panel, "T2")
        press(dialog.some)
        press(dialog.apply_button)
    press(panel.page.undo_button)
    assert state_of(layer).corrections == (Correction(1, 1, "T2"),)


def test_another_panel_undoes_together_what_was_corrected_together(
    qtbot, viewer, panel, open_panel, press, layer
) -> None:
    choose(qtbot, panel, 1, 3)
    press(say(qtbot, press, panel, "T2").apply_button)
    viewer.window.remove_dock_widget(panel.parentWidget())
    again = open_panel()
    again.refresh()
    press(again.page.undo_button)
    assert state_of(layer).corrections == ()


def test_what_has_changed_since_it_was_asked_about_is_not_corrected(
    qtbot, panel, press, layer
) -> None:
    dialog = say(qtbot, press, panel, "T2")
    layer.data = layer.data[::-1]
    press(dialog.apply_button)
    assert panel.controls.status.value == "The layer has changed: nothing corrected."
    assert (layer.name, layer.metadata) == ("mine", {"a": 1})


def test_a_layer_that_another_model_looks_at_is_not_corrected(
    qtbot, panel, press, layer, make_verdict
) -> None:
    dialog = say(qtbot, press, panel, "T2")
    slices = make_verdict(series_of(layer), ["T1"] * 6).slices[:2]
    keep_slices(layer, {"name": "knee", "version": "1", "sha256": "1" * 64}, slices)
    press(dialog.apply_button)
    assert panel.controls.status.value == "The layer has changed: nothing corrected."
    assert state_of(layer).corrections == ()
