"""Nothing that is there is replaced unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from qtpy.QtWidgets import QMessageBox, QWidget

from napari_mrseq.viewer.saving import ask_file, may_replace


@pytest.fixture
def window(qtbot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def ask(window: QWidget) -> Path | None:
    return ask_file(window, "Export", "", "Table (*.csv)", [".csv", ".json"])


@pytest.mark.parametrize(
    ("typed", "file"),
    [
        ("a", "a.csv"),
        ("study 1.5T", "study 1.5T.csv"),
        ("a.csv", "a.csv"),
        ("a.JSON", "a.JSON"),
        ("Übersicht.v2", "Übersicht.v2.csv"),
    ],
)
def test_a_name_gets_the_ending_that_it_lacks(window, answer, tmp_path, typed, file) -> None:
    answer(tmp_path / typed)
    assert ask(window) == tmp_path / file


def test_no_name_no_file(window, answer) -> None:
    answer("")
    assert ask(window) is None


def test_a_file_that_the_dialog_could_not_know_of_is_asked_for(
    window, answer, reply, tmp_path: Path
) -> None:
    (tmp_path / "precious.csv").write_text("mine")
    answer(tmp_path / "precious")
    asked = reply(QMessageBox.StandardButton.No)
    assert ask(window) is None
    reply(QMessageBox.StandardButton.Yes)
    assert ask(window) == tmp_path / "precious.csv"
    assert [text.partition(" ")[0] for text in asked] == ["precious.csv"] * 2


def test_several_files_are_asked_for_at_once(window, reply, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.json" for number in range(3)]
    assert may_replace(window, files)
    for file in files[1:]:
        file.write_text("{}")
    asked = reply(QMessageBox.StandardButton.No)
    assert not may_replace(window, files)
    assert asked[0].startswith("2 files (1.json, …)")
