"""What the words of a series name: those of its description, its protocol or its file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from napari_mrseq.header.bids_names import (
    FILE_NAME,
    is_bids_name,
    no_picture,
    suffix_of,
    telling_words,
)
from napari_mrseq.header.conditions import Condition
from napari_mrseq.header.lexicon import LEXICON, MAP
from napari_mrseq.header.phrases import expression
from napari_mrseq.header.plain import plain
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


# What seldom or never has a suffix of its own: other words of the name say it, "acq-stir_T2w".
_WITHOUT_SUFFIX = ("STIR", "ADC", "B0", "LOCALIZER", "OTHER", MAP)
# And the kinds of images that may be one.
_BROAD = ("T1", "T2", "PD", "FLAIR", "BOLD", "DWI")

# How words name a weighting, and no readout that a scout may have as well ("haste localizer").
_WEIGHTING = re.compile(r"\d?d?t[12]|pd|dp|proton|dens|.*flair|dark fluid|.*stir|.*tirm?")

# Where vessels are looked at; the heart; what takes an agent up.
_VESSELS = re.compile(
    r"\b(?:angio\w*|mra|mrv|carot\w*|aort\w*|artery|arteries|arterie[ns]|vess\w*|vasc\w*|gefass\w*"
    r"|run ?off|pulm\w*|iliac\w*|femor\w*|poplit\w*|periph\w*|subclav\w*|thoracic outlet|fistula"
    r"|avm|d?avf|intracran\w*|cerebr\w*|head|brain|skull|neck|hals|chest|thorax|lungs?|heart|spine"
    r"|legs?|beine?|calf|calves|thighs?|foot|feet|arm|hands?|\w*extremit\w*)\b"
)
_HEART = re.compile(
    r"\b(?:heart|card\w*|herz|lge|mde|viab\w*|myocard\w*|sax|lax|[234] ?ch\w*|delayed|late)\b"
)
_ORGANS = re.compile(
    r"\b(?:breast|mamm|prostat|liver|leber|foie|pancrea|uter|rect|tumou?r|sarcom|lymphom)\w*"
)

# An inversion that a code or a time would tell, in other files. No injury ("Inversionstrauma").
_INVERSION = re.compile(r"\bt?ir\b|\binversions?\b")
# Siemens' name of a readout tells it, too: "*tir2d1" beside "*tse2d1".
_READOUT = re.compile(r"[*_]?[a-z]+[23]d")

# Where an image was moved to: "T2 in T1 space"; and what it is not: "nicht T2".
_PLACE = re.compile(r"\b(?:in|to) [a-z0-9]+ space\b")
_DENIED = re.compile(r"\b(?:no|not|nicht|kein|statt) t[12]\b")


def namings(attributes: SequenceAttributes) -> tuple[Naming, ...]:
    """Return what the words name: the description's, else the protocol's, else the file's."""
    by_file = namings_of_file(attributes.file_name)
    standard = is_bids_name(attributes.file_name) or no_picture(attributes.file_name)
    if attributes.described_by == FILE_NAME and standard:
        described = by_file
    else:
        described = namings_of(attributes.description, attributes.described_by)
    return described or namings_of(attributes.protocol, attributes.protocol_by) or by_file


def naming(attributes: SequenceAttributes) -> Naming | None:
    """Return what the words name in the first place."""
    return next(iter(namings(attributes)), None)


def names_nothing(attributes: SequenceAttributes) -> str | None:
    """Hold where no words name a sequence."""
    return None if namings(attributes) else ""


def names_no_picture(attributes: SequenceAttributes) -> str | None:
    """Hold where a file's name says that it holds no picture of a sequence: a map, a mask."""
    shown = no_picture(attributes.file_name)
    return f'{FILE_NAME} says "{shown}"' if shown else None


def names(sequence: str) -> Condition:
    """Hold where the words name a sequence, in the first place or beside another."""

    def found(attributes: SequenceAttributes) -> str | None:
        return "" if any(named.sequence == sequence for named in namings(attributes)) else None

    return found


def names_weighting(attributes: SequenceAttributes) -> str | None:
    """Hold where the words name a weighting, in the first place or beside something else."""
    weighted = any(_WEIGHTING.match(named.phrase) for named in namings(attributes))
    return "" if weighted else None


def _tells(pattern: re.Pattern[str]) -> Condition:
    """Hold where words or the body part fit a regular expression."""

    def found(attributes: SequenceAttributes) -> str | None:
        words = f"{attributes.description} {attributes.protocol} {attributes.body_part}"
        return "" if pattern.search(plain(words)) else None

    return found


tells_heart, tells_organ, tells_vessels = _tells(_HEART), _tells(_ORGANS), _tells(_VESSELS)
_says_inversion = _tells(_INVERSION)


def tells_inversion(attributes: SequenceAttributes) -> str | None:
    """Hold where words tell an inversion, and no name of the readout would have told it."""
    if attributes.vendor == "Siemens" and _READOUT.match(attributes.sequence_name):
        return None
    return _says_inversion(attributes)


def called(pattern: str) -> Condition:
    """Hold where the words that name the sequence are those of a regular expression."""

    def found(attributes: SequenceAttributes) -> str | None:
        named = naming(attributes)
        return named.words if named and re.fullmatch(pattern, named.phrase) else None

    return found


@lru_cache(maxsize=1024)
def namings_of(text: str, place: str = "description") -> tuple[Naming, ...]:
    """Return the sequences that a text names, each once, with the words: the likeliest first."""
    words = _DENIED.sub("", _PLACE.sub("", plain(text).replace("+ ", "")))
    found: dict[str, Naming] = {}
    for sequence, pattern in _patterns():
        match = pattern.search(words)
        if match:
            found.setdefault(sequence, Naming(sequence, match[0].strip(), place))
    return tuple(found.values())


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (sequence, re.compile("|".join(map(expression, phrases)))) for sequence, *phrases in LEXICON
    )


@lru_cache(maxsize=1024)
def namings_of_file(name: str) -> tuple[Naming, ...]:
    """Return the sequences that a file's name names by BIDS: the one of its suffix first.

    Words of its entities come before only where they name what seldom has a suffix.
    """
    shown = no_picture(name)
    if shown:
        return (Naming("OTHER", shown, FILE_NAME),)
    found = namings_of(telling_words(name), FILE_NAME) if is_bids_name(name) else ()
    suffix, sequence = suffix_of(name)
    if sequence is None or "_" not in name:
        return found
    said = Naming(sequence, suffix.lower(), FILE_NAME)
    beside = tuple(naming for naming in found if naming.sequence != said.sequence)
    if beside and found[0].sequence in _WITHOUT_SUFFIX and said.sequence in _BROAD:
        return (found[0], said, *beside[1:])
    return (said, *beside)
