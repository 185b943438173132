"""Slices at one place become volumes by what their headers say, in whatever order they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_mrseq.reading import read_study
from napari_mrseq.series import Series, VolumeAxis
from tests.reading.read_back import read_one
from tests.reading.scanner_files import AXIAL, WriteSlice, image, positions_along

WriteEnhanced = Callable[..., Path]
PLACES = positions_along(AXIAL, 3)
MIXED = "volumes may be mixed"
X, Y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def shuffled(volumes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the frames of volumes in no order; each remembers its volume and slice."""
    frames = [
        {"position": place, "slice": index + 1, "dimensions": [1]}
        | volume
        | {"of": (number, index)}
        for number, volume in enumerate(volumes)
        for index, place in enumerate(PLACES)
    ]
    order = np.random.default_rng(4).permutation(len(frames))
    return [frames[i] for i in order]


def members(series: Series, frames: Sequence[Mapping[str, Any]]) -> list[list[tuple[int, int]]]:
    """Tell volume and slice of each slice that was read, by its pixels."""
    of = {image(100 + number).tobytes(): frame["of"] for number, frame in enumerate(frames)}
    pixels = series.pixels.compute()
    return [[of[one.tobytes()] for one in volume] for volume in pixels]


def as_written(volumes: int) -> list[list[tuple[int, int]]]:
    return [[(number, index) for index in range(len(PLACES))] for number in range(volumes)]


@pytest.mark.parametrize(
    "volumes",
    [
        [{"inversion": t, "flip": a} for t, a in product((100, 500), (10, 20))],
        [{"time": t, "b": b} for t, b in product((1, 2, 3), (0, 500))],
        [{"dimensions": [v]} for v in (1, 2, 3, 4)],
        [{"dimensions": [1, v, w]} for v, w in product((1, 2), (1, 2, 3))],
        [
            {"b": b, "direction": d, "dimensions": [v]}
            for b, d, v in ((0, X, 1), (700, Y, 1), (700, X, 1), (700, X, 2))
        ],
        [{"trigger": trigger} for trigger in (0, 20, 40, 60)],
        [{"offset": seconds} for seconds in (0, 5, 10)],
        [{"time": t, "labelling": c} for t, c in product((1, 2, 3), ("CONTROL", "LABEL"))],
    ],
    ids=[
        "inversion time and flip angle", "time and b value", "a dimension", "two dimensions",
        "gradient and dimension", "trigger", "temporal offset", "labelling",
    ],
)  # fmt: skip
def test_frames_in_any_order_make_the_volumes_they_are_of(
    volumes: list[dict[str, Any]], write_enhanced: WriteEnhanced
) -> None:
    frames = shuffled(volumes)
    series = read_one(write_enhanced(1, frames))
    assert members(series, frames) == as_written(len(volumes))
    assert series.warnings == ()


def test_repeated_gradients_keep_the_order_of_the_frames(write_enhanced: WriteEnhanced) -> None:
    volumes = [{"b": b, "direction": X, "dimensions": [1]} for b in (700, 0, 700, 0)]
    frames = sorted(shuffled(volumes), key=lambda frame: frame["of"])
    series = read_one(write_enhanced(1, frames))
    assert members(series, frames) == as_written(4)
    assert series.volume_axis is not None
    assert series.volume_axis.values == (700, 0, 700, 0)
    assert series.warnings == ()


def test_frames_follow_each_other_by_their_acquisition(write_enhanced: WriteEnhanced) -> None:
    taken = {1600: 3, 400: 1, 100: 2}
    volumes = [
        {"inversion": time, "acquisition": number, "dimensions": [1]}
        for time, number in taken.items()
    ]
    series = read_one(write_enhanced(1, shuffled(volumes)))
    assert series.volume_axis is not None
    assert series.volume_axis.values == (400, 100, 1600)


def test_volumes_that_nothing_tells_apart_are_said_to_be_mixed(
    write_enhanced: WriteEnhanced,
) -> None:
    frames = shuffled([{"b": 0}, {"b": 700, "direction": X}, {"b": 700, "direction": X}])
    series = read_one(write_enhanced(1, frames))
    assert any(MIXED in warning for warning in series.warnings)
    # What is told is kept apart nevertheless.
    assert series.volume_axis is not None
    assert series.volume_axis.values == (0, 700, 700)


def test_missing_frame_of_volumes_numbered_by_two_attributes(
    write_enhanced: WriteEnhanced,
) -> None:
    volumes = [{"time": t, "b": b} for t, b in product((1, 2), (0, 500))]
    frames = [frame for frame in shuffled(volumes) if frame["of"] != (2, 1)]
    whole, rest = read_study(write_enhanced(1, frames)).series
    assert members(whole, frames) == [volume for i, volume in enumerate(as_written(4)) if i != 2]
    assert rest.pixels.shape[0] == 2
    assert "incomplete" in rest.warnings[0]


