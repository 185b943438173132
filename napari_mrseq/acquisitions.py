"""Which series of a study were acquired at once, and what for: what is no repeat of another."""

from __future__ import annotations

import re
from collections.abc import Container, Hashable, Sequence
from itertools import chain
from typing import Any

from napari_mrseq.clock import DAY_MS
from napari_mrseq.header import acquired_at, attributes_of
from napari_mrseq.series import Series
from napari_mrseq.verdict import Verdict

# Where files are made anonymous, midnight or noon often stands for no time.
_NO_TIME = DAY_MS / 2
# What DICOM calls a signal without fat, and how people write it.
_FAT_SATURATED = "FS"
_WITHOUT_FAT = re.compile(r"(?<![a-z])(?:fs|fat[ _-]?sat|spa?ir)(?![a-z])", re.IGNORECASE)
# Ways of phase encoding as descriptions have them, and BIDS (dir-AP): of echo planar series that
# are acquired both ways, so that their distortions can be told from each other.
_WAYS = re.compile(r"(?<![a-z])(?:ap|pa|lr|rl)(?![a-z])", re.IGNORECASE)


def acquisitions_of(verdicts: Sequence[Verdict], moments: Container[float]) -> list[list[Verdict]]:
    """Group series by what was acquired at once.

    Stacks of one series are: echoes, magnitude and phase. So are series that begin at one moment
    (see `moments_of`): water and fat, images with and without a filter.
    """
    groups: list[tuple[set[Any], list[Verdict]]] = []
    for verdict in verdicts:
        marks = _marks(verdict, moments)
        # One series may tie together what began apart.
        tied = [group for group in groups if group[0] & marks]
        whole = (
            marks.union(*(known for known, _ in tied)),
            [*chain(*(one for _, one in tied)), verdict],
        )
        place = groups.index(tied[0]) if tied else len(groups)
        groups = [group for group in groups if not group[0] & marks]
        groups.insert(place, whole)
    return [group for _, group in groups]


def moments_of(verdicts: Sequence[Verdict]) -> frozenset[float]:
    """Return when series of a study began, as far as their times tell.

    One acquisition has one repetition time: a moment of several is what some programs write for
    all times that they take out.
    """
    begun: dict[float, list[Series]] = {}
    for verdict in verdicts:
        start = acquired_at(verdict.series)
        if start and start % _NO_TIME:
            begun.setdefault(start, []).append(verdict.series)
    return frozenset(start for start, found in begun.items() if _repeat_alike(found))


def _repeat_alike(begun: Sequence[Series]) -> bool:
    """Tell whether series have one repetition time, as far as they tell it."""
    # Most begin alone, and no header needs to be read for that.
    times = (attributes_of(one).repetition_time for one in begun) if len(begun) > 1 else ()
    return len({round(time) for time in times if time}) < 2


def _marks(verdict: Verdict, moments: Container[float]) -> set[Any]:
    """Return what only series share that were acquired at once."""
    start = acquired_at(verdict.series)
    begun = {start} if start in moments else set()
    return {verdict.series.series_uid or verdict, *begun}


def setting_of(series: Series) -> Hashable:
    """Return what one sequence is acquired several times for, which makes it no repeat.

    That is the way of phase encoding, whether fat is saturated, and the b values.
    """
    without_fat = _FAT_SATURATED in attributes_of(series).scan_options or bool(
        _WITHOUT_FAT.search(series.description or "")
    )
    return _way_of(series), without_fat, series.b_values


def _way_of(series: Series) -> str:
    """Return the way of phase encoding that the description names: ``"AP"``; empty for none."""
    named = {way.upper() for way in _WAYS.findall(series.description or "")}
    return named.pop() if len(named) == 1 else ""
