"""Volumes of a series of which slices were lost: whole ones stay whole, torn ones are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_mrseq.reading import read_study
from tests.reading.scanner_files import AXIAL, WriteSlice, image, positions_along

SLICES = 4
PLACES = positions_along(AXIAL, SLICES)
MIXED = "volumes may be mixed"
SILENT = "nothing in the headers tells which slices form a volume"
DENIED = "the headers contradict each other about which slices form a volume"
# Volume and slice.
Place = tuple[int, int]
Say = Callable[[int, int], dict[str, Any]]


def volume_by_volume(volumes: int, slices: int = SLICES) -> list[Place]:
    return list(product(range(volumes), range(slices)))


def write(write_slice: WriteSlice, taken: Iterable[Place], say: Say) -> Path:
    """Write a slice for each volume and place, and return their folder."""
    for volume, slice_ in taken:
        number = 100 * volume + slice_
        path = write_slice(number, PLACES[slice_], **{"InstanceNumber": None} | say(volume, slice_))
    return path.parent


def stacks(path: Path) -> tuple[list[list[list[Place]]], list[str]]:
    """Tell volume and slice of all that was read, by its pixels; and all that was warned of."""
    numbers = (100 * volume + slice_ for volume, slice_ in volume_by_volume(10))
    of = {image(number).tobytes(): divmod(number, 100) for number in numbers}
    study = read_study(path)
    assert study.failures == ()
    found = []
    for series in study.series:
        pixels = np.asarray(series.pixels)
        volumes = pixels if pixels.ndim == 4 else pixels[np.newaxis]
        found.append([[of[one.tobytes()] for one in volume] for volume in volumes])
    return sorted(found), [warning for series in study.series for warning in series.warnings]


def whole(*volumes: int) -> list[list[Place]]:
    return [[(volume, slice_) for slice_ in range(SLICES)] for volume in volumes]


def clock(seconds: float) -> str:
    return f"10{int(seconds // 60):02d}{seconds % 60:05.2f}"


@pytest.mark.parametrize(
    "say",
    [
        lambda volume, _: {"TemporalPositionIdentifier": volume + 1},
        lambda volume, _: {"AcquisitionNumber": volume + 1},
        lambda volume, _: {"InversionTime": 50 + 300 * volume},
        lambda volume, _: {"FlipAngle": 3 + volume},
        lambda volume, _: {
            "DiffusionBValue": 1000.0,
            "DiffusionGradientOrientation": [np.sin(0.3 * volume), np.cos(0.3 * volume), 0.0],
        },
        lambda volume, slice_: {"AcquisitionTime": clock(9 * volume + slice_)},
        lambda volume, slice_: {"InstanceNumber": SLICES * volume + slice_ + 1},
    ],
    ids=[
        "temporal position", "acquisition", "inversion time", "flip angle", "gradient",
        "time", "instance",
    ],
)  # fmt: skip
@pytest.mark.parametrize("lost", [range(6, 10), range(6, 11)], ids=["a volume", "more"])
def test_a_run_of_lost_files_tears_two_volumes_and_mixes_none(
    lost: range, say: Say, write_slice: WriteSlice
) -> None:
    every = volume_by_volume(5)
    kept = [place for index, place in enumerate(every) if index not in lost]
    found, warnings = stacks(write(write_slice, kept, say))
    torn = [[[place for place in kept if place[0] == volume]] for volume in (1, 2)]
    assert found == [whole(0, 3, 4), *torn]
    assert sum("incomplete" in warning for warning in warnings) == 2
    assert not any(MIXED in warning for warning in warnings)


# Some places have their volumes numbered in another order: times run back, or at another pace.
@pytest.mark.parametrize("numbered", [(3, 1, 2, 0), (0, 2, 1, 3)], ids=["back", "another pace"])
@pytest.mark.parametrize("odd", [{1}, {1, 3}], ids=["one place", "half of the places"])
@pytest.mark.parametrize("seconds", [9, 4], ids=["with pauses", "without"])
def test_numbers_that_times_deny_make_no_volumes(
    numbered: tuple[int, ...], odd: set[int], seconds: int, write_slice: WriteSlice
) -> None:
    def say(volume: int, slice_: int) -> dict[str, Any]:
        counted = numbered[volume] if slice_ in odd else volume
        return {
            "InstanceNumber": SLICES * counted + slice_ + 1,
            "AcquisitionTime": clock(seconds * volume + slice_),
        }

    found, warnings = stacks(write(write_slice, volume_by_volume(4), say))
    assert found == [whole(0, 1, 2, 3)]
    assert not any(MIXED in warning for warning in warnings)


def test_a_slice_lost_of_each_place_keeps_numbered_volumes(write_slice: WriteSlice) -> None:
    kept = [(0, 0), (0, 1), (1, 1), (2, 0)]
    folder = write(write_slice, kept, lambda volume, _: {"TemporalPositionIdentifier": volume + 1})
    assert stacks(folder)[0] == [[[(0, 0), (0, 1)]], [[(1, 1)]], [[(2, 0)]]]


@pytest.mark.parametrize("keyword", ["TemporalPositionIdentifier", "AcquisitionNumber"])
def test_numbers_of_volumes_may_begin_with_0(keyword: str, write_slice: WriteSlice) -> None:
    folder = write(write_slice, volume_by_volume(3), lambda volume, _: {keyword: volume})
    found, warnings = stacks(folder)
    assert found == [whole(0, 1, 2)]
    assert not any(MIXED in warning for warning in warnings)


# Volumes of two b values in turn; the files from the middle of one to that of the next are lost.
REPEATED = volume_by_volume(4)[:6] + volume_by_volume(4)[10:]


def write_repeated(write_slice: WriteSlice, number: Callable[[Place], int]) -> Path:
    """Write the files that are left, each with a number."""
    return write(
        write_slice,
        REPEATED,
        lambda volume, slice_: {
            "InstanceNumber": number((volume, slice_)),
            "DiffusionBValue": 1000.0 * (volume % 2),
        },
    )


def test_lost_files_of_repeated_b_values_are_told_by_the_holes_in_their_numbers(
    write_slice: WriteSlice,
) -> None:
    folder = write_repeated(write_slice, lambda place: SLICES * place[0] + place[1] + 1)
    found, _ = stacks(folder)
    assert found == [whole(0, 3), [[(1, 0), (1, 1)]], [[(2, 2), (2, 3)]]]


def test_what_b_values_deny_is_said_where_lost_files_were_counted_anew(
    write_slice: WriteSlice,
) -> None:
    folder = write_repeated(write_slice, lambda place: REPEATED.index(place) + 1)
    assert any(MIXED in warning for warning in stacks(folder)[1])


@pytest.mark.parametrize(
    ("say", "of"),
    [
        (lambda volume, _: {"TemporalPositionIdentifier": volume + 1}, "temporal positions"),
        (lambda volume, _: {"DiffusionBValue": 800.0 * volume}, "b values"),
    ],
    ids=["temporal position", "b value"],
)
def test_what_is_left_of_two_volumes_and_looks_like_one_is_said(
    say: Say, of: str, write_slice: WriteSlice
) -> None:
    kept = [(0, 0), (0, 1), (1, 2), (1, 3)]
    found, warnings = stacks(write(write_slice, kept, say))
    assert found == [[kept]]
    assert warnings == [f"slices of several {of} lie as one volume: they may be parts of several"]


@pytest.mark.parametrize(
    "time",
    [
        lambda seconds: {"AcquisitionTime": clock(seconds)},
        lambda seconds: {"TriggerTime": 1000 * seconds},
    ],
    ids=["time", "trigger"],
)
@pytest.mark.parametrize("lost", [[(0, 0)], [(0, 0), (3, 2)]], ids=["first", "first and another"])
def test_the_first_image_lost_shifts_no_other(
    lost: list[Place], time: Callable[[float], dict[str, Any]], write_slice: WriteSlice
) -> None:
    kept = [place for place in volume_by_volume(5) if place not in lost]
    folder = write(
        write_slice,
        kept,
        lambda volume, slice_: (
            time(3 * volume + slice_ / 2) | {"InstanceNumber": SLICES * volume + slice_ + 1}
        ),
    )
    found, warnings = stacks(folder)
    torn = {volume for volume, _ in lost}
    expected = [[[place for place in kept if place[0] == volume]] for volume in torn]
    assert found == sorted([whole(*sorted({0, 1, 2, 3, 4} - torn)), *expected])
    assert not any(MIXED in warning for warning in warnings)


def test_a_lost_image_at_either_end_is_not_guessed(write_slice: WriteSlice) -> None:
    # Four slices a volume and numbers from 2: the first image is missing, or the last.
    kept = volume_by_volume(4)[1:]
    folder = write(
        write_slice,
        kept,
        lambda volume, slice_: {"InstanceNumber": SLICES * volume + slice_ + 1},
    )
    assert any(SILENT in warning for warning in stacks(folder)[1])


def test_one_slice_lost_of_each_place_is_said_where_only_numbers_tell(
    write_slice: WriteSlice,
) -> None:
    kept = [place for place in volume_by_volume(3) if place not in [(0, 0), (1, 1), (1, 2), (2, 3)]]
    folder = write(
        write_slice, kept, lambda volume, slice_: {"InstanceNumber": 3 * slice_ + volume + 1}
    )
    assert any(MIXED in warning for warning in stacks(folder)[1])


def test_a_cine_of_which_one_slice_has_a_phase_fewer(write_slice: WriteSlice) -> None:
    kept = [(phase, slice_) for slice_ in range(SLICES) for phase in range(5 - (slice_ == 1))]
    folder = write(
        write_slice,
        kept,
        lambda phase, slice_: {
            "InstanceNumber": kept.index((phase, slice_)) + 1,
            # Each slice was taken at a heart rate of its own.
            "TriggerTime": round(phase * (900 + 13 * slice_) / 5, 1),
        },
    )
    found, warnings = stacks(folder)
    assert found == [whole(0, 1, 2, 3), [[(4, 0), (4, 2), (4, 3)]]]
    assert not any(MIXED in warning for warning in warnings)


@pytest.mark.parametrize("of_slice", [(0.82, 1.18, 1.12, 0.86), (1.08, 0.83, 1.14, 1.12)])
def test_a_cine_without_numbers_whose_slices_were_taken_at_their_own_heart_rates(
    of_slice: tuple[float, ...], write_slice: WriteSlice
) -> None:
    folder = write(
        write_slice,
        volume_by_volume(5),
        lambda phase, slice_: {"TriggerTime": round(100 * phase * of_slice[slice_], 1)},
    )
    assert stacks(folder)[0] == [whole(0, 1, 2, 3, 4)]


def test_a_slice_taken_minutes_later_is_not_put_into_the_first_volume(
    write_slice: WriteSlice,
) -> None:
    kept = [place for place in volume_by_volume(2) if place != (0, 2)]
    folder = write(
        write_slice,
        kept,
        lambda volume, slice_: {
            "InstanceNumber": kept.index((volume, slice_)) + 1,
            "AcquisitionTime": clock(300 * volume + slice_ / 2),
        },
    )
    found, _ = stacks(folder)
    assert found == [[[(0, 0), (0, 1), (0, 3)]], whole(1)]


def test_times_of_volumes_that_all_lost_another_slice_leave_a_doubt(
    write_slice: WriteSlice,
) -> None:
    # Each place has one slice fewer than there are volumes: its second may be of the third.
    taken = [(volume, slice_) for volume, slice_ in volume_by_volume(4) if volume != slice_]
    folder = write(write_slice, taken, lambda v, s: {"AcquisitionTime": clock(20 * v + s)})
    assert any(MIXED in warning for warning in stacks(folder)[1])


@pytest.mark.parametrize("whole_end", [0, 5], ids=["the first", "the last"])
def test_times_tell_volumes_where_each_place_lost_a_slice_and_one_end_is_whole(
    whole_end: int, write_slice: WriteSlice
) -> None:
    lost = {(1, 0), (1, 1), (3, 2), (5 - whole_end, 3)}
    taken = [place for place in volume_by_volume(6) if place not in lost]
    folder = write(write_slice, taken, lambda v, s: {"AcquisitionTime": clock(20 * v + s)})
    found, warnings = stacks(folder)
    assert sorted(volume for stack in found for volume in stack) == [
        [place for place in taken if place[0] == volume] for volume in range(6)
    ]
    assert not any(MIXED in warning for warning in warnings)


def test_when_pixels_were_written_tells_no_volumes_over_midnight(write_slice: WriteSlice) -> None:
    begun = "2359", "0000", "0001"
    folder = write(
        write_slice, volume_by_volume(3), lambda v, s: {"ContentTime": f"{begun[v]}0{s}"}
    )
    assert any(MIXED in warning for warning in stacks(folder)[1])


def test_repetition_times_that_are_measured_slice_by_slice_tear_no_volume(
    write_slice: WriteSlice,
) -> None:
    measured = (1000, 1000), (1001, 1002), (1003, 1004)
    folder = write(
        write_slice,
        volume_by_volume(3),
        lambda volume, slice_: {
            "InstanceNumber": SLICES * volume + slice_ + 1,
            "RepetitionTime": measured[volume][slice_ // 2],
        },
    )
    assert stacks(folder) == ([whole(0, 1, 2)], [])


def test_phases_of_which_some_slices_lost_the_first_and_others_the_last_leave_a_doubt(
    write_slice: WriteSlice,
) -> None:
    lost = {(0, 2), (0, 3), (3, 0), (3, 1)}
    taken = [place for place in volume_by_volume(4) if place not in lost]
    folder = write(write_slice, taken, lambda v, s: {"TriggerTime": 100 * v + 50 * (s % 2)})
    assert any(MIXED in warning for warning in stacks(folder)[1])


@pytest.mark.parametrize(("first", "is_told"), [(1, True), (11, False)])
def test_the_first_number_of_a_place_by_place_count_tells_whether_the_first_slice_was_lost(
    first: int, is_told: bool, write_slice: WriteSlice
) -> None:
    folder = write(
        write_slice,
        volume_by_volume(3)[1:],
        lambda volume, slice_: {"InstanceNumber": first + 3 * slice_ + volume},
    )
    found, warnings = stacks(folder)
    assert any(MIXED in warning for warning in warnings) != is_told
    assert not is_told or whole(1, 2) in found


@pytest.mark.parametrize("lost", [(0, 3), (2, 3)])
def test_a_place_that_was_counted_anew_is_late_by_a_volume_and_said(
    lost: Place, write_slice: WriteSlice
) -> None:
    kept = [(v, s) for s in range(SLICES) for v in range(5) if (v, s) != lost]
    folder = write(
        write_slice,
        kept,
        lambda volume, slice_: {
            "InstanceNumber": kept.index((volume, slice_)) + 1,
            "AcquisitionTime": clock(2.1 * volume + slice_ / 2),
        },
    )
    assert any(DENIED in warning for warning in stacks(folder)[1])


def test_a_cine_whose_count_and_phases_form_other_volumes_is_said(write_slice: WriteSlice) -> None:
    taken = [(v, s) for s in range(SLICES) for v in range(3)]
    kept = [place for place in taken if place != (0, SLICES - 1)]
    folder = write(
        write_slice,
        kept,
        lambda v, s: {"InstanceNumber": kept.index((v, s)) + 1, "TriggerTime": v * (100 + 2 * s)},
    )
    assert any(DENIED in warning for warning in stacks(folder)[1])


def test_a_place_that_lost_two_is_said_where_places_are_taken_one_after_the_other(
    write_slice: WriteSlice,
) -> None:
    """Counted anew, it goes from volume to volume at another pace than the others."""
    taken = [(v, s) for s in range(SLICES) for v in range(5)]
    kept = [place for place in taken if place not in [(1, SLICES - 1), (2, SLICES - 1)]]
    folder = write(
        write_slice,
        kept,
        lambda volume, slice_: {
            "InstanceNumber": kept.index((volume, slice_)) + 1,
            "AcquisitionTime": clock(1.7 * taken.index((volume, slice_))),
        },
    )
    assert any(DENIED in warning for warning in stacks(folder)[1])


@pytest.mark.parametrize(
    ("keyword", "lost", "is_doubted"),
    [
        ("AcquisitionTime", 2, True),
        ("TriggerTime", 3, True),
        # Numbers are right.
        ("AcquisitionTime", 4, False),
        ("TriggerTime", 4, False),
    ],
)
def test_a_place_is_waited_for_where_it_lost_a_slice_whatever_was_counted_anew(
    keyword: str, lost: int, is_doubted: bool, write_slice: WriteSlice
) -> None:
    taken = [(v, s) for s in range(SLICES) for v in range(5)]
    kept = [place for place in taken if place != (lost, SLICES - 1)]

    def say(volume: int, slice_: int) -> dict[str, Any]:
        # The heart beats faster at the last place.
        since_trigger = volume * (33 if slice_ == SLICES - 1 else 40)
        taken_at = clock(1.7 * taken.index((volume, slice_)))
        when = taken_at if keyword == "AcquisitionTime" else since_trigger
        return {"InstanceNumber": kept.index((volume, slice_)) + 1, keyword: when}

    warnings = stacks(write(write_slice, kept, say))[1]
    assert any(DENIED in warning for warning in warnings) == is_doubted


def test_a_pause_of_the_whole_scan_is_no_lost_slice(write_slice: WriteSlice) -> None:
    """Nor is the end of one that was broken off."""
    kept = volume_by_volume(5)[:-1]
    folder = write(
        write_slice,
        kept,
        lambda volume, slice_: {
            "InstanceNumber": kept.index((volume, slice_)) + 1,
            "AcquisitionTime": clock(9 * volume + 2 * slice_ + 12 * (volume > 2)),
        },
    )
    assert not any(MIXED in warning for warning in stacks(folder)[1])


@pytest.mark.parametrize(
    "say",
    [
        lambda v, s: {"AcquisitionTime": clock(int(1.5 * (v + s / SLICES)))},
        lambda v, s: {
            "AcquisitionDate": "20200101",
            "AcquisitionTime": f"{('2359', '0000')[v > 2]}{(54 + 2 * v + s / 2) % 60:05.2f}",
        },
        lambda v, s: {"TriggerTime": 500 + (70 * v + 110 * s) % 80},
        lambda v, s: {"TriggerTime": 100 * v * (0.7, 1.0, 0.8, 1.35)[s]},
    ],
    ids=["whole seconds", "midnight", "delays after a beat", "hearts"],
)
def test_the_end_of_a_broken_off_scan_was_not_waited_for(say: Say, write_slice: WriteSlice) -> None:
    kept = volume_by_volume(5)[:-2]
    folder = write(
        write_slice, kept, lambda v, s: {"InstanceNumber": kept.index((v, s)) + 1} | say(v, s)
    )
    found, warnings = stacks(folder)
    assert found == [whole(0, 1, 2, 3), [[(4, 0), (4, 1)]]]
    assert not any(MIXED in warning for warning in warnings)


def test_places_taken_one_after_the_other_are_not_late(write_slice: WriteSlice) -> None:
    kept = [(v, s) for s in range(SLICES) for v in range(3)]
    folder = write(
        write_slice,
        kept,
        lambda volume, slice_: {
            "InstanceNumber": kept.index((volume, slice_)) + 1,
            "AcquisitionTime": clock(1.7 * kept.index((volume, slice_))),
        },
    )
    assert stacks(folder) == ([whole(0, 1, 2)], [])


def test_delays_after_a_trigger_rank_no_slices_where_times_do(write_slice: WriteSlice) -> None:
    delays = np.random.default_rng(4).uniform(590, 650, (6, SLICES)).round(2)
    folder = write(
        write_slice,
        volume_by_volume(6),
        lambda volume, slice_: {
            "AcquisitionTime": clock(4.1 * volume + slice_),
            "TriggerTime": delays[volume, slice_],
        },
    )
    assert stacks(folder) == ([whole(*range(6))], [])


def test_delays_after_a_trigger_that_chance_parts_make_no_volumes(write_slice: WriteSlice) -> None:
    early = {(0, 0), (0, 1), (1, 2), (0, 3)}
    folder = write(
        write_slice,
        volume_by_volume(2),
        lambda volume, slice_: {
            "InstanceNumber": SLICES * volume + slice_ + 1,
            "AcquisitionTime": clock(9.1 * volume + slice_),
            "TriggerTime": (590 if (volume, slice_) in early else 640) + slice_,
        },
    )
    assert stacks(folder) == ([whole(0, 1)], [])


@pytest.mark.parametrize("by_volume", [True, False], ids=["volume by volume", "place by place"])
@pytest.mark.parametrize("volumes", [2, 6])
def test_delays_after_a_trigger_deny_no_numbers(
    volumes: int, by_volume: bool, write_slice: WriteSlice
) -> None:
    # Each slice is taken once a beat, a little earlier or later.
    delays = np.random.default_rng(4).uniform(590, 650, (volumes, SLICES)).round(2)
    folder = write(
        write_slice,
        volume_by_volume(volumes),
        lambda volume, slice_: {
            "InstanceNumber": 1
            + (SLICES * volume + slice_ if by_volume else volumes * slice_ + volume),
            "TriggerTime": delays[volume, slice_],
        },
    )
    assert stacks(folder) == ([whole(*range(volumes))], [])


# Volumes begin in another part of a second each: pauses then seem to lie within them too.
@pytest.mark.parametrize(("begun", "seconds"), [(0.3, 5.0), (0.0, 1.2)])
def test_times_cut_to_whole_seconds_mix_no_volumes(
    begun: float, seconds: float, write_slice: WriteSlice
) -> None:
    folder = write(
        write_slice,
        volume_by_volume(3),
        lambda v, s: {"AcquisitionTime": clock(int(begun + seconds * (v + s / SLICES)))},
    )
    assert stacks(folder)[0] == [whole(0, 1, 2)]


@pytest.mark.parametrize("volumes", [2, 3])
def test_times_cut_to_whole_seconds_deny_no_numbers(volumes: int, write_slice: WriteSlice) -> None:
    taken = [(v, s) for s in range(SLICES) for v in range(volumes)]
    folder = write(
        write_slice,
        taken,
        lambda v, s: {
            "InstanceNumber": taken.index((v, s)) + 1,
            "AcquisitionTime": clock(int(1.7 * taken.index((v, s)))),
        },
    )
    assert stacks(folder) == ([whole(*range(volumes))], [])


def test_a_heart_that_beats_unevenly_denies_no_numbers(write_slice: WriteSlice) -> None:
    """Each place is taken once a beat, one after the other."""
    beats = [(0, 1, 2, 3), (0, 1, 2, 3), (0, 1.3, 2.1, 3), (0, 1, 2, 3)]
    folder = write(
        write_slice,
        volume_by_volume(4),
        lambda v, s: {
            "InstanceNumber": 4 * s + v + 1,
            "AcquisitionTime": clock(12.1 * s + beats[s][v]),
        },
    )
    assert stacks(folder) == ([whole(0, 1, 2, 3)], [])


def test_times_rank_no_slices_where_one_was_lost_of_places_taken_one_after_the_other(
    write_slice: WriteSlice,
) -> None:
    taken = [(v, s) for s in range(SLICES) for v in range(3)]
    folder = write(
        write_slice,
        [place for place in taken if place != (0, 1)],
        lambda v, s: {"AcquisitionTime": clock(1.7 * taken.index((v, s)))},
    )
    assert any(MIXED in warning for warning in stacks(folder)[1])
