"""One series UID for several patients or frames of reference: what doesn't belong is not joined."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pydicom
import pytest

from napari_mrseq.belonging import study_of
from napari_mrseq.reading import read_study
from napari_mrseq.series import Series
from tests.reading.scanner_files import AXIAL, WriteSlice, image, positions_along

PLACES = positions_along(AXIAL, 4)
SEVERAL = "several frames of reference"


def by_number(series: Iterable[Series]) -> list[Series]:
    return sorted(series, key=lambda one: one.series_number or 0)


def write_part(write_slice: WriteSlice, part: int, places=PLACES, **values) -> Path:
    for number, place in enumerate(places, start=1):
        path = write_slice(number + 10 * part, place, **values)
    return path.parent


CYRILLIC = {"SpecificCharacterSet": "ISO_IR 144"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("A1", "Roe^Jane"), ("B2", "Doe^John")),
        (("A1", "Roe^Jane"), ("B2", "Roe^John")),
        (("A1", ""), ("B2", "")),
        (("A1", "Anonymous"), ("B2", "ANONYMIZED")),
        (("", "Roe^Jane"), ("", "Doe^John")),
        (("A1", "Roe^Jane"), ("", "Doe^John")),
        (("", "Иванов"), ("", "Петров")),
    ],
)
def test_two_patients_under_one_uid_are_two_series(one, other, write_slice: WriteSlice) -> None:
    for part, (number, name) in enumerate((one, other)):
        folder = write_part(write_slice, part, PatientID=number, PatientName=name, **CYRILLIC)
    study = read_study(folder)
    assert [series.pixels.shape[:-2] for series in study.series] == [(4,), (4,)]
    np.testing.assert_array_equal(study.series[1].pixels[2], image(13))
    for series in study.series:
        assert "another patient" in series.warnings[0]
        words = [word for word in (*one, *other) if word]
        assert not any(word in warning for word in words for warning in series.warnings)


def test_two_patients_under_one_study_uid_are_two_studies(write_slice: WriteSlice) -> None:
    who = [("A1", "Roe^Jane"), ("B2", "Doe^John"), ("a1", "Roe^Jane^M"), ("", "")]
    for part, (number, name) in enumerate(who):
        folder = write_part(
            write_slice,
            part,
            SeriesInstanceUID=f"1.2.{part}",
            SeriesNumber=part + 1,
            PatientID=number,
            PatientName=name,
        )
    found = read_study(folder).series
    assert {series.study_uid for series in found} == {found[0].study_uid}
    hers, his, hers_too, of_nobody = (study_of(series) for series in by_number(found))
    assert hers == hers_too == of_nobody != his
    assert {one.warnings for one in found} == {
        (
            "another patient's study has the same UID (the patient ID or the name is another): "
            "they are kept apart",
        )
    }
    assert not any(word in his for word in ("B2", "Doe"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("", "ROE^JANE"), ("", "Roe^Jane^^")),
        (("", "ROE JANE"), ("", "Roe^Jane^M")),
        (("", "MÜLLER^JÖRG"), ("", "Müller^Jörg")),
        (("", "Müller^Jörg"), ("", "Mueller^Joerg")),
        (("", "Anonymous"), ("", "Roe^Jane")),
        (("A1", "Roe^Jane"), ("", "Roe^Jane")),
        (("A1", "Roe^Jane"), ("A1", "")),
        (("A1", "Roe^Jane"), ("", "")),
        (("0012345", ""), ("12345", "")),
        (("a1", "Roe^Jane"), ("A1", "Maiden^Jane")),
        (("A1", "Roe^Jane"), ("A1", "Subject 7")),
        (("A1", "Roe^Jane"), ("B2", "Roe^Jane^M")),
    ],
)
def test_a_patient_may_be_written_in_several_ways(one, other, write_slice: WriteSlice) -> None:
    for part, (number, name) in enumerate((one, other)):
        charset = ("ISO_IR 192", "ISO_IR 100")[part]
        folder = write_part(
            write_slice,
            part,
            PLACES[2 * part : 2 * part + 2],
            SpecificCharacterSet=charset,
            PatientID=number,
            PatientName=name,
        )
    (series,) = read_study(folder).series
    assert series.pixels.shape[0] == 4
    assert series.warnings == ()


def test_files_of_nobody_are_of_the_first_patient(write_slice: WriteSlice) -> None:
    write_part(write_slice, 0, PLACES[:1], PatientID="", PatientName="")
    write_part(write_slice, 1, PLACES[1:], PatientID="A1", PatientName="Roe^Jane")
    folder = write_part(write_slice, 2, PatientID="B2", PatientName="Doe^John")
    first, second = read_study(folder).series
    np.testing.assert_array_equal(first.pixels[0], image(1))
    np.testing.assert_array_equal(second.pixels[0], image(21))


@pytest.mark.parametrize("known", [{"PatientID": "B2"}, {"PatientName": "Doe^John"}])
def test_a_file_that_tells_half_is_of_the_patient_who_shares_it(known, write_slice) -> None:
    write_part(write_slice, 0, PatientID="A1", PatientName="Roe^John")
    write_part(write_slice, 1, PLACES[:2], PatientID="B2", PatientName="Doe^John")
    half = {"PatientID": "", "PatientName": ""} | known
    folder = write_part(write_slice, 2, PLACES[2:], **half)
    _, second = read_study(folder).series
    np.testing.assert_array_equal(second.pixels, [image(i) for i in (11, 12, 21, 22)])


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


def test_volumes_with_missing_slices_and_frames_of_reference_of_their_own(
    write_slice: WriteSlice,
) -> None:
    for volume, missing in enumerate((1, 2, None)):
        for slice_, place in enumerate(PLACES):
            if slice_ != missing:
                values = {"FrameOfReferenceUID": f"1.2.{volume}", "AcquisitionNumber": volume + 1}
                path = write_slice(10 * volume + slice_, place, **values)
    series = read_study(path.parent).series
    assert [one.pixels.shape[0] for one in series] == [3, 3, 4]
    assert [one.part.partition(",")[0] for one in series] == ["incomplete", "incomplete", ""]


@pytest.mark.parametrize(
    "references",
    [
        [1, 1, 1, 1, 2, 1, 1, 1, 1],
        [1, 1, 2, 1, 1, 3, 1, 1, 1],
        [1, 2, 1, 2, 1, 2, 1, 2],
        [1, 2, 3, 1, 2, 3, 1, 2, 3, 1],
    ],
    ids=["an odd one", "two odd ones", "two packages", "three packages"],
)
def test_frames_of_reference_that_interleave_evenly_are_one(
    references: list[int], write_slice: WriteSlice
) -> None:
    places = positions_along(AXIAL, len(references))
    for number, (place, reference) in enumerate(zip(places, references, strict=True)):
        path = write_slice(number, place, FrameOfReferenceUID=f"1.2.{reference}")
    (series,) = read_study(path.parent).series
    np.testing.assert_array_equal(series.pixels, [image(i) for i in range(len(references))])
    assert series.spacing[0] == pytest.approx(3)
    assert len(series.warnings) == 1
    assert SEVERAL in series.warnings[0]


def test_stations_that_overlap_are_apart(write_slice: WriteSlice) -> None:
    places = positions_along(AXIAL, 7)
    write_part(write_slice, 0, places[:4], FrameOfReferenceUID="1.2.1")
    folder = write_part(write_slice, 1, places[3:], FrameOfReferenceUID="1.2.2")
    series = read_study(folder).series
    assert [one.frame_of_reference_uid for one in series] == ["1.2.1", "1.2.2"]
    assert [(one.pixels.shape[0], one.warnings) for one in series] == [(4, ()), (4, ())]


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
