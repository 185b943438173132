"""Slices of one contrast and plane → volumes, by what tells slices at one place apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter

import numpy as np

from napari_mrseq.reading.arranging import arranged
from napari_mrseq.reading.frames import UNTOLD, Frame
from napari_mrseq.reading.geometry import SAME_PLACE_MM
from napari_mrseq.reading.grouping import grouped, labelled
from napari_mrseq.reading.moving_volumes import moving_volumes
from napari_mrseq.reading.places import places_of
from napari_mrseq.reading.volume_keys import settings_mixed_in

_PLACE_OF_FIRST = "volumes lie at different places; the geometry of the first is used"
_MADE_OF_SEVERAL = "slices of several {} lie as one volume: they may be parts of several"
_UNORDERED = "nothing tells in which order volumes were taken: they are in the order of their files"
_DUPLICATES = "duplicate positions: further slices at them are kept apart"


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
    is_radial : bool
        Its slices are not parallel: there is no geometry.
    """

    volumes: list[list[Frame]]
    part: str = ""
    warnings: list[str] = field(default_factory=list)
    is_radial: bool = False

    @property
    def first(self) -> Frame:
        """The first slice of its first volume."""
        return self.volumes[0][0]

    @property
    def start(self) -> tuple[float, ...]:
        """What sorts stacks as they were acquired."""
        return min(frame.order for frame in self.volumes[0])

    @property
    def kind(self) -> Hashable:
        """What stacks have in common that may be parts of one: of their slices, one by one."""
        echoes = tuple(f.echo_time and round(f.echo_time, 1) for f in self.volumes[0])
        quantities = tuple(frame.quantity for frame in self.volumes[0])
        return self.first.origin.frame_of_reference_uid, quantities, echoes, self.part


def warnings_of(stacks: Iterable[Stack]) -> list[str]:
    """Return what is said of several stacks, each thing once."""
    return list(dict.fromkeys(warning for stack in stacks for warning in stack.warnings))


def into_volumes(frames: list[Frame]) -> list[Stack]:
    """Arrange the slices of one contrast as volumes; incomplete ones become stacks of their own."""
    _forget_partial_numbers(frames)
    stacks = _arranged(sorted(frames, key=lambda frame: frame.order))
    for stack in stacks:
        starts = [volume[0].position for volume in stack.volumes]
        known = np.array([start for start in starts if start is not None])
        if len(known) and np.ptp(known, axis=0).max() > SAME_PLACE_MM:
            stack.warnings.append(_PLACE_OF_FIRST)
        if len(stack.volumes) == 1 and (mixed := settings_mixed_in(stack.volumes[0])):
            stack.warnings.append(_MADE_OF_SEVERAL.format(mixed))
    return stacks


def as_acquired(volumes: Iterable[list[Frame]]) -> tuple[list[list[Frame]], list[str]]:
    """Sort volumes by the numbers that all their slices have, then by time.

    Returns
    -------
    list of list of Frame
        Those that neither tells apart as they came.
    list of str
        What is to be said where there are such.
    """
    given = list(volumes)
    frames = [frame for volume in given for frame in volume]
    _forget_partial_numbers(frames)
    is_timed = all(frame.time is not None for frame in frames)

    def acquired(volume: Sequence[Frame]) -> tuple[tuple[float, ...], float]:
        return min((frame.order, (is_timed and frame.time) or 0.0) for frame in volume)

    ordered = sorted(given, key=acquired)
    tied = any(acquired(one) == acquired(other) for one, other in pairwise(ordered))
    return ordered, [_UNORDERED] if tied else []


def _forget_partial_numbers(frames: Sequence[Frame]) -> None:
    """Take from all slices a number that only some have: it sorts none among the others."""
    for column in range(min(len(frame.order) for frame in frames)):
        if len({frame.order[column] == UNTOLD for frame in frames}) > 1:
            for frame in frames:
                frame.order = (*frame.order[:column], UNTOLD, *frame.order[column + 1 :])


def _arranged(frames: list[Frame]) -> list[Stack]:
    if frames[0].source.tile is not None:
        return _mosaic_volumes(frames)
    if moving := moving_volumes(frames):
        return _stacks_of(moving, most=len(moving[0][0]))
    by_place = labelled(places_of(frames), frames)
    volumes, doubt = arranged(by_place)
    rising = [dict(sorted(volume.items())) for volume in volumes]
    by_places = labelled(map(tuple, rising), [list(volume.values()) for volume in rising])
    stacks = _stacks_of(by_places.values(), most=len(by_place))
    if len(volumes) == len(stacks) > 1:
        stacks[0].warnings.append(_DUPLICATES)
    if doubt:
        stacks[0].warnings.append(doubt)
    return stacks


def _mosaic_volumes(frames: list[Frame]) -> list[Stack]:
    """Take each mosaic as a volume, wherever it lies: a head that moves is followed by some."""
    mosaics = [
        [tile for _, tile in sorted(zip(places_of(mosaic), mosaic, strict=True), key=itemgetter(0))]
        for mosaic in grouped(frames, lambda frame: (frame.source.path, frame.source.index))
    ]
    sorted_volumes = (as_acquired(volumes) for volumes in grouped(mosaics, len))
    return [Stack(volumes, warnings=doubt) for volumes, doubt in sorted_volumes]


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
