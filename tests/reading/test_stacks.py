"""One series UID may hold several stacks, and a stack several volumes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from napari_mrseq.header import claim_of
from napari_mrseq.reading import copies
from napari_mrseq.reading.dicom import file_frames
from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.series import VolumeAxis
from tests.reading.read_back import series_of
from tests.reading.scanner_files import (
    AXIAL,
    CORONAL,
    SAGITTAL,
    SERIES_UID,
    WriteSlice,
    image,
    items,
    positions_along,
    rotated,
)

WriteEnhanced = Callable[..., Path]
PLACES = positions_along(AXIAL, 4)


def test_dual_echo_gives_one_stack_an_echo(write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES):
        write_slice(2 * number + 1, position, EchoTime=16, EchoNumbers=1)
        path = write_slice(2 * number + 2, position, EchoTime=93, EchoNumbers=2)
    first, second = series_of(path)
    assert (first.part, second.part) == ("echo 1", "echo 2")
    assert [one.dataset["EchoTime"].value for one in (first, second)] == [16, 93]
    assert first.instance_uids == tuple(f"{SERIES_UID}.{n}" for n in (1, 3, 5, 7))
    np.testing.assert_array_equal(second.pixels[1].compute(), image(4))


def test_magnitude_and_phase_are_two_stacks(write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES):
        write_slice(number + 1, position, ImageType=["ORIGINAL", "PRIMARY", "M", "ND"])
        path = write_slice(
            number + 11,
            position,
            ImageType=["ORIGINAL", "PRIMARY", "P", "ND"],
            RescaleSlope=2,
            RescaleIntercept=-4096,
        )
    assert [one.part for one in series_of(path)] == ["magnitude", "phase"]


def test_water_and_fat_are_two_stacks(write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES):
        write_slice(number + 1, position, ImageType=["DERIVED", "PRIMARY", "DIXON", "WATER"])
        path = write_slice(number + 11, position, ImageType=["DERIVED", "PRIMARY", "DIXON", "FAT"])
    assert [one.part for one in series_of(path)] == ["water", "fat"]


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("ADC_MAP", "ADC"), ("DADC", "ADC"), ("EXP_ADC", "eADC"), ("DTI_FA", "FA"),
        ("T1_MAP", "T1 map"), ("RELCBF", "relCBF"), ("FAT_FRACTION", "fat fraction"),
        ("T2_STAR_UNSPECIF", "T2* map"), ("R2_UNSPECIFIED", "R2 map"),
    ],
)  # fmt: skip
def test_a_map_beside_its_source_is_named(written: str, part: str, write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES):
        write_slice(number + 1, position, ImageType=["ORIGINAL", "PRIMARY", "OTHER"])
        path = write_slice(number + 11, position, ImageType=["DERIVED", "PRIMARY", written])
    assert [one.part for one in series_of(path)] == ["", part]


@pytest.mark.parametrize(
    ("element", "values", "parts"),
    [
        (0x102F, (0, 1), ["magnitude", "phase"]),
        (0x102F, (2, 3), ["real", "imaginary"]),
        (0x1030, (2, 8), ["magnitude", "GE kind 8"]),
        # Flow along two axes, which have the same numbers as directions of diffusion.
        (0x1030, (3, 5), ["GE kind 3", "GE kind 5"]),
        (0x1030, (15, 20), ["", "ADC"]),
    ],
)
def test_ge_tells_what_an_image_shows_by_numbers_of_its_own(
    element: int, values: tuple[int, int], parts: list[str], write_slice: WriteSlice
) -> None:
    for stack, value in enumerate(values):
        for index, position in enumerate(PLACES):
            path = write_slice(
                1 + 4 * stack + index,
                position,
                ImageType=["ORIGINAL", "PRIMARY", "OTHER"],
                private={(0x0043, element): ("SS", value)},
            )
    assert [one.part for one in series_of(path)] == parts


# A tensor's; those of clinics, combined and along the axes of the body; a tetrahedron's.
@pytest.mark.parametrize("flags", [(14, 14, 16, 16), (14, 15), (14, 3, 4, 5), (14, 43, 44, 45, 46)])
def test_diffusion_of_ge_is_one_series_whatever_kinds_its_images_are(
    flags: tuple[int, ...], write_slice: WriteSlice
) -> None:
    for volume, flag in enumerate(flags):
        b_value = 0 if flag == 14 else 1000
        for index, position in enumerate(PLACES):
            path = write_slice(
                1 + 4 * volume + index,
                position,
                Manufacturer="GE MEDICAL SYSTEMS",
                ImageType=["ORIGINAL", "PRIMARY", "OTHER"],
                private={
                    (0x0043, 0x1030): ("SS", flag),
                    (0x0043, 0x1039): ("IS", [b_value, 8, 0, 0]),
                },
            )
    (one,) = series_of(path)
    assert one.pixels.shape[0] == len(flags)
    assert one.b_values == (0.0, 1000.0)


@pytest.mark.parametrize(
    ("other", "written"),
    [
        ("IP", "OP"), ("IN_PHASE", "OPP_PHASE"), ("IN_PHASE", "OPPOSED_PHASE"),
        ("IN PHASE", "OPPOSED PHASE"), ("IN_PHASE", "OUT_PHASE"), ("INPHASE", "OUTPHASE"),
        ("IN PHASE", "OUT PHASE"), ("IN_PHASE", "OUT_OF_PHASE"),
    ],
)  # fmt: skip
def test_opposed_phase_in_all_spellings(other: str, written: str, write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES):
        write_slice(number + 1, position, ImageType=["ORIGINAL", "PRIMARY", "DIXON", other])
        kind = ["ORIGINAL", "PRIMARY", "DIXON", written]
        path = write_slice(number + 11, position, ImageType=kind)
    stacks = series_of(path)
    assert [one.part for one in stacks] == ["in phase", "opposed phase"]
    # What the header says of a stack agrees.
    assert [claim_of(one).atypical for one in stacks] == [False, True]


def test_localizer_has_a_stack_a_plane(write_slice: WriteSlice) -> None:
    number = 0
    for orientation in (SAGITTAL, CORONAL, AXIAL):
        for position in positions_along(orientation, 3, 10.0):
            number += 1
            path = write_slice(number, position, orientation)
    stacks = series_of(path)
    assert [one.plane for one in stacks] == ["sagittal", "coronal", "axial"]
    assert [one.part for one in stacks] == ["sagittal", "coronal", "axial"]
    assert {one.pixels.shape[0] for one in stacks} == {3}


def test_noise_in_the_direction_cosines_splits_nothing(write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES, start=1):
        path = write_slice(number, position, rotated(5 + 0.01 * number))
    (stack,) = series_of(path)
    assert stack.pixels.shape[0] == len(PLACES)


def test_echo_times_that_differ_from_slice_to_slice_split_nothing(write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES, start=1):
        path = write_slice(number, position, EchoTime=10 + 0.1 * number)
    assert len(series_of(path)) == 1


@pytest.mark.parametrize(
    "other", [["0.68749999", "0.68749999"], ["0.6874", "0.6876"]], ids=["digits", "rounding"]
)
def test_one_pixel_size_written_in_two_ways_splits_nothing(
    other: list[str], write_slice: WriteSlice
) -> None:
    for number, position in enumerate(PLACES):
        spacing = other if number % 2 else ["0.6875", "0.6875"]
        path = write_slice(number, position, PixelSpacing=spacing)
    (stack,) = series_of(path)
    assert stack.spacing[0] == 3


def test_one_echo_time_written_in_two_ways_splits_nothing(write_slice: WriteSlice) -> None:
    for volume in range(2):
        for index, position in enumerate(PLACES):
            echo = ("12.345", "12.34499")[index % 2]
            path = write_slice(1 + 4 * volume + index, position, EchoTime=echo)
    (stack,) = series_of(path)
    assert stack.pixels.shape[:2] == (2, 4)


@pytest.mark.parametrize(
    "echoes",
    [
        # A volume without weighting is taken with an echo time of its own, within the rounding.
        ((80.0,) * 4, (80.02,) * 4, (80.02,) * 4),
        ((30.0, 29.98, 30.0, 30.02), (30.02, 30.0, 29.98, 30.0), (29.98,) * 4),
    ],
)
def test_echo_times_that_differ_by_hundredths_split_nothing(
    echoes: tuple[tuple[float, ...], ...], write_slice: WriteSlice
) -> None:
    for volume, times in enumerate(echoes):
        for index, (position, time) in enumerate(zip(PLACES, times, strict=True)):
            path = write_slice(1 + 4 * volume + index, position, EchoTime=time)
    (stack,) = series_of(path)
    assert (stack.part, stack.pixels.shape[:2]) == ("", (3, 4))


def test_ultrashort_echoes_a_tenth_apart_are_two_stacks(write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES):
        write_slice(2 * number + 1, position, EchoTime=0.03)
        path = write_slice(2 * number + 2, position, EchoTime=0.13)
    assert [one.part for one in series_of(path)] == ["echo 1", "echo 2"]


def test_parts_are_not_named_by_noise(write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES):
        write_slice(number + 1, position, EchoTime="4.92")
        values = {"ImageType": ["ORIGINAL", "PRIMARY", "P", "ND"], "EchoTime": "4.9201"}
        path = write_slice(number + 11, position, rotated(0.01), **values)
    assert [one.part for one in series_of(path)] == ["magnitude", "phase"]


def test_echoes_are_counted_by_what_differs(write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES):
        for echo, (first, second) in enumerate([("4.92", "4.9201"), ("7.38", "7.3801")]):
            for part, kind in enumerate("MP"):
                values = {"ImageType": ["ORIGINAL", "PRIMARY", kind, "ND"]}
                values["EchoTime"] = (first, second)[part]
                path = write_slice(1 + 20 * echo + 10 * part + number, position, **values)
    parts = [one.part for one in series_of(path)]
    assert parts == ["magnitude, echo 1", "phase, echo 1", "magnitude, echo 2", "phase, echo 2"]


def test_diffusion_has_b_values_and_directions(write_slice: WriteSlice) -> None:
    gradients = [(0, (0.0, 0.0, 0.0)), (1000, (1.0, 0.0, 0.0)), (1000, (0.0, 0.6, 0.8))]
    for volume, (b, direction) in enumerate(gradients):
        for index, position in enumerate(PLACES):
            private = {(0x0019, 0x100C): ("IS", str(b)), (0x0019, 0x100E): ("FD", list(direction))}
            path = write_slice(1 + 4 * volume + index, position, private=private)
    (stack,) = series_of(path)
    assert stack.pixels.shape[:2] == (3, 4)
    assert stack.volume_axis == VolumeAxis(
        "b value", "s/mm²", (0, 1000, 1000), tuple(direction for _, direction in gradients)
    )
    np.testing.assert_array_equal(stack.pixels[2, 1].compute(), image(10))


def test_b_values_that_only_the_name_of_the_sequence_tells(write_slice: WriteSlice) -> None:
    for volume, name in enumerate(("*ep_b0t", "*ep_b1000t")):
        for index, position in enumerate(PLACES):
            path = write_slice(1 + 4 * volume + index, position, SequenceName=name)
    (stack,) = series_of(path)
    assert stack.volume_axis == VolumeAxis("b value", "s/mm²", (0, 1000))
    assert stack.b_values == (0, 1000)
    assert claim_of(stack).sequence == "DWI"


def test_a_map_of_two_b_values_has_none_of_them(write_slice: WriteSlice) -> None:
    path = write_slice(1, SequenceName="*ep_b50_1000")
    (stack,) = series_of(path)
    assert stack.b_values == ()


# A volume that tells nothing may be weighted.
@pytest.mark.parametrize(
    ("told", "b_values"), [((0.0, None), ()), ((0.0, 0.0), (0.0,)), ((None, 1000.0), (1000.0,))]
)
def test_volumes_are_without_weighting_where_all_say_so(
    told: tuple[float | None, ...], b_values: tuple[float, ...], write_slice: WriteSlice
) -> None:
    for volume, b_value in enumerate(told):
        known = {} if b_value is None else {"DiffusionBValue": b_value}
        for index, position in enumerate(PLACES):
            path = write_slice(1 + 4 * volume + index, position, **known)
    (stack,) = series_of(path)
    assert stack.b_values == b_values


def test_ge_b_value_is_freed_of_its_offset(write_slice: WriteSlice) -> None:
    for volume, b in enumerate(("0\\8\\0\\0", "1000000800\\8\\0\\0")):
        for index, position in enumerate(PLACES):
            private = {(0x0043, 0x1039): ("IS", b.split("\\"))}
            path = write_slice(1 + 4 * volume + index, position, private=private)
    (stack,) = series_of(path)
    assert stack.volume_axis is not None
    assert stack.volume_axis.values == (0, 800)


def test_what_differs_within_a_volume_numbers_none(write_slice: WriteSlice) -> None:
    for volume, flips in enumerate(((10, 20, 20, 20), (20, 20, 20, 20))):
        for index, (position, flip) in enumerate(zip(PLACES, flips, strict=True)):
            values = {"TemporalPositionIdentifier": volume + 1, "FlipAngle": flip}
            path = write_slice(1 + 4 * volume + index, position, **values)
    (stack,) = series_of(path)
    assert stack.volume_axis == VolumeAxis("time", "ms")


@pytest.mark.parametrize(
    ("keyword", "values", "axis"),
    [
        ("InversionTime", (100, 400, 1600), VolumeAxis("inversion time", "ms", (100, 400, 1600))),
        ("FlipAngle", (3, 12, 20), VolumeAxis("flip angle", "degree", (3, 12, 20))),
        (
            "RepetitionTime",
            (500, 1000, 4000),
            VolumeAxis("repetition time", "ms", (500, 1000, 4000)),
        ),
        # A heart that beats now sooner, now later.
        ("RepetitionTime", (810, 930, 1240), VolumeAxis()),
        ("RepetitionTime", (0, 2000, 2000), VolumeAxis()),
        ("TriggerTime", (0, 2000, 4000), VolumeAxis("time", "ms", (0, 2000, 4000))),
        (
            "AcquisitionTime",
            ("235950.5", "235952.5", "235955"),
            VolumeAxis("time", "ms", (0, 2000, 4500)),
        ),
    ],
)
def test_volume_axis_says_what_varies(
    keyword: str, values: tuple[float | str, ...], axis: VolumeAxis, write_slice: WriteSlice
) -> None:
    for volume, value in enumerate(values):
        for index, position in enumerate(PLACES):
            path = write_slice(1 + 4 * volume + index, position, **{keyword: value})
    (stack,) = series_of(path)
    assert stack.volume_axis == axis


INVERTED = {"ScanningSequence": ["SE", "IR"], "RepetitionTime": 8000, "EchoTime": 90}
SPOILED = {"ScanningSequence": "GR", "MRAcquisitionType": "3D", "RepetitionTime": 20, "EchoTime": 3}


@pytest.mark.parametrize(
    ("header", "keyword", "values", "first"),
    [
        (INVERTED, "InversionTime", (2400, 1200, 400), "FLAIR"),
        (SPOILED, "FlipAngle", (2, 5, 15), "PD"),
    ],
)
def test_what_differs_from_volume_to_volume_claims_no_sequence_of_all(
    header: dict[str, Any], keyword: str, values: tuple[float, ...], first: str,
    write_slice: WriteSlice,
) -> None:  # fmt: skip
    claims = []
    for volume, value in enumerate(values):
        for index, position in enumerate(PLACES):
            path = write_slice(1 + 4 * volume + index, position, **header, **{keyword: value})
        (stack,) = series_of(path)
        claims.append(claim_of(stack).sequence)
    assert claims == [first, UNKNOWN, UNKNOWN]


def test_a_map_of_several_repetition_times_is_not_weighted_as_its_first_volume(
    write_slice: WriteSlice,
) -> None:
    for volume, time in enumerate((500, 1100, 5000)):
        for index, position in enumerate(PLACES):
            said = {"ScanningSequence": "SE", "RepetitionTime": time, "EchoTime": 12}
            path = write_slice(1 + 4 * volume + index, position, **said)
        if not volume:
            assert claim_of(series_of(path)[0]).sequence == "T1"
    (stack,) = series_of(path)
    assert claim_of(stack).sequence == UNKNOWN


def test_the_timer_of_ge_tells_when_volumes_began(write_slice: WriteSlice) -> None:
    for volume in range(3):
        for index, position in enumerate(PLACES):
            timer = {(0x0021, 0x105E): ("DS", f"{2.5 * volume}")}
            path = write_slice(1 + 4 * volume + index, position, private=timer)
    (stack,) = series_of(path)
    assert stack.volume_axis == VolumeAxis("time", "ms", (0, 2500, 5000))


def test_volumes_of_which_nothing_is_known(write_slice: WriteSlice) -> None:
    for volume in range(2):
        for index, position in enumerate(PLACES):
            path = write_slice(1 + 4 * volume + index, position)
    (stack,) = series_of(path)
    assert stack.volume_axis == VolumeAxis("volume")


def test_missing_slice_of_a_time_series_shifts_no_other(write_slice: WriteSlice) -> None:
    for volume in range(4):
        for index, position in enumerate(PLACES):
            path = write_slice(1 + 4 * volume + index, position)
    path.with_name("00006.dcm").unlink()
    whole, rest = series_of(path)
    assert whole.pixels.shape[:2] == (3, 4)
    assert [uid.rsplit(".", 1)[1] for uid in whole.instance_uids[4:8]] == ["9", "10", "11", "12"]
    assert rest.pixels.shape[0] == 3
    assert "incomplete: 3 of the 4 slices" in rest.warnings[0]


def test_interrupted_series_keeps_its_last_slices(write_slice: WriteSlice) -> None:
    for volume in range(3):
        for index, position in enumerate(PLACES):
            if volume < 2 or index < 2:
                path = write_slice(
                    1 + 4 * volume + index, position, TemporalPositionIdentifier=volume + 1
                )
    whole, rest = series_of(path)
    assert whole.pixels.shape[:2] == (2, 4)
    assert rest.instance_uids == (f"{SERIES_UID}.9", f"{SERIES_UID}.10")


def test_copied_files_are_shown_once_and_named(write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES, start=1):
        path = write_slice(number, position)
    write_slice(2, PLACES[1], name="copy of 2.dcm")
    (stack,) = series_of(path)
    assert stack.pixels.shape[0] == 4
    assert "duplicate: the instances of study/copy of 2.dcm are there twice" in stack.warnings[0]


def test_files_of_windows_are_named_as_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert copies.short_name("/data/study/2.dcm") == "study/2.dcm"
    monkeypatch.setattr(copies, "Path", PureWindowsPath)
    assert copies.short_name(r"C:\data\study\2.dcm") == "study/2.dcm"
    assert copies.short_name(r"C:\data\export.zip/study/2.dcm") == "study/2.dcm"


def test_two_instances_at_one_place_are_both_kept(write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES, start=1):
        path = write_slice(number, position)
    write_slice(9, PLACES[1])
    series = series_of(path)
    assert sorted(uid for one in series for uid in one.instance_uids) == sorted(
        f"{SERIES_UID}.{n}" for n in (1, 2, 3, 4, 9)
    )
    assert any("incomplete" in warning for one in series for warning in one.warnings)


def test_two_stacks_of_one_enhanced_file(write_enhanced: WriteEnhanced) -> None:
    frames = [{"position": place, "stack": "1"} for place in positions_along(AXIAL, 3)]
    frames += [
        {"position": place, "orientation": rotated(20), "stack": "2"}
        for place in positions_along(rotated(20), 5)
    ]
    path = write_enhanced(1, frames)
    assert [one.pixels.shape[0] for one in series_of(path)] == [3, 5]


@pytest.mark.parametrize("files", [1, 4])
@pytest.mark.parametrize("times", [1, 3])
def test_a_stack_name_for_each_slice_splits_nothing(
    times: int, files: int, write_enhanced: WriteEnhanced
) -> None:
    frames = [
        {"position": place, "stack": str(index), "time": time, "dimensions": [index, 1, time]}
        for index, place in enumerate(PLACES, start=1)
        for time in range(1, times + 1)
    ]
    for number in range(files):
        share = len(frames) // files
        path = write_enhanced(number + 1, frames[share * number : share * (number + 1)])
    (stack,) = series_of(path)
    assert stack.pixels.shape[:-2] == ((times, 4) if times > 1 else (4,))
    np.testing.assert_allclose(stack.affine[:3, 3], PLACES[0], atol=1e-4)


def test_enhanced_diffusion(write_enhanced: WriteEnhanced) -> None:
    gradients = [(0.0, None), (700.0, (0.0, 1.0, 0.0))]
    frames = []
    for index, place in enumerate(PLACES):
        for b, direction in gradients:
            frame = {"position": place, "slice": index + 1, "b": b}
            frames.append(frame | ({"direction": direction} if direction else {}))
    (stack,) = series_of(write_enhanced(1, frames))
    assert stack.volume_axis == VolumeAxis(
        "b value", "s/mm²", (0, 700), ((0.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    )
    np.testing.assert_array_equal(stack.pixels[1, 2].compute(), image(105))
    assert set(stack.instance_uids) == {f"{SERIES_UID}.1"}


def test_enhanced_echoes_and_components(write_enhanced: WriteEnhanced) -> None:
    frames = [
        {"position": place, "echo": echo, "component": component, "slope": slope}
        for echo in (4.6, 9.2)
        for component, slope in (("MAGNITUDE", 1), ("PHASE", 2))
        for place in PLACES
    ]
    parts = [one.part for one in series_of(write_enhanced(1, frames))]
    assert parts == [
        "magnitude, echo 1",
        "phase, echo 1",
        "magnitude, echo 2",
        "phase, echo 2",
    ]


def test_a_map_beside_echoes_has_no_number_of_an_echo(write_slice: WriteSlice) -> None:
    map_of = {"ImageType": ["DERIVED", "PRIMARY", "T2 MAP"]}
    kinds = {"EchoTime": 15}, {"EchoTime": 90}, map_of | {"EchoTime": None}
    for number, (kind, position) in enumerate(product(kinds, PLACES)):
        path = write_slice(number, position, **kind)
    assert [one.part for one in series_of(path.parent)] == [
        "magnitude, echo 1",
        "magnitude, echo 2",
        "T2 map",
    ]


def test_water_and_fat_of_one_enhanced_file_are_stacks_of_their_own(
    write_enhanced: WriteEnhanced,
) -> None:
    def tell(dataset: Dataset) -> None:
        for index, groups in enumerate(dataset.PerFrameFunctionalGroupsSequence):
            (kind,) = groups.MRImageFrameTypeSequence
            kind.FrameType = ["DERIVED", "PRIMARY", "DIXON", ("WATER", "FAT")[index % 2]]

    frames = [{"position": place} for place in PLACES for _ in range(2)]
    found = series_of(changed(write_enhanced(1, frames), tell))
    assert [one.part for one in found] == ["water", "fat"]
    shown = [np.stack([image(100 + index) for index in range(start, 8, 2)]) for start in (0, 1)]
    for stack, expected in zip(found, shown, strict=True):
        np.testing.assert_array_equal(stack.pixels, expected)


@pytest.mark.parametrize("declared", ["MIXED", "MAGNITUDE", None])
def test_phase_frames_are_claimed_as_phase_whatever_their_file_says(
    declared: str | None, write_enhanced: WriteEnhanced
) -> None:
    frames = [
        {"position": place, "component": component}
        for component in ("MAGNITUDE", "PHASE")
        for place in PLACES
    ]
    values = {"ComplexImageComponent": declared} if declared else {}
    path = write_enhanced(1, frames, SeriesDescription="t1_fl3d_tra", **values)
    magnitude, phase = series_of(path)
    assert (magnitude.part, phase.part) == ("magnitude", "phase")
    assert [claim_of(one).sequence for one in (magnitude, phase)] == ["T1", "OTHER"]


def test_header_of_an_enhanced_stack_is_that_of_its_own_frames(
    write_enhanced: WriteEnhanced,
) -> None:
    frames = [{"position": p, "echo": echo} for echo in (15.0, 90.0) for p in PLACES]
    for stack, echo in zip(series_of(write_enhanced(1, frames)), (15.0, 90.0), strict=True):
        (group,) = stack.dataset.PerFrameFunctionalGroupsSequence
        assert group.MREchoSequence[0].EffectiveEchoTime == echo


def test_enhanced_files_of_one_volume_each_are_a_time_series(
    write_enhanced: WriteEnhanced,
) -> None:
    for volume in range(3):
        frames = [{"position": place, "time": volume + 1} for place in PLACES]
        path = write_enhanced(volume + 1, frames, AcquisitionNumber=volume + 1)
    (stack,) = series_of(path)
    assert stack.pixels.shape[:2] == (3, 4)
    assert len(stack.files) == 3


def test_second_slice_at_one_place_is_kept_apart(write_slice: WriteSlice) -> None:
    for number, position in enumerate([*PLACES, PLACES[2]], start=1):
        path = write_slice(number, position)
    whole, rest = series_of(path)
    assert (whole.pixels.shape[0], rest.pixels.shape[0]) == (4, 1)
    assert "duplicate" in whole.warnings[0]
    assert rest.instance_uids == (f"{SERIES_UID}.5",)


def test_slices_without_positions_keep_the_order_of_their_numbers(write_slice: WriteSlice) -> None:
    for number in (3, 1, 2):
        path = write_slice(number, ImagePositionPatient=None, name=f"{9 - number}.dcm")
    (series,) = series_of(path)
    assert series.affine is None
    assert series.instance_uids == tuple(f"{SERIES_UID}.{number}" for number in (1, 2, 3))
    assert "no slice positions" in series.warnings[0]


def test_numbers_tell_series_apart_that_share_a_uid(write_slice: WriteSlice) -> None:
    for number, position in enumerate(PLACES, start=1):
        write_slice(number, position, SeriesNumber=4)
        path = write_slice(number + 10, position, SeriesNumber=5)
    assert [one.series_number for one in series_of(path)] == [4, 5]
    assert [one.pixels.shape[0] for one in series_of(path)] == [4, 4]


@pytest.mark.parametrize("keyword", ["SeriesNumber", "StudyInstanceUID"])
def test_a_file_that_lacks_a_number_is_of_the_series_whose_uid_it_has(
    keyword: str, write_slice: WriteSlice
) -> None:
    for number, position in enumerate(PLACES):
        path = write_slice(number, position, **({keyword: None} if number == 0 else {}))
    (series,) = series_of(path)
    assert series.pixels.shape[0] == 4
    assert series.warnings == ()
    assert (series.series_number, series.study_uid) == (4, "1.2.826.0.1.3680043.8.498.7")


def test_a_file_that_fits_two_series_of_its_uid_is_kept_apart(write_slice: WriteSlice) -> None:
    for series, number in ((1, 4), (2, 5)):
        for index, position in enumerate(PLACES):
            path = write_slice(10 * series + index, position, SeriesNumber=number)
    write_slice(1, SeriesNumber=None)
    assert sorted(one.pixels.shape[0] for one in series_of(path)) == [1, 4, 4]


def test_enhanced_file_with_its_times_in_the_header(write_enhanced) -> None:
    frames = [{"position": place, "echo": None} for place in PLACES]
    path = write_enhanced(1, frames, EchoTime=30.0, InversionTime=900.0)
    (frame, *_) = file_frames(str(path), {})
    assert (frame.echo_time, frame.inversion_time) == (30.0, 900.0)


def changed(path: Path, change: Callable[[Dataset], None]) -> Path:
    """Change a file in place."""
    dataset = pydicom.dcmread(path)
    change(dataset)
    dataset.save_as(path)
    return path


@pytest.mark.parametrize("by", ["ImageType", "ComplexImageComponent"])
def test_an_enhanced_header_tells_magnitude_and_phase_where_its_frames_do_not(
    by: str, write_enhanced: WriteEnhanced
) -> None:
    def forget(dataset: Dataset) -> None:
        for groups in dataset.PerFrameFunctionalGroupsSequence:
            (kind,) = groups.MRImageFrameTypeSequence
            del kind.FrameType, kind.ComplexImageComponent

    for number, word in enumerate(("MAGNITUDE", "PHASE"), start=1):
        values = {"ImageType": ["ORIGINAL", "PRIMARY", "OTHER", "NONE"], by: word}
        if by == "ImageType":
            values[by] = ["ORIGINAL", "PRIMARY", word[0], "NONE"]
        path = changed(write_enhanced(number, [{"position": p} for p in PLACES], **values), forget)
    assert [one.part for one in series_of(path.parent)] == ["magnitude", "phase"]


def test_a_thickness_in_the_header_of_an_enhanced_file_is_that_of_its_frames(
    write_enhanced: WriteEnhanced,
) -> None:
    def move(dataset: Dataset) -> None:
        (measures,) = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
        del measures.SliceThickness, measures.SpacingBetweenSlices
        dataset.SliceThickness = 7

    (series,) = series_of(changed(write_enhanced(1, [{"position": PLACES[0]}]), move))
    assert series.spacing == (7.0, 1.5, 0.75)


def test_offsets_of_enhanced_volumes_are_seconds(write_enhanced: WriteEnhanced) -> None:
    frames = [{"position": p, "offset": time, "time": 1} for time in (0, 2.5) for p in PLACES]
    (series,) = series_of(write_enhanced(1, frames))
    assert (series.volume_axis.name, series.volume_axis.values) == ("time", (0, 2500))


@pytest.mark.parametrize("keyword", ["FrameAcquisitionDateTime", "FrameReferenceDateTime"])
def test_either_time_of_an_enhanced_frame_tells_volumes(
    keyword: str, write_enhanced: WriteEnhanced
) -> None:
    def tell(dataset: Dataset) -> None:
        for index, groups in enumerate(dataset.PerFrameFunctionalGroupsSequence):
            (content,) = groups.FrameContentSequence
            del content.TemporalPositionIndex, content.DimensionIndexValues
            setattr(content, keyword, f"2024010110000{4 * (index // len(PLACES))}.000000")

    frames = [{"position": p} for _ in range(3) for p in PLACES]
    (series,) = series_of(changed(write_enhanced(1, frames), tell))
    assert (series.volume_axis.name, series.volume_axis.values) == ("time", (0, 4000, 8000))


def test_the_window_of_an_enhanced_frame_is_that_of_its_group(
    write_enhanced: WriteEnhanced,
) -> None:
    def tell(dataset: Dataset) -> None:
        for groups in dataset.PerFrameFunctionalGroupsSequence:
            groups.FrameVOILUTSequence = items(WindowCenter=300, WindowWidth=600)

    frames = [{"position": p} for p in PLACES]
    path = write_enhanced(1, frames, WindowCenter=1000, WindowWidth=100)
    (series,) = series_of(changed(path, tell))
    assert series.window == (0, 600)


@pytest.mark.parametrize("described", [2, 4], ids=["fewer", "more"])
def test_groups_of_another_count_than_the_frames_of_a_file_lose_no_frame(
    described: int, write_enhanced: WriteEnhanced
) -> None:
    def cut(dataset: Dataset) -> None:
        groups = dataset.PerFrameFunctionalGroupsSequence
        dataset.PerFrameFunctionalGroupsSequence = [*groups, groups[-1]][:described]

    path = changed(write_enhanced(1, [{"position": p} for p in PLACES[:3]]), cut)
    # A frame without groups has no place, and is a stack of its own.
    slices = np.concatenate([one.pixels.compute() for one in series_of(path)])
    assert len(slices) == 3
    assert {plane.tobytes() for plane in slices} == {image(100 + i).tobytes() for i in range(3)}
