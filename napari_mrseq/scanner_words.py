"""What scanners write into headers in words of their own, read by `reading` and `header` alike."""

from __future__ import annotations

import re

# In ImageType, where fat and water add up in an image, or cancel each other.
IN_PHASE = ("IP", "IN_PHASE", "INPHASE", "IN PHASE")
OPPOSED_PHASE = (
    "OP", "OUT_PHASE", "OUTPHASE", "OUT PHASE", "OUT_OF_PHASE", "OPP_PHASE", "OPPOSED_PHASE",
    "OPPOSED PHASE",
)  # fmt: skip

# Which part of the complex signal an image shows: GE's private element and its codes in their
# order; Philips' and its letters.
GE_COMPONENT = (0x0043, 0x102F)
GE_COMPONENTS = ("magnitude", "phase", "real", "imaginary")
PHILIPS_COMPONENT = (0x2005, 0x1011)
LETTERS = {"M": "magnitude", "P": "phase", "R": "real", "I": "imaginary"}
# What GE's flag stands for (dcm2niix issues 574 and 690): images that diffusion weights, or that
# their series begins with, and what is computed of them.
GE_KIND = (0x0043, 0x1030)
GE_DIFFUSION = frozenset({14, 15, 16, 43, 44, 45, 46})
GE_UNWEIGHTED = 14
GE_MAPS = {17: "eADC", 18: "FA", 19: "trace", 20: "ADC"}

# Of a map that was computed from two of them ("ep_b0_1000") neither is its own.
_B_VALUE = re.compile(r"[*_]?(?:ep|re|ez|sms|blade)_?(?:calc_?)?b_?(\d+)(?!\d|_\d)")


def b_value_in_name(name: str) -> float | None:
    """Return the b value that Siemens writes into a sequence's name (``*ep_b1000#3``), s/mm²."""
    match = _B_VALUE.match(name.lower())
    return float(match[1]) if match else None
