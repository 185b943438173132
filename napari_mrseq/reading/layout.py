"""How the pixels of a file are written, and where those of one slice lie; nothing is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from napari_mrseq.errors import ReadError
from napari_mrseq.reading.lazy import Stamp
from napari_mrseq.reading.tags import items, text, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.reading.whole_file import WholeFile

# A frame beyond this is no MR slice but a damaged header: 16,384 × 16,384 of 32 bits.
LARGEST_FRAME_BYTES = 1 << 30
# More frames are in no MR file: 1,500 volumes of 64 slices are fewer.
MOST_FRAMES = 100_000
PER_FRAME_GROUPS = 0x52009230

# Looked up thousands of times: as plain text, which compares faster than pydicom's class.
_LITTLE_ENDIAN = frozenset(map(str, (ImplicitVRLittleEndian, ExplicitVRLittleEndian)))
_NATIVE = _LITTLE_ENDIAN | {str(ExplicitVRBigEndian), str(DeflatedExplicitVRLittleEndian)}
_WHOLE_WORDS = _NATIVE | {str(RLELossless)}
_ALLOCATED_BITS = (1, 8, 12, 16, 32, 64)

# Where fragments of compressed pixels start behind the first, and their lengths in bytes.
Fragments = tuple[list[int], list[int]]


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """How the pixels of a file are written; one object serves all files written alike.

    Attributes
    ----------
    lowest_bit : int
        Place of the lowest stored bit inside those allocated, 0 in nearly all files.
    overlaid : bool
        An overlay lies in bits of the pixels that are not stored ones.
    padding : tuple of int or None
        Lowest and highest of the values, as stored, that fill up an image and mean nothing.
    """

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
    lowest_bit: int = 0
    overlaid: bool = False
    padding: tuple[int, int] | None = None

    @property
    def is_native(self) -> bool:
        """Pixels are written as they are, not compressed one by one."""
        return self.transfer_syntax in _NATIVE

    @property
    def is_bits(self) -> bool:
        """One bit a pixel in little endian: frames follow each other inside a byte."""
        return self.bits_allocated == 1 and self.transfer_syntax in _LITTLE_ENDIAN

    @property
    def is_float(self) -> bool:
        """Pixels are written as floating-point numbers, not as integers."""
        return self.keyword != "PixelData"

    @property
    def is_plain(self) -> bool:
        """Grey values of 8 or 16 bits in little endian, as most MR is written."""
        return (
            self.bits_allocated in (8, 16)
            and self.samples == 1
            and not self.is_float
            and self.transfer_syntax in _LITTLE_ENDIAN
        )

    @property
    def integers(self) -> np.dtype[Any]:
        """Type of the pixels where they are whole numbers, as wide as they are written."""
        return np.dtype(f"{'i' if self.signed else 'u'}{(self.bits_allocated + 7) // 8}")

    @property
    def frame_bytes(self) -> int:
        """Size of one decoded frame."""
        return (self._frame_bits + 7) // 8

    @property
    def native_bytes(self) -> int:
        """Size of all frames where they are not compressed."""
        if self.is_bits:
            return (self._frame_bits * self.frames + 7) // 8
        return self.frame_bytes * self.frames

    @property
    def _frame_bits(self) -> int:
        bits = self.rows * self.columns * self.samples * self.bits_allocated
        return bits // 3 * 2 if self.photometric == "YBR_FULL_422" and self.is_native else bits

    @property
    def mirror(self) -> int:
        """The sum of a stored value and of what MONOCHROME1 turns it into."""
        if self.is_float:
            return 0
        return -1 if self.signed else (1 << self.bits_stored) - 1

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
            # Bits below those stored are shifted out after decoding.
            "bits_stored": self.bits_allocated if self.lowest_bit else self.bits_stored,
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

    def of(self, image: NDArray[Any]) -> NDArray[Any]:
        """Return the slice out of the mosaic."""
        return image[self.row : self.row + self.rows, self.column : self.column + self.columns]


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
    whole : WholeFile or None
        The file, where its frames can't be read one by one.
    lut : pydicom.Dataset or None
        What holds the Modality LUT Sequence (0028,3000), which takes the place of slope and
        intercept.
    fragments : tuple or None
        Those of all compressed frames of the file, if each is one fragment.
    """

    path: str
    offset: int
    layout: PixelLayout
    stamp: Stamp
    index: int = 0
    slope: float = 1.0
    intercept: float = 0.0
    tile: Tile | None = None
    whole: WholeFile | None = None
    lut: Dataset | None = None
    fragments: Fragments | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the slice."""
        part = self.tile or self.layout
        return part.rows, part.columns

    @property
    def is_rescaled(self) -> bool:
        """Slope and intercept change its values."""
        return (self.slope, self.intercept) != (1.0, 0.0)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Smallest type that holds the values exactly; of rescaled ones it holds seven digits."""
        if self.lut is not None:
            return np.dtype(np.uint16)
        if self.is_rescaled or self.layout.is_colour:
            return np.dtype(np.float32)
        if self.layout.is_float:
            return np.dtype(np.float64 if "Double" in self.layout.keyword else np.float32)
        return self.layout.integers


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
    rows, columns = whole(header, 0x00280010) or 0, whole(header, 0x00280011) or 0
    if rows <= 0:
        raise ReadError("damaged header: Rows (0028,0010) is missing")
    if columns <= 0:
        raise ReadError("damaged header: Columns (0028,0011) is missing")
    allocated = whole(header, 0x00280100) or 16
    if allocated not in _ALLOCATED_BITS:
        raise ReadError(f"pixels of {allocated} allocated bits are not supported")
    stored = whole(header, 0x00280101) or allocated
    signed = bool(whole(header, 0x00280103))
    layout = PixelLayout(
        transfer_syntax=syntax,
        rows=rows,
        columns=columns,
        samples=whole(header, 0x00280002) or 1,
        photometric=text(header, 0x00280004) or "MONOCHROME2",
        bits_allocated=allocated,
        bits_stored=stored,
        signed=signed,
        planar=whole(header, 0x00280006) or 0,
        frames=told_frames(header) or max(1, len(items(header, PER_FRAME_GROUPS))),
        keyword=keyword,
        pixel_vr="OW" if pixel_vr == "UN" else pixel_vr,
        lowest_bit=_lowest_bit(header, syntax, allocated, stored),
        # One that has an element of its own has one bit allocated (PS3.3, C.9.2).
        overlaid=(whole(header, 0x60000100) or 1) > 1,
        padding=_padding(header, stored, signed=signed) if keyword == "PixelData" else None,
    )
    if layout.frame_bytes > LARGEST_FRAME_BYTES:
        raise ReadError(f"damaged header: an image of {rows} x {columns} pixels is implausible")
    if layout.frames > MOST_FRAMES:
        raise ReadError(f"damaged header: an image of {layout.frames} frames is implausible")
    return layout


