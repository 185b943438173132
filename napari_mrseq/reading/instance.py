"""One DICOM file → its header and where its pixels lie, checked before anything is decoded."""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydicom.config import IGNORE
from pydicom.dataset import Dataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag, Tag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from napari_mrseq.errors import ReadError
from napari_mrseq.reading.pixels import PixelLayout
from napari_mrseq.reading.scan import NotPlainError, scan_header
from napari_mrseq.reading.tags import text, whole

# A frame beyond this is no MR slice but a damaged header: 16,384 × 16,384 of 32 bits.
LARGEST_FRAME_BYTES = 1 << 30
# No lossy codec packs a scan tighter than this; a header that claims more is damaged.
LARGEST_COMPRESSION = 2000
# A deflated file that swells beyond this is a bomb: no MR series is larger.
LARGEST_DEFLATED_BYTES = 1 << 29

# Elements above this many bytes stay in the file: no text or number is that long.
DEFER_BYTES = 1 << 22

_HEAD_BYTES = 1024
_PIXEL_KEYWORDS = {
    0x7FE00008: "FloatPixelData",
    0x7FE00009: "DoubleFloatPixelData",
    0x7FE00010: "PixelData",
}
_UNDEFINED = 0xFFFFFFFF
_WRITTEN_TAG = re.compile(r"\([0-9a-fA-F]{4}, ?[0-9a-fA-F]{4}\)")

# What the scan of a study looks at; of all other elements only the place is passed over.
SCANNED_TAGS = [Tag(number) for number in [
    0x00080008, 0x00080016, 0x00080018, 0x00080022, 0x00080032, 0x0008002A, 0x00080060,
    0x00080070, 0x00089208, 0x00181312, 0x00181314, 0x00185100, 0x00180050, 0x00180081,
    0x00180082, 0x00180086, 0x00180088, 0x00181060, 0x00189087, 0x00189089, 0x0019100A,
    0x0019100C, 0x0019100E, 0x001910BB, 0x001910BC, 0x001910BD, 0x00200010, 0x0020000D,
    0x0020000E, 0x00200011, 0x00200012, 0x00200013, 0x00200032, 0x00200037, 0x00200052,
    0x00200100, 0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280010, 0x00280011,
    0x00280030, 0x00280100, 0x00280101, 0x00280103, 0x00281050, 0x00281051, 0x00281052,
    0x00281053, 0x00291010, 0x00431039, 0x0043102F, 0x00431030, 0x0021105E, 0x00651009,
    0x00651037, 0x00651050, 0x00651051, 0x20011003, 0x200510B0, 0x200510B1, 0x200510B2,
    0x52009229, 0x52009230,
]]  # fmt: skip
_SCANNED = frozenset(map(int, SCANNED_TAGS))
_SCANNED_SEQUENCES = frozenset((0x52009229, 0x52009230, 0x00651051))


@dataclass(slots=True)
class Instance:
    """A DICOM file that holds an image.

    Attributes
    ----------
    header : pydicom.Dataset
        The elements of `SCANNED_TAGS`, without pixels.
    offset : int
        Byte at which the value of the pixel element starts; -1 where only pydicom can find it.
    """

    path: str
    header: Dataset
    layout: PixelLayout
    offset: int


def read_instance(path: str, layouts: dict[PixelLayout, PixelLayout]) -> Instance:
    """Read the header of a DICOM file and check that its pixels can be there.

    Parameters
    ----------
    path : str
        The file.
    layouts : dict
        Layouts met so far; equal ones are shared, since a study has thousands of files.

    Raises
    ------
    ReadError
        If the file is no DICOM file, holds no image, is truncated, or its header is damaged. The
        text is the cause alone.
    """
    try:
        with Path(path).open("rb") as file:
            header, layout, offset = _header_and_layout(file)
    except ReadError:
        raise
    except RecursionError as error:
        raise ReadError("damaged: sequences are nested too deeply") from error
    except OSError as error:
        raise ReadError(error.strerror or str(error)) from error
    except Exception as error:  # a damaged header can make pydicom raise nearly anything
        raise ReadError(damage_of(error)) from error
    return Instance(path, header, layouts.setdefault(layout, layout), offset)


