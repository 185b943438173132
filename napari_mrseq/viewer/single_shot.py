"""A timer that calls once: later, or as soon as napari is done with what it is doing."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QObject, QTimer


def single_shot(
    handler: Callable[[], object], parent: QObject | None = None, delay_ms: int = 0
) -> QTimer:
    """Return a timer that calls a handler once each time it is started."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(delay_ms)
    timer.timeout.connect(handler)
    return timer
