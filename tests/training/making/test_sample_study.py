from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK
from pydicom import config

import napari_mrseq

STUDY = Path(napari_mrseq.__file__).parent / "sample_study"
FOLDERS = sorted(path for path in STUDY.iterdir() if path.is_dir())
NAMES = [path.name for path in FOLDERS]
TEMPLATE = Path("/usr/share/mricron/templates/ch2.nii.gz")


@pytest.fixture
def strict_pydicom(monkeypatch):
    monkeypatch.setattr(config.settings, "reading_validation_mode", config.RAISE)


def stacks_of(folder):
    """Files of each volume, by the order of their instance numbers."""
    volumes = {}
    for path in sorted(folder.glob("*.dcm")):
        header = pydicom.dcmread(path, stop_before_pixels=True)
        volumes.setdefault(header.get("DiffusionBValue", 0), []).append((path, header))
    return volumes


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_simpleitk_finds_the_geometry_that_the_headers_say(folder):
    for stack in stacks_of(folder).values():
        paths, headers = zip(*stack, strict=True)
        image = SimpleITK.ReadImage([str(path) for path in paths])
        first = headers[0]
        assert image.GetSize() == (first.Columns, first.Rows, len(paths))
        assert image.GetSpacing() == pytest.approx(
            (*first.PixelSpacing, first.SpacingBetweenSlices), rel=1e-5
        )
        for index, header in enumerate(headers):
            assert image.TransformIndexToPhysicalPoint((0, 0, index)) == pytest.approx(
                header.ImagePositionPatient, abs=1e-3
            )
        values = np.stack([pydicom.dcmread(path).pixel_array for path in paths])
        np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(image), values)


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
@pytest.mark.usefixtures("strict_pydicom")
def test_pydicom_finds_nothing_to_complain_of(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path in folder.glob("*.dcm"):
            dataset = pydicom.dcmread(path)
            str(dataset)  # converts, and so validates, every element
            assert dataset.pixel_array.max() == dataset.LargestImagePixelValue


def test_all_series_belong_to_one_examination_of_a_made_up_patient():
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in STUDY.glob("*/*.dcm")]
    for keyword in ("StudyInstanceUID", "FrameOfReferenceUID"):
        assert len({header[keyword].value for header in headers}) == 1
    assert {str(header.PatientName) for header in headers} == {"Sample^Simulated"}
    assert len({header.SeriesInstanceUID for header in headers}) == len(FOLDERS)
    assert len({header.SOPInstanceUID for header in headers}) == len(headers)


def test_the_lying_series_claims_the_times_of_the_true_t1_series():
    true, lying = (
        next(iter(stacks_of(STUDY / name).values()))[0][1]
        for name in ("t1_se_tra", "t1_se_tra_header_lies")
    )
    assert lying.SeriesDescription == true.SeriesDescription
    assert lying.RepetitionTime < 1000
    assert lying.EchoTime < 30
    assert lying.ScanningSequence == true.ScanningSequence == "SE"


def test_the_study_stays_small_in_the_wheel():
    assert sum(path.stat().st_size for path in STUDY.rglob("*.dcm")) < 3e6


@pytest.mark.skipif(
    not TEMPLATE.is_file(), reason="Debian's mricron-data, the head, is not installed"
)
def test_the_program_writes_the_study_that_is_shipped(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "napari_mrseq.training.making.sample_study", str(tmp_path)],
        check=True,
    )
    shipped = {path.relative_to(STUDY) for path in STUDY.glob("*/*.dcm")}
    assert {path.relative_to(tmp_path) for path in tmp_path.glob("*/*.dcm")} == shipped
    for name in shipped:
        written, expected = pydicom.dcmread(tmp_path / name), pydicom.dcmread(STUDY / name)
        # Another processor may round the last bit of a float, and so a pixel, the other way.
        difference = written.pixel_array.astype(int) - expected.pixel_array.astype(int)
        assert np.abs(difference).max() <= 1
        for dataset in (written, expected):
            for keyword in ("PixelData", "SmallestImagePixelValue", "LargestImagePixelValue"):
                del dataset[keyword]
        assert written == expected
