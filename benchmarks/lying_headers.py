"""Pixels, header and both: who is right, how many lies are found, how many honest ones accused.

``python benchmarks/lying_headers.py [WEIGHTS …]``: each series of people in
``../shared/data/dicom.csv`` that the network was not trained on, and of the sample study, is held
against its own header, then against the header of every other series of another family, then
against its own with the words and times of the other. Those are few: so each stack of the fold
held out of ``../shared/data/slices.csv``, most of which have no header, is told that it is of its
own family and of every other; and studies drawn from stacks of one data set have two of their
headers exchanged. The series of people that training has seen are counted apart. With
the weights of several trainings, each of which left another fold out, each series is judged by the
one that never saw its group.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from held_out import CATALOGUE, DATA, MODEL, series_rows, unseen_rows

import napari_mrseq
from napari_mrseq import classify, load_model
from napari_mrseq.conflict import in_conflict
from napari_mrseq.decision import by_class, by_family
from napari_mrseq.exchange import exchanged
from napari_mrseq.header import HeaderClaim, attributes_of
from napari_mrseq.header.claim import claim_from
from napari_mrseq.model import Model
from napari_mrseq.reading import read_study
from napari_mrseq.reading.grouping import grouped
from napari_mrseq.sequences import SEQUENCES, UNKNOWN, family_of
from napari_mrseq.training.answers import answer_series, answer_slices, series_members
from napari_mrseq.training.catalogue import STACKS, known_label, read_catalogue
from napari_mrseq.training.joining import CLAIM_CONFIDENCE
from napari_mrseq.verdict import Verdict

SAMPLE = Path(napari_mrseq.__file__).parent / "sample_study"
LIAR = "header_lies"
# Series of a study, and studies of a data set at most.
STUDY_SIZE, STUDIES = 6, 100
WORDS = ("description", "protocol")
TIMES = ("repetition_time", "echo_time", "inversion_time", "echo_train")


@dataclass(frozen=True, eq=False)
class Witness:
    """A series whose family is known, and whether the network was trained on its like."""

    verdict: Verdict
    label: str
    model: Model
    seen: bool = False


def sample_witnesses(model: Model) -> list[Witness]:
    """Return the honest series of the sample study, labelled by their own headers."""
    honest = [s for s in read_study([SAMPLE]).series if LIAR not in s.path]
    verdicts = [classify(series, model) for series in honest]
    return [Witness(v, v.header.sequence, model) for v in verdicts if v.header]


def catalogue_witnesses(
    models: dict[int | None, Model], *, from_pixels: bool = True
) -> list[Witness]:
    """Return the series with real pixels of people and a sure label, that pixels tell or don't."""
    folds = {r.group: r.fold for r in read_catalogue(CATALOGUE)}
    first = next(iter(models.values()))
    witnesses = []
    for row in series_rows(pixels="real", subject_kind="human", label_confidence="high"):
        label = known_label(row["label"], SEQUENCES)
        if SEQUENCES[label].from_pixels == from_pixels:
            fold = folds.get(row["group"])
            model, seen = models.get(fold, first), fold is not None and fold not in models
            verdicts = (classify(s, model) for s in read_study([DATA / row["folder"]]).series)
            # Thumbnails and blank pictures bear no witness.
            shown = [v for v in verdicts if any(judged.weight for judged in v.slices)]
            witnesses += [Witness(verdict, label, model, seen) for verdict in shown]
    return witnesses


@dataclass(frozen=True, eq=False)
class Stack:
    """A labelled stack without a header, and what a network that never saw it says of it."""

    said: Mapping[str, float]
    label: str
    dataset: str
    model: Model

    def denies(self, code: str) -> bool:
        """Tell whether a header that claims this is held against the pixels."""
        return denied(self.model, self.said, claim_to_be(code))


def claim_to_be(code: str) -> HeaderClaim:
    """Return what a header claims that says so alone."""
    return HeaderClaim(code, CLAIM_CONFIDENCE)


def denied(model: Model, said: Mapping[str, float], claim: HeaderClaim) -> bool:
    """Tell whether a claim is held against what a model says of the pixels."""
    fitted = model.card.calibration
    return in_conflict(said, claim, fitted.denial, fitted.denials)


def unseen_stacks(model: Model) -> Iterator[Stack]:
    """Yield the labelled stacks of the fold that a model left out."""
    rows = unseen_rows(model, CATALOGUE)
    calibration = model.card.calibration
    series = answer_series(answer_slices(model, rows), rows, calibration.series_temperature)
    for members, label, origin, row in zip(
        series_members(rows), series.labels, series.origins, series.probabilities, strict=True
    ):
        if origin in STACKS and label in model.classes and label != UNKNOWN:
            said = by_class(model.classes, row)
            yield Stack(said, str(label), rows[members[0]].dataset, model)


def told_stacks(stacks: Iterable[Stack]) -> dict[str, list[bool]]:
    """Tell each stack every family: what is held against each."""
    held: dict[str, list[bool]] = {"honest": []}
    for stack in stacks:
        for family in set(by_family(stack.said)) - {family_of(UNKNOWN)}:
            code = next(code for code in stack.said if family_of(code) == family)
            kind = "honest" if family == family_of(stack.label) else family
            held.setdefault(kind, []).append(stack.denies(code))
    return held


def drawn_studies(stacks: Sequence[Stack]) -> Iterator[list[Stack]]:
    """Draw studies of up to six stacks of a data set, of more than one family."""
    rng = np.random.default_rng(0)
    for source in grouped(stacks, lambda stack: (id(stack.model), stack.dataset)):
        for _ in range(min(STUDIES, 3 * len(source))):
            places = rng.choice(len(source), min(STUDY_SIZE, len(source)), replace=False)
            study = [source[place] for place in places]
            if len({family_of(stack.label) for stack in study}) > 1:
                yield study


