"""What a header says, read from the files of a converter as they lie on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from napari_mrseq.header import attributes_of, claim_of
from napari_mrseq.reading import read
from napari_mrseq.series import Series

# dcm2niix joins the values of a code by "\\" or "_", and GE's own codes hold "_" themselves.
TOF = {
    "ScanningSequence": "GR",
    "MRAcquisitionType": "3D",
    "RepetitionTime": 0.024,
    "EchoTime": 0.0026,
    "FlipAngle": 15,
}
FLAIR = {
    "ScanningSequence": "SE",
    "MRAcquisitionType": "2D",
    "RepetitionTime": 5,
    "EchoTime": 0.12,
    "SeriesDescription": "Ax FLAIR",
}


def converted(folder: Path, sidecar: dict[str, Any]) -> Series:
    """Return the series of a NIfTI file with a sidecar of GE's, written and read."""
    pixels = np.zeros((32, 32, 20), np.int16)
    nib.save(nib.Nifti1Image(pixels, np.diag([7.0, 7.0, 5.0, 1.0])), folder / "image.nii.gz")
    maker = {"Modality": "MR", "Manufacturer": "GE", "MagneticFieldStrength": 3}
    (folder / "image.json").write_text(json.dumps(maker | sidecar), "utf-8")
    (series,) = read(folder)
    return series


@pytest.mark.parametrize(
    ("sequence", "sidecar", "options"),
    [
        ("MRA", TOF, "FAST_GEMS\\VASCTOF_GEMS\\FC_SLICE_AX_GEMS"),
        ("MRA", TOF, "FAST_GEMS_VASCTOF_GEMS_FC_SLICE_AX_GEMS"),
        ("FLAIR", FLAIR, "FAST_GEMS\\T2FLAIR_GEMS"),
        ("FLAIR", FLAIR, "FAST_GEMS_T2FLAIR_GEMS_TRF_GEMS"),
        ("OTHER", {"ScanningSequence": "SE", "RepetitionTime": 3, "EchoTime": 0.05,
                   "InversionTime": 0.4}, "EPI_GEMS\\PFF"),
        ("MRA", TOF, ["FAST_GEMS", "VASCTOF_GEMS"]),
    ],
)  # fmt: skip
def test_scan_options_of_ge_in_a_sidecar_tell_the_sequence(
    tmp_path: Path, sequence: str, sidecar: dict[str, Any], options: Any
) -> None:
    claim = claim_of(converted(tmp_path, sidecar | {"ScanOptions": options}))
    assert claim is not None
    assert claim.sequence == sequence, claim


@pytest.mark.parametrize(
    ("options", "read_as"),
    [
        ("EPI_GEMS\\PFF", ("EPI_GEMS", "PFF")),
        ("EPI_GEMS_PFF", ("EPI_GEMS", "PFF")),
        ("FC_FREQ_AX_GEMS_FC_SLICE_AX_GEMS", ("FC_FREQ_AX_GEMS", "FC_SLICE_AX_GEMS")),
        ("PFP_FS", ("PFP", "FS")),
    ],
)
def test_codes_that_a_converter_joined_are_parted(
    tmp_path: Path, options: str, read_as: tuple[str, ...]
) -> None:
    assert attributes_of(converted(tmp_path, {"ScanOptions": options})).scan_options == read_as


@pytest.mark.parametrize(
    "written",
    [
        "DERIVED/PRIMARY/DIFFUSION/ADC/ND",
        "DERIVED, PRIMARY, DIFFUSION, ADC, ND",
        "['DERIVED', 'PRIMARY', 'DIFFUSION', 'ADC', 'ND']",
        '["DERIVED", "PRIMARY", "DIFFUSION", "ADC", "ND"]',
    ],
)
def test_codes_that_a_program_made_one_text_are_parted(tmp_path: Path, written: str) -> None:
    header = {"ScanningSequence": "EP", "RepetitionTime": 9, "EchoTime": 0.08, "FlipAngle": 90}
    series = converted(tmp_path, header | {"ImageType": written})
    assert attributes_of(series).image_type == ("DERIVED", "PRIMARY", "DIFFUSION", "ADC", "ND")
    claim = claim_of(series)
    assert claim is not None
    assert claim.sequence == "ADC", claim


@pytest.mark.parametrize("written", ["ORIGINAL\\PRIMARY\\P\\ND", "ORIGINAL/PRIMARY/P/ND"])
def test_a_phase_image_is_none_of_its_magnitude_however_its_codes_are_joined(
    tmp_path: Path, written: str
) -> None:
    header = {"ScanningSequence": "GR", "RepetitionTime": 0.028, "EchoTime": 0.02, "FlipAngle": 15}
    claim = claim_of(converted(tmp_path, header | {"ImageType": written}))
    assert claim is not None
    assert (claim.sequence, claim.evidence[0]) == ("OTHER", "ImageType P"), claim


def test_a_description_without_end_is_read_by_its_beginning(tmp_path):
    endless = {"SeriesDescription": "t2_tse " + "t2_" * 400 + " perfusion"}
    claim = claim_of(converted(tmp_path, endless))
    assert (claim.sequence, claim.named) == ("T2", ("T2",))
