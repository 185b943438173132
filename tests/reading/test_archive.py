"""Zip files and DICOMDIR, as hospitals hand them out."""

from __future__ import annotations

import gc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest

from napari_mrseq.reading import read_study
from tests.reading.scanner_files import AXIAL, WriteSlice, image, positions_along


@pytest.fixture
def packed(write_slice: WriteSlice, tmp_path: Path) -> Path:
    """A zip file of a study, with other things in it."""
    target = tmp_path / "study.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, place in enumerate(positions_along(AXIAL, 3), start=1):
            archive.write(write_slice(number, place), f"DICOM/PAT1/{number}")
        archive.writestr("README.txt", "hello")
        archive.writestr("../../outside.dcm", "no image")
    return target


def test_zip_file_is_read_as_a_folder(packed: Path) -> None:
    study = read_study(packed)
    (series,) = study.series
    assert series.path == f"{packed}/DICOM/PAT1"
    assert series.files[0] == f"{packed}/DICOM/PAT1/1"
    np.testing.assert_array_equal(series.pixels[1].compute(), image(2))
    assert [failure.path for failure in study.failures] == [f"{packed}/../../outside.dcm"]


def test_nothing_is_written_outside(packed: Path) -> None:
    before = sorted(path for path in packed.parent.parent.rglob("*"))
    read_study(packed)
    assert sorted(path for path in packed.parent.parent.rglob("*")) == before


def test_unpacked_files_go_with_the_series(packed: Path, monkeypatch, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    study = read_study(packed)
    gc.collect()
    assert len(list(scratch.iterdir())) == 1
    assert study.series[0].pixels.compute().shape == (3, 12, 16)
    del study
    gc.collect()
    assert list(scratch.iterdir()) == []


def test_zip_bomb_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("IM1", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(bytes(1 << 20))
    (failure,) = read_study(bomb).failures
    assert "zip bomb" in failure.cause


def test_damaged_zip_file(packed: Path) -> None:
    packed.write_bytes(packed.read_bytes()[:200])
    (failure,) = read_study(packed).failures
    assert "damaged zip file" in failure.cause


def test_zip_file_without_images(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "hello")
    (failure,) = read_study(tmp_path / "a.zip").failures
    assert failure.cause == "holds no image that can be read"


def test_dicomdir_leads_to_its_files() -> None:
    folder = Path(pydicom.__file__).parent / "data" / "test_files" / "dicomdirtests"
    if not (folder / "DICOMDIR").is_file():
        pytest.skip("pydicom's DICOMDIR is not installed")
    study = read_study(folder / "DICOMDIR")
    assert study.series
    assert all(Path(file).is_file() for series in study.series for file in series.files)


def test_dicomdir_whose_files_are_missing(write_slice: WriteSlice, tmp_path: Path) -> None:
    from pydicom.fileset import FileSet

    files = FileSet()
    for number, place in enumerate(positions_along(AXIAL, 2), start=1):
        path = write_slice(number, place, StudyID="1", PatientID="1")
        files.add(path)
    files.write(tmp_path / "disc")
    with warnings.catch_warnings():
        # pydicom leaves its own scratch folder to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        del files
        gc.collect()
    (series,) = read_study(tmp_path / "disc" / "DICOMDIR").series
    assert series.pixels.compute().shape == (2, 12, 16)
    Path(series.files[0]).unlink()
    study = read_study(tmp_path / "disc" / "DICOMDIR")
    assert [failure.cause for failure in study.failures] == ["names 1 files that are not there"]
    assert len(study.series) == 1


def test_dicomdir_that_names_nothing() -> None:
    path = Path(pydicom.__file__).parent / "data/test_files/dicomdirtests/DICOMDIR-empty.dcm"
    (failure,) = read_study(path).failures
    assert failure.cause == "a DICOMDIR that names no files"
