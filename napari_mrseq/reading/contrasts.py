"""Slices of several contrasts under one series, told apart where they lie at one place."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.grouping import grouped, labelled, levels
from napari_mrseq.reading.places import places_of

# Two echo times (ms) that are nearer are one: written in two ways, or set anew for each volume or
# slice by some hundredths. A readout between two echoes takes longer, and ultrashort ones that are
# compared lie a tenth apart at least.
_SAME_ECHO_MS = 0.05
# Heartbeats and breaths, by which slices are triggered, vary by less; T1 and T2 by more. In powers
# of 2, and a little more, so that times that are doubled again and again to measure T1 are one.
_ONE_REPETITION_TIME = 1.01
# Numbers of volumes, images and times: "dyn 3/20", "b1000"; those of T1, T2 and R2 tell contrasts.
_NUMBER = re.compile(r"(?<!(?<![a-z])[tr])\d+", re.IGNORECASE)

Split = Callable[[list[Frame]], list[list[Frame]]]


def split_by_contrast(frames: list[Frame]) -> list[list[Frame]]:
    """Split slices of one plane by what kind of images they are, as long as several share a place.

    By quantity (water, fat, ADC) and echo time; then, as dcm2niix does, by what they are called and
    how they were derived, but for numbers; then by two repetition times of which each place has the
    same ones. What differs in inversion time, flip angle, b value or time alone is a series of
    volumes. Without this, T2 and PD alternate in one stack (SimpleITK issue 1185).
    """
    parts = [frames]
    for split in (*BY_CONTENT, _by_repetition_time):
        parts = [one for part in parts for one in (split(part) if _collide(part) else [part])]
    return parts


def echoes_of(frames: Sequence[Frame]) -> list[int | None]:
    """Number the echo of each slice by its echo time, from 0."""
    times = [frame.echo_time for frame in frames]
    known = [time for time in times if time is not None]
    found = dict(zip(known, levels(known, _SAME_ECHO_MS), strict=True))
    return [None if time is None else found[time] for time in times]


def _collide(frames: Sequence[Frame]) -> bool:
    return len(set(places_of(frames))) < len(frames)


def _by_quantity(frames: list[Frame]) -> list[list[Frame]]:
    """Split slices by what they show: Philips puts ADC behind diffusion (dcm2niix issue 44)."""
    return grouped(frames, lambda frame: frame.quantity)


def _by_echo(frames: list[Frame]) -> list[list[Frame]]:
    """Split slices by their echo time (dcm2niix issue 692)."""
    return list(labelled(echoes_of(frames), frames).values())


def _by_description(frames: list[Frame]) -> list[list[Frame]]:
    """Split slices by what they are called, numbers aside, where all have a name.

    GE's CBF maps are called by the second in which each slice was computed (dcm2niix issue 382).
    """
    if not all(frame.description for frame in frames):
        return [frames]
    return grouped(frames, lambda frame: _NUMBER.sub("", frame.description))


def _by_derivation(frames: list[Frame]) -> list[list[Frame]]:
    """Split slices by how they were derived (PS3.3, C.7.6.1.1.2), numbers aside.

    Averages lie beside the weighted images they were made of (dcm2niix issue 809).
    """
    made = [_NUMBER.sub("", frame.derivation) for frame in frames]
    if _is_weighted(frames):
        # Weighted images that are combined on the scanner stay with those that are not weighted; a
        # map has no b value, and is made in a way of its own.
        weighted = {
            how for how, frame in zip(made, frames, strict=True) if frame.b_value is not None
        }
        made = ["" if how in weighted else how for how in made]
    return list(labelled(made, frames).values())


def _by_repetition_time(frames: list[Frame]) -> list[list[Frame]]:
    """Split slices of B1 maps with two repetition times (AFI; dcm2niix issue 743)."""
    known = [time for frame in frames if (time := frame.repetition_time or 0) > 0]
    if len(known) < len(frames) or _is_weighted(frames) or _is_inverted(frames):
        return [frames]
    numbers = levels([math.log2(time) for time in known], _ONE_REPETITION_TIME)
    # T1 is measured by three or more.
    if _times_of_all(known, frames) > 2 or not 0 < _times_of_all(numbers, frames) <= 2:
        return [frames]
    return list(labelled(numbers, frames).values())


def _times_of_all(times: Sequence[float], frames: Sequence[Frame]) -> int:
    """Count the times that each place has; 0 where one has others, or some more often."""
    first, *others = map(Counter, labelled(places_of(frames), times).values())
    return 0 if any(other != first for other in others) else len(first)


def _is_weighted(frames: Sequence[Frame]) -> bool:
    """Tell whether slices differ in b value."""
    return len({frame.b_value for frame in frames}) > 1


def _is_inverted(frames: Sequence[Frame]) -> bool:
    """Tell whether all slices are inverted, and not all by one time."""
    times = {frame.inversion_time for frame in frames}
    # Some write 0 of what is not inverted.
    return len(times) > 1 and all(times)


# What slices say they show, and how.
BY_CONTENT: tuple[Split, ...] = (_by_quantity, _by_echo, _by_description, _by_derivation)