def damage_of(error: Exception) -> str:
    """Say which element of a header is damaged.

    The words of the error are left out: they may quote what stands there, the patient's name too.
    """
    tag = _WRITTEN_TAG.search(str(error))
    return f"damaged DICOM header (element {tag[0]})" if tag else "damaged DICOM header"


def _header_and_layout(file: BinaryIO) -> tuple[Dataset, PixelLayout, int]:
    try:
        scanned = scan_header(file, _SCANNED, _SCANNED_SEQUENCES)
    except NotPlainError:
        file.seek(0)
        header = read_header(file, SCANNED_TAGS)
        return header, *_locate_pixels(file, header)
    file.seek(scanned.pixel_offset)
    element = scanned.pixel_tag, scanned.pixel_vr, scanned.pixel_length
    layout = _checked_layout(file, scanned.dataset, scanned.transfer_syntax, element)
    return scanned.dataset, layout, scanned.pixel_offset


def read_header(file: BinaryIO, tags: Sequence[BaseTag] | None = None) -> Dataset:
    """Read everything before the pixels, or only `tags`, and leave `file` where the pixels start.

    A deflated file is unpacked whole, its pixel element included.

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
    wanted = None if tags is None else [*tags, *(map(Tag, _PIXEL_KEYWORDS) if deflated else ())]
    stop = _at_nothing if deflated else _at_end_of_header
    return read_partial(
        file, stop_when=stop, defer_size=DEFER_BYTES, force=True, specific_tags=wanted
    )


def _at_end_of_header(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    """Stop at the pixels, or where a file that was never filled holds zeros."""
    return int(tag) in _PIXEL_KEYWORDS or int(tag) == 0


def _at_nothing(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    return int(tag) == 0


def _is_hollow(head: bytes) -> bool:
    """Tell whether zeros follow the file meta information: pydicom would read every one."""
    if head[128:132] != b"DICM":
        return False
    (meta_length,) = struct.unpack("<I", head[140:144].ljust(4, b"\0"))
    start = 144 + meta_length if head[132:136] == b"\x02\0\0\0" else 132
    following = head[start : start + 8]
    return len(following) == 8 and not any(following)


def transfer_syntax(header: Dataset) -> str:
    """Return the transfer syntax, told from the encoding where the file doesn't name it."""
    named = getattr(header, "file_meta", Dataset()).get("TransferSyntaxUID")
    if named:
        return str(named)
    implicit, little = header.original_encoding
    if implicit:
        return str(ImplicitVRLittleEndian)
    return str(ExplicitVRLittleEndian if little else ExplicitVRBigEndian)


def _check_deflated(file: BinaryIO, head: bytes) -> None:
    """Count what a deflated file unpacks to, a piece at a time."""
    (meta_length,) = struct.unpack("<I", head[140:144])
    file.seek(144 + meta_length)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    while packed := unpacker.unconsumed_tail or file.read(1 << 16):
        size += len(unpacker.decompress(packed, 1 << 22))
        if size > LARGEST_DEFLATED_BYTES:
            raise ReadError("its deflated data swell beyond every sensible size")
        if unpacker.eof:
            return


def _locate_pixels(file: BinaryIO, header: Dataset) -> tuple[PixelLayout, int]:
    """Return how and where the pixels are written, after checking that they can be there."""
    found = next((tag for tag in _PIXEL_KEYWORDS if tag in header), None)
    if found is not None:
        return _layout(header, transfer_syntax(header), _PIXEL_KEYWORDS[found], "OW"), -1
    element = _pixel_element(file, header)
    if element is None:
        raise ReadError(_no_pixels(header))
    offset = file.tell()
    return _checked_layout(file, header, transfer_syntax(header), element), offset


def _checked_layout(
    file: BinaryIO, header: Dataset, syntax: str, element: tuple[int, str, int]
) -> PixelLayout:
    """Return how the pixels are written, checked against what the file holds from here on."""
    tag, pixel_vr, length = element
    layout = _layout(header, syntax, _PIXEL_KEYWORDS[tag], pixel_vr)
    offset = file.tell()
    held = os.fstat(file.fileno()).st_size - offset
    if layout.is_native:
        _check_native(layout, held if length == _UNDEFINED else min(length, held))
    else:
        _check_fragments(file, layout, held)
    return layout


