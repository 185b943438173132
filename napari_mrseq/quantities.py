"""What an image shows that a scanner computed, in the words makers write into ImageType for it."""

from __future__ import annotations

from collections.abc import Mapping

# Quantity, as people call it → words of ImageType (0008,0008) and FrameType (0008,9007).
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


def words_for(*quantities: str) -> tuple[str, ...]:
    """Return the words of ImageType that name any of these quantities."""
    return tuple(word for quantity in quantities for word in QUANTITIES[quantity])
