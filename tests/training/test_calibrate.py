"""Calibrations of networks whose answers are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_mrseq.decision import CEILING, tempered
from napari_mrseq.training.answers import (
    Answers,
    answer_all_ways,
    joined,
    series_members,
    volumes_and_places,
)
from napari_mrseq.training.calibrate import LOST, calibrate, cross_calibrated, halves
from napari_mrseq.training.cases import cases_by_kind, cases_of
from napari_mrseq.training.catalogue import Row, read_catalogue
from napari_mrseq.training.cross_validation import cross_validated
from napari_mrseq.training.joining import MOST_DENIAL

CLASSES = ("T1", "T2", "UNKNOWN")


def row(number: int, label: str, group: str) -> Row:
    name = f"{number}.png"
    return Row(Path(name), label, group, 0, name, "screenshot", "", None, False, "", "")


def answers(rows: list[Row], probabilities: np.ndarray) -> Answers:
    return Answers(
        labels=np.array([one.label for one in rows]),
        origins=np.array([one.origin for one in rows]),
        probabilities=probabilities,
        positions=np.full(len(rows), np.nan),
        shown=np.ones(len(rows)),
    )


def test_a_network_that_is_always_sure_and_right_names_what_it_sees():
    rows = [row(i, CLASSES[i % 2], f"g{i % 5}") for i in range(40)]
    sure = np.array([np.roll([1 - 2e-9, 1e-9, 1e-9], i % 2) for i in range(40)])
    made = answers(rows, sure)
    fitted = calibrate(made, rows, CLASSES)
    assert fitted.threshold <= CEILING
    assert (cases_of(made, CLASSES, fitted.threshold).said == made.labels).all()
    assert (cases_of(made, CLASSES, fitted.series_threshold).said == made.labels).all()
    # However sure it is of itself, half of the probability is no denial of a header.
    assert fitted.denial <= MOST_DENIAL


def test_slices_and_series_each_get_the_calibration_that_makes_them_honest():
    """Slices that tell of T1 or T2 independently of each other, twice too sure of themselves."""
    rng = np.random.default_rng(0)
    rows, said = [], []
    for number in range(300):
        kind = number % 2
        for place in range(6):
            one = row(number, CLASSES[kind], f"g{number % 25}")
            stack = {"series": f"s{number}", "slice": place, "origin": "dicom"}
            rows.append(replace(one, fold=number % 25 % 5, **stack))
            # Of a normal deviate around -0.9 or 0.9, the log-odds are 1.8 times what is drawn.
            log_odds = 1.8 * rng.normal(0.9 if kind else -0.9)
            said.append(1 / (1 + np.exp(2 * np.array([log_odds, -log_odds, 50]))))
    made = replace(answers(rows, np.array(said)), positions=np.tile(np.linspace(0, 1, 6), 300))
    fitted = calibrate(made, rows, CLASSES)
    assert fitted.temperature == pytest.approx(2, rel=0.1)
    # Evidence of six slices, of which the average makes one.
    assert fitted.series_temperature == pytest.approx(1 / 6, rel=0.3)
    # So the slices around one are worth more than it alone.
    assert fitted.stack_power > 1
    ways = answer_all_ways(
        replace(made, probabilities=tempered(np.log(made.probabilities), fitted.temperature)),
        rows,
        CLASSES,
        fitted,
    )
    for kind, judged in cases_by_kind(ways, CLASSES, fitted).items():
        right = judged.guessed == judged.labels
        lost = (judged.said[right] == "UNKNOWN").mean()
        # Two in a hundred right answers may be lost; those of stacks have the slices' threshold.
        assert kind == "slices in their stack" or lost == pytest.approx(LOST, abs=0.005), kind
    _, figures = cross_validated(made, rows, CLASSES)
    assert figures["slices"]["cases"] == len(rows)
    # Odd MR that looks like what is known must not make a network doubt what it knows.
    odd = [replace(one, label="UNKNOWN", series=f"odd {one.series}") for one in rows]
    theirs = replace(made, labels=np.array([one.label for one in odd]))
    beside = calibrate(joined([made, theirs]), rows + odd, CLASSES)
    for name in ("temperature", "series_temperature", "threshold", "stack_power"):
        assert getattr(beside, name) == pytest.approx(getattr(fitted, name)), name


def test_a_fold_whose_only_class_was_in_no_other_leaves_confidence_as_it_is():
    rows = [row(i, "PD", f"g{i % 2}") for i in range(8)]
    made = answers(rows, np.tile([0.7, 0.2, 0.1], (8, 1)))
    fitted = calibrate(made, rows, CLASSES)
    assert fitted.temperature == fitted.series_temperature == 1
    kinds = cross_calibrated(made, rows, CLASSES, halves(rows))
    assert not (kinds["slices"].guessed == kinds["slices"].labels).any()


@pytest.mark.parametrize("seed", range(8))
def test_of_few_right_answers_none_is_lost(seed):
    """A fold of a user's own may be 20 pictures: two in a hundred of them is none."""
    rng = np.random.default_rng(seed)
    rows = [row(i, CLASSES[i % 2], f"g{i % 5}") for i in range(20)]
    logits = rng.normal(0, 0.6, (20, 3)) + np.array([np.eye(3)[i % 2] * 2.5 for i in range(20)])
    made = answers(rows, tempered(logits, 1.0))
    fitted = calibrate(made, rows, CLASSES)
    warm = replace(made, probabilities=tempered(np.log(made.probabilities), fitted.temperature))
    judged = cases_of(warm, CLASSES, fitted.threshold)
    right = (judged.guessed == judged.labels) & (warm.probabilities.argmax(axis=1) < 2)
    assert right.sum() > 15
    assert (judged.said[right] != "UNKNOWN").all()


