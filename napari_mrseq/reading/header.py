"""One DICOM file → its header by pydicom, guarded against files that would swallow the memory."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.filereader import read_partial
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from napari_mrseq.errors import ReadError
from napari_mrseq.reading.character_set import drop_marks_of_chinese, unnamed_character_set
from napari_mrseq.reading.private_blocks import restore_blocks
from napari_mrseq.reading.tags import LARGEST_VALUE_BYTES, text

# A deflated file that swells beyond this is a bomb: no MR series is larger.
LARGEST_DEFLATED_BYTES = 1 << 29
PIXEL_KEYWORDS = {
    0x7FE00008: "FloatPixelData",
    0x7FE00009: "DoubleFloatPixelData",
    0x7FE00010: "PixelData",
}

_HEAD_BYTES = 1024
_WRITTEN_TAG = re.compile(r"\([0-9a-fA-F]{4}, ?[0-9a-fA-F]{4}\)")


def read_header(file: BinaryIO, tags: Iterable[int] | None = None) -> Dataset:
    """Read everything before the pixels, or only `tags`, and leave `file` where the pixels start.

    A deflated file is unpacked whole, its pixel element included. Of a header that is read whole
    the private elements come where their vendors usually keep them.

    Raises
    ------
    ReadError
        If a deflated file swells beyond every sensible size.
    """
    head = file.read(_HEAD_BYTES)
    if _is_hollow(head):
        raise ReadError("damaged: zeros where the header should be")
    deflated = str(DeflatedExplicitVRLittleEndian).encode() in head
    if deflated:
        _check_deflated(file, head)
    file.seek(0)
    pixels = PIXEL_KEYWORDS if deflated else ()
    # A file that was never filled holds zeros.
    ends = {0} if deflated else {0, *PIXEL_KEYWORDS}
    header = read_partial(
        file,
        stop_when=lambda tag, _vr, _length: int(tag) in ends,
        defer_size=LARGEST_VALUE_BYTES,
        force=True,
        specific_tags=None if tags is None else [*tags, *pixels],
    )
    # Programs that take the class out of a header may leave it in the meta information.
    if not text(header, 0x00080016) and (told := text(_meta(header), 0x00020002)):
        header.SOPClassUID = told
    if tags is None:
        restore_blocks(header)
        drop_marks_of_chinese(header)
        if typed_in := unnamed_character_set(header):
            implicit, little = header.original_encoding
            header.set_original_encoding(implicit, little, [typed_in])
    return header


def transfer_syntax(header: Dataset) -> str:
    """Return the transfer syntax, told from the encoding where the file doesn't name it."""
    named = _meta(header).get("TransferSyntaxUID")
    if named:
        return str(named)
    implicit, little = header.original_encoding
    if implicit:
        return str(ImplicitVRLittleEndian)
    return str(ExplicitVRLittleEndian if little else ExplicitVRBigEndian)


def cause_of(error: Exception) -> str:
    """Say why a header could not be read."""
    if isinstance(error, ReadError):
        return error.cause
    # pydicom raises some without a cause of the system.
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return damage_of(error)


def damage_of(error: Exception) -> str:
    """Say which element of a header is damaged.

    The words of the error are left out: they may quote what stands there, the patient's name too.
    """
    tag = _WRITTEN_TAG.search(str(error))
    return f"damaged DICOM header (element {tag[0]})" if tag else "damaged DICOM header"


def _meta(header: Dataset) -> Dataset:
    return getattr(header, "file_meta", None) or Dataset()


def _is_hollow(head: bytes) -> bool:
    """Tell whether zeros follow the file meta information: pydicom would read every one."""
    start = _behind_meta(head)
    following = head[start : start + 8]
    return head[128:132] == b"DICM" and len(following) == 8 and not any(following)


def _behind_meta(head: bytes) -> int:
    """Return where the file meta information ends, if it says so."""
    says = head[132:136] == b"\x02\0\0\0"
    return 144 + int.from_bytes(head[140:144], "little") if says else 132


def _check_deflated(file: BinaryIO, head: bytes) -> None:
    """Count what a deflated file unpacks to, a piece at a time."""
    file.seek(_behind_meta(head))
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    while packed := unpacker.unconsumed_tail or file.read(1 << 16):
        size += len(unpacker.decompress(packed, 1 << 22))
        if size > LARGEST_DEFLATED_BYTES:
            raise ReadError("its deflated data expand beyond any sensible size")
        if unpacker.eof:
            return
