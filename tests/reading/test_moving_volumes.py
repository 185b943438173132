"""Volumes of which each lies where the head was: prospective motion correction, navigators."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_mrseq.reading import read_study
from tests.reading.scanner_files import AXIAL, CORONAL, WriteSlice, image, positions_along, rotated

SLICES, VOLUMES = 4, 3
MOVED = "volumes lie at different places; the geometry of the first is used"


def moved(orientation: tuple[float, ...], millimetres: float) -> list[tuple[float, ...]]:
    """Return the places of a stack that has moved along its slice normal."""
    normal = np.cross(orientation[:3], orientation[3:])
    places = positions_along(orientation, SLICES)
    return [tuple(np.array(place) + millimetres * normal) for place in places]


@pytest.mark.parametrize("orientation", [AXIAL, CORONAL, rotated(25)])
@pytest.mark.parametrize("shift", [0.05, 0.3, -0.6])
@pytest.mark.parametrize("number", ["TemporalPositionIdentifier", "AcquisitionNumber"])
def test_numbered_volumes_that_move_a_little_stay_volumes(
    number: str, shift: float, orientation: tuple[float, ...], write_slice: WriteSlice
) -> None:
    for volume, slice_ in product(range(VOLUMES), range(SLICES)):
        place = moved(orientation, shift * volume)[slice_]
        values = {number: volume + 1}
        path = write_slice(SLICES * volume + slice_, place, orientation, **values)
    (series,) = read_study(path.parent).series
    expected = [[image(SLICES * v + s) for s in range(SLICES)] for v in range(VOLUMES)]
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.spacing[0] == pytest.approx(3)
    np.testing.assert_allclose(series.affine[:3, 3], moved(orientation, 0)[0])
    assert series.warnings == (MOVED,)


def test_two_volumes_that_differ_by_less_than_half_a_slice_are_a_series_of_volumes(
    write_slice: WriteSlice,
) -> None:
    for volume, slice_ in product(range(2), range(SLICES)):
        place = moved(AXIAL, 1.2 * volume)[slice_]
        path = write_slice(SLICES * volume + slice_, place, AcquisitionNumber=volume + 1)
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[:-2] == (2, SLICES)
    assert series.warnings == (MOVED,)


@pytest.mark.parametrize("volumes", [2, 3])
@pytest.mark.parametrize("missing", [0, 1, SLICES - 1])
def test_an_aborted_volume_that_has_moved_is_kept_apart(
    missing: int, volumes: int, write_slice: WriteSlice
) -> None:
    last = volumes - 1
    for volume, slice_ in product(range(volumes), range(SLICES)):
        if (volume, slice_) != (last, missing):
            place = moved(AXIAL, 0.3 * volume)[slice_]
            path = write_slice(SLICES * volume + slice_, place, AcquisitionNumber=volume + 1)
    whole, aborted = read_study(path.parent).series
    expected = [[image(SLICES * v + s) for s in range(SLICES)] for v in range(last)]
    np.testing.assert_array_equal(np.asarray(whole.pixels).reshape(np.shape(expected)), expected)
    assert whole.spacing[0] == pytest.approx(3)
    assert whole.part == ""
    assert whole.warnings == ((MOVED,) if last > 1 else ())
    kept = [image(SLICES * last + s) for s in range(SLICES) if s != missing]
    np.testing.assert_array_equal(aborted.pixels, kept)
    assert aborted.part == "incomplete"
    assert "incomplete: 3 of the 4 slices" in aborted.warnings[0]


def test_the_first_slice_of_an_aborted_volume_that_has_moved_is_named_so(
    write_slice: WriteSlice,
) -> None:
    places = [*moved(AXIAL, 0), moved(AXIAL, 0.3)[0]]
    for number, place in enumerate(places):
        path = write_slice(number, place, AcquisitionNumber=1 + number // SLICES)
    whole, aborted = read_study(path.parent).series
    assert (whole.pixels.shape[0], whole.warnings) == (SLICES, ())
    assert (aborted.pixels.shape[0], aborted.part) == (1, "incomplete")


def test_volumes_that_move_and_that_nothing_tells_apart_are_no_sure_series(
    write_slice: WriteSlice,
) -> None:
    for volume, slice_ in product(range(VOLUMES), range(SLICES)):
        number = SLICES * volume + slice_
        place = moved(AXIAL, 0.05 * volume)[slice_]
        path = write_slice(number, place, name=f"{number * 5 % 12}.dcm", InstanceNumber=None)
    assert any(
        warning != MOVED for series in read_study(path.parent).series for warning in series.warnings
    )


def test_frames_of_an_enhanced_file_that_move(write_enhanced: Callable[..., Path]) -> None:
    frames = [
        {"position": moved(AXIAL, 0.05 * volume)[slice_], "time": volume + 1}
        for slice_, volume in product(range(SLICES), range(VOLUMES))
    ]
    (series,) = read_study(write_enhanced(1, frames)).series
    expected = [[image(100 + VOLUMES * s + v) for s in range(SLICES)] for v in range(VOLUMES)]
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.warnings == (MOVED,)


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("packages", [2, 3, 4])
def test_packages_of_one_volume_are_no_volumes(
    packages: int, more: int, write_slice: WriteSlice
) -> None:
    places = positions_along(AXIAL, 4 * packages + more)
    for number, place in enumerate(places):
        path = write_slice(number, place, AcquisitionNumber=number % packages + 1)
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[:-2] == (len(places),)
    assert series.warnings == ()


def test_packages_of_which_the_middle_one_was_taken_first_are_no_volumes(
    write_slice: WriteSlice,
) -> None:
    places = positions_along(AXIAL, 3 * SLICES)
    for number, place in enumerate(places):
        acquired = (2, 1, 3)[number % 3]
        path = write_slice(number, place, AcquisitionNumber=acquired, SliceThickness=None)
    (series,) = read_study(path.parent).series
    assert series.pixels.shape[:-2] == (len(places),)
    assert series.warnings == ()


@pytest.mark.parametrize(
    "say",
    [
        lambda volume, slice_: {"AcquisitionTime": f"1000{10 * volume + slice_:02d}.5"},
        lambda volume, slice_: {"InstanceNumber": SLICES * volume + slice_ + 1},
        lambda volume, _: {
            "DiffusionBValue": 1000.0 * (volume > 0),
            "DiffusionGradientOrientation": [float(volume == axis) for axis in (0, 2, 1)],
        },
    ],
    ids=["time", "instance", "gradient"],
)
def test_volumes_that_move_are_told_by_all_that_tells_others(
    say: Callable[[int, int], dict[str, Any]], write_slice: WriteSlice
) -> None:
    for volume, slice_ in product(range(VOLUMES), range(SLICES)):
        place = moved(AXIAL, (0, 0.2, 0.05)[volume])[slice_]
        values = {"InstanceNumber": None} | say(volume, slice_)
        path = write_slice(SLICES * volume + slice_, place, **values)
    (series,) = read_study(path.parent).series
    expected = [[image(SLICES * v + s) for s in range(SLICES)] for v in range(VOLUMES)]
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.spacing[0] == pytest.approx(3)
    assert series.warnings == (MOVED,)


def test_enhanced_files_that_hold_a_volume_each_may_move(
    write_enhanced: Callable[..., Path],
) -> None:
    # Further in all than half a slice, as a head does that sinks into its cushion.
    for volume in range(VOLUMES):
        frames = [{"position": place} for place in moved(AXIAL, 0.7 * volume)]
        path = write_enhanced(volume + 1, frames)
    (series,) = read_study(path.parent).series
    expected = [[image(100 * (v + 1) + s) for s in range(SLICES)] for v in range(VOLUMES)]
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.warnings == (MOVED,)


def test_a_dimension_numbers_frames_that_move(write_enhanced: Callable[..., Path]) -> None:
    frames = [
        {"position": moved(AXIAL, 0.05 * volume)[slice_], "dimensions": [1, slice_ + 1, volume + 1]}
        for slice_, volume in product(range(SLICES), range(VOLUMES))
    ]
    (series,) = read_study(write_enhanced(1, frames)).series
    expected = [[image(100 + VOLUMES * s + v) for s in range(SLICES)] for v in range(VOLUMES)]
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.warnings == (MOVED,)
