"""Stacks under one series that share no place: slices of one lie between those of the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK

from napari_mrseq.reading import read_study
from napari_mrseq.series import Series
from tests.reading.scanner_files import AXIAL, SERIES_UID, WriteSlice, image, positions_along

SLICES = 6
# By default a slice is 2.5 mm thick, and they lie 3 mm apart.
PLACES = positions_along(AXIAL, SLICES)
TWO_DAYS = ({"AcquisitionDate": "20240101"}, {"AcquisitionDate": "20240301"})
UNTOLD = {"SliceThickness": None}
WATER = {"ImageType": ["DERIVED", "PRIMARY", "DIXON", "WATER"]}
FAT = {"ImageType": ["DERIVED", "PRIMARY", "DIXON", "FAT"]}


def write_shifted(
    write_slice: WriteSlice, shift: float, kinds: Sequence[Mapping[str, Any]]
) -> Path:
    """Write a stack for each kind, shifted by some mm against the one before, numbered anew."""
    for stack, kind in enumerate(kinds):
        for index, (x, y, z) in enumerate(PLACES):
            values = {"InstanceNumber": index + 1, "AcquisitionTime": f"10{stack:02}{index:02}"}
            number = SLICES * stack + index + 1
            path = write_slice(number, (x, y, z + shift * stack), **values | kind)
    return path.parent


def assert_stacks(found: Iterable[Series], folder: Path, expected: Sequence[Sequence[int]]) -> None:
    """Hold that each stack has its slices, where ITK finds them, and that nothing is odd."""
    for series, numbers in zip(found, expected, strict=True):
        uids = [f"{SERIES_UID}.{number}" for number in numbers]
        assert series.instance_uids == tuple(uids)
        assert series.warnings == ()
        for index, number in enumerate(numbers):
            oracle = SimpleITK.ReadImage(str(folder / f"{number:05d}.dcm"))
            place = oracle.TransformIndexToPhysicalPoint((1, 2, 0))
            np.testing.assert_allclose((series.affine @ (index, 2, 1, 1))[:3], place, atol=1e-3)
            np.testing.assert_array_equal(series.pixels[index], image(number))


@pytest.mark.parametrize(
    ("shift", "kinds"),
    [
        (1.3, TWO_DAYS),
        # Evenly spaced all together, but closer than a slice is thick.
        (1.5, TWO_DAYS),
        (0.5, ({"EchoTime": 10, "RepetitionTime": 500}, {"EchoTime": 90, "RepetitionTime": 4000})),
        (0.5, ({"SeriesDescription": "t1_tra"}, {"SeriesDescription": "t2_tra"})),
        # With more left out than is there, though nothing tells how thick they are.
        (0.5, ({"EchoTime": 10} | UNTOLD, {"EchoTime": 90} | UNTOLD)),
        # Positions of one slice, rounded in two ways.
        (0.02, ({"EchoTime": 12}, {"EchoTime": 90})),
        (0.02, (WATER, FAT)),
        # Nothing but the numbers, which begin anew.
        (1.3, ({}, {})),
        (7.0, ({}, {})),
    ],
)
def test_stacks_that_lie_between_each_other_are_apart(
    shift: float, kinds: Sequence[Mapping[str, Any]], write_slice: WriteSlice
) -> None:
    folder = write_shifted(write_slice, shift, kinds)
    numbers = [range(1, SLICES + 1), range(SLICES + 1, 2 * SLICES + 1)]
    assert_stacks(read_study(folder).series, folder, numbers)


@pytest.mark.parametrize("overlapping", [False, True])
def test_a_projection_between_its_sources_is_apart(
    overlapping: bool, write_slice: WriteSlice, dcm2niix
) -> None:
    thickness = {"SliceThickness": 6.0} if overlapping else {}
    for number, place in enumerate(PLACES, start=1):
        write_slice(number, place, **thickness)
    x, y, z = PLACES[2]
    projection = {"ImageType": ["DERIVED", "PRIMARY", "PROJECTION IMAGE", "M"]}
    path = write_slice(SLICES + 1, (x, y, z + 1.5), **projection | {"SliceThickness": 15.0})
    assert_stacks(read_study(path.parent).series, path.parent, [range(1, SLICES + 1), [SLICES + 1]])
    assert sorted(found.shape[2] for found in dcm2niix(path.parent)) == [1, SLICES]


@pytest.mark.parametrize("shift", [1.1, -1.1, 1.4])
@pytest.mark.parametrize("beside", [0, 3, SLICES - 1])
def test_a_foreign_slice_in_an_even_stack_is_apart(
    beside: int, shift: float, write_slice: WriteSlice
) -> None:
    for number, place in enumerate(PLACES, start=1):
        write_slice(number, place)
    x, y, z = PLACES[beside]
    path = write_slice(SLICES + 1, (x, y, z + shift))
    assert_stacks(read_study(path.parent).series, path.parent, [range(1, SLICES + 1), [SLICES + 1]])


@pytest.mark.parametrize("between", [1.5, 4.0])
def test_volumes_of_two_days_are_apart(between: float, write_slice: WriteSlice) -> None:
    for day, values in enumerate(TWO_DAYS):
        for volume in range(2):
            for index, (x, y, z) in enumerate(PLACES):
                path = write_slice(
                    (2 * day + volume) * SLICES + index,
                    (x, y, z + between * day),
                    AcquisitionTime=f"10{volume:02}{index:02}",
                    TemporalPositionIdentifier=volume + 1,
                    **values,
                )
    found = read_study(path.parent).series
    assert [series.pixels.shape[:2] for series in found] == [(2, SLICES), (2, SLICES)]
    starts = [series.affine[2, 3] for series in found]
    assert starts == pytest.approx([PLACES[0][2], PLACES[0][2] + between])


@pytest.mark.parametrize(
    ("heights", "echoes", "said"),
    [
        # A lost slice among packages of two echo times.
        ((0, 6, 9, 12, 15), (80, 80, 82, 80, 82), "gap: 1 slice missing"),
        # Slices that really are unevenly spaced, whose echo times go their own way.
        ((0, 3, 6, 10, 14, 17), (80, 82, 80, 82, 80, 82), "uneven slice spacing"),
        ((0, 3, 7), (80, 81, 82), "uneven slice spacing"),
        # Every second slice is lost but one.
        ((0, 6, 12, 18, 21, 24), (80, 80, 80, 80, 80, 80), "uneven slice spacing"),
    ],
)
def test_uneven_slices_that_nothing_explains_stay_one_stack(
    heights: Sequence[float], echoes: Sequence[float], said: str, write_slice: WriteSlice
) -> None:
    for number, (height, echo) in enumerate(zip(heights, echoes, strict=True), start=1):
        path = write_slice(number, (0.0, 0.0, float(height)), EchoTime=echo)
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[0] == len(heights)
    assert series.warnings[0].startswith(said)


def test_slabs_that_overlap_by_half_a_slice_stay_one_stack(write_slice: WriteSlice) -> None:
    # Counted anew in each slab, and closer than they are thick, as 3-D slices are.
    for number, place in enumerate(positions_along(AXIAL, 12, 1.25)):
        path = write_slice(number, place, InstanceNumber=number % 6 + 1)
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[0] == 12
    assert series.warnings == ()


def test_volumes_that_move_stay_a_series_though_their_numbers_begin_anew(
    write_slice: WriteSlice,
) -> None:
    for volume in range(4):
        for index, (x, y, z) in enumerate(PLACES):
            values = {"InstanceNumber": index + 1, "AcquisitionNumber": volume + 1}
            path = write_slice(volume * SLICES + index, (x, y, z + 0.3 * volume), **values)
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[:2] == (4, SLICES)


def test_two_slices_each_do_not_show_that_they_are_stacks(write_slice: WriteSlice) -> None:
    for number, (height, echo) in enumerate(zip((0, 3, 7, 12), (80, 82) * 2, strict=True)):
        path = write_slice(number, (0.0, 0.0, float(height)), EchoTime=echo)
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[0] == 4
    assert series.warnings[0].startswith("uneven slice spacing")


@pytest.mark.parametrize(
    "kinds",
    [
        TWO_DAYS,
        ({"EchoTime": 10}, {"EchoTime": 90}),
        ({"SeriesDescription": "t1_tra"}, {"SeriesDescription": "t2_tra"}),
        # Originals: how an image was made tells nothing.
        (
            {"ImageType": ["ORIGINAL", "PRIMARY", "DIXON", "WATER"]},
            {"ImageType": ["ORIGINAL", "PRIMARY", "DIXON", "FAT"]},
        ),
    ],
    ids=["day", "echo", "description", "quantity"],
)
def test_what_two_stacks_say_of_themselves_parts_them_without_their_numbers(
    kinds: Sequence[Mapping[str, Any]], write_slice: WriteSlice
) -> None:
    for stack, kind in enumerate(kinds):
        for index, (x, y, z) in enumerate(PLACES):
            number = SLICES * stack + index + 1
            values = {"AcquisitionTime": f"10{stack:02}{index:02}"} | kind
            path = write_slice(number, (x, y, z + 1.3 * stack), **values)
    numbers = [range(1, SLICES + 1), range(SLICES + 1, 2 * SLICES + 1)]
    assert_stacks(read_study(path.parent).series, path.parent, numbers)


@pytest.mark.parametrize("told", ["time", "acquisition"])
def test_stacks_whose_files_are_mixed_are_told_by_when_they_were_taken(
    told: str, write_slice: WriteSlice
) -> None:
    for stack in range(2):
        for index, (x, y, z) in enumerate(PLACES):
            when = {"AcquisitionTime": f"10{stack:02}{index:02}"}
            values = when if told == "time" else {"AcquisitionNumber": stack + 1}
            number, name = SLICES * stack + index + 1, f"{index}_{stack}.dcm"
            values |= {"InstanceNumber": index + 1}
            path = write_slice(number, (x, y, z + 1.3 * stack), name=name, **values)
    found = read_study(path.parent).series
    uids = [[f"{SERIES_UID}.{SLICES * stack + i + 1}" for i in range(SLICES)] for stack in range(2)]
    assert [list(series.instance_uids) for series in found] == uids


def test_a_fine_slab_between_the_slices_of_a_coarse_stack_is_no_volume_of_it(
    write_slice: WriteSlice,
) -> None:
    coarse = positions_along(AXIAL, 8)
    x, y, z = coarse[4]
    fine = [(x, y, z - 0.7 + 0.5 * number) for number in range(4)]
    for acquired, (places, thickness) in enumerate([(coarse, 2.5), (fine, 0.5)], start=1):
        for number, place in enumerate(places, start=1):
            path = write_slice(
                100 * acquired + number,
                place,
                InstanceNumber=number,
                AcquisitionNumber=acquired,
                SliceThickness=thickness,
            )
    series = read_study(path.parent).series
    assert [one.pixels.shape[0] for one in series] == [8, 4]
    assert [one.spacing[0] for one in series] == pytest.approx([3, 0.5])
    assert [one.warnings for one in series] == [(), ()]
