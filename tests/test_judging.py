from __future__ import annotations

import json

import jsonschema
import numpy as np
import pytest

from napari_mrseq import classify, load_model
from napari_mrseq.judging import classify_steps
from napari_mrseq.series import series_from_array


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
