"""Order, spacing and affine of stacks, and what is said of odd ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from highdicom.spatial import get_volume_positions

from napari_mrseq.reading import read_study
from napari_mrseq.series import Series
from tests.reading.scanner_files import (
    AXIAL,
    CORONAL,
    SAGITTAL,
    WriteSlice,
    items,
    positions_along,
    rotated,
)


def series_of(path: Path) -> Series:
    (series,) = read_study(path.parent).series
    return series


@pytest.mark.parametrize("orientation", [AXIAL, SAGITTAL, CORONAL, rotated(25)])
def test_affine_leads_to_the_position_of_every_slice(
    orientation: tuple[float, ...], write_slice: WriteSlice
) -> None:
    places = positions_along(orientation, 6)
    for number, index in enumerate((3, 0, 5, 1, 4, 2)):
        path = write_slice(number + 1, places[index], orientation)
    series = series_of(path)
    for index, place in enumerate(places):
        np.testing.assert_allclose(series.affine @ [index, 0, 0, 1], [*place, 1], atol=1e-4)
    one_row, one_column = series.affine[:3, 1], series.affine[:3, 2]
    np.testing.assert_allclose(one_row, np.array(orientation[3:]) * 1.5, atol=1e-6)
    np.testing.assert_allclose(one_column, np.array(orientation[:3]) * 0.75, atol=1e-6)
    np.testing.assert_allclose(series.spacing, (3.0, 1.5, 0.75), atol=1e-4)
    assert series.warnings == ()
    assert [int(uid.rsplit(".", 1)[1]) for uid in series.instance_uids] == [2, 4, 6, 1, 5, 3]


def test_spacing_equals_that_of_highdicom(write_slice: WriteSlice) -> None:
    places = positions_along(rotated(33), 9, 2.2)
    for number, place in enumerate(places, start=1):
        path = write_slice(number, place, rotated(33))
    spacing, slots = get_volume_positions(places, rotated(33), sort=True)
    series = series_of(path)
    assert series.spacing[0] == pytest.approx(spacing, abs=1e-4)
    # highdicom counts against the normal by default.
    assert slots == list(range(len(places)))[::-1]


def test_missing_slices_are_said_and_not_filled(write_slice: WriteSlice) -> None:
    places = positions_along(AXIAL, 8)
    for index in (0, 1, 2, 5, 6, 7):
        path = write_slice(index + 1, places[index])
    series = series_of(path)
    assert series.pixels.shape[0] == 6
    assert series.spacing[0] == pytest.approx(3.0)
    assert series.warnings == ("gap: 2 slices missing (after slice 3), not filled in",)


def test_a_gap_among_few_slices_is_no_uneven_spacing(write_slice: WriteSlice) -> None:
    for number, z in enumerate((0.0, 3.0, 9.0), start=1):
        path = write_slice(number, (0.0, 0.0, z))
    series = series_of(path)
    assert series.spacing[0] == pytest.approx(3.0)
    assert series.warnings == ("gap: 1 slice missing (after slice 2), not filled in",)


@pytest.mark.parametrize(
    ("heights", "widest"),
    [
        ((0.0, 3.0, 6.0, 10.2, 13.2), "4.20"),
        # Wide enough for another slice, but it wouldn't lie in the middle.
        ((0.0, 3.0, 6.0, 13.2, 16.2), "7.20"),
    ],
)
def test_uneven_spacing_is_said(
    heights: tuple[float, ...], widest: str, write_slice: WriteSlice
) -> None:
    for number, z in enumerate(heights, start=1):
        path = write_slice(number, (0.0, 0.0, z))
    series = series_of(path)
    assert series.spacing[0] == pytest.approx(3.0)
    assert series.warnings == (
        f"uneven slice spacing: 3.00 to {widest} mm; 3.00 mm used, nothing interpolated",
    )


def test_a_lost_slice_of_microscopic_ones_is_a_gap(write_slice: WriteSlice) -> None:
    # Positions that are rounded to a micrometre differ by more than a hundredth of such steps.
    for number in (0, 1, 2, 4, 5, 6, 7):
        path = write_slice(number, (0.0, 0.0, round(number / 30, 3)), SliceThickness=0.03)
    assert series_of(path).warnings == ("gap: 1 slice missing (after slice 3), not filled in",)


@pytest.mark.parametrize(("step", "decimals"), [(1.25, 1), (0.9375, 1), (3.333, 1), (0.3333, 2)])
def test_rounded_positions_are_those_of_even_slices(
    write_slice: WriteSlice, step: float, decimals: int
) -> None:
    for number in range(40):
        path = write_slice(number + 1, (0.0, 0.0, round(step * number, decimals)))
    series = series_of(path)
    last = series.affine @ (39, 0, 0, 1)
    assert last[2] == pytest.approx(39 * step, abs=0.06)
    assert series.warnings == ()


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        (0.5, ("sheared: slices are shifted sideways, 9.5 degrees off their normal",)),
        (0.16, ("sheared: slices are shifted sideways, 3.1 degrees off their normal",)),
        # A quarter of a pixel in twenty slices.
        (0.01, ()),
    ],
)
@pytest.mark.parametrize("lost", [None, 3])
def test_tilted_stack_keeps_its_shear(
    shift: float, said: tuple[str, ...], lost: int | None, write_slice: WriteSlice
) -> None:
    for number in range(1, 7):
        if number != lost:
            path = write_slice(number, (0.0, shift * number, 3.0 * number))
    series = series_of(path)
    np.testing.assert_allclose(series.affine[:3, 0], (0, shift, 3), atol=1e-6)
    gap = ("gap: 1 slice missing (after slice 2), not filled in",)
    assert series.warnings == (gap if lost else ()) + said


@pytest.mark.parametrize("step", [0.4, 1.5, 6.5])
@pytest.mark.parametrize("count", [2, 3, 10])
def test_a_few_thin_slices_at_rounded_positions_are_not_sheared(
    step: float, count: int, write_slice: WriteSlice
) -> None:
    for number, place in enumerate(positions_along(rotated(25), count, step), start=1):
        path = write_slice(number, np.round(place, 1), rotated(25), SliceThickness=step)
    assert series_of(path).warnings == ()


def test_slices_beside_the_line_are_said(write_slice: WriteSlice) -> None:
    for number, x in enumerate((0.0, 8.0, 0.0, 8.0), start=1):
        path = write_slice(number, (x, 0.0, 3.0 * number))
    assert any("don't lie on one line" in warning for warning in series_of(path).warnings)


@pytest.mark.parametrize(
    ("values", "spacing", "warned"),
    [
        ({"SpacingBetweenSlices": 4.0}, 4.0, False),
        ({"SpacingBetweenSlices": -4.0}, 4.0, False),
        ({}, 2.5, False),
        ({"SliceThickness": 0}, 1.0, True),
    ],
)
def test_single_slice_takes_its_thickness_from_the_header(
    values: dict[str, float], spacing: float, warned: bool, write_slice: WriteSlice
) -> None:
    series = series_of(write_slice(1, **values))
    assert series.spacing == (spacing, 1.5, 0.75)
    assert bool(series.warnings) is warned


def test_without_positions_slices_keep_the_order_of_their_numbers(
    write_slice: WriteSlice,
) -> None:
    for number in (3, 1, 10, 2):
        path = write_slice(number, ImagePositionPatient=None, ImageOrientationPatient=None)
    series = series_of(path)
    assert series.affine is None
    assert series.plane is None
    assert series.spacing == (2.5, 1.5, 0.75)
    assert [int(uid.rsplit(".", 1)[1]) for uid in series.instance_uids] == [1, 2, 3, 10]


def test_distance_that_nothing_tells_is_assumed_and_said(write_slice: WriteSlice) -> None:
    for number in (1, 2):
        path = write_slice(
            number, ImagePositionPatient=None, ImageOrientationPatient=None, SliceThickness=None
        )
    series = series_of(path)
    assert series.spacing == (1.0, 1.5, 0.75)
    assert "slice thickness unknown: 1 mm assumed" in series.warnings
    write_slice(1, ImagePositionPatient=None, ImageOrientationPatient=None)
    path.unlink()
    (thick,) = read_study(path.parent).series
    assert "slice thickness unknown: 1 mm assumed" not in thick.warnings


@pytest.mark.parametrize(
    ("thickness", "spacing", "said"), [(2.5, 2.5, "2.5 mm"), (None, 1.0, "1 mm")]
)
def test_tiles_that_share_a_position_are_slices_still(
    thickness: float | None, spacing: float, said: str, write_slice: WriteSlice
) -> None:
    tiles = [items(ImagePositionPatient=[0.0, 0.0, 5.0])[0] for _ in range(4)]
    path = write_slice(
        1,
        ImageType=["ORIGINAL", "PRIMARY", "M", "VFRAME"],
        SliceThickness=thickness,
        private={(0x0065, 0x1050): ("DS", "4"), (0x0065, 0x1051): ("SQ", tiles)},
    )
    series = series_of(path)
    assert series.pixels.compute().shape == (4, 6, 8)
    assert (series.plane, series.spacing) == ("axial", (spacing, 1.5, 0.75))
    assert series.warnings == (f"slices share one position: {said} between them assumed",)


@pytest.mark.parametrize(
    "directions", [(1, 0, 0, 1, 0, 0), (1, 0, 0, 0, 1), (*AXIAL, 0), (0,) * 6, (1, 0, 0, 0, 0.5, 0)]
)
def test_directions_that_are_none_give_no_affine(
    directions: tuple[float, ...], write_slice: WriteSlice
) -> None:
    series = series_of(write_slice(1, (0, 0, 0), directions))
    assert series.affine is None


def test_rounded_directions_change_no_distance(write_slice: WriteSlice) -> None:
    series = series_of(write_slice(1, (0.0, 0.0, 0.0), (0.71, 0.71, 0.0, -0.71, 0.71, 0.0)))
    assert series.spacing == pytest.approx((2.5, 1.5, 0.75))
    np.testing.assert_allclose(series.affine[:3, 0], (0.0, 0.0, 2.5), atol=1e-6)
