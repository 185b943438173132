"""Slices of one stack whose orientations vary a little, and stacks that are nearly parallel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from napari_mrseq.reading import read_study
from tests.reading.scanner_files import AXIAL, SERIES_UID, WriteSlice, positions_along, rotated

SLICES = 12
PLACES = positions_along(AXIAL, SLICES)
Orientation = Sequence[float]


def noise(number: int) -> Orientation:
    """Return an axial orientation with cosines as a program writes that rounds them coarsely."""
    return AXIAL + np.random.default_rng(number).uniform(-0.002, 0.002, 6)


def drift(number: int) -> Orientation:
    return rotated(0.03 * number)


def write_stack(
    write_slice: WriteSlice, orientation_of: Callable[[int], Orientation], volumes: int = 1
) -> Path:
    for volume, (index, place) in product(range(volumes), enumerate(PLACES)):
        number = SLICES * volume + index
        values = {"TemporalPositionIdentifier": volume + 1}
        path = write_slice(number, place, orientation_of(index), **values)
    return path.parent


@pytest.mark.parametrize(
    ("orientation_of", "turn"), [(noise, "0.3"), (drift, "0.3")], ids=["noise", "drift"]
)
def test_a_stack_whose_orientations_vary_is_one_as_itk_reads_it(
    orientation_of: Callable[[int], Orientation], turn: str, write_slice: WriteSlice
) -> None:
    folder = write_stack(write_slice, orientation_of)
    (series,) = read_study(folder).series
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    oracle = reader.Execute()
    assert series.pixels.shape == oracle.GetSize()[::-1]
    np.testing.assert_array_equal(series.pixels, SimpleITK.GetArrayFromImage(oracle))
    for index in range(SLICES):
        place = oracle.TransformIndexToPhysicalPoint((0, 0, index))
        np.testing.assert_allclose((series.affine @ (index, 0, 0, 1))[:3], place, atol=1e-3)
    said = f"slices are turned by up to {turn} degrees; the orientation of the first is kept"
    assert series.warnings == (said,)


def test_volumes_of_slices_whose_orientations_vary_are_one_series(write_slice: WriteSlice) -> None:
    (series,) = read_study(write_stack(write_slice, drift, volumes=3)).series
    assert series.pixels.shape[:2] == (3, SLICES)


def test_a_lost_slice_of_such_a_stack_is_a_gap(write_slice: WriteSlice) -> None:
    folder = write_stack(write_slice, drift)
    (folder / "00005.dcm").unlink()
    (series,) = read_study(folder).series
    assert series.warnings[1] == "gap: 1 slice missing (after slice 5), not filled in"


@pytest.mark.parametrize(
    "shift",
    [0.0, 1.5, 3.0 * SLICES + 1.2],
    ids=["at one place", "between each other", "behind each other"],
)
def test_two_stacks_a_degree_apart_stay_two_and_say_so(
    shift: float, write_slice: WriteSlice
) -> None:
    for number, (x, y, z) in enumerate(PLACES):
        write_slice(number, (x, y, z))
        path = write_slice(SLICES + number, (x, y, z + shift), rotated(0.8))
    found = read_study(path.parent).series
    uids = [{int(uid.removeprefix(f"{SERIES_UID}.")) for uid in s.instance_uids} for s in found]
    assert uids == [set(range(SLICES)), set(range(SLICES, 2 * SLICES))]
    said = "slices of this series that are turned by up to 0.8 degrees against these are kept apart"
    assert [series.warnings[0] for series in found] == [said] * 2


def test_two_single_slices_are_no_stack(write_slice: WriteSlice) -> None:
    # Two of a scout, as planned: any two lie evenly.
    for number, place in enumerate([(-122.4, -61.1, 114.9), (-123.1, -48.5, 102.7)]):
        path = write_slice(number, place, rotated(0.4 * number), SliceThickness=1.6)
    assert [series.pixels.shape[0] for series in read_study(path.parent).series] == [1, 1]


def test_what_is_turned_by_more_is_another_stack(write_slice: WriteSlice) -> None:
    halves = [(angle, place) for angle in (0, 3) for place in positions_along(rotated(angle), 6)]
    for number, (angle, (x, y, z)) in enumerate(halves):
        path = write_slice(number, (x, y, z + 10 * angle), rotated(angle))
    found = read_study(path.parent).series
    assert [(series.pixels.shape[0], series.warnings) for series in found] == [(6, ())] * 2
