"""Writers of DICOM files as scanners make them, and dcm2niix to compare with."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from pydicom.uid import UID, EnhancedMRImageStorage, ExplicitVRLittleEndian, MRImageStorage

from tests.reading.scanner_files import (
    AXIAL,
    WriteSlice,
    groups_of,
    image,
    items,
    new_file,
    set_values,
)


@pytest.fixture
def write_slice(tmp_path: Path) -> WriteSlice:
    """Write one classic slice; keywords of DICOM replace what is written by default."""

    def write(
        number: int,
        position: Sequence[float] = (0.0, 0.0, 0.0),
        orientation: Sequence[float] = AXIAL,
        *,
        name: str | None = None,
        pixels: np.ndarray | None = None,
        syntax: UID = ExplicitVRLittleEndian,
        private: Mapping[tuple[int, int], tuple[str, Any]] | None = None,
        **values: Any,
    ) -> Path:
        path = tmp_path / "study" / (name or f"{number:05d}.dcm")
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset = new_file(path, MRImageStorage, number, syntax)
        defaults = {
            "ImagePositionPatient": [f"{v:.6f}" for v in position],
            "ImageOrientationPatient": [f"{v:.9f}" for v in orientation],
            "PixelSpacing": [1.5, 0.75],
            "SliceThickness": 2.5,
            "EchoTime": 10,
            "RepetitionTime": 500,
            "AcquisitionNumber": 1,
        }
        array = image(number) if pixels is None else pixels
        dataset.Rows, dataset.Columns = array.shape[-2:]
        set_values(dataset, defaults | values)
        set_values(dataset, private or {})
        dataset.PixelData = array.astype(array.dtype.newbyteorder("<")).tobytes()
        dataset["PixelData"].VR = "OW"
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write


@pytest.fixture
def write_enhanced(tmp_path: Path) -> Callable[..., Path]:
    """Write one enhanced file from frames, each a mapping of what its groups say."""

    def write(number: int, frames: Sequence[Mapping[str, Any]], **values: Any) -> Path:
        path = tmp_path / "study" / f"{number:05d}.dcm"
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset = new_file(path, EnhancedMRImageStorage, number, ExplicitVRLittleEndian)
        set_values(dataset, {"NumberOfFrames": len(frames)} | values)
        dataset.SharedFunctionalGroupsSequence = items(
            PixelMeasuresSequence=items(
                PixelSpacing=[1.5, 0.75], SliceThickness=2.5, SpacingBetweenSlices=3.0
            )
        )
        dataset.PerFrameFunctionalGroupsSequence = [groups_of(frame) for frame in frames]
        pixels = np.stack([image(100 * number + i) for i in range(len(frames))])
        dataset.PixelData = pixels.astype("<u2").tobytes()
        dataset["PixelData"].VR = "OW"
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write


@pytest.fixture
def dcm2niix(tmp_path: Path) -> Callable[[Path], list[nibabel.Nifti1Image]]:
    """Convert a folder with dcm2niix."""
    if not shutil.which("dcm2niix"):
        pytest.skip("dcm2niix is not installed")

    def convert(path: Path) -> list[nibabel.Nifti1Image]:
        target = tmp_path / "dcm2niix"
        target.mkdir()
        command = ["dcm2niix", "-b", "n", "-z", "n", "-m", "n", "-f", "%s_%j", "-o", target, path]
        subprocess.run(command, capture_output=True, check=False)
        return [nibabel.load(file) for file in sorted(target.glob("*.nii"))]

    return convert
