"""How the pixels of a file are written, and where those of one slice lie; nothing is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from napari_mrseq.errors import ReadError
from napari_mrseq.reading.lazy import Stamp
from napari_mrseq.reading.tags import text, whole

# A frame beyond this is no MR slice but a damaged header: 16,384 × 16,384 of 32 bits.
LARGEST_FRAME_BYTES = 1 << 30
# More frames are in no MR file: 1,500 volumes of 64 slices are fewer.
MOST_FRAMES = 100_000

# Looked up thousands of times: as plain text, which compares faster than pydicom's class.
_LITTLE_ENDIAN = frozenset(map(str, (ImplicitVRLittleEndian, ExplicitVRLittleEndian)))
_NATIVE = _LITTLE_ENDIAN | {str(ExplicitVRBigEndian), str(DeflatedExplicitVRLittleEndian)}
_ALLOCATED_BITS = (1, 8, 12, 16, 32, 64)
_PIXEL_DTYPES = {8: "u1", 12: "u2", 16: "u2", 32: "u4", 64: "u8"}


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """How the pixels of a file are written; one object serves all files written alike."""

    transfer_syntax: str
    rows: int
    columns: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    signed: bool
    planar: int
    frames: int
    keyword: str = "PixelData"
    pixel_vr: str = "OW"

    @property
    def is_native(self) -> bool:
        """Pixels are written as they are, not compressed one by one."""
        return self.transfer_syntax in _NATIVE

    @property
    def is_plain(self) -> bool:
        """Grey values of 8 or 16 bits in little endian, as most MR is written."""
        return (
            self.bits_allocated in (8, 16)
            and self.samples == 1
            and self.keyword == "PixelData"
            and self.transfer_syntax in _LITTLE_ENDIAN
        )

    @property
    def frame_bytes(self) -> int:
        """Size of one decoded frame."""
        bits = self.rows * self.columns * self.samples * self.bits_allocated
        if self.photometric == "YBR_FULL_422" and self.is_native:
            bits = bits // 3 * 2
        return (bits + 7) // 8

    @property
    def is_colour(self) -> bool:
        """More than one sample a pixel, or a colour table."""
        return self.samples > 1 or self.photometric == "PALETTE COLOR"

    def options(self) -> dict[str, Any]:
        """Return the layout as pydicom's decoders want it."""
        return {
            "transfer_syntax_uid": UID(self.transfer_syntax),
            "rows": self.rows,
            "columns": self.columns,
            "samples_per_pixel": self.samples,
            "photometric_interpretation": self.photometric,
            "bits_allocated": self.bits_allocated,
            "bits_stored": self.bits_stored,
            "pixel_representation": int(self.signed),
            "planar_configuration": self.planar,
            "number_of_frames": self.frames,
            "pixel_keyword": self.keyword,
            "pixel_vr": self.pixel_vr,
        }


@dataclass(frozen=True, slots=True)
class Tile:
    """Place of a slice inside a mosaic, in pixels."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(slots=True)
class FrameSource:
    """Where the pixels of one slice are, and what turns them into values.

    Attributes
    ----------
    offset : int
        Byte at which the pixel element's value starts; -1 where only pydicom can find it.
    stamp : tuple of int
        What `stamp_of` told of the file when its header was read.
    index : int
        Frame inside the file, from 0.
    """

    path: str
    offset: int
    layout: PixelLayout
    stamp: Stamp
    index: int = 0
    slope: float = 1.0
    intercept: float = 0.0
    tile: Tile | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the slice."""
        part = self.tile or self.layout
        return part.rows, part.columns

    @property
    def dtype(self) -> np.dtype[Any]:
        """Smallest type that holds the values exactly."""
        if self.slope != 1 or self.intercept != 0 or self.layout.is_colour:
            return np.dtype(np.float32)
        if self.layout.keyword != "PixelData":
            return np.dtype(np.float64 if "Double" in self.layout.keyword else np.float32)
        size = _PIXEL_DTYPES.get(self.layout.bits_allocated, "u1")
        return np.dtype(size.replace("u", "i") if self.layout.signed else size)


def layout_of(header: Dataset, syntax: str, keyword: str, pixel_vr: str) -> PixelLayout:
    """Return how the pixels are written, as the header says.

    Parameters
    ----------
    header : pydicom.Dataset
        Header as read; not changed.
    syntax, keyword, pixel_vr : str
        UID of the transfer syntax; name and value representation of the pixel element.

    Raises
    ------
    ReadError
        If the header describes no image, or an absurd one; the text is the cause.
    """
    rows, columns = whole(header, 0x00280010), whole(header, 0x00280011)
    if not rows or not columns or rows < 0 or columns < 0:
        missing = "Rows" if not rows or rows < 0 else "Columns"
        raise ReadError(f"damaged header: {missing} (0028,001{'01'[missing != 'Rows']}) is missing")
    allocated = whole(header, 0x00280100) or 16
    if allocated not in _ALLOCATED_BITS:
        raise ReadError(f"pixels of {allocated} allocated bits are not supported")
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
    if layout.frame_bytes > LARGEST_FRAME_BYTES:
        raise ReadError(f"damaged header: an image of {rows} x {columns} pixels is absurd")
    if layout.frames > MOST_FRAMES:
        raise ReadError(f"damaged header: an image of {layout.frames} frames is absurd")
    return layout
