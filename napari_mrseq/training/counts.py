"""Truth counted against what is said, and the shares that follow from the counts alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def count_pairs(
    truths: NDArray[np.str_], said: NDArray[np.str_], columns: Sequence[str]
) -> NDArray[np.int64]:
    """Count truth (rows) against what is said (columns)."""
    place = {code: index for index, code in enumerate(columns)}
    counts = np.zeros((len(columns), len(columns)), dtype=np.int64)
    rows = [place[str(code)] for code in truths]
    np.add.at(counts, (rows, [place[str(code)] for code in said]), 1)
    return counts


def accuracy(counts: NDArray[Any]) -> NDArray[np.float64]:
    """Return the share on the diagonal of (…, n, n) counts."""
    return np.asarray(np.trace(counts, axis1=-2, axis2=-1) / counts.sum(axis=(-2, -1)))


def macro_f1(counts: NDArray[Any]) -> NDArray[np.float64]:
    """Return the mean F1 over the classes that occur as truth in (…, n, n) counts."""
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    truths, said = counts.sum(axis=-1), counts.sum(axis=-2)
    f1 = 2 * right / np.maximum(truths + said, 1)
    return np.asarray((f1 * (truths > 0)).sum(axis=-1) / np.maximum((truths > 0).sum(axis=-1), 1))


def named_share(counts: NDArray[Any]) -> NDArray[np.float64]:
    """Return the share that is not said to be unknown, the last column."""
    total = counts.sum(axis=(-2, -1))
    return np.asarray(1 - counts[..., -1].sum(axis=-1) / total)
