"""The ways in which people write the name, the number or the birth date of a patient."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations, product

from napari_mrseq.jargon import LETTER, UNSPACED_SCRIPTS, is_word_of_the_field

# Shorter words are looked for as whole words only, and only those of names.
SHORTEST_PART = 4
_SHORTEST_NAME = 2
# Two names run together are a word that others may begin with: "LI^NA" and "linac".
_SHORTEST_JOINED = 6
# Numbers of patients at least so long may be written in groups: "12.345.678"; parts of them that
# long, of so many digits, tell whose they are: of "QX-99172-7" the first two.
_SHORTEST_GROUPED, _FEWEST_DIGITS = 6, 4
# Names at least so long are told when they are written apart: "Zyx wort".
_SHORTEST_APART = 6
# Nobody has more names, each of which may stand beside each other, and no number more parts.
_MOST_NAMES = 6

# As English and German begin them.
_MONTHS = (
    "jan", "feb", "ma?e?r", "apr", "ma[iy]", "jun", "jul", "aug", "sep", "o[ck]t", "nov", "de[cz]",
)  # fmt: skip

# What may stand between letters or digits that are one word or number.
_BETWEEN = r"[\W_]?"
_DAY = re.compile(r"((?:18|19|20)\d\d)\W?(0[1-9]|1[0-2])\W?(0[1-9]|[12]\d|3[01])")

_SIGNS_KEPT = str.maketrans(
    {"ø": "o", "œ": "oe", "æ": "ae", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def foldings(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield a text in small letters without accents: ``ü`` as ``u``, and as ``ue``.

    Parameters
    ----------
    text : str
        In normal form C.

    Yields
    ------
    str, sequence of int
        The folded text, and for each of its letters the place in `text` it comes from.
    """
    if text.isascii():
        yield text.lower(), range(len(text))
        return
    for umlauts in ("u", "ue"):
        letters = [_folded(letter, umlauts) for letter in text]
        yield "".join(letters), [place for place, part in enumerate(letters) for _ in part]


@lru_cache(maxsize=4096)
def _folded(letter: str, umlauts: str) -> str:
    small = letter.casefold()
    if umlauts == "ue":
        small = small.translate(_SPELLED_OUT)
    parts = unicodedata.normalize("NFKD", small.translate(_SIGNS_KEPT))
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    # Korean syllables fall apart as well, and are put together again.
    return unicodedata.normalize("NFC", bare)


def fold(text: str) -> set[str]:
    """Return a text as `foldings` writes it."""
    return {folded for folded, _ in foldings(unicodedata.normalize("NFC", text))}


@dataclass(frozen=True)
class Spelling:
    """A pattern that finds a name or number in folded text: anywhere, or as whole words."""

    pattern: str
    alone: bool = False


def finder(spellings: Iterable[Spelling]) -> re.Pattern[str]:
    """Return one pattern for many spellings; of those that begin at one letter the longest wins."""
    ordered = sorted(spellings, key=lambda spelling: len(spelling.pattern), reverse=True)
    choices = [spelling.pattern for spelling in ordered if not spelling.alone]
    alone = "|".join(spelling.pattern for spelling in ordered if spelling.alone)
    if alone:
        choices.append(rf"(?<!{LETTER})(?:{alone})(?!{LETTER})")
    return re.compile("|".join(choices) or r"(?!)")


def spellings_of_name(name: str) -> Iterator[Spelling]:
    """Yield how a folded name, ``family^given=the same in another script``, may be written."""
    for group in re.split(r"[=\\]", name):
        words = words_of_name(group)
        for word in words:
            yield from _of_word(word)
        # "O'Brien" and "van der Berg" are one name of several words.
        for component in group.split("^"):
            parts = words_of_name(component)
            if len(parts) > 1:
                yield from _of_joined(parts)
        for pair in permutations(words[:_MOST_NAMES], 2):
            if all(len(word) >= _SHORTEST_NAME or _is_unspaced(word) for word in pair):
                yield from _of_joined(pair)


