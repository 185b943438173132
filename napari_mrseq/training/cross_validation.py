"""Figures and calibration over all folds: ``python -m napari_mrseq.training.cross_validation``.

``… CATALOGUE WEIGHTS WEIGHTS [MORE …]`` lets each model judge the fold that it was not trained on,
and prints one table for all of them; every fold is measured with the calibration, thresholds
among it, fitted on the others. ``--into FILE`` writes the calibration fitted on all, and the
figures, into the card of a model that was trained alike on every fold; ``--apart`` writes into each
model's card what was fitted on the folds of the others, so that benchmarks of it are honest;
``--output FILE`` writes the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.errors import ModelError, MrseqError
from napari_mrseq.model import load_model
from napari_mrseq.model.card import Calibration
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.card_words import thresholds
from napari_mrseq.model.weights_file import rewrite_card
from napari_mrseq.safe_writing import write_whole, writing
from napari_mrseq.training.answers import Answers, answer_slices, joined
from napari_mrseq.training.calibrate import calibrate, cross_calibrated
from napari_mrseq.training.catalogue import read_catalogue
from napari_mrseq.training.figures_text import text_of
from napari_mrseq.training.folds import measurable
from napari_mrseq.training.labelled_slices import readable
from napari_mrseq.training.measures import figures_by_kind
from napari_mrseq.training.provenance import refuse_seen
from napari_mrseq.training.soundness import refuse_missing

if TYPE_CHECKING:
    from napari_mrseq.training.catalogue import Row


def judged_unseen(
    paths: Sequence[Path], rows: Sequence[Row], log: Callable[[str], None] = print
) -> tuple[Answers, list[Row], tuple[str, ...]]:
    """Let each model judge the fold it never saw.

    Parameters
    ----------
    paths : sequence of Path
        Weights files, each of which left out another fold.
    rows : sequence of Row
        What they were trained on.
    log : callable
        Takes a line of progress.

    Returns
    -------
    answers : Answers
        Uncalibrated.
    rows : list of Row
        What they are answers to.
    classes : tuple of str
        Columns of the probabilities.

    Raises
    ------
    ModelError
        If two left out the same fold or know different classes, or one left out none, or was
        taught by a model that did not.
    """
    parts, judged, folds, classes = [], [], [], set()
    for path in paths:
        model = load_model(path, device="cpu")
        model = replace(model, card=replace(model.card, calibration=Calibration()), half=None)
        fold = model.card.held_out
        unseen = measurable(rows, fold)
        if fold is None or fold in folds or not unseen:
            what = "no fold" if fold is None else f"fold {fold}"
            raise ModelError(
                f"{path} left out {what}: each model must have left out a fold of its own"
            )
        refuse_seen(path, model.card, rows, fold)
        log(f"{path} judges {len(unseen)} pictures of fold {fold}")
        parts.append(answer_slices(model, unseen))
        judged += unseen
        folds.append(fold)
        classes.add(model.classes)
    if len(classes) != 1:
        raise ModelError(f"{', '.join(map(str, paths))} know different classes")
    return joined(parts), judged, classes.pop()


def cross_validated(
    answers: Answers, rows: Sequence[Row], classes: Sequence[str]
) -> tuple[Calibration, dict[str, Any]]:
    """Calibrate on all folds, and measure each fold with what the others say.

    Takes what `judged_unseen` returns.

    Returns
    -------
    calibration : Calibration
        Fitted on all.
    figures : dict
        See `figures_by_kind`; ``folds`` says which were judged.
    """
    calibration = calibrate(answers, rows, classes)
    folds = np.array([row.fold for row in rows])
    figures = figures_by_kind(cross_calibrated(answers, rows, classes, folds), classes)
    return calibration, figures | {"folds": sorted(set(folds.tolist()))}


def calibrate_apart(
    paths: Sequence[Path], answers: Answers, rows: Sequence[Row], classes: Sequence[str]
) -> None:
    """Write into each model's card the calibration fitted on the folds that the others left out.

    Takes the models and what `judged_unseen` returns of them.
    """
    for path in paths:
        fold = read_card(path).held_out
        others = np.array([row.fold != fold for row in rows])
        kept = [row for row in rows if row.fold != fold]
        rewrite_card(path, calibration=calibrate(answers.subset(others), kept, classes))


def _refuse_another(into: Path, paths: Sequence[Path]) -> None:
    """Refuse to write figures of some models into the card of one that they say nothing about."""
    card = read_card(into)
    if card.held_out is not None:
        raise ModelError(
            f"{into} left out fold {card.held_out}: give --into one that left out none"
        )
    if any(card.classes != read_card(path).classes for path in paths):
        raise ModelError(f"{into} knows other classes than those measured: give --into another")


def main() -> None:
    """Print the table; write what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("--into", type=Path, help="weights file trained on all folds")
    parser.add_argument("--apart", action="store_true", help="calibrate each on the others' folds")
    parser.add_argument("--output", type=Path, help="JSON file for the figures")
    chosen = parser.parse_args()
    try:
        _measure(chosen)
    except MrseqError as error:
        parser.error(str(error))


def _measure(chosen: argparse.Namespace) -> None:
    rows = read_catalogue(chosen.catalogue)
    refuse_missing(rows, chosen.catalogue)
    if chosen.into:
        _refuse_another(chosen.into, chosen.weights)
    judged = judged_unseen(chosen.weights, readable(rows, chosen.catalogue, print))
    calibration, figures = cross_validated(*judged)
    print(text_of(figures))
    print(f"\nFitted on all folds: named at {thresholds(calibration)}")
    if chosen.into:
        rewrite_card(chosen.into, calibration=calibration, figures=figures)
    if chosen.apart:
        calibrate_apart(chosen.weights, *judged)
    if chosen.output:
        with writing(chosen.output):
            write_whole(chosen.output, f"{json.dumps(figures, indent=1)}\n".encode())


if __name__ == "__main__":
    main()
