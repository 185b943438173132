"""Paths that several tests need."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

ROOT = Path(__file__).resolve().parents[1]


def pytest_configure(config: pytest.Config) -> None:
    """Give each process of a test run settings of napari's, before it is imported, and models.

    Windows keep their size and the place of their docks there: those of two processes, or of the
    user, would be laid out after each other. What a user keeps as models would be listed.
    """
    folder = tempfile.TemporaryDirectory()
    config.add_cleanup(folder.cleanup)
    os.environ["NAPARI_CONFIG"] = str(Path(folder.name) / "settings.yaml")
    os.environ["NAPARI_MRSEQ_MODELS"] = str(Path(folder.name) / "models")


@pytest.fixture(scope="module", autouse=True)
def _libraries_are_no_garbage():
    """Take what is there before a module's tests out of their searches for garbage, which are many.

    Each napari window asks for two, through all that libraries hold.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def sample_study() -> Path:
    """The DICOM study that ships with the package."""
    return ROOT / "napari_mrseq" / "sample_study"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real MR data with labels, beside the repository where there is any."""
    folder = ROOT.parent / "shared" / "data"
    if not (folder / "slices.csv").is_file():
        pytest.skip("the labelled data is not beside this checkout (../shared/data)")
    return folder


@pytest.fixture
def signals_heard():
    """Programs that a test starts hear signals, though nohup or ``&`` had pytest ignore them."""
    names = [name for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), signal.SIG_DFL) for name in names}
    yield
    for name, handler in before.items():
        signal.signal(getattr(signal, name), handler)


@pytest.fixture(scope="session")
def schema_file() -> Path:
    """The schema of a record."""
    return ROOT / "docs" / "record.schema.json"


@pytest.fixture
def make_study(sample_study: Path):
    """Return a function that writes a study, of another day if need be: a slice under each path."""

    def make(*paths: Path, day: str = "20240229") -> None:
        study = generate_uid()
        for path in paths:
            file = dcmread(min((sample_study / "t2_tse_tra").iterdir()))
            file.StudyInstanceUID, file.SeriesInstanceUID = study, generate_uid()
            file.SOPInstanceUID = file.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            file.StudyDate = file.SeriesDate = file.AcquisitionDate = file.ContentDate = day
            path.parent.mkdir(parents=True, exist_ok=True)
            file.save_as(path)

    return make


@pytest.fixture
def exchanged_study(sample_study, tmp_path):
    """The sample study's T1 and T2, each with the pixels of the other."""
    folders = [tmp_path / "study" / name for name in ("t1_se_tra", "t2_tse_tra", "pd_tse_tra")]
    for folder in folders:
        shutil.copytree(sample_study / folder.name, folder)
    ours, theirs = (sorted(folder.iterdir()) for folder in folders[:2])
    for one, other in zip(ours, theirs, strict=True):
        files = dcmread(one), dcmread(other)
        stacks = [file.pixel_array.tobytes() for file in files]
        for file, pixels, path in zip(files, reversed(stacks), (one, other), strict=True):
            file.PixelData = pixels
            file["PixelData"].VR = "OW"
            file.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            file.save_as(path)
    return tmp_path / "study"
