"""How series and slices are called for people."""

from __future__ import annotations

import pytest

from napari_mrseq.naming import natural_key, run_words, runs_of, title_of


@pytest.mark.parametrize(
    ("series", "title"),
    [
        ((4, "t1_vibe_dixon", "study/4", "water"), "4 t1_vibe_dixon (water)"),
        ((None, "t1", "study/4", None), "t1"),
        ((0, None, "study/4", None), "0"),
        ((None, None, "study/4.png", None), "study/4.png"),
    ],
)
def test_a_series_is_called_by_number_and_description_else_by_its_path(series, title) -> None:
    assert title_of(*series) == title


@pytest.mark.parametrize(
    ("first", "last", "shape", "words"),
    [
        (2, 4, (20, 8, 8), "slices 3 to 5"),
        (1, 1, (20, 8, 8), "slice 2"),
        (6, 6, (2, 5, 8, 8), "slice 2 of volume 2"),
        (5, 9, (2, 5, 8, 8), "slices 1 to 5 of volume 2"),
        (3, 6, (2, 5, 8, 8), "slice 4 of volume 1 to slice 2 of volume 2"),
    ],
)
def test_slices_are_counted_from_one_within_their_volume(first, last, shape, words) -> None:
    assert run_words(first, last, shape) == words


def test_neighbours_are_one_run_in_whatever_order_they_were_chosen() -> None:
    assert runs_of([9, 4, 3, 5, 4, 7]) == [(3, 5), (7, 7), (9, 9)]
    assert runs_of([]) == []


@pytest.mark.parametrize(
    "names",
    [
        ["sub-2", "sub-10", "sub-11"],
        ["2", "10", "a", "a2", "a10", "ab"],
        ["1.2.840.9", "1.2.840.10", "1.2.840.10008.5", f"1.2.840.{'9' * 30}"],
        ["01", "1", "02", "2"],
        ["scan", "scan1", "scan1b", "scan01c", "scanner"],
    ],
)
def test_numbers_in_names_are_in_order_from_wherever_they_start(names) -> None:
    assert sorted(names, key=natural_key) == sorted(reversed(names), key=natural_key) == names
