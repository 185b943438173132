"""Values are those that a header gives a stored pixel, and its window is one of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ImplicitVRLittleEndian

from tests.reading.read_back import read_one
from tests.reading.scanner_files import AXIAL, WriteSlice, image, items, positions_along


def real_world(slope: float, intercept: float) -> list[Dataset]:
    """Return a real world value mapping, as Philips writes it."""
    return items(RealWorldValueSlope=slope, RealWorldValueIntercept=intercept)


@pytest.mark.parametrize("rescale", [{}, {"RescaleSlope": 1, "RescaleIntercept": 0}])
@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("undefined", [False, True])
def test_real_world_values_are_shown_where_nothing_rescales(
    rescale: dict[str, Any], implicit: bool, undefined: bool, write_slice: WriteSlice
) -> None:
    for number, place in enumerate(positions_along(AXIAL, 3), start=1):
        path = write_slice(
            number,
            place,
            RealWorldValueMappingSequence=real_world(0.5 * number, -4.0),
            WindowCenter=1000,
            WindowWidth=400,
            **rescale,
        )
        dataset = pydicom.dcmread(path)
        dataset["RealWorldValueMappingSequence"].is_undefined_length = undefined
        if implicit:
            dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        dataset.save_as(path, implicit_vr=implicit)
    series = read_one(path.parent)
    expected = [image(number) * 0.5 * number - 4 for number in (1, 2, 3)]
    np.testing.assert_allclose(series.pixels, expected)
    # That of the second slice: 800 to 1200 as stored.
    assert series.window == (796, 1196)


def test_a_rescale_goes_before_real_world_values(write_slice: WriteSlice) -> None:
    path = write_slice(1, RescaleSlope=2, RealWorldValueMappingSequence=real_world(0.5, -4.0))
    np.testing.assert_allclose(read_one(path).pixels[0], 2.0 * image(1))


@pytest.mark.parametrize("slope", [0.0, np.nan])
def test_a_mapping_that_means_nothing_is_passed_over(slope: float, write_slice: WriteSlice) -> None:
    path = write_slice(1, RealWorldValueMappingSequence=real_world(slope, -4.0))
    np.testing.assert_array_equal(read_one(path).pixels[0], image(1))


@pytest.mark.parametrize("shared", [False, True])
def test_frames_have_real_world_values_of_their_own_or_share_them(
    shared: bool, write_enhanced: Callable[..., Path]
) -> None:
    places = positions_along(AXIAL, 3)
    frames = [{"position": place, "slice": i + 1} for i, place in enumerate(places)]
    path = write_enhanced(1, frames)
    dataset = pydicom.dcmread(path)
    if shared:
        groups = dataset.SharedFunctionalGroupsSequence
    else:
        groups = dataset.PerFrameFunctionalGroupsSequence
    for group in groups:
        group.RealWorldValueMappingSequence = real_world(0.25, 3.0)
    dataset.save_as(path)
    expected = [image(100 + index) * 0.25 + 3 for index in range(3)]
    np.testing.assert_allclose(read_one(path).pixels, expected)


def test_values_of_philips_equal_those_of_dcm2niix(
    write_slice: WriteSlice, dcm2niix: Callable[[Path], list[nibabel.Nifti1Image]]
) -> None:
    for number, place in enumerate(positions_along(AXIAL, 3), start=1):
        path = write_slice(
            number,
            place,
            Manufacturer="Philips Medical Systems",
            RealWorldValueMappingSequence=real_world(0.5 * number, -4.0),
        )
    (theirs,) = dcm2niix(path.parent)
    ours = np.asarray(read_one(path.parent).pixels)
    # NIfTI's axes are column, row from below and slice.
    np.testing.assert_allclose(ours, theirs.get_fdata().T[:, ::-1], rtol=1e-5)
