"""The series of a study against the entries of a protocol: which fulfils which."""

from __future__ import annotations

from collections.abc import Container, Hashable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from napari_mrseq.acquisitions import acquisitions_of, setting_of
from napari_mrseq.body_plane import nearest_plane
from napari_mrseq.header import attributes_of
from napari_mrseq.protocols import PLANES, Expected
from napari_mrseq.reading.grouping import grouped
from napari_mrseq.sequences import family_of
from napari_mrseq.series import Series
from napari_mrseq.verdict import Verdict

# A stack of slices this thin can be looked at in any plane (mm).
ISOTROPIC_MM = 1.5

_Thing = TypeVar("_Thing", bound=Hashable)


@dataclass(frozen=True, eq=False)
class Match:
    """What a study holds for one entry of a protocol.

    Attributes
    ----------
    expected : Expected
        The entry.
    verdicts : tuple of Verdict
        Series that are what is expected.
    perhaps : tuple of Verdict
        Series of which only the family is sure, see `member_is_open`, or most slices are missing.
    is_double : bool
        One sequence was acquired twice in one plane, and in one way: see `setting_of`.
    all_read : bool
        False where something of the study could not be read: it may be what is expected.
    """

    expected: Expected
    verdicts: tuple[Verdict, ...]
    perhaps: tuple[Verdict, ...]
    is_double: bool
    all_read: bool

    @property
    def status(self) -> str:
        """``"there"``, ``"double"``, ``"perhaps"``, ``"missing"``, or ``"optional"``: not there.

        ``"not found"`` instead of missing where not all was read.
        """
        if self.verdicts:
            return "double" if self.is_double else "there"
        if self.perhaps:
            return "perhaps"
        if not self.expected.required:
            return "optional"
        return "missing" if self.all_read else "not found"


def matches_of(
    verdicts: Sequence[Verdict],
    entries: Sequence[Expected],
    moments: Container[float],
    *,
    all_read: bool,
) -> tuple[Match, ...]:
    """Give each series to an entry of its plane, thin stacks also to entries of other planes.

    A series of which only the family is sure may fulfil every entry of that family, one of which
    most slices are missing every entry of its sequence.
    """
    cut_short = {one for one in verdicts if attributes_of(one.series).is_cut_short}
    told = [one for one in verdicts if not (member_is_open(one) or one in cut_short)]
    given = _given(told, entries)
    matches = []
    for place, entry in enumerate(entries):
        sure = [verdict for verdict in told if given.get(verdict) == place]
        thin = [
            verdict
            for verdict in told
            if verdict.sequence in entry.sequences
            and _is_thin(verdict.series)
            and not (verdict in given and entries[given[verdict]].planes == entry.planes)
        ]
        perhaps = [
            verdict
            for verdict in verdicts
            if _may_be(verdict, entry.sequences, whole=verdict not in cut_short)
            and (_lies_in(verdict.series, entry) or _is_thin(verdict.series))
        ]
        found = tuple(sure or thin)
        twice = _are_double(found, moments)
        matches.append(Match(entry, found, tuple(perhaps), twice, all_read))
    return tuple(matches)


def _are_double(verdicts: Sequence[Verdict], moments: Container[float]) -> bool:
    """Tell whether one sequence was acquired twice in one plane, and in one way."""
    kinds = grouped(
        verdicts, lambda one: (one.sequence, _plane(one.series), setting_of(one.series))
    )
    return any(len(acquisitions_of(members, moments)) > 1 for members in kinds)


def _given(verdicts: Sequence[Verdict], entries: Sequence[Expected]) -> dict[Verdict, int]:
    """Return the place of the entry that each series goes to.

    As many entries as can have a series get one, those that are required first; what is left goes
    to the entry that leaves the least choice.
    """
    fitting = [
        [
            verdict
            for verdict in verdicts
            if verdict.sequence in entry.sequences and _lies_in(verdict.series, entry)
        ]
        for entry in entries
    ]
    by_choice = sorted(range(len(entries)), key=lambda at: _choice(entries[at]))
    by_need = sorted(by_choice, key=lambda at: not entries[at].required)
    held = _one_each([fitting[place] for place in by_need])
    given = {verdict: by_need[wish] for verdict, wish in held.items()}
    for place in by_choice:
        given = dict.fromkeys(fitting[place], place) | given
    return given


def member_is_open(verdict: Verdict) -> bool:
    """Tell whether only the family of a series is sure: T1 with or without contrast agent.

    That is where the verdict names the family alone, and where the header names another member of
    it: one whose agent the pixels don't show may be either.
    """
    if verdict.resolved == "family" or verdict.header is None or verdict.overruled:
        return verdict.resolved == "family"
    if verdict.header.is_silent_on_agent:
        return False
    claimed = verdict.header.sequence
    return claimed != verdict.sequence and family_of(claimed) == verdict.family


def _may_be(verdict: Verdict, sequences: Sequence[str], *, whole: bool) -> bool:
    """Tell whether a series that is not sure to be any of some sequences may be one."""
    if member_is_open(verdict):
        return verdict.family in {family_of(code) for code in sequences}
    return not whole and verdict.sequence in sequences


def _choice(entry: Expected) -> int:
    """Count the pairs of a sequence and a plane that an entry takes."""
    return len(entry.sequences) * len(entry.planes or PLANES)


def is_fulfilled(matches: Sequence[Match], moments: Container[float]) -> bool:
    """Tell whether all that a protocol requires can be there, each by a series of its own.

    A T1 that may be one with contrast agent is the one without or the one with it, not both.
    """
    required = [match for match in matches if match.expected.required]
    unsure = [match.perhaps for match in required if not match.verdicts]
    groups = acquisitions_of([*chain(*unsure)], moments)
    number = {verdict: place for place, group in enumerate(groups) for verdict in group}
    wishes = [[number[verdict] for verdict in perhaps] for perhaps in unsure]
    return len(_one_each(wishes)) == len(unsure)


def _one_each(wishes: Sequence[Sequence[_Thing]]) -> dict[_Thing, int]:
    """Give one thing to each wish that lists it, to as many as can have one, earlier ones first.

    Returns
    -------
    dict of thing to int
        Which wish has it.
    """
    holder: dict[_Thing, int] = {}

    def gets_one(wish: int, tried: set[_Thing]) -> bool:
        # Kuhn's algorithm: the wish that has a thing gives it up where it gets another.
        for thing in sorted(wishes[wish], key=holder.__contains__):
            if thing not in tried:
                tried.add(thing)
                if thing not in holder or gets_one(holder[thing], tried):
                    holder[thing] = wish
                    return True
        return False

    for wish in range(len(wishes)):
        gets_one(wish, set())
    return holder


def _lies_in(series: Series, entry: Expected) -> bool:
    """Tell whether a stack lies in a plane that is asked for; of some it isn't known."""
    plane = _plane(series)
    return not entry.planes or plane is None or plane in entry.planes


def _plane(series: Series) -> str | None:
    """Return the plane that a stack lies nearest to, None where it isn't known.

    Slices along a disc, or across the prostate, are tilted by 30 to 40 degrees.
    """
    return None if series.affine is None else nearest_plane(series.affine)[0]


def _is_thin(series: Series) -> bool:
    """Tell whether a stack can be looked at in any plane."""
    return series.spacing is not None and max(series.spacing) <= ISOTROPIC_MM
