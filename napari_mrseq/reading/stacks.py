"""Slices of one series → stacks: equal shape and plane, one quantity, one echo; volumes in each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from napari_mrseq.clock import DAY_MS
from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import same_orientation
from napari_mrseq.reading.levels import levels
from napari_mrseq.reading.references import (
    SEVERAL_REFERENCES,
    names_several,
    references_apart,
)
from napari_mrseq.reading.twins import same_pixels
from napari_mrseq.reading.volumes import Stack, grouped, into_volumes, places_of
from napari_mrseq.series import plane_of

# Two pixel sizes (mm) and echo times (ms) that are nearer are one, written in two ways.
SAME_SPACING_MM = 1e-3
SAME_ECHO_MS = 0.01


def split_into_stacks(frames: Sequence[Frame]) -> list[Stack]:
    """Split the slices of one series into stacks, in the order of their first slices.

    Shape, spacing, plane and complex component always split, the frame of reference where slices
    don't fit together. Quantity (water, fat, ADC) and echo time split only where several slices
    lie at one place; what then still lies at one place makes volumes.
    """
    unique, warnings = _without_copies(frames)
    _count_past_midnight(unique)
    stacks: list[Stack] = []
    for group in _by_plane(_by_kind(unique)):
        for placed in references_apart(group):
            for part in _by_contrast(placed):
                stacks += _stacks_of(part)
    stacks.sort(key=lambda stack: min(frame.order for frame in stack.volumes[0]))
    if stacks:
        stacks[0].warnings[:0] = warnings
    _name_parts(stacks)
    return stacks


def _stacks_of(frames: list[Frame]) -> list[Stack]:
    stacks = into_volumes(frames)
    if names_several(frames):
        for stack in stacks:
            stack.warnings.append(SEVERAL_REFERENCES)
    return stacks


def _count_past_midnight(frames: Sequence[Frame]) -> None:
    """Let times without a date go on after midnight; no series takes half a day."""
    known = [frame.time for frame in frames if frame.time is not None]
    if not known or max(known) >= DAY_MS or max(known) - min(known) < DAY_MS / 2:
        return
    for frame in frames:
        if frame.time is not None and frame.time < DAY_MS / 2:
            frame.time += DAY_MS


def _without_copies(frames: Sequence[Frame]) -> tuple[list[Frame], list[str]]:
    """Leave out second copies of an instance, as a folder filled twice has."""
    seen: dict[Hashable, Frame] = {}
    # Asked once of two files, however many frames they hold.
    alike: dict[tuple[str, str], bool | None] = {}
    unique: list[Frame] = []
    copies: dict[str, None] = {}
    others: dict[str, None] = {}
    for frame in frames:
        place = (frame.sop_uid, frame.source.index, frame.source.tile, frame.position, frame.order)
        twin = seen.setdefault(place, frame) if frame.sop_uid else frame
        if twin is not frame:
            pair = twin.source.path, frame.source.path
            if pair not in alike:
                alike[pair] = same_pixels(twin, frame)
            # Packed in another way, it is taken for what its UID says.
            if alike[pair] is not False:
                copies[frame.source.path] = None
                continue
            others[frame.source.path] = None
        unique.append(frame)
    warnings = []
    if copies:
        warnings.append(f"duplicate: the instances of {_names(copies)} are there twice, shown once")
    if others:
        warnings.append(f"{_names(others)}: other images of the same UID lie at the same place")
    return unique, warnings


def _names(paths: Iterable[str]) -> str:
    """Name some files by their last folder and name."""
    names = ["/".join(path.split("/")[-2:]) for path in paths]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _by_kind(frames: Iterable[Frame]) -> list[list[Frame]]:
    frames = list(frames)
    spacings = levels((mm for frame in frames for mm in frame.pixel_spacing or ()), SAME_SPACING_MM)

    def kind(frame: Frame) -> Hashable:
        spacing = frame.pixel_spacing and tuple(spacings[mm] for mm in frame.pixel_spacing)
        layout = frame.source.layout
        shape = (*frame.source.shape, layout.is_colour)
        return shape, spacing, frame.component, frame.stack, frame.position is None

    return grouped(frames, kind)


def _by_plane(groups: Iterable[list[Frame]]) -> list[list[Frame]]:
    planes: list[list[Frame]] = []
    for group in groups:
        found: list[list[Frame]] = []
        for frame in group:
            for plane in found:
                if _same_plane(frame, plane[0]):
                    plane.append(frame)
                    break
            else:
                found.append([frame])
        planes += found
    return planes


def _same_plane(first: Frame, second: Frame) -> bool:
    if first.orientation is None or second.orientation is None:
        return first.orientation is second.orientation
    return first.orientation == second.orientation or same_orientation(
        first.orientation, second.orientation
    )


def _by_contrast(frames: list[Frame]) -> list[list[Frame]]:
    kinds = grouped(frames, lambda frame: frame.quantity) if _collide(frames) else [frames]
    return [part for kind in kinds for part in (_by_echo(kind) if _collide(kind) else [kind])]


def _by_echo(frames: Sequence[Frame]) -> list[list[Frame]]:
    echoes: dict[int | None, list[Frame]] = defaultdict(list)
    for echo, frame in zip(_echoes(frames), frames, strict=True):
        echoes[echo].append(frame)
    return list(echoes.values())


def _echoes(frames: Sequence[Frame]) -> list[int | None]:
    """Number the echo of each slice by its echo time, from 0."""
    times = [frame.echo_time for frame in frames]
    found = levels((time for time in times if time is not None), SAME_ECHO_MS)
    return [None if time is None else found[time] for time in times]


def _collide(frames: Sequence[Frame]) -> bool:
    return len(set(places_of(frames))) < len(frames)


def _name_parts(stacks: list[Stack]) -> None:
    """Say of each stack by what it differs from the others."""
    if len(stacks) < 2:
        return
    firsts = [stack.volumes[0][0] for stack in stacks]
    echoes = _echoes(firsts)
    planes_differ = not all(_same_plane(firsts[0], other) for other in firsts)
    for stack, first, echo in zip(stacks, firsts, echoes, strict=True):
        words = []
        if len({other.component for other in firsts}) > 1:
            words.append(first.component)
        if len({other.quantity for other in firsts}) > 1:
            words.append(first.quantity)
        if echo is not None and any(echoes):
            words.append(f"echo {echo + 1}")
        if planes_differ:
            words.append(_plane(first))
        stack.part = ", ".join(word for word in (*words, stack.part) if word)
    parts = Counter(stack.part for stack in stacks)
    for number, stack in enumerate(stacks, start=1):
        if parts[stack.part] > 1:
            stack.part = f"{stack.part}, stack {number}".removeprefix(", ")


def _plane(frame: Frame) -> str:
    if frame.orientation is None:
        return ""
    affine = np.eye(4)
    affine[:3, 1], affine[:3, 2] = frame.orientation[3:], frame.orientation[:3]
    return plane_of(affine)
