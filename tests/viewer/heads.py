"""Pictures to be judged: what shows nothing would not keep the network busy."""

from __future__ import annotations

import numpy as np


def head() -> np.ndarray:
    """Return a slice of a head in the dark."""
    return _drawn(64, 64)


def heads(*shape: int) -> np.ndarray:
    """Return a stack of such slices, or several, each with noise of its own."""
    grain = np.random.default_rng(0).random(shape)
    return (_drawn(*shape[-2:]) + 0.1 * grain).astype(np.float32)


def _drawn(rows: int, columns: int) -> np.ndarray:
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    return (y**2 + x**2 < 0.7) * (2 + np.sin(9 * x) * np.cos(7 * y))
