"""What the plugin adds to napari's menus and preferences."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from napari import current_viewer
from napari._app_model import get_app_model
from napari._qt.widgets.qt_command_palette import QCommandPalette
from napari._qt.widgets.qt_progress_bar import QtLabeledProgressBar
from napari.settings import get_plugin_settings, get_settings
from napari.utils.notifications import Notification, notification_manager
from npe2 import PluginManager, PluginManifest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt, QThreadPool
from qtpy.QtGui import QAction, QKeySequence
from qtpy.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTabBar,
    QTableView,
    QWidget,
)

from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.menu import PLUGIN, WIDGET
from napari_mrseq.viewer.settings import Settings, load_settings
from napari_mrseq.viewer.shortcuts import CORRECT_KEYS, EXPLAIN_KEYS, RUN_KEYS

from .heads import heads

# Slices: so many that their run can be watched on any machine. It is cancelled then.
MANY = 1500
LEFT = Qt.MouseButton.LeftButton


def choose(command: str) -> None:
    PluginManager.instance().commands.execute(command)


def docked(viewer) -> list[QWidget]:
    return [dock for dock in viewer.window.dock_widgets.values() if isinstance(dock, QWidget)]


def test_layers_classify_opens_the_panel(make_napari_viewer_proxy) -> None:
    viewer = make_napari_viewer_proxy()
    choose("napari-mrseq.show_widget")
    panel = viewer.window.add_plugin_dock_widget(PLUGIN, WIDGET)[1]
    assert [type(inner).__name__ for inner in docked(viewer)] == ["ClassifierWidget"]
    assert panel in docked(viewer)


def test_file_open_study_asks_for_a_folder(
    make_napari_viewer_proxy,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    sample_study: Path,
    tmp_path: Path,
) -> None:
    viewer = make_napari_viewer_proxy()
    # The dialog is the system's own; what a person would choose in it is given here.
    answers = [str(sample_study / "t1_se_tra"), "", str(tmp_path)]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: answers.pop(0))
    choose("napari-mrseq.open_study")
    # Headers are read while the window lives on.
    assert not viewer.layers
    qtbot.waitUntil(lambda: len(viewer.layers) == 1)
    assert viewer.layers[0].name == "t1_se_tra"
    choose("napari-mrseq.open_study")
    choose("napari-mrseq.open_study")
    qtbot.waitUntil(lambda: any("Nothing to open" in n.message for n in told()))
    assert len(viewer.layers) == 1


def test_a_window_that_is_closed_while_a_folder_is_read_takes_no_layers(
    make_napari_viewer_proxy, qtbot: QtBot, answer, sample_study: Path
) -> None:
    viewer = make_napari_viewer_proxy(show=True)
    before = list(told())
    answer(sample_study)
    choose("napari-mrseq.open_study")
    viewer.close()
    threads = QThreadPool.globalInstance()
    qtbot.waitUntil(lambda: not threads.activeThreadCount())
    # What was on its way arrives.
    qtbot.wait(200)
    assert not viewer.layers
    assert told() == before


def test_a_window_that_is_closed_while_a_folder_is_read_ends_the_reading(
    make_napari_viewer_proxy, qtbot: QtBot, answer, sample_study: Path
) -> None:
    viewer = make_napari_viewer_proxy(show=True)
    folder = sample_study / "t2_tse_tra"
    files = [str(file) for file in sorted(folder.iterdir())]
    answer(folder)
    closed = Event()
    # Opened once to look what each is, then for its header.
    with opened_files(files, lambda opened: len(opened) > len(files) and closed.wait(60)) as opened:
        choose("napari-mrseq.open_study")
        current_viewer().window._qt_window.destroyed.connect(lambda *_: closed.set())
        qtbot.waitUntil(lambda: len(opened) > len(files))
        viewer.close()
        threads = QThreadPool.globalInstance()
        qtbot.waitUntil(lambda: not threads.activeThreadCount())
    assert closed.is_set()
    assert len(opened) == len(files) + 1


@contextmanager
def opened_files(files: list[str], then: Callable[[list[str]], object]) -> Iterator[list[str]]:
    """Note which of some files Python opens, and call a function each time, before it does."""
    opened: list[str] = []
    noted = True

    def note(event: str, args: tuple[object, ...]) -> None:
        if noted and event == "open" and args[0] in files:
            opened.append(str(args[0]))
            then(opened)

    # It can't be taken back.
    sys.addaudithook(note)
    try:
        yield opened
    finally:
        noted = False


def told() -> list[Notification]:
    return notification_manager.records


@pytest.fixture
def preferences(plugin_settings, npe2pm):  # noqa: ARG001 - a folder of its own
    """The plugin's page of napari's Preferences, kept in a folder of the test."""
    npe2pm.register(PluginManifest.from_distribution("napari-mrseq"))
    return get_plugin_settings("napari-mrseq").classifier


@pytest.mark.usefixtures("preferences")
def test_preferences_start_as_the_manifest_says() -> None:
    assert load_settings() == Settings()


def test_the_panel_starts_with_the_users_preferences(make_napari_viewer_proxy, preferences) -> None:
    preferences.device, preferences.live, preferences.canvas_text = "cpu", True, False
    viewer = make_napari_viewer_proxy()
    panel = viewer.window.add_plugin_dock_widget(PLUGIN, WIDGET)[1]
    assert panel.model_choice.device.value == "cpu"
    assert panel.controls.live.value
    panel.controls.live.value = False


@pytest.fixture
def open_panel(make_napari_viewer_proxy, preferences):
    """Return a function that opens the panel, with preferences of the test's own."""
    viewer = make_napari_viewer_proxy(show=True)

    def open_it(**chosen):
        for name, value in chosen.items():
            setattr(preferences, name, value)
        return viewer, viewer.window.add_plugin_dock_widget(PLUGIN, WIDGET)[1]

    return open_it


