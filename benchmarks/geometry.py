"""Prints each series of ``../shared/data/dicom`` beside what dcm2niix makes of it.

``python -m benchmarks.geometry``: order, spacing, affine and pixels are compared as the test of the
same thing does; where the two differ the reason is printed.
"""

from __future__ import annotations

import csv
import subprocess
import tempfile
from pathlib import Path

import nibabel

from napari_mrseq.reading import read_study
from napari_mrseq.series import Series
from tests.reading.scanner_files import SHARED_DATA
from tests.reading.test_against_dcm2niix import DIFFERENCES, is_same


def converted(folder: Path, target: Path) -> list[nibabel.Nifti1Image]:
    """Return what dcm2niix makes of a folder."""
    command = ["dcm2niix", "-b", "n", "-z", "n", "-m", "n", "-f", "%s_%j", "-o", target, folder]
    subprocess.run(command, capture_output=True, check=False)
    return [nibabel.load(file) for file in sorted(target.glob("*.nii"))]


def flavour(series: Series) -> str:
    """Name how a series was written."""
    header = series.dataset
    kinds = "\\".join(header.get("ImageType") or ()) if header else ""
    storage = str(header.get("SOPClassUID", "")) if header else ""
    enhanced = storage.startswith("1.2.840.10008.5.1.4.1.1.4.") or len(series.files) == 1
    grid = "mosaic" if "MOSAIC" in kinds or "VFRAME" in kinds else ""
    return grid or ("one file" if enhanced else "classic")


def sizes(shape: tuple[int, ...], spacing: tuple[float, ...] | None) -> str:
    """Return a shape and spacing in short."""
    steps = "-" if spacing is None else " ".join(f"{step:.2f}" for step in spacing)
    return f"{'x'.join(map(str, shape))} [{steps}]"


def main() -> None:
    """Read, convert, compare, print."""
    with (SHARED_DATA / "dicom.csv").open(newline="") as table:
        folders = [row["folder"].removeprefix("dicom/") for row in csv.DictReader(table)]
    same = 0
    for name in folders:
        path = (SHARED_DATA / "dicom" / name).resolve()
        with tempfile.TemporaryDirectory() as target:
            left = converted(path, Path(target))
            for series in read_study(path).series:
                grey = (image for image in left if image.get_data_dtype().names is None)
                match = next((image for image in grey if is_same(series, image)), None)
                same += match is not None
                theirs = DIFFERENCES.get(name, "not converted")
                if match is not None:
                    left.remove(match)
                    zooms = match.header.get_zooms()[2::-1]
                    theirs = f"{sizes(match.shape[::-1], zooms)} same"
                ours = sizes(series.pixels.shape, series.spacing)
                print(f"{name:42} {flavour(series):9} {ours:34} {theirs}", flush=True)
    print(f"{same} stacks are the same in both")


if __name__ == "__main__":
    main()