def _pixel_element(file: BinaryIO, header: Dataset) -> tuple[int, str, int] | None:
    """Read tag, VR and length of the element at which the header ended."""
    implicit, little = header.original_encoding
    order = "<" if little else ">"
    start = file.read(8)
    if len(start) < 8:
        return None
    group, element = struct.unpack(f"{order}HH", start[:4])
    tag = group << 16 | element
    if tag not in _PIXEL_KEYWORDS:
        return None
    if implicit:
        return tag, "OW", struct.unpack(f"{order}I", start[4:])[0]
    vr = start[4:6].decode("ascii", "replace")
    if vr not in ("OB", "OW", "UN", "OF", "OD"):
        return tag, vr, struct.unpack(f"{order}H", start[6:])[0]
    rest = file.read(4)
    return (tag, vr, struct.unpack(f"{order}I", rest)[0]) if len(rest) == 4 else None


def _layout(header: Dataset, syntax: str, keyword: str, pixel_vr: str) -> PixelLayout:
    rows, columns = whole(header, 0x00280010), whole(header, 0x00280011)
    if not rows or not columns or rows < 0 or columns < 0:
        missing = "Rows" if not rows or rows < 0 else "Columns"
        raise ReadError(f"damaged header: {missing} (0028,001{'01'[missing != 'Rows']}) is missing")
    allocated = whole(header, 0x00280100) or 16
    layout = PixelLayout(
        transfer_syntax=syntax,
        rows=rows,
        columns=columns,
        samples=whole(header, 0x00280002) or 1,
        photometric=text(header, 0x00280004) or "MONOCHROME2",
        bits_allocated=allocated,
        bits_stored=whole(header, 0x00280101) or allocated,
        signed=bool(whole(header, 0x00280103)),
        planar=whole(header, 0x00280006) or 0,
        frames=max(1, whole(header, 0x00280008) or 1),
        keyword=keyword,
        pixel_vr="OW" if pixel_vr == "UN" else pixel_vr,
    )
    if layout.bits_allocated not in (1, 8, 12, 16, 32, 64):
        raise ReadError(f"pixels of {layout.bits_allocated} allocated bits are not supported")
    if layout.frame_bytes > LARGEST_FRAME_BYTES:
        raise ReadError(f"damaged header: an image of {rows} x {columns} pixels is absurd")
    return layout


def _check_native(layout: PixelLayout, held: int) -> None:
    needed = layout.frame_bytes * layout.frames
    if held < needed:
        raise ReadError(
            f"truncated: {layout.frames} x {layout.rows} x {layout.columns} pixels "
            f"need {needed} bytes, the file holds {held}"
        )


def _check_fragments(file: BinaryIO, layout: PixelLayout, held: int) -> None:
    """Walk the items of compressed pixels (PS3.5 A.4) to their end, reading no data."""
    if layout.frames * layout.frame_bytes > held * LARGEST_COMPRESSION:
        raise ReadError(
            f"damaged header: {layout.frames} x {layout.rows} x {layout.columns} pixels "
            f"can't come from {held} bytes"
        )
    end = file.tell() + held
    fragments = -1
    while len(start := file.read(8)) == 8:
        group, element, length = struct.unpack("<HHI", start)
        if (group, element) != (0xFFFE, 0xE000):
            break
        if length > end - file.tell():
            raise ReadError("truncated: the compressed pixels end too early")
        file.seek(length, os.SEEK_CUR)
        fragments += 1
    if fragments < layout.frames:
        raise ReadError(
            f"truncated: {layout.frames} frames are announced, {max(fragments, 0)} are there"
        )


def _no_pixels(header: Dataset) -> str:
    kind = UID(text(header, 0x00080016), validation_mode=IGNORE)
    # Of a damaged header nothing is quoted: it may be the patient's name.
    known = f" ({kind.name})" if kind.name != kind else ""
    return f"holds no pixels, or is cut off before them{known}"
