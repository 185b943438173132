"""Slices of one series → stacks: equal shape and plane, one quantity, one echo; volumes in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import pairwise

import numpy as np

from napari_mrseq.body_plane import plane_of
from napari_mrseq.clock import DAY_MS
from napari_mrseq.errors import ReadError
from napari_mrseq.reading.contrasts import echoes_of, split_by_contrast
from napari_mrseq.reading.copies import without_copies
from napari_mrseq.reading.frames import LONGEST_SERIES_MS, Frame
from napari_mrseq.reading.grouping import grouped, labelled, levels
from napari_mrseq.reading.interleaved import split_interleaved
from napari_mrseq.reading.pixels import slice_values
from napari_mrseq.reading.planes import (
    joined_radial,
    joined_volumes,
    same_plane,
    split_by_plane,
    turns_within,
    warn_of_turns,
)
from napari_mrseq.reading.references import several_named, split_by_reference
from napari_mrseq.reading.slice_groups import numbers_left_out, slices_between, split_slice_groups
from napari_mrseq.reading.stations import split_by_station, without_false_positions
from napari_mrseq.reading.volume_axis import volume_axis_of
from napari_mrseq.reading.volumes import Stack, into_volumes
from napari_mrseq.series import VolumeAxis

# Two pixel sizes (mm) that are nearer are one, written in two ways.
_SAME_SPACING_MM = 1e-3
# A field map goes as deep below zero, of its highest; a resampled magnitude, which rings, less.
_LEAST_BELOW_ZERO = 0.1


def split_into_stacks(frames: Sequence[Frame]) -> list[Stack]:
    """Split the slices of one series into stacks, in the order of their first slices.

    Shape, spacing, plane, station and complex component always split, the frame of reference where
    slices don't fit together. Contrasts split only where several slices lie at one place, or one
    stack lies between the slices of another; a gap splits where it is wide and no file was lost.
    What then still lies at one place makes volumes. Planes that follow a turning head, or fan round
    an axis, are joined again.
    """
    unique, warnings = without_copies(frames)
    _count_past_midnight(unique)
    _forget_single_slices(unique)
    left_out = numbers_left_out(unique)
    stacks: list[Stack] = []
    planes = grouped(unique, lambda frame: frame.orientation)
    for kind in _by_kind([frame for one in planes for frame in without_false_positions(one)]):
        stacks += _joined([_stacks_in(plane, left_out) for plane in split_by_plane(kind)])
    stacks.sort(key=lambda stack: stack.start)
    stacks[0].warnings[:0] = warnings
    _name_parts(stacks)
    return stacks


def _stacks_in(plane: list[Frame], left_out: int) -> list[Stack]:
    parts = [plane]
    for split in (split_by_station, split_by_reference, split_by_contrast, split_interleaved):
        parts = [one for part in parts for one in split(part)]
    groups = [group for part in parts for group in split_slice_groups(part, left_out)]
    return [stack for group in groups for stack in _stacks_of(group, left_out)]


def _joined(planes: Sequence[list[Stack]]) -> list[Stack]:
    """Join what lies in several planes and is one: volumes of a turning head, a fan of slices.

    What one plane has several of is kept apart for another reason.
    """
    stacks = [stack for plane in planes for stack in plane]
    if len(planes) < 2 or not all(stack.first.is_placed for stack in stacks):
        return stacks
    kinds = [Counter(stack.kind for stack in plane) for plane in planes]
    found: list[Stack] = []
    for alike in grouped(stacks, lambda stack: stack.kind):
        single = all(counts[alike[0].kind] <= 1 for counts in kinds)
        joined = joined_radial(joined_volumes(alike)) if single else alike
        warn_of_turns(joined)
        found += joined
    return found


def _stacks_of(frames: list[Frame], left_out: int) -> list[Stack]:
    stacks = [part for stack in into_volumes(frames) for part in _maps_apart(stack)]
    for stack in stacks:
        stack.warnings += turns_within(stack)
        stack.warnings += slices_between(stack.volumes[0], left_out)
        stack.warnings += several_named(frames)
    return stacks


def _maps_apart(stack: Stack) -> list[Stack]:
    """Part volumes that go below zero from those that don't, where nothing numbers them.

    A magnitude can't be negative; anonymised, the field map that GE puts beside it shows nothing
    else.
    """
    signed = any(frame.may_go_below_zero for volume in stack.volumes for frame in volume)
    is_mr = stack.first.origin.modality == "MR"
    if not signed or not is_mr or volume_axis_of(stack.volumes) != VolumeAxis():
        return [stack]
    parts = labelled(map(_goes_below_zero, stack.volumes), stack.volumes).values()
    if len(parts) == 1:
        return [stack]
    return [Stack(volumes, stack.part, [*stack.warnings]) for volumes in parts]


def _goes_below_zero(volume: Sequence[Frame]) -> bool:
    """Tell whether a volume goes below zero, by the middle one of the slices that may."""
    signed = [frame.source for frame in volume if frame.may_go_below_zero]
    if not signed:
        return False
    source = signed[len(signed) // 2]
    try:
        values = slice_values(source, source.dtype)
    except ReadError:  # It is told when they are shown.
        return False
    return -float(values.min()) > _LEAST_BELOW_ZERO * float(values.max())


def _count_past_midnight(frames: Sequence[Frame]) -> None:
    """Let times go on after midnight (Dcm2Bids PR 370, heudiconv PR 459).

    Those of one day, or without a date: programs that take dates out write one for all.
    """
    known = sorted({frame.time for frame in frames if frame.time is not None})
    days = {time // DAY_MS for time in known}
    pauses = [(later - time, time) for time, later in pairwise(known)]
    longest, last = max(pauses, default=(0.0, 0.0))
    if len(days) != 1 or longest < LONGEST_SERIES_MS:
        return
    for frame in frames:
        if frame.time is not None and frame.time <= last:
            frame.time += DAY_MS


def _forget_single_slices(frames: Sequence[Frame]) -> None:
    """Take the names from stacks that are a slice each, at however many times: they are none."""
    places: dict[str, Hashable] = {}
    for frame in frames:
        place = frame.position, frame.orientation
        if places.setdefault(frame.stack, place) != place:
            return
    for frame in frames:
        frame.stack = ""


def _by_kind(frames: Sequence[Frame]) -> list[list[Frame]]:
    sizes = [mm for frame in frames for mm in frame.pixel_spacing or ()]
    spacings = dict(zip(sizes, levels(sizes, _SAME_SPACING_MM), strict=True))

    def kind(frame: Frame) -> Hashable:
        spacing = frame.pixel_spacing and tuple(spacings[mm] for mm in frame.pixel_spacing)
        layout = frame.source.layout
        shape = (*frame.source.shape, layout.is_colour)
        return shape, spacing, frame.component, frame.stack, frame.position is None

    return grouped(frames, kind)


def _name_parts(stacks: list[Stack]) -> None:
    """Say of each stack by what it differs from the others."""
    if len(stacks) < 2:
        return
    firsts = [stack.first for stack in stacks]
    told = [first.component for first in firsts], [first.quantity for first in firsts]
    columns = [column for column in told if len(set(column)) > 1]
    echoes = echoes_of(firsts)
    if any(echoes):
        columns.append(["" if echo is None else f"echo {echo + 1}" for echo in echoes])
    if not all(same_plane(firsts[0].orientation, first.orientation) for first in firsts):
        columns.append([_plane(first) for first in firsts])
    for stack, *words in zip(stacks, *columns, strict=True):
        stack.part = ", ".join(filter(None, (*words, stack.part)))
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
