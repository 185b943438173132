"""What a verdict says of a series, in the words and numbers of its record."""

from __future__ import annotations

from dataclasses import replace

import dask.array as da
import pytest

from napari_mrseq.correction import Correction
from napari_mrseq.decision import Decision
from napari_mrseq.header import HeaderClaim
from napari_mrseq.naming import CONFLICT_MARK, UNSURE
from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.series import Failure, Series
from napari_mrseq.slice_verdict import SliceVerdict
from napari_mrseq.verdict import Verdict

T2 = Decision("T2", 0.9, "member")
NO_NAME = Decision(UNKNOWN, 0.1, "unknown")


def verdict(
    *,
    header: HeaderClaim | None = None,
    spacing: tuple[float, float, float] | None = None,
    torn: tuple[str, ...] = (),
) -> Verdict:
    """Return the verdict on five slices, of which those of some files could not be decoded."""
    lost = dict(enumerate(Failure(path, "torn") for path in torn))
    slices = tuple(
        SliceVerdict(
            index, 0, None, T2, {"T2": 1.0}, float(index not in lost), None, None, lost.get(index)
        )
        for index in range(5)
    )
    series = Series(path="a", files=("a/1",), pixels=da.zeros((5, 8, 8)), spacing=spacing)
    return Verdict(series, T2, {"T2": 1.0}, T2, header, False, slices, {})


def test_what_the_header_leaves_in_doubt_is_a_warning_of_the_record() -> None:
    doubted = HeaderClaim("T1C", 0.9, warnings=("the protocol says without agent",))
    assert "the protocol says without agent" in verdict(header=doubted).to_dict()["warnings"]


@pytest.mark.parametrize("count", [2, 5])
def test_slices_that_could_not_be_read_are_counted_and_the_first_cause_is_told(count: int) -> None:
    torn = tuple(f"a/{number}" for number in range(1, count + 1))
    (told,) = verdict(torn=torn).to_dict()["warnings"]
    assert told.startswith(f"{count} slices could not be read")
    assert "a/1" in told


def test_a_lost_slice_is_told_with_its_volume() -> None:
    lost = replace(verdict(torn=("a/1",)).slices[0], index=1, volume=2)
    series = replace(verdict().series, pixels=da.zeros((3, 5, 8, 8)))
    (told,) = replace(verdict(), series=series, slices=(lost,)).warnings
    assert told.startswith("slice 2 of volume 3 could not be read")


def test_a_file_of_several_lost_slices_is_lost_once() -> None:
    assert [one.path for one in verdict(torn=("a/1", "a/1", "a/2")).unread] == ["a/1", "a/2"]


@pytest.mark.parametrize(
    ("spacing", "told"),
    [
        ((5.0, 0.1 + 0.2, 0.48828125), [5.0, 0.3, 0.488281]),
        ((1.23e-9, 0.5, 0.5), [1.23e-9, 0.5, 0.5]),
        (None, None),
    ],
)
def test_distances_are_told_without_noise_and_none_is_nothing(spacing, told) -> None:
    assert verdict(spacing=spacing).to_dict()["spacing_mm"] == told


@pytest.mark.parametrize(
    ("decision", "conflict", "overruled", "mark"),
    [
        (Decision("T2", 0.8, "member"), False, None, ""),
        (Decision("T2", 0.79, "member"), False, None, UNSURE),
        # A conflict is told before a doubt.
        (Decision("T2", 0.5, "member"), True, None, CONFLICT_MARK),
        (Decision("T2", 0.9, "member"), True, None, CONFLICT_MARK),
        # No name, or a person's, is in no doubt.
        (Decision(UNKNOWN, 0.3, "unknown"), False, None, ""),
        (Decision("T1", 0.5, "member"), False, T2, ""),
    ],
)
def test_a_mark_stands_beside_a_name_that_is_not_to_be_relied_on(
    decision: Decision, conflict: bool, overruled: Decision | None, mark: str
) -> None:
    marked = replace(verdict(), decision=decision, conflict=conflict, overruled=overruled)
    assert marked.mark == mark


