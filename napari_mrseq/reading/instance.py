"""One DICOM file → what a study is sorted by and where its pixels lie, checked before decoding."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from pydicom.config import IGNORE
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from napari_mrseq.errors import NoImageError, ReadError
from napari_mrseq.reading.header import PIXEL_KEYWORDS, cause_of, read_header, transfer_syntax
from napari_mrseq.reading.layout import (
    MOST_FRAMES,
    PER_FRAME_GROUPS,
    Fragments,
    FrameSource,
    PixelLayout,
    layout_of,
    told_frames,
)
from napari_mrseq.reading.lazy import stamp_of
from napari_mrseq.reading.private_blocks import CREATOR_TAGS, moved_blocks
from napari_mrseq.reading.scan import UNDEFINED, NotPlainError, ScannedHeader, scan_header
from napari_mrseq.reading.tags import items, raw_values, text
from napari_mrseq.reading.whole_file import WholeFile

# No lossy codec packs a scan tighter than this; a header that claims more is damaged.
LARGEST_COMPRESSION = 2000

# Names of SOP classes that never hold one.
_WITHOUT_IMAGE = re.compile(
    r"\b(SR|Report|Document|Presentation State|PDF|CDA|Waveform|Raw Data|Registration|Fiducials"
    r"|Structure Set|Plan|Value Mapping|Spectroscopy|Measurements|Procedure Log|Tractography)\b"
)

# Those of makers' own: Siemens' Phoenix reports and spectra, what Philips keeps beside each series.
_PRIVATE_WITHOUT_IMAGE = {
    "1.3.12.2.1107.5.9.1": "Siemens CSA Non-Image",
    "1.3.46.670589.11.0.0.12.1": "Philips MR Spectrum",
    "1.3.46.670589.11.0.0.12.2": "Philips MR Series Data",
    "1.3.46.670589.11.0.0.12.4": "Philips MR ExamCard",
}

# Layouts by what headers say: a file seldom differs from the one before it.
Layouts = dict[Hashable, PixelLayout]

# What describes the pixels.
_LAYOUT_TAGS = (
    0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280010, 0x00280011, 0x00280100,
    0x00280101, 0x00280102, 0x00280103, 0x00280120, 0x00280121, 0x60000100,
)  # fmt: skip
# What the scan of a study looks at; of all other elements only the place is passed over.
SCANNED_TAGS = frozenset((
    0x00080008, 0x00080016, 0x00080018, 0x00080022, 0x0008002A, 0x00080032, 0x00080033, 0x00080060,
    0x00080070, 0x0008103E, 0x00089208, 0x00100010, 0x00100020, 0x00180024, 0x00180050, 0x00180080,
    0x00180081, 0x00180082, 0x00180086, 0x00180088, 0x00181030, 0x00181060, 0x00181310, 0x00181312,
    0x00181314, 0x00185100, 0x00189079, 0x00189082, 0x00189087, 0x00189089, 0x0019100A, 0x0019100C,
    0x0019100E, 0x001910BB, 0x001910BC, 0x001910BD, 0x0020000D, 0x0020000E, 0x00200010, 0x00200011,
    0x00200012, 0x00200013, 0x00200032, 0x00200037, 0x00200052, 0x00200100, 0x00201041, 0x00209228,
    0x0021105E, 0x00409096,
    *_LAYOUT_TAGS, 0x00280030, 0x00281050, 0x00281051, 0x00281052, 0x00281053, 0x00283000,
    0x00291010, 0x0043102F, 0x00431030, 0x00431039, 0x00651009, 0x00651037, 0x00651050, 0x00651051,
    0x00280106, 0x20011003, 0x20051011, 0x200510B0, 0x200510B1, 0x200510B2, 0x52009229, 0x52009230,
    # As plain numbers: pydicom's own compare more slowly.
    *map(int, CREATOR_TAGS),
))  # fmt: skip
_SCANNED_SEQUENCES = frozenset((0x00283000, 0x52009229, 0x52009230, 0x00651051))


@dataclass(slots=True)
class Instance:
    """A DICOM file that holds an image.

    Attributes
    ----------
    header : pydicom.Dataset
        The elements of `SCANNED_TAGS`, without pixels.
    first : FrameSource
        Where the pixels of its first frame are; nothing rescales them yet.
    """

    header: Dataset
    first: FrameSource

    @property
    def layout(self) -> PixelLayout:
        """How its pixels are written."""
        return self.first.layout

    def source(self, index: int = 0) -> FrameSource:
        """Return where the pixels of a frame are."""
        return replace(self.first, index=index)


def read_instance(path: str, layouts: Layouts) -> Instance:
    """Read the header of a DICOM file and check that its pixels can be there.

    Parameters
    ----------
    path : str
        The file.
    layouts : dict
        Layouts met so far, by what the header says; shared, since a study has thousands of files.

    Raises
    ------
    ReadError
        If the file is no DICOM file, holds no image or is truncated. The text is the cause alone.
    Exception
        Nearly any, by pydicom, if the header is damaged.
    """
    try:
        with Path(path).open("rb") as file:
            header, layout, offset = _header_and_layout(file, layouts)
            is_packed = offset >= 0 and not layout.is_native
            fragments = _fragments(file, layout, offset) if is_packed else None
            stamp = stamp_of(file)
    except OSError as error:
        raise ReadError(cause_of(error)) from error
    is_whole = offset < 0 or layout.photometric == "PALETTE COLOR"
    whole = WholeFile(path, layout, stamp) if is_whole else None
    source = FrameSource(path, offset, layout, stamp, whole=whole, fragments=fragments)
    return Instance(header, source)


def _header_and_layout(file: BinaryIO, layouts: Layouts) -> tuple[Dataset, PixelLayout, int]:
    try:
        scanned = scan_header(file, SCANNED_TAGS, _SCANNED_SEQUENCES)
    except NotPlainError:
        scanned = None
    if scanned is None or moved_blocks(scanned.dataset):
        file.seek(0)
        return _read_by_pydicom(file, layouts)
    return scanned.dataset, _checked_layout(file, scanned, layouts), scanned.pixel_offset


def _read_by_pydicom(file: BinaryIO, layouts: Layouts) -> tuple[Dataset, PixelLayout, int]:
    header = read_header(file, SCANNED_TAGS)
    if moved_blocks(header):
        # What is wanted lies at other tags then.
        file.seek(0)
        header = read_header(file)
    syntax = transfer_syntax(header)
    found = next((tag for tag in PIXEL_KEYWORDS if tag in header), None)
    if found is not None:
        return header, layout_of(header, syntax, PIXEL_KEYWORDS[found], "OW"), -1
    scanned = ScannedHeader(header, syntax, *_pixel_element(file, header))
    return header, _checked_layout(file, scanned, layouts), scanned.pixel_offset


def _pixel_element(file: BinaryIO, header: Dataset) -> tuple[int, str, int, int]:
    """Return tag, VR, length and offset of the element at which the header ended."""
    _, little = header.original_encoding
    order = "<" if little else ">"
    start = file.read(8)
    if len(start) < 8:
        raise _no_pixels(header)
    group, element = struct.unpack(f"{order}HH", start[:4])
    tag = group << 16 | element
    if tag not in PIXEL_KEYWORDS:
        raise _no_pixels(header)
    # The transfer syntax may be wrong of whether a VR is written. These begin with odd bytes, and a
    # length that stands there instead is even.
    vr, code, written = start[4:6].decode("ascii", "replace"), "I", start[4:]
    if vr in ("OB", "OW", "UN", "OF", "OD"):
        written = file.read(4)
    elif vr in ("US", "SS"):
        code, written = "H", start[6:]
    else:
        vr = "OW"
    if len(written) < struct.calcsize(code):
        raise _no_pixels(header)
    return tag, vr, struct.unpack(f"{order}{code}", written)[0], file.tell()


def _checked_layout(file: BinaryIO, header: ScannedHeader, layouts: Layouts) -> PixelLayout:
    """Return how the pixels are written, checked against what the file holds."""
    syntax, tag, vr = header.transfer_syntax, header.pixel_tag, header.pixel_vr
    # Functional groups count the frames where no number does.
    groups = len(items(header.dataset, PER_FRAME_GROUPS))
    said = (syntax, tag, vr, groups, raw_values(header.dataset, _LAYOUT_TAGS))
    layout = layouts.get(said)
    if layout is None:
        layout = layout_of(header.dataset, syntax, PIXEL_KEYWORDS[tag], vr)
        layouts[said] = layout
    if layout.is_native:
        held, length = _held(file, header.pixel_offset), header.pixel_length
        _check_native(layout, held if length == UNDEFINED else min(length, held))
        if length <= held and not groups and not told_frames(header.dataset):
            return _with_all_frames(layout, length)
    return layout


def _held(file: BinaryIO, offset: int) -> int:
    """Return how many bytes of a file lie behind an offset."""
    return os.fstat(file.fileno()).st_size - offset


def _check_native(layout: PixelLayout, held: int) -> None:
    needed = layout.native_bytes
    if held < needed:
        raise ReadError(
            f"truncated: {layout.frames} x {layout.rows} x {layout.columns} pixels "
            f"need {needed} bytes, the file holds {held}"
        )


def _with_all_frames(layout: PixelLayout, length: int) -> PixelLayout:
    """Count the frames that pixels of a length fill to the last byte, where no number does."""
    count, rest = divmod(length, layout.frame_bytes)
    # An odd length is filled up to an even one.
    is_filled = rest <= layout.frame_bytes % 2
    return replace(layout, frames=count) if is_filled and 1 < count <= MOST_FRAMES else layout


def _fragments(file: BinaryIO, layout: PixelLayout, offset: int) -> Fragments | None:
    """Walk the items of compressed pixels (PS3.5 A.4) to their end, reading no data.

    Where each frame is one fragment, their places are returned: offset tables are left out or wrong
    in some files, and without one each frame would be looked for from the first on.
    """
    _check_decoder(layout)
    held = _held(file, offset)
    if layout.frames * layout.frame_bytes > held * LARGEST_COMPRESSION:
        raise ReadError(
            f"damaged header: {layout.frames} x {layout.rows} x {layout.columns} pixels "
            f"can't come from {held} bytes"
        )
    end = offset + held
    places, lengths = [], []
    file.seek(offset)
    while len(start := file.read(8)) == 8:
        group, element, length = struct.unpack("<HHI", start)
        if (group, element) != (0xFFFE, 0xE000):
            break
        if length > end - file.tell():
            raise ReadError("truncated: the compressed pixels end too early")
        places.append(file.tell() - 8)
        lengths.append(length)
        file.seek(length, os.SEEK_CUR)
    # The first item is the offset table, behind which places are counted.
    count = max(len(places) - 1, 0)
    if count < layout.frames:
        raise ReadError(f"truncated: {layout.frames} frames are expected, {count} are there")
    if count > layout.frames:
        return None
    return [place - places[1] for place in places[1:]], lengths[1:]


def _check_decoder(layout: PixelLayout) -> None:
    syntax = UID(layout.transfer_syntax, validation_mode=IGNORE)
    try:
        get_decoder(syntax)
    except NotImplementedError as error:
        named = syntax.name if syntax.name != syntax else "one that DICOM doesn't know"
        raise ReadError(f"no decoder exists for its transfer syntax ({named})") from error


def _no_pixels(header: Dataset) -> ReadError:
    kind = UID(text(header, 0x00080016), validation_mode=IGNORE)
    name = _PRIVATE_WITHOUT_IMAGE.get(kind, kind.name)
    # Of a damaged header nothing is quoted: it may be the patient's name.
    if name == kind:
        return ReadError("holds no pixels, or is cut off before them")
    if kind in _PRIVATE_WITHOUT_IMAGE or _WITHOUT_IMAGE.search(name):
        return NoImageError(f"holds no image, but {name.removesuffix(' Storage')}")
    return ReadError(f"holds no pixels, or is cut off before them ({name})")
