"""Paths that several tests need."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


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


@pytest.fixture(scope="session")
def schema_file() -> Path:
    """The schema of a record."""
    return ROOT / "docs" / "record.schema.json"
