"""A study opens layer after layer while the window answers, whatever is done to it meanwhile."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from napari import current_viewer
from napari.components import ViewerModel
from napari.layers import Layer
from napari.settings import get_settings
from napari.utils.notifications import notification_manager
from napari.utils.progress import progress
from pydicom import dcmread
from pydicom.uid import SecondaryCaptureImageStorage
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication

import napari_mrseq as mrseq
from napari_mrseq.series import Study
from napari_mrseq.viewer.application import open_study
from napari_mrseq.viewer.menu import open_study_folder
from napari_mrseq.viewer.opening import Opening
from napari_mrseq.viewer.reader import read_layers
from napari_mrseq.viewer.slice_in_view import slice_in_view


@pytest.fixture
def opened(qtbot: QtBot, viewer, answer, sample_study: Path):
    """Return a function that opens the sample study by the menu, and calls another after layers."""

    def begin(after: int, meanwhile) -> list[str]:
        called: list[int] = []

        def act() -> None:
            called.append(len(viewer.layers))
            meanwhile()

        def look() -> None:
            if len(viewer.layers) == after and not called:
                QTimer.singleShot(0, act)

        viewer.layers.events.inserted.connect(look)
        answer(sample_study)
        open_study_folder()
        qtbot.waitUntil(lambda: bool(called))
        viewer.layers.events.inserted.disconnect(look)
        at_once = ViewerModel()
        at_once.layers.extend(Layer.create(*one) for one in read_layers(str(sample_study)))
        return names(at_once)

    return begin


def names(viewer) -> list[str]:
    return [layer.name for layer in viewer.layers]


def all_there(qtbot: QtBot, viewer, count: int) -> None:
    qtbot.waitUntil(lambda: len(viewer.layers) == count)
    # What would come too much comes.
    qtbot.wait(100)


def test_the_shown_one_is_there_first_and_the_window_answers_between_the_others(
    qtbot: QtBot, viewer, opened
) -> None:
    seen: list[int] = []
    heart = QTimer()
    heart.timeout.connect(lambda: seen.append(len(viewer.layers)))
    heart.start(0)
    study = opened(1, lambda: None)
    assert viewer.layers[-1].name == study[-1]
    assert viewer.layers[-1].visible
    middle = viewer.layers[-1].data.shape[0] // 2
    assert slice_in_view(viewer, viewer.layers[-1]) == middle
    all_there(qtbot, viewer, len(study))
    heart.stop()
    assert set(seen) == {*range(len(study) + 1)}
    assert names(viewer) == study
    assert [layer.visible for layer in viewer.layers] == [False] * (len(study) - 1) + [True]
    assert viewer.layers.selection.active == viewer.layers[-1]
    assert slice_in_view(viewer, viewer.layers[-1]) == middle


def test_what_the_user_chooses_and_looks_at_stays(qtbot: QtBot, viewer, opened) -> None:
    there = viewer.add_image(np.ones((40, 8, 8)), name="there before", units=("mm",) * 3)

    def choose() -> None:
        viewer.layers.selection.active = there
        viewer.dims.set_point(viewer.dims.ndim - 3, 33)

    study = opened(3, choose)
    all_there(qtbot, viewer, len(study) + 1)
    assert names(viewer) == ["there before", *study]
    assert viewer.layers.selection.active == there
    assert slice_in_view(viewer, there) == 33


@pytest.mark.parametrize("moved", [False, True])
def test_a_layer_of_more_axes_that_follows_leaves_the_camera_as_it_is(
    qtbot: QtBot, viewer, opened, moved: bool
) -> None:
    def zoom_in() -> None:
        if moved:
            viewer.scene.camera.zoom = 33

    study = opened(1, zoom_in)
    all_there(qtbot, viewer, len(study))
    assert (viewer.layers[-1].ndim, viewer.dims.ndim) == (3, 4)
    viewer.window.resize(1300, 700)
    qtbot.waitUntil(lambda: viewer.canvas.size[0] < 700 < viewer.canvas.size[1])
    extent, zoom = viewer.layers[-1].extent, viewer.scene.camera.zoom
    size = (np.ptp(extent.world, axis=0) + extent.step)[-2:]
    filled = max(size * zoom / viewer.canvas.size)
    if moved:
        assert zoom == 33
    else:
        assert filled == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("shown", [0, 2])
def test_what_stands_behind_the_shown_one_comes_behind_it(
    qtbot: QtBot, viewer, sample_study: Path, shown: int
) -> None:
    layers = read_layers(str(sample_study))
    for number, (_, said, _) in enumerate(layers):
        said["visible"] = number == shown
    at_once = ViewerModel()
    at_once.layers.extend(Layer.create(*one) for one in layers)
    Opening(current_viewer(), layers)
    # Another layer that comes meanwhile stays on top.
    viewer.add_image(np.ones((4, 8, 8)), name="mine", units=("mm",) * 3)
    all_there(qtbot, viewer, len(layers) + 1)
    assert names(viewer) == [*names(at_once), "mine"]


@pytest.mark.parametrize("gone", [0, -1])
def test_layers_may_be_removed_meanwhile(qtbot: QtBot, viewer, opened, gone: int) -> None:
    removed: list[str] = []

    def remove() -> None:
        removed.append(viewer.layers.pop(gone).name)

    study = opened(3, remove)
    all_there(qtbot, viewer, len(study) - 1)
    assert names(viewer) == [name for name in study if name not in removed]


def test_a_second_study_may_be_opened_meanwhile(
    qtbot: QtBot, viewer, opened, answer, sample_study: Path
) -> None:
    def open_another() -> None:
        answer(sample_study / "t1_se_tra")
        open_study_folder()

    study = opened(2, open_another)
    all_there(qtbot, viewer, len(study) + 1)
    # napari numbers names that are there already.
    assert sum(name.startswith("t1_se_tra") for name in names(viewer)) == 3


def test_a_run_meanwhile_takes_the_layers_that_are_there(
    run, qtbot: QtBot, viewer, panel, opened
) -> None:
    def run_all() -> None:
        panel.controls.scope.value = "all layers"
        run(panel)

    study = opened(2, run_all)
    all_there(qtbot, viewer, len(study))
    judged = [layer for layer in viewer.layers if "mrseq" in layer.metadata]
    assert 2 <= len(judged) <= len(study)
    assert viewer.layers[-1] in judged


def test_a_window_that_is_closed_takes_no_more_layers(qtbot: QtBot, viewer, opened) -> None:
    told = list(notification_manager.records)
    opened(2, viewer.close)
    qtbot.wait(500)
    assert not viewer.layers
    assert notification_manager.records == told
    assert not list(progress._all_instances)


def test_a_window_that_is_hidden_meanwhile_gets_all_layers(qtbot: QtBot, viewer, opened) -> None:
    study = opened(2, current_viewer().window._qt_window.hide)
    all_there(qtbot, viewer, len(study))
    assert names(viewer) == study


def test_a_window_that_was_never_shown_gets_all_layers(
    qtbot: QtBot, make_napari_viewer_proxy, sample_study: Path
) -> None:
    viewer = make_napari_viewer_proxy(show=False)
    layers = read_layers(str(sample_study))
    Opening(current_viewer(), layers)
    all_there(qtbot, viewer, len(layers))


def test_view_opens_with_the_panel_and_says_once_when_all_are_there(
    qtbot: QtBot, make_napari_viewer_proxy, sample_study: Path
) -> None:
    from napari_mrseq.reading import read_study

    make_napari_viewer_proxy()
    ended: list[int] = []
    viewer, panel = open_study(read_study([sample_study]), lambda: ended.append(len(viewer.layers)))
    assert len(viewer.layers) == 1
    assert panel.layer == viewer.layers[0]
    assert not ended
    qtbot.waitUntil(lambda: bool(ended))
    QApplication.processEvents()
    assert ended == [len(read_layers(str(sample_study)))]
    assert not viewer.window._qt_window.findChildren(Opening)
    viewer.close()


def test_view_gives_the_series_more_room_than_each_panel_unless_the_user_chose_a_size(
    qtbot: QtBot, make_napari_viewer_proxy, sample_study: Path
) -> None:
    from napari_mrseq.reading import read_study

    make_napari_viewer_proxy()
    study = read_study([sample_study / "t2_tse_tra"])
    viewer, panel = open_study(study, lambda: None)
    qtbot.waitUntil(lambda: viewer.canvas.size[1] > panel.width())
    first = viewer.window.geometry()[2:]
    viewer.close()
    chosen = tuple(side - 100 for side in first)
    get_settings().application.window_size = chosen
    viewer, _ = open_study(study, lambda: None)
    assert viewer.window.geometry()[2:] == chosen
    viewer.close()


def test_view_calls_back_after_a_run_that_the_user_started_meanwhile(
    qtbot: QtBot, make_napari_viewer_proxy, sample_study: Path, press
) -> None:
    make_napari_viewer_proxy()
    readable = threading.Event()
    readable.set()

    def when_readable(pixels):
        readable.wait(60)
        return pixels

    first, *others = mrseq.read(sample_study)
    held_up = replace(first, pixels=first.pixels.map_blocks(when_readable, dtype=np.float32))
    running: list[bool] = []
    viewer, panel = open_study(
        Study((held_up, *others)), lambda: running.append(panel.runner.running)
    )

    def run() -> None:
        readable.clear()
        panel.controls.scope.value = "all layers"
        press(panel.controls.run)

    # Not looked at now and then: the others may all have come meanwhile.
    viewer.layers.events.inserted.connect(lambda: panel.runner.running or QTimer.singleShot(0, run))
    all_there(qtbot, viewer, 1 + len(others))
    assert panel.runner.running
    assert not running
    readable.set()
    qtbot.waitUntil(lambda: bool(running))
    assert running == [False]
    viewer.close()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("how", ["napari", "menu", "folder"])
def test_a_capture_opened_before_or_after_a_series_takes_no_unit_away(
    qtbot: QtBot, viewer, panel, answer, make_verdict, sample_study: Path, tmp_path, how, order
) -> None:
    capture = dcmread(next((sample_study / "t2_tse_tra").iterdir()))
    capture.SOPClassUID = capture.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    capture.Modality = "OT"
    for tag in ("PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient"):
        delattr(capture, tag)
    capture.save_as(tmp_path / "capture.dcm")
    told = list(notification_manager.records)
    paths = tmp_path, sample_study / "t1_se_tra"
    for count, path in enumerate((paths[place] for place in order), 1):
        if how == "napari":
            viewer.open(str(path), plugin="napari-mrseq")
        elif how == "menu":
            answer(path)
            open_study_folder()
        else:
            (series,) = mrseq.read(path)
            panel.batch.verdict_chosen.emit(make_verdict(series, ["T1"] * series.slice_count))
        all_there(qtbot, viewer, count)
    assert [str(unit) for unit in viewer.layers.extent.units] == ["millimeter"] * 3
    assert notification_manager.records == told


# Qt takes what is left of a program that ends in an order that nobody chose: ten are enough.
ENDED_AS_STUDIES_OPEN = """
import sys
import napari
from qtpy.QtWidgets import QApplication
from napari_mrseq.reading import read_study
from napari_mrseq.viewer.opening import Opening
from napari_mrseq.viewer.reader import layers_of
study, viewer = read_study([sys.argv[1]]), napari.Viewer()
openings = [Opening(viewer, layers_of(study)) for _ in range(10)]
while len(viewer.layers) < 15:
    QApplication.processEvents()
sys.exit("ended")
"""


def test_a_program_that_ends_while_a_study_opens_ends_without_a_word_of_it(sample_study) -> None:
    command = [sys.executable, "-W", "ignore", "-c", ENDED_AS_STUDIES_OPEN, sample_study]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1
    assert done.stderr.endswith("ended\n")
    assert "Traceback" not in done.stderr