def test_the_default_model_may_be_preferred_by_its_own_name(open_panel) -> None:
    _, panel = open_panel(model="mrseq-1")
    assert panel.model_choice.model.current_choice == "default (mrseq-1)"


def test_a_least_confidence_of_the_users_own_makes_the_unsure_unknown(
    open_panel, run, sample_study: Path
) -> None:
    viewer, panel = open_panel(threshold=1.0)
    (layer,) = viewer.open(str(sample_study / "t2_tse_tra"), plugin=PLUGIN)
    run(panel)
    assert layer.name == "[unknown] t2_tse_tra"
    assert {entry["sequence"] for entry in layer.metadata["mrseq"]["slices"]} == {"UNKNOWN"}


def test_another_least_confidence_holds_for_slices_judged_before(
    open_panel, preferences, run, sample_study: Path
) -> None:
    viewer, panel = open_panel()
    (layer,) = viewer.open(str(sample_study / "t2_tse_tra"), plugin=PLUGIN)
    run(panel)
    before = layer.metadata["mrseq"]
    assert layer.name.startswith("[T2 ")
    preferences.threshold = 1.0
    run(panel)
    assert layer.name == "[unknown] t2_tse_tra"
    assert {entry["sequence"] for entry in layer.metadata["mrseq"]["slices"]} == {"UNKNOWN"}
    assert viewer.canvas.overlays.text.text.startswith("unknown")
    preferences.threshold = 0.0
    run(panel)
    assert layer.metadata["mrseq"] == before


def test_fewer_slices_at_a_time_give_the_same_word(open_panel, run, sample_study: Path) -> None:
    viewer, panel = open_panel(batch_size=5)
    (layer,) = viewer.open(str(sample_study / "t2_tse_tra"), plugin=PLUGIN)
    seen: list[int] = []
    panel.runner.progressed.connect(lambda done, _: seen.append(done))
    run(panel)
    # One slice ahead of its batch, then 5 at a time.
    assert seen[-1] == 18
    assert len([done for done in set(seen) if done]) >= 4
    assert layer.name.startswith("[T2 ")


def test_a_series_can_be_read_as_a_whole(open_panel, sample_study: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_study / "t2_tse_tra", tmp_path / "study")
    viewer, _ = open_panel(lazy=False)
    (layer,) = viewer.open(str(tmp_path / "study"), plugin=PLUGIN)
    shutil.rmtree(tmp_path / "study")
    assert layer.data.compute().any()
    # What is judged was read as well.
    assert layer.metadata["mrseq_series"].pixels.compute().any()


def test_the_words_on_the_canvas_come_and_go_with_the_preference(
    open_panel, preferences, make_verdict
) -> None:
    viewer, _ = open_panel()
    layer = viewer.add_image(np.ones((3, 8, 8)))
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    assert viewer.canvas.overlays.text.text
    preferences.canvas_text = False
    assert not viewer.canvas.overlays.text.text.strip()
    preferences.canvas_text = True
    assert viewer.canvas.overlays.text.text.startswith("T1 90 %")


