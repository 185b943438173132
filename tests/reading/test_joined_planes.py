"""Stacks in several planes that are one series: volumes of a turning head, slices round an axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from napari_mrseq.reading import read_study
from tests.reading.scanner_files import COLUMNS, ROWS, WriteSlice, csa_header, image

SLICES, VOLUMES = 6, 4
STEP, SPACING = 3.0, (1.5, 0.75)
MIDDLE = np.array([4.0, -12.0, 31.0])
# How a head turns from volume to volume, in degrees about an oblique axis, and moves in mm.
TURNS = (0.0, 1.5, 3.0, -2.0)
MOVES = ((0.0, 0.0, 0.0), (0.4, -0.3, 0.2), (1.0, 0.5, -0.8), (-0.5, 0.2, 0.6))


def turn(degrees: float, axis: Sequence[float] = (0.4, 0.3, 0.87)) -> np.ndarray:
    """Return the rotation about an axis (Rodrigues)."""
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def slices_at(
    middle: np.ndarray, directions: np.ndarray, count: int = SLICES
) -> Iterator[tuple[np.ndarray, tuple[float, ...]]]:
    """Yield position and orientation of slices; `directions` has rows, columns and normal."""
    row, column, normal = directions
    corner = row * SPACING[1] * (COLUMNS - 1) / 2 + column * SPACING[0] * (ROWS - 1) / 2
    for index in range(count):
        yield middle - corner + normal * STEP * (index - (count - 1) / 2), (*row, *column)


def write_turned(
    write_slice: WriteSlice,
    turns: Sequence[float],
    moves: Sequence[Sequence[float]],
    number: str = "AcquisitionNumber",
) -> Path:
    """Write a volume for each turn and move; return the folder."""
    for volume, (degrees, move) in enumerate(zip(turns, moves, strict=True)):
        directions = (turn(degrees) @ np.eye(3)).T
        for index, (place, orientation) in enumerate(slices_at(MIDDLE + move, directions)):
            values = {number: volume + 1}
            path = write_slice(volume * SLICES + index, place, orientation, **values)
    return path.parent


@pytest.mark.parametrize("number", ["AcquisitionNumber", "TemporalPositionIdentifier"])
def test_volumes_that_follow_a_turning_head_are_one_series(
    number: str, write_slice: WriteSlice
) -> None:
    folder = write_turned(write_slice, TURNS, MOVES, number)
    (series,) = read_study(folder).series
    expected = [[image(SLICES * v + s) for s in range(SLICES)] for v in range(VOLUMES)]
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.warnings == (
        "volumes are turned by up to 3.0 degrees; the geometry of the first is used",
    )
    first = SimpleITK.ReadImage([str(folder / f"{s:05d}.dcm") for s in range(SLICES)])
    ends = [(0, 0, 0), (SLICES - 1, 0, 0), (0, ROWS - 1, 0), (2, 3, COLUMNS - 1)]
    for slice_, row, column in ends:
        theirs = first.TransformIndexToPhysicalPoint((column, row, slice_))
        np.testing.assert_allclose(
            (series.affine @ [slice_, row, column, 1])[:3], theirs, atol=1e-3
        )


def test_a_head_may_turn_far(write_slice: WriteSlice) -> None:
    (series,) = read_study(write_turned(write_slice, (0, 12, 4), [(0, 0, 0)] * 3)).series
    assert series.pixels.shape[:2] == (3, SLICES)


def test_tall_stacks_further_apart_than_a_head_moves_in_a_coil_are_no_volumes(
    write_slice: WriteSlice,
) -> None:
    count = 20
    for stack in range(3):
        directions = (turn(2 * stack) @ np.eye(3)).T
        middle = MIDDLE + np.array([(0, 25, -25)[stack], 0, 0])
        for index, (place, orientation) in enumerate(slices_at(middle, directions, count)):
            path = write_slice(count * stack + index, place, orientation)
    shapes = [series.pixels.shape[:-2] for series in read_study(path.parent).series]
    assert shapes == [(count,)] * 3


def test_stacks_of_other_distances_between_slices_are_no_volumes(write_slice: WriteSlice) -> None:
    for stack, wider in enumerate((0.0, 0.3, 0.6)):
        directions = (turn(2 * stack) @ np.eye(3)).T
        for index, (place, orientation) in enumerate(slices_at(MIDDLE, directions)):
            moved = place + directions[2] * wider * (index - (SLICES - 1) / 2)
            path = write_slice(SLICES * stack + index, moved, orientation)
    found = read_study(path.parent).series
    assert [series.spacing[0] for series in found] == pytest.approx([3.0, 3.3, 3.6])


def test_turned_volumes_of_which_not_all_times_are_known_are_said_to_be_unordered(
    write_slice: WriteSlice,
) -> None:
    for volume, degrees in enumerate(TURNS):
        directions = (turn(degrees) @ np.eye(3)).T
        for index, (place, orientation) in enumerate(slices_at(MIDDLE, directions)):
            is_lost = (volume, index) == (2, 3)
            time = None if is_lost else f"10000{volume}.{index}"
            values = {"InstanceNumber": None, "AcquisitionNumber": None, "AcquisitionTime": time}
            path = write_slice(volume * SLICES + index, place, orientation, **values)
    (series,) = read_study(path.parent).series
    assert series.warnings[0].startswith("nothing tells in which order volumes were taken")


def test_volumes_that_turn_back_stay_in_the_order_they_were_acquired(
    write_slice: WriteSlice,
) -> None:
    folder = write_turned(write_slice, (0, 2, 0, 2), [(0, 0, 0)] * 4)
    (series,) = read_study(folder).series
    expected = [[image(SLICES * v + s) for s in range(SLICES)] for v in range(4)]
    np.testing.assert_array_equal(series.pixels, expected)


def test_mosaics_that_follow_a_turning_head_are_one_series(write_slice: WriteSlice) -> None:
    kind = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC", "MOCO"]
    for volume, degrees in enumerate(TURNS):
        directions = (turn(degrees) @ np.eye(3)).T
        ((place, orientation),) = slices_at(MIDDLE, directions, 1)
        values = {"ImageType": kind, "AcquisitionNumber": volume + 1, "SliceThickness": STEP}
        siemens = csa_header(NumberOfImagesInMosaic=[4], SliceNormalVector=directions[2])
        private = {(0x0029, 0x1010): ("OB", siemens)}
        path = write_slice(volume, place, orientation, private=private, **values)
    (series,) = read_study(path.parent).series
    half = ROWS // 2, COLUMNS // 2
    tiles = [image(v).reshape(2, half[0], 2, half[1]).swapaxes(1, 2) for v in range(VOLUMES)]
    np.testing.assert_array_equal(series.pixels, np.reshape(tiles, (VOLUMES, 4, *half)))
    assert series.warnings == (
        "volumes are turned by up to 3.0 degrees; the geometry of the first is used",
    )


def test_echoes_of_turned_volumes_stay_apart(write_slice: WriteSlice) -> None:
    for volume, echo in product(range(3), range(2)):
        directions = (turn(2 * volume) @ np.eye(3)).T
        for index, (place, orientation) in enumerate(slices_at(MIDDLE, directions)):
            number = (volume * 2 + echo) * SLICES + index
            path = write_slice(
                number, place, orientation, AcquisitionNumber=volume + 1, EchoTime=10 + 20 * echo
            )
    found = read_study(path.parent).series
    assert [series.part for series in found] == ["echo 1", "echo 2"]
    for echo, series in enumerate(found):
        expected = [[image((2 * v + echo) * SLICES + s) for s in range(SLICES)] for v in range(3)]
        np.testing.assert_array_equal(series.pixels, expected)


@pytest.mark.parametrize(
    ("turns", "moves"),
    [
        # Along the discs of a spine.
        ((0, 8, 16), [(0, 0, 0), (0, 4, 30), (0, 12, 59)]),
        ((0, 5, 10), [(0, 0, 0), (0, 2, 16), (0, 4, 32)]),
        # Planes of a localizer, and one stack planned anew.
        ((0, 90, 180), [(0, 0, 0)] * 3),
        ((0, 5), [(0, 0, 0)] * 2),
        # Further than a head turns, and half beside each other.
        ((0, 20, 40), [(0, 0, 0)] * 3),
        ((0, 3, -3), [(0, 0, 0), (0, 0, 9), (0, 0, -9)]),
    ],
)
def test_stacks_planned_in_several_planes_are_no_volumes(
    turns: Sequence[float], moves: Sequence[Sequence[float]], write_slice: WriteSlice
) -> None:
    folder = write_turned(write_slice, turns, moves)
    found = read_study(folder).series
    assert [series.pixels.shape[:-2] for series in found] == [(SLICES,)] * len(turns)
    assert [series.warnings for series in found] == [()] * len(turns)


def test_volumes_of_one_plane_beside_another_are_not_said_to_be_turned(
    write_slice: WriteSlice,
) -> None:
    folder = write_turned(write_slice, (0, 0, 0, 40), [(0, 0, 0)] * 4)
    found = read_study(folder).series
    assert [series.pixels.shape[:-2] for series in found] == [(3, SLICES), (SLICES,)]
    assert [series.warnings for series in found] == [(), ()]


def test_planes_of_which_one_holds_two_stacks_are_no_volumes(write_slice: WriteSlice) -> None:
    # Two knees in one plane, and one of them planned anew in two others.
    other_knee = (100.0, 0.0, 0.0)
    folder = write_turned(write_slice, (0, 0, 2, 4), [(0, 0, 0), other_knee, (0, 0, 0), (0, 0, 0)])
    found = read_study(folder).series
    assert [series.pixels.shape[:-2] for series in found] == [(SLICES,)] * 4


def test_two_stacks_that_are_turned_half_round_are_two(write_slice: WriteSlice) -> None:
    # Rounded directions are longer than 1: the angle between these would be more than there is.
    for stack, sign in enumerate((1, -1)):
        directions = sign * np.array([(0.71, 0.71, 0.0), (-0.71, 0.71, 0.0), (0.0, 0.0, sign)])
        for index, (place, orientation) in enumerate(slices_at(MIDDLE, directions)):
            path = write_slice(SLICES * stack + index, place, orientation)
    study = read_study(path.parent)
    assert study.failures == ()
    assert [series.pixels.shape[0] for series in study.series] == [SLICES, SLICES]


def write_fan(
    write_slice: WriteSlice, angles: Sequence[float], times: int = 1, beside: float = 0.0
) -> Path:
    """Write a slice an angle and time, each turned about the axis of its rows; return the folder.

    `beside` is how far in mm each slice is from the one before, along its normal.
    """
    for number, (index, time) in enumerate(product(range(len(angles)), range(times))):
        directions = (turn(angles[index], (1, 0, 0)) @ np.eye(3)).T
        middle = MIDDLE + directions[2] * beside * index
        ((place, orientation),) = slices_at(middle, directions, 1)
        path = write_slice(number, place, orientation, TriggerTime=40 * time)
    return path.parent


@pytest.mark.parametrize("angles", [range(0, 180, 15), (0, 60, 120), (170, 10, 40, 75)])
def test_slices_round_an_axis_are_one_stack_without_a_place(
    angles: Sequence[float], write_slice: WriteSlice
) -> None:
    (series,) = read_study(write_fan(write_slice, angles)).series
    np.testing.assert_array_equal(series.pixels, [image(n) for n in range(len(angles))])
    assert series.affine is None
    assert series.spacing[1:] == SPACING
    (warning,) = series.warnings
    assert "turned about one axis" in warning


def test_cine_of_long_axes_has_its_angles_as_slices(write_slice: WriteSlice) -> None:
    (series,) = read_study(write_fan(write_slice, (0, 30, 60, 90), times=5)).series
    expected = [[image(5 * angle + time) for angle in range(4)] for time in range(5)]
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.affine is None


@pytest.mark.parametrize(
    ("angles", "beside"),
    [
        # One slice a disc: their planes meet far from the pictures.
        ((0, 12, 24, 36), 30.0),
        # Two planes always share a line.
        ((0, 70), 0.0),
    ],
)
def test_single_slices_that_do_not_fan_keep_their_places(
    angles: Sequence[float], beside: float, write_slice: WriteSlice
) -> None:
    found = read_study(write_fan(write_slice, angles, beside=beside)).series
    assert [series.pixels.shape[0] for series in found] == [1] * len(angles)
    assert all(series.affine is not None for series in found)


def test_a_slice_in_each_of_three_planes_is_no_fan(write_slice: WriteSlice) -> None:
    for number, axes in enumerate(((0, 1, 2), (1, 2, 0), (2, 0, 1))):
        ((place, orientation),) = slices_at(MIDDLE, np.eye(3)[list(axes)], 1)
        path = write_slice(number, place, orientation)
    found = read_study(path.parent).series
    assert [series.plane for series in found] == ["axial", "sagittal", "coronal"]


def write_bent_fan(
    write_slice: WriteSlice,
    angles: Sequence[float] = (0, 45, 90, 135),
    *,
    tilt: float = 0.0,
    beside: float = 0.0,
    outward: float = 0.0,
    scale: float = 1.0,
    lost: int | None = None,
    times: int = 1,
) -> Path:
    """Write a fan whose every second slice leaves it; return the folder.

    Degrees of a tilt out of the fan, mm along the normal; `outward` moves each along its columns.
    """
    for number, (index, time) in enumerate(product(range(len(angles)), range(times))):
        odd = index % 2
        directions = (turn(angles[index], (1, 0, 0)) @ turn(tilt * odd, (0, 1, 0)) @ np.eye(3)).T
        middle = MIDDLE + directions[2] * beside * odd + directions[1] * outward
        row, column, _ = directions
        corner = scale * (row * SPACING[1] * (COLUMNS - 1) + column * SPACING[0] * (ROWS - 1)) / 2
        spacing = [scale * SPACING[0], scale * SPACING[1]]
        if number != lost:
            values = {"TriggerTime": 40 * time, "PixelSpacing": spacing}
            path = write_slice(number, middle - corner, (*row, *column), **values)
    return path.parent


@pytest.mark.parametrize(
    "bend", [{"tilt": 0.5}, {"outward": 2.5}, {"beside": 3.0, "scale": 12.0}], ids=str
)
def test_a_fan_needs_not_be_exact(bend: dict[str, float], write_slice: WriteSlice) -> None:
    (series,) = read_study(write_bent_fan(write_slice, **bend)).series
    assert series.pixels.shape[0] == 4
    assert series.affine is None


@pytest.mark.parametrize(
    "bend",
    [
        {"tilt": 5.0},
        # A picture is 18 by 12 mm: the axis runs beside its inner half.
        {"outward": 4.0},
        {"beside": 12.0, "scale": 12.0},
        {"angles": (0, 2, 4)},
    ],
    ids=str,
)
def test_slices_that_only_nearly_fan_keep_their_places(
    bend: dict[str, float], write_slice: WriteSlice
) -> None:
    found = read_study(write_bent_fan(write_slice, **bend)).series
    assert all(series.affine is not None for series in found)


def test_a_fan_that_lacks_a_time_of_one_slice_keeps_its_slices_apart(
    write_slice: WriteSlice,
) -> None:
    study = read_study(write_bent_fan(write_slice, times=3, lost=4))
    assert study.failures == ()
    assert [series.pixels.shape[0] for series in study.series] == [3, 2, 3, 3]