def test_what_is_measured_is_named_by_the_threshold_that_others_gave():
    """Folds of sure answers and of doubtful ones: each is judged with what the other one taught."""
    rng = np.random.default_rng(0)
    rows, said = [], []
    for number in range(400):
        fold, kind = number % 2, rng.integers(2)
        rows.append(replace(row(number, CLASSES[kind], f"g{number % 20}"), fold=fold))
        logits = rng.normal(0, 1, 3) + np.eye(3)[kind] * (5, 1.2)[fold]
        said.append(np.exp(logits) / np.exp(logits).sum())
    made = answers(rows, np.array(said))
    _, figures = cross_validated(made, rows, CLASSES)
    doubtful = np.array([one.fold == 1 for one in rows])
    sure = [one for one in rows if one.fold == 0]
    theirs = calibrate(made.subset(~doubtful), sure, CLASSES)
    logs = np.log(made.probabilities[doubtful])
    warm = replace(made.subset(doubtful), probabilities=tempered(logs, theirs.temperature))
    named = cases_of(warm, CLASSES, theirs.threshold).said != "UNKNOWN"
    # The sure ones reach the threshold that the doubtful ones gave.
    assert 0 < named.mean() < 0.9
    assert figures["slices"]["said"]["named"] == pytest.approx((1 + named.mean()) / 2, abs=0.02)


@pytest.mark.parametrize("columns", ["volume", "part"])
def test_stacks_of_two_subjects_are_never_one_series(tmp_path, columns):
    (tmp_path / "c.csv").write_text(
        "path,label,group,volume\nanna.png,T1,anna,1\nben.png,T1,ben,1\n"
        if columns == "volume"
        else "path,slice,label,group,part\nanna.nii,0,T1,anna,phase\nben.nii,0,T1,ben,phase\n"
    )
    rows = read_catalogue(tmp_path / "c.csv")
    assert series_members(rows) == [[0], [1]]
    volumes, _ = volumes_and_places(answers(rows, np.full((2, 3), 1 / 3)), rows)
    assert volumes[0] != volumes[1]
