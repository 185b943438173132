"""JPG, PNG, TIFF → Series of one slice a page, colour turned grey; no geometry."""

from __future__ import annotations

import logging
import math
import re
from functools import partial
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from PIL import Image

from napari_mrseq.errors import ReadError
from napari_mrseq.naming import without_verdict
from napari_mrseq.reading.colours import shows_colours
from napari_mrseq.reading.damage import damage_in
from napari_mrseq.reading.file_kind import TIFF_MAGIC
from napari_mrseq.reading.jpg_png import Pages, describe_image
from napari_mrseq.reading.lazy import Stamp, check_unchanged, lazy_stack, stamp_of
from napari_mrseq.reading.muting import LIBRARIES_MUTED
from napari_mrseq.reading.tiff import describe_tiff
from napari_mrseq.series import Series, VolumeAxis

# Without a handler of their own each odd tag would be a line on the user's screen.
for _library in ("tifffile", "PIL"):
    logging.getLogger(_library).addHandler(logging.NullHandler())

# A picture beyond this is no slice: 8,192 × 8,192 pixels.
LARGEST_PIXELS = 1 << 26


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
        pages = describe_tiff(path) if is_tiff else describe_image(path)
    except ReadError:
        raise
    except Image.DecompressionBombError as error:
        told = re.search(r"\d+ pixels", str(error))
        size = told[0] if told else "too many pixels"
        raise ReadError(f"an image of {size} is no slice") from error
    except Exception as error:  # Pillow and tifffile raise many kinds on damaged files
        raise ReadError(f"not a picture that can be read ({damage_in(error)})") from error
    *volumes, slices, rows, columns = pages.shape
    if 0 in pages.shape or rows * columns > LARGEST_PIXELS:
        raise ReadError(f"an image of {columns} x {rows} pixels is no slice")
    load = partial(_load_page, path, stamp_of(path), pages)
    return Series(
        path=path,
        files=(path,),
        pixels=lazy_stack(load, math.prod(volumes), (1,) * slices, (rows, columns), pages.dtype),
        description=without_verdict(Path(path).stem),
        kind="picture",
        is_mr=not shows_colours(path, is_tiff=is_tiff),
        volume_axis=VolumeAxis() if volumes else None,
        warnings=pages.warnings,
    )


def _load_page(path: str, stamp: Stamp, pages: Pages, volume: int, index: int) -> NDArray[Any]:
    *_, slices, rows, columns = pages.shape
    page = volume * slices + index
    try:
        check_unchanged(path, stamp, path)
        with LIBRARIES_MUTED:
            pixels = pages.read(path, page)
        if pixels.shape != (rows, columns):
            raise ReadError(f"page {page + 1} lies on its side, the first does not", path)
        return pixels.astype(pages.dtype, copy=False)[None]
    except ReadError:
        raise
    except Exception as error:  # decoders raise many kinds
        raise ReadError(f"picture can't be decoded ({damage_in(error)})", path) from error
