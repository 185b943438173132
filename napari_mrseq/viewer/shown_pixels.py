"""What layers show of a series: a slice that can't be read is blank, and why is kept.

What napari makes of such a layer (a projection, a split, a merge) is blank in the same places: its
pixels are dask's too, and know the blocks that they are made of.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.errors import ReadError
from napari_mrseq.reading.lazy import lazy_array, read_block
from napari_mrseq.series import Failure, Series

if TYPE_CHECKING:
    # It takes a second: not before there is something to read.
    from dask.array import Array

# Holds, in a layer's metadata, why slices that were looked at can't be read, by their number.
UNREAD_KEY = "mrseq_unread"


class Blanks(dict[int, Failure]):
    """Why slices of a series can't be read, as the latest look told.

    By the slice's number, counted through all volumes.
    """

    def __init__(self, series: Series) -> None:
        super().__init__()
        self.series = series

    def __deepcopy__(self, _memo: object) -> Blanks:
        # Other plugins copy a layer's metadata: what is shown goes on telling these.
        return self


# By the name of the pixels shown, for as long as these are there, or anything made of them.
_BLANKS: WeakValueDictionary[str, Blanks] = WeakValueDictionary()


def blanks_of(series: Series) -> Blanks:
    """Return the blanks of a series, the same for all that shows it, also opened again."""
    return _BLANKS.setdefault(_shown_name(series), Blanks(series))


def shown_pixels(blanks: Blanks) -> Array:
    """Return the pixels of a series for napari, to which one that raises is no layer.

    Its own pixels go on raising `ReadError`, so that no blank is judged.
    """
    series = blanks.series
    load = partial(_block_or_blank, blanks)
    return lazy_array(load, series.pixels.chunks, series.pixels.dtype, _shown_name(series))


def as_read(pixels: Any) -> Any:
    """Return pixels that raise `ReadError` where `pixels` are blank, be it in one they are made of.

    What is made of no pixels shown is returned as it is.
    """
    blanks = _BLANKS.get(getattr(pixels, "name", ""))
    if blanks is not None:
        return blanks.series.pixels
    if not any(name in _BLANKS for name in _names_in(pixels)):
        return pixels
    return lazy_array(partial(_block_as_read, pixels), pixels.chunks, pixels.dtype)


def unread_in(pixels: Any, index: int | None) -> Failure | None:
    """Return why a slice, or what it is made of, can't be read, as far as looks at it have told.

    Parameters
    ----------
    pixels : array_like
        The pixels of a layer; its last two axes are rows and columns.
    index : int or None
        Of the slice, counted through all volumes; None for any of them.
    """
    if not any(_BLANKS.get(name) for name in _names_in(pixels)):
        return None
    blanks = _BLANKS.get(pixels.name)
    if blanks is not None:
        return next(iter(tuple(blanks.values())), None) if index is None else blanks.get(index)
    if index is not None and pixels.ndim > 2:
        pixels = pixels[np.unravel_index(index, pixels.shape[:-2])]
    return _unread_behind(pixels, pixels.__dask_keys__())


def shows(pixels: Any, series: Any) -> bool:
    """Tell whether a layer's pixels are those of a series, be it blank in places.

    Layers copied by napari, or filtered by another plugin, carry the series along.
    """
    name = getattr(pixels, "name", None)
    return series is not None and name in (series.pixels.name, _shown_name(series))


def _shown_name(series: Series) -> str:
    return f"shown-{series.pixels.name}"


def _names_in(pixels: Any) -> Iterable[str]:
    """Return the names of all arrays that lazy pixels are made of."""
    names: Iterable[str] = getattr(getattr(pixels, "dask", None), "layers", ())
    return names


def _unread_behind(pixels: Array, keys: list[Hashable]) -> Failure | None:
    """Return why one of the blocks can't be read that some blocks of `pixels` are made of."""
    from dask.core import flatten
    from dask.optimization import cull

    # A graph's own `cull` keeps blocks of other series.
    for key in cull(pixels.dask, list(flatten(keys)))[0]:
        name, *block_id = key if isinstance(key, tuple) else (key,)
        blanks = _BLANKS.get(name)
        # To look where none is blank would cost as much as to read.
        seen = map(blanks.get, _slices_of(blanks.series, block_id)) if blanks else ()
        for failure in seen:
            if failure is not None:
                return failure
    return None


def _block_as_read(pixels: Array, *, block_id: tuple[int, ...]) -> NDArray[Any]:
    block = read_block(pixels, block_id)
    failure = _unread_behind(pixels, [(pixels.name, *block_id)])
    if failure is not None:
        raise failure.error
    return block


def _block_or_blank(blanks: Blanks, *, block_id: tuple[int, ...]) -> NDArray[Any]:
    series, pixels = blanks.series, blanks.series.pixels
    try:
        block = read_block(pixels, block_id)
    except ReadError as error:
        failure = Failure(error.path or series.path, error.cause)
        blanks.update(dict.fromkeys(_slices_of(series, block_id), failure))
        shape = [sizes[place] for sizes, place in zip(pixels.chunks, block_id, strict=True)]
        return np.zeros(shape, pixels.dtype)
    for index in _slices_of(series, block_id) if blanks else ():
        blanks.pop(index, None)
    return block


def _slices_of(series: Series, block_id: Sequence[int]) -> list[int]:
    """Return the numbers of the slices that a block holds."""
    stack = series.pixels.ndim - 2
    numbers = np.arange(series.slice_count).reshape(series.pixels.shape[:stack])
    for axis in range(stack):
        sizes = series.pixels.chunks[axis]
        first = sum(sizes[: block_id[axis]])
        numbers = numbers.take(range(first, first + sizes[block_id[axis]]), axis)
    return [int(number) for number in numbers.flat]
