"""What the words of a series name: those of its description, its protocol or its file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from napari_mrseq.header.lexicon import DUAL_ECHO, LEXICON, Regex
from napari_mrseq.header.plain import plain

if TYPE_CHECKING:
    from napari_mrseq.header.conditions import Condition
    from napari_mrseq.header.sequence_attributes import SequenceAttributes


@dataclass(frozen=True)
class Naming:
    """A sequence that a text names, the words that do it, and where they stand."""

    sequence: str
    phrase: str
    place: str

    @property
    def words(self) -> str:
        """``description says "t1"``."""
        return f'{self.place} says "{self.phrase}"'


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


# How words name a weighting, and no readout that a scout may have as well ("haste localizer").
_WEIGHTING = re.compile(r"\d?d?t[12]|pd|dp|proton|dens|.*flair|dark fluid|.*stir|.*tirm?")


def namings(attributes: SequenceAttributes) -> tuple[Naming, ...]:
    """Return what the words name: the description's, else the protocol's, else the file's."""
    return (
        namings_of(attributes.description, attributes.described_by)
        or namings_of(attributes.protocol, "protocol")
        or naming_of_file(attributes.file_name)
    )


def naming(attributes: SequenceAttributes) -> Naming | None:
    """Return what the words name in the first place."""
    return next(iter(namings(attributes)), None)


def names_nothing(attributes: SequenceAttributes) -> str | None:
    """Hold where no words name a sequence."""
    return None if namings(attributes) else ""


def names(sequence: str) -> Condition:
    """Hold where the words name a sequence, in the first place or beside another."""

    def found(attributes: SequenceAttributes) -> str | None:
        return "" if any(named.sequence == sequence for named in namings(attributes)) else None

    return found


def names_weighting(attributes: SequenceAttributes) -> str | None:
    """Hold where the words name a weighting, in the first place or beside something else."""
    weighted = any(_WEIGHTING.match(named.phrase) for named in namings(attributes))
    return "" if weighted else None


def called(pattern: str) -> Condition:
    """Hold where the words that name the sequence are those of a regular expression."""

    def found(attributes: SequenceAttributes) -> str | None:
        named = naming(attributes)
        return named.words if named and re.fullmatch(pattern, named.phrase) else None

    return found


@lru_cache(maxsize=1024)
def namings_of(text: str, place: str = "description") -> tuple[Naming, ...]:
    """Return the sequences that a text names, each once, with the words: the likeliest first."""
    words = plain(text).replace("+ ", "")
    found: dict[str, Naming] = {}
    for sequence, pattern in _patterns():
        match = pattern.search(words)
        if match:
            found.setdefault(sequence, Naming(sequence, match[0].strip(), place))
    return tuple(found.values())


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (sequence, re.compile("|".join(map(_pattern, phrases)))) for sequence, *phrases in LEXICON
    )


def _pattern(phrase: str | Regex) -> str:
    """Translate a phrase into a regular expression of whole words."""
    if isinstance(phrase, Regex):
        return rf"\b(?:{phrase.pattern})\b"
    words = [word.replace("*", "[a-z0-9]*").replace("#", r"\d{3,4}") for word in phrase.split()]
    joined = " ?".join(words).replace(" ?... ?", r"\b.*\b")
    return rf"\b{joined}" if joined.endswith("$") else rf"\b{joined}\b"


def naming_of_file(file_name: str) -> tuple[Naming, ...]:
    """Return the sequence that the BIDS suffix of a NIfTI file's name stands for, if any."""
    match = re.search(r"_([A-Za-z0-9]+)\.nii(\.gz)?$", file_name)
    if match and match[1] in BIDS_SUFFIXES:
        return (Naming(BIDS_SUFFIXES[match[1]], match[1], "file name"),)
    return ()
