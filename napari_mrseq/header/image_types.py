"""What scanners write into ImageType and FrameType of images that they compute, by kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from napari_mrseq.scanner_words import IN_PHASE, OPPOSED_PHASE, words_for

NO_PICTURE = ("Raw Data", "Spectroscopy", "Presentation State", "SR Storage", "Segmentation")
SCREEN = ("SCREEN SAVE", "SCREENSAVE", "REPORT", "GRAPH", "MR ERROR MESSAGE", "ERROR_MAP")
PHASE = ("P", "PHASE", "PHASE MAP", "P_FFE", "P_SE", "P_IR", "SW_P_FFE", "P_PCA", "VELOCITY MAP")
REAL = ("R", "REAL", "R_FFE", "R_SE", "R_IR")
IMAGINARY = ("I", "IMAGINARY", "I_FFE", "I_SE", "I_IR")
FIELD_MAP = words_for("B0 map", "field map")
# A field map too, but beside diffusion the image without weighting: converters split TENSOR_B0.
B0 = ("B0",)
ADC = words_for("ADC")
EXPONENTIAL_ADC = words_for("eADC")
TRACE = (*words_for("trace"), "CALC_BVALUE", "CALCULATED_BVALUE")
TENSOR = (*words_for("FA"), "COLFA", "TENSOR", "RA", "VR", "CMAP")
PERFUSION = (
    *words_for("CBF", "relCBF", "CBV", "relCBV", "corrected CBV", "MTT", "relMTT", "TTP", "Tmax"),
    "ASL", "T0", "GBP", "PBP", "PERFUSION", "KTRANS", "K_TRANS", "KEP", "IAUC",
    "NEI", "PERFUSION_ASL", "OEF", "OEF MODEL BASED", "RCMRO2 MODEL BASED", "RLEAKAGE", "CTH", "K2",
)  # fmt: skip
SUSCEPTIBILITY = (*words_for("SWI"), "SW", "MNIP", "SW_M_FFE", "SWIP", "SWI_MIP")
MAP = (
    *words_for("PD map", "T1 map", "T2 map", "T2* map", "R2 map", "R2* map", "B1 map"),
    *words_for("fat fraction", "water fraction"),
    "B1", "T1RHO", "QSM", "PERCENT", "MASK", "STIFFNESS", "APTW", "APT", "CEST", "STDDEV", "T-MAP",
    "UMAP", "STDDEV_COR", "STDDEV_SAG", "STDDEV_TRA", "STD_DEVIATION", "TEMPERATURE",
    # The standard's own (PS3.3, C.8.13 and C.8.16).
    "R_COEFFICIENT", "RHO", "SCM", "TCS", "T_TEST", "Z_SCORE",
    # Of synthetic MR: what its images are computed from, and how much of it is myelin.
    "QMAP", "MULTI_QMAP", "MYC", "R1", "R2",
)  # fmt: skip
SUBTRACTION = ("SUB", "SUBTRACT", "SUBTRACTION")
FAT = words_for("fat")
ANGIOGRAPHY = ("PC_ANGIO", "ANGIO", "ANGIO_TIME", "TOF", "VASCULAR")
PROJECTION = ("MAX_IP", "MIN_IP")
# Whether an agent was given by then (PS3.3, C.8.16.1.3).
BEFORE_AGENT, AFTER_AGENT = "PRE_CONTRAST", "POST_CONTRAST"

_BREAK = re.compile("[ _]")


def _of_several_words(*codes: str) -> dict[tuple[str, ...], str]:
    return {tuple(_BREAK.split(code)): code for code in codes if _BREAK.search(code)}


_PARTED = _of_several_words(
    *SCREEN, *PHASE, *REAL, *IMAGINARY, *FIELD_MAP, *ADC, *EXPONENTIAL_ADC, *TRACE, *TENSOR,
    *PERFUSION, *SUSCEPTIBILITY, *MAP, *FAT, *ANGIOGRAPHY, *PROJECTION, *IN_PHASE, *OPPOSED_PHASE,
    "TENSOR_B0", "M_PCA", "M_IR", "DIFFUSION_ATTNTD", "FLOW_ENCODED", BEFORE_AGENT,
    AFTER_AGENT,
)  # fmt: skip
_MOST_WORDS = max(map(len, _PARTED))


def put_together(codes: Sequence[str]) -> Iterator[str]:
    """Yield codes of several words as scanners write them.

    dcm2niix parts each at spaces and "_": what it leaves of ``IN_PHASE`` is the code of a phase.
    """
    at = 0
    while at < len(codes):
        runs = (tuple(codes[at : at + length]) for length in range(_MOST_WORDS, 1, -1))
        words = next((run for run in runs if run in _PARTED), (codes[at],))
        yield _PARTED.get(words, codes[at])
        at += len(words)