@pytest.mark.parametrize(
    ("decision", "header", "is_mr", "shape", "mark"),
    [
        (T2, HeaderClaim("T2", 0.9), True, (5, 80, 80), "▲ header only"),
        (T2, HeaderClaim("T2", 0.9), True, (5, 8, 8), "▲ header only"),
        (NO_NAME, HeaderClaim(UNKNOWN, 0.1), True, (5, 80, 80), "▲ can't tell"),
        (NO_NAME, None, True, (5, 8, 8), "▲ too small"),
        # What the file says of itself is told before what it shows.
        (NO_NAME, HeaderClaim(UNKNOWN, 0.95), False, (5, 80, 80), "▲ not MR"),
        (
            Decision("OTHER", 0.98, "member"),
            HeaderClaim("OTHER", 0.98),
            False,
            (5, 8, 8),
            "▲ no scan",
        ),
    ],
)
def test_the_mark_of_a_series_that_shows_nothing_says_why_no_pixels_name_it(
    decision: Decision, header: HeaderClaim, is_mr: bool, shape: tuple[int, ...], mark: str
) -> None:
    black = tuple(replace(one, weight=0.0) for one in verdict().slices)
    series = replace(verdict().series, pixels=da.zeros(shape), is_mr=is_mr)
    blank = replace(verdict(header=header), series=series, slices=black, decision=decision)
    assert blank.to_dict()["mark"] == mark
    corrected = replace(blank, overruled=decision)
    assert corrected.mark == ""


@pytest.mark.parametrize(
    ("conflict", "remarks", "doubted"),
    [(True, (), True), (False, (), False), (True, ("the header appears to be swapped",), False)],
)
@pytest.mark.parametrize("claimed", ["T2", "LOCALIZER", UNKNOWN])
def test_a_description_is_doubted_in_a_conflict_that_nothing_else_explains(
    claimed: str, conflict: bool, remarks: tuple[str, ...], doubted: bool
) -> None:
    misnamed = verdict(header=HeaderClaim(claimed, 0.9, named=("T1",)))
    told = replace(
        misnamed, probabilities={"T2": 0.98, "T1": 0.02}, conflict=conflict, remarks=remarks
    )
    assert any("description says T1" in words for words in told.warnings) is doubted


@pytest.mark.parametrize(
    ("kind", "shape", "told"),
    [
        (
            "layer",
            (5, 8, 8),
            "slices of 8 × 8 pixels are too small to judge; is the first axis that of the slices?",
        ),
        ("layer", (1, 8, 8), "slices of 8 × 8 pixels are too small to judge"),
        ("picture", (5, 8, 80), "slices of 8 × 80 pixels are too small to judge"),
        ("layer", (5, 80, 80), "no slice shows anything that could be judged"),
    ],
)
def test_what_shows_nothing_is_told_with_what_may_be_the_cause(
    kind: str, shape: tuple[int, ...], told: str
) -> None:
    black = tuple(replace(one, weight=0.0) for one in verdict().slices)
    series = replace(verdict().series, kind=kind, pixels=da.zeros(shape))
    (warning,) = replace(verdict(), series=series, slices=black).warnings
    assert warning == told


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (0, 4, "corrected by the user: PD, was T2 90%"),
        (1, 2, "corrected by the user: PD, slices 2 to 3"),
        (0, 3, "corrected by the user: PD, slices 1 to 4"),
    ],
)
def test_a_correction_is_told_with_what_it_stands_for(first: int, last: int, told: str) -> None:
    said = Correction(first, last, "PD")
    corrected = replace(verdict(), corrections=(said,), overruled=T2)
    assert corrected.to_dict()["warnings"][-1] == told
    assert corrected.to_dict()["correction"]["machine"]["sequence"] == "T2"


def test_the_record_of_a_slice_holds_what_it_says_alone_and_what_is_wrong_with_it() -> None:
    torn = verdict(torn=("a/1",)).slices[0]
    alone = replace(torn, decision=Decision("PD", 0.41236, "member"))
    entry = replace(torn, judged_alone=alone, overruled=T2).to_dict()
    assert entry["alone"] == {"sequence": "PD", "confidence": 0.4124}
    assert (entry["error"], entry["corrected"]) == ("a/1: torn", True)
    assert not {"alone", "error", "corrected"} & verdict().slices[0].to_dict().keys()
    assert replace(torn, judged_alone=alone).without_stack is alone
