"""Slices of several frames of reference: one stack where they lie as one, apart where not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter

import numpy as np

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import SAME_PLACE_MM, place_slices, stack_geometry

SEVERAL_REFERENCES = (
    "its slices name several frames of reference: that they fit together is taken from their places"
)


def references_apart(frames: list[Frame]) -> list[list[Frame]]:
    """Part slices of one plane whose frames of reference don't go together.

    Some scanners name a new one for each volume: those that lie at the same places stay together,
    and so do those that go on evenly where others end. Slices without one are of the first. One
    for each slice says nothing.

    Parameters
    ----------
    frames : list of Frame
        Slices of one shape and orientation.
    """
    groups: dict[str, list[Frame]] = {}
    for frame in frames:
        groups.setdefault(frame.origin.frame_of_reference_uid, []).append(frame)
    nameless = groups.pop("", [])
    placed = all(frame.position is not None and frame.orientation is not None for frame in frames)
    if len(groups) < 2 or not placed or max(map(len, groups.values())) == 1:
        return [frames]
    parts: list[list[Frame]] = []
    for members in groups.values():
        home = next((part for part in parts if _go_together(part, members)), None)
        if home is None:
            parts.append(members)
        else:
            home += members
    parts[0] += nameless
    return parts


def names_several(frames: Iterable[Frame]) -> bool:
    """Tell whether slices name more than one frame of reference."""
    return len({frame.origin.frame_of_reference_uid for frame in frames} - {""}) > 1


def _go_together(one: Sequence[Frame], other: Sequence[Frame]) -> bool:
    orientation = one[0].orientation or ()
    both = [*one, *other]
    positions = np.array([frame.position for frame in both])
    places = place_slices(positions, orientation).tolist()
    # The first slice at each place.
    here = dict(reversed([*zip(places[: len(one)], positions, strict=False)]))
    there = dict(reversed([*zip(places[len(one) :], positions[len(one) :], strict=True)]))
    shared = here.keys() & there.keys()
    if shared:
        inside = here.keys() <= there.keys() or there.keys() <= here.keys()
        apart = max(np.abs(here[place] - there[place]).max() for place in shared)
        return inside and bool(apart <= SAME_PLACE_MM)
    if min(here) < max(there) and min(there) < max(here):
        return False
    line = [position for _, position in sorted((here | there).items(), key=itemgetter(0))]
    spacing = one[0].pixel_spacing or (1.0, 1.0)
    return not stack_geometry(line, orientation, spacing, one[0].thickness).warnings
