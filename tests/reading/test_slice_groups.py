"""Parallel slice groups of one scan, and stacks of which files were lost."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from napari_mrseq.reading import read_study
from tests.reading.scanner_files import SAGITTAL, SERIES_UID, WriteSlice

STEP, SLICES, VOLUMES = 4.0, 5, 2
GAP = "gap: {} missing (after slice 5), not filled in"


def write_groups(write_slice: WriteSlice, second: float, *, numbers_lost: int = 0) -> Path:
    """Write two groups of sagittal slices from right to left; return their folder."""
    lefts = [*np.arange(SLICES) * STEP, *(second + np.arange(SLICES) * STEP)]
    for volume, (index, left) in product(range(VOLUMES), enumerate(lefts)):
        number = 2 * SLICES * volume + index + 1
        skipped = numbers_lost * (volume + (index >= SLICES))
        values = {"InstanceNumber": number + skipped, "TemporalPositionIdentifier": volume + 1}
        path = write_slice(number, (float(left) - 40, -30.0, 20.0), SAGITTAL, **values)
    return path.parent


@pytest.mark.parametrize(
    ("second", "lost"),
    [
        (120.0, 0),
        (117.3, 0),
        # Narrower than a group is long.
        (32.0, 0),
        # Files are lost, but not as many as would fill the gap in each volume.
        (120.0, 7),
        (STEP * (SLICES + 10), 4),
        # As many, but whole slices don't fill the gap.
        (49.0, 7),
    ],
)
def test_groups_with_a_wide_gap_are_stacks_where_itk_finds_them(
    second: float, lost: int, write_slice: WriteSlice
) -> None:
    folder = write_groups(write_slice, second, numbers_lost=lost)
    found = read_study(folder).series
    assert [series.pixels.shape[:2] for series in found] == [(VOLUMES, SLICES)] * 2
    for series in found:
        assert series.warnings == ()
        for index, uid in enumerate(series.instance_uids[:SLICES]):
            number = int(uid.removeprefix(f"{SERIES_UID}."))
            oracle = SimpleITK.ReadImage(str(folder / f"{number:05d}.dcm"))
            place = oracle.TransformIndexToPhysicalPoint((1, 2, 0))
            np.testing.assert_allclose((series.affine @ (index, 2, 1, 1))[:3], place, atol=1e-4)


# Numbers may be left out for half of them alone.
@pytest.mark.parametrize("numbers_lost", [10, 5])
def test_a_run_of_lost_files_leaves_one_stack_with_a_gap(
    numbers_lost: int, write_slice: WriteSlice
) -> None:
    folder = write_groups(write_slice, STEP * (SLICES + 10), numbers_lost=numbers_lost)
    (series,) = read_study(folder).series
    assert series.pixels.shape[:2] == (VOLUMES, 2 * SLICES)
    assert series.warnings == (GAP.format("10 slices"),)


def test_a_slice_left_out_parts_nothing(write_slice: WriteSlice) -> None:
    folder = write_groups(write_slice, STEP * (SLICES + 1))
    (series,) = read_study(folder).series
    assert series.warnings == (GAP.format("1 slice"),)


@pytest.mark.parametrize(
    "far", [[291.0], [60.0, 64.0], [59.3], [-40.0, 80.0]], ids=["one", "two", "uneven", "both ends"]
)
@pytest.mark.parametrize("volumes", [1, VOLUMES])
def test_few_slices_further_away_than_the_stack_is_long_are_apart(
    volumes: int, far: list[float], write_slice: WriteSlice
) -> None:
    lefts = [*np.arange(SLICES) * STEP, *far]
    for number, (volume, left) in enumerate(product(range(volumes), lefts)):
        values = {"TemporalPositionIdentifier": volume + 1}
        path = write_slice(number, (float(left), -30.0, 20.0), SAGITTAL, **values)
    found = read_study(path.parent).series
    assert len(found) == 2 + (far[0] < 0)
    assert {series.warnings for series in found} == {()}
    # Sagittal slices follow each other from left to right.
    told = [(s.affine @ (i, 0, 0, 1))[0] for s in found for i in range(s.pixels.shape[-3])]
    np.testing.assert_allclose(sorted(told), sorted(lefts), atol=1e-4)


def test_few_slices_nearer_than_that_part_nothing(write_slice: WriteSlice) -> None:
    for number, left in enumerate((0.0, 4.0, 8.0, 12.0, 24.0, 28.0), start=1):
        path = write_slice(number, (left, -30.0, 20.0), SAGITTAL)
    (series,) = read_study(path.parent).series
    assert series.warnings == ("gap: 2 slices missing (after slice 2), not filled in",)


def test_pairs_of_slices_are_no_groups(write_slice: WriteSlice) -> None:
    for number, left in enumerate((0.0, 4.0, 40.0, 44.0, 80.0, 84.0), start=1):
        path = write_slice(number, (left, -30.0, 20.0), SAGITTAL)
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[0] == 6
    assert series.warnings[0].startswith("gap: 16 slices missing")


def test_uneven_slices_nearer_than_the_stack_is_long_are_no_group(write_slice: WriteSlice) -> None:
    lefts = (0.0, 4.0, 8.0, 12.0, 16.0, 32.0, 37.0, 40.0, 46.0, 49.0)
    for number, left in enumerate(lefts, start=1):
        path = write_slice(number, (left, -30.0, 20.0), SAGITTAL)
    (series,) = read_study(path.parent).series
    (warning,) = series.warnings
    assert warning.startswith("uneven slice spacing")


def test_a_run_of_lost_files_before_the_last_leaves_one_stack(write_slice: WriteSlice) -> None:
    for number in (*range(1, SLICES + 1), 40):
        path = write_slice(number, (-STEP * number, -30.0, 20.0), SAGITTAL)
    (series,) = read_study(path.parent).series
    assert series.warnings == (GAP.format("34 slices"),)


def test_drifting_slices_of_unknown_thickness_are_no_groups(write_slice: WriteSlice) -> None:
    for volume, index in product(range(6), range(SLICES)):
        place = (STEP * index + 0.2 * volume, -30.0, 20.0)
        path = write_slice(SLICES * volume + index, place, SAGITTAL, SliceThickness=None)
    (series,) = read_study(path.parent).series
    assert series.warnings[0].startswith("gap: ")


def write_every(write_slice: WriteSlice, step: int, told: float, thick: float, rise: int) -> Path:
    """Write slices of a stack of 3 mm of which each `step`-th is left."""
    for index in range(5):
        path = write_slice(
            index,
            (0.0, 0.0, 3.0 * step * index),
            SpacingBetweenSlices=told,
            SliceThickness=thick,
            InstanceNumber=1 + rise * index,
        )
    return path.parent


@pytest.mark.parametrize(
    ("step", "thick", "rise"), [(2, 2.5, 1), (2, 3.0, 2), (3, 3.0, 1), (2, 3.3, 1)]
)
def test_a_stack_of_which_every_second_slice_is_lost_is_told(
    step: int, thick: float, rise: int, write_slice: WriteSlice
) -> None:
    (series,) = read_study(write_every(write_slice, step, 3.0, thick, rise)).series
    assert series.spacing[0] == 3.0 * step
    (warning,) = series.warnings
    assert f"{3 * step} mm apart, {step} times the 3 mm" in warning
    assert "may be missing" in warning


@pytest.mark.parametrize(
    ("told", "thick", "rise"),
    [
        (6.0, 3.0, 1), (3.0, 3.0, 1), (2.0, 4.0, 1), (2.0, 4.0, 2), (1.0, 5.0, 1), (4.0, 4.0, 1),
        (3.1, 2.5, 1),
    ],
    ids=[
        "true", "gap as wide as a slice", "gap", "gap, and numbers left out", "narrow gap",
        "no multiple", "not quite",
    ],
)  # fmt: skip
def test_a_gap_or_another_distance_tells_no_loss(
    told: float, thick: float, rise: int, write_slice: WriteSlice
) -> None:
    (series,) = read_study(write_every(write_slice, 2, told, thick, rise)).series
    assert series.warnings == ()
