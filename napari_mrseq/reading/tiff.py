"""TIFF: which pages form a stack, and the pixels of a page, upright and grey."""

from __future__ import annotations

import io
import struct
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from napari_mrseq.errors import ReadError
from napari_mrseq.reading.jpg_png import GREY_MODES, ON_ITS_SIDE, ORIENTATION, Pages
from napari_mrseq.series import grey_of

# Colours of TIFF that are no red, green and blue: ink, tables and the like, which Pillow turns.
_OTHER_COLOURS = (
    tifffile.PHOTOMETRIC.PALETTE,
    tifffile.PHOTOMETRIC.SEPARATED,
    tifffile.PHOTOMETRIC.YCBCR,
    tifffile.PHOTOMETRIC.CIELAB,
)

# Values of the tag of how a page stands that turn rows and columns round, once they are swapped
# (TIFF 6.0, page 36).
_ROWS_TURNED, _COLUMNS_TURNED = (3, 4, 7, 8), (2, 3, 6, 7)

# Raw modes of Pillow of numbers in the other byte order, and in the machine's own.
_NATIVE = {"I;16BS": "I;16NS", "I;32BS": "I;32NS", "F;32BF": "F;32NF"}

# Number of a page, and the byte at which its directory begins; 0 where only its series tells.
_Place = tuple[int, int]


def describe_tiff(path: str) -> Pages:
    """Return what a TIFF file holds; where one directory tells of several slices, these are pages.

    Raises
    ------
    ReadError
        If it has no page, or one that holds slices which don't lie one after the other.
    """
    with tifffile.TiffFile(path) as tiff:
        alike = _alike(tiff)
        series = alike[0]
        listed: list[Any] = [page for one in alike for page in one.pages]
        whole = [one for one in tiff.series if not one.keyframe.is_reduced]
        others = sum(len(one.pages) for one in whole or alike) - len(listed)
        # Pairs, not a mapping: axes without a name are all called Q.
        sizes = list(zip(series.axes, series.shape, strict=True))
        named = dict(sizes)
        on_its_side = _orientation(series.keyframe) in ON_ITS_SIDE
        rows, columns = (named[axis] for axis in ("XY" if on_its_side else "YX"))
        along = [(axis, size) for axis, size in sizes if axis not in "YXS"]
        order = _slices_last([("series", len(alike)), *along])
        places = [(number, 0) for number in order.ravel().tolist()]
        if by_page := len(places) == len(listed):
            places = [_place(number, listed[number], tiff) for number, _ in places]
        else:
            _check_plain(series)
        coloured = named.get("S", 1) > 1 or series.keyframe.photometric in _OTHER_COLOURS
        dtype = np.dtype("f4" if coloured or series.dtype.kind == "c" else series.dtype)
    read_page = partial(_read_page if by_page else _plain_page, places)
    shape = (*order.shape, rows, columns)
    return Pages(shape, dtype.newbyteorder("="), read_page, _left_out(others))


def _left_out(pages: int) -> tuple[str, ...]:
    if pages == 1:
        return ("1 page of another kind than the first is left out",)
    return (f"{pages} pages of another kind than the first are left out",) if pages else ()


def _slices_last(along: Sequence[tuple[str, int]]) -> NDArray[np.intp]:
    """Return the numbers of pages by slice, or by volume and slice, from axes and their sizes.

    ImageJ writes the channels of a slice one after the other.
    """
    axes, sizes = zip(*along, strict=True)
    numbers = np.arange(np.prod(sizes)).reshape(sizes)
    if "Z" in axes:
        numbers = np.moveaxis(numbers, axes.index("Z"), -1)
    numbers = np.atleast_1d(numbers.squeeze())
    return numbers.reshape(-1, numbers.shape[-1]) if numbers.ndim > 2 else numbers


def _place(number: int, page: Any, tiff: tifffile.TiffFile) -> _Place:
    """Return where a page is found: to look for series takes long where there are many pages."""
    is_own = page is not None and page.parent is tiff
    return (page.index, page.offset) if is_own and page.offset else (number, 0)


def _alike(tiff: tifffile.TiffFile) -> list[tifffile.TiffPageSeries]:
    """Return the first series, with its likes where a program wrote page after page by itself.

    Small copies of other pages (TIFF 6.0, NewSubfileType) are passed over.
    """

    def kind(series: tifffile.TiffPageSeries) -> Hashable:
        return series.axes, series.shape, series.dtype, series.keyframe.photometric

    if not tiff.series:
        raise ReadError("damaged: a TIFF file without a page that can be found")
    first = next((one for one in tiff.series if not one.keyframe.is_reduced), tiff.series[0])
    if first.kind != "shaped":
        return [first]
    return [one for one in tiff.series if kind(one) == kind(first)]


