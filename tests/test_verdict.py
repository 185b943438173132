"""What a verdict says of a series, in the words and numbers of its record."""

from __future__ import annotations

import dask.array as da
import pytest

from napari_mrseq.decision import Decision
from napari_mrseq.header import HeaderClaim
from napari_mrseq.series import Failure, Series
from napari_mrseq.verdict import SliceVerdict, Verdict

T2 = Decision("T2", 0.9, "member")


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


def test_a_file_of_several_lost_slices_is_lost_once() -> None:
    assert [one.path for one in verdict(torn=("a/1", "a/1", "a/2")).unread] == ["a/1", "a/2"]


@pytest.mark.parametrize(
    ("spacing", "told"),
    [
        ((5.0, 0.1 + 0.2, 0.3), [5.0, 0.3, 0.3]),
        ((1.23e-9, 0.5, 0.5), [1.23e-9, 0.5, 0.5]),
        (None, None),
    ],
)
def test_distances_are_told_without_noise_and_none_is_nothing(spacing, told) -> None:
    assert verdict(spacing=spacing).to_dict()["spacing_mm"] == told
