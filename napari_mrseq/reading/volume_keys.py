"""What numbers the volumes of a stack: an attribute, several together, a dimension or a file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any

from napari_mrseq.reading.frames import UNTOLD, Frame

# What a slice says of its volume: numbers that sort; None where it says nothing.
Key = Callable[[Frame], Any]
# Slices that lie at one place, by the number of the place.
ByPlace = Mapping[int, Sequence[Frame]]
# One slice a place.
Volume = dict[int, Frame]

NO_DIRECTION = (0.0, 0.0, 0.0)


def most_at_a_place(by_place: ByPlace) -> int:
    """Return how many slices a place has at most."""
    return max(map(len, by_place.values()))


def is_even(by_place: ByPlace) -> bool:
    """Tell whether each place has as many slices."""
    return len(set(map(len, by_place.values()))) == 1


def is_mostly_there(volumes: Sequence[Volume], places: int) -> bool:
    """Tell whether volumes have more slices than they lack."""
    return 2 * sum(map(len, volumes)) > len(volumes) * places


def is_mostly_whole(volumes: Sequence[Volume], places: int) -> bool:
    """Tell whether as many volumes are whole as lack slices."""
    return 2 * sum(len(volume) == places for volume in volumes) >= len(volumes)


def numbered_volumes(by_place: ByPlace) -> list[Volume] | None:
    """Return the volumes that slices are numbered by, None where nothing numbers them.

    By the first attribute, or several together, that has as many values as a place has slices at
    most. Where slices of each place are lost there are more: then a counter or setting is believed
    if most of the slices are there that it calls for. What is measured may differ from slice to
    slice: as many volumes must be whole as are not.
    """
    most, places = most_at_a_place(by_place), len(by_place)
    dimensions = _dimensions(by_place)
    more = []
    for key in _in_turn(by_place, [*_ATTRIBUTES, *dimensions, *_FILES]):
        if volumes := volumes_by(by_place, key):
            if len(volumes) == most:
                return in_order(volumes, key)
            more.append((key, volumes))
    for key, volumes in more:
        is_right = is_mostly_there if key in (*_SETTINGS, *dimensions) else is_mostly_whole
        if key not in TIMES and is_right(list(volumes.values()), places):
            return in_order(volumes, key)
    return None


def numbers_of(frames: Sequence[Frame]) -> list[Key]:
    """Return the attributes that number volumes wherever their slices lie."""
    return [*_COUNTERS, _gradient, *_dimensions({0: frames}), *_FILES]


def distinguishing_key(by_place: ByPlace) -> Key | None:
    """Return all attributes together that tell slices apart, of which each place has the same.

    None where there are none, as where some places have more slices. Philips' ASL is numbered by
    repeat, phase and label (dcm2niix issue 533), its diffusion by b value and direction (issue
    546).
    """
    chosen: tuple[Key, ...] = ()
    told = 1
    for key in (*_ATTRIBUTES, *_dimensions(by_place), *_FILES):
        found = _kinds(by_place, _joined(*chosen, key))
        if found > told:
            chosen, told = (*chosen, key), found
    return _joined(*chosen) if chosen else None


def volumes_by(by_place: ByPlace, key: Key) -> dict[Any, Volume] | None:
    """Group slices into volumes by what numbers them, None where it doesn't tell them apart."""
    volumes: dict[Any, Volume] = defaultdict(dict)
    for place, members in by_place.items():
        for frame in members:
            label = key(frame)
            if label is None or place in volumes[label]:
                return None
            volumes[label][place] = frame
    return volumes


def in_order(volumes: Mapping[Any, Volume], key: Key | None) -> list[Volume]:
    """Sort volumes by time where that numbers them, else as they were acquired.

    Where the instances of one place follow each other in another way than those of the next, their
    order says nothing: volumes are sorted by their numbers then.
    """
    numbered = [volumes[label] for label in sorted(volumes)]
    if key in TIMES:
        return numbered
    acquired = sorted(volumes.values(), key=lambda volume: min(f.order for f in volume.values()))
    places = {place for volume in acquired for place in volume}
    rows = ([volume[place].order for volume in acquired if place in volume] for place in places)
    agree = all(one < other for row in rows for one, other in pairwise(row))
    return acquired if agree else numbered


def numbers_contradict(volumes: Sequence[Volume]) -> bool:
    """Tell whether one of the attributes that number volumes was torn by making these.

    So it is where instance numbers mean nothing (dcm2niix issues 302 and 529).
    """
    return any(mixes_values(volumes, key) for key in (*_COUNTERS, _B_VALUE, FLIP_ANGLE))


