"""The words that name a patient, gathered from a header and cut out of its texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, MutableSequence
from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset

from napari_mrseq.jargon import FIELD_WORD, is_jargon, is_word_of_the_field
from napari_mrseq.reading.character_set import CHARACTER_SETS, text_as
from napari_mrseq.reading.spelling import (
    SHORTEST_PART,
    finder,
    fold,
    foldings,
    spellings_of_name,
    spellings_of_number,
    spellings_of_year,
    words_of_name,
)

# What names the patient: looked for in everything that is kept.
_NAMES = (0x00100010, 0x00101001, 0x00101005, 0x00101060)
_NUMBERS = (0x00100020, 0x00100030, 0x00101000, 0x00101040, 0x00102154)
# Three groups of 64 letters are the longest name (PS3.5, 6.2); bounds the work on a hostile one.
_LONGEST = 200
# Between the words of a number or an address, and in the bytes of all of them.
_PARTING = rb"[\^=\\\s\0]+"


@dataclass(frozen=True)
class Identity:
    """What names a patient, in all its spellings.

    Attributes
    ----------
    patterns : tuple of re.Pattern
        Find it in folded text, each on its own: a year beside a name may begin a whole date.
    parts : tuple of bytes
        Words long enough to be told in bytes of any kind, in small letters.
    words : frozenset of str
        All its words, folded.
    """

    patterns: tuple[re.Pattern[str], ...]
    parts: tuple[bytes, ...]
    words: frozenset[str]

    @classmethod
    def of(cls, dataset: Dataset) -> Identity:
        """Gather what a header says about the patient."""
        # Before the texts: decoding an element drops its bytes.
        written = {tag: _bytes(dataset, tag) for tag in (*_NAMES, *_NUMBERS)}
        names = [text for tag in _NAMES for text in _texts(dataset, tag, written[tag])]
        numbers = [text for tag in _NUMBERS for text in _texts(dataset, tag, written[tag])]
        return cls.spelled(names, numbers, written.values())

    @classmethod
    def spelled(
        cls, names: Iterable[str], numbers: Iterable[str], written: Iterable[bytes] = ()
    ) -> Identity:
        """Gather names, then numbers and other words, and both as the bytes of a file."""
        folded_names = {folded for name in names for folded in fold(name[:_LONGEST])}
        folded_numbers = {folded for text in numbers for folded in fold(text[:_LONGEST])}
        words = {word for number in folded_numbers for word in _words(number)}
        spellings = {found for name in folded_names for found in spellings_of_name(name)}
        spellings |= {found for word in words for found in spellings_of_number(word)}
        years = set(spellings_of_year(folded_names, words))
        words |= {word for name in folded_names for word in words_of_name(name)}
        parts = {word.encode() for word in words}
        parts |= {part for text in written for part in re.split(_PARTING, text.lower())}
        telling = tuple(sorted(part for part in parts if _is_telling(part)))
        return cls((finder(spellings), finder(years)), telling, frozenset(words))

    def is_in(self, written: bytes) -> bool:
        """Tell whether bytes of no known kind hold a part of it."""
        lowered = written.lower()
        return any(part in lowered for part in self.parts)

    def cut_from(self, element: Any) -> None:
        """Take it out of an element of text."""
        value = element.value
        if isinstance(value, str):
            cut: Any = self.cut_from_text(value)
        elif isinstance(value, MutableSequence):
            cut = [self.cut_from_text(str(part)) for part in value]
        else:
            return
        if cut != value:
            element.value = cut

    def cut_from_text(self, text: str) -> str:
        """Return a text without it, words of the field left in; one without it as it is."""
        composed = unicodedata.normalize("NFC", text)
        named = {
            place
            for folded, places in foldings(composed)
            for pattern in self.patterns
            for match in pattern.finditer(folded)
            for place in places[match.start() : match.end()]
        }
        if named:
            named -= self._places_of_jargon(composed)
        if not named:
            return text
        rest = (" " if place in named else sign for place, sign in enumerate(composed))
        return " ".join("".join(rest).split())

    def _places_of_jargon(self, text: str) -> set[int]:
        """Return where a text speaks of the field: what only looks so may be the patient's own."""
        return {
            place
            for word in FIELD_WORD.finditer(text)
            if is_word_of_the_field(word[0]) or (is_jargon(word[0]) and not self._owns(word[0]))
            for place in range(*word.span())
        }

    def _owns(self, word: str) -> bool:
        return any(re.sub(r"[\W_]", "", folded) in self.words for folded in fold(word))


def _texts(dataset: Dataset, tag: int, written: bytes) -> list[str]:
    """Return the values of an element as text, whatever character set the header names for it.

    It may be in any of those that descriptions are in: one of these may have made the header's
    another set.
    """
    value = getattr(element_by(dataset.__getitem__, tag), "value", None)
    told: list[str] = []
    if value is not None and not isinstance(value, bytes):
        told = [str(part) for part in (value if isinstance(value, MutableSequence) else [value])]
    if told and written.isascii():
        return told
    # The bytes of UTF-8 are no other's.
    if in_utf8 := text_as(written, "utf_8"):
        return [*told, in_utf8]
    return [*told, *filter(None, (text_as(written, one) for one in CHARACTER_SETS))]


def _bytes(dataset: Dataset, tag: int) -> bytes:
    """Return the value of an element as the file holds it."""
    value = getattr(element_by(dataset.get_item, tag), "value", None)
    return value if isinstance(value, bytes) else str(value or "").encode()


def _words(text: str) -> list[str]:
    return [word for word in re.split(_PARTING.decode(), text) if word]


def _is_telling(part: bytes) -> bool:
    return len(part) >= SHORTEST_PART and not is_word_of_the_field(part.decode("latin-1"))


def element_by(read: Callable[[Any], Any], tag: Any) -> Any:
    """Return an element, None where it is damaged."""
    try:
        return read(tag)
    except Exception:  # pydicom raises many kinds
        return None
