"""How many lying headers are found, how many honest ones accused.

``python benchmarks/lying_headers.py [CATALOGUE]``: each series of the sample study, and of a
catalogue like ``../shared/data/dicom.csv``, is held against its own header and then against the
header of every other series of another family.
"""

from __future__ import annotations

import csv
import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

from napari_mrseq import classify, load_model
from napari_mrseq.decision import contradicts
from napari_mrseq.model import Model
from napari_mrseq.reading import read_study
from napari_mrseq.sequences import SEQUENCES, family_of
from napari_mrseq.verdict import Verdict

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "napari_mrseq" / "sample_study"
CATALOGUE = ROOT.parent / "shared" / "data" / "dicom.csv"
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


def catalogue_witnesses(model: Model, catalogue: Path) -> list[Witness]:
    """Return the series of a catalogue with real pixels of people and a sure label."""
    witnesses = []
    with catalogue.open(newline="") as file:
        for row in csv.DictReader(file):
            wanted = row["pixels"] == "real" and row["subject_kind"] == "human"
            label = {"DWI_B0": "B0"}.get(row["label"], row["label"])
            if wanted and row["label_confidence"] == "high" and SEQUENCES[label].from_pixels:
                for series in read_study([catalogue.parent / row["folder"]]).series:
                    witnesses.append(Witness(classify(series, model), label))
    return witnesses


def main() -> None:
    """Measure and print."""
    catalogue = Path(sys.argv[1]) if len(sys.argv) > 1 else CATALOGUE
    model = load_model(device="cpu")
    witnesses = sample_witnesses(model)
    if catalogue.is_file():
        witnesses += catalogue_witnesses(model, catalogue)
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
