"""What stands beside a table: as high as it is where there is room, else it scrolls."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, QSize
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

# In sight in the lowest window.
LEAST_LINES = 3


class FittedScrollArea(QScrollArea):
    """Scrolls what it holds where that finds no room.

    Parameters
    ----------
    held : QWidget
        Words that wrap, or a page of several widgets.
    """

    def __init__(self, held: QWidget) -> None:
        super().__init__()
        self._held = held
        self.setWidget(held)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the height that what it holds takes in this width.

        That is less beside a scroll bar, which would stay where it alone breaks a further line.
        """
        # napari's style draws one in spite of `NoFrame`.
        frame = 2 * self.frameWidth()
        width = (self.viewport() or self).width()
        return QSize(0, self._held.heightForWidth(width) + frame)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the height of a few lines."""
        least = LEAST_LINES * self.fontMetrics().lineSpacing()
        return self.sizeHint().boundedTo(QSize(0, least))

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        """Ask for another height where the words are broken into other lines."""
        super().resizeEvent(event)
        self.updateGeometry()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Ask for another height where what it holds has become higher."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