def words_of_name(name: str) -> list[str]:
    """Return the single words of a name, or of a part of one."""
    return [word for word in re.split(r"[\W_]+", name) if word]


def _of_word(word: str) -> Iterator[Spelling]:
    if is_word_of_the_field(word) or len(word) < _SHORTEST_NAME:
        return
    if _is_unspaced(word):
        yield Spelling(r"\s*".join(word))
    elif len(word) >= SHORTEST_PART:
        # Part of a word: "T1_JANEROE" holds both names.
        yield Spelling(re.escape(word))
        if len(word) >= _SHORTEST_APART:
            yield Spelling(_BETWEEN.join(word), alone=True)
    elif word.isalpha():
        # "li" is a name where no letter is beside.
        yield Spelling(word, alone=True)


def _of_joined(words: Sequence[str]) -> Iterator[Spelling]:
    joined = "".join(words)
    if _is_unspaced(joined):
        yield Spelling(r"[\W_]*".join(joined))
    elif len(joined) >= SHORTEST_PART:
        yield Spelling(r"[\W_]*".join(words), alone=True)
        if len(joined) >= _SHORTEST_JOINED:
            yield Spelling(joined)


def _is_unspaced(word: str) -> bool:
    return re.search(f"[{UNSPACED_SCRIPTS}]", word) is not None


def spellings_of_number(number: str) -> Iterator[Spelling]:
    """Yield how a folded number or word of a patient may be written; a date in any order."""
    if is_word_of_the_field(number):
        return
    day = _DAY.fullmatch(number)
    if day:
        yield from _of_date(*day.groups())
    signs = "".join(re.findall(r"[^\W_]", number))
    if len(signs) >= _SHORTEST_GROUPED and re.search(r"\d", signs):
        yield Spelling(_BETWEEN.join(signs))
    elif len(number) >= SHORTEST_PART:
        yield Spelling(re.escape(number))
    # "0077123" is written 77123 as well.
    bare = signs.lstrip("0")
    if bare != signs and bare.isdecimal() and len(bare) >= SHORTEST_PART:
        yield Spelling(rf"(?<!\d){bare}(?!\d)")
    parts = [] if day else words_of_name(number)[:_MOST_NAMES]
    for first, last in combinations(range(len(parts) + 1), 2):
        part = "".join(parts[first:last])
        if len(part) >= _SHORTEST_GROUPED and len(re.findall(r"\d", part)) >= _FEWEST_DIGITS:
            yield Spelling(rf"(?<!\d){_BETWEEN.join(part)}(?!\d)")


def spellings_of_year(names: Iterable[str], numbers: Iterable[str]) -> Iterator[Spelling]:
    """Yield how folded names, or their initials, stand beside the year of a birth date."""
    years = {day[1] for day in map(_DAY.fullmatch, numbers) if day}
    for name, year in product(names, years):
        words = words_of_name(name)[:_MOST_NAMES]
        initials = {one[0] + other[0] for one, other in permutations(words, 2)}
        for who in (*words, *initials):
            if len(who) >= _SHORTEST_NAME and not is_word_of_the_field(who):
                written = _BETWEEN.join(who)
                yield Spelling(rf"(?<!{LETTER}){written}[\W_]*{year}(?!\d)")
                yield Spelling(rf"(?<!\d){year}[\W_]*{written}(?!{LETTER})")


def _of_date(year: str, month: str, day: str) -> Iterator[Spelling]:
    """Yield ``1950-02-01``, ``1.2.1950``, ``02/01/50``, ``010250``, ``1 Feb 50`` and their like."""
    named = rf"{_MONTHS[int(month) - 1]}[a-z]*"
    short = rf"0?{int(month)}", rf"0?{int(day)}"
    either = rf"(?:{year}|{year[2:]})"
    for between, years, months, days in (
        (r"[-./\s_年月]?", year, *short),
        (r"[-./]", year[2:], *short),
        ("", year[2:], month, day),
        (r"[-./,\s_]*", either, named, short[1]),
    ):
        for order in ((years, months, days), (days, months, years), (months, days, years)):
            yield Spelling(rf"(?<!\d){between.join(order)}(?!\d)")
