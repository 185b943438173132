"""The Folder tab says of which study each series is, where a folder holds several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import generate_uid
from qtpy.QtGui import QGuiApplication

from napari_mrseq.reading import read_study
from napari_mrseq.viewer.study_names import study_names

RUN_MS = 300_000


@pytest.fixture
def make_study(sample_study: Path):
    """Return a function that writes a study: one slice under each path."""

    def make(*paths: Path) -> None:
        study = generate_uid()
        for path in paths:
            file = dcmread(min((sample_study / "t2_tse_tra").iterdir()))
            file.StudyInstanceUID, file.SeriesInstanceUID = study, generate_uid()
            file.SOPInstanceUID = file.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            path.parent.mkdir(parents=True, exist_ok=True)
            file.save_as(path)

    return make


@pytest.mark.parametrize(
    ("studies", "names"),
    [
        ([["a/t1/1", "a/t2/1"]], []),
        ([["sub-01/dicom/t1/1", "sub-01/dicom/t2/1"], ["sub-02/1"]], ["sub-01", "sub-02"]),
        ([["a/one/1"], ["a/two/1"], ["b/one/1"]], ["a/one", "a/two", "b"]),
        ([["1"], ["later/1"]], ["all", "later"]),
        ([["1"], ["2"]], ["all (1)", "all (2)"]),
        ([["a/1"], ["a/2"], ["b/1"]], ["a (1)", "a (2)", "b"]),
    ],
)
def test_studies_are_called_by_what_tells_their_folders_apart(
    make_study, tmp_path: Path, studies: Sequence[Sequence[str]], names: Sequence[str]
) -> None:
    folder = tmp_path / "all"
    for paths in studies:
        make_study(*(folder / path for path in paths))
    called = study_names(read_study([folder]).series)
    assert sorted(map(Path, called.values())) == sorted(map(Path, names))


def test_subjects_without_a_study_uid_are_told_apart(tmp_path: Path) -> None:
    for subject in ("sub-01", "sub-02"):
        for file in ("anat/T1w.nii", "func/bold.nii"):
            path = tmp_path / subject / file
            path.parent.mkdir(parents=True)
            nib.save(nib.Nifti1Image(np.zeros((4, 4, 4), np.int16), np.eye(4)), path)
    assert list(study_names(read_study([tmp_path]).series).values()) == ["sub-01", "sub-02"]


def test_a_series_stands_beside_its_study_only_where_there_are_several(
    qtbot, panel, press, make_study, tmp_path: Path
) -> None:
    for subject in ("sub-01", "sub-02"):
        make_study(*(tmp_path / subject / "dicom" / name for name in ("1", "2")))
    folder = panel.batch
    panel.tabs.setCurrentWidget(folder)

    def run(path: Path) -> list[list[str]]:
        folder.folder.setText(str(path))
        with qtbot.waitSignal(folder.run_finished, timeout=RUN_MS):
            press(folder.run_button)
        folder.table.selectAll()
        folder.table.copy()
        return [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]

    of_several, of_one = run(tmp_path), run(tmp_path / "sub-02")
    assert [row[3] for row in of_several] == ["sub-01", "sub-01", "sub-02", "sub-02"]
    # Nothing new, not even in a spreadsheet.
    assert of_one == [[*row[:3], *row[4:]] for row in of_several[2:]]
    assert folder.table.isColumnHidden(3)
    run(tmp_path)
    shown = folder.table.viewport().width()
    first_four = [folder.table.columnWidth(one) for one in range(4)]
    assert min(first_four) > 0
    # However narrow the panel is, how sure each is and of which study stand in it.
    assert sum(first_four) <= shown
