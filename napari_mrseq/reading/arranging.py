"""Slices that share places → volumes: by numbers, by a count of instances, by times, by rank."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.volume_counts import partition, volumes_by_instance
from napari_mrseq.reading.volume_keys import (
    TIMES,
    TRIGGER,
    ByPlace,
    Key,
    Volume,
    distinguishing_key,
    in_order,
    is_even,
    mixes_values,
    most_at_a_place,
    numbered_volumes,
    numbers_contradict,
)
from napari_mrseq.reading.volume_times import (
    pauses_contradict,
    times_contradict,
    volumes_by_pauses,
    waits_contradict,
)

_UNTOLD = (
    "nothing in the headers tells which slices form a volume: they are taken in the order of "
    "their instances, volumes may be mixed"
)
_CONTRADICTED = (
    "the headers contradict each other about which slices form a volume: volumes may be mixed"
)


def arranged(by_place: ByPlace) -> tuple[list[Volume], str]:
    """Make volumes of slices that share places.

    What numbers volumes goes before all else. What numbers leave open is told by the count of the
    instances, where it fits and neither numbers nor times contradict it, then by times alone.

    Returns
    -------
    list of dict
        Slices by the number of their place; a volume may lack some.
    str
        What is to be said where nothing told, empty where the volumes are sure.
    """
    if numbered := numbered_volumes(by_place):
        return numbered, ""
    key = distinguishing_key(by_place)
    parts: dict[Any, dict[int, list[Frame]]] = defaultdict(lambda: defaultdict(list))
    for place, members in by_place.items():
        for frame in members:
            parts[key and key(frame)][place].append(frame)
    volumes: dict[Any, Volume] = {}
    doubts = []
    for label, part in parts.items():
        found, doubt = _unnumbered(part, by_place)
        doubts.append(doubt or (_CONTRADICTED if waits_contradict(found) else ""))
        volumes |= {(label, rank): volume for rank, volume in enumerate(found)}
    ordered = in_order(volumes, key) if is_even(by_place) else list(volumes.values())
    return ordered, next(filter(None, doubts), "")


def _unnumbered(by_place: ByPlace, every: ByPlace) -> tuple[list[Volume], str]:
    """Return volumes of slices that nothing numbers, among all, and the doubt about them."""
    together = volumes_by_pauses(by_place)
    counts = volumes_by_instance(by_place, every)
    agreed = [count for count in counts if together and partition(count) == partition(together)]
    ranked = _ranked(by_place) if not counts and _is_regular(by_place) else None
    first = next((found for found in (*agreed, *counts, ranked) if found), None)
    if first and not _is_contradicted(first):
        if agreed or ranked or (len(counts) == 1 and not together):
            return first, ""
        return first, _CONTRADICTED if together else _UNTOLD
    if together:
        return together, ""
    timed = _ranked_by_time(by_place)
    denied = timed and (_mixes_times(timed, by_place) or _is_contradicted(timed))
    if timed and is_even(by_place) and not denied:
        return timed, ""
    return timed or _ranked(by_place), _CONTRADICTED if first else _UNTOLD


def _mixes_times(ranked: list[Volume], by_place: ByPlace) -> bool:
    """Tell whether slices of the same rank seem to be of different times."""
    return mixes_values(ranked, TRIGGER) or pauses_contradict(ranked, by_place)


def _is_contradicted(volumes: list[Volume]) -> bool:
    return numbers_contradict(volumes) or times_contradict(volumes)


def _ranked(by_place: ByPlace, key: Key = lambda frame: frame.order) -> list[Volume]:
    """Make volumes of the first slices of all places, of the second, and so on."""
    volumes: list[Volume] = [{} for _ in range(most_at_a_place(by_place))]
    for place, members in by_place.items():
        for volume, frame in zip(volumes, sorted(members, key=key), strict=False):
            volume[place] = frame
    return volumes


def _ranked_by_time(by_place: ByPlace) -> list[Volume] | None:
    """Rank slices of a place by time, as Siemens' DSC needs it (MultiVolumeImporter, PR 14)."""
    ranked = [_ranked(by_place, key) for key in TIMES if _tells_ranks(by_place, key)]
    agreeing = (volumes for volumes in ranked if not times_contradict(volumes))
    return next(agreeing, ranked[0] if ranked else None)


def _is_regular(by_place: ByPlace) -> bool:
    """Tell whether instances go from place to place, or stay at one until it is done.

    Both are found (dcm2niix issue 614), and numbers that tell nothing (issue 529). Where they rise
    by other steps at one place than at the next, some were lost.
    """
    numbers = [sorted(frame.instance_number for frame in found) for found in by_place.values()]
    steps = {tuple(later - number for number, later in pairwise(row)) for row in numbers}
    acquired = sorted((f.order, place) for place, members in by_place.items() for f in members)
    if len(steps) > 1 or len({order for order, _ in acquired}) < len(acquired):
        return False
    count = most_at_a_place(by_place)
    places = [place for _, place in acquired]
    whole = places[: len(by_place)]
    volume_by_volume = places == whole * count
    place_by_place = places == [place for place in places[::count] for _ in range(count)]
    return volume_by_volume or place_by_place


def _tells_ranks(by_place: ByPlace, key: Key) -> bool:
    """Tell whether the slices of each place all have a value of their own."""
    return all(len({*map(key, found)} - {None}) == len(found) for found in by_place.values())
