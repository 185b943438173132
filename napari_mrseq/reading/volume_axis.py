"""Volumes of a stack → what they are weighted by, and what their axis means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.volume_keys import FLIP_ANGLE, INVERSION_TIME, NO_DIRECTION, TIMES
from napari_mrseq.series import VolumeAxis

Volumes = Sequence[Sequence[Frame]]

# An attribute, its unit, and how many times the smallest value the largest one is at least: what
# waits for the heart is repeated now sooner, now later, and differs in time all the same.
_ATTRIBUTES = (
    ("inversion time", "ms", INVERSION_TIME, 0.0),
    ("flip angle", "degree", FLIP_ANGLE, 0.0),
    # Nothing is repeated at once: some writers put 0 where they don't know the time.
    ("repetition time", "ms", lambda frame: frame.repetition_time or None, 2.0),
)


def distinct_b_values(volumes: Volumes) -> tuple[float, ...]:
    """Return the distinct b values of all slices in s/mm², in their order; empty where unknown.

    Where some slices are known to be without weighting, and nothing of the others, it is.
    """
    found = dict.fromkeys(frame.b_value for volume in volumes for frame in volume)
    known = tuple(value for value in found if value is not None)
    return known if any(known) or None not in found else ()


def volume_axis_of(volumes: Volumes) -> VolumeAxis | None:
    """Name what differs from volume to volume, None where there is one volume only.

    An attribute counts when it is known for every slice, equal within each volume and not equal
    in all volumes.
    """
    if len(volumes) < 2:
        return None
    if axis := _diffusion_axis(volumes):
        return axis
    for name, unit, attribute, ratio in _ATTRIBUTES:
        values = _volume_values(volumes, attribute)
        if len(set(values)) > 1 and max(values) >= ratio * min(values):
            return VolumeAxis(name, unit, values)
    times = _times(volumes)
    if times:
        return VolumeAxis("time", "ms", times)
    if len({volume[0].temporal_position for volume in volumes}) == len(volumes):
        return VolumeAxis("time", "ms")
    return VolumeAxis()


def _diffusion_axis(volumes: Volumes) -> VolumeAxis | None:
    values = _volume_values(volumes, lambda frame: frame.b_value)
    if not any(values):
        return None
    directions = tuple(volume[0].direction or NO_DIRECTION for volume in volumes)
    if len(set(zip(values, directions, strict=True))) < 2:
        return None
    known = any(direction != NO_DIRECTION for direction in directions)
    return VolumeAxis("b value", "s/mm²", values, directions if known else ())


def _volume_values(
    volumes: Volumes, attribute: Callable[[Frame], float | None]
) -> tuple[float, ...]:
    """Return an attribute's value for each volume, empty where one is unknown or mixed."""
    values = []
    for volume in volumes:
        found = {attribute(frame) for frame in volume}
        value = found.pop()
        if found or value is None:
            return ()
        values.append(value)
    return tuple(values)


def _times(volumes: Volumes) -> tuple[float, ...]:
    """Return when each volume began, ms after the first, empty where that doesn't increase."""
    for attribute in TIMES:
        times = [[attribute(frame) for frame in volume] for volume in volumes]
        if any(None in volume for volume in times):
            continue
        starts = [min(volume) for volume in times]
        if all(a < b for a, b in pairwise(starts)):
            return tuple(round(start - starts[0], 3) for start in starts)
    return ()
