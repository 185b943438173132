"""What scanners write into headers in words of their own, read by `reading` and `header` alike."""

from __future__ import annotations

import re
from collections.abc import Mapping

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

# What an image shows that a scanner computed, as people call it → words of ImageType (0008,0008)
# and FrameType (0008,9007).
QUANTITIES: Mapping[str, tuple[str, ...]] = {
    "water": ("W", "WATER"),
    "fat": ("F", "FAT", "FAT_ONLY", "DIXF"),
    "fat fraction": ("FAT_FRACTION", "FF", "FAT FRACTION", "PDFF"),
    "water fraction": ("WATER_FRACTION",),
    "ADC": ("ADC", "ADC_MAP", "ADC MAP", "ADC_UNSPECIFIED", "DADC"),
    # exp(-b ADC): restricted diffusion is bright in it, as in no ADC.
    "eADC": ("EADC", "EXP_ADC", "EXP"),
    "trace": ("TRACEW", "TRACE", "ISODWI", "DWI_TRACE"),
    # The last is the standard's own (PS3.3, C.8.13.3.1.1).
    "FA": ("FA", "FRACTIONAL_ANISOTROPY", "DTI_FA", "DIFFUSION_ANISO"),
    "PD map": ("PDMAP",),
    "T1 map": ("T1 MAP", "T1_MAP", "T1MAP"),
    "T2 map": ("T2 MAP", "T2_MAP", "T2MAP"),
    # What Philips names no map it calls unspecified, in the 16 letters that a code has.
    "T2* map": ("T2_STAR MAP", "T2STAR_MAP", "T2_STAR_MAP", "T2_STAR_UNSPECIF"),
    "R2 map": ("R2 MAP", "R2_MAP", "R2_UNSPECIFIED"),
    # No image is weighted by a rate, so its name alone will do.
    "R2* map": (
        "R2_STAR MAP", "R2_STAR_MAP", "R2STAR_MAP", "R2_STAR_UNSPECIF", "R2_STAR", "R2STAR",
    ),
    "B0 map": ("B0 MAP", "B0MAP"),
    "field map": ("FIELD MAP", "FIELD_MAP", "FIELDMAP"),
    "B1 map": ("B1 MAP", "B1_MAP", "B1MAP"),
    "CBF": ("CBF", "CBF BASIC"),
    "relCBF": ("RCBF", "RCBF BASIC", "RELCBF"),
    "CBV": ("CBV", "CBV BASIC"),
    "relCBV": ("RCBV", "RCBV BASIC", "RCBVUNCORR", "RELCBV"),
    "corrected CBV": ("CORRECTED_CBV", "RCBVCORR"),
    "MTT": ("MTT", "MTT BASIC"),
    "relMTT": ("RELMTT",),
    "TTP": ("TTP", "TTP BASIC"),
    "Tmax": ("TMAX", "TMAX BASIC"),
    "SWI": ("SWI",),
}  # fmt: skip

# Of a map that was computed from two of them ("ep_b0_1000") neither is its own.
_B_VALUE = re.compile(r"[*_]?(?:ep|re|ez|sms|blade)_?(?:calc_?)?b_?(\d+)(?!\d|_\d)")


def words_for(*quantities: str) -> tuple[str, ...]:
    """Return the words of ImageType that name any of these quantities."""
    return tuple(word for quantity in quantities for word in QUANTITIES[quantity])


def b_value_in_name(name: str) -> float | None:
    """Return the b value that Siemens writes into a sequence's name (``*ep_b1000#3``), s/mm²."""
    match = _B_VALUE.match(name.lower())
    return float(match[1]) if match else None