def _read_page(places: Sequence[_Place], path: str, page: int) -> NDArray[Any]:
    number, offset = places[page]
    with tifffile.TiffFile(path) as tiff:
        if offset:
            tiff.filehandle.seek(offset)
            found: Any = tifffile.TiffPage(tiff, number)
        else:
            found = [page for one in _alike(tiff) for page in one.pages][number]
        if found is None:
            raise ReadError(f"page {page + 1}, which it tells of, is not in it", path)
        # Pages after the first keep only what differs from it.
        like = found.keyframe
        # Of an image in several files a page may lie in another.
        home = found.parent.filehandle.path
        if like.photometric in _OTHER_COLOURS:
            return _pillow_page(home, found)
        try:
            pixels = found.asarray()
        except (ValueError, ImportError, NotImplementedError):
            # tifffile needs a further package for packed pages; Pillow reads most of them.
            return _packed_page(home, found, like)
        if like.samplesperpixel > 1 and like.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
            pixels = np.moveaxis(pixels, 0, -1)
    return _shown(pixels, like)


def _check_plain(series: tifffile.TiffPageSeries) -> None:
    """Raise `ReadError` where slices don't lie one after the other as they are."""
    is_plain = series.dataoffset is not None and series.axes.rstrip("S").endswith("YX")
    if not is_plain or series.keyframe.photometric in _OTHER_COLOURS:
        raise ReadError("a page of this TIFF file holds several slices: save each as its own page")


def _plain_page(places: Sequence[_Place], path: str, page: int) -> NDArray[Any]:
    """Read a slice by its number where one directory of the file tells of several."""
    with tifffile.TiffFile(path) as tiff:
        alike = _alike(tiff)
        plane = alike[0].shape[alike[0].axes.index("Y") :]
        which, slice_ = divmod(places[page][0], alike[0].size // np.prod(plane))
        mapped = alike[which].asarray(out="memmap").reshape(-1, *plane)
        return _shown(np.array(mapped[slice_]), alike[which].keyframe)


def _shown(pixels: NDArray[Any], page: Any) -> NDArray[Any]:
    """Return the grey values of a page, upright; white is large."""
    return _upright(_grey(_white_high(pixels, page)), _orientation(page))


def _white_high(pixels: NDArray[Any], page: Any) -> NDArray[Any]:
    """Turn values of which the lowest is white."""
    if page.photometric != tifffile.PHOTOMETRIC.MINISWHITE:
        return pixels
    return np.asarray(-pixels if pixels.dtype.kind == "f" else ~pixels)


def _grey(pixels: NDArray[Any]) -> NDArray[Any]:
    """Turn the samples of a page, which come last, into grey and complex values into magnitude."""
    if pixels.ndim < 3:
        return np.abs(pixels) if pixels.dtype.kind == "c" else np.asarray(pixels)
    # Of two samples the second is opacity.
    if pixels.shape[-1] < 3:
        return np.asarray(pixels[..., 0])
    return np.asarray(grey_of(pixels))


def _orientation(page: Any) -> int:
    return int(page.tags.valueof(ORIENTATION, 1))


def _upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn (row, column) as the tag says; tifffile's own `reorient` mistakes 7 for 8."""
    if orientation in ON_ITS_SIDE:
        pixels = pixels.T
    rows = -1 if orientation in _ROWS_TURNED else 1
    return pixels[::rows, :: -1 if orientation in _COLUMNS_TURNED else 1]


def _packed_page(path: str, page: Any, like: Any) -> NDArray[Any]:
    """Read a compressed page by Pillow; `like` is the first of its kind."""
    try:
        pixels = _pillow_page(path, page)
    except UnidentifiedImageError as error:
        packing = getattr(like.compression, "name", like.compression)
        raise ReadError(
            f"pages of {like.dtype} packed as {packing} can't be read: save it without compression",
            path,
        ) from error
    # Of more than 8 bits Pillow leaves white low.
    return _white_high(pixels, like) if pixels.dtype.itemsize > 1 else pixels


class _FromPage(io.FileIO):
    """A TIFF file with another page as its first: Pillow walks to a page from the first."""

    def __init__(self, path: str, page: Any) -> None:
        super().__init__(path)
        form = page.parent.tiff
        # What stands before the place of the first page is twice as long in a BigTIFF file.
        self._head = super().read(4 if form.version == 42 else 8)
        self._head += struct.pack(form.offsetformat, page.offset)
        self.seek(0)

    def read(self, size: int | None = -1) -> bytes:
        at = self.tell()
        content = super().read(size)
        return self._head[at : at + len(content)] + content[max(len(self._head) - at, 0) :]


def _pillow_page(path: str, page: Any) -> NDArray[Any]:
    """Read a page of a TIFF file by Pillow, which turns it upright as it decodes."""
    # A plain page of a file that Pillow opens by its name it maps into memory, which spoils those
    # that lie on their side.
    with _FromPage(path, page) as file, Image.open(file) as image:
        if image.mode in GREY_MODES:
            image.tile = [_as_unpacked(tile) for tile in image.tile]
            return np.asarray(image)
        return _grey(np.asarray(image.convert("RGB")))


def _as_unpacked(tile: Any) -> Any:
    """Say of what libtiff unpacks that it has the machine's own byte order: Pillow swaps it."""
    codec, extents, offset, (mode, *others) = tile
    mode = _NATIVE.get(mode, mode) if codec == "libtiff" else mode
    # Pillow 11 names the parts of what was a plain tuple.
    return getattr(tile, "_make", tuple)((codec, extents, offset, (mode, *others)))
