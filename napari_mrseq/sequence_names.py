"""What scanners write into the names of sequences."""

from __future__ import annotations

import re

# Of a map that was computed from two of them ("ep_b0_1000") neither is its own.
_B_VALUE = re.compile(r"[*_]?(?:ep|re|ez|sms)_?(?:calc_?)?b_?(\d+)(?!\d|_\d)")


def b_value_in_name(name: str) -> float | None:
    """Return the b value that Siemens writes into a sequence's name (``*ep_b1000#3``), s/mm²."""
    match = _B_VALUE.match(name.lower())
    return float(match[1]) if match else None
