"""Verdicts as a person corrected them."""

from __future__ import annotations

import csv
import io

import dask.array as da
import pytest

from napari_mrseq.correction import Correction
from napari_mrseq.decision import Decision
from napari_mrseq.header import HeaderClaim
from napari_mrseq.report import to_csv
from napari_mrseq.series import Series
from napari_mrseq.slice_verdict import SliceVerdict
from napari_mrseq.verdict import Verdict

T2 = Decision("T2", 0.9, "member")
LAST = 9


def verdict(*, header: HeaderClaim | None = None, conflict: bool = False) -> Verdict:
    """Return the verdict on two volumes of five slices, of which every other was looked at."""
    slices = tuple(
        SliceVerdict(index, volume, None, T2, {"T2": 1.0}, 1.0)
        for volume in (0, 1)
        for index in (0, 2, 4)
    )
    series = Series(path="a", files=("a/1",), pixels=da.zeros((2, 5, 8, 8)))
    return Verdict(series, T2, {"T2": 1.0}, T2, header, conflict, slices, {})


def told(judged: Verdict) -> list[str]:
    return [one.sequence for one in judged.slices]


def test_some_slices_are_corrected_alone_and_the_later_word_counts() -> None:
    corrected = verdict().corrected([Correction(2, 7, "T1"), Correction(5, 6, "FLAIR")])
    assert told(corrected) == ["T2", "T1", "T1", "FLAIR", "T1", "T2"]
    assert corrected.decision == T2
    record = corrected.to_dict()
    assert [("corrected" in one) for one in record["slices"]] == [False, *[True] * 4, False]
    assert record["correction"]["machine"]["sequence"] == "T2"
    _, *rows = csv.DictReader(io.StringIO(to_csv([record]).decode()))
    assert [row["slice_corrected"] for row in rows] == ["", *["true"] * 4, ""]
    first, second = record["warnings"]
    assert first.endswith("slice 3 of volume 1 to slice 3 of volume 2")
    assert second.endswith("slices 1 to 2 of volume 2")


def test_a_word_on_all_slices_is_the_word_on_the_series() -> None:
    corrected = verdict().corrected([Correction(5, 6, "FLAIR"), Correction(0, LAST, "T1")])
    assert told(corrected) == ["T1"] * 6
    assert corrected.decision == Decision("T1", 1.0, "member")
    assert corrected.to_dict()["correction"]["machine"]["confidence"] == 0.9
    assert "corrected by the user: T1, was T2 90%" in corrected.to_dict()["warnings"]
    # All but one slice is not all.
    assert verdict().corrected([Correction(1, LAST, "T1")]).decision == T2
    assert verdict().corrected([Correction(0, LAST - 1, "T1")]).decision == T2


def test_what_a_user_calls_unknown_is_recorded_as_that() -> None:
    record = verdict().corrected([Correction(0, LAST, "UNKNOWN")]).to_dict()
    assert (record["sequence"], record["resolved"]) == ("UNKNOWN", "unknown")
    assert record["correction"]["machine"]["resolved"] == "member"


@pytest.mark.parametrize(
    ("corrections", "series"),
    [
        ([Correction(0, 4, "T1"), Correction(5, LAST, "T1")], "T1"),
        ([Correction(0, 4, "T1"), Correction(5, LAST, "FLAIR")], "T2"),
        ([Correction(0, LAST, "FLAIR"), Correction(0, 4, "T1")], "FLAIR"),
        ([Correction(0, LAST, "FLAIR"), Correction(0, 4, "T1"), Correction(5, LAST, "T1")], "T1"),
    ],
)
def test_one_word_on_all_slices_one_after_another_is_that_on_the_series(
    corrections: list[Correction], series: str
) -> None:
    assert verdict().corrected(corrections).sequence == series


@pytest.mark.parametrize(
    ("header", "conflict", "accused"),
    [("T1", True, False), ("T1C", True, False), ("FLAIR", True, True), ("T2", False, False)],
)
def test_a_user_ends_a_conflict_by_agreeing_with_the_header_and_starts_none(
    header: str, conflict: bool, accused: bool
) -> None:
    judged = verdict(header=HeaderClaim(header, 0.9), conflict=conflict)
    assert judged.corrected([Correction(0, LAST, "T1")]).conflict is accused


def test_where_there_is_no_header_a_user_contradicts_none() -> None:
    assert not verdict().corrected([Correction(0, LAST, "T1")]).conflict
