"""What the words of a series description name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from napari_mrseq.header.lexicon import DUAL_ECHO, LEXICON, Regex
from napari_mrseq.header.plain import plain


@dataclass(frozen=True)
class Naming:
    """A sequence that a text names, and the words that do it."""

    sequence: str
    phrase: str


# Suffixes of the BIDS standard (v1.10) at the end of a NIfTI file's name.
BIDS_SUFFIXES = {
    "T1w": "T1", "T2w": "T2", "FLAIR": "FLAIR", "PDw": "PD", "T2starw": "T2STAR", "inplaneT1": "T1",
    "inplaneT2": "T2", "bold": "BOLD", "sbref": "BOLD", "dwi": "DWI", "ADC": "ADC", "trace": "DWI",
    "FA": "OTHER", "asl": "PERF", "m0scan": "PERF", "cbf": "PERF", "angio": "MRA", "swi": "SWI",
    "phasediff": "FIELDMAP", "phase1": "FIELDMAP", "phase2": "FIELDMAP", "magnitude": "FIELDMAP",
    "magnitude1": "FIELDMAP", "magnitude2": "FIELDMAP", "fieldmap": "FIELDMAP", "epi": "FIELDMAP",
    "UNIT1": "T1", "T1map": "OTHER", "T2map": "OTHER", "MP2RAGE": "OTHER", "Chimap": "OTHER",
    "PDT2": DUAL_ECHO, "minIP": "SWI", "M0map": "OTHER", "S0map": "OTHER", "PDmap": "OTHER",
    "R1map": "OTHER", "R2map": "OTHER", "R2starmap": "OTHER", "T2starmap": "OTHER",
    "MTRmap": "OTHER", "MTsat": "OTHER", "MTVmap": "OTHER", "MWFmap": "OTHER", "TB1map": "OTHER",
    "RB1map": "OTHER",
}  # fmt: skip


@lru_cache(maxsize=1024)
def namings_of(text: str) -> tuple[Naming, ...]:
    """Return the sequences that a text names, each once, with the words: the likeliest first."""
    words = plain(text).replace("+ ", "")
    found: dict[str, Naming] = {}
    for sequence, pattern in _patterns():
        match = pattern.search(words)
        if match:
            found.setdefault(sequence, Naming(sequence, match[0].strip()))
    return tuple(found.values())


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (line.sequence, re.compile("|".join(_pattern(phrase) for phrase in line.phrases)))
        for line in LEXICON
    )


def _pattern(phrase: str | Regex) -> str:
    """Translate a phrase into a regular expression of whole words."""
    if isinstance(phrase, Regex):
        return rf"\b(?:{phrase.pattern})\b"
    words = [word.replace("*", "[a-z0-9]*").replace("#", r"\d{3,4}") for word in phrase.split()]
    joined = " ?".join(words).replace(" ?... ?", r"\b.*\b")
    return rf"\b{joined}" if joined.endswith("$") else rf"\b{joined}\b"


def naming_of_file(file_name: str) -> Naming | None:
    """Return the sequence that the BIDS suffix of a NIfTI file's name stands for."""
    match = re.search(r"_([A-Za-z0-9]+)\.nii(\.gz)?$", file_name)
    if match and match[1] in BIDS_SUFFIXES:
        return Naming(BIDS_SUFFIXES[match[1]], match[1])
    return None
