"""Temperatures and thresholds from pictures that were never trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.decision import CEILING, by_class, least_threshold, likeliest_known, tempered
from napari_mrseq.model.card import Calibration
from napari_mrseq.sequences import UNKNOWN, family_of
from napari_mrseq.stack import neighbour_average, pooled, slices_to_pool
from napari_mrseq.training.answers import (
    Answers,
    answer_all_ways,
    answer_series,
    joined,
    series_members,
    volumes_and_places,
)
from napari_mrseq.training.cases import Cases, cases_by_kind
from napari_mrseq.training.confidence import (
    fit_temperature,
    log_loss,
    logs,
    rounded_down,
    threshold_keeping,
)
from napari_mrseq.training.joining import fit_join

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.training.catalogue import Row

# Right answers that the threshold may turn into "unknown".
LOST = 0.02
STACK_POWERS = np.linspace(0.1, 2.5, 25)


def calibrate(slices: Answers, rows: Sequence[Row], classes: Sequence[str]) -> Calibration:
    """Fit the calibration of a model.

    Parameters
    ----------
    slices : Answers
        Uncalibrated answers on pictures never trained on.
    rows : sequence of Row
        The pictures.
    classes : sequence of str
        Columns of the probabilities.
    """
    # All series weigh the same.
    weights = np.empty(len(rows))
    for members in series_members(rows):
        weights[members] = 1 / len(members)
    # Rounded first: what is fitted after them is held against what they give.
    temperature = round(_temperature(slices, weights, classes), 4)
    warm = _with_temperature(slices, temperature)
    series = answer_series(warm, rows, 1.0)
    series_temperature = round(_temperature(series, np.ones(len(series.labels)), classes), 4)
    final = answer_series(warm, rows, series_temperature)
    return Calibration(
        temperature=temperature,
        series_temperature=series_temperature,
        threshold=rounded_down(_threshold(warm, classes)),
        series_threshold=rounded_down(_threshold(final, classes)),
        stack_power=_stack_power(warm, rows, classes),
        **fit_join(final, classes),
    )


def halves(rows: Sequence[Row]) -> NDArray[np.int64]:
    """Part the groups in two: 0 or 1 a row. A single group can't be parted."""
    place = {group: index % 2 for index, group in enumerate(sorted({row.group for row in rows}))}
    return np.array([place[row.group] for row in rows])


def cross_calibrated(
    slices: Answers, rows: Sequence[Row], classes: Sequence[str], parts: NDArray[np.int64]
) -> dict[str, Cases]:
    """Judge each part with the calibration fitted on the others, for honest figures.

    Parameters
    ----------
    slices, rows
        As `calibrate` takes them.
    classes : sequence of str
        Columns of the probabilities.
    parts : (n,) array of int
        Which part each row belongs to, such that no group is in two. A single part is measured
        with its own calibration.

    Returns
    -------
    dict of str to Cases
        As `cases_by_kind` gives them, of all rows, part by part.
    """
    cases = []
    for part in np.unique(parts):
        tested = parts == part
        fitted = tested if tested.all() else ~tested
        own = calibrate(slices.subset(fitted), list(compress(rows, fitted)), classes)
        warm = _with_temperature(slices.subset(tested), own.temperature)
        answers = answer_all_ways(warm, list(compress(rows, tested)), classes, own)
        cases.append(cases_by_kind(answers, classes, own))
    return {kind: joined([part[kind] for part in cases]) for kind in cases[0]}


def _with_temperature(slices: Answers, temperature: float) -> Answers:
    return replace(slices, probabilities=tempered(logs(slices.probabilities), temperature))


def _temperature(answers: Answers, weights: NDArray[Any], classes: Sequence[str]) -> float:
    """Return the temperature with the least log-likelihood lost; 1 where no label is a class."""
    # What is labelled unknown is odd MR that looks like what is known: a network fitted to it would
    # doubt all that it knows.
    known = np.isin(answers.labels, [code for code in classes if code != UNKNOWN])
    known = known if known.any() else np.isin(answers.labels, list(classes))
    if not known.any():
        return 1.0
    targets = np.array([classes.index(label) for label in answers.labels[known]])
    return fit_temperature(logs(answers.probabilities[known]), targets, weights[known])


def _stack_power(slices: Answers, rows: Sequence[Row], classes: Sequence[str]) -> float:
    """Return how much the slices around one count: the power with the least log-likelihood lost.

    Each series weighs the same; 0 where none has enough slices.
    """
    volumes, places = volumes_and_places(slices, rows)
    own, near, targets, weights = [], [], [], []
    for seen in slices_to_pool(slices.shown, volumes):
        label = rows[seen[0]].label
        if label == UNKNOWN or label not in classes:
            continue
        own.append(slices.probabilities[seen])
        near.append(neighbour_average(slices.probabilities[seen], slices.shown[seen], places[seen]))
        targets += [classes.index(label)] * len(seen)
        weights += [1 / len(seen)] * len(seen)
    if not own:
        return 0.0
    alone, beside = np.concatenate(own), np.concatenate(near)
    right = np.arange(len(targets)), np.array(targets)
    losses = [log_loss(pooled(alone, beside, power)[right], weights) for power in STACK_POWERS]
    return round(float(STACK_POWERS[int(np.argmin(losses))]), 1)


def _threshold(answers: Answers, classes: Sequence[str]) -> float:
    """Return the family probability that all but `LOST` of the right answers reach.

    It is at least `least_threshold`, and at most the `CEILING` that what is said is capped at.
    Slices that show nothing are no answers.
    """
    counted = (answers.labels != UNKNOWN) & (answers.shown > 0)
    confidence, right = [], []
    for label, row in zip(answers.labels[counted], answers.probabilities[counted], strict=True):
        said = by_class(classes, row)
        family, best = likeliest_known(said)
        # Where unknown leads, no threshold brings the right answer back: it is lost already.
        confidence.append(best if best > said.get(UNKNOWN, 0.0) else 0.0)
        right.append(family == family_of(str(label)))
    kept = threshold_keeping(np.array(confidence), np.array(right, dtype=bool), LOST)
    return min(max(kept, least_threshold(classes)), CEILING)