def test_the_first_steps_are_shown_until_they_are_read(qtbot, open_panel, preferences) -> None:
    viewer, panel = open_panel()
    qtbot.waitUntil(panel.hint.isVisible)
    assert "≠\u00a0header" in panel.hint.text.text()
    assert "Run" in panel.hint.text.text()
    qtbot.mouseClick(panel.hint.close_button, LEFT)
    assert not panel.hint.isVisible()
    assert not preferences.hint
    viewer.window.remove_dock_widget(panel)
    _, again = open_panel()
    assert not again.hint.isVisible()


def test_the_activity_dock_shows_how_far_a_run_is(qtbot, open_panel) -> None:
    viewer, panel = open_panel()
    viewer.add_image(heads(MANY, 64, 64))

    def shows_a_part() -> bool:
        bars = panel.window().findChildren(QtLabeledProgressBar)
        ours = [one for one in bars if "Naming MR sequences" in one.description_label.text()]
        shown = [(one.qt_progress_bar.value(), one.qt_progress_bar.maximum()) for one in ours]
        return any(0 < part < whole == MANY for part, whole in shown)

    with qtbot.waitSignal(panel.run_finished):
        qtbot.mouseClick(panel.controls.run.native, LEFT)
        qtbot.waitUntil(shows_a_part)
        qtbot.mouseClick(panel.controls.cancel.native, LEFT)
    qtbot.waitUntil(lambda: not panel.window().findChildren(QtLabeledProgressBar))


def test_our_keys_are_not_naparis(open_panel) -> None:
    _, panel = open_panel()
    ours = {QKeySequence(keys) for keys in (RUN_KEYS, EXPLAIN_KEYS, CORRECT_KEYS)}
    assert len(ours) == 3
    shortcuts = get_settings().shortcuts.shortcuts.values()
    theirs = {QKeySequence(str(key)) for keys in shortcuts for key in keys}
    theirs |= {action.shortcut() for action in panel.window().findChildren(QAction)}
    assert len(theirs) > 20
    assert not ours & theirs


@pytest.mark.usefixtures("viewer")
@pytest.mark.parametrize("title", ["Read MR series", "Write NIfTI with the verdict beside it"])
def test_what_needs_a_file_is_grey_in_the_command_palette(qtbot, title: str) -> None:
    before = list(told())
    get_app_model().commands.execute_command("napari.window.view.toggle_command_palette")
    palettes = [one for one in QApplication.allWidgets() if isinstance(one, QCommandPalette)]
    (palette,) = [one for one in palettes if one.isVisible()]
    line = palette.findChild(QLineEdit)
    qtbot.keyClicks(line, title)
    titles = [one.title for one in palette._list.iter_command()]
    ours = f"{title} (MR sequence)"
    # napari 0.10 lists it no more.
    if ours in titles:
        for _ in range(titles.index(ours)):
            qtbot.keyClick(line, Qt.Key.Key_Down)
        assert not palette._list.can_execute()
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert told() == before


def test_buttons_tell_their_keys(open_panel) -> None:
    _, panel = open_panel()
    page = panel.page
    buttons = panel.controls.run.native, page.explain_button, page.correct_button
    for button, keys in zip(buttons, (RUN_KEYS, EXPLAIN_KEYS, CORRECT_KEYS), strict=True):
        assert f"({keys})" in button.toolTip()


def test_a_script_that_looks_for_run_finds_the_layers_first(open_panel) -> None:
    _, panel = open_panel()
    run, folders = (one for one in panel.findChildren(QPushButton) if one.text() == "Run")
    assert run is panel.controls.run.native
    assert panel.batch.isAncestorOf(folders)


def test_every_control_has_a_tool_tip(open_panel) -> None:
    _, panel = open_panel()
    kinds = (QAbstractButton, QComboBox, QLineEdit, QTableView)
    for kind in kinds:
        for control in panel.findChildren(kind):
            # Qt's own parts: arrows of tabs, headings, corners of tables.
            if isinstance(control, QHeaderView) or isinstance(
                control.parentWidget(), QTabBar | QTableView
            ):
                continue
            # A part of a control, such as the line of a box, has that of its control.
            owner = control
            while owner is not panel and not owner.toolTip():
                owner = owner.parentWidget()
            assert owner is not panel, f"{type(control).__name__} {control.objectName()}"
