"""Pictures in colours told from grey ones, whatever annotations and tints those have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

# A copy without the noise of a camera, in which thin lines are not yet wide ones of mixed hues.
_LOOKED_AT = (512, 512)
# Levels of 255 below which JPEG leaves no hue.
_BLACK = 48
# A film has one hue, and so have the ground of a viewer and the room around a monitor: one besides
# grey is none too many. JPEG at a quality of 60 turns one pixel in ten by more than this angle at
# most, annotations and frames cover less of what isn't black.
_OTHER_HUE = np.radians(8)
_MOST_OF_OTHER_HUES = 0.15
# So many tell a share to half a percent.
_ENOUGH_PIXELS = 10_000
_GREY = np.full(3, 3**-0.5, np.float32)


def shows_colours(path: str, *, is_tiff: bool) -> bool:
    """Tell whether a picture is in colours; one that can't be decoded is told when it is shown."""
    try:
        page = _rgb_page(path) if is_tiff else None
        with page or Image.open(path) as image:
            if image.mode in ("1", "L", "LA") or image.mode.startswith(("I", "F")):
                return False
            image.thumbnail(_LOOKED_AT)
            # Straight to RGB, Pillow warns of palettes with opacity.
            return is_in_colours(np.asarray(image.convert("RGBA").convert("RGB")))
    except Exception:  # Pillow and tifffile raise many kinds on damaged files
        return False


def _rgb_page(path: str) -> Image.Image | None:
    """Return the first page of a TIFF file in red, green and blue of any depth.

    None of any other kind, and of one that is packed: Pillow reads these.
    """
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages.first
        is_packed = page.compression != tifffile.COMPRESSION.NONE
        if is_packed or page.photometric != tifffile.PHOTOMETRIC.RGB:
            return None
        pixels = page.asarray()
        if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
            pixels = np.moveaxis(pixels, 0, -1)
    most = np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else pixels.max()
    return Image.fromarray((pixels[..., :3] * (255 / most)).astype(np.uint8))


def is_in_colours(pixels: NDArray[Any]) -> bool:
    """Tell whether a picture has several hues besides grey, beyond annotations.

    Parameters
    ----------
    pixels : (row, column, 3) array of uint8
        Red, green and blue.
    """
    step = math.isqrt(pixels[..., 0].size // _ENOUGH_PIXELS) + 1
    few = pixels[::step, ::step]
    seen = few[few.max(axis=-1) > _BLACK].astype(np.float32)
    hues = seen / np.linalg.norm(seen, axis=-1, keepdims=True)
    coloured = hues[_differ(hues, _GREY)]
    main_hue = np.linalg.eigh(coloured.T @ coloured).eigenvectors[:, -1]
    others = np.count_nonzero(_differ(coloured, main_hue))
    return bool(others > _MOST_OF_OTHER_HUES * len(seen))


def _differ(hues: NDArray[Any], hue: NDArray[Any]) -> NDArray[Any]:
    differing: NDArray[Any] = np.abs(hues @ hue) < np.cos(_OTHER_HUE)
    return differing
