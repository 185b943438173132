"""Classic series that an archive put into one file each, as highdicom does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from highdicom.legacy import LegacyConvertedEnhancedMRImage
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from napari_mrseq.header import attributes_of, claim_of
from napari_mrseq.reading import read_study
from napari_mrseq.series import Series
from tests.reading.scanner_files import AXIAL, WriteSlice, csa_header, image, items, positions_along

PLACES = positions_along(AXIAL, 4)
# What a converter asks for, and a spin echo.
WHOLE = {
    "AccessionNumber": "", "PatientSex": "", "ReferringPhysicianName": "", "StudyID": "1",
    "SeriesDate": "20240101", "SeriesTime": "100000", "ContentDate": "20240101",
    "ContentTime": "100000", "AcquisitionDate": "20240101", "AcquisitionTime": "100000",
    "PositionReferenceIndicator": "", "Laterality": "", "PatientPosition": "HFS",
    "ScanningSequence": "SE", "SequenceVariant": "NONE", "ScanOptions": "", "EchoTrainLength": 1,
    "MRAcquisitionType": "2D", "FlipAngle": 90, "ManufacturerModelName": "x",
    "SoftwareVersions": "1", "DeviceSerialNumber": "1", "ImagingFrequency": 64,
    "ImagedNucleus": "1H", "RepetitionTime": 3000, "WindowCenter": 2000, "WindowWidth": 1000,
    "RescaleIntercept": 0, "RescaleSlope": 1, "RescaleType": "US",
}  # fmt: skip


def converted(write_slice: WriteSlice, volumes: Sequence[Mapping[str, Any]]) -> tuple[Series, ...]:
    """Write volumes of a classic series, make one file of them, and read it."""
    return in_one_file(
        [
            write_slice(4 * volume + index, place, **WHOLE | values)
            for volume, values in enumerate(volumes)
            for index, place in enumerate(PLACES)
        ]
    )


def in_one_file(files: Sequence[Path]) -> tuple[Series, ...]:
    """Make one file of classic ones, and read it."""
    enhanced = LegacyConvertedEnhancedMRImage(
        [dcmread(file) for file in files],
        series_instance_uid=generate_uid(),
        series_number=9,
        sop_instance_uid=generate_uid(),
        instance_number=1,
    )
    folder = Path(files[0]).parent
    for file in files:
        file.unlink()
    enhanced.save_as(folder / "converted.dcm")
    study = read_study(folder)
    assert study.failures == ()
    return study.series


def test_echoes_of_a_converted_file_are_stacks_with_claims_of_their_own(
    write_slice: WriteSlice,
) -> None:
    early, late = converted(write_slice, [{"EchoTime": 12}, {"EchoTime": 90}])
    assert (early.part, late.part) == ("echo 1", "echo 2")
    assert [claim_of(one).sequence for one in (early, late)] == ["PD", "T2"]
    for number, one in enumerate((early, late)):
        np.testing.assert_array_equal(one.pixels, [image(4 * number + i) for i in range(4)])
        np.testing.assert_allclose(one.affine[:3, 3], PLACES[0], atol=1e-4)
        assert (one.series_number, one.window, one.warnings) == (9, (1500, 2500), ())


@pytest.mark.parametrize(
    ("volumes", "name", "values"),
    [
        ([{"DiffusionBValue": b} for b in (0.0, 500.0, 1000.0)], "b value", (0, 500, 1000)),
        ([{"InversionTime": t} for t in (50.0, 400.0, 900.0)], "inversion time", (50, 400, 900)),
        ([{"TriggerTime": 30.0 * t} for t in range(3)], "time", (0, 30, 60)),
        ([{"AcquisitionTime": f"10000{t}"} for t in (0, 4, 8)], "time", (0, 4000, 8000)),
    ],
)
def test_volumes_of_a_converted_file_are_told_by_what_each_frame_had(
    volumes: Sequence[Mapping[str, Any]],
    name: str,
    values: tuple[float, ...],
    write_slice: WriteSlice,
) -> None:
    (series,) = converted(write_slice, volumes)
    assert (series.volume_axis.name, series.volume_axis.values) == (name, values)
    expected = [[image(4 * volume + index) for index in range(4)] for volume in range(3)]
    np.testing.assert_array_equal(series.pixels, expected)


def test_magnitude_and_phase_of_a_converted_file_are_apart(write_slice: WriteSlice) -> None:
    kinds = [{"ImageType": ["ORIGINAL", "PRIMARY", kind, "ND"]} for kind in "MP"]
    assert [one.part for one in converted(write_slice, kinds)] == ["magnitude", "phase"]


def test_volumes_of_a_converted_file_follow_each_other_as_they_were_taken(
    write_slice: WriteSlice,
) -> None:
    (series,) = converted(write_slice, [{"TemporalPositionIdentifier": t} for t in (3, 1, 2)])
    expected = [[image(4 * volume + index) for index in range(4)] for volume in (1, 2, 0)]
    np.testing.assert_array_equal(series.pixels, expected)
    # Some converters count volumes in the group that enhanced files have for it.
    path = Path(series.files[0])
    enhanced = dcmread(path)
    for frame in enhanced.PerFrameFunctionalGroupsSequence:
        (kept,) = frame.UnassignedPerFrameConvertedAttributesSequence
        frame.FrameContentSequence[0].TemporalPositionIndex = kept.TemporalPositionIdentifier
        del kept.TemporalPositionIdentifier
    enhanced.save_as(path)
    np.testing.assert_array_equal(read_study(path).series[0].pixels, expected)


def test_the_reference_time_of_a_converted_frame_stands_for_that_of_its_acquisition(
    write_slice: WriteSlice,
) -> None:
    (series,) = converted(write_slice, [{"AcquisitionTime": f"10000{t}"} for t in (0, 4, 8)])
    path = Path(series.files[0])
    enhanced = dcmread(path)
    for frame in enhanced.PerFrameFunctionalGroupsSequence:
        content = frame.FrameContentSequence[0]
        content.FrameReferenceDateTime = content.FrameAcquisitionDateTime
        del content.FrameAcquisitionDateTime
    enhanced.save_as(path)
    (again,) = read_study(path).series
    assert again.volume_axis == series.volume_axis
    assert again.volume_axis.values == (0, 4000, 8000)


def test_what_all_frames_of_a_converted_file_share_is_known_of_each(
    write_slice: WriteSlice,
) -> None:
    (series,) = converted(write_slice, [{"DiffusionBValue": 800.0}])
    assert series.b_values == (800,)


def test_a_converted_file_is_of_its_own_series_whatever_it_keeps_of_the_old_one(
    write_slice: WriteSlice,
) -> None:
    (series,) = converted(write_slice, [{}])
    path = Path(series.files[0])
    enhanced = dcmread(path)
    for frame in enhanced.PerFrameFunctionalGroupsSequence:
        (kept,) = frame.UnassignedPerFrameConvertedAttributesSequence
        kept.SeriesNumber, kept.SeriesInstanceUID = 4, "1.2.3"
    enhanced.save_as(path)
    (again,) = read_study(path).series
    assert (again.series_number, again.series_uid) == (9, enhanced.SeriesInstanceUID)


def test_mosaics_of_a_converted_file_are_unpacked_as_before(write_slice: WriteSlice) -> None:
    described = csa_header(NumberOfImagesInMosaic=[4], SliceNormalVector=(0.0, 0.0, 1.0))
    said = {
        "Manufacturer": "SIEMENS", "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"],
        "AcquisitionMatrix": [64, 0, 0, 64], "PixelSpacing": [3.0, 3.0],
        "private": {(0x0029, 0x1010): ("OB", described)},
    }  # fmt: skip
    pixels = np.arange(128 * 128, dtype=np.uint16).reshape(128, 128)
    files = [
        write_slice(n, AXIAL[:3], pixels=pixels + n, **WHOLE | said | {"AcquisitionNumber": n})
        for n in (1, 2)
    ]
    (classic,) = read_study(files[0].parent).series
    before = classic.pixels.compute()
    (series,) = in_one_file(files)
    np.testing.assert_array_equal(series.pixels, before)
    assert before.shape == (2, 4, 64, 64)
    np.testing.assert_allclose(series.affine, classic.affine)


def test_groups_of_a_frame_take_the_place_of_shared_ones(
    write_enhanced: Callable[..., Path],
) -> None:
    frames = [{"position": place, "echo": echo} for echo in (20, 90) for place in PLACES]
    path = write_enhanced(1, frames)
    enhanced = dcmread(path)
    first = enhanced.PerFrameFunctionalGroupsSequence[0]
    enhanced.SharedFunctionalGroupsSequence[0].MREchoSequence = first.MREchoSequence
    enhanced.save_as(path)
    assert [attributes_of(one).echo_time for one in read_study(path).series] == [20, 90]


def test_what_a_group_of_a_frame_leaves_out_is_told_by_the_shared_one(
    write_enhanced: Callable[..., Path],
) -> None:
    path = write_enhanced(1, [{"position": place} for place in PLACES])
    enhanced = dcmread(path)
    timing = items(RepetitionTime=4000, FlipAngle=90)
    enhanced.SharedFunctionalGroupsSequence[0].MRTimingAndRelatedParametersSequence = timing
    for frame in enhanced.PerFrameFunctionalGroupsSequence:
        frame.MRTimingAndRelatedParametersSequence = items(FlipAngle=150)
    enhanced.save_as(path)
    (series,) = read_study(path).series
    found = attributes_of(series)
    assert (found.repetition_time, found.flip_angle) == (4000, 150)


def test_an_empty_group_of_a_frame_hides_no_shared_one(write_enhanced: Callable[..., Path]) -> None:
    path = write_enhanced(1, [{"position": place} for place in PLACES])
    enhanced = dcmread(path)
    shared = enhanced.SharedFunctionalGroupsSequence[0]
    for frame in enhanced.PerFrameFunctionalGroupsSequence:
        shared.MREchoSequence = frame.MREchoSequence
        frame.MREchoSequence = frame.PixelMeasuresSequence = [Dataset()]
    enhanced.save_as(path)
    (series,) = read_study(path).series
    assert series.spacing == (3.0, 1.5, 0.75)
    assert attributes_of(series).echo_time == 20


@pytest.mark.parametrize("contrast", ["UNKNOWN", "T1"])
def test_a_heartbeat_in_one_file_is_a_film(
    write_enhanced: Callable[..., Path], contrast: str
) -> None:
    frames = [
        {"position": PLACES[0], "time": phase + 1, "trigger": 35.0 * phase, "echo": 3.0}
        for phase in range(20)
    ]
    path = write_enhanced(
        1, frames, EchoPulseSequence="GRADIENT", CardiacSynchronizationTechnique="RETROSPECTIVE",
        MRAcquisitionType="2D", RepetitionTime=40, FlipAngle=15, AcquisitionContrast=contrast,
        Manufacturer="Philips Medical Systems",
    )  # fmt: skip
    (series,) = read_study(path.parent).series
    assert claim_of(series).sequence == "OTHER"


def test_one_phase_of_a_film_is_no_scout(write_slice: WriteSlice) -> None:
    for number, place in enumerate(PLACES[:3]):
        path = write_slice(
            number, place, ScanningSequence="GR", ScanOptions="CG", MRAcquisitionType="2D",
            RepetitionTime=4, EchoTime=2, FlipAngle=15,
        )  # fmt: skip
    (series,) = read_study(path.parent).series
    assert claim_of(series).sequence == "UNKNOWN"