def mixes_values(volumes: Sequence[Volume], key: Key) -> bool:
    """Tell whether volumes have slices of several values of which other volumes have some too."""
    at_place: dict[int, set[Any]] = defaultdict(set)
    for volume in volumes:
        for place, frame in volume.items():
            at_place[place].add(key(frame))
    # What is the same whenever a place was taken, is a number of the place.
    found = [
        {key(frame) for place, frame in volume.items() if len(at_place[place]) > 1}
        for volume in volumes
    ]
    homes = Counter(label for labels in found for label in labels)
    torn = (labels for labels in found if len(labels) > 1)
    return None not in homes and any(homes[label] > 1 for labels in torn for label in labels)


def settings_mixed_in(volume: Sequence[Frame]) -> str:
    """Name what slices of one volume differ in though it is the volume's; empty where nothing."""
    for name, key in _OF_A_VOLUME.items():
        values = set(map(key, volume))
        # Where each slice has a value of its own, it numbers slices.
        if None not in values and 1 < len(values) < len(volume):
            return name
    return ""


def _in_turn(by_place: ByPlace, numbers: Sequence[Key]) -> Iterator[Key]:
    """Yield each attribute alone, then those together of which each leaves some slices untold.

    Those that tell more and more where each place has the same, and all that differ within a
    place, but for those of which there are more values than a place has slices: they number
    something else. So may files, which may each hold any part of the slices.
    """
    yield from numbers
    if told := distinguishing_key(by_place):
        yield told
    most = most_at_a_place(by_place)
    differing = [
        key for key in numbers if key is not REPETITION_TIME and 1 < _values(by_place, key) <= most
    ]
    yield _joined(*(key for key in differing if key not in _FILES))
    yield _joined(*differing)


def _dimensions(by_place: ByPlace) -> list[Key]:
    count = min(len(frame.dimensions) for members in by_place.values() for frame in members)
    return [_dimension(column) for column in range(count)]


def _kinds(by_place: ByPlace, key: Key) -> int:
    """Count the values of an attribute; 0 where one is unknown or a place has others."""
    places = iter(by_place.values())
    first = Counter(map(key, next(places)))
    if None in first or any(Counter(map(key, members)) != first for members in places):
        return 0
    return len(first)


def _values(by_place: ByPlace, key: Key) -> int:
    """Count the values of an attribute; 0 where one is unknown or no place has several."""
    found = [set(map(key, members)) for members in by_place.values()]
    values = set().union(*found)
    return len(values) if None not in values and max(map(len, found)) > 1 else 0


def _joined(*keys: Key) -> Key:
    def joint(frame: Frame) -> Any:
        values = tuple([key(frame) for key in keys])
        return None if None in values else values

    return joint


def _dimension(column: int) -> Key:
    return lambda frame: frame.dimensions[column]


def _told(name: str) -> Key:
    number_of = attrgetter(name)
    return lambda frame: None if (number := number_of(frame)) == UNTOLD else number


def _gradient(frame: Frame) -> Any:
    if frame.b_value is None:
        return None
    direction = frame.direction or NO_DIRECTION
    return frame.b_value, tuple([round(part, 3) for part in direction])


INVERSION_TIME: Key = attrgetter("inversion_time")
FLIP_ANGLE: Key = attrgetter("flip_angle")
REPETITION_TIME: Key = attrgetter("repetition_time")
# Time may lie further apart within a volume than from one to the next: it comes last, and it sorts.
TRIGGER: Key = attrgetter("trigger")
TIME: Key = attrgetter("time")
TIMES: tuple[Key, ...] = (TRIGGER, TIME)
# When the pixels were written, not taken: believed only where it parts volumes clearly.
CONTENT_TIME: Key = attrgetter("content_time")
_B_VALUE: Key = attrgetter("b_value")
_TEMPORAL_POSITION = _told("temporal_position")
_COUNTERS: tuple[Key, ...] = (
    _TEMPORAL_POSITION,
    _told("acquisition_number"),
    attrgetter("echo_number"),
    lambda frame: frame.labelling or None,
)
_OF_A_VOLUME = {"temporal positions": _TEMPORAL_POSITION, "b values": _B_VALUE}
_SETTINGS = (*_COUNTERS, _gradient, FLIP_ANGLE)
_ATTRIBUTES: tuple[Key, ...] = (
    *_COUNTERS,
    _gradient,
    INVERSION_TIME,
    FLIP_ANGLE,
    REPETITION_TIME,
    *TIMES,
)
# Enhanced files may hold a volume each.
_FILES: tuple[Key, ...] = (_told("instance_number"), lambda frame: frame.source.path)
