"""Slices of one series that lie beside each other, or that all name one position."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK

from tests.reading.read_back import series_of
from tests.reading.scanner_files import (
    AXIAL,
    CORONAL,
    SAGITTAL,
    SERIES_UID,
    WriteSlice,
    image,
    positions_along,
)

SLICES, STATIONS = 4, 3
MOVED = "volumes lie at different places; the geometry of the first is used"
# As wide as high, as bodies are: 128 x 128 mm.
PIXELS = np.arange(16 * 16, dtype=np.uint16).reshape(16, 16)
SHAPE = {"PixelSpacing": [8.0, 8.0]}


def shifted(place: tuple[float, ...], direction: tuple[float, ...], mm: float) -> np.ndarray:
    return np.array(place) + mm * np.array(direction)


@pytest.mark.parametrize("orientation", [AXIAL, CORONAL, SAGITTAL])
@pytest.mark.parametrize("down", [True, False])
def test_each_station_is_a_stack_where_itk_finds_its_slices(
    orientation: tuple[float, ...], down: bool, write_slice: WriteSlice
) -> None:
    direction = orientation[3:] if down else orientation[:3]
    places = positions_along(orientation, SLICES)
    files: dict[str, Path] = {}
    for station, slice_ in product(range(STATIONS), range(SLICES)):
        number = SLICES * station + slice_ + 1
        place = shifted(places[slice_], direction, 100 * station)
        path = write_slice(number, place, orientation, pixels=PIXELS + number, **SHAPE)
        files[f"{SERIES_UID}.{number}"] = path
    found = series_of(path)
    assert [series.part for series in found] == ["stack 1", "stack 2", "stack 3"]
    for series in found:
        assert series.pixels.shape == (SLICES, 16, 16)
        assert series.warnings == ()
        for index, uid in enumerate(series.instance_uids):
            oracle = SimpleITK.ReadImage(str(files[uid]))
            corner = oracle.TransformIndexToPhysicalPoint((15, 15, 0))
            np.testing.assert_allclose((series.affine @ (index, 15, 15, 1))[:3], corner, atol=1e-4)
            np.testing.assert_array_equal(
                series.pixels[index], SimpleITK.GetArrayFromImage(oracle)[0]
            )


def test_stations_at_other_depths_are_stacks_too(write_slice: WriteSlice) -> None:
    for station, slice_ in product(range(2), range(SLICES)):
        place = (3.0 * slice_ + 1.3 * station, 0.0, -100.0 * station)
        number = SLICES * station + slice_ + 1
        path = write_slice(number, place, SAGITTAL, pixels=PIXELS, **SHAPE)
    assert [series.pixels.shape[0] for series in series_of(path)] == [SLICES, SLICES]
    assert all(series.warnings == () for series in series_of(path))


def test_stations_of_one_slice_each(write_slice: WriteSlice) -> None:
    for number in (1, 2):
        path = write_slice(number, (0.0, 0.0, -100.0 * number), CORONAL, pixels=PIXELS, **SHAPE)
    found = series_of(path)
    assert [tuple(one.affine[:3, 3]) for one in found] == [(0, 0, -100), (0, 0, -200)]


@pytest.mark.parametrize(("shift", "said"), [(0.005, ()), (2.0, (MOVED,)), (12.0, (MOVED,))])
def test_volumes_that_move_a_little_in_their_plane_stay_one_series(
    shift: float, said: tuple[str, ...], write_slice: WriteSlice
) -> None:
    places = positions_along(CORONAL, SLICES)
    for volume, slice_ in product(range(3), range(SLICES)):
        place = shifted(places[slice_], CORONAL[3:], shift * volume)
        number = SLICES * volume + slice_ + 1
        path = write_slice(number, place, CORONAL, pixels=PIXELS, **SHAPE)
    (series,) = series_of(path)
    assert series.pixels.shape[:2] == (3, SLICES)
    assert series.warnings == said
    np.testing.assert_allclose(series.affine[:3, 3], places[0], atol=1e-4)


def test_volumes_of_an_oblique_stack_stay_one_series(write_slice: WriteSlice) -> None:
    for volume, slice_ in product(range(2), range(20)):
        place = (0.0, 6.0 * slice_, 6.0 * slice_)
        path = write_slice(20 * volume + slice_, place, pixels=PIXELS, **SHAPE)
    (series,) = series_of(path)
    assert series.pixels.shape[:2] == (2, 20)
    np.testing.assert_allclose(series.affine[:3, 0], (0, 6, 6), atol=1e-6)


@pytest.mark.parametrize("volumes", [1, 2])
def test_slices_of_one_position_are_ordered_by_their_location(
    volumes: int, write_slice: WriteSlice
) -> None:
    for volume, slice_ in product(range(volumes), range(SLICES)):
        number = SLICES * volume + slice_
        values = {"SliceLocation": 5 * (SLICES - slice_), "AcquisitionNumber": volume + 1}
        path = write_slice(number, (1.0, 2.0, 3.0), **values)
    (series,) = series_of(path)
    order = [[image(SLICES * v + s) for s in reversed(range(SLICES))] for v in range(volumes)]
    np.testing.assert_array_equal(np.asarray(series.pixels).reshape(np.shape(order)), order)
    assert series.affine is None
    assert series.spacing == (2.5, 1.5, 0.75)
    said = "slices share one position: order by slice location, position in the patient unknown"
    assert series.warnings == (said,)


def test_slices_of_which_only_the_number_tells_anything_are_no_volumes(
    write_slice: WriteSlice,
) -> None:
    for number in (2, 10, 1):
        path = write_slice(number)
    (series,) = series_of(path)
    assert series.instance_uids == tuple(f"{SERIES_UID}.{number}" for number in (1, 2, 10))
    assert series.pixels.shape[0] == 3
    assert series.affine is None
    said = "slices share one position: order by instance number, position in the patient unknown"
    assert series.warnings == (said,)


def test_a_localizer_of_one_position_has_a_stack_a_plane_without_places(
    write_slice: WriteSlice,
) -> None:
    planes = [SAGITTAL, CORONAL, AXIAL]
    for number, (slice_, plane) in enumerate(product(range(3), planes), start=1):
        path = write_slice(number, orientation=plane, SliceLocation=-10 * slice_)
    found = series_of(path)
    assert [series.part for series in found] == ["sagittal", "coronal", "axial"]
    uids = [[f"{SERIES_UID}.{number}" for number in (7 + p, 4 + p, 1 + p)] for p in range(3)]
    assert [list(series.instance_uids) for series in found] == uids
    for series in found:
        assert series.pixels.shape == (3, *image(1).shape)
        assert series.affine is None
        assert "order by slice location" in series.warnings[0]


@pytest.mark.parametrize("keyword", ["TriggerTime", "AcquisitionTime", "DiffusionBValue"])
def test_one_slice_at_several_times_or_weightings_is_volumes_still(
    keyword: str, write_slice: WriteSlice
) -> None:
    for number in range(4):
        value = f"10010{number}" if keyword == "AcquisitionTime" else 10.0 * number
        path = write_slice(number, SliceLocation=3.0, **{keyword: value})
    (series,) = series_of(path)
    assert series.pixels.shape[:2] == (4, 1)
    assert series.affine is not None


@pytest.mark.parametrize(
    ("keyword", "values"),
    [
        ("AcquisitionNumber", (1, 2, 3)),
        ("TemporalPositionIdentifier", (1, 2, 3)),
        ("EchoTime", (10, 20, 30)),
        ("RepetitionTime", (500, 1000, 2000)),
        ("InversionTime", (100, 400, 1600)),
        ("FlipAngle", (3, 12, 20)),
        ("SeriesDescription", ("t1", "t2", "pd")),
        ("ImageType", [["ORIGINAL", "PRIMARY", kind] for kind in "MPR"]),
        ("ImageType", [["ORIGINAL", "PRIMARY", "DIXON", kind] for kind in ("WATER", "FAT", "IP")]),
        ("ImageType", [["DERIVED", "SECONDARY", kind] for kind in ("MIP", "MEAN", "STD")]),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value[-1]),
)
def test_images_of_one_place_that_differ_in_kind_keep_it(
    keyword: str, values: Sequence[Any], write_slice: WriteSlice
) -> None:
    for number, value in enumerate(values):
        path = write_slice(number, (1.0, 2.0, 3.0), **{keyword: value})
    for series in series_of(path):
        np.testing.assert_allclose(series.affine[:3, 3], (1, 2, 3))
        assert series.warnings == ()


@pytest.mark.parametrize(
    "other", [{"pixels": PIXELS}, {"PixelSpacing": [8.0, 8.0]}], ids=["shape", "pixel size"]
)
def test_pictures_of_another_size_at_one_position_keep_their_place(
    other: dict[str, Any], write_slice: WriteSlice
) -> None:
    for number in (1, 2, 3):
        path = write_slice(number, (1.0, 2.0, 3.0), **(other if number == 3 else {}))
    found = series_of(path)
    assert [series.pixels.shape[:-2] for series in found] == [(2, 1), (1,)]
    assert [tuple(series.affine[:3, 3]) for series in found] == [(1, 2, 3), (1, 2, 3)]
