"""Pixels that are read when asked for, from files that are still those whose header was read."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import uuid4

import numpy as np

from napari_mrseq.errors import ReadError

if TYPE_CHECKING:
    from dask.array import Array
    from numpy.typing import NDArray

Chunks = tuple[tuple[int, ...], ...]
# Size in bytes and time of the last change in ns.
Stamp = tuple[int, int]


def lazy_array(
    load: Callable[..., Any], chunks: Chunks, dtype: np.dtype[Any], name: str = ""
) -> Array:
    """Return an array whose chunks `load` gives, called with ``block_id``, when they are computed.

    Without a name it gets one of its own: napari keeps computed chunks by name, and dask would give
    a file that was written anew the name of the old one.
    """
    import dask.array as da

    meta = np.empty((0,) * len(chunks), dtype)
    name = name or f"slices-{uuid4().hex}"
    array: Array = da.map_blocks(load, name=name, chunks=chunks, dtype=dtype, meta=meta)
    return array


def lazy_stack(
    load: Callable[[int, int], NDArray[Any]],
    volumes: int,
    slices: tuple[int, ...],
    plane: tuple[int, int],
    dtype: np.dtype[Any],
) -> Array:
    """Return slices that are read when they are computed.

    Parameters
    ----------
    load : callable
        Gives (slice, row, column) of a volume and chunk, both numbered from 0.
    volumes : int
        How many there are.
    slices : tuple of int
        How many slices of a volume each chunk has.
    plane : tuple of int
        Rows and columns.

    Returns
    -------
    dask.array.Array
        (slice, row, column), or (volume, slice, row, column) of more than one volume.
    """
    chunks: Chunks = (slices, (plane[0],), (plane[1],))
    if volumes > 1:
        chunks = ((1,) * volumes, *chunks)
    return lazy_array(partial(_loaded, load), chunks, dtype)


def _loaded(load: Callable[[int, int], NDArray[Any]], *, block_id: tuple[int, ...]) -> NDArray[Any]:
    if len(block_id) == 3:
        return load(0, block_id[0])
    return load(*block_id[:2])[None]


def read_block(array: Array, block_id: tuple[int, ...]) -> NDArray[Any]:
    """Compute one chunk; of thousands, `array.blocks` takes longer to pick one than to read it."""
    import dask
    from dask.optimization import cull

    key = (array.name, *block_id)
    graph = cull(array.dask, [key])[0]
    # With no one following it: see `series.computed`.
    return np.asarray(dask.get(graph, key, callbacks=()))  # type: ignore[attr-defined]


def stamp_of(file: str | BinaryIO) -> Stamp:
    """Return what tells a file from what is written in its place later."""
    status = Path(file).stat() if isinstance(file, str) else os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def check_unchanged(file: str | BinaryIO, stamp: Stamp, path: str) -> None:
    """Raise `ReadError` where a file is no more the one whose header was read."""
    if stamp_of(file) != stamp:
        raise ReadError("the file has changed since it was opened: open it again", path)