def told_frames(header: Dataset) -> int:
    """Return Number of Frames (0028,0008), 0 where it is missing; functional groups then count."""
    return max(0, whole(header, 0x00280008) or 0)


def _lowest_bit(header: Dataset, syntax: str, allocated: int, stored: int) -> int:
    """Return where the stored bits begin by the highest of them (0028,0102); 0 where absurd."""
    highest = whole(header, 0x00280102)
    # Other codecs give back the stored bits alone.
    if highest is None or syntax not in _WHOLE_WORDS or not stored <= highest + 1 <= allocated:
        return 0
    return highest + 1 - stored


def _padding(header: Dataset, stored: int, *, signed: bool) -> tuple[int, int] | None:
    """Return the range of Pixel Padding Value (0028,0120) and its limit, None where needless."""
    vr = "SS" if signed else "US"
    values = [whole(header, tag, vr) for tag in (0x00280120, 0x00280121)]
    if values[0] is None:
        return None
    known = [_as_stored(value, stored, signed=signed) for value in values if value is not None]
    ends = [end for end in known if end is not None]
    # No signal is black by itself.
    dark = not any(ends) and text(header, 0x00280004) != "MONOCHROME1"
    return None if dark or len(ends) < len(known) else (min(ends), max(ends))


def _as_stored(value: int, bits: int, *, signed: bool) -> int | None:
    """Return what a value is among the stored ones, None where it can't be one of them."""
    lowest, highest = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    word = 1 << max(bits, 16)
    # Some writers mistake the sign: -2000 is written as 63536.
    return next((v for v in (value % word, value % word - word) if lowest <= v <= highest), None)
