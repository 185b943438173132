"""Slices of one contrast and plane → volumes, by what tells slices at one place apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import SAME_PLACE_MM, place_slices
from napari_mrseq.reading.levels import levels
from napari_mrseq.reading.moving import moving_volumes
from napari_mrseq.reading.volume_keys import (
    Key,
    Volume,
    in_order,
    possible_keys,
    ranked,
    telling_key,
)

_Member = TypeVar("_Member")
_PLACE_OF_FIRST = "volumes lie at different places; the place of the first is kept"
_MAY_BE_MIXED = (
    "nothing in the headers tells which slices are of one volume: they are taken in the order of "
    "their instances, volumes may be mixed"
)


@dataclass(slots=True)
class Stack:
    """Slices of one contrast in one plane.

    Attributes
    ----------
    volumes : list of list of Frame
        As many slices in each volume, sorted along the slice normal.
    part : str
        What tells the stack from others of its series, in words; empty where there are none.
    warnings : list of str
        Duplicates and incomplete volumes.
    is_fan : bool
        Its slices are not parallel: there is no geometry.
    """

    volumes: list[list[Frame]]
    part: str = ""
    warnings: list[str] = field(default_factory=list)
    is_fan: bool = False

    @property
    def start(self) -> tuple[float, ...]:
        """What sorts stacks as they were acquired."""
        return min(frame.order for frame in self.volumes[0])

    @property
    def kind(self) -> Hashable:
        """What stacks have in common that may be parts of one: of their slices, one by one."""
        first = self.volumes[0]
        echoes = tuple(f.echo_time and round(f.echo_time, 1) for f in first)
        quantities = tuple(frame.quantity for frame in first)
        return first[0].origin.frame_of_reference_uid, quantities, echoes, self.part


def warnings_of(stacks: Iterable[Stack]) -> list[str]:
    """Return what is said of several stacks, each thing once."""
    return list(dict.fromkeys(warning for stack in stacks for warning in stack.warnings))


def into_volumes(frames: list[Frame]) -> list[Stack]:
    """Arrange the slices of one contrast as volumes; incomplete ones become stacks of their own."""
    stacks = _arranged(sorted(frames, key=lambda frame: frame.order))
    for stack in stacks:
        starts = [volume[0].position for volume in stack.volumes]
        known = np.array([start for start in starts if start is not None])
        if len(known) and np.ptp(known, axis=0).max() > SAME_PLACE_MM:
            stack.warnings.append(_PLACE_OF_FIRST)
    return stacks


def _arranged(frames: list[Frame]) -> list[Stack]:
    if frames[0].source.tile is not None:
        return _mosaic_volumes(frames)
    if moving := moving_volumes(frames):
        return _stacks_of(moving, most=len(moving[0][0]))
    by_place: dict[int, list[Frame]] = defaultdict(list)
    for place, frame in zip(places_of(frames), frames, strict=True):
        by_place[place].append(frame)
    counts = {len(members) for members in by_place.values()}
    if len(counts) == 1:
        return [_even_volumes(by_place)]
    return _uneven_volumes(by_place)


def places_of(frames: Sequence[Frame]) -> list[int]:
    """Number the places of slices; where there is no geometry each has its own."""
    heights = [frame.height for frame in frames if frame.height is not None]
    if len(heights) == len(frames):
        found = levels(heights, SAME_PLACE_MM)
        return [found[height] for height in heights]
    orientation = frames[0].orientation
    positions = [frame.position for frame in frames if frame.position is not None]
    if orientation is None or len(positions) < len(frames):
        return list(range(len(frames)))
    return [int(place) for place in place_slices(positions, orientation)]


def grouped(members: Iterable[_Member], key: Callable[[_Member], Hashable]) -> list[list[_Member]]:
    """Group slices or volumes by an attribute, in the order of the first of each group."""
    groups: dict[Hashable, list[_Member]] = defaultdict(list)
    for member in members:
        groups[key(member)].append(member)
    return list(groups.values())


def _mosaic_volumes(frames: list[Frame]) -> list[Stack]:
    """Take each mosaic as a volume, wherever it lies: a head that moves is followed by some."""
    mosaics = [
        [frame for _, frame in sorted(zip(places_of(mosaic), mosaic, strict=True), key=_first)]
        for mosaic in grouped(frames, lambda frame: (frame.source.path, frame.source.index))
    ]
    return [Stack(volumes) for volumes in grouped(mosaics, len)]


def _first(entry: tuple[int, Frame]) -> int:
    return entry[0]


def _even_volumes(by_place: dict[int, list[Frame]]) -> Stack:
    """Return volumes where each place has as many slices."""
    key = telling_key(by_place)
    parts: dict[Any, dict[int, list[Frame]]] = defaultdict(lambda: defaultdict(list))
    for place, members in by_place.items():
        for frame in members:
            parts[key and key(frame)][place].append(frame)
    volumes: dict[Any, Volume] = {}
    told = True
    for label, part in parts.items():
        found, sure = ranked(part)
        told = told and sure
        volumes |= {(label, rank): volume for rank, volume in enumerate(found)}
    ordered = [_sorted_by_place(volume) for volume in in_order(volumes, key)]
    return Stack(ordered, warnings=[] if told else [_MAY_BE_MIXED])


def _uneven_volumes(by_place: dict[int, list[Frame]]) -> list[Stack]:
    volumes = _numbered_volumes(by_place)
    told = volumes is not None
    if volumes is None:
        volumes, _ = ranked(by_place)
    by_places: dict[tuple[int, ...], list[list[Frame]]] = defaultdict(list)
    for volume in volumes:
        by_places[tuple(sorted(volume))].append(_sorted_by_place(volume))
    stacks = _stacks_of(by_places.values(), most=len(by_place))
    if len(volumes) == len(stacks) > 1:
        stacks[0].warnings.append("duplicate positions: further slices at them are kept apart")
    elif not told:
        stacks[0].warnings.append(_MAY_BE_MIXED)
    return stacks


def _stacks_of(groups: Iterable[list[list[Frame]]], most: int) -> list[Stack]:
    """Make stacks of volumes with the same slices each, and name those that lack some."""
    stacks = [Stack(volumes) for volumes in groups]
    for stack in stacks:
        held = len(stack.volumes[0])
        if held < most:
            stack.part = "incomplete"
            stack.warnings.append(
                f"incomplete: {held} of the {most} slices that other volumes of this "
                "series have, kept as a stack of its own"
            )
    return stacks


def _numbered_volumes(by_place: dict[int, list[Frame]]) -> list[Volume] | None:
    """Return volumes with missing slices, None where nothing numbers them."""
    most = max(map(len, by_place.values()))
    for key in possible_keys(by_place):
        found = _volumes_by(by_place, key)
        if found and len(found) == most:
            return in_order(found, key)
    # Where instances are merely counted off, only a whole volume shows that the count is right.
    for key in _counted(by_place):
        found = _volumes_by(by_place, key)
        if found and len(found) == most and _is_any_whole(found, len(by_place)):
            return in_order(found, key)
    return None


def _volumes_by(by_place: dict[int, list[Frame]], key: Key) -> dict[Any, Volume] | None:
    """Group slices into volumes by what numbers them, None where it doesn't tell them apart."""
    volumes: dict[Any, Volume] = defaultdict(dict)
    for place, members in by_place.items():
        for frame in members:
            label = key(frame)
            if label is None or place in volumes[label]:
                return None
            volumes[label][place] = frame
    return volumes


def _is_any_whole(volumes: dict[Any, Volume], places: int) -> bool:
    return any(len(volume) == places for volume in volumes.values())


def _counted(by_place: dict[int, list[Frame]]) -> list[Key]:
    """Return keys that count instances off: volume by volume, or place by place."""
    places, volumes = len(by_place), max(map(len, by_place.values()))
    first = min(frame.order[2] for members in by_place.values() for frame in members)
    return [
        lambda frame: (frame.order[2] - first) // places,
        lambda frame: (frame.order[2] - first) % volumes,
    ]


def _sorted_by_place(volume: dict[int, Frame]) -> list[Frame]:
    return [volume[place] for place in sorted(volume)]
