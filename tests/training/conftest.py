"""The simulated head, built once."""

from __future__ import annotations

import pytest

from napari_mrseq.training.making.head import TEMPLATES
from napari_mrseq.training.making.planes import TissueMaps, tissue_maps


@pytest.fixture(scope="session")
def maps() -> TissueMaps:
    """Tissue maps of Colin27."""
    if not (TEMPLATES / "ch2.nii.gz").is_file():
        pytest.skip("Debian's mricron-data is not installed")
    return tissue_maps()
