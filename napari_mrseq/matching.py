"""The series of a study against the entries of a protocol: which fulfils which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from napari_mrseq.sequences import family_of
from napari_mrseq.series import nearest_plane

if TYPE_CHECKING:
    from napari_mrseq.protocols import Expected
    from napari_mrseq.series import Series
    from napari_mrseq.verdict import Verdict

# A stack of slices this thin can be looked at in any plane (mm).
ISOTROPIC_MM = 1.5


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
                (verdict.sequence, _plane(verdict.series), acquisition_of(verdict))
                for verdict in self.verdicts
            }
            kinds = {kind[:2] for kind in acquired}
            return "there" if len(kinds) == len(acquired) else "double"
        if self.perhaps:
            return "perhaps"
        return "missing" if self.expected.required else "optional"


def matches_of(verdicts: Sequence[Verdict], entries: Sequence[Expected]) -> tuple[Match, ...]:
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


def can_share(matches: Sequence[Match]) -> bool:
    """Tell whether each entry can have one of the series that it may be fulfilled by for itself."""
    holder: dict[Any, Match] = {}

    def gets_one(match: Match, tried: set[Any]) -> bool:
        # Kuhn's algorithm: the entry that holds a series gives it up where it gets another.
        for acquired in {acquisition_of(verdict) for verdict in match.perhaps} - tried:
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


def acquisition_of(verdict: Verdict) -> Any:
    """Return what stacks of one series share: echoes, water and fat, magnitude and phase."""
    return verdict.series.series_uid or id(verdict)
