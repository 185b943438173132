"""In which character set people typed the texts of a header that names none, or a wrong one."""

from __future__ import annotations

import re
from typing import Any

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from napari_mrseq.jargon import FIELD_WORD, is_jargon
from napari_mrseq.reading.tags import text

_CHARACTER_SET = 0x00080005
# What programs name, or leave out, whatever they write.
_OFTEN_WRONG = ("", "ISO_IR 6", "ISO_IR 100", "ISO_IR 192")
# What people type: descriptions of study and series, name of the protocol.
_TYPED = (0x00081030, 0x0008103E, 0x00181030)
_ESCAPE = b"\x1b"
# A word of letters beyond ASCII's, or a Latin one that has them within: a sign behind one, as in
# "contraste®", is a letter in many sets.
_TELLING = re.compile(r"[^\x00-\x7f]+|[A-Za-z\x80-\u024f]*[\x80-\u024f][A-Za-z]+")
# Marks the Chinese in it, which alone has bytes above ASCII's; pydicom 3.0 leaves the mark within
# the text, and a name that holds it is not found in others.
_IR_58, _CHINESE = "ISO 2022 IR 58", b"\x1b$)A"
# What they type in, the likeliest first: any, Western Europe, China, Japan, Korea, Cyrillic,
# Central Europe, as Windows writes it and as the standard does.
CHARACTER_SETS = (
    "utf_8", "latin_1", "gb18030", "big5", "shift_jis", "euc_jp", "iso2022_jp", "euc_kr", "cp1251",
    "iso8859_5", "cp1250", "iso8859_2",
)  # fmt: skip


def unnamed_character_set(header: Dataset) -> str | None:
    """Return the character set of what was typed, as Python calls it; None for the one named.

    It is told by words of the field: bytes that make one in Chinese are no accident. Without one,
    letters of Latin-1 hardly ever follow each other as the bytes of UTF-8 do.
    """
    named = text(header, _CHARACTER_SET)
    if _IR_58 in named:
        return "gb18030"
    typed = b" ".join(_bytes(header, tag) for tag in _TYPED)
    if named not in _OFTEN_WRONG or (typed.isascii() and _ESCAPE not in typed):
        return None
    is_utf8 = not text_as(typed, "utf_8").isascii()
    if named == "ISO_IR 192" and is_utf8:
        return None
    found = next((one for one in CHARACTER_SETS if _speaks(text_as(typed, one))), None)
    if named == "ISO_IR 192":
        return found or "latin_1"
    return found or ("utf_8" if is_utf8 else None)


def drop_marks_of_chinese(header: Dataset) -> None:
    """Take the marks of Chinese out of texts as they are written, the patient's name too."""
    for tag in list(header.keys()) if _IR_58 in text(header, _CHARACTER_SET) else ():
        element: Any = header.get_item(tag, keep_deferred=True)
        if isinstance(element, RawDataElement) and element.value and _CHINESE in element.value:
            header[tag] = element._replace(value=element.value.replace(_CHINESE, b""))


def _bytes(header: Dataset, tag: int) -> bytes:
    value = getattr(header.get_item(tag, keep_deferred=True), "value", None)
    return value if isinstance(value, bytes) else b""


def text_as(written: bytes, character_set: str) -> str:
    """Return the text that bytes are in a character set; empty where they are none."""
    try:
        return written.decode(character_set)
    except UnicodeDecodeError:
        return ""


def _speaks(decoded: str) -> bool:
    """Tell whether a word of the field has letters that are not ASCII's."""
    words = (match[0] for match in FIELD_WORD.finditer(decoded))
    # Two letters of an alphabet have four bytes, and may be anything's.
    return any(
        len(word.encode()) > 4 and _TELLING.fullmatch(word) and is_jargon(word) for word in words
    )
