"""The Folder tab: a folder in, a table out."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from napari._qt.widgets.qt_progress_bar import QtLabeledProgressBar
from napari.components import ViewerModel
from PIL import Image as Picture
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless
from qtpy.QtCore import Qt, QTimer

from napari_mrseq.correction import Correction
from napari_mrseq.reading import read_study
from napari_mrseq.sequences import name_of
from napari_mrseq.viewer.annotation import correct_layer
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.opening import open_verdict
from napari_mrseq.viewer.reader import read_layers
from tests.program import program

from .tables import column, double_click

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def folder(panel):
    """The Folder tab, in front."""
    panel.tabs.setCurrentWidget(panel.batch)
    return panel.batch


@pytest.fixture
def broken_study(sample_study: Path, tmp_path: Path) -> Path:
    """Two series, of one of which a slice is damaged, and one file that is none."""
    study = tmp_path / "study"
    for name in ("t2_tse_tra", "t1_fl2d_sag"):
        shutil.copytree(sample_study / name, study / name)
    damaged = max((study / "t2_tse_tra").iterdir())
    file = dcmread(damaged)
    file.file_meta.TransferSyntaxUID = JPEG2000Lossless
    file.PixelData = encapsulate([b"no picture" * 9])
    file["PixelData"].VR = "OB"
    file.save_as(damaged)
    (study / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"rubbish" * 9)
    return study


def test_a_folder_becomes_a_table_and_what_failed_is_listed(
    qtbot, viewer, panel, folder, press, pick, answer, broken_study: Path, tmp_path: Path
) -> None:
    # A dialog that is closed without a choice leaves the choice before it.
    for chosen in (broken_study, ""):
        answer(chosen)
        press(folder.browse_button)
        assert folder.folder.text() == str(broken_study)
    assert not folder.cancel_button.isEnabled()
    with qtbot.waitSignal(folder.run_finished):
        press(folder.run_button)
        assert folder.cancel_button.isEnabled()
    assert not folder.cancel_button.isEnabled()
    assert not viewer.layers
    assert column(folder.table, 4) == ["t1_fl2d_sag", "t2_tse_tra"]
    assert column(folder.table, 0) == [name_of("T1"), name_of("T2")]
    damaged = max((broken_study / "t2_tse_tra").iterdir()).name
    assert set(column(folder.failed, 0)) == {"broken.dcm", f"t2_tse_tra/{damaged}"}
    assert folder.failed.isVisible()
    assert folder.status.text() == "2 series classified. 2 could not be read: see below."
    assert folder.progress.format() == "2 of 2 series"
    # A slip of the keys loses nothing, and what is still in the table is said to be.
    folder.folder.setText("/nowhere")
    press(folder.run_button)
    shown = f"The table still shows {broken_study}."
    assert folder.status.text() == f"/nowhere is not a folder. {shown}"
    assert len(column(folder.table, 0)) == 2

    answer(tmp_path / "panel.csv")
    pick(folder.export_button, "CSV…")
    options = ("--format", "csv", "--output", "line.csv")
    done = program(tmp_path, "classify", broken_study, *options)
    assert done.returncode == 1
    assert (tmp_path / "panel.csv").read_bytes() == (tmp_path / "line.csv").read_bytes()

    double_click(qtbot, folder.table, 1)
    (layer,) = viewer.layers
    record = layer.metadata["mrseq"]
    assert layer.name == f"[{name_of('T2')} {record['confidence']:.0%}] t2_tse_tra"
    assert panel.result.verdict.text() == name_of("T2")
    assert [entry["index"] for entry in record["slices"] if entry.get("error")] == [17]
    # A second one goes to the layer that is there.
    for row in (0, 1):
        double_click(qtbot, folder.table, row)
    assert [one.visible for one in viewer.layers] == [True, False]
    assert panel.layer == layer


def test_a_second_folder_takes_the_place_of_the_first(
    qtbot, folder, press, run, broken_study: Path, sample_study: Path
) -> None:
    folder.folder.setText(str(broken_study))
    run(folder)
    assert folder.failed.isVisible()
    folder.folder.setText(str(sample_study / "pd_tse_tra"))
    with qtbot.waitSignal(folder.run_finished):
        press(folder.run_button)
        # While headers of the second are read.
        left = folder.table.proxy.rowCount(), folder.failed.isVisible()
    assert left == (0, False)
    assert column(folder.table, 4) == ["pd_tse_tra"]
    assert folder.status.text() == "1 series classified."


def test_the_window_lives_and_tab_and_dock_show_how_far_a_run_is(
    panel, folder, run, study_with_a_long_end: Path
) -> None:
    said: set[str] = set()
    docked: set[tuple[str, int, int]] = set()

    def look() -> None:
        said.add(folder.status.text().partition(":")[0])
        for one in panel.window().findChildren(QtLabeledProgressBar):
            bar = one.qt_progress_bar
            docked.add((one.description_label.text(), bar.value(), bar.maximum()))

    # Each time that it says something: a timer may fire too late to see the last.
    folder.runner.said.connect(look)
    beats: list[bool] = []
    heart = QTimer(folder)
    heart.timeout.connect(lambda: beats.append(folder.run_button.isEnabled()))
    heart.start(10)
    folder.folder.setText(str(study_with_a_long_end))
    run(folder)
    heart.stop()
    # The window lives, and Run is locked, while it runs.
    assert beats.count(False) > 10
    assert "Loading the model…" in said
    counts = {one for one in said if one.startswith("Series")}
    assert "Series 1 of 2" in counts
    assert counts <= {"Series 1 of 2", "Series 2 of 2"}
    assert ("Classifying a folder: ", 1, 2) in docked


def test_files_not_read_do_not_make_a_full_window_higher(
    qtbot, panel, folder, run, tmp_path: Path
) -> None:
    (tmp_path / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"rubbish" * 9)
    window, dock = panel.window(), panel.parentWidget()
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
    # As low as napari's own parts let it be.
    window.resize(window.width(), 1)
    qtbot.wait(300)
    height = window.height()
    folder.folder.setText(str(tmp_path))
    run(folder)
    qtbot.wait(300)
    assert folder.failed.isVisible()
    assert window.height() == height


def test_cancel_stops_and_keeps_what_is_classified(
    qtbot, folder, press, study_with_a_long_end: Path
) -> None:
    qtbot.keyClicks(folder.folder, str(study_with_a_long_end))
    with qtbot.waitSignal(folder.run_finished):
        qtbot.keyClick(folder.folder, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: folder.table.proxy.rowCount() > 0)
        press(folder.cancel_button)
    assert column(folder.table, 4) == ["t1_fl2d_sag"]
    assert folder.status.text().startswith("Cancelled.")
    assert folder.run_button.isEnabled()
    assert folder.export_button.isEnabled()


def test_who_runs_by_keyboard_can_cancel_by_it(
    qtbot, viewer, panel, study_with_a_long_end: Path
) -> None:
    """The keys went on to what stands behind: there, Space switched *live* on."""
    viewer.open(str(study_with_a_long_end / "t2_tse_tra"), plugin="napari-mrseq")
    controls, folder = panel.controls, panel.batch
    folder.folder.setText(str(study_with_a_long_end))
    for page, run, cancel, ended, said in (
        (panel.page, controls.run.native, controls.cancel.native, panel, controls.status.native),
        (folder, folder.run_button, folder.cancel_button, folder, folder.status),
    ):
        panel.tabs.setCurrentWidget(page)
        run.setFocus()
        with qtbot.waitSignal(ended.run_finished):
            qtbot.keyClick(run, Qt.Key.Key_Space)
            assert panel.window().focusWidget() is cancel
            qtbot.keyClick(cancel, Qt.Key.Key_Space)
        assert "Cancelled." in said.text()
        assert panel.window().focusWidget() is run


def test_a_chosen_row_stays_chosen_while_others_come(
    qtbot, folder, press, study_with_a_long_end: Path
) -> None:
    folder.folder.setText(str(study_with_a_long_end))
    press(folder.run_button)
    qtbot.waitUntil(lambda: folder.table.proxy.rowCount() > 0)
    folder.table.selectRow(0)
    (before,) = folder.table.selectionModel().selectedRows(4)
    name, rows = before.data(), folder.table.proxy.rowCount()
    with qtbot.waitSignal(folder.run_finished):
        qtbot.waitUntil(lambda: folder.table.proxy.rowCount() > rows)
    (after,) = folder.table.selectionModel().selectedRows(4)
    assert after.data() == name


def test_what_is_no_folder_is_said(qtbot, folder, press, tmp_path: Path) -> None:
    press(folder.run_button)
    assert folder.status.text().startswith("Choose a folder")
    qtbot.keyClicks(folder.folder, str(tmp_path / "absent"))
    press(folder.run_button)
    assert "absent is not a folder" in folder.status.text()
    folder.folder.setText("~nobody-of-this-name/study")
    press(folder.run_button)
    assert folder.status.text().startswith("~nobody-of-this-name/study is not a folder.")
    # Names of folders may look like HTML.
    assert folder.status.textFormat() == Qt.TextFormat.PlainText


def test_a_model_that_is_no_longer_there_takes_no_table_away(
    qtbot, panel, folder, press, run, sample_study: Path, tmp_path: Path
) -> None:
    study, gone = sample_study / "t1_se_tra", tmp_path / "gone.safetensors"
    qtbot.keyClicks(folder.folder, str(study))
    panel.model_choice.choose(str(gone), "cpu")
    press(folder.run_button)
    cause = f"{gone} is not there; the models are: mrseq-1."
    assert folder.status.text() == cause
    panel.model_choice.choose("default", "cpu")
    run(folder)
    panel.model_choice.choose(str(gone), "cpu")
    press(folder.run_button)
    assert folder.status.text() == f"{cause} The table still shows {study}."
    assert column(folder.table, 4) == ["t1_se_tra"]
    assert folder.run_button.isEnabled()


def test_a_folder_is_found_however_its_name_was_copied(
    qtbot, folder, run, sample_study: Path, tmp_path: Path
) -> None:
    """File managers copy a name between quotes (Windows), or as an address (Linux)."""
    study = tmp_path / "my study"
    shutil.copytree(sample_study / "t1_se_tra", study)
    for line in (f" {study} ", f'"{study}"', f"'{study}'", study.as_uri()):
        folder.folder.clear()
        qtbot.keyClicks(folder.folder, line)
        run(folder)
        assert folder.runner.folder == study
        assert folder.status.text() == "1 series classified."


@pytest.mark.skipif(sys.platform == "win32", reason="there, no name ends in a space")
def test_a_folder_whose_name_ends_in_a_space_is_not_another(
    folder, press, run, answer, sample_study: Path, tmp_path: Path
) -> None:
    for name, series in (("study", "t1_se_tra"), ("study ", "pd_tse_tra")):
        shutil.copytree(sample_study / series, tmp_path / name / series)
    answer(tmp_path / "study ")
    press(folder.browse_button)
    run(folder)
    assert column(folder.table, 4) == ["pd_tse_tra"]


@pytest.mark.skipif(sys.platform == "win32", reason="other rights, other names")
def test_a_folder_that_cannot_be_looked_at_is_said(qtbot, folder, press, tmp_path: Path) -> None:
    qtbot.keyClicks(folder.folder, str(tmp_path / ("long" * 99)))
    press(folder.run_button)
    assert "longlong can't be read: File name too long." in folder.status.text()
    assert folder.run_button.isEnabled()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_locked_folder_is_said(qtbot, folder, press, tmp_path: Path) -> None:
    (tmp_path / "locked" / "inside").mkdir(parents=True)
    (tmp_path / "locked").chmod(0)
    qtbot.keyClicks(folder.folder, str(tmp_path / "locked" / "inside"))
    press(folder.run_button)
    (tmp_path / "locked").chmod(0o700)
    assert "inside can't be read: Permission denied." in folder.status.text()


def test_a_folder_without_mr_says_so(qtbot, folder, run, tmp_path: Path) -> None:
    qtbot.keyClicks(folder.folder, str(tmp_path))
    run(folder)
    assert folder.table.proxy.rowCount() == 0
    assert column(folder.failed, 1) == ["holds no image that can be read"]


def test_a_series_that_is_open_is_not_opened_again(
    qtbot, viewer, folder, run, sample_study: Path
) -> None:
    study = sample_study / "t2_tse_tra"
    viewer.open(str(study), plugin="napari-mrseq")
    (layer,) = viewer.layers
    qtbot.keyClicks(folder.folder, str(study))

    def run_and_open() -> None:
        run(folder)
        double_click(qtbot, folder.table, 0)
        assert list(viewer.layers) == [layer]

    run_and_open()
    first = state_of(layer).found
    assert layer.name.startswith(f"[{name_of('T2')} ")
    run_and_open()
    # The newer word, until a person had one.
    second = state_of(layer).found
    assert second is not first
    correct_layer(layer, Correction(0, second.series.slice_count - 1, "PD"))
    run_and_open()
    assert state_of(layer).found is second
    assert layer.name == "[PD corrected] t2_tse_tra"


def test_a_picture_opened_from_the_table_has_the_units_of_the_series_beside_it(
    make_verdict, sample_study: Path, tmp_path: Path
) -> None:
    viewer = ViewerModel()
    Picture.new("L", (40, 30), 90).save(tmp_path / "scan.png")
    for path in (sample_study / "t2_tse_tra", tmp_path / "scan.png"):
        (series,) = read_study(path).series
        open_verdict(viewer, make_verdict(series, ["T2"] * series.slice_count))
    assert [str(unit) for unit in viewer.layers.extent.units] == ["millimeter"] * 3


def test_what_was_made_of_a_series_is_not_taken_for_it(make_verdict, sample_study: Path) -> None:
    viewer = ViewerModel()
    ((data, attributes, _),) = read_layers(str(sample_study / "t2_tse_tra"))
    series = attributes["metadata"]["mrseq_series"]
    smoothed = viewer.add_image(data + 1, metadata=attributes["metadata"], name="smoothed")
    open_verdict(viewer, make_verdict(series, ["T2"] * series.slice_count))
    assert [one.name for one in viewer.layers] == ["smoothed", "[T2 90%] t2_tse_tra"]
    assert state_of(smoothed) is None
