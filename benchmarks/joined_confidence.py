"""How many series are right that pixels and header together name with 90 % or more.

``python benchmarks/joined_confidence.py [WEIGHTS]``: series of people in ``../shared/data/dicom``
that the network was not trained on are few, and their headers right. So each stack of the fold held
out of ``../shared/data/slices.csv`` is given, besides, the header of every series there of its own
sequence, and with a share of 0, 1, 5 or 10 % those of every other family, as where headers are
exchanged. All counts are by family; stacks without a header of their sequence are left out of that.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from header import claim_on
from held_out import MODEL, SERIES, leave_out_without, series_rows
from lying_headers import Stack, catalogue_witnesses, unseen_stacks

from napari_mrseq import load_model
from napari_mrseq.decision import Decision, decide
from napari_mrseq.header import HeaderClaim
from napari_mrseq.judging import word_of_both
from napari_mrseq.model import Model
from napari_mrseq.sequences import UNKNOWN, family_of
from napari_mrseq.training.catalogue import known_label

EXCHANGED = (0.0, 0.01, 0.05, 0.1)
SURE = 0.9
EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, SURE, 0.95, 1.01)
HEADINGS = ("weight", "named", "right of named", ">= 90 %", "wrong of these", "ECE")


@dataclass(frozen=True)
class Case:
    """What is said of a series, what is true, and how much that counts."""

    said: Decision
    label: str
    weight: float = 1.0
    conflict: bool = False
    pixels: str = UNKNOWN
    claim: str = UNKNOWN

    @property
    def is_named(self) -> bool:
        """Whether it has a name."""
        return self.said.sequence != UNKNOWN

    @property
    def is_right(self) -> bool:
        """Whether the family that is said is the true one."""
        return self.is_named and self.said.family == family_of(self.label)


def real_cases(model: Model, *, from_pixels: bool) -> list[Case]:
    """Return the series of people that the network never saw, with the headers they have."""
    witnesses = catalogue_witnesses({model.card.held_out: model}, from_pixels=from_pixels)
    return [Case(w.verdict.decision, w.label) for w in witnesses if not w.seen]


def claims_told() -> list[tuple[str, HeaderClaim]]:
    """Return label and claim of every series whose label is sure, whatever its pixels show."""
    rows = series_rows(label_confidence="high")
    found = ((known_label(row["label"]), claim_on(SERIES.parent, row)) for row in rows)
    return [(label, claim) for label, claim in found if claim]


def told_cases(
    stacks: Iterable[Stack], told: Sequence[tuple[str, HeaderClaim]], exchanged: float
) -> Iterator[Case]:
    """Give each stack the headers of its sequence, and to a share those of other families."""
    for stack in stacks:
        own = [claim for label, claim in told if label == stack.label]
        others = [claim for label, claim in told if family_of(label) != family_of(stack.label)]
        calibration = stack.model.card.calibration
        pixels = decide(stack.said, calibration.series_threshold).sequence
        for claims, share in ((own, 1 - exchanged), (others, exchanged if own else 0.0)):
            for claim in claims if share else ():
                said, conflict = word_of_both(stack.said, claim, calibration)
                weight = share / len(claims)
                yield Case(said, stack.label, weight, conflict, pixels, claim.sequence)


def print_row(title: str, cases: Sequence[Case]) -> None:
    """Print how many are named, how many of these right, and how many of the sure ones wrong."""
    named = [case for case in cases if case.is_named]
    sure = [case for case in named if case.said.confidence >= SURE]
    right = share(named, [case for case in named if case.is_right])
    wrong = share(sure, [case for case in sure if not case.is_right])
    shares = share(cases, named), right, share(cases, sure), wrong
    texts = [f"{total(cases):.1f}", *(f"{one:.1%}" for one in shares), f"{100 * error(named):.1f}"]
    print(f"{title:34}" + "".join(f"{text:>16}" for text in texts))


def print_reliability(cases: Sequence[Case]) -> None:
    """Print what is said and what is right in each interval of confidence."""
    for low, found in intervals([case for case in cases if case.is_named]):
        said, right = mean_and_right(found)
        print(f"    from {low:4.0%}{total(found):9.1f} series, said {said:.1%}, right {right:.1%}")


def print_overruled(cases: Sequence[Case]) -> None:
    """Print which witness is believed where one of the two is right."""
    apart = [case for case in cases if UNKNOWN not in (case.pixels, case.claim)]
    for title, witness, other in (
        ("a right header, wrong pixels", "claim", "pixels"),
        ("a wrong header, right pixels", "pixels", "claim"),
    ):
        held = [
            case
            for case in apart
            if family_of(getattr(case, witness)) == family_of(case.label)
            and family_of(getattr(case, other)) != family_of(case.label)
        ]
        wrong = [case for case in held if case.is_named and not case.is_right]
        parts = {
            "named right": [case for case in held if case.is_right],
            "wrong": wrong,
            "wrong, sure and unmarked": [
                case for case in wrong if case.said.confidence >= SURE and not case.conflict
            ],
            "marked": [case for case in held if case.conflict],
        }
        shares = ", ".join(f"{name} {share(held, some):.1%}" for name, some in parts.items())
        print(f"    {title} ({total(held):.1f}): {shares}")


def intervals(named: Sequence[Case]) -> Iterator[tuple[float, list[Case]]]:
    """Yield the cases of each interval of confidence that holds any."""
    for low, high in itertools.pairwise(EDGES):
        if found := [case for case in named if low <= case.said.confidence < high]:
            yield low, found


def error(named: Sequence[Case]) -> float:
    """Return the expected calibration error."""
    gaps = ((found, *mean_and_right(found)) for _, found in intervals(named))
    return sum(share(named, found) * abs(said - right) for found, said, right in gaps)


def mean_and_right(cases: Sequence[Case]) -> tuple[float, float]:
    """Return the mean confidence, and the share that is right."""
    weights = [case.weight for case in cases]
    said = float(np.average([case.said.confidence for case in cases], weights=weights))
    return said, share(cases, [case for case in cases if case.is_right])


def share(cases: Sequence[Case], some: Sequence[Case]) -> float:
    """Return the share of some of the cases; nan where there are none."""
    return total(some) / total(cases) if cases else float("nan")


def total(cases: Iterable[Case]) -> float:
    """Return how much cases count."""
    return sum(case.weight for case in cases)


def main() -> None:
    """Measure and print."""
    leave_out_without(SERIES)
    model = load_model(sys.argv[1] if len(sys.argv) > 1 else MODEL, device="cpu")
    stacks, told = list(unseen_stacks(model)), claims_told()
    threshold = model.card.calibration.series_threshold
    print(f"{'':34}" + "".join(f"{heading:>16}" for heading in HEADINGS))
    print_row("real series, their own headers", real_cases(model, from_pixels=True))
    print_row("    of what no pixels tell", real_cases(model, from_pixels=False))
    print_row("stacks without a header", [Case(decide(s.said, threshold), s.label) for s in stacks])
    for exchanged in EXCHANGED:
        cases = list(told_cases(stacks, told, exchanged))
        print_row(f"stacks, {exchanged:.0%} of headers exchanged", cases)
        print_row("    in conflict", [case for case in cases if case.conflict])
        print_row("    not in conflict", [case for case in cases if not case.conflict])
    print(f"\nof {EXCHANGED[-1]:.0%} exchanged")
    print_reliability(cases)
    print_overruled(cases)


if __name__ == "__main__":
    main()
