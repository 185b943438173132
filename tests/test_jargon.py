"""The words that stay in descriptions are those that the header's rules look for."""

from __future__ import annotations

import re

import pytest

from napari_mrseq.header.lexicon import LEXICON
from napari_mrseq.header.plain import FOREIGN_WORDS
from napari_mrseq.jargon import FIELD_WORD, is_jargon

# Written out whole, without stars for what may stand beside.
WHOLE_WORDS = {
    word
    for _, *phrases in LEXICON
    for phrase in phrases
    if isinstance(phrase, str)
    for word in phrase.split()
    if re.fullmatch("[a-z]{2,}", word)
}


@pytest.mark.parametrize("word", sorted(WHOLE_WORDS))
def test_every_whole_word_of_the_lexicon_stays(word: str) -> None:
    assert is_jargon(word)


@pytest.mark.parametrize(
    "foreign", [word for words, _ in FOREIGN_WORDS for word in words.split("|")]
)
def test_every_word_of_another_script_stays(foreign: str) -> None:
    word = re.sub(r"\\[bw]\*?|\(\?[^)]*\)", "", foreign)
    assert any(is_jargon(part[0]) for part in FIELD_WORD.finditer(word))


@pytest.mark.parametrize(
    "word", ["T2", "b1000", "Diffusion", "Perfusão", "før", "增强", "Т1", "Herz", "Lung", "Sax"]
)
def test_word_of_the_field_in_any_language(word: str) -> None:
    assert is_jargon(word)


@pytest.mark.parametrize("word", ["Swift", "Smith", "Иванов", "王小明", "12345678", ""])
def test_what_names_somebody_is_none(word: str) -> None:
    assert not is_jargon(word)
