"""Positions that tell more than a height: stations of one scan, and those that can't be true."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import SAME_PLACE_MM, are_evenly_spaced
from napari_mrseq.reading.grouping import labelled, levels
from napari_mrseq.reading.places import distances_of

# Part of the field of view by which stations are shifted at least: they overlap by some tenths.
# A head that moves, and slices that go on obliquely, shift by less from one to the next.
_LEAST_SHIFT = 0.25
# Two images of one place may be one slice that was taken twice.
_FEWEST = 3

_ONE_POSITION = "slices share one position: order by {}, position in the patient unknown"


def split_by_station(frames: list[Frame]) -> list[list[Frame]]:
    """Part slices of one plane and shape that lie beside each other: stations, two legs.

    A brain and a spinal cord under one UID are dcm2niix issue 1009.

    Parameters
    ----------
    frames : list of Frame
        Slices of one shape, pixel size and orientation.

    Returns
    -------
    list of list of Frame
        One a station; slices without a place are one, and so are those that follow each other
        evenly, however far beside their line.
    """
    first = frames[0]
    distances = distances_of(frames)
    if distances is None or first.pixel_spacing is None or len(frames) < 2:
        return [frames]
    if are_evenly_spaced(distances):
        return [frames]
    height, width = first.field_of_view
    along = np.array(first.orientation).reshape(2, 3).T
    beside = np.array([frame.position for frame in frames]) @ along / (width, height)
    across, down = (levels(shifts, _LEAST_SHIFT) for shifts in beside.T.tolist())
    return list(labelled(zip(across, down, strict=True), frames).values())


def without_false_positions(frames: Sequence[Frame]) -> list[Frame]:
    """Take the position from slices that all name the same one, though they are no volumes.

    As of programs that write each slice under the header of the first: believed, a stack would be
    as many volumes of a slice. So they are where their slice locations (0020,1041) differ, which
    then tell their places, and where nothing but their numbers does.

    Parameters
    ----------
    frames : sequence of Frame
        Slices of one orientation.
    """
    one = frames[0]
    if (
        len(frames) < _FEWEST
        or one.position is None
        or any(frame.position != one.position for frame in frames)
        or len({frame.source.path for frame in frames}) < len(frames)
    ):
        return list(frames)
    known = [frame.location for frame in frames if frame.location is not None]
    if len(known) == len(frames) and max(levels(known, SAME_PLACE_MM)) > 0:
        doubt = _ONE_POSITION.format("slice location")
        return [replace(f, position=None, height=f.location, doubt=doubt) for f in frames]
    if len({_state(frame) for frame in frames}) > 1:
        return list(frames)
    doubt = _ONE_POSITION.format("instance number")
    return [replace(frame, position=None, doubt=doubt) for frame in frames]


def _state(frame: Frame) -> Hashable:
    """Return what images taken one after the other at one place differ in."""
    size = frame.source.shape, frame.pixel_spacing
    typed = frame.description, frame.derivation
    return size, typed, frame.order[:2], frame.repetition_time, frame.settings
