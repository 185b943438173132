"""The words on screen: where a slice is, which slices are meant, what else it may be."""

from __future__ import annotations

from dataclasses import replace

import dask.array as da
import pytest

from napari_mrseq.decision import Decision
from napari_mrseq.header import HeaderClaim
from napari_mrseq.series import Series, VolumeAxis
from napari_mrseq.viewer.wording import (
    basis_words,
    causes_words,
    evidence_words,
    header_words,
    runners_up,
    runs_words,
    sentence,
    shortened,
    slice_words,
    witness_words,
)


def stack(*shape: int, **known: object) -> Series:
    return Series(path="a", files=("a",), pixels=da.ones((*shape, 8, 8)), **known)


def test_the_volume_of_a_diffusion_series_is_said_with_its_b_value() -> None:
    series = stack(2, 3, volume_axis=VolumeAxis("b value", "s/mm²", (0.0, 1000.0)))
    assert slice_words(series, 4) == "slice 2 of 3, volume 2 of 2 (b value 1000 s/mm²)"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (6, "slices 1, 3, 5, 7, 9 and 11"),
        (7, "slices 1, 3, 5, 7, 9, 11 and one more"),
        (9, "slices 1, 3, 5, 7, 9, 11 and 3 more slices"),
    ],
)
def test_of_many_slices_apart_the_first_are_named_and_the_rest_counted(
    count: int, words: str
) -> None:
    assert runs_words(stack(20), [(2 * one, 2 * one) for one in range(count)]) == words


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        ({"T1": 0.9, "T2": 0.06, "FLAIR": 0.04}, "then T2\u00a06 %, T2-FLAIR\u00a04 %"),
        ({"T1": 0.93, "T2": 0.069, "FLAIR": 0.001}, "then T2\u00a07 %"),
        ({"T1": 0.998, "T2": 0.001, "FLAIR": 0.001}, "nothing else comes close"),
        # The pixels speak for another sequence.
        (
            {"T1": 0.3, "T2": 0.6, "FLAIR": 0.1},
            "slice by pixels alone: T2\u00a060 %, T1\u00a030 %, T2-FLAIR\u00a010 %",
        ),
    ],
)
def test_the_next_best_are_named_that_come_near(
    probabilities: dict[str, float], words: str
) -> None:
    assert runners_up(probabilities, "T1", "slice") == words


def test_pixels_that_contradict_the_header_without_a_name_are_said_to_tell_nothing(
    make_verdict,
) -> None:
    verdict = make_verdict(stack(3), ["T1"] * 3, header=HeaderClaim("FLAIR", 0.9))
    silent = replace(
        verdict,
        decision=Decision("FLAIR", 0.9, "member"),
        pixels=Decision("UNKNOWN", 0.4, "unknown"),
    )
    assert witness_words(silent) == "Header says T2-FLAIR. The pixels alone don't say."


def test_of_a_series_of_one_slice_no_all_is_said(make_verdict) -> None:
    assert basis_words(make_verdict(stack(1), ["T1"])) == "one slice"


def test_a_heat_map_is_said_to_show_the_word_of_the_pixels_not_of_the_header() -> None:
    assert evidence_words("T2", 0.71) == "Bright areas speak for T2 by the pixels alone, 71 %"
    unknown = "Bright areas speak for no sequence that this model knows, 82 %"
    assert evidence_words("UNKNOWN", 0.82) == unknown


def test_what_the_header_says_is_said_with_all_its_evidence() -> None:
    evidence = 'description says "fmri", echo planar (EP)', "TE 29 ms ≥ 20 ms"
    said = 'Header says BOLD / T2* EPI: description says "fmri", echo planar (EP), TE 29 ms ≥ 20 ms'
    assert header_words(HeaderClaim("BOLD", 0.95, evidence)) == said


@pytest.mark.parametrize(("count", "last"), [(4, "No file."), (5, "1 more: see the Study tab.")])
def test_the_first_cause_that_is_not_said_is_counted(count: int, last: str) -> None:
    assert causes_words(["No file"] * count)[-1] == last


def test_what_is_still_under_way_ends_without_a_stop() -> None:
    words = "Looking…", "Copied", "Copied."
    assert [*map(sentence, words)] == ["Looking…", "Copied.", "Copied."]


def test_a_name_that_fits_is_not_shortened() -> None:
    assert shortened("t1_se_tra", 9) == "t1_se_tra"
    assert shortened("t1_se_tra2", 9) == "t1_s…tra2"
