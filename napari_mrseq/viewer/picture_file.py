"""The picture that napari opened a layer from, as long as the layer shows it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from napari_mrseq.errors import ReadError
from napari_mrseq.reading import read_study
from napari_mrseq.reading.discover import file_kind
from napari_mrseq.reading.lazy import Stamp, stamp_of

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_mrseq.series import Series

# Colours turned grey here and by Pillow, which rounds them, differ by less.
ROUNDING = 1.0
_PICTURES_KEPT = 8


def picture_behind(layer: Image, shown: Series) -> str | None:
    """Return the file of the picture that a layer shows, None where it shows something else.

    napari names the first of several files that it stacks, and goes on naming the file of a layer
    whose pixels were replaced: its word counts where the middle slice is that of the file.

    Parameters
    ----------
    layer : Image
        The layer.
    shown : Series
        Its pixels, colours turned grey.
    """
    path = layer.source.path
    if path is None or file_kind(path)[0] != "picture":
        return None
    try:
        picture = next(iter(_read(path, stamp_of(path))), None)
        # Of volumes, programs differ in which axis goes first.
        if picture is None or shown.pixels.ndim > 3 or picture.pixels.shape != shown.pixels.shape:
            return None
        middle = shown.slice_count // 2
        there, here = (one.slice_pixels(middle).compute() for one in (picture, shown))
    except (ReadError, OSError):
        return None
    rounding = ROUNDING if layer.rgb else 0.0
    return path if np.allclose(there, here, rtol=0, atol=rounding, equal_nan=True) else None


@lru_cache(maxsize=_PICTURES_KEPT)
def _read(path: str, _stamp: Stamp) -> tuple[Series, ...]:
    return read_study(path).series
