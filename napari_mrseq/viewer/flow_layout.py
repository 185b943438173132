"""Widgets side by side, that go on in another line where there is no room for all."""

from __future__ import annotations

from qtpy.QtCore import QRect, QSize, Qt
from qtpy.QtWidgets import QComboBox, QLayout, QLayoutItem, QSizePolicy, QWidget
from superqt.utils import QFlowLayout

GAP = 6
LEAST_NAME = 8


class FlowLayout(QFlowLayout):
    """A row of widgets, broken where it is too long.

    What is left of a line goes to those of its widgets that expand, to all where none does;
    superqt's own leaves it empty.

    Parameters
    ----------
    widgets : QWidget
        In their order.
    """

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(GAP)
        for widget in widgets:
            self.addWidget(widget)

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """Return the height of all lines."""
        heights = [max(item.sizeHint().height() for item in line) for line in self._lines(width)]
        return sum(heights) + self.spacing() * max(len(heights) - 1, 0)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the size of one line."""
        hints = [item.sizeHint() for item in self._all()]
        gaps = self.spacing() * max(len(hints) - 1, 0)
        width = sum(hint.width() for hint in hints) + gaps
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        """Put every widget in its place."""
        QLayout.setGeometry(self, rect)
        top = rect.y()
        for line in self._lines(rect.width()):
            height = max(item.sizeHint().height() for item in line)
            widths = [item.sizeHint().width() for item in line]
            gaps = self.spacing() * (len(line) - 1)
            growing = [
                item for item in line if item.expandingDirections() & Qt.Orientation.Horizontal
            ] or line
            more = max(rect.width() - sum(widths) - gaps, 0) // len(growing)
            left = rect.x()
            for item, width in zip(line, widths, strict=True):
                wide = min(width + (more if item in growing else 0), rect.width())
                item.setGeometry(QRect(left, top, wide, height))
                left += wide + self.spacing()
            top += height + self.spacing()

    def _all(self) -> list[QLayoutItem]:
        return [item for place in range(self.count()) if (item := self.itemAt(place))]

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        left = 0
        for item in self._all():
            needed = item.sizeHint().width()
            if lines and left + needed <= width:
                lines[-1].append(item)
            else:
                lines.append([item])
                left = 0
            left += needed + self.spacing()
        return lines


def may_be_short(box: QComboBox) -> None:
    """Let a box be narrower than its longest entry, which would widen the whole panel, or wider."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(LEAST_NAME)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
