"""How fast a study is read, beside SimpleITK and a plain loop over the headers with pydicom.

Writes its own study: 1,000 instances of 256 x 256 in 5 series, and 10,000 small ones. Each task
runs in a process of its own, the fastest of two runs after a first counts. Prints one row a task.

    python benchmarks/reading.py [--small]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

RUNS = 2
# Task measured, task compared with, largest ratio that is good.
GOALS = (
    ("ours: read()", "SimpleITK: find and read", 0.5),
    ("ours: read()", "pydicom: headers", 1.2),
    ("ours: read() and all pixels", "SimpleITK: find and read", 0.6),
)
LARGEST_BYTES_AN_INSTANCE = 50_000


def write_study(folder: Path, series: int, slices: int, size: int) -> Path:
    """Write a study whose headers are as long as a scanner's, a hundred elements or so."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 1000, (size, size)).astype("<u2").tobytes()
    template = header_like_a_scanner(size)
    study, frame = generate_uid(), generate_uid()
    for number in range(series):
        uid = generate_uid()
        target = folder / f"{number}"
        target.mkdir(parents=True)
        for index in range(slices):
            dataset = FileDataset("", template, file_meta=meta(), preamble=b"\0" * 128)
            dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID
            dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study, uid
            dataset.FrameOfReferenceUID = frame
            dataset.SeriesNumber, dataset.InstanceNumber = number + 1, index + 1
            dataset.ImagePositionPatient = [-100, -100, 2.0 * index]
            dataset.SliceLocation = 2.0 * index
            dataset.PixelData = pixels
            dataset["PixelData"].VR = "OW"
            dataset.save_as(target / f"{index:05d}.dcm", enforce_file_format=True)
    return folder


def header_like_a_scanner(size: int) -> pydicom.Dataset:
    """Return the header of pydicom's own MR file with a private block as Siemens writes."""
    path = pydicom.data.get_testdata_file("MR_small.dcm", download=False)
    template = pydicom.dcmread(path, stop_before_pixels=True)
    template.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
    template.SOPClassUID, template.Modality = MRImageStorage, "MR"
    template.Rows = template.Columns = size
    template.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    template.PixelSpacing = [1, 1]
    template.SliceThickness = 2
    block = template.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x10, "OB", bytes(10_000))
    return template


def meta() -> FileMetaDataset:
    """Return the file meta information of one instance."""
    found = FileMetaDataset()
    found.MediaStorageSOPClassUID = MRImageStorage
    found.MediaStorageSOPInstanceUID = generate_uid()
    found.TransferSyntaxUID = ExplicitVRLittleEndian
    return found


def pydicom_headers(folder: str) -> int:
    """Read every header with pydicom, nothing else."""
    return len(
        [pydicom.dcmread(path, stop_before_pixels=True) for path in Path(folder).rglob("*.dcm")]
    )


def simpleitk(folder: str) -> int:
    """Find the series of each folder and read them whole."""
    import SimpleITK

    count = 0
    for target in sorted(Path(folder).iterdir()):
        for uid in SimpleITK.ImageSeriesReader.GetGDCMSeriesIDs(str(target)):
            names = SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(target), uid)
            count += SimpleITK.ReadImage(names).GetDepth()
    return count


def ours_read(folder: str) -> int:
    """Read every header, group, sort, geometry."""
    from napari_mrseq.reading import read

    return sum(series.slice_count for series in read(folder))


def ours_pixels(folder: str) -> int:
    """Read everything, all pixels into memory."""
    from napari_mrseq.reading import read

    return sum(series.pixels.compute().shape[0] for series in read(folder))


TASKS = {
    "pydicom: headers": pydicom_headers,
    "SimpleITK: find and read": simpleitk,
    "ours: read()": ours_read,
    "ours: read() and all pixels": ours_pixels,
}


def run_task(name: str, folder: str) -> None:
    """Run one task in this process; print seconds, seconds of the processor, peak kB."""
    TASKS[name](folder)  # imports, and the files into the cache of the system
    seconds = []
    for _ in range(RUNS):
        start, processor = time.perf_counter(), time.process_time()
        TASKS[name](folder)
        seconds.append((time.perf_counter() - start, time.process_time() - processor))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(*map(min, zip(*seconds, strict=True)), peak)


def measured(name: str, folder: Path) -> tuple[float, float, int]:
    """Run a task in a new process; return seconds, of the processor too, and peak kB."""
    command = [sys.executable, __file__, "--task", name, str(folder)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(output[0]), float(output[1]), int(output[2])


def report(title: str, folder: Path, instances: int) -> dict[str, float]:
    """Measure all tasks on one study, print a table, return seconds of the processor.

    Ratios are taken of these: on a machine that does other things as well they vary less.
    """
    print(f"\n{title}\n{'task':32}{'seconds':>9}{'processor':>11}{'ms a file':>11}{'peak MB':>9}")
    processor = {}
    for name in TASKS:
        seconds, processor[name], peak = measured(name, folder)
        each = processor[name] / instances * 1000
        print(f"{name:32}{seconds:9.2f}{processor[name]:11.2f}{each:11.3f}{peak / 1024:9.0f}")
    return processor


def bytes_an_instance(folder: Path, instances: int) -> float:
    """Return by how much the peak of memory grows for each instance read."""
    (folder / "none").mkdir()
    code = (
        "import resource, sys; from napari_mrseq.reading import read_study; import dask.array;"
        "kept = read_study(sys.argv[1]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)"
    )
    peaks = [
        int(subprocess.run([sys.executable, "-c", code, path], capture_output=True).stdout)
        for path in (folder / "none", folder)
    ]
    return (peaks[1] - peaks[0]) / instances


def main() -> int:
    """Write the studies, measure, print; exit 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of the instances")
    parser.add_argument("--task", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.task:
        run_task(*chosen.task)
        return 0
    part = 10 if chosen.small else 1
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        study = write_study(Path(name) / "study", 5, 200 // part, 256)
        seconds = report(f"{1000 // part} instances of 256 x 256", study, 1000 // part)
        for task, other, goal in GOALS:
            ratio = seconds[task] / seconds[other]
            missed += ratio > goal
            print(f"{task} / {other}: {ratio:.2f} (at most {goal})")
        many = write_study(Path(name) / "many", 5, 2000 // part, 32)
        longer = report(f"{10_000 // part} instances of 32 x 32", many, 10_000 // part)
        growth = longer["ours: read()"] / 10 / seconds["ours: read()"]
        print(f"ours: read(): time a file, 10,000 against 1,000 files: {growth:.2f}")
        memory = bytes_an_instance(many, 10_000 // part)
        missed += memory > LARGEST_BYTES_AN_INSTANCE
        print(f"memory of read(): {memory / 1000:.1f} kB an instance (at most 50)")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
