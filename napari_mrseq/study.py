"""The study as a whole: what is there, missing or double, and which series belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from napari_mrseq.acquisitions import acquisitions_of, moments_of, setting_of
from napari_mrseq.belonging import absolute, folders_around, study_of
from napari_mrseq.clock import DAY_MS
from napari_mrseq.header import acquired_at
from napari_mrseq.matching import Match, is_fulfilled, matches_of, member_is_open
from napari_mrseq.naming import common_folder
from napari_mrseq.prescription import centre_distance, one_prescription
from napari_mrseq.protocols import Expected, Protocol
from napari_mrseq.reading.grouping import gathered
from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.series import Failure, Series, identity_of
from napari_mrseq.verdict import Verdict
from napari_mrseq.witnesses import says_no_mr

Members: TypeAlias = Sequence[Verdict | Failure]

# Sequences that are steps on the way and belong to every examination.
NEVER_EXTRA = frozenset({"LOCALIZER", "FIELDMAP", "B0", "OTHER", UNKNOWN})


@dataclass(frozen=True, eq=False)
class ContrastPair:
    """The same stack without and with contrast agent."""

    before: Verdict
    after: Verdict


@dataclass(frozen=True, eq=False)
class StudyVerdict:
    """What a study holds.

    Attributes
    ----------
    verdicts : tuple of Verdict
        One a series, in the order of the study.
    protocol : Protocol or None
        What the study was held against.
    matches : tuple of Match
        One an entry of the protocol.
    extra : tuple of Verdict
        Series that the protocol doesn't ask for; scouts and the like left out.
    repeats : tuple of tuple of Verdict
        Series of one sequence, one prescription and one setting (see `setting_of`), in the order
        they were acquired.
    pairs : tuple of ContrastPair
        T1 without and with contrast agent of one prescription.
    unread : tuple of Failure
        What could not be read: series of the study, and files that may be of it.
    complete : bool or None
        Whether all that the protocol requires can be there, each by a series of its own; None where
        the rest may be what could not be read.
    """

    verdicts: tuple[Verdict, ...]
    protocol: Protocol | None
    matches: tuple[Match, ...]
    extra: tuple[Verdict, ...]
    repeats: tuple[tuple[Verdict, ...], ...]
    pairs: tuple[ContrastPair, ...]
    unread: tuple[Failure, ...]
    complete: bool | None

    @property
    def series(self) -> tuple[Series, ...]:
        """Every series whose header was read, those whose pixels could not be read the last."""
        lost = (failure.series for failure in self.unread)
        return (*(verdict.series for verdict in self.verdicts), *filter(None, lost))

    @property
    def missing(self) -> tuple[Expected, ...]:
        """Entries that the protocol requires and nothing can fulfil."""
        return tuple(match.expected for match in self.matches if match.status == "missing")

    def to_dict(self) -> dict[str, Any]:
        """Return the study as plain data; series by number, UID and path."""
        files = [file for series in self.series for file in series.files]
        return {
            "path": common_folder(files) if files else None,
            "study_uid": self.series[0].study_uid if self.series else None,
            "protocol": self.protocol.name if self.protocol else None,
            "source": self.protocol.source if self.protocol else None,
            "complete": self.complete if self.protocol else None,
            "expected": [
                {
                    "name": match.expected.name,
                    "required": match.expected.required,
                    "status": match.status,
                    "series": [*map(_named, match.verdicts or match.perhaps)],
                }
                for match in self.matches
            ],
            "extra": [*map(_named, self.extra)],
            "repeats": [[*map(_named, group)] for group in self.repeats],
            "pairs": [
                {"before": _named(pair.before), "after": _named(pair.after)} for pair in self.pairs
            ],
            "conflicts": [_named(verdict) for verdict in self.verdicts if verdict.conflict],
            "unread": [*map(_lost, self.unread)],
        }


def judge_studies(
    outcomes: Iterable[Verdict | Failure], protocol: Protocol | None = None
) -> tuple[StudyVerdict, ...]:
    """Judge every study among the series, in the order of their first series.

    Beside studies of MR files what is no MR makes none: the pictures of a CD's viewer, a CT.

    Parameters
    ----------
    outcomes : iterable of Verdict or Failure
        One a series or a file that can't be read; such a file counts for the studies that have
        files in the deepest folder around it.
    protocol : Protocol, optional
        What each study should hold.

    Raises
    ------
    TypeError
        If the protocol is not a loaded one.
    """
    if isinstance(protocol, str | PathLike):
        raise TypeError(f"judge_studies takes a loaded protocol: load_protocol({str(protocol)!r})")
    studies: dict[str, list[Verdict | Failure]] = {}
    lost: list[Failure] = []
    for one in outcomes:
        if one.series is not None:
            studies.setdefault(study_of(one.series), []).append(one)
        elif isinstance(one, Failure):
            lost.append(one)
    folders = {
        study: folders_around(file for one in members if one.series for file in one.series.files)
        for study, members in studies.items()
    }
    for failure in lost:
        for study in _nearest(failure, folders):
            studies[study].append(failure)
    return tuple(judge_study(members, protocol) for members in _examinations(studies.values()))


def _examinations(studies: Iterable[Members]) -> list[Members]:
    """Return the studies that may be of MR; all of them, where no UID tells that any is a study."""
    every = list(studies)
    found = [members for members in every if any(map(_may_be_mr, members))]
    told = any(one.series and one.series.study_uid for members in found for one in members)
    return found if told else every


def _may_be_mr(one: Verdict | Failure) -> bool:
    """Tell whether a series has a name, or is from a file of MR that shows none."""
    verdict = None if isinstance(one, Failure) else one
    if verdict and verdict.sequence not in ("OTHER", UNKNOWN):
        return True
    if one.series is None or one.series.kind == "picture" or not one.series.is_mr:
        return False
    return verdict is None or not says_no_mr(verdict.header)


def judge_study(
    outcomes: Sequence[Verdict | Failure], protocol: Protocol | None = None
) -> StudyVerdict:
    """Hold the series of one study against each other, and against a protocol.

    Parameters
    ----------
    outcomes : sequence of Verdict or Failure
        One a series, or a file that can't be read and may be of one. Sound files that hold no
        image lack nothing.
    protocol : Protocol, optional
        What the study should hold; without one only repeats and pairs are told.
    """
    verdicts = [one for one in outcomes if not isinstance(one, Failure)]
    unread = [one for one in outcomes if isinstance(one, Failure) and not one.no_image]
    moments = moments_of(verdicts)
    entries = protocol.series if protocol else ()
    matches = matches_of(verdicts, entries, moments, all_read=not unread) if entries else ()
    used = {verdict for match in matches for verdict in (*match.verdicts, *match.perhaps)}
    extra = tuple(
        verdict
        for verdict in verdicts
        if protocol and verdict not in used and verdict.sequence not in NEVER_EXTRA
    )
    return StudyVerdict(
        verdicts=tuple(verdicts),
        protocol=protocol,
        matches=matches,
        extra=extra,
        repeats=_repeats(verdicts, moments),
        pairs=_pairs(verdicts),
        unread=tuple(unread),
        complete=is_fulfilled(matches, moments) or (None if unread else False),
    )


def _repeats(
    verdicts: Sequence[Verdict], moments: frozenset[float]
) -> tuple[tuple[Verdict, ...], ...]:
    counted = [verdict for verdict in verdicts if verdict.sequence not in NEVER_EXTRA]
    # Each is held against many others.
    kinds = {one: (one.sequence, member_is_open(one), setting_of(one.series)) for one in counted}

    def are_alike(one: Verdict, other: Verdict) -> bool:
        return kinds[one] == kinds[other] and one_prescription(one.series, other.series)

    groups = (acquisitions_of(group, moments) for group in gathered(counted, are_alike))
    once = ([acquired[0] for acquired in group] for group in groups if len(group) > 1)
    return tuple(_in_time(group) for group in once)


def _pairs(verdicts: Sequence[Verdict]) -> tuple[ContrastPair, ...]:
    """Pair each T1 with contrast agent with a T1 without, each used once.

    Those of the same setting, with saturated fat or without, come first, and of these the nearest.
    """
    told = [verdict for verdict in verdicts if not member_is_open(verdict)]
    without, given = ([one for one in told if one.sequence == code] for code in ("T1", "T1C"))
    fitting = [
        (before, after)
        for after in given
        for before in without
        if one_prescription(before.series, after.series) and _in_time([before, after])[0] is before
    ]
    # Each is held against many others.
    settings = {one: setting_of(one.series) for one in (*without, *given)}

    def difference(both: tuple[Verdict, Verdict]) -> tuple[bool, float]:
        one, other = both
        is_other = settings[one] != settings[other]
        return is_other, centre_distance(one.series, other.series)

    pairs: dict[Verdict, ContrastPair] = {}
    for before, after in sorted(fitting, key=difference):
        if not pairs.keys() & {before, after}:
            pairs[before] = pairs[after] = ContrastPair(before, after)
    return tuple(pairs[after] for after in given if after in pairs)


def _in_time(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Sort series by when they were acquired; left as they are where one doesn't say."""
    starts = [acquired_at(verdict.series) for verdict in verdicts]
    known = [start for start in starts if start is not None]
    # A time without its day is neither before nor after one that has it.
    if len(known) < len(starts) or len({start < DAY_MS for start in known}) > 1:
        return tuple(verdicts)
    timed = zip(known, verdicts, strict=True)
    return tuple(verdict for _, verdict in sorted(timed, key=lambda one: one[0]))


def _named(verdict: Verdict) -> dict[str, Any]:
    series = verdict.series
    known = {"path": series.path, **identity_of(series), "sequence": verdict.sequence}
    return known | {"mark": verdict.mark}


def _lost(failure: Failure) -> dict[str, Any]:
    known = identity_of(failure.series) if failure.series else {}
    return {"path": failure.path, **known, "error": failure.cause}


def _nearest(failure: Failure, folders: Mapping[str, set[Path]]) -> list[str]:
    """Return the studies that have files in the deepest folder around what could not be read."""
    for place in absolute(failure.path).parents:
        if near := [study for study, around in folders.items() if place in around]:
            return near
    return list(folders)