@pytest.mark.parametrize("by_volume", [True, False], ids=["volume by volume", "place by place"])
def test_frames_without_numbers_are_of_volumes_in_a_steady_order(
    by_volume: bool, write_enhanced: WriteEnhanced
) -> None:
    order = sorted(product(range(4), range(len(PLACES))), key=lambda of: of if by_volume else of[1])
    frames = [{"position": PLACES[of[1]], "dimensions": [1], "of": of} for of in order]
    series = read_one(write_enhanced(1, frames))
    assert members(series, frames) == as_written(4)
    assert series.warnings == ()


def test_enhanced_files_without_numbers_are_a_volume_each(write_enhanced: WriteEnhanced) -> None:
    frames = [{"position": place, "dimensions": [1]} for place in PLACES]
    for number in (1, 2):
        path = write_enhanced(number, frames, InstanceNumber=None)
    series = read_one(path.parent)
    expected = [[image(100 * number + index) for index in range(3)] for number in (1, 2)]
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.warnings == ()


# Minutes and seconds around midnight, and when a volume begins after the first, in ms.
_TIMES = ("235950.0", "235958.0", "000006.0")
_STARTS = (0.0, 8000.0, 16000.0)


def _write_times(
    write_slice: WriteSlice, step: float = 0.0, times: tuple[str, ...] = _TIMES, **values: Any
) -> Path:
    """Write three volumes, over midnight or at `times`, as files whose names tell nothing."""
    for volume, slice_ in product(range(3), range(3)):
        number = 3 * volume + slice_
        path = write_slice(
            number + 1,
            PLACES[slice_],
            name=f"{number * 7 % 9}.dcm",
            InstanceNumber=None,
            AcquisitionTime=f"{float(times[volume]) + step * slice_:08.1f}",
            **values,
        )
    return path.parent


@pytest.mark.parametrize("day", ["", "19000101"], ids=["no date", "one date for all"])
@pytest.mark.parametrize("step", [0.0, 0.5], ids=["a time a volume", "a time a slice"])
def test_times_sort_volumes_without_numbers_over_midnight(
    step: float, day: str, write_slice: WriteSlice
) -> None:
    series = read_one(_write_times(write_slice, step, AcquisitionDate=day))
    assert series.volume_axis == VolumeAxis("time", "ms", _STARTS)
    expected = [[image(1 + 3 * volume + slice_) for slice_ in range(3)] for volume in range(3)]
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.warnings == ()


def test_a_slice_without_a_time_is_of_its_volume_over_midnight(write_slice: WriteSlice) -> None:
    for volume, slice_ in product(range(3), range(3)):
        said = {"TemporalPositionIdentifier": volume + 1, "AcquisitionTime": _TIMES[volume]}
        if (volume, slice_) == (1, 1):
            said["AcquisitionTime"] = None
        path = write_slice(10 * volume + slice_, PLACES[slice_], **said)
    series = read_one(path.parent)
    expected = [[image(10 * volume + slice_) for slice_ in range(3)] for volume in range(3)]
    np.testing.assert_array_equal(series.pixels, expected)
    # Each volume began at some time, but when the second did isn't known.
    assert series.volume_axis == VolumeAxis("time", "ms")
    assert series.warnings == ()


def test_a_single_volume_has_no_axis_of_volumes(write_slice: WriteSlice) -> None:
    for number, place in enumerate(PLACES, start=1):
        path = write_slice(number, place, AcquisitionTime=f"10000{number}.0")
    assert read_one(path.parent).volume_axis is None


def test_a_scan_of_a_whole_day_passes_no_midnight(write_slice: WriteSlice) -> None:
    series = read_one(_write_times(write_slice, times=("050000.0", "120000.0", "190000.0")))
    assert series.volume_axis == VolumeAxis("time", "ms", (0.0, 25_200_000.0, 50_400_000.0))
    np.testing.assert_array_equal(series.pixels[0], [image(number) for number in (1, 2, 3)])


def test_slices_without_numbers_and_times_are_said_to_be_mixed(write_slice: WriteSlice) -> None:
    for number, place in enumerate([*PLACES, *PLACES], start=1):
        path = write_slice(number, place, name=f"{number * 5 % 7}.dcm", InstanceNumber=None)
    assert any(
        "nothing in the headers tells which" in warning
        for warning in read_one(path.parent).warnings
    )


@pytest.mark.parametrize(
    "say",
    [
        lambda volume, slice_: {"ContentTime": f"1000{10 * volume + slice_:02d}.5"},
        lambda volume, _: {"EchoTime": None, "EchoNumbers": volume + 1},
        lambda volume, _: {"RepetitionTime": (500, 700, 900)[volume]},
    ],
    ids=["content time", "echo number", "repetition time"],
)
def test_what_alone_tells_volumes_apart_is_read(
    say: Callable[[int, int], dict[str, Any]], write_slice: WriteSlice
) -> None:
    for volume, slice_ in product(range(3), range(3)):
        number = 3 * volume + slice_
        values = say(volume, slice_)
        path = write_slice(
            number, PLACES[slice_], name=f"{number * 7 % 9}.dcm", InstanceNumber=None, **values
        )
    series = read_one(path.parent)
    expected = [[image(3 * volume + slice_) for slice_ in range(3)] for volume in range(3)]
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.warnings == ()


