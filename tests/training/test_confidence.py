from __future__ import annotations

import numpy as np
import pytest

from napari_mrseq.decision import tempered
from napari_mrseq.training.confidence import (
    area_under_curve,
    calibration_error,
    error_by_chance,
    fit_temperature,
    threshold_keeping,
)


@pytest.fixture
def truth() -> tuple[np.ndarray, np.ndarray]:
    """Honest log-probabilities of four classes, and classes drawn from them."""
    rng = np.random.default_rng(3)
    logs = np.log(rng.dirichlet([0.4] * 4, size=20_000).clip(1e-9))
    return logs, np.array([rng.choice(4, p=np.exp(row) / np.exp(row).sum()) for row in logs])


def test_an_overconfident_network_is_cooled_to_honesty(truth):
    logs, targets = truth
    temperature = fit_temperature(logs * 3, targets, np.ones(len(targets)))
    assert temperature == pytest.approx(3, rel=0.1)
    honest = tempered(logs * 3, temperature)
    boastful = tempered(logs * 3, 1.0)

    def error(probabilities: np.ndarray) -> float:
        return calibration_error(probabilities.max(axis=1), probabilities.argmax(axis=1) == targets)

    assert error(honest) < 0.02 < error(boastful)


def test_few_honest_answers_look_dishonest_by_chance_and_many_do_not():
    rng = np.random.default_rng(4)
    confidence = rng.uniform(0.3, 1.0, 100_000)
    few = confidence[:300]
    found = [calibration_error(few, rng.random(300) < few) for _ in range(50)]
    assert error_by_chance(few) == pytest.approx(np.mean(found), rel=0.1)
    assert error_by_chance(confidence) < 0.005 < 0.03 < error_by_chance(few)


def test_the_threshold_loses_no_more_right_answers_than_allowed():
    rng = np.random.default_rng(1)
    confidence, right = rng.random(5000), rng.random(5000) < 0.7
    threshold = threshold_keeping(confidence, right, lost=0.02)
    assert (confidence[right] < threshold).mean() == pytest.approx(0.02, abs=0.002)


@pytest.mark.parametrize("count", [1, 10, 40, 60, 300])
def test_of_few_right_answers_no_larger_share_is_lost(count):
    confidence = np.random.default_rng(count).random(count)
    threshold = threshold_keeping(confidence, np.ones(count, dtype=bool), lost=0.02)
    assert (confidence < threshold).mean() <= 0.02


def test_the_area_counts_pairs_in_the_right_order():
    rng = np.random.default_rng(2)
    scores, positive = rng.integers(0, 9, 60), rng.random(60) < 0.4
    pairs = [(a > b) + (a == b) / 2 for a in scores[positive] for b in scores[~positive]]
    assert area_under_curve(scores, positive) == pytest.approx(np.mean(pairs))
