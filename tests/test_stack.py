"""Slices of one stack speak for each other, and only where they should."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mrseq.stack import OWN_POWER, pool_slices

CLASSES = ("T1", "T2", "FLAIR", "UNKNOWN")
POWER = 1.2


def showing(code: str, probability: float) -> np.ndarray:
    """Return a slice that shows one sequence, the rest spread over the others."""
    rest = (1 - probability) / (len(CLASSES) - 1)
    return np.array([probability if one == code else rest for one in CLASSES])


def said(
    rows: list[np.ndarray],
    *,
    weights: list[float] | None = None,
    volumes: list[int] | None = None,
    stack_power: float = POWER,
) -> list[tuple[str, float]]:
    """Return the likeliest class of each slice of a stack, and its probability."""
    count = len(rows)
    together = pool_slices(
        np.array(rows),
        np.array(weights or [1.0] * count),
        np.array(volumes or [0] * count),
        np.linspace(0, 1, count),
        CLASSES,
        stack_power,
    )
    assert together.sum(axis=1) == pytest.approx(1.0)
    return [(CLASSES[row.argmax()], float(row.max())) for row in together]


def codes(answers: list[tuple[str, float]]) -> list[str]:
    return [code for code, _ in answers]


def test_the_poor_ends_of_a_stack_are_what_its_middle_is():
    ends = [showing("T1", 0.4), showing("UNKNOWN", 0.4)]
    answers = said(
        [*ends, *[showing("T2", 0.9)] * 16, *ends], weights=[0.1] * 2 + [1] * 16 + [0.1] * 2
    )
    assert codes(answers) == ["T2"] * 20


def test_an_end_is_less_sure_than_the_middle():
    answers = said([showing("T1", 0.5), showing("T1", 0.5), *[showing("T2", 0.9)] * 14])
    assert answers[0][1] < answers[8][1]


def test_a_slice_that_is_sure_of_another_sequence_keeps_its_word():
    odd = showing("T1", 0.95)
    answers = said([*[showing("T2", 0.9)] * 8, odd, *[showing("T2", 0.9)] * 8])
    assert answers[8] == ("T1", pytest.approx(0.95))
    assert codes(answers[:8] + answers[9:]) == ["T2"] * 16


def test_a_sure_slice_that_agrees_with_its_stack_is_surer_for_it():
    answers = said([*[showing("T2", 0.99)] * 8, showing("T2", 0.92), *[showing("T2", 0.99)] * 8])
    assert answers[8][1] > 0.95


def test_a_strange_picture_in_a_stack_stays_unknown():
    answers = said([*[showing("T2", 0.9)] * 8, showing("UNKNOWN", 0.93)])
    assert answers[-1][0] == "UNKNOWN"


def test_the_last_slice_of_a_head_is_not_strange_because_little_is_left_of_it():
    answers = said(
        [*[showing("T2", 0.9)] * 8, showing("UNKNOWN", 0.93)], weights=[1.0] * 8 + [0.05]
    )
    assert codes(answers) == ["T2"] * 9


def test_a_stack_put_together_from_two_halves_is_told_apart():
    halves = [showing("T1", 0.8)] * 10 + [showing("FLAIR", 0.8)] * 10
    assert codes(said(halves)) == ["T1"] * 10 + ["FLAIR"] * 10


def test_a_slice_that_shows_nothing_is_not_named_by_its_neighbours():
    blank = np.full(len(CLASSES), 1 / len(CLASSES))
    answers = said([blank, *[showing("T2", 0.9)] * 8], weights=[0.0] + [1.0] * 8)
    assert answers[0][1] == pytest.approx(1 / len(CLASSES))


def test_volumes_of_a_4_d_series_do_not_hear_each_other():
    rows = [showing("FLAIR", 0.7), showing("T2", 0.7)] * 5
    # Each place is there in both volumes: heard together, none would be sure.
    assert all(sure < 0.7 for _, sure in said(rows))
    apart = said(rows, volumes=[0, 1] * 5)
    assert codes(apart) == ["FLAIR", "T2"] * 5
    assert all(sure > 0.8 for _, sure in apart)


def test_a_neighbour_counts_more_than_what_is_far_away():
    rows = [showing("T1", 0.8)] * 5 + [showing("FLAIR", 0.8)] * 15
    answers = said(rows)
    # One word for all would be FLAIR.
    assert codes(answers[:3]) == ["T1"] * 3


def test_a_slice_has_a_word_of_its_own_beside_that_of_its_stack():
    rows = [showing("T2", 0.6) for _ in range(9)]
    rows[4] = showing("T1", 0.85)
    assert said(rows)[4][1] < said(rows)[3][1]
    assert codes(said(rows)) == ["T2"] * 9


def test_a_volume_of_thousands_is_held_together_as_a_small_one_is():
    few = said([showing("T1", 0.8)] * 20 + [showing("FLAIR", 0.8)] * 20)
    many = said([showing("T1", 0.8)] * 700 + [showing("FLAIR", 0.8)] * 700)
    assert codes(many) == ["T1"] * 700 + ["FLAIR"] * 700
    assert many[0][1] == pytest.approx(few[0][1], abs=0.01)


def test_every_unsure_slice_of_a_volume_of_thousands_is_what_the_others_are():
    rows = [showing("T1", 0.6) if number % 2 else showing("T2", 0.9) for number in range(1200)]
    assert codes(said(rows)) == ["T2"] * 1200


def test_three_planes_of_a_localizer_are_judged_each_alone():
    planes = [showing("T1", 0.6), showing("T2", 0.6), showing("T1", 0.6)]
    assert said(planes) == [
        ("T1", pytest.approx(0.6)),
        ("T2", pytest.approx(0.6)),
        ("T1", pytest.approx(0.6)),
    ]


def test_four_slices_are_a_stack():
    assert codes(said([showing("T1", 0.4), *[showing("T2", 0.9)] * 3])) == ["T2"] * 4


def test_slices_that_agree_are_joined_in_a_logarithmic_pool():
    (_, sure), *_ = said([showing("T2", 0.6)] * 9)
    odds = (0.6 / (0.4 / 3)) ** (OWN_POWER + POWER)
    assert sure == pytest.approx(odds / (odds + 3))


def test_a_model_that_was_not_fitted_to_stacks_judges_each_slice_alone():
    rows = [showing("T1", 0.5), *[showing("T2", 0.9)] * 5]
    assert said(rows, stack_power=0.0)[0] == ("T1", pytest.approx(0.5))
