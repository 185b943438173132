"""The join of pixels and header, fitted on answers whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_mrseq.conflict import support
from napari_mrseq.sequences import family_of
from napari_mrseq.training.answers import Answers
from napari_mrseq.training.joining import ACCUSED, fit_join

CLASSES = ("T1", "T1C", "T2", "FLAIR", "UNKNOWN")


def answers(sharpness: float, count: int = 600) -> Answers:
    """Answers of a network that is right as often as it says, then made softer or sharper."""
    rng = np.random.default_rng(0)
    honest = rng.dirichlet([0.3] * 4, count)
    labels = np.array([CLASSES[rng.choice(4, p=row)] for row in honest])
    said = honest.clip(1e-6) ** sharpness
    said = np.column_stack([said / said.sum(axis=1, keepdims=True), np.zeros(count)])
    ones = np.ones(count)
    return Answers(labels, np.array(["dicom"] * count), said, ones, ones)


def test_soft_answers_are_sharpened_and_sharp_ones_softened() -> None:
    soft, fair, sharp = (fit_join(answers(s), CLASSES)["join_power"] for s in (0.5, 1.0, 1.6))
    assert soft > fair > sharp
    assert fair == pytest.approx(1.0, abs=0.25)


def test_no_more_honest_headers_are_accused_than_allowed() -> None:
    made = answers(1.0)
    denial = fit_join(made, CLASSES)["denial"]
    said = [dict(zip(CLASSES, row, strict=True)) for row in made.probabilities]
    honest = [support(row, family_of(label)) for row, label in zip(said, made.labels, strict=True)]
    assert 0 < np.mean(np.array(honest) < denial) <= ACCUSED


def test_a_family_that_the_network_often_misses_is_denied_less_readily() -> None:
    made = answers(1.0)
    blind = made.probabilities.copy()
    flair = made.labels == "FLAIR"
    blind[flair] = blind[flair] * (1, 1, 1, 0.01, 1) + (0.3, 0, 0, 0, 0)
    blind /= blind.sum(axis=1, keepdims=True)
    fitted = fit_join(replace(made, probabilities=blind), CLASSES)
    assert fitted["denials"]["FLAIR"] < fitted["denial"] < fitted["denials"]["T1"]


def test_a_family_is_claimed_by_the_member_that_a_network_knows() -> None:
    made = answers(1.0)
    plain = ("T1", "T2", "FLAIR", "UNKNOWN")
    said = np.column_stack([made.probabilities[:, :2].sum(axis=1), made.probabilities[:, 2:]])
    labels = np.where(made.labels == "T1C", "T1", made.labels)
    by_plain = fit_join(replace(made, labels=labels, probabilities=said), plain)
    labels = np.where(labels == "T1", "T1C", labels)
    by_other = fit_join(replace(made, labels=labels, probabilities=said), ("T1C", *plain[1:]))
    assert by_other == by_plain
