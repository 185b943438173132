"""Pixels, header and both: who is right, how many lies are found, how many honest ones accused.

``python benchmarks/lying_headers.py``: each series of people in ``../shared/data/dicom.csv`` that
the network of `MODEL` was not trained on, and of the sample study, is held against its own header
and then against the header of every other series of another family.
"""

from __future__ import annotations

import csv
import itertools
from dataclasses import dataclass
from pathlib import Path

from napari_mrseq import classify, load_model
from napari_mrseq.decision import contradicts
from napari_mrseq.model import Model
from napari_mrseq.reading import read_study
from napari_mrseq.sequences import SEQUENCES, UNKNOWN, family_of
from napari_mrseq.training.catalogue import SYNONYMS, read_catalogue
from napari_mrseq.verdict import Verdict

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "napari_mrseq" / "sample_study"
DATA = ROOT.parent / "shared" / "data"
MODEL = ROOT / "benchmarks" / "held-out.safetensors"
LIAR = "header_lies"


@dataclass(frozen=True, eq=False)
class Witness:
    """A series whose family is known."""

    verdict: Verdict
    label: str


def sample_witnesses(model: Model) -> list[Witness]:
    """Return the honest series of the sample study, labelled by their own headers."""
    honest = [s for s in read_study([SAMPLE]).series if LIAR not in s.path]
    verdicts = [classify(series, model) for series in honest]
    return [Witness(v, v.header.sequence) for v in verdicts if v.header]


def catalogue_witnesses(model: Model) -> list[Witness]:
    """Return the series with real pixels of people and a sure label, never trained on."""
    held_out = model.card.training["recipe"]["held_out"]
    seen = {r.group for r in read_catalogue(DATA / "slices.csv") if r.fold != held_out}
    witnesses = []
    with (DATA / "dicom.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            wanted = row["pixels"] == "real" and row["subject_kind"] == "human"
            label = SYNONYMS.get(row["label"], row["label"])
            sure = row["label_confidence"] == "high" and SEQUENCES[label].from_pixels
            if wanted and sure and row["group"] not in seen:
                verdicts = (classify(s, model) for s in read_study([DATA / row["folder"]]).series)
                # Thumbnails and blank pictures bear no witness.
                shown = [v for v in verdicts if any(judged.weight for judged in v.slices)]
                witnesses += [Witness(verdict, label) for verdict in shown]
    return witnesses


def share_right(answers: list[tuple[str, str]]) -> str:
    """Return how many of (said, label) name the right family."""
    right = sum(family_of(said) == family_of(label) for said, label in answers)
    return f"{right} of {len(answers)} ({right / len(answers):.1%})"


def main() -> None:
    """Measure and print."""
    model = load_model(MODEL, device="cpu")
    witnesses = sample_witnesses(model)
    if DATA.is_dir():
        witnesses += catalogue_witnesses(model)
    told = [(w.verdict, w.label) for w in witnesses]
    print(f"pixels alone right      {share_right([(v.pixels.sequence, n) for v, n in told])}")
    headers = [(v.header.sequence if v.header else UNKNOWN, n) for v, n in told]
    print(f"header alone right      {share_right(headers)}")
    print(f"both joined right       {share_right([(v.sequence, n) for v, n in told])}")
    checkable = [
        w
        for w in witnesses
        if w.verdict.header and family_of(w.verdict.header.sequence) == family_of(w.label)
    ]
    accused = [w for w in checkable if w.verdict.conflict]
    lies = [
        contradicts(ours.verdict.probabilities, other.verdict.header)
        for ours, other in itertools.permutations(checkable, 2)
        if family_of(ours.label) != family_of(other.label)
    ]
    print(f"{len(checkable)} series with an honest header")
    print(f"honest headers accused  {len(accused)} ({len(accused) / len(checkable):.1%})")
    for witness in accused:
        series, told = witness.verdict.series, witness.verdict.pixels
        print(f"    {series.path} {series.description}: {told.sequence} {told.confidence:.0%}")
    print(f"lies tried              {len(lies)}")
    print(f"lies found              {sum(lies)} ({sum(lies) / len(lies):.1%})")


if __name__ == "__main__":
    main()
