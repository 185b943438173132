"""JPG, PNG, TIFF → Series of one slice a page, colour turned grey; no geometry."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageOps

from napari_mrseq.errors import ReadError
from napari_mrseq.naming import without_verdict
from napari_mrseq.reading.colours import shows_colours
from napari_mrseq.reading.damage import damage_in
from napari_mrseq.reading.discover import TIFF_MAGIC
from napari_mrseq.reading.lazy import Stamp, check_unchanged, lazy_stack, stamp_of
from napari_mrseq.reading.muting import LIBRARIES_MUTED
from napari_mrseq.series import GREY_WEIGHTS, Series, VolumeAxis

# Without a handler of their own each odd tag would be a line on the user's screen.
for _library in ("tifffile", "PIL"):
    logging.getLogger(_library).addHandler(logging.NullHandler())

# A picture beyond this is no slice: 8,192 × 8,192 pixels.
LARGEST_PIXELS = 1 << 26

# What each frame of an animated PNG takes: the chunk that tells of it (PNG 3, 11.3.6.2).
_LEAST_FRAME_BYTES = 38

# Pillow's modes of one grey value a pixel; all others become 8-bit grey.
_GREY_MODES = {"L": "u1", "I;16": "u2", "I;16B": "u2", "I": "i4", "F": "f4"}

# Tag of EXIF and TIFF of how a picture stands, and those of its values that swap rows and columns
# and, after that, turn the rows and the columns round (TIFF 6.0, page 36).
_ORIENTATION = 0x0112
_ON_ITS_SIDE = (5, 6, 7, 8)
_ROWS_TURNED, _COLUMNS_TURNED = (3, 4, 7, 8), (2, 3, 6, 7)

# Colours of TIFF that are no red, green and blue: ink, tables and the like, which Pillow turns.
_OTHER_COLOURS = (
    tifffile.PHOTOMETRIC.PALETTE,
    tifffile.PHOTOMETRIC.SEPARATED,
    tifffile.PHOTOMETRIC.YCBCR,
    tifffile.PHOTOMETRIC.CIELAB,
)

PageReader = Callable[[str, int], NDArray[Any]]
# Shape, type, reader of a page, and what the user should know.
_Described = tuple[tuple[int, ...], np.dtype[Any], PageReader, tuple[str, ...]]


def read_picture(path: str) -> Series:
    """Read the head of a picture; a TIFF file of several pages, or an animated PNG, is a stack.

    Raises
    ------
    ReadError
        If the file is no picture, damaged or absurdly large; the text is the cause.
    """
    try:
        with Path(path).open("rb") as file:
            is_tiff = file.read(4) in TIFF_MAGIC
        described = _describe_tiff(path) if is_tiff else _describe_image(path)
    except ReadError:
        raise
    except Image.DecompressionBombError as error:
        size = re.search(r"\d+ pixels", str(error))
        raise ReadError(
            f"an image of {size[0] if size else 'too many pixels'} is no slice"
        ) from error
    except Exception as error:  # Pillow and tifffile raise many kinds on damaged files
        raise ReadError(f"not a picture that can be read ({damage_in(error)})") from error
    shape, dtype, read_page, warnings = described
    if 0 in shape or shape[-1] * shape[-2] > LARGEST_PIXELS:
        raise ReadError(f"an image of {shape[-1]} x {shape[-2]} pixels is no slice")
    return Series(
        path=path,
        files=(path,),
        pixels=_lazy_pages(path, shape, dtype, read_page),
        description=without_verdict(Path(path).stem),
        kind="picture",
        is_mr=not shows_colours(path, is_tiff=is_tiff),
        volume_axis=VolumeAxis() if len(shape) == 4 else None,
        warnings=warnings,
    )


def _describe_image(path: str) -> _Described:
    with Image.open(path) as image:
        dtype = np.dtype(_GREY_MODES.get(image.mode, "u1"))
        size = image.width, image.height
        columns, rows = size[::-1] if _orientation(image) in _ON_ITS_SIDE else size
        # The further images of a JPEG file are small copies of the first.
        frames = getattr(image, "n_frames", 1) if image.format == "PNG" else 1
    if frames > 1 and frames * _LEAST_FRAME_BYTES > Path(path).stat().st_size:
        raise ReadError(f"damaged: an animated PNG that can't hold the {frames} frames it names")
    return (frames, rows, columns), dtype, _image_page, ()


def _image_page(path: str, page: int) -> NDArray[Any]:
    with Image.open(path) as opened:
        if page:
            opened.seek(page)
        # A telephone turned on its side says so beside the pixels.
        image = opened if _orientation(opened) == 1 else ImageOps.exif_transpose(opened)
        if image.mode in _GREY_MODES:
            return np.asarray(image)
        if not image.has_transparency_data:
            return np.asarray(image.convert("RGB").convert("L"))
        # First with opacity: without, Pillow warns of palettes that have it.
        clear = image.convert("RGBA")
        grey, opacity = np.asarray(clear.convert("RGB").convert("L")), np.asarray(clear)[..., 3]
        is_drawn_in_opacity = np.ptp(grey) == 0 < np.ptp(opacity)
        return opacity if is_drawn_in_opacity else grey


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # Pillow raises many kinds on a damaged block, which harms no pixel
        return 1


def _describe_tiff(path: str) -> _Described:
    with tifffile.TiffFile(path) as tiff:
        alike = _alike(tiff)
        series = alike[0]
        whole = [one for one in tiff.series if not one.keyframe.is_reduced]
        others = sum(len(one.pages) for one in whole or alike) - len(alike) * len(series.pages)
        # Pairs, not a mapping: axes without a name are all called Q.
        sizes = list(zip(series.axes, series.shape, strict=True))
        named = dict(sizes)
        colours = named.get("S", 1)
        on_its_side = _tiff_orientation(series.keyframe) in _ON_ITS_SIDE
        rows, columns = (named[axis] for axis in ("XY" if on_its_side else "YX"))
        along_axes = [(axis, size) for axis, size in sizes if axis not in "YXS"]
        along = [size for _, size in along_axes]
        if not (by_page := int(np.prod(along)) == len(series.pages)):
            _check_plain(series)
        stack = [size for size in (len(alike), *along) if size > 1]
        pages = int(np.prod(stack))
        # To look for series takes long where there are many pages: those that a file really has,
        # and doesn't imply, are found by number.
        real = alike if by_page and len(tiff.pages) >= pages > 1 else []
        numbers = tuple(page.index for one in real for page in one.pages if page)
        is_found = bool(real) or not by_page
        if is_found and len(alike) == 1 and (order := _slices_last(along_axes)) is not None:
            numbers = tuple(series.pages[page].index if by_page else page for page in order)
            stack = [*(size for axis, size in along_axes if axis != "Z" and size > 1), named["Z"]]
        coloured = colours > 1 or series.keyframe.photometric in _OTHER_COLOURS
        is_float = coloured or series.dtype.kind == "c"
        dtype = np.dtype(np.float32) if is_float else series.dtype
    shape = (pages // stack[-1], stack[-1]) if len(stack) > 1 else (pages,)
    read_page = partial(_tiff_page if by_page else _plain_page, numbers)
    return (*shape, rows, columns), np.dtype(dtype).newbyteorder("="), read_page, _left_out(others)


def _left_out(pages: int) -> tuple[str, ...]:
    if pages == 1:
        return ("1 page of another kind than the first is left out",)
    return (f"{pages} pages of another kind than the first are left out",) if pages else ()


def _slices_last(along: Sequence[tuple[str, int]]) -> NDArray[np.intp] | None:
    """Return the order of pages in which slices run fastest, None where they do.

    ImageJ writes the channels of a slice one after the other.
    """
    axes = [axis for axis, size in along if size > 1]
    if "Z" not in axes or axes[-1] == "Z":
        return None
    pages = np.arange(np.prod([size for _, size in along])).reshape([s for _, s in along if s > 1])
    return np.moveaxis(pages, axes.index("Z"), -1).ravel()


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


def _tiff_page(numbers: Sequence[int], path: str, page: int) -> NDArray[Any]:
    """Read a page of the first series, or of the file by its number where there are `numbers`."""
    with tifffile.TiffFile(path) as tiff:
        found: Any = tiff.pages[numbers[page]] if numbers else _alike(tiff)[0].pages[page]
        # Pages after the first keep only what differs from it.
        like: Any = found.keyframe
        if like.photometric in _OTHER_COLOURS:
            return _pillow_page(path, found.index)
        try:
            pixels = found.asarray()
        except ValueError:
            # tifffile needs a further package for compressed pages; Pillow reads most of them.
            return _pillow_page(path, found.index)
        if like.samplesperpixel > 1 and like.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
            pixels = np.moveaxis(pixels, 0, -1)
    return _shown(pixels, like)


def _check_plain(series: tifffile.TiffPageSeries) -> None:
    """Raise `ReadError` where slices don't lie one after the other as they are."""
    is_plain = series.dataoffset is not None and series.axes.rstrip("S").endswith("YX")
    if not is_plain or series.keyframe.photometric in _OTHER_COLOURS:
        raise ReadError("a page of this TIFF file holds several slices: save each as its own page")


