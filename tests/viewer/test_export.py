"""What the panel exports, against what the command line writes for the same input."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from qtpy.QtWidgets import QMessageBox

from napari_mrseq.correction import Correction
from napari_mrseq.series import Failure
from napari_mrseq.viewer.annotation import annotate, correct_layer, keep_slices
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.scope import ALL_LAYERS
from tests.program import program

SERIES = ("ep2d_diff_3scan_trace", "t1_se_tra_header_lies")


@pytest.fixture(scope="module")
def study(sample_study: Path, tmp_path_factory) -> Path:
    """Two series, one of 4-D, in a folder of their own."""
    folder = tmp_path_factory.mktemp("study")
    for name in SERIES:
        shutil.copytree(sample_study / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def command_line(study: Path, tmp_path_factory) -> Path:
    """What the command line writes of it."""
    folder = tmp_path_factory.mktemp("command-line")
    for options in (
        ["--format", "csv", "--output", "a.csv"],
        ["--format", "csv", "--slices", "--output", "slices.csv"],
        ["--format", "json", "--output", "a.json"],
        ["--format", "bids", "--slices", "--output", "bids"],
    ):
        assert program(folder, "classify", study, *options).returncode == 0
    return folder


def test_the_study_is_exported_as_the_command_line_writes_it(
    viewer, panel, run, pick, answer, study: Path, command_line: Path, tmp_path: Path
) -> None:
    viewer.open(str(study), plugin="napari-mrseq")
    # In the middle of a stack: what is looked at is judged first, and once more with its batch.
    viewer.layers.selection.active = viewer.layers[0]
    panel.controls.scope.value = ALL_LAYERS
    run(panel)
    panel.tabs.setCurrentWidget(panel.study)
    button = panel.study.export_button
    for text, name in (("CSV…", "a.csv"), ("JSON…", "a.json")):
        answer(tmp_path / name)
        pick(button, text)
        assert (tmp_path / name).read_bytes() == (command_line / name).read_bytes()
    pick(button, "every slice as well")
    answer(tmp_path / "bids")
    pick(button, "BIDS sidecars…")
    written = {file.name: file.read_bytes() for file in (tmp_path / "bids").iterdir()}
    expected = {file.name: file.read_bytes() for file in (command_line / "bids").iterdir()}
    assert len(written) == len(SERIES)
    assert written == expected
    answer(tmp_path / "slices.csv")
    pick(button, "CSV…")
    assert (tmp_path / "slices.csv").read_bytes() == (command_line / "slices.csv").read_bytes()


def test_the_layer_tab_exports_its_layer_alone(
    viewer, panel, pick, answer, make_verdict, tmp_path: Path
) -> None:
    for name in ("first", "second"):
        layer = viewer.add_image(np.ones((3, 8, 8)), name=name)
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    panel.refresh()
    answer(tmp_path / "mine")
    pick(panel.page.export_button, "CSV…")
    lines = (tmp_path / "mine.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["path", "second"]
    assert str(tmp_path / "mine.csv") in panel.controls.status.value


def test_an_export_says_which_layers_are_not_in_it(
    viewer, panel, pick, answer, make_verdict, tmp_path: Path
) -> None:
    for name in ("first", "second", "third"):
        layer = viewer.add_image(np.ones((3, 8, 8)), name=name)
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    panel.refresh()
    panel.tabs.setCurrentWidget(panel.study)
    answer(tmp_path / "some.csv")
    pick(panel.study.export_button, "CSV…")
    written = f"Written to {tmp_path / 'some.csv'}"
    assert panel.controls.status.value == f"{written}: 1 of 3 layers; 2 not run"
    for layer in list(viewer.layers)[:2]:
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    panel.refresh()
    pick(panel.study.export_button, "CSV…")
    assert panel.controls.status.value == written


def test_nothing_judged_means_nothing_to_export(viewer, panel) -> None:
    viewer.add_image(np.ones((3, 8, 8)))
    assert not panel.page.export_button.isEnabled()
    assert not panel.study.export_button.isEnabled()


@pytest.fixture
def said_of(viewer, panel, pick, answer, make_verdict) -> Callable[[Path], str]:
    """Export a layer to a file, and return what the panel says."""

    def export(file: Path) -> str:
        layer = viewer.add_image(np.ones((3, 8, 8)), name="mine")
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
        panel.refresh()
        answer(file)
        pick(panel.page.export_button, "CSV…")
        return panel.controls.status.value

    return export


def test_what_cannot_be_written_is_said_in_words(said_of, tmp_path: Path) -> None:
    file = tmp_path / "absent" / "a.csv"
    why = "No such file or directory. Choose another place."
    assert said_of(file) == f"Not exported: {file}: {why}"


def test_too_long_a_name_is_said_in_words(said_of, tmp_path: Path) -> None:
    said = said_of(tmp_path / ("a" * 300))
    assert said.startswith(f"Not exported: {tmp_path}")
    assert said.endswith(".csv: File name too long. Choose another place.")


def test_series_of_one_name_have_a_sidecar_each_and_none_is_replaced_unasked(
    viewer, panel, pick, answer, reply, make_verdict, tmp_path: Path
) -> None:
    for _ in range(2):
        layer = viewer.add_image(np.ones((3, 8, 8)), name="t1/tra: 3")
        verdict = make_verdict(series_of(layer), ["T1"] * 3)
        annotate(layer, verdict)
        verdict.series.__dict__["description"] = "t1/tra: 3"
    panel.refresh()
    answer(tmp_path)
    pick(panel.study.export_button, "BIDS sidecars…")
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "t1-tra-3_T1w.json",
        "t1-tra-3_T1w__2.json",
    ]
    for file in tmp_path.iterdir():
        # Every slice was not asked for.
        assert "slices" not in json.loads(file.read_bytes())["mrseq"]
        file.write_text('{"mrseq": "an older one"}')
    asked = reply(QMessageBox.StandardButton.No)
    pick(panel.study.export_button, "BIDS sidecars…")
    assert asked[0].startswith("2 files (t1-tra-3_T1w.json, …)")
    assert panel.controls.status.value == "Nothing written."
    assert {file.read_text() for file in tmp_path.iterdir()} == {'{"mrseq": "an older one"}'}


def test_sidecars_of_one_study_lie_in_the_folder_asked_for_whatever_image_is_beside_it(
    viewer, panel, make_verdict, sample_study: Path
) -> None:
    viewer.open(str(sample_study / "t1_se_tra"), plugin="napari-mrseq")
    viewer.add_image(np.ones((3, 8, 8)), name="mine")
    for layer in viewer.layers:
        annotate(layer, make_verdict(series_of(layer), ["T1"] * len(layer.data)))
    panel.refresh()
    names = panel.study.export_button.sidecars()
    assert len(names) == 2
    assert {str(Path(name).parent) for name in names} == {"."}


def test_layers_that_could_not_be_read_have_no_sidecar_and_are_counted_so(
    viewer, panel, pick, answer, make_verdict, tmp_path: Path
) -> None:
    first, second, _ = [viewer.add_image(np.ones((3, 8, 8)), name=name) for name in "abc"]
    annotate(first, make_verdict(series_of(first), ["T1"] * 3))
    judged = make_verdict(series_of(second), ["T1"] * 3)
    unread = [replace(one, failure=Failure("file", "is damaged")) for one in judged.slices]
    keep_slices(second, judged.model_id, unread)
    panel.refresh()
    answer(tmp_path)
    pick(panel.study.export_button, "BIDS sidecars…")
    written = f"Sidecars written to {tmp_path}: 1 of 3 layers; 1 not run, 1 not read"
    assert panel.controls.status.value == written
    answer(tmp_path / "all.csv")
    pick(panel.study.export_button, "CSV…")
    assert panel.controls.status.value.endswith("all.csv: 2 of 3 layers; 1 not run")


def test_a_layer_that_cannot_be_judged_is_counted_so(
    viewer, panel, pick, answer, make_verdict, tmp_path: Path
) -> None:
    judged = viewer.add_image(np.ones((3, 8, 8)), name="judged")
    annotate(judged, make_verdict(series_of(judged), ["T1"] * 3))
    viewer.add_image(np.ones((2, 2, 2, 8, 8)), name="five")
    panel.refresh()
    answer(tmp_path / "all.csv")
    pick(panel.study.export_button, "CSV…")
    assert panel.controls.status.value.endswith("all.csv: 1 of 2 layers; 1 can't be judged")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
@pytest.mark.parametrize("kind", ["CSV…", "Corrections as training labels…"])
def test_a_full_disk_is_said_with_the_file_that_was_asked_for(
    viewer, panel, pick, answer, make_verdict, sample_study: Path, tmp_path: Path, kind: str
) -> None:
    (layer,) = viewer.open(str(sample_study / "t1_se_tra"), plugin="napari-mrseq")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * len(layer.data)))
    correct_layer(layer, Correction(0, 2, "T2"))
    panel.refresh()
    (tmp_path / "full.csv").symlink_to("/dev/full")
    answer(tmp_path / "full.csv")
    pick(panel.page.export_button, kind)
    why = "No space left on device. Choose another place."
    assert panel.controls.status.value == f"Not exported: {tmp_path / 'full.csv'}: {why}"


def test_each_entry_of_the_menu_says_what_it_does(panel) -> None:
    for button in (panel.page.export_button, panel.study.export_button):
        entries = [entry for entry in button.kinds.actions() if not entry.isSeparator()]
        # Qt shows an entry's own words where there are no others.
        assert [one.text() for one in entries if one.toolTip().startswith(one.text()[:8])] == []
        assert len(entries) == 5
