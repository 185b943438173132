"""Headers as scanners write them: made with pydicom, written, and read back undecoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import dask.array as da
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

from napari_mrseq.reading.diffusion import diffusion_of
from napari_mrseq.series import Series

MakeSeries = Callable[..., Series]


def dataset_of(values: Mapping[Any, Any]) -> Dataset:
    """Return a dataset from keywords, or from (group, element): (VR, value) for private tags."""
    dataset = Dataset()
    for key, value in values.items():
        if isinstance(key, tuple):
            group, element = key
            dataset.private_block(group, "MADE FOR A TEST", create=True)
            dataset.add_new((group, element), *value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            setattr(dataset, key, [dataset_of(item) for item in value])
        else:
            setattr(dataset, key, value)
    return dataset


def written(dataset: Dataset) -> Dataset:
    """Return the dataset as a reader meets it: from bytes, its values not yet decoded."""
    file = BytesIO()
    dataset.save_as(file, implicit_vr=False, little_endian=True)
    file.seek(0)
    return dcmread(file, force=True, stop_before_pixels=True)


@pytest.fixture
def make_series() -> MakeSeries:
    def make(
        values: Mapping[Any, Any],
        *,
        slices: int = 20,
        volumes: int = 1,
        b_values: tuple[float, ...] | None = None,
    ) -> Series:
        dataset = dataset_of({"Modality": "MR", "SOPClassUID": MRImageStorage} | dict(values))
        dataset.SOPInstanceUID = generate_uid()
        dataset.file_meta = Dataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        matrix = (int(values.get("Rows", 256)), int(values.get("Columns", 256)))
        shape = (slices, *matrix) if volumes == 1 else (volumes, slices, *matrix)
        header = written(dataset)
        single, _ = diffusion_of(header)
        return Series(
            path="study",
            files=("study/1",),
            pixels=da.zeros(shape),
            dataset=header,
            description=values.get("SeriesDescription"),
            b_values=b_values or (() if single is None else (single,)),
        )

    return make
