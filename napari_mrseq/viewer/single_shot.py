"""A timer that calls once: later, or as soon as napari is done with what it is doing."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QObject, QTimer


class SingleShot(QTimer):
    """Calls a handler once each time it is started."""

    def __init__(self, handler: Callable[[], object], parent: QObject, delay_ms: int = 0) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(delay_ms)
        self.timeout.connect(handler)

    def start_unless_running(self) -> None:
        """Start, or go on: where starts keep coming, a restarted timer would never call."""
        if not self.isActive():
            self.start()

    def close(self) -> None:
        """Call no more."""
        self.stop()
