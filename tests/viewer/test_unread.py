"""Slices that can't be decoded: blank, said on the canvas and in the panel, and not judged."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from napari.layers._layer_actions import (
    _duplicate_layer,
    _merge_stack,
    _project,
    _split_stack,
)
from napari.utils.notifications import notification_manager
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless
from qtpy.QtCore import Qt

from napari_mrseq.errors import ReadError
from napari_mrseq.reading import read_study
from napari_mrseq.sequences import name_of
from napari_mrseq.viewer.layer_series import series_of, unread
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.opening import open_verdict
from napari_mrseq.viewer.scope import ALL_LAYERS

from .canvas import middle_of_canvas, shows_something, words_on_canvas
from .tables import double_click

LEFT = Qt.MouseButton.LeftButton
BAD = 5


def damage(path: Path) -> None:
    file = dcmread(path)
    file.file_meta.TransferSyntaxUID = JPEG2000Lossless
    file.PixelData = encapsulate([b"no picture" * 9])
    file["PixelData"].VR = "OB"
    file.save_as(path)


@pytest.fixture
def study(sample_study: Path, tmp_path: Path) -> Path:
    """Two series: of the first one slice is damaged, of the last one all are."""
    folder = tmp_path / "study"
    for number, name in enumerate(("t1_se_tra", "t2_tse_tra")):
        shutil.copytree(sample_study / name, folder / name)
        files = sorted((folder / name).iterdir(), key=place_of)
        for path in files:
            file = dcmread(path)
            file.SeriesNumber = number + 1
            file.save_as(path)
        for path in files if number else [files[BAD]]:
            damage(path)
    return folder


def place_of(path: Path) -> float:
    return float(dcmread(path, stop_before_pixels=True).ImagePositionPatient[2])


def open_row(qtbot, panel, row: int) -> None:
    panel.tabs.setCurrentWidget(panel.study)
    table = panel.study.table
    # Rows come a moment after their layers.
    qtbot.waitUntil(lambda: table.proxy.rowCount() > row)
    double_click(qtbot, table, row)


def test_a_study_opens_whose_last_series_cannot_be_read(qtbot, viewer, open_panel, study) -> None:
    panel = open_panel()
    viewer.open(str(study), plugin="napari-mrseq")
    assert [layer.name for layer in viewer.layers] == ["t1_se_tra", "t2_tse_tra"]
    assert words_on_canvas(viewer).startswith("can't be read slice ")
    assert not shows_something(viewer)
    assert "pixels can't be decoded" in panel.controls.status.value
    open_row(qtbot, panel, 0)
    assert shows_something(viewer)
    assert not words_on_canvas(viewer)
    assert panel.controls.status.value == ""
    open_row(qtbot, panel, 1)
    assert not shows_something(viewer)
    assert words_on_canvas(viewer).startswith("can't be read slice ")


def test_a_run_says_which_slices_and_series_were_not_read(
    qtbot, viewer, open_panel, study, run
) -> None:
    viewer.open(str(study), plugin="napari-mrseq")
    panel = open_panel()
    panel.controls.scope.value = ALL_LAYERS
    run(panel)
    assert panel.controls.status.value.startswith("1 layer classified. t2_tse_tra: ")
    # Its own slice is in view, of which the same would be said.
    assert panel.layer.name == "t2_tse_tra"
    assert panel.controls.status.value.count("pixels can't be decoded") == 1
    assert panel.controls.status.value.endswith(").")
    part, none = viewer.layers
    table = panel.study.table
    said = {table.proxy.index(row, 3).data(): table.proxy.index(row, 0).data() for row in (0, 1)}
    assert said == {"t1_se_tra": name_of("T1"), "t2_tse_tra": "not read"}
    assert none.name == "t2_tse_tra"
    assert panel.result.hint.text().startswith("Not read: ")
    # A blank is not judged.
    record = part.metadata["mrseq"]["slices"]
    assert [entry["index"] for entry in record if entry.get("error")] == [BAD]
    open_row(qtbot, panel, 0)
    told = len(notification_manager.records)
    for place, words in ((BAD - 1, "T1 "), (BAD, "can't be read "), (BAD + 1, "T1 ")):
        viewer.dims.set_current_step(0, place)
        assert words_on_canvas(viewer).startswith(words)
        assert shows_something(viewer) == (place != BAD)
        assert ("can't be read" in panel.controls.status.value) == (place == BAD)
    assert len(notification_manager.records) == told
    assert state_of(part).judged[BAD].failure


def test_a_blank_slice_is_not_saved_as_an_image(viewer, study: Path, tmp_path: Path) -> None:
    layer = viewer.open(str(study / "t1_se_tra"), plugin="napari-mrseq")[0]
    assert not np.asarray(layer.data[BAD]).any()
    with pytest.raises(ReadError, match="can't be decoded"):
        series_of(layer).slice_pixels(BAD).compute()
    with pytest.raises(ReadError, match="can't be decoded"):
        viewer.layers.save(str(tmp_path / "saved.nii"), plugin="napari-mrseq")
    assert not (tmp_path / "saved.nii").exists()


def test_the_contrast_is_that_of_a_slice_that_can_be_read(sample_study, tmp_path: Path, viewer):
    shutil.copytree(sample_study / "t1_se_tra", tmp_path / "t1")
    files = sorted((tmp_path / "t1").iterdir(), key=place_of)
    for path in files:
        file = dcmread(path)
        for tag in ("WindowCenter", "WindowWidth"):
            file.pop(tag, None)
        file.save_as(path)
    damage(files[len(files) // 2])
    layer = viewer.open(str(tmp_path / "t1"), plugin="napari-mrseq")[0]
    assert layer.contrast_limits[1] > 10


@pytest.fixture
def lent(viewer, sample_study: Path, tmp_path: Path):
    """A layer, and the file of one slice, which may be moved away and put back."""
    shutil.copytree(sample_study / "t1_se_tra", tmp_path / "t1")
    layer = viewer.open(str(tmp_path / "t1"), plugin="napari-mrseq")[0]
    file = sorted((tmp_path / "t1").iterdir(), key=place_of)[BAD]
    return layer, file, tmp_path / "away"


def test_a_file_that_is_put_back_is_read_again(viewer, open_panel, lent) -> None:
    layer, file, away = lent
    panel = open_panel()
    file.rename(away)
    viewer.dims.set_current_step(0, BAD)
    assert words_on_canvas(viewer).startswith("can't be read")
    assert not shows_something(viewer)
    away.rename(file)
    viewer.dims.set_current_step(0, BAD - 1)
    viewer.dims.set_current_step(0, BAD)
    assert shows_something(viewer)
    assert not words_on_canvas(viewer)
    assert panel.controls.status.value == ""
    assert unread(layer, BAD) is None


def test_a_run_judges_what_could_not_be_read_before_and_shows_it(
    viewer, open_panel, lent, run
) -> None:
    layer, file, away = lent
    panel = open_panel()
    file.rename(away)
    viewer.dims.set_current_step(0, BAD)
    run(panel)
    assert state_of(layer).judged[BAD].failure
    # How the run went is said, and still what is in view.
    assert panel.controls.status.value.startswith("1 layer classified. This slice can't be read: ")
    away.rename(file)
    seen = []
    panel.runner.progressed.connect(lambda *progress: seen.append(progress))
    run(panel)
    assert not state_of(layer).judged[BAD].failure
    # All others were judged before.
    assert (seen[0], seen[-1]) == ((17, 18), (18, 18))
    assert shows_something(viewer)
    assert words_on_canvas(viewer).startswith("T1 ")
    assert panel.controls.status.value == "1 layer classified."


def test_the_notice_takes_no_message_away(viewer, open_panel, lent) -> None:
    _, file, away = lent
    panel = open_panel()
    file.rename(away)
    panel.controls.status.value = "Written to here."
    viewer.dims.set_current_step(0, BAD)
    assert panel.controls.status.value.startswith("Written to here. This slice can't be read: ")
    viewer.dims.set_current_step(0, BAD - 1)
    assert panel.controls.status.value == "Written to here."
    viewer.dims.set_current_step(0, BAD)
    panel.controls.status.value = "Copied."
    viewer.dims.set_current_step(0, BAD - 1)
    assert panel.controls.status.value == "Copied."
    # A run's line is its own, until it stops.
    panel.controls.show_running("Classifying…")
    viewer.dims.set_current_step(0, BAD)
    assert panel.controls.status.value == "Classifying…"
    panel.controls.show_stopped("Cancelled.")
    assert panel.controls.status.value.startswith("Cancelled. This slice can't be read: ")


def test_the_notice_goes_with_its_layer(viewer, open_panel, lent) -> None:
    layer, file, away = lent
    panel = open_panel()
    place = {"scale": layer.scale, "translate": layer.translate, "units": layer.units}
    viewer.add_image(np.ones(layer.data.shape), name="whole", **place)
    viewer.layers.selection.active = layer
    file.rename(away)
    viewer.dims.set_current_step(0, BAD)
    assert panel.controls.status.value.startswith("This slice can't be read: ")
    viewer.layers.remove(layer)
    assert panel.layer.name == "whole"
    assert panel.controls.status.value == ""


MADE = {"duplicate": _duplicate_layer, "split": _split_stack, "projection": _project}


def show_alone(viewer, layer) -> None:
    for other in viewer.layers:
        other.visible = other == layer


def of_slice(layers, number: int):
    """The layer that a split made of a slice; of other kinds the last one."""
    (one,) = [one for one in layers if one.name.endswith(f"layer {number}")] or layers[-1:]
    return one


@pytest.mark.parametrize("how", MADE)
def test_what_napari_makes_of_a_blank_is_said_and_not_judged(
    qtbot, viewer, open_panel, study, run, tmp_path: Path, how: str
) -> None:
    viewer.open(str(study / "t1_se_tra"), plugin="napari-mrseq")
    panel = open_panel()
    MADE[how](viewer.layers)
    made = of_slice(list(viewer.layers), BAD)
    viewer.layers.selection = {made}
    show_alone(viewer, made)
    if made.ndim == 3:
        viewer.dims.set_current_step(0, BAD)
    words = "can't be read" if how == "duplicate" else "can't all be read"
    qtbot.waitUntil(lambda: words_on_canvas(viewer).startswith(f"{words} slice "))
    assert "can't be read: " in panel.controls.status.value
    assert "pixels can't be decoded" in panel.controls.status.value
    run(panel)
    assert state_of(made).judged[BAD if made.ndim == 3 else 0].failure
    viewer.layers.selection = {made}
    with pytest.raises(ReadError, match="can't be decoded"):
        viewer.layers.save(str(tmp_path / "made.nii"), selected=True, plugin="napari-mrseq")


def test_what_a_split_makes_of_slices_that_can_be_read_is_judged(
    viewer, open_panel, study, run
) -> None:
    viewer.open(str(study / "t1_se_tra"), plugin="napari-mrseq")
    panel = open_panel()
    _split_stack(viewer.layers)
    made = of_slice(list(viewer.layers), BAD + 3)
    viewer.layers.selection = {made}
    run(panel)
    assert not state_of(made).judged[0].failure
    assert "can't be read" not in panel.controls.status.value


def test_layers_merged_of_two_series_know_the_blank_of_each(viewer, open_panel, study) -> None:
    for name in ("t1_se_tra", "t2_tse_tra"):
        viewer.open(str(study / name), plugin="napari-mrseq")
    open_panel()
    viewer.layers.selection = set(viewer.layers)
    _merge_stack(viewer.layers)
    (merged,) = viewer.layers
    for volume, place, told in ((0, BAD - 1, False), (0, BAD, True), (1, BAD - 1, True)):
        viewer.dims.set_current_step((0, 1), (volume, place))
        assert words_on_canvas(viewer).startswith("can't all be read") == told
        assert (unread(merged, volume * merged.data.shape[1] + place) is not None) == told


def test_what_is_made_of_a_blank_is_known_after_its_series_is_opened_again(
    viewer, make_verdict, study
) -> None:
    """As from the row of a folder, whose layer was removed meanwhile."""
    (series,) = read_study([str(study / "t1_se_tra")]).series
    verdict = make_verdict(series, ["T1"] * series.slice_count)
    open_verdict(viewer, verdict)
    _project(viewer.layers, mode="mean")
    mean = viewer.layers[-1]
    del viewer.layers[0]
    open_verdict(viewer, verdict)
    assert unread(mean, 0) is not None
    with pytest.raises(ReadError, match="can't be decoded"):
        series_of(mean).slice_pixels(0).compute()


def test_a_verdict_on_pixels_computed_of_a_blank_warns(viewer, study) -> None:
    layer = viewer.open(str(study / "t1_se_tra"), plugin="napari-mrseq")[0]
    computed = viewer.add_image(np.asarray(layer.data), metadata=layer.metadata)
    assert any("can't be read" in warning for warning in series_of(computed).warnings)
    assert not any("can't be read" in warning for warning in series_of(layer).warnings)


def test_a_file_that_is_put_back_is_shown_in_all_that_is_made_of_it(
    qtbot, viewer, open_panel, lent
) -> None:
    layer, file, away = lent
    open_panel()
    file.rename(away)
    viewer.dims.set_current_step(0, BAD)
    _duplicate_layer(viewer.layers)
    copy = viewer.layers[1]
    _project(viewer.layers, mode="mean")
    mean = viewer.layers[-1]
    qtbot.waitUntil(lambda: unread(mean, 0) is not None)
    pictures = {}
    for one in (copy, mean):
        show_alone(viewer, one)
        pictures[one] = middle_of_canvas(viewer)
    assert not pictures[copy].any()
    away.rename(file)
    show_alone(viewer, layer)
    layer.refresh()
    for one in (copy, mean):
        show_alone(viewer, one)
        assert not words_on_canvas(viewer)
        assert not np.array_equal(middle_of_canvas(viewer), pictures[one])
