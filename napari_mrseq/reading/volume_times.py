"""What times say of volumes: which slices were taken together, and whether volumes agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.reading.frames import LONGEST_SERIES_MS
from napari_mrseq.reading.volume_keys import (
    CONTENT_TIME,
    TIME,
    TRIGGER,
    ByPlace,
    Key,
    Volume,
    is_mostly_there,
    is_mostly_whole,
    most_at_a_place,
)

# Pauses between volumes are longer than those between slices, if times tell volumes apart.
_LONGER = 1.2
# A slice that is further off (part of what lies between volumes) is of another volume: one that was
# torn in halves is off by half.
_OFF = 0.4
# Slices of a torn volume are later than some of the next by less than this part of what a volume
# takes; where each place is taken as a whole, they are so by one volume or more.
_LATE = 0.75
# A place that misses a slice waits for its next one twice as long as whole ones do.
_WAITS = 1.5
# Some writers cut times to whole seconds (ms).
_SECOND = 1000.0


def volumes_by_pauses(by_place: ByPlace) -> list[Volume] | None:
    """Return volumes whose slices were taken with shorter pauses than lie between volumes.

    None where no time is known of all slices, where pauses don't part them into volumes, or where
    both the first and the last lack slices: so it looks where there is a pause within each volume.
    Siemens' DSC tells volumes by times alone, another for each slice (MultiVolumeImporter, PR 14).
    Since the trigger each slice counts the beats of a heart at its own pace: there are no more
    volumes than a place has slices.
    """
    places = len(by_place)
    for key, volumes in _runs_of(by_place):
        ends = max(len(volumes[0]), len(volumes[-1])) == places
        even = len(volumes) == most_at_a_place(by_place)
        if even or (key is not TRIGGER and ends and is_mostly_whole(volumes, places)):
            return volumes
    return None


def pauses_contradict(volumes: Sequence[Volume], by_place: ByPlace) -> bool:
    """Tell whether pauses part slices into more volumes than these, of which most is there.

    So they do where images were lost (ADNI: dcm2niix issue 416) and the others counted anew.
    """
    return any(
        len(runs) > len(volumes) and is_mostly_there(runs, len(by_place))
        for _, runs in _runs_of(by_place)
    )


def times_contradict(volumes: Sequence[Volume]) -> bool:
    """Tell whether slices follow the volumes before at another pace than the rest of theirs.

    Each place is taken at the same part of its volume: its times grow as those of other places do,
    or, where each heart beats at its own pace, as a constant part of them. What contradicts that
    was counted by instance numbers that mean nothing (dcm2niix issues 302 and 529), or anew where
    images were lost: slices are then late by a volume.
    """
    since_trigger, taken = (_times_in(volumes, key) for key in (TRIGGER, TIME))
    is_denied = _is_out_of_step(since_trigger) and not _are_delays(since_trigger)
    return is_denied or _is_out_of_step(taken) or _are_torn(taken)


def waits_contradict(volumes: Sequence[Volume]) -> bool:
    """Tell whether a place that lacks slices was waited for as if it lacked one somewhere else.

    So it is where the last volume lacks what was lost of another, and the others counted anew.
    """
    return any(_waits_elsewhere(_times_in(volumes, key)) for key in (TRIGGER, TIME))


def _waits_elsewhere(times: NDArray[np.float64]) -> bool:
    lacking = np.isnan(times).any(axis=0)
    # Beside a lacking slice none is known.
    steps = np.diff(times, axis=0)
    # Times that run back tell no wait: delays after a beat, or those over midnight without a date.
    if lacking.all() or np.any(steps <= 0):
        return False
    # Each heart beats at its own pace.
    longest = steps[:, ~lacking].max(axis=1, keepdims=True)
    return bool(np.any(steps[:, lacking] > _WAITS * longest + _rounding(times)))


def _runs_of(by_place: ByPlace) -> Iterator[tuple[Key, list[Volume]]]:
    frames = [frame for members in by_place.values() for frame in members]
    # Times since the trigger come last: of few slices, chance parts delays after it as well.
    keys = [key for key in (TIME, TRIGGER) if len({key(frame) for frame in frames}) > 1]
    for key in keys or [CONTENT_TIME]:
        if volumes := _runs(by_place, key):
            yield key, volumes


def _runs(by_place: ByPlace, key: Key) -> list[Volume]:
    """Part slices at the longest pauses until none shares its place; empty where that fails."""
    timed = [(key(frame), place, frame) for place, found in by_place.items() for frame in found]
    if any(time is None for time, _, _ in timed):
        return []
    timed.sort(key=lambda entry: entry[:2])
    pauses = np.diff([time for time, _, _ in timed])
    if pauses.sum() > LONGEST_SERIES_MS:
        return []
    cut = _longest_allowed([place for _, place, _ in timed], pauses)
    within = pauses[pauses < cut].max(initial=0.0)
    if cut <= _LONGER * within:
        return []
    volumes: list[Volume] = [{}]
    for (_, place, frame), pause in zip(timed, [0.0, *pauses], strict=True):
        if pause >= cut:
            volumes.append({})
        volumes[-1][place] = frame
    return volumes


def _longest_allowed(places: Sequence[int], pauses: NDArray[np.float64]) -> float:
    """Return the shortest pause that parts volumes: one lies between any two slices of a place."""
    before: dict[int, int] = {}
    cut = float("inf")
    for index, place in enumerate(places):
        if place in before:
            cut = min(cut, float(pauses[before[place] : index].max()))
        before[place] = index
    return cut


def _is_out_of_step(times: NDArray[np.float64]) -> bool:
    whole = [index for index, volume in enumerate(times) if not np.isnan(volume).any()]
    if len(whole) < 2:
        return False
    span = times[whole[-1]] - times[whole[0]]
    if span.min() <= 0:
        return bool(span.max() > 0 and span.min() < 0)
    steps = np.diff(times, axis=0)
    # Of two halves that are numbered in two orders, neither may be far from the middle.
    if np.any((steps > 0).any(axis=1) & (steps < 0).any(axis=1)):
        return True
    passed = (times - times[whole[0]]) / span
    middle = np.nanmedian(passed, axis=1, keepdims=True)
    usual = np.median(np.abs(np.diff(middle, axis=0)))
    off = np.abs(passed - middle) - _rounding(times) / span
    return bool(np.nanmax(off) > _OFF * usual)


def _are_delays(times: NDArray[np.float64]) -> bool:
    """Tell whether times since the trigger tell no phase, but how late after a beat each was taken.

    They go up and down, and sorted they neither keep step nor lie apart, as those of phases do.
    """
    if not np.any(np.diff(times, axis=0) < 0):
        return False
    first, second, *_ = rising = np.sort(times, axis=0)
    return bool(np.nanmax(first) > np.nanmin(second)) or _is_out_of_step(rising)


def _are_torn(times: NDArray[np.float64]) -> bool:
    """Tell whether slices were taken after some of the next volume, by less than a volume takes.

    Where each place is taken as a whole, one is later than the next by all volumes but one.
    """
    steps = np.diff(times, axis=0)
    if np.isnan(steps).all():
        return False
    least, most = _rounding(times), _LATE * np.nanmedian(steps)
    late = (one[:, np.newaxis] - following for one, following in pairwise(times))
    return any(bool(np.any((by > least) & (by < most))) for by in late)


def _times_in(volumes: Sequence[Volume], key: Key) -> NDArray[np.float64]:
    """Return the times of slices by volume and place; all NaN where one is not known."""
    places = sorted({place for volume in volumes for place in volume})
    found = [
        [key(volume[place]) if place in volume else np.nan for place in places]
        for volume in volumes
    ]
    known = not any(None in row for row in found)
    return np.array(found) if known else np.full((len(volumes), len(places)), np.nan)


def _rounding(times: NDArray[np.float64]) -> float:
    return _SECOND if not np.any(times % _SECOND > 0) else 0.0
