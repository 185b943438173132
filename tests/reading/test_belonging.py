"""One series UID for several patients or frames of reference: what doesn't belong is not joined."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

from napari_mrseq.reading import read_study
from tests.reading.scanner_files import AXIAL, WriteSlice, image, positions_along

PLACES = positions_along(AXIAL, 4)
SEVERAL = "several frames of reference"


def write_part(write_slice: WriteSlice, part: int, places=PLACES, **values) -> Path:
    for number, place in enumerate(places, start=1):
        path = write_slice(number + 10 * part, place, **values)
    return path.parent


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"PatientID": "A1"}, {"PatientID": "B2"}),
        ({"PatientName": "Roe^Jane"}, {"PatientName": "Doe^John"}),
        (
            {"PatientName": "Иванов", "SpecificCharacterSet": "ISO_IR 144"},
            {"PatientName": "Петров", "SpecificCharacterSet": "ISO_IR 144"},
        ),
    ],
    ids=["number", "name", "name in Cyrillic"],
)
def test_two_patients_under_one_uid_are_two_series(one, other, write_slice: WriteSlice) -> None:
    write_part(write_slice, 0, **one)
    folder = write_part(write_slice, 1, **other)
    study = read_study(folder)
    assert [series.pixels.shape[:-2] for series in study.series] == [(4,), (4,)]
    np.testing.assert_array_equal(study.series[1].pixels[2], image(13))
    for series in study.series:
        assert "another patient" in series.warnings[0]
        words = [*one.values(), *other.values()]
        assert not any(str(word) in warning for word in words for warning in series.warnings)


def test_a_name_in_another_spelling_is_the_same_patient(write_slice: WriteSlice) -> None:
    write_part(write_slice, 0, PLACES[:2], PatientName="ROE^JANE")
    folder = write_part(write_slice, 1, PLACES[2:], PatientName="Roe^Jane^^")
    (series,) = read_study(folder).series
    assert series.pixels.shape[0] == 4


@pytest.mark.parametrize(
    "places",
    [
        [(x, y, z + 1.5) for x, y, z in PLACES],
        [(x, y, z + 100) for x, y, z in PLACES],
        [(x + 5, y, z) for x, y, z in PLACES],
    ],
    ids=["between the others", "far away", "beside the others"],
)
def test_frames_of_reference_that_lie_apart_are_apart(places, write_slice: WriteSlice) -> None:
    write_part(write_slice, 0, FrameOfReferenceUID="1.2.1")
    folder = write_part(write_slice, 1, places, FrameOfReferenceUID="1.2.2")
    series = read_study(folder).series
    assert [one.frame_of_reference_uid for one in series] == ["1.2.1", "1.2.2"]
    assert [one.spacing[0] for one in series] == [3, 3]
    assert [one.part for one in series] == ["stack 1", "stack 2"]
    assert [one.warnings for one in series] == [(), ()]


def test_a_frame_of_reference_a_volume_is_one_series(write_slice: WriteSlice) -> None:
    for volume in range(3):
        uid = f"1.2.{volume}"
        folder = write_part(
            write_slice, volume, FrameOfReferenceUID=uid, AcquisitionNumber=volume + 1
        )
    (series,) = read_study(folder).series
    assert series.pixels.shape[:-2] == (3, 4)
    assert SEVERAL in series.warnings[0]


def test_a_stack_that_goes_on_in_another_frame_of_reference_is_one(
    write_slice: WriteSlice,
) -> None:
    places = positions_along(AXIAL, 8)
    write_part(write_slice, 0, places[:4], FrameOfReferenceUID="1.2.1")
    folder = write_part(write_slice, 1, places[4:], FrameOfReferenceUID="1.2.2")
    (series,) = read_study(folder).series
    assert series.pixels.shape[0] == 8
    assert SEVERAL in series.warnings[0]


def test_a_frame_of_reference_a_slice_says_nothing(write_slice: WriteSlice) -> None:
    for number in (3, 1, 4, 2):
        path = write_slice(number, PLACES[number - 1], FrameOfReferenceUID=f"1.2.{number}")
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[0] == 4


def test_slices_without_a_frame_of_reference_stay_with_the_others(write_slice: WriteSlice) -> None:
    folder = write_part(write_slice, 0)
    path = next(folder.iterdir())
    dataset = pydicom.dcmread(path)
    del dataset.FrameOfReferenceUID
    dataset.save_as(path)
    (series,) = read_study(folder).series
    assert series.pixels.shape[0] == 4
    assert series.warnings == ()
