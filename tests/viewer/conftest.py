"""Verdicts to show, and a real napari window with the panel in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from npe2 import PluginManifest
from pydicom import dcmread
from pydicom.uid import generate_uid
from qtpy.QtCore import QPoint, Qt, QTimer
from qtpy.QtWidgets import QApplication, QCheckBox, QFileDialog, QMessageBox, QWidget

from napari_mrseq.decision import Decision, decide
from napari_mrseq.header import HeaderClaim
from napari_mrseq.series import Series
from napari_mrseq.slice_verdict import SliceVerdict
from napari_mrseq.verdict import Verdict

CLASSES = ("T1", "T2", "FLAIR")
MODEL_ID = {"name": "mrseq-1", "version": "1.0", "sha256": "0" * 64}

MakeVerdict = Callable[..., Verdict]
AnyWidget = TypeVar("AnyWidget", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton


def _judge(series: Series, index: int, code: str, confidence: float = 0.9) -> SliceVerdict:
    """Return a slice that shows one sequence, the rest spread over the others."""
    rest = (1 - confidence) / (len(CLASSES) - 1)
    probabilities = {one: confidence if one == code else rest for one in CLASSES}
    per_volume = series.pixels.shape[-3]
    return SliceVerdict(
        index=index % per_volume,
        volume=index // per_volume,
        sop_instance_uid=None,
        decision=decide(probabilities, 0.5),
        probabilities=probabilities,
        weight=1.0,
    )


@pytest.fixture(scope="session")
def make_verdict() -> MakeVerdict:
    """Return a function: series, code of each slice → verdict."""

    def make(
        series: Series,
        codes: Sequence[str],
        *,
        decision: Decision | None = None,
        header: HeaderClaim | None = None,
        conflict: bool = False,
    ) -> Verdict:
        slices = tuple(_judge(series, index, code) for index, code in enumerate(codes))
        mean = {
            one: float(np.mean([judged.probabilities[one] for judged in slices])) for one in CLASSES
        }
        pixels = decide(mean, 0.5)
        return Verdict(
            series=series,
            decision=decision or pixels,
            probabilities=mean,
            pixels=pixels,
            header=header,
            conflict=conflict,
            slices=slices,
            model_id=MODEL_ID,
        )

    return make


@pytest.fixture(scope="session", autouse=True)
def _manifests_are_read_once():
    """Spare each window the manifests of all plugins, of which napari reads every one anew."""
    found = [*PluginManifest.discover()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PluginManifest, "discover", lambda **_: iter(found))
        yield


@pytest.fixture
def qtbot(qtbot):
    """pytest-qt's, which waits as long as a run may take on a busy machine; its 5 s are few."""
    for name in ("waitUntil", "waitSignal"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=300_000))
    return qtbot


@pytest.fixture
def keep(qtbot):
    """Return a function that holds a widget until the test ends, shown where it is given a size."""

    def hold(widget: AnyWidget, *size: int) -> AnyWidget:
        qtbot.addWidget(widget)
        if size:
            widget.resize(*size)
            widget.show()
        return widget

    return hold


@pytest.fixture
def viewer(make_napari_viewer_proxy):
    """A real napari window."""
    return make_napari_viewer_proxy(show=True)


@pytest.fixture
def open_panel(viewer):
    """Return a function that opens the dock widget in that window."""
    return lambda: viewer.window.add_plugin_dock_widget("napari-mrseq", "MR sequence classifier")[1]


@pytest.fixture
def panel(open_panel):
    """The dock widget in that window."""
    return open_panel()


@pytest.fixture
def press(qtbot):
    """Return a function that presses a button, or ticks a box, with the mouse."""

    def click(button) -> None:
        widget = getattr(button, "native", button)
        # A box may be wider than its words: beside them a click does nothing.
        left = QPoint(8, widget.height() // 2)
        qtbot.mouseClick(widget, LEFT, pos=left if isinstance(widget, QCheckBox) else QPoint())

    return click


@pytest.fixture
def press_keys(qtbot):
    """Return a function that presses a letter, with Ctrl and Shift, in a window."""

    def press(window: QWidget, letter: Qt.Key) -> None:
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        qtbot.keyClick(window, letter, both)

    return press


@pytest.fixture
def run(qtbot, press):
    """Return a function that presses Run, of the panel or its Folder tab, and waits for the end."""

    def wait(page) -> None:
        with qtbot.waitSignal(page.run_finished):
            press(getattr(page, "run_button", None) or page.controls.run)

    return wait


@pytest.fixture
def pick(qtbot):
    """Return a function that opens a button's menu with the mouse and chooses an entry of it."""

    def choose(button, text: str) -> None:
        menu = button.menu()
        (entry,) = [action for action in menu.actions() if action.text() == text]

        def enter() -> None:
            if not menu.isVisible():
                QTimer.singleShot(50, enter)
                return
            menu.setActiveAction(entry)
            qtbot.keyClick(menu, Qt.Key.Key_Return)

        with qtbot.waitSignal(entry.triggered):
            QTimer.singleShot(50, enter)
            qtbot.mouseClick(button, LEFT)

    return choose


@pytest.fixture
def answer(monkeypatch):
    """Return a function that gives the answer to the next file dialogs, which are the system's."""

    def give(path: Path | str) -> None:
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(path))
        for name in ("getSaveFileName", "getOpenFileName"):
            monkeypatch.setattr(QFileDialog, name, lambda *_: (str(path), ""))

    return give


@pytest.fixture
def reply():
    """Return a function that presses a button of the question that comes up next."""
    asked: list[str] = []

    def press(button: QMessageBox.StandardButton) -> list[str]:
        def answer() -> None:
            box = QApplication.activeModalWidget()
            if not isinstance(box, QMessageBox):
                QTimer.singleShot(20, answer)
                return
            asked.append(box.text())
            box.button(button).click()

        QTimer.singleShot(20, answer)
        return asked

    return press


@pytest.fixture
def study_with_a_long_end(sample_study: Path, tmp_path: Path) -> Path:
    """Two series; the second has so many slices that it can be watched on any machine."""
    study = tmp_path / "study"
    for name in ("t2_tse_tra", "t1_fl2d_sag"):
        shutil.copytree(sample_study / name, study / name)
    file = dcmread(max((study / "t2_tse_tra").iterdir()))
    file.decompress()
    x, y, z = file.ImagePositionPatient
    for number in range(1, 401):
        file.file_meta.MediaStorageSOPInstanceUID = file.SOPInstanceUID = generate_uid()
        file.InstanceNumber += 1
        file.ImagePositionPatient = [x, y, z + number * file.SpacingBetweenSlices]
        file.save_as(study / "t2_tse_tra" / f"more_{number}.dcm")
    return study
