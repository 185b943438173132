"""Whether two series are one that was read twice."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest

from napari_mrseq import read
from napari_mrseq.viewer.layer_series import is_same_series


def test_a_file_read_twice_is_one_series_and_another_subjects_of_its_name_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for subject in ("sub-01", "sub-02"):
        (tmp_path / subject).mkdir()
        image = nibabel.Nifti1Image(np.zeros((32, 32, 4), np.int16), np.eye(4))
        nibabel.save(image, tmp_path / subject / "T1.nii.gz")
    one, other = (read(tmp_path / subject / "T1.nii.gz")[0] for subject in ("sub-01", "sub-02"))
    monkeypatch.chdir(tmp_path)
    (again,) = read("sub-01/T1.nii.gz")
    assert is_same_series(one, again)
    assert not is_same_series(one, other)
