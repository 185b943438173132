from __future__ import annotations

import json

import jsonschema
import numpy as np
import pytest

from napari_mrseq import classify, load_model
from napari_mrseq.header import HeaderClaim
from napari_mrseq.series import series_from_array
from napari_mrseq.verdict import aggregate, classify_steps, contradicts, decide, join

SURE_T2 = {"T1": 0.01, "T1C": 0.01, "T2": 0.95, "FLAIR": 0.02, "UNKNOWN": 0.01}
TORN_T1 = {"T1": 0.48, "T1C": 0.46, "T2": 0.02, "FLAIR": 0.02, "UNKNOWN": 0.02}
LOST = {"T1": 0.25, "T1C": 0.05, "T2": 0.3, "FLAIR": 0.3, "UNKNOWN": 0.1}


def test_a_sure_network_names_the_sequence():
    decision = decide(SURE_T2, threshold=0.5)
    assert (decision.sequence, decision.resolved) == ("T2", "member")
    assert decision.confidence == pytest.approx(0.95)


def test_two_members_that_cannot_be_told_apart_are_called_by_their_family():
    decision = decide(TORN_T1, threshold=0.5)
    assert (decision.sequence, decision.family, decision.resolved) == ("T1", "T1", "family")
    assert decision.confidence == pytest.approx(0.94)


def test_a_family_split_over_its_members_wins_against_a_single_rival():
    torn = {"T1": 0.3, "T1C": 0.3, "T2": 0.4, "UNKNOWN": 0.0}
    assert decide(torn, threshold=0.5).family == "T1"


def test_below_the_threshold_the_answer_is_unknown():
    decision = decide(LOST, threshold=0.5)
    assert (decision.sequence, decision.resolved) == ("UNKNOWN", "unknown")


def test_what_is_no_known_kind_is_unknown_however_sure():
    assert decide({"T1": 0.1, "UNKNOWN": 0.9}, threshold=0.5).sequence == "UNKNOWN"


def test_a_black_slice_votes_nothing():
    rows = np.array([[0.9, 0.1], [0.01, 0.99]])
    volumes = np.zeros(2)
    joined = aggregate(rows, np.array([0.5, 0.0]), volumes, temperature=1.0)
    assert joined == pytest.approx([0.9, 0.1])


def test_a_stack_of_black_slices_still_gets_a_distribution():
    joined = aggregate(np.array([[0.6, 0.4]]), np.zeros(1), np.zeros(1), temperature=1.0)
    assert joined == pytest.approx([0.6, 0.4])


def test_agreeing_slices_do_not_hide_a_second_contrast_in_another_volume():
    rows = np.array([[0.99, 0.01], [0.99, 0.01], [0.01, 0.99], [0.01, 0.99]])
    joined = aggregate(rows, np.ones(4), np.array([0, 0, 1, 1]), temperature=1.0)
    assert joined == pytest.approx([0.5, 0.5])


def test_a_header_that_agrees_raises_the_confidence():
    unsure = {"T1": 0.2, "T2": 0.7, "FLAIR": 0.1}
    claim = HeaderClaim("T2", 0.85, ("TR 4000 ms, TE 90 ms",))
    assert join(unsure, claim, threshold=0.5).confidence > 0.7
    assert not contradicts(unsure, claim)


def test_a_header_that_contradicts_lowers_the_confidence_and_is_a_conflict():
    claim = HeaderClaim("T1", 0.9, ("TR 500 ms, TE 10 ms",))
    assert contradicts(SURE_T2, claim)
    assert join(SURE_T2, claim, threshold=0.5).confidence < 0.95


def test_an_unsure_network_accuses_no_header():
    assert not contradicts(LOST, HeaderClaim("T1", 0.9))


def test_only_the_header_can_tell_what_pixels_cannot():
    decision = join(SURE_T2, HeaderClaim("FIELDMAP", 0.9), threshold=0.5)
    assert decision.sequence == "FIELDMAP"
    assert not contradicts(SURE_T2, HeaderClaim("FIELDMAP", 0.9))


def test_a_header_without_a_claim_changes_nothing():
    assert join(SURE_T2, HeaderClaim("UNKNOWN", 0.5), 0.5) == decide(SURE_T2, 0.5)
    assert join(SURE_T2, None, 0.5) == decide(SURE_T2, 0.5)


def test_noise_is_unknown_and_its_record_fits_the_schema(schema_file):
    noise = np.random.default_rng(0).normal(size=(6, 64, 80))
    seen = []
    verdict = classify(
        series_from_array(noise, name="noise"),
        load_model(device="cpu"),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert verdict.sequence == "UNKNOWN"
    assert seen[-1] == (6, 6)
    record = verdict.to_dict()
    jsonschema.validate([record], json.loads(schema_file.read_text()))
    assert [entry["index"] for entry in record["slices"]] == list(range(6))
    assert sum(record["probabilities"].values()) == pytest.approx(1, abs=0.002)


def test_a_run_can_be_stopped_between_batches():
    steps = classify_steps(
        series_from_array(np.ones((100, 32, 32)), name="stack"), load_model(device="cpu")
    )
    first = next(steps)
    steps.close()
    assert 0 < first.done < first.total == 100


def test_chosen_slices_of_a_4d_series_keep_their_volume():
    series = series_from_array(np.random.default_rng(1).random((2, 3, 32, 32)), name="4-D")
    verdict = classify(series, load_model(device="cpu"), slices=[1, 4])
    assert [(s.volume, s.index) for s in verdict.slices] == [(0, 1), (1, 1)]


def test_fast_looks_at_a_few_slices_of_each_volume():
    series = series_from_array(np.random.default_rng(1).random((2, 30, 32, 32)), name="4-D")
    verdict = classify(series, load_model(device="cpu"), fast=True)
    assert {s.volume for s in verdict.slices} == {0, 1}
    assert len(verdict.slices) <= 10
