"""Slices of several contrasts under one series, told apart where they lie at one place."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.levels import levels
from napari_mrseq.reading.volumes import grouped, places_of

# Two echo times (ms) that are nearer are one, written in two ways.
SAME_ECHO_MS = 0.01
# Heartbeats and breaths, by which slices are triggered, vary by less; T1 and T2 by more.
_ONE_REPETITION_TIME = 2.0
# The number of a volume behind a description: "dyn 3", "ep2d b1000".
_VOLUME_NUMBER = re.compile(r"[\W_]+b?\d+$", re.IGNORECASE)

_Split = Callable[[list[Frame]], list[list[Frame]]]


def contrasts_apart(frames: list[Frame]) -> list[list[Frame]]:
    """Split slices of one plane by what kind of images they are, as long as several share a place.

    By quantity (water, fat, ADC) and echo time; then, as dcm2niix does, by what they are called and
    how they were derived; then by a repetition time of which each place has the same ones. What
    differs in inversion time, flip angle, b value or time is a series of volumes.
    """
    parts = [frames]
    for split in _SPLITS:
        parts = [one for part in parts for one in (split(part) if _collide(part) else [part])]
    return parts


def echoes_of(frames: Sequence[Frame]) -> list[int | None]:
    """Number the echo of each slice by its echo time, from 0."""
    times = [frame.echo_time for frame in frames]
    found = levels((time for time in times if time is not None), SAME_ECHO_MS)
    return [None if time is None else found[time] for time in times]


def _collide(frames: Sequence[Frame]) -> bool:
    return len(set(places_of(frames))) < len(frames)


def _by_quantity(frames: list[Frame]) -> list[list[Frame]]:
    return grouped(frames, lambda frame: frame.quantity)


def _by_echo(frames: list[Frame]) -> list[list[Frame]]:
    echoes: dict[int | None, list[Frame]] = defaultdict(list)
    for echo, frame in zip(echoes_of(frames), frames, strict=True):
        echoes[echo].append(frame)
    return list(echoes.values())


def _by_description(frames: list[Frame]) -> list[list[Frame]]:
    return grouped(frames, lambda frame: _VOLUME_NUMBER.sub("", frame.description))


def _by_derivation(frames: list[Frame]) -> list[list[Frame]]:
    # Weighted images that are combined on the scanner stay with those that are not weighted.
    weighted = len({frame.b_value for frame in frames}) > 1
    return [frames] if weighted else grouped(frames, lambda frame: frame.derivation)


def _by_repetition_time(frames: list[Frame]) -> list[list[Frame]]:
    known = [time for frame in frames if (time := frame.repetition_time or 0) > 0]
    if len(known) < len(frames):
        return [frames]
    found = levels(map(math.log, known), math.log(_ONE_REPETITION_TIME))
    numbers = [found[math.log(time)] for time in known]
    places: dict[int, list[int]] = defaultdict(list)
    for place, number in zip(places_of(frames), numbers, strict=True):
        places[place].append(number)
    first, *others = map(Counter, places.values())
    if any(other != first for other in others):
        return [frames]
    parts: dict[int, list[Frame]] = defaultdict(list)
    for number, frame in zip(numbers, frames, strict=True):
        parts[number].append(frame)
    return list(parts.values())


_SPLITS: tuple[_Split, ...] = (
    _by_quantity,
    _by_echo,
    _by_description,
    _by_derivation,
    _by_repetition_time,
)
