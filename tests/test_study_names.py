"""What tells several studies apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from napari_mrseq.reading import read_study
from napari_mrseq.series import series_from_array
from napari_mrseq.study_names import study_names


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
    called = study_names(read_study([folder]).series, dated=False)
    assert sorted(map(Path, called.values())) == sorted(map(Path, names))


@pytest.mark.parametrize(
    ("days", "names"),
    [
        (["20230301", "20240229"], ["all 2023-03-01", "all 2024-02-29"]),
        # As where dates are taken away or all made one.
        (["", ""], ["all (1)", "all (2)"]),
        (["20230301", ""], ["all (1)", "all 2023-03-01"]),
        (["20230301", "20240229", "20240229"], ["all (1)", "all (2)", "all 2023-03-01"]),
    ],
)
def test_visits_in_one_folder_are_told_apart_by_their_days(
    make_study, tmp_path: Path, days: Sequence[str], names: Sequence[str]
) -> None:
    for number, day in enumerate(days):
        make_study(tmp_path / "all" / str(number), day=day)
    series = read_study([tmp_path]).series
    assert sorted(study_names(series, dated=True).values()) == names
    # Files may be published: no day stands in their names.
    numbered = [f"all ({number + 1})" for number in range(len(days))]
    assert sorted(study_names(series, dated=False).values()) == numbered


def test_an_image_of_no_file_is_of_no_study(sample_study: Path) -> None:
    made = series_from_array(np.zeros((5, 64, 64)), name="made by a script")
    assert study_names([*read_study([sample_study]).series, made], dated=False) == {}


def test_subjects_without_a_study_uid_are_told_apart(tmp_path: Path) -> None:
    for subject in ("sub-01", "sub-02"):
        for file in ("anat/T1w.nii", "func/bold.nii"):
            path = tmp_path / subject / file
            path.parent.mkdir(parents=True)
            nib.save(nib.Nifti1Image(np.zeros((4, 4, 4), np.int16), np.eye(4)), path)
    assert list(study_names(read_study([tmp_path]).series, dated=True).values()) == [
        "sub-01",
        "sub-02",
    ]
