"""The elements that a study is sorted by, out of a DICOM header, without reading the others.

A study has thousands of headers of some hundred elements each, of which some eighty are looked at.
pydicom reads them all; this walk (PS3.5, chapter 7) skips from element to element, five times as
fast. It knows plain files only: preamble, file meta information, little endian, ascending tags, a
SOP class. Of anything else it says so, and pydicom reads the file. A test holds that both agree.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from struct import Struct
from typing import BinaryIO

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from napari_mrseq.reading.tags import LARGEST_VALUE_BYTES, tag_object, text

_WINDOW_BYTES = 1 << 15
_META_START = 132
_META_GROUP_LENGTH = b"\x02\0\0\0UL\4\0"
_TRANSFER_SYNTAX = 0x00020010
_SOP_CLASS = 0x00080016
_FIRST_PIXEL_TAG = 0x7FE00008
_PIXEL_GROUP_END = 0x7FE00010
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
# Length of what ends with an item that says so.
UNDEFINED = 0xFFFFFFFF
# What ends with an item of its own, which takes as many bytes.
_END_BYTES = 8
# Sequences and their items, one inside the other.
_DEEPEST = 32
# Tag, VR, two unused bytes, length.
_LONGEST_HEAD = 12
_LONG_VRS = {vr.encode(): vr for vr in (
    "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
)}  # fmt: skip
_SHORT_VRS = {vr.encode(): vr for vr in (
    "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL",
    "SS", "ST", "TM", "UI", "UL", "US",
)}  # fmt: skip

# Tag, VR and length, as most elements have them.
_HEAD = Struct("<HH2sH").unpack_from
_LONG = Struct("<I").unpack_from

# (tag, VR or None, length, offset of the value)
_Element = tuple[int, str | None, int, int]


class NotPlainError(Exception):
    """The file is not of the kind that the walk knows."""


@dataclass(slots=True)
class ScannedHeader:
    """The wanted elements of a header, and the element of the pixels behind it.

    Attributes
    ----------
    dataset : pydicom.Dataset
        The wanted elements, not decoded.
    transfer_syntax : str
        As the file meta information says.
    pixel_tag, pixel_vr, pixel_length, pixel_offset
        The element at which the header ends; its value starts at the offset.
    """

    dataset: Dataset
    transfer_syntax: str
    pixel_tag: int
    pixel_vr: str
    pixel_length: int
    pixel_offset: int


def scan_header(file: BinaryIO, wanted: Container[int], sequences: Container[int]) -> ScannedHeader:
    """Walk through a header up to the pixels.

    Parameters
    ----------
    file : binary file
        At its start.
    wanted : container of int
        Tags to keep, that of the SOP class among them.
    sequences : container of int
        Wanted tags that are sequences: where one is met, pydicom has to read the file.

    Raises
    ------
    NotPlainError
        If the file is none of the plain kind, or holds no pixels.
    """
    walk = _Walk(file)
    syntax = walk.transfer_syntax()
    walk.implicit = syntax == ImplicitVRLittleEndian
    found: dict[BaseTag, DataElement | RawDataElement] = {}
    last = 0
    while True:
        tag, vr, length, offset = walk.element()
        if tag <= last:
            raise NotPlainError
        last = tag
        if _FIRST_PIXEL_TAG <= tag <= _PIXEL_GROUP_END:
            break
        if tag in sequences:
            raise NotPlainError
        end = offset + length
        if length == UNDEFINED:
            walk.skip_to(_SEQUENCE_END)
            end, walk.place = walk.place, offset
            vr, length = "SQ", end - offset - _END_BYTES
        if tag in wanted:
            value = walk.value(length) if length <= LARGEST_VALUE_BYTES else None
            key = tag_object(tag)
            found[key] = RawDataElement(key, vr, length, value, offset, walk.implicit, True)
        walk.place = end
    dataset = Dataset(found)
    # One that is missing may stand in the meta information.
    if not text(dataset, _SOP_CLASS):
        raise NotPlainError
    dataset.set_original_encoding(walk.implicit, True)
    return ScannedHeader(dataset, syntax, tag, vr or "OW", length, offset)


class _Walk:
    """A place in a file, with the bytes around it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._window = file.read(_WINDOW_BYTES)
        self._start = 0
        self.place = _META_START
        self.implicit = False

    def transfer_syntax(self) -> str:
        """Read the file meta information, and stop behind it."""
        if not self._window.startswith(_META_GROUP_LENGTH, _META_START):
            raise NotPlainError
        (length,) = _LONG(self._window, _META_START + 8)
        self.place = _META_START + 12
        end = self.place + length
        syntax = ""
        while self.place < end:
            tag, _, size, offset = self.element()
            if tag == _TRANSFER_SYNTAX:
                syntax = self.value(size).decode("ascii", "replace").strip("\0 ")
            self.place = offset + size
        if self.place != end or not _is_known(syntax):
            raise NotPlainError
        return syntax

    def element(self) -> _Element:
        """Read tag, VR and length at this place, and stop before the value."""
        window, at = self._window, self.place - self._start
        if at + _LONGEST_HEAD > len(window):
            window, at = self._bytes(_LONGEST_HEAD)
        group, number, written, length = _HEAD(window, at)
        tag = group << 16 | number
        if self.implicit or group == 0xFFFE:
            vr, size = None, 8
            (length,) = _LONG(window, at + 4)
        elif vr := _SHORT_VRS.get(written):
            size = 8
        elif vr := _LONG_VRS.get(written):
            size = 12
            (length,) = _LONG(window, at + 8)
        else:
            raise NotPlainError
        self.place += size
        return tag, vr, length, self.place

    def value(self, length: int) -> bytes:
        """Return the bytes at this place."""
        window, at = self._bytes(length)
        return window[at : at + length]

    def skip_to(self, end: int, depth: int = 0) -> None:
        """Stop behind the end of a sequence of undefined length, or of an item of one."""
        if depth > _DEEPEST:
            raise NotPlainError
        while (element := self.element())[0] != end:
            tag, _, length, offset = element
            if (tag == _ITEM) != (end == _SEQUENCE_END):
                raise NotPlainError
            if length == UNDEFINED:
                self.skip_to(_ITEM_END if tag == _ITEM else _SEQUENCE_END, depth + 1)
            else:
                self.place = offset + length

    def _bytes(self, count: int) -> tuple[bytes, int]:
        """Return a window that holds `count` bytes from this place, and where they start."""
        at = self.place - self._start
        if at < 0 or at + count > len(self._window):
            self._file.seek(self.place)
            self._window = self._file.read(max(count, _WINDOW_BYTES))
            self._start, at = self.place, 0
            if len(self._window) < count:
                raise NotPlainError
        return self._window, at


def _is_known(syntax: str) -> bool:
    """Tell whether a transfer syntax is written in little endian and not packed as a whole."""
    if syntax in (ImplicitVRLittleEndian, ExplicitVRLittleEndian):
        return True
    # Compressed pixels (JPEG, JPEG-LS, JPEG 2000, HTJ2K, RLE) come in explicit little endian.
    return syntax.startswith("1.2.840.10008.1.2.4.") or syntax == "1.2.840.10008.1.2.5"
