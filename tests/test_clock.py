"""Times as files write them."""

from __future__ import annotations

import pytest

from napari_mrseq.clock import day_of, moment

MINUTE_MS = 60_000.0


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("123059.5", "20240102"),
        ("123059.5", "2024.01.02"),
        ("12:30:59.5", "2024-01-02"),
        ("20240102123059.5", ""),
        ("20240102123059.5+0100", ""),
        ("2024-01-02T12:30:59.5Z", ""),
        # A time that holds its date needs no other.
        ("20240102123059.5", "20231231"),
        ("2024-01-02T12:30:59.5", "20231231"),
    ],
)
def test_every_way_to_write_a_time_means_the_same(time: str, day: str) -> None:
    assert moment(time, day) == moment("123059.50", "20240102")


@pytest.mark.parametrize(("eve", "morrow"), [("20240229", "20240301"), ("20231231", "20240101")])
def test_midnight_is_a_moment_between_months_and_years(eve: str, morrow: str) -> None:
    before, after = moment("23:59:00", eve), moment("000100", morrow)
    assert None not in (before, after)
    assert after - before == 2 * MINUTE_MS


@pytest.mark.parametrize("time", ["240000", "995959", "126000", "123061", "24:00:00"])
def test_what_no_clock_shows_is_no_time(time: str) -> None:
    # Of the last of all days it would be one that no calendar has.
    assert moment(time, "99991231") is None
    assert moment("235960", "20161231") is not None
    assert day_of(moment("235959", "99991231")) == "9999-12-31"


def test_a_date_that_is_none_leaves_the_time_of_the_day() -> None:
    assert moment("00:01:30", "unknown") == moment("000130") == 1.5 * MINUTE_MS
    assert moment("noon") is None
