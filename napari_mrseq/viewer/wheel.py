"""The mouse's wheel over what it would change unasked, or stop at: it scrolls the page instead."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject
from qtpy.QtWidgets import QWidget


def pass_wheel_on(widget: QWidget) -> None:
    """Leave the wheel over a widget to the page that it stands on."""
    widget.installEventFilter(_WheelFilter(widget))


class _WheelFilter(QObject):
    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Ignore the wheel, which Qt then gives to the widget around this one."""
        if event is None or event.type() != QEvent.Type.Wheel:
            return super().eventFilter(watched, event)
        event.ignore()
        return True
