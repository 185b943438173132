"""The study as a whole: what is there, missing or double, and which series belong together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from napari_mrseq.clock import DAY_MS
from napari_mrseq.header import attributes_of
from napari_mrseq.labelling import study_of
from napari_mrseq.prescription import centre_distance, one_prescription
from napari_mrseq.protocols import Expected, Protocol
from napari_mrseq.reading.dicom import common_folder
from napari_mrseq.sequences import UNKNOWN, family_of
from napari_mrseq.series import identity_of, nearest_plane

if TYPE_CHECKING:
    from napari_mrseq.series import Series
    from napari_mrseq.verdict import Verdict

# A stack of slices this thin can be looked at in any plane (mm).
ISOTROPIC_MM = 1.5
# Sequences that are steps on the way and belong to every examination.
NEVER_EXTRA = frozenset({"LOCALIZER", "FIELDMAP", "B0", "OTHER", UNKNOWN})


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
        Series whose family is told but not the member: T1 with or without contrast agent.
    """

    expected: Expected
    verdicts: tuple[Verdict, ...] = ()
    perhaps: tuple[Verdict, ...] = ()

    @property
    def status(self) -> str:
        """``"there"``, ``"double"``, ``"perhaps"``, ``"missing"``, or ``"optional"``: not there.

        Double is one sequence twice in one plane; the echoes of one series are acquired once.
        """
        if self.verdicts:
            acquired = {
                (verdict.sequence, _plane(verdict.series), _acquisition(verdict))
                for verdict in self.verdicts
            }
            kinds = {kind[:2] for kind in acquired}
            return "there" if len(kinds) == len(acquired) else "double"
        if self.perhaps:
            return "perhaps"
        return "missing" if self.expected.required else "optional"


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
        Series of one sequence and one prescription, in the order they were acquired.
    pairs : tuple of ContrastPair
        T1 without and with contrast agent of one prescription.
    """

    verdicts: tuple[Verdict, ...]
    protocol: Protocol | None = None
    matches: tuple[Match, ...] = ()
    extra: tuple[Verdict, ...] = ()
    repeats: tuple[tuple[Verdict, ...], ...] = ()
    pairs: tuple[ContrastPair, ...] = ()

    @property
    def missing(self) -> tuple[Expected, ...]:
        """Entries that the protocol requires and no series fulfils."""
        return tuple(match.expected for match in self.matches if match.status == "missing")

    @property
    def complete(self) -> bool:
        """Whether all that the protocol requires can be there, each by a series of its own.

        A T1 told by its family may be the one without or the one with contrast agent, not both.
        """
        unsure = [m for m in self.matches if m.expected.required and m.status == "perhaps"]
        return not self.missing and _can_share(unsure)

    def to_dict(self) -> dict[str, Any]:
        """Return the study as plain data; series by number, UID and path."""
        files = [file for verdict in self.verdicts for file in verdict.series.files]
        return {
            "path": common_folder(files) if files else None,
            "study_uid": self.verdicts[0].series.study_uid if self.verdicts else None,
            "protocol": self.protocol.name if self.protocol else None,
            "source": self.protocol.source if self.protocol else None,
            "complete": self.complete if self.protocol else None,
            "expected": [
                {
                    "name": match.expected.name,
                    "required": match.expected.required,
                    "status": match.status,
                    "series": _named(match.verdicts or match.perhaps),
                }
                for match in self.matches
            ],
            "extra": _named(self.extra),
            "repeats": [_named(group) for group in self.repeats],
            "pairs": [
                {"before": _named([pair.before])[0], "after": _named([pair.after])[0]}
                for pair in self.pairs
            ],
            "conflicts": _named(verdict for verdict in self.verdicts if verdict.conflict),
        }


def judge_studies(
    verdicts: Iterable[Verdict], protocol: Protocol | None = None
) -> tuple[StudyVerdict, ...]:
    """Judge every study among the verdicts, in the order of their first series."""
    studies: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        studies.setdefault(study_of(verdict.series), []).append(verdict)
    return tuple(judge_study(members, protocol) for members in studies.values())


def judge_study(verdicts: Sequence[Verdict], protocol: Protocol | None = None) -> StudyVerdict:
    """Hold the series of one study against each other, and against a protocol.

    Parameters
    ----------
    verdicts : sequence of Verdict
        One a series.
    protocol : Protocol, optional
        What the study should hold; without one only repeats and pairs are told.
    """
    matches = _matches(verdicts, protocol.series) if protocol else ()
    used = {id(verdict) for match in matches for verdict in (*match.verdicts, *match.perhaps)}
    extra = tuple(
        verdict
        for verdict in verdicts
        if protocol and id(verdict) not in used and verdict.sequence not in NEVER_EXTRA
    )
    return StudyVerdict(
        verdicts=tuple(verdicts),
        protocol=protocol,
        matches=matches,
        extra=extra,
        repeats=_repeats(verdicts),
        pairs=_pairs(verdicts),
    )


def _matches(verdicts: Sequence[Verdict], entries: Sequence[Expected]) -> tuple[Match, ...]:
    """Give each series to the first entry of its plane, thin stacks also to entries without one.

    A series told by its family alone may fulfil every entry of that family.
    """
    surely: list[list[Verdict]] = [[] for _ in entries]
    perhaps: list[list[Verdict]] = [[] for _ in entries]
    told = [verdict for verdict in verdicts if verdict.resolved != "family"]
    for verdict in told:
        for place, entry in enumerate(entries):
            if verdict.sequence in entry.sequences and _lies_in(verdict.series, entry):
                surely[place].append(verdict)
                break
    for place, entry in enumerate(entries):
        thin = [v for v in told if v.sequence in entry.sequences and _is_thin(v.series)]
        surely[place] = surely[place] or thin
        perhaps[place] = [
            verdict
            for verdict in verdicts
            if verdict.resolved == "family"
            and verdict.family in {family_of(code) for code in entry.sequences}
            and (_lies_in(verdict.series, entry) or _is_thin(verdict.series))
        ]
    return tuple(
        Match(entry, tuple(sure), tuple(unsure))
        for entry, sure, unsure in zip(entries, surely, perhaps, strict=True)
    )


def _can_share(matches: Sequence[Match]) -> bool:
    """Tell whether each entry can have one of the series that it may be fulfilled by for itself."""
    holder: dict[Any, Match] = {}

    def gets_one(match: Match, tried: set[Any]) -> bool:
        # Kuhn's algorithm: the entry that holds a series gives it up where it gets another.
        for acquired in {_acquisition(verdict) for verdict in match.perhaps} - tried:
            tried.add(acquired)
            if acquired not in holder or gets_one(holder[acquired], tried):
                holder[acquired] = match
                return True
        return False

    return all(gets_one(match, set()) for match in matches)


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


def _acquisition(verdict: Verdict) -> Any:
    """Return what stacks of one series share: echoes, water and fat, magnitude and phase."""
    return verdict.series.series_uid or id(verdict)


def _repeats(verdicts: Sequence[Verdict]) -> tuple[tuple[Verdict, ...], ...]:
    groups: list[list[Verdict]] = []
    for verdict in verdicts:
        if verdict.sequence in NEVER_EXTRA:
            continue
        for group in groups:
            first = group[0]
            told_alike = (first.sequence, first.resolved) == (verdict.sequence, verdict.resolved)
            if told_alike and one_prescription(first.series, verdict.series):
                if _acquisition(verdict) not in map(_acquisition, group):
                    group.append(verdict)
                break
        else:
            groups.append([verdict])
    return tuple(_in_time(group) for group in groups if len(group) > 1)


def _pairs(verdicts: Sequence[Verdict]) -> tuple[ContrastPair, ...]:
    """Pair each T1 with contrast agent with the nearest T1 without, each used once."""
    without = [v for v in verdicts if v.sequence == "T1" and v.resolved == "member"]
    pairs = []
    for after in (verdict for verdict in verdicts if verdict.sequence == "T1C"):
        fitting = [
            before
            for before in without
            if one_prescription(before.series, after.series) and _not_later(before, after)
        ]
        if fitting:
            nearest = min(fitting, key=lambda before: centre_distance(before.series, after.series))
            without.remove(nearest)
            pairs.append(ContrastPair(nearest, after))
    return tuple(pairs)


def _in_time(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Sort series by when they were acquired; left as they are where one doesn't say."""
    starts = [attributes_of(verdict.series).acquired for verdict in verdicts]
    known = [start for start in starts if start is not None]
    # A time without its day is neither before nor after one that has it.
    if len(known) < len(starts) or len({start < DAY_MS for start in known}) > 1:
        return tuple(verdicts)
    timed = zip(known, verdicts, strict=True)
    return tuple(verdict for _, verdict in sorted(timed, key=lambda one: one[0]))


def _not_later(before: Verdict, after: Verdict) -> bool:
    return _in_time([before, after])[0] is before


def _named(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    return [
        {
            "path": verdict.series.path,
            **identity_of(verdict.series),
            "sequence": verdict.sequence,
        }
        for verdict in verdicts
    ]
