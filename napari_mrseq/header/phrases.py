"""The notation that phrases of the lexicon are written in → regular expressions of whole words.

In a phrase that is a string ``"*"`` stands for any letters and digits, ``"#"`` for a number of
three or four digits, ``"..."`` for anything between, a space for a space or none, ``"$"`` for the
end of the text. They match plain text (see `plain`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Regex:
    """A phrase that the notation can't say: a regular expression, taken as it stands."""

    pattern: str


def expression(phrase: str | Regex) -> str:
    """Translate a phrase into a regular expression of whole words."""
    if isinstance(phrase, Regex):
        return rf"\b(?:{phrase.pattern})\b"
    words = [word.replace("*", "[a-z0-9]*").replace("#", r"\d{3,4}") for word in phrase.split()]
    joined = " ?".join(words).replace(" ?... ?", r"\b.*\b")
    return rf"\b{joined}" if joined.endswith("$") else rf"\b{joined}\b"
