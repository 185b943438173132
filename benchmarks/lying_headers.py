"""Pixels, header and both: who is right, how many lies are found, how many honest ones accused.

``python benchmarks/lying_headers.py [WEIGHTS …]``: each series of people in
``../shared/data/dicom.csv`` that the network was not trained on, and of the sample study, is held
against its own header, then against the header of every other series of another family, then
against its own with the words and times of the other. Those are few: so each stack of the fold
held out of ``../shared/data/slices.csv``, most of which have no header, is told that it is of its
own family and of every other. The series of people that training has seen are counted apart. With
the weights of several trainings, each of which left another fold out, each series is judged by the
one that never saw its group.
"""

from __future__ import annotations

import csv
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from napari_mrseq import classify, load_model
from napari_mrseq.decision import by_class, by_family, contradicts
from napari_mrseq.header import HeaderClaim, attributes_of
from napari_mrseq.header.claim import claim_from
from napari_mrseq.model import Model
from napari_mrseq.reading import read_study
from napari_mrseq.sequences import SEQUENCES, UNKNOWN, family_of
from napari_mrseq.training.catalogue import SYNONYMS, read_catalogue
from napari_mrseq.training.evaluation import STACKS, answer_series, answer_slices
from napari_mrseq.verdict import Verdict

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "napari_mrseq" / "sample_study"
DATA = ROOT.parent / "shared" / "data"
MODEL = ROOT / "benchmarks" / "held-out.safetensors"
LIAR = "header_lies"
WORDS = ("description", "protocol")
TIMES = ("repetition_time", "echo_time", "echo_times", "inversion_time", "echo_train")


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


def catalogue_witnesses(models: dict[int, Model]) -> list[Witness]:
    """Return the series with real pixels of people and a sure label."""
    folds = {r.group: r.fold for r in read_catalogue(DATA / "slices.csv")}
    first = next(iter(models.values()))
    witnesses = []
    with (DATA / "dicom.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            wanted = row["pixels"] == "real" and row["subject_kind"] == "human"
            label = SYNONYMS.get(row["label"], row["label"])
            sure = row["label_confidence"] == "high" and SEQUENCES[label].from_pixels
            if wanted and sure:
                fold = folds.get(row["group"])
                model, seen = models.get(fold, first), fold is not None and fold not in models
                verdicts = (classify(s, model) for s in read_study([DATA / row["folder"]]).series)
                # Thumbnails and blank pictures bear no witness.
                shown = [v for v in verdicts if any(judged.weight for judged in v.slices)]
                witnesses += [Witness(verdict, label, model, seen) for verdict in shown]
    return witnesses


def told_stacks(models: Iterable[Model]) -> dict[str, list[bool]]:
    """Tell each labelled stack of the folds held out every family: what is held against each."""
    held: dict[str, list[bool]] = {"honest": []}
    for model in models:
        for kind, found in _told_stacks(model):
            held.setdefault(kind, []).append(found)
    return held


def _told_stacks(model: Model) -> Iterator[tuple[str, bool]]:
    held_out = model.card.training["recipe"]["held_out"]
    rows = [row for row in read_catalogue(DATA / "slices.csv") if row.fold == held_out]
    calibration = model.card.calibration
    series = answer_series(answer_slices(model, rows), rows, calibration.series_temperature)
    for label, origin, row in zip(series.labels, series.origins, series.probabilities, strict=True):
        said = by_class(model.classes, row)
        if origin not in STACKS or label not in said or label == UNKNOWN:
            continue
        for family in set(by_family(said)) - {family_of(UNKNOWN)}:
            code = next(code for code in said if family_of(code) == family)
            kind = "honest" if family == family_of(str(label)) else family
            against = contradicts(
                said, HeaderClaim(code, 0.9), calibration.denial, calibration.denials
            )
            yield kind, against


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
    return [_held_against(a, lie) for a, lie in lies if lie]


def _held_against(witness: Witness, lie: HeaderClaim) -> bool:
    fitted = witness.model.card.calibration
    return contradicts(witness.verdict.probabilities, lie, fitted.denial, fitted.denials)


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
    models = {model.card.training["recipe"]["held_out"]: model for model in loaded}
    witnesses = sample_witnesses(loaded[0])
    if DATA.is_dir():
        witnesses += catalogue_witnesses(models)
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
    if DATA.is_dir():
        print_stacks(told_stacks(loaded))


if __name__ == "__main__":
    main()