def accused_in(study: Sequence[Stack], codes: Sequence[str]) -> set[int]:
    """Return which series of a study are in conflict with what their headers claim."""
    told = [(stack.said, claim_to_be(code)) for stack, code in zip(study, codes, strict=True)]
    alone = {i for i, code in enumerate(codes) if study[i].denies(code)}
    return alone.union(*exchanged(told))


def print_studies(studies: Iterable[Sequence[Stack]]) -> None:
    """Exchange two headers in each study, then let one lie alone; print what is found."""
    rng = np.random.default_rng(0)
    honest, found, alone, others, beside = [], [], [], [], []
    for study in studies:
        codes = [stack.label for stack in study]
        before = accused_in(study, codes)
        honest += [place in before for place in range(len(study))]
        pairs = [
            pair
            for pair in itertools.combinations(range(len(study)), 2)
            if family_of(codes[pair[0]]) != family_of(codes[pair[1]])
        ]
        one, other = pairs[rng.integers(len(pairs))]
        codes[one], codes[other] = codes[other], codes[one]
        accused = accused_in(study, codes)
        found += [place in accused for place in (one, other)]
        alone += [study[place].denies(codes[place]) for place in (one, other)]
        others += [p in accused for p in range(len(study)) if p not in (one, other)]
        codes[other] = study[other].label
        accused = accused_in(study, codes) - before
        beside += [p in accused for p in range(len(study)) if p != one]
    print(f"studies of stacks       {len(honest)} series accused {np.mean(honest):.1%}")
    print(f"    two headers exchanged   {np.mean(found):.1%} of {len(found)} lies found", end="")
    print(f", {np.mean(alone):.1%} without the exchange; others accused {np.mean(others):.1%}")
    print(f"    one header lies         honest ones accused for it {np.mean(beside):.1%}")


def whole_header(_ours: Witness, other: Witness) -> HeaderClaim | None:
    """Return what another series' header claims."""
    return other.verdict.header


def words_and_times(ours: Witness, other: Witness) -> HeaderClaim | None:
    """Return what our header claims with another's words and times, None where that lies not."""
    source = attributes_of(other.verdict.series)
    swapped = {name: getattr(source, name) for name in (*WORDS, *TIMES)}
    claim = claim_from(replace(attributes_of(ours.verdict.series), **swapped))
    told = (claim.sequence, *claim.named[:1])
    return claim if any(family_of(code) == family_of(other.label) for code in told) else None


def lies_found(
    witnesses: list[Witness], told: Callable[[Witness, Witness], HeaderClaim | None]
) -> list[bool]:
    """Tell each series every lie of another family that there is, and whether it is found."""
    pairs = itertools.permutations(witnesses, 2)
    lies = [(a, told(a, b)) for a, b in pairs if family_of(a.label) != family_of(b.label)]
    return [denied(a.model, a.verdict.probabilities, lie) for a, lie in lies if lie]


def share_right(answers: list[tuple[str, str]]) -> str:
    """Return how many of (said, label) name the right family."""
    right = sum(family_of(said) == family_of(label) for said, label in answers)
    return f"{right} of {len(answers)} ({right / len(answers):.1%})"


def print_stacks(held: dict[str, list[bool]]) -> None:
    """Print what is found of the claims on stacks without a header."""
    honest = held.pop("honest")
    print(
        f"stacks told their family accused  {sum(honest)} of {len(honest)} ({np.mean(honest):.1%})"
    )
    lies = [found for family in held.values() for found in family]
    print(f"stacks told another     {sum(lies)} of {len(lies)} lies found ({np.mean(lies):.1%})")
    print("    of the claim", ", ".join(f"{f} {np.mean(held[f]):.0%}" for f in sorted(held)))


def main() -> None:
    """Measure and print."""
    loaded = [load_model(path, device="cpu") for path in sys.argv[1:] or [MODEL]]
    models = {model.card.held_out: model for model in loaded}
    witnesses = sample_witnesses(loaded[0])
    if CATALOGUE.is_file():
        witnesses += catalogue_witnesses(models)
    else:
        print(f"of the sample study alone: {CATALOGUE} is not there")
    honest = [
        w
        for w in witnesses
        if w.verdict.header and family_of(w.verdict.header.sequence) == family_of(w.label)
    ]
    fresh = [w for w in witnesses if not w.seen]
    answers = [(w.verdict, w.label) for w in fresh]
    print(f"pixels alone right      {share_right([(v.pixels.sequence, n) for v, n in answers])}")
    headers = [(v.header.sequence if v.header else UNKNOWN, n) for v, n in answers]
    print(f"header alone right      {share_right(headers)}")
    print(f"both joined right       {share_right([(v.sequence, n) for v, n in answers])}")
    checkable = [w for w in honest if not w.seen]
    accused = [w for w in honest if w.verdict.conflict]
    unseen = sum(not w.seen for w in accused)
    print(f"honest headers accused  {unseen} of {len(checkable)}", end="")
    print(f"; with what training has seen {len(accused)} of {len(honest)}")
    for witness in accused:
        series, said = witness.verdict.series, witness.verdict.pixels
        print(f"    {series.path} {series.description}: {said.sequence} {said.confidence:.0%}")
    for name, told in (("another's header", whole_header), ("words and times", words_and_times)):
        found = lies_found(checkable, told)
        print(f"{name:23} {sum(found)} of {len(found)} lies found ({np.mean(found):.1%})")
    if CATALOGUE.is_file():
        stacks = [stack for model in loaded for stack in unseen_stacks(model)]
        print_stacks(told_stacks(stacks))
        print_studies(drawn_studies(stacks))


if __name__ == "__main__":
    main()
