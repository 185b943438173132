"""Numbers of a catalogue, as spreadsheets of many countries write them."""

from __future__ import annotations

import math


def whole_number(text: str) -> int:
    """Return a whole number; where a column has gaps, pandas writes 2 as 2.0."""
    number = _number(text)
    if not number.is_integer():
        raise ValueError(f"{text!r} is not whole")
    return int(number)


def counted_place(text: str) -> int:
    """Return a place counted from 0."""
    place = whole_number(text)
    if place < 0:
        raise ValueError(f"slice and volume count from 0, not {text}")
    return place


def place_along(text: str) -> float:
    """Return a place along a stack; in millimetres or slices nothing tells where that ends."""
    place = _number(text)
    if not 0 <= place <= 1:
        raise ValueError(f"position goes from 0 to 1 along the stack, not {text}: leave it empty")
    return place


def _number(text: str) -> float:
    """Return a number, also with a comma for the point."""
    number = float(text.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(f"not {text!r}")
    return number
