"""Headers exchanged within a study: each of two series looks like what the other's header says.

A network that hardly doubts what either header claims may still be sure that the two together fit
better the other way round: two weak witnesses make a strong one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from napari_mrseq.belonging import study_of
from napari_mrseq.conflict import checkable_families, support
from napari_mrseq.header import HeaderClaim
from napari_mrseq.naming import title_of
from napari_mrseq.reading.grouping import grouped
from napari_mrseq.sequences import family_of
from napari_mrseq.series import Failure, Series
from napari_mrseq.verdict import SWAPPED, Verdict
from napari_mrseq.witnesses import pixel_weight

Witnesses = tuple[Mapping[str, float], HeaderClaim | None]

# Two headers that fit the other's pixels this much better (log of the ratio of supports) are
# taken for exchanged. `benchmarks/lying_headers.py` prints what it finds, and whom it accuses.
EXCHANGED = 1.5
# A header that fits its own pixels better than the other's by more than this is no exchanged one,
# however badly the other lies.
GREATEST_LOSS = -2.5
# No support is taken to be smaller: networks are not that sure.
LEAST_SUPPORT = 1e-6


def with_exchanges(outcomes: Sequence[Verdict | Failure]) -> list[Verdict | Failure]:
    """Hold the headers of each study against each other; what seems exchanged is a conflict.

    Parameters
    ----------
    outcomes : sequence of Verdict or Failure
        One a series. Series without a study's UID are held against none.

    Returns
    -------
    list of Verdict or Failure
        In the same order. A series whose header seems exchanged is called what its pixels alone
        say, and names the other in `Verdict.remarks`.
    """
    alone = [one if isinstance(one, Failure) else one.without_study for one in outcomes]
    held = [one for one in alone if not isinstance(one, Failure) and one.series.study_uid]
    changed: dict[Verdict | Failure, Verdict] = {}
    for members in grouped(held, lambda one: study_of(one.series)):
        for first, second in exchanged([(one.probabilities, one.header) for one in members]):
            ours, theirs = members[first], members[second]
            changed[ours] = _exchanged_verdict(ours, theirs)
            changed[theirs] = _exchanged_verdict(theirs, ours)
    return [changed.get(one, one) for one in alone]


def study_by_study(
    outcomes: Iterable[Verdict | Failure], series: Iterable[Series]
) -> Iterator[Verdict | Failure]:
    """Hold headers against each other as `with_exchanges` does, as soon as a study is judged.

    Parameters
    ----------
    outcomes : iterable of Verdict or Failure
        One a series, in any order.
    series : iterable of Series
        All that will be judged.

    Yields
    ------
    Verdict or Failure
        In the order of `outcomes`; none is held any longer than its study is under way.
    """
    awaited = Counter(map(study_of, series))
    held: list[Verdict | Failure] = []
    under_way: set[str] = set()
    for outcome in outcomes:
        held.append(outcome)
        if outcome.series and outcome.series.study_uid:
            study = study_of(outcome.series)
            awaited[study] -= 1
            under_way.add(study)
            if not awaited[study]:
                under_way.remove(study)
        if not under_way:
            yield from with_exchanges(held)
            held = []
    yield from with_exchanges(held)


def exchanged(series: Sequence[Witnesses]) -> list[tuple[int, int]]:
    """Return the pairs of series of a study whose headers seem exchanged.

    Parameters
    ----------
    series : sequence of (mapping of str to float, HeaderClaim or None)
        Of each series the network's probabilities, and what the header says.

    Returns
    -------
    list of (int, int)
        Places of the pairs, the clearest first; no series is in two.
    """
    told = [checkable_families(said, header) for said, header in series]
    claims = {families for some in told for families in some}
    held = [
        _Evidence.of(said, header, own, claims)
        for (said, header), own in zip(series, told, strict=True)
    ]
    gains = []
    # Of thousands of series most fit none of the other headers better than their own.
    by_hope = sorted(range(len(held)), key=lambda place: -held[place].hope)
    for at, one in enumerate(by_hope):
        for other in by_hope[at + 1 :]:
            if held[one].hope + held[other].hope <= EXCHANGED:
                break
            first, second = sorted((one, other))
            gains.append((held[first].gain(held[second]), first, second))
    pairs: list[tuple[int, int]] = []
    taken: set[int] = set()
    for found, first, second in sorted(gains, key=lambda one: (-one[0], *one[1:])):
        if found > EXCHANGED and not taken & {first, second}:
            pairs.append((first, second))
            taken |= {first, second}
    return pairs


@dataclass(frozen=True)
class _Evidence:
    """What a series' header says, and how well all headers of its study fit its pixels.

    Attributes
    ----------
    told : list of tuple of str
        See `checkable_families`.
    fits : mapping of tuple of str to float
        Of what any header says, the logarithm of how well it explains the pixels.
    """

    told: list[tuple[str, ...]]
    fits: Mapping[tuple[str, ...], float]

    @classmethod
    def of(
        cls,
        said: Mapping[str, float],
        header: HeaderClaim | None,
        told: list[tuple[str, ...]],
        claims: Iterable[tuple[str, ...]],
    ) -> _Evidence:
        supports = {family: support(said, family) for family in map(family_of, said)}
        weight = pixel_weight(header) if header else 1.0

        def fit(families: tuple[str, ...]) -> float:
            best = max(supports.get(family, 0.0) for family in families)
            return weight * math.log(max(best, LEAST_SUPPORT))

        return cls(told, {families: fit(families) for families in claims})

    @cached_property
    def hope(self) -> float:
        """How much better another header fits than this one, at best."""
        own = min((self.fits[families] for families in self.told), default=math.inf)
        return max(self.fits.values(), default=0.0) - own

    def gain(self, other: _Evidence) -> float:
        """Return how much better two headers fit the pixels of each other than their own.

        Minus infinity where they say the same, can't be held against each other, or where one is
        clearly its own.
        """
        gains = (
            (self.fits[theirs] - self.fits[ours], other.fits[ours] - other.fits[theirs])
            for ours, theirs in product(self.told, other.told)
            if not set(ours) & set(theirs)
        )
        return max((sum(both) for both in gains if min(both) > GREATEST_LOSS), default=-math.inf)


def _exchanged_verdict(verdict: Verdict, other: Verdict) -> Verdict:
    series = other.series
    title = title_of(series.series_number, series.description, series.path, series.part)
    remark = f"{SWAPPED} with that of series {title}"
    return replace(
        verdict,
        decision=verdict.pixels,
        conflict=True,
        remarks=(remark,),
        judged_alone=verdict,
        # Its own other one is of a run before, which would keep that of the run before it.
        exchanged_with=replace(other, exchanged_with=None),
    )
