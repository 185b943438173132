"""JPG and PNG: an image by Pillow, or the frames of an animated one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from napari_mrseq.errors import ReadError

# What each frame of an animated PNG takes: the chunk that tells of it (PNG 3, 11.3.6.2).
_LEAST_FRAME_BYTES = 38

# Pillow's modes of one grey value a pixel; all others become 8-bit grey.
GREY_MODES = {"L": "u1", "I;16": "u2", "I;16B": "u2", "I": "i4", "F": "f4"}

# Tag of EXIF and TIFF of how a picture stands, and those of its values that swap rows and columns
# (TIFF 6.0, page 36).
ORIENTATION = 0x0112
ON_ITS_SIDE = (5, 6, 7, 8)


@dataclass(frozen=True)
class Pages:
    """What a picture file holds.

    Attributes
    ----------
    shape : tuple of int
        (slice, row, column) or (volume, slice, row, column); a page is a slice.
    dtype : numpy.dtype
        Of its grey values.
    read : callable
        Gives the grey values of a page, upright, from the file's path and the page's number.
    warnings : tuple of str
        What the user should know.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    read: Callable[[str, int], NDArray[Any]]
    warnings: tuple[str, ...] = ()


def describe_image(path: str) -> Pages:
    """Return what a JPG or PNG file holds: one image, of an animated PNG each frame.

    Raises
    ------
    ReadError
        If an animated PNG is too short for the frames that it names.
    """
    with Image.open(path) as image:
        dtype = np.dtype(GREY_MODES.get(image.mode, "u1"))
        size = image.width, image.height
        columns, rows = size[::-1] if _orientation(image) in ON_ITS_SIDE else size
        # The further images of a JPEG file are small copies of the first.
        frames = getattr(image, "n_frames", 1) if image.format == "PNG" else 1
    if frames > 1 and frames * _LEAST_FRAME_BYTES > Path(path).stat().st_size:
        raise ReadError(f"damaged: an animated PNG that can't hold the {frames} frames it names")
    return Pages((frames, rows, columns), dtype, _image_page)


def _image_page(path: str, page: int) -> NDArray[Any]:
    # Pillow decodes a PNG without a look at its checksums; it can't do so once they are looked at.
    with Image.open(path) as checked:
        checked.verify()
    with Image.open(path) as opened:
        if page:
            opened.seek(page)
        # A telephone turned on its side says so beside the pixels.
        image = opened if _orientation(opened) == 1 else ImageOps.exif_transpose(opened)
        if image.mode in GREY_MODES:
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
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # Pillow raises many kinds on a damaged block, which harms no pixel
        return 1