def test_lost_frames_of_volumes_that_lie_in_two_files(write_enhanced: WriteEnhanced) -> None:
    every = [
        {"position": place, "inversion": t, "flip": a, "dimensions": [1], "of": (t, a, slice_)}
        for slice_, place in enumerate(PLACES)
        for t, a in product((100, 500), (10, 20))
    ]
    # Each file holds half of what was taken, and that a part of the second slice.
    kept = every[1:]
    parts = {1: kept[:5], 2: kept[5:]}
    for number, frames in parts.items():
        path = write_enhanced(number, frames, InstanceNumber=1)
    whole, rest = read_study(path.parent).series
    assert whole.pixels.shape[:-2] == (3, 3)
    of = {
        image(100 * number + index).tobytes(): frame["of"]
        for number, frames in parts.items()
        for index, frame in enumerate(frames)
    }
    for volume in np.asarray(whole.pixels):
        assert len({of[one.tobytes()][:2] for one in volume}) == 1
    assert {of[one.tobytes()][:2] for one in np.asarray(rest.pixels)} == {(100, 10)}


def test_steady_times_tell_volumes_without_numbers(write_slice: WriteSlice) -> None:
    series = read_one(_write_times(write_slice, step=1.0, times=("101000", "101003", "101006")))
    expected = [[image(1 + 3 * volume + slice_) for slice_ in range(3)] for volume in range(3)]
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.warnings == ()


def test_times_that_keep_no_step_are_said_to_tell_no_volumes(write_slice: WriteSlice) -> None:
    # Each place was taken as a whole, the second one slower.
    taken = ((0, 3), (0, 5), (1, 8), (1, 27))
    for number, (place, seconds) in enumerate(taken, start=1):
        path = write_slice(
            number, PLACES[place], InstanceNumber=None, AcquisitionTime=f"1000{seconds:02d}"
        )
    assert [warning for warning in read_one(path.parent).warnings if MIXED in warning]


def test_times_that_go_back_from_volume_to_volume_are_told_of_none(write_slice: WriteSlice) -> None:
    for volume, slice_ in product(range(3), range(2)):
        path = write_slice(
            2 * volume + slice_ + 1,
            PLACES[slice_],
            TemporalPositionIdentifier=volume + 1,
            AcquisitionTime=f"1000{30 - 10 * volume:02d}",
        )
    assert read_one(path.parent).volume_axis == VolumeAxis("time", "ms")


def test_slices_of_a_b_value_are_counted_apart_from_those_of_another(
    write_slice: WriteSlice,
) -> None:
    # The second place goes on with the b value that the first one ended with.
    b_values = (0, 0, 500, 500), (500, 500, 0, 0)
    for place, values in enumerate(b_values):
        for turn, b_value in enumerate(values, start=1):
            path = write_slice(4 * place + turn, PLACES[place], DiffusionBValue=float(b_value))
    series = read_one(path.parent)
    assert series.volume_axis == VolumeAxis("b value", "s/mm²", (0.0, 0.0, 500.0, 500.0))
    expected = [[image(number) for number in pair] for pair in ((1, 7), (2, 8), (3, 5), (4, 6))]
    np.testing.assert_array_equal(series.pixels, expected)


def test_frames_of_a_concatenation_follow_each_other_by_their_offset(
    write_enhanced: WriteEnhanced,
) -> None:
    frames = [{"position": p, "time": None, "dimensions": []} for _ in range(2) for p in PLACES]
    # The first volume lies in the file that is read last.
    for number, (start, end) in enumerate([(3, 6), (0, 3)], start=1):
        path = write_enhanced(
            number, frames[start:end], InstanceNumber=1, ConcatenationFrameOffsetNumber=start
        )
    series = read_one(path.parent)
    expected = [[image(n) for n in volume] for volume in ((200, 201, 202), (100, 101, 102))]
    np.testing.assert_array_equal(series.pixels, expected)


@pytest.mark.parametrize("by_volume", [True, False], ids=["volume by volume", "place by place"])
@pytest.mark.parametrize("b_values", [(0, 1000, 0), (0, 1000, 0, 1000, 0)])
def test_two_slices_of_a_b_value_that_comes_again(
    b_values: tuple[int, ...], by_volume: bool, write_slice: WriteSlice
) -> None:
    volumes = len(b_values)
    for volume, slice_ in product(range(volumes), range(2)):
        number = 2 * volume + slice_ if by_volume else volumes * slice_ + volume
        path = write_slice(number + 1, PLACES[slice_], DiffusionBValue=float(b_values[volume]))
    series = read_one(path.parent)
    steps = [2 * v + s if by_volume else volumes * s + v for v in range(volumes) for s in range(2)]
    expected = np.reshape([image(step + 1) for step in steps], series.pixels.shape)
    np.testing.assert_array_equal(series.pixels, expected)
    assert series.warnings == ()
