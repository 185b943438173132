"""Instance or frame → array: decoded when asked for, rescaled, bright is large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
from pydicom.uid import UID, JPEG2000TransferSyntaxes

from napari_mrseq.errors import STOPS, ReadError
from napari_mrseq.reading.damage import damage_in
from napari_mrseq.reading.layout import FrameSource, PixelLayout
from napari_mrseq.reading.lazy import check_unchanged, lazy_stack
from napari_mrseq.reading.whole_file import WholeFile
from napari_mrseq.series import grey_of

if TYPE_CHECKING:
    from dask.array import Array
    from numpy.typing import NDArray

_PACKED_BITS = 12
# How a JPEG 2000 file begins, which some programs write where its code alone belongs.
_JP2_SIGNATURE = b"\0\0\0\x0cjP  "


def slice_values(source: FrameSource, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Decode one slice.

    Returns
    -------
    (row, column) array of `dtype`
        Rescaled, MONOCHROME1 turned, colour turned grey; padding as dark as the darkest pixel.

    Raises
    ------
    ReadError
        If the file is gone or has changed, or its pixels can't be decoded; names file and cause.
    """
    try:
        frame = _decode(source)
    except (*STOPS, ReadError):
        raise
    except BaseException as error:  # decoders raise what they like; panics of Rust are no Exception
        raise ReadError(_decoding_cause(error, source.layout), source.path) from error
    if frame.ndim == 3:
        frame = grey_of(frame)
    padded = _padding_in(frame, source.layout)
    if source.lut is not None:
        frame = apply_modality_lut(frame, source.lut)
    if source.layout.photometric == "MONOCHROME1":
        frame = _turned(frame, source.layout) if source.lut is None else ~frame
    if source.tile is not None:
        frame = source.tile.of(frame)
        padded = None if padded is None else source.tile.of(padded)
    if source.is_rescaled:
        # In double precision, since 32-bit integers don't fit a float32.
        frame = frame * np.float64(source.slope) + source.intercept
    if padded is not None:
        frame = _darkened(frame, padded)
    return frame.astype(dtype, copy=False)


def _decoding_cause(error: BaseException, layout: PixelLayout) -> str:
    """Put a decoder's error into words for the user."""
    if isinstance(error, OSError) and error.strerror:
        return damage_in(error)
    syntax = UID(layout.transfer_syntax)
    if isinstance(error, RuntimeError) and "missing dependencies" in str(error):
        return (
            f"the decoder for {syntax.name} is not installed: "
            'pip install "napari-mrseq[codecs]" brings it'
        )
    return f"pixels can't be decoded as {syntax.name} ({damage_in(error)})"


