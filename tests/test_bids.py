"""Sidecars as the command line and the panel write them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from napari_mrseq import classify, load_model, read
from napari_mrseq.bids import sidecars_of, write_sidecars


@pytest.mark.parametrize(
    "descriptions",
    [("t1_mprage_", "t1_mprage_"), ("t1 mprage", "t1 mprage__"), ("t1__2", "t1"), ("t1", "t1/")],
)
def test_no_sidecar_takes_the_place_of_another(sample_study, tmp_path, descriptions):
    verdict = classify(read(sample_study / "t1_fl2d_sag")[0], load_model(device="cpu"), fast=True)
    verdicts = [
        replace(verdict, series=replace(verdict.series, description=words))
        for words in descriptions
    ]
    written = write_sidecars(sidecars_of(verdicts), tmp_path)
    held = [json.loads(file.read_text())["mrseq"]["description"] for file in written]
    assert held == list(descriptions)
