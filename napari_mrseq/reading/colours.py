"""Pictures in colours told from grey ones, whatever annotations and tints those have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Colours show in a small copy too.
_LOOKED_AT = (256, 256)
# Levels of 255 below which JPEG leaves no hue.
_BLACK = 48
# A grey picture has one hue, and so has a photographed film; JPEG at a quality of 60 turns one
# pixel in ten by more than this angle at most, annotations cover less of what isn't black.
_OTHER_HUE = np.radians(8)
_MOST_OF_OTHER_HUES = 0.15


def shows_colours(path: str) -> bool:
    """Tell whether a picture is in colours; one that can't be decoded is told when it is shown."""
    try:
        with Image.open(path) as image:
            if image.mode in ("1", "L", "LA") or image.mode.startswith(("I", "F")):
                return False
            image.thumbnail(_LOOKED_AT)
            # Straight to RGB, Pillow warns of palettes with opacity.
            return is_in_colours(np.asarray(image.convert("RGBA").convert("RGB")))
    except Exception:  # Pillow raises many kinds on damaged files
        return False


def is_in_colours(pixels: NDArray[Any]) -> bool:
    """Tell whether a picture has several hues, beyond annotations.

    Parameters
    ----------
    pixels : (row, column, 3) array of uint8
        Red, green and blue.
    """
    seen = pixels[pixels.max(axis=-1) > _BLACK].astype(np.float32)
    if not len(seen):
        return False
    main_hue = np.linalg.eigh(seen.T @ seen).eigenvectors[:, -1]
    likeness = np.abs(seen @ main_hue) / np.linalg.norm(seen, axis=-1)
    return bool(np.mean(likeness < np.cos(_OTHER_HUE)) > _MOST_OF_OTHER_HUES)