def stack_pixels(volumes: Sequence[Sequence[FrameSource]]) -> Array:
    """Return slices as a lazy array, one chunk a slice (a mosaic is one chunk with all its tiles).

    Parameters
    ----------
    volumes : sequence of sequence of FrameSource
        As many slices in each volume; all of one shape.

    Returns
    -------
    dask.array.Array
        (slice, row, column), or (volume, slice, row, column) of more than one volume.
    """
    sources = [source for volume in volumes for source in volume]
    dtype = np.result_type(*{source.dtype for source in sources})
    step = len(volumes[0]) if _whole_mosaics(volumes) else 1
    slices = (step,) * (len(volumes[0]) // step)
    load = partial(_load_slices, volumes, step, dtype)
    return lazy_stack(load, len(volumes), slices, sources[0].shape, dtype)


def _load_slices(
    volumes: Sequence[Sequence[FrameSource]],
    step: int,
    dtype: np.dtype[Any],
    volume: int,
    chunk: int,
) -> NDArray[Any]:
    wanted = volumes[volume][chunk * step : (chunk + 1) * step]
    return _mosaic_values(wanted, dtype) if step > 1 else slice_values(wanted[0], dtype)[None]


def _decode(source: FrameSource) -> NDArray[Any]:
    layout = source.layout
    if source.whole is not None:
        return _whole_frame(source.whole, source)
    if layout.is_plain:
        return _plain_frame(source)
    with Path(source.path).open("rb") as file:
        check_unchanged(file, source.stamp, source.path)
        if layout.bits_allocated == _PACKED_BITS:
            return _packed_frame(file, source)
        if layout.is_bits:
            return _bit_frame(file, source)
        if layout.transfer_syntax in JPEG2000TransferSyntaxes:
            _check_boxes(file, source)
        file.seek(source.offset)
        decoder = get_decoder(layout.transfer_syntax)
        options = layout.options() | {"extended_offsets": source.fragments}
        array, _ = decoder.as_array(file, index=source.index, **options)
    return _own_bits(array, layout)


def _check_boxes(file: BinaryIO, source: FrameSource) -> None:
    """Refuse a frame in boxes (JP2) of which one before the code has no length.

    Only the last may have none (ISO 15444-1, I.4); pydicom would look at it for ever.
    """
    file.seek(source.offset)
    count, offsets = source.layout.frames, source.fragments
    frame = get_frame(file, source.index, number_of_frames=count, extended_offsets=offsets)
    if not frame.startswith(_JP2_SIGNATURE):
        return
    place = 0
    while place < len(frame) and frame[place + 4 : place + 8] != b"jp2c":
        length = int.from_bytes(frame[place : place + 4], "big")
        if not length:
            raise ValueError("a box without a length")
        place += length


def _plain_frame(source: FrameSource) -> NDArray[Any]:
    """Read one grey frame as it lies in the file, what pydicom does five times as slowly."""
    layout = source.layout
    frame = np.empty((layout.rows, layout.columns), layout.integers.newbyteorder("<"))
    # Straight into the array: each further call of the system lets another thread in between.
    with Path(source.path).open("rb", buffering=0) as file:
        check_unchanged(file, source.stamp, source.path)
        file.seek(source.offset + source.index * layout.frame_bytes)
        if file.readinto(frame.data) < layout.frame_bytes:
            raise EOFError("the file ends before its pixels do")
    return _stored_bits(frame, layout)


def _stored_bits(frame: NDArray[Any], layout: PixelLayout) -> NDArray[Any]:
    """Free stored bits of those around them, which may hold anything (PS3.5, 8.1.1), in place."""
    unused = layout.bits_allocated - layout.bits_stored
    if unused > 0:
        lowest = 0 if _lie_lowest(frame, layout) else layout.lowest_bit
        frame <<= unused - lowest
        # The sign comes down with them.
        frame >>= unused
    return frame


def _lie_lowest(frame: NDArray[Any], layout: PixelLayout) -> bool:
    """Tell whether stored bits lie below where the header says: few programs look at High Bit."""
    if layout.overlaid:  # A dark slice and the overlay below would pass for one.
        return False
    least = -(1 << layout.bits_stored - 1) if layout.signed else 0
    fit = frame.min() >= least and frame.max() < 1 << layout.bits_stored
    return bool(fit and np.any(frame & (1 << layout.lowest_bit) - 1))


def _own_bits(decoded: NDArray[Any], layout: PixelLayout) -> NDArray[Any]:
    """Shift what a decoder was asked to leave as it lies, and give signed values their sign."""
    is_own = not layout.lowest_bit and not _lacks_sign(decoded, layout)
    return decoded if is_own else _stored_bits(np.array(decoded), layout)


def _lacks_sign(decoded: NDArray[Any], layout: PixelLayout) -> bool:
    """Tell whether signed values fill the stored bits alone: JPEG-LS knows no sign to restore."""
    if decoded.dtype.kind != "i" or layout.bits_stored >= layout.bits_allocated:
        return False
    return bool(decoded.min() >= 0 and decoded.max() < 1 << layout.bits_stored)


def _packed_frame(file: BinaryIO, source: FrameSource) -> NDArray[Any]:
    """Unpack two pixels of 12 bits from three bytes, as ACR-NEMA and early DICOM allow."""
    layout = source.layout
    count = layout.rows * layout.columns
    file.seek(source.offset + source.index * layout.frame_bytes)
    packed = np.frombuffer(file.read(layout.frame_bytes), np.uint8).astype(np.uint16)
    first, second, third = (packed[start : count // 2 * 3 : 3] for start in range(3))
    pixels = np.stack([first | (second & 0xF) << 8, second >> 4 | third << 4], axis=-1)
    return pixels.reshape(layout.rows, layout.columns)


def _bit_frame(file: BinaryIO, source: FrameSource) -> NDArray[Any]:
    """Unpack single bits, which go on from one frame to the next inside a byte (PS3.5, 8.1.1)."""
    layout = source.layout
    count = layout.rows * layout.columns
    start, skipped = divmod(source.index * count, 8)
    file.seek(source.offset + start)
    packed = np.frombuffer(file.read((skipped + count + 7) // 8), np.uint8)
    pixels = np.unpackbits(packed, bitorder="little")[skipped : skipped + count]
    return pixels.reshape(layout.rows, layout.columns)


def _whole_frame(file: WholeFile, source: FrameSource) -> NDArray[Any]:
    """Decode one frame of a file that is read as a whole."""
    dataset = file.dataset()
    decoder = get_decoder(source.layout.transfer_syntax)
    array, _ = decoder.as_array(dataset, index=source.index)
    if source.layout.photometric == "PALETTE COLOR":
        coloured = apply_color_lut(array, dataset).astype(np.float32)
        # Palette entries are 8 or 16 bits wide; grey values stay within those of 8 bits.
        return coloured / 257 if coloured.max(initial=0) > 255 else coloured
    return _own_bits(array, source.layout)


def _turned(frame: NDArray[Any], layout: PixelLayout) -> NDArray[Any]:
    if frame.dtype.kind == "f":
        return -frame
    turned = layout.mirror - frame.astype(np.int64)
    return turned.astype(frame.dtype)


def _padding_in(frame: NDArray[Any], layout: PixelLayout) -> NDArray[np.bool_] | None:
    """Tell which pixels only fill up the image, None where that isn't said or can't be true."""
    if layout.padding is None or layout.is_colour:
        return None
    lowest, highest = layout.padding
    padded = (frame >= lowest) & (frame <= highest)
    return padded if _fills_up(frame, padded) else None


def _fills_up(frame: NDArray[Any], padded: NDArray[np.bool_]) -> bool:
    """Tell whether pixels may be padding: some headers name a value or a range that tissue has."""
    others = frame[~padded]
    if not others.size:
        # A range that leaves nothing is wrong, but for a slice that lies outside the body.
        return bool(np.ptp(frame) == 0)
    if not any(edge.any() for edge in (padded[0], padded[-1], padded[:, 0], padded[:, -1])):
        return False
    least, most = others.min(), others.max()
    # Padding lies outside an image and its values; where one value is left, it is a mask.
    return bool(least < most and (frame[padded].max() < least or frame[padded].min() > most))


def _darkened(frame: NDArray[Any], padded: NDArray[np.bool_]) -> NDArray[Any]:
    """Give padding the lowest of the other values: air is the darkest that a scanner sees."""
    others = frame[~padded]
    lowest = others.min() if others.size else frame.dtype.type(0)
    return np.where(padded, lowest, frame)


def _whole_mosaics(volumes: Sequence[Sequence[FrameSource]]) -> bool:
    return all(
        len(volume) > 1 and len({(source.path, source.index) for source in volume}) == 1
        for volume in volumes
    )


def _mosaic_values(sources: Sequence[FrameSource], dtype: np.dtype[Any]) -> NDArray[Any]:
    mosaic = slice_values(replace(sources[0], tile=None), dtype)
    return np.stack([source.tile.of(mosaic) for source in sources if source.tile is not None])
