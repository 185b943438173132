"""Slice groups: parallel stacks of one scan with a gap between them, and slices far from all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.reading.frames import UNTOLD, Frame
from napari_mrseq.reading.geometry import FEWEST_SHOWING, slice_spacing
from napari_mrseq.reading.grouping import labelled
from napari_mrseq.reading.places import places_of, slice_heights

# In distances between slices: what is wider is no slice or two that someone left out.
_WIDE = 2.5
# Part by which two distances that are one may differ.
_SAME = 0.01
# Part of the thickness below which a spacing that is told is that of the gap alone.
_NO_GAP = 0.9


def numbers_left_out(frames: Iterable[Frame]) -> int:
    """Count the instance numbers that no slice of a series has, though others go on behind them."""
    told = {frame.instance_number for frame in frames} - {UNTOLD}
    numbers = set(map(int, told))
    return max(numbers) - min(numbers) + 1 - len(numbers) if numbers else 0


def split_slice_groups(frames: list[Frame], left_out: int) -> list[list[Frame]]:
    """Part slices of one plane and contrast into groups with a wide gap between them.

    Siemens calls them slice groups; a leg may be dense at its joints alone (OHIF issue 4352). Where
    files were lost, they are one stack with a gap: numbers are left out, for half of the missing
    slices at least, and the gap is as wide as whole slices. Slices that are too few to be a group
    are parted where the gap is longer than the stack.

    Parameters
    ----------
    frames : list of Frame
        Slices of one shape, orientation and contrast.
    left_out : int
        How many instance numbers the series lacks.
    """
    heights = slice_heights(frames)
    if len(heights) <= FEWEST_SHOWING:
        return [frames]
    spacing = slice_spacing(heights)
    wide = np.flatnonzero(spacing.gaps > _WIDE * spacing.usual)
    # Slices that follow a head lie closer than they are thick, which isn't known of all.
    thickness = frames[0].thickness
    if not wide.size or not thickness or spacing.is_closer_than(thickness):
        return [frames]
    missing = np.sum(spacing.gaps[wide] / spacing.usual - 1) * len(frames) / len(heights)
    if not spacing.is_uneven and 2 * left_out >= missing:
        return [frames]
    groups = np.split(heights, wide + 1)
    lengths = [np.ptp(group) + spacing.usual for group in groups if _is_group(group)]
    if len(lengths) < len(groups):
        wide = wide[spacing.gaps[wide] > max(lengths, default=np.inf)]
    parts = labelled(np.searchsorted(wide, places_of(frames)).tolist(), frames)
    return [parts[number] for number in sorted(parts)]


def slices_between(frames: Sequence[Frame], left_out: int) -> list[str]:
    """Say where slices of a volume lie twice as far apart as they are told to, or more times.

    Archives that take two echoes of one number for copies lose half of both (dcm2niix issue 349).
    Some write the gap as spacing. One narrower than a slice is no distance; one as wide may be,
    where instance numbers are left out too.

    Parameters
    ----------
    frames : sequence of Frame
        Slices of one volume.
    left_out : int
        How many instance numbers the series lacks.
    """
    heights = slice_heights(frames)
    if len(heights) < FEWEST_SHOWING or frames[0].told_distances is None:
        return []
    told, thickness = frames[0].told_distances
    spacing = slice_spacing(heights)
    times = round(spacing.usual / told)
    if spacing.is_uneven or times < 2 or abs(spacing.usual / told / times - 1) > _SAME:
        return []
    may_be_gap = abs(told + thickness - spacing.usual) <= _SAME * spacing.usual
    if told < _NO_GAP * thickness or (may_be_gap and not left_out):
        return []
    return [
        f"slices lie {spacing.usual:.3g} mm apart, {times} times the {told:.3g} mm that the header "
        "tells: those between them may be missing"
    ]


def _is_group(heights: NDArray[np.float64]) -> bool:
    return len(heights) >= FEWEST_SHOWING and not slice_spacing(heights).is_uneven
