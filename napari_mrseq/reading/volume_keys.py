"""What numbers the volumes of a stack: an attribute, several together, a dimension or a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any

from napari_mrseq.reading.frames import Frame

# What a slice says of its volume: numbers that sort; None where it says nothing.
Key = Callable[[Frame], Any]
# Slices that lie at one place, by the number of the place.
ByPlace = Mapping[int, Sequence[Frame]]
# One slice a place.
Volume = dict[int, Frame]

NO_DIRECTION = (0.0, 0.0, 0.0)


def telling_key(by_place: ByPlace) -> Key | None:
    """Return what every place has the same values of: by that volumes differ.

    The first attribute that alone tells all slices of a place apart; else all attributes together
    that each tell more of them apart. None where there are none, or one slice a place.
    """
    count = max(map(len, by_place.values()))
    if count == 1:
        return None
    keys = _keys(by_place)
    alone = next((key for key in keys if _kinds(by_place, key) == count), None)
    if alone is not None:
        return alone
    chosen: tuple[Key, ...] = ()
    told = 1
    for key in keys:
        found = _kinds(by_place, _joined(*chosen, key))
        if found > told:
            chosen, told = (*chosen, key), found
    return _joined(*chosen) if chosen else None


def possible_keys(by_place: ByPlace) -> list[Key]:
    """Return what may number volumes of which slices are missing, most telling first.

    Last come together all attributes that differ within a place, but for those of which there are
    more values than a place has slices: they number something else.
    """
    most = max(map(len, by_place.values()))
    keys = _keys(by_place)
    return [*keys, _joined(*(key for key in keys if 1 < _values(by_place, key) <= most))]


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


def ranked(by_place: ByPlace) -> tuple[list[Volume], bool]:
    """Return volumes of slices that nothing numbers, by their rank at each place.

    The order of the instances is to be believed where they go from place to place or stay at one
    until it is done; then that of the times. False says that neither is so.
    """
    count = max(map(len, by_place.values()))
    if count == 1 or _is_regular(by_place, count):
        return _by_rank(by_place, lambda frame: frame.order), True
    time = next((key for key in TIMES if _tells_ranks(by_place, key)), None)
    return _by_rank(by_place, time or (lambda frame: frame.order)), time is not None


def _by_rank(by_place: ByPlace, key: Key) -> list[Volume]:
    volumes: list[Volume] = []
    for place, members in by_place.items():
        for rank, frame in enumerate(sorted(members, key=key)):
            if rank == len(volumes):
                volumes.append({})
            volumes[rank][place] = frame
    return volumes


def _is_regular(by_place: ByPlace, count: int) -> bool:
    acquired = sorted((f.order, place) for place, members in by_place.items() for f in members)
    if len({order for order, _ in acquired}) < len(acquired):
        return False
    places = [place for _, place in acquired]
    whole = places[: len(by_place)]
    volume_by_volume = len(set(whole)) == len(by_place) and places == whole * count
    place_by_place = places == [place for place in places[::count] for _ in range(count)]
    return volume_by_volume or place_by_place


def _tells_ranks(by_place: ByPlace, key: Key) -> bool:
    found = [set(map(key, members)) for members in by_place.values()]
    return all(
        None not in values and len(values) == len(members)
        for values, members in zip(found, by_place.values(), strict=True)
    )


def _keys(by_place: ByPlace) -> list[Key]:
    dimensions = min(len(frame.dimensions) for members in by_place.values() for frame in members)
    return [*_ATTRIBUTES, *map(_dimension, range(dimensions)), *_FILES]


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


def _gradient(frame: Frame) -> Any:
    if frame.b_value is None:
        return None
    direction = frame.direction or NO_DIRECTION
    return frame.b_value, tuple([round(part, 3) for part in direction])


INVERSION_TIME: Key = attrgetter("inversion_time")
FLIP_ANGLE: Key = attrgetter("flip_angle")
# Time may lie further apart within a volume than from one to the next: it comes last, and it sorts.
TIMES: tuple[Key, ...] = (attrgetter("trigger"), attrgetter("time"))
_ATTRIBUTES: tuple[Key, ...] = (
    lambda frame: frame.order[0] or None,
    lambda frame: frame.order[1] or None,
    _gradient,
    INVERSION_TIME,
    FLIP_ANGLE,
    *TIMES,
)
# Enhanced files may hold a volume each.
_FILES: tuple[Key, ...] = (
    lambda frame: frame.order[2] or None,
    lambda frame: frame.source.path,
)
