"""Instance numbers that count slices off: volume by volume, or place by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from napari_mrseq.reading.volume_keys import (
    ByPlace,
    Volume,
    is_mostly_there,
    most_at_a_place,
    volumes_by,
)

# The number of an instance → that of its volume.
_Count = Callable[[int], int]


def volumes_by_instance(by_place: ByPlace, every: ByPlace) -> list[list[Volume]]:
    """Return the volumes that slices make by their instance numbers, in each way that fits.

    A count fits where the numbers that a place may have are no other's: then what is lost has left
    holes in it. The first volume begins with 1, or with the number of the first slice; both fit
    where either the first slices or the last may be lost. Of what fits, only that with the fewest
    volumes is returned, the likeliest first. ADNI has such series, place by place, of which some
    hundred images are lost (dcm2niix issues 379 and 416).

    Parameters
    ----------
    by_place : mapping of int to sequence of Frame
        Slices of one b value, for example, by the number of their place.
    every : mapping of int to sequence of Frame
        Those of all: what lies between was not lost.
    """
    numbered = _numbered(by_place)
    if len({number for number, _ in numbered}) < len(numbered):
        return []
    by_volume = _volume_by_volume(numbered, _numbered(every), len(by_place))
    counts = (*_place_by_place(by_place, numbered), *by_volume)
    made = [_volumes_of(by_place, count) for count in counts]
    most = most_at_a_place(by_place)
    fitting = [v for v in made if len(v) == most or is_mostly_there(v, len(by_place))]
    fewest = min(map(len, fitting), default=0)
    distinct: dict[frozenset[frozenset[int]], list[Volume]] = {}
    for volumes in fitting:
        if len(volumes) == fewest:
            distinct.setdefault(partition(volumes), volumes)
    return list(distinct.values())


def partition(volumes: list[Volume]) -> frozenset[frozenset[int]]:
    """Return what two ways to make volumes of the same slices are compared by."""
    return frozenset(frozenset(map(id, volume.values())) for volume in volumes)


def _numbered(by_place: ByPlace) -> list[tuple[int, int]]:
    return [(int(f.instance_number), place) for place, found in by_place.items() for f in found]


def _volume_by_volume(
    numbered: list[tuple[int, int]], every: list[tuple[int, int]], places: int
) -> Iterator[_Count]:
    first = min(number for number, _ in numbered)
    for start in (min(1, first), first) if first <= places else (first, 1):
        if len({((number - start) % places, place) for number, place in every}) == places:
            yield partial(_volume_of, start, places)


def _volume_of(start: int, places: int, number: int) -> int:
    return (number - start) // places


def _place_by_place(by_place: ByPlace, numbered: list[tuple[int, int]]) -> Iterator[_Count]:
    """Yield the count at each place, and another if the first place may lack its last."""
    most = most_at_a_place(by_place)
    whole = next(place for place, found in by_place.items() if len(found) == most)
    start = min(number for number, place in numbered if place == whole)
    turns = {((number - start) // most, place) for number, place in numbered}
    if not len(turns) == len({turn for turn, _ in turns}) == len(by_place):
        return
    yield lambda number: (number - start) % most
    first = min(number for number, _ in numbered)
    lost = (first - start) % most
    # What begins with 1 has lost its first slices; else it may have been counted anew.
    if lost and (start - 1) % most:
        end = first - lost + most
        yield lambda number: number - first if number < end else (number - start) % most


def _volumes_of(by_place: ByPlace, volume_of: _Count) -> list[Volume]:
    found = volumes_by(by_place, lambda frame: volume_of(int(frame.instance_number))) or {}
    return [found[number] for number in sorted(found)]
