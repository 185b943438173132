"""What stands on the canvas, and what it shows."""

from __future__ import annotations

import numpy as np


def words_on_canvas(viewer) -> str:
    """Return the words on one line: a narrow canvas breaks them."""
    return " ".join(viewer.canvas.overlays.text.text.split())


def middle_of_canvas(viewer) -> np.ndarray:
    """Return the colours of what is shown, without the words at the edge."""
    picture = viewer.screenshot(canvas_only=True, flash=False)[..., :3]
    return picture[picture.shape[0] // 3 : -picture.shape[0] // 3]


def shows_something(viewer) -> bool:
    """Tell whether there is more than black."""
    return bool(middle_of_canvas(viewer).max() > 60)