def _plain_page(numbers: Sequence[int], path: str, page: int) -> NDArray[Any]:
    """Read a slice by its number where one directory of the file tells of several."""
    with tifffile.TiffFile(path) as tiff:
        alike = _alike(tiff)
        plane = alike[0].shape[alike[0].axes.index("Y") :]
        which, slice_ = divmod(numbers[page] if numbers else page, alike[0].size // np.prod(plane))
        mapped = alike[which].asarray(out="memmap").reshape(-1, *plane)
        return _shown(np.array(mapped[slice_]), alike[which].keyframe)


def _shown(pixels: NDArray[Any], page: Any) -> NDArray[Any]:
    """Return the grey values of a page, upright; white is large."""
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        pixels = -pixels if pixels.dtype.kind == "f" else ~pixels
    return _upright(_grey(pixels), _tiff_orientation(page))


def _grey(pixels: NDArray[Any]) -> NDArray[Any]:
    """Turn the samples of a page, which come last, into grey and complex values into magnitude."""
    if pixels.ndim < 3:
        return np.abs(pixels) if pixels.dtype.kind == "c" else np.asarray(pixels)
    # Of two samples the second is opacity.
    if pixels.shape[-1] < 3:
        return np.asarray(pixels[..., 0])
    return np.asarray(pixels[..., :3].astype(np.float32) @ GREY_WEIGHTS)


def _tiff_orientation(page: Any) -> int:
    tag = page.tags.get(_ORIENTATION)
    return 1 if tag is None else int(tag.value)


def _upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn (row, column) as the tag says; tifffile's own `reorient` mistakes 7 for 8."""
    if orientation in _ON_ITS_SIDE:
        pixels = pixels.T
    rows = -1 if orientation in _ROWS_TURNED else 1
    return pixels[::rows, :: -1 if orientation in _COLUMNS_TURNED else 1]


def _pillow_page(path: str, page: int) -> NDArray[Any]:
    """Read a page of a TIFF file by Pillow, which turns it upright as it decodes."""
    # A plain page of a file that Pillow opens by its name it maps into memory, which spoils those
    # that lie on their side.
    with Path(path).open("rb") as file, Image.open(file) as image:
        image.seek(page)
        if image.mode in _GREY_MODES:
            return np.asarray(image)
        return np.asarray(image.convert("RGB")).astype(np.float32) @ GREY_WEIGHTS


def _lazy_pages(
    path: str, shape: tuple[int, ...], dtype: np.dtype[Any], read_page: PageReader
) -> Any:
    *volumes, slices, rows, columns = shape
    load = partial(_load_page, path, stamp_of(path), shape[-3:], dtype, read_page)
    return lazy_stack(load, int(np.prod(volumes)), (1,) * slices, (rows, columns), dtype)


def _load_page(
    path: str,
    stamp: Stamp,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    read_page: PageReader,
    volume: int,
    index: int,
) -> NDArray[Any]:
    page = volume * shape[0] + index
    try:
        check_unchanged(path, stamp, path)
        with LIBRARIES_MUTED:
            pixels = read_page(path, page)
        if pixels.shape != shape[1:]:
            raise ReadError(f"page {page + 1} lies on its side, the first does not", path)
        return pixels.astype(dtype, copy=False)[None]
    except ReadError:
        raise
    except Exception as error:  # decoders raise many kinds
        raise ReadError(f"picture can't be decoded ({damage_in(error)})", path) from error
