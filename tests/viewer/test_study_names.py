"""The Folder and Study tabs say of which study each series is, where there are several."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QMessageBox

from napari_mrseq.viewer.scope import ALL_LAYERS
from tests.program import program

BIDS = ("--format", "bids", "--output")


def test_sidecars_of_each_study_are_exported_into_a_folder_of_its_own(
    panel, run, pick, answer, reply, make_study, tmp_path: Path
) -> None:
    for subject in ("sub-01", "sub-02"):
        make_study(tmp_path / "all" / subject / "dicom" / "1")
    folder = panel.batch
    panel.tabs.setCurrentWidget(folder)
    folder.folder.setText(str(tmp_path / "all"))
    run(folder)
    answer(tmp_path / "out")
    pick(folder.export_button, "BIDS sidecars…")
    assert program(tmp_path, "classify", tmp_path / "all", *BIDS, "told").returncode == 0
    written, told = (
        {file.relative_to(top): file.read_bytes() for file in top.rglob("*.json")}
        for top in (tmp_path / "out", tmp_path / "told")
    )
    assert {str(file.parent) for file in written} == {"sub-01", "sub-02"}
    assert written == told
    asked = reply(QMessageBox.StandardButton.No)
    pick(folder.export_button, "BIDS sidecars…")
    assert asked[0].startswith("2 files ")
    assert f" in {tmp_path / 'out'} will be replaced" in asked[0]


def test_a_series_stands_beside_its_study_only_where_there_are_several(
    panel, run, make_study, tmp_path: Path
) -> None:
    for subject in ("sub-01", "sub-02"):
        make_study(*(tmp_path / subject / "dicom" / name for name in ("1", "2")))
    folder = panel.batch
    panel.tabs.setCurrentWidget(folder)

    def copied(path: Path) -> list[list[str]]:
        folder.folder.setText(str(path))
        run(folder)
        folder.table.selectAll()
        folder.table.copy()
        return [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]

    of_several, of_one = copied(tmp_path), copied(tmp_path / "sub-02")
    assert [row[3] for row in of_several] == ["sub-01", "sub-01", "sub-02", "sub-02"]
    # Nothing new, not even in a spreadsheet.
    assert of_one == [[*row[:3], *row[4:]] for row in of_several[2:]]
    assert folder.table.isColumnHidden(3)
    copied(tmp_path)
    shown = folder.table.viewport().width()
    first_four = [folder.table.columnWidth(one) for one in range(4)]
    assert min(first_four) > 0
    # However narrow the panel is, how sure each is and of which study stand in it.
    assert sum(first_four) <= shown


def test_visits_of_one_folder_are_told_apart_by_their_days_in_the_study_tab(
    viewer, panel, run, make_study, tmp_path: Path
) -> None:
    days = "2023-03-01", "2024-02-29"
    for day in days:
        make_study(tmp_path / "all" / day, day=day.replace("-", ""))
    viewer.open(str(tmp_path / "all"), plugin="napari-mrseq")
    table, names = panel.study.table, [f"all {day}" for day in days]
    panel.tabs.setCurrentWidget(panel.study)
    panel.refresh()
    headings = [table.model().headerData(one, Qt.Orientation.Horizontal) for one in range(7)]
    column = headings.index("Study")
    assert sorted(table.model().index(row, column).data() for row in (0, 1)) == names
    assert not table.isColumnHidden(column)
    # In sight however narrow the panel is.
    assert table.columnViewportPosition(column) < table.columnViewportPosition(3)

    panel.controls.scope.value = ALL_LAYERS
    run(panel)
    panel.study.protocol.setCurrentText("ms")
    lines = panel.study.summary.text().splitlines()
    assert sorted(line.split()[-1] for line in lines if line.startswith("Study ")) == [*days]

    viewer.layers.remove(viewer.layers[0])
    panel.refresh()
    assert table.isColumnHidden(column)
