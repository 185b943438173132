"""What the plugin adds to napari's menus and preferences."""

from __future__ import annotations

from pathlib import Path

import pytest
from napari.settings import get_plugin_settings
from napari.utils.notifications import Notification, notification_manager
from npe2 import PluginManager, PluginManifest
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog, QWidget

from napari_mrseq.viewer.menu import PLUGIN, WIDGET
from napari_mrseq.viewer.settings import Settings, load_settings


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
    qtbot.waitUntil(lambda: len(viewer.layers) == 1, timeout=20_000)
    assert viewer.layers[0].name == "t1_se_tra"
    choose("napari-mrseq.open_study")
    choose("napari-mrseq.open_study")
    qtbot.waitUntil(lambda: any("Nothing to open" in n.message for n in told()), timeout=20_000)
    assert len(viewer.layers) == 1


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
