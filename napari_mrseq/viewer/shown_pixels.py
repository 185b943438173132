"""What a layer shows of a series: a slice that can't be read is blank, and why is kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.errors import ReadError
from napari_mrseq.reading.lazy import lazy_array, read_block
from napari_mrseq.series import Failure

if TYPE_CHECKING:
    from dask.array import Array
    from numpy.typing import NDArray

    from napari_mrseq.series import Series

# Holds, in a layer's metadata, why slices that were looked at can't be read, by their number.
UNREAD_KEY = "mrseq_unread"


def shown_pixels(series: Series, unread: dict[int, Failure]) -> Array:
    """Return the pixels of a series for napari, to which one that raises is no layer.

    Parameters
    ----------
    series : Series
        Its own pixels go on raising `ReadError`, so that no blank is judged.
    unread : dict of int to Failure
        Holds what the latest look at a slice told, by its number, counted through all volumes.
    """
    load = partial(_block_or_blank, series, unread)
    return lazy_array(load, series.pixels.chunks, series.pixels.dtype, _shown_name(series))


def as_read(pixels: Any, series: Any) -> Any:
    """Return the pixels that raise where `pixels` are those shown of a series, else `pixels`."""
    return series.pixels if shows(pixels, series) else pixels


def shows(pixels: Any, series: Any) -> bool:
    """Tell whether a layer's pixels are those of a series, be it blank in places.

    Layers copied by napari, or filtered by another plugin, carry the series along.
    """
    name = getattr(pixels, "name", None)
    return series is not None and name in (series.pixels.name, _shown_name(series))


def _shown_name(series: Series) -> str:
    return f"shown-{series.pixels.name}"


def _block_or_blank(
    series: Series, unread: dict[int, Failure], *, block_id: tuple[int, ...]
) -> NDArray[Any]:
    pixels = series.pixels
    try:
        block = read_block(pixels, block_id)
    except ReadError as error:
        failure = Failure(error.path or series.path, error.cause)
        unread.update(dict.fromkeys(_slices_of(series, block_id), failure))
        shape = [sizes[place] for sizes, place in zip(pixels.chunks, block_id, strict=True)]
        return np.zeros(shape, pixels.dtype)
    for index in _slices_of(series, block_id) if unread else ():
        unread.pop(index, None)
    return block


def _slices_of(series: Series, block_id: tuple[int, ...]) -> list[int]:
    """Return the numbers of the slices that a block holds."""
    stack = series.pixels.ndim - 2
    numbers = np.arange(series.slice_count).reshape(series.pixels.shape[:stack])
    for axis in range(stack):
        sizes = series.pixels.chunks[axis]
        first = sum(sizes[: block_id[axis]])
        numbers = numbers.take(range(first, first + sizes[block_id[axis]]), axis)
    return [int(number) for number in numbers.flat]
