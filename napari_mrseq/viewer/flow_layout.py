"""Widgets side by side, that go on in another line where there is no room for all."""

from __future__ import annotations

from qtpy.QtCore import QPoint, QRect, QSize, Qt
from qtpy.QtWidgets import QComboBox, QLayout, QLayoutItem, QSizePolicy, QWidget

GAP = 6
LEAST_NAME = 8


class FlowLayout(QLayout):
    """A row of widgets, broken where it is too long.

    What is left of a line goes to those of its widgets that expand, to all where none does.

    After the flow layout of Qt's examples.

    Parameters
    ----------
    widgets : QWidget
        In their order.
    """

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(GAP)
        for widget in widgets:
            self.addWidget(widget)

    def addItem(self, item: QLayoutItem | None) -> None:  # noqa: N802 - Qt's names
        """Add one at the end."""
        if item is not None:
            self._items.append(item)

    def count(self) -> int:
        """Return how many there are."""
        return len(self._items)

    def itemAt(self, place: int) -> QLayoutItem | None:  # noqa: N802
        """Return one, None where there is none."""
        return self._items[place] if 0 <= place < len(self._items) else None

    def takeAt(self, place: int) -> QLayoutItem | None:  # noqa: N802
        """Take one out."""
        return self._items.pop(place) if 0 <= place < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        """Return that it takes the width it is given."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Return that it is the higher the narrower it is."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """Return the height of all lines."""
        heights = [max(item.sizeHint().height() for item in line) for line in self._lines(width)]
        return sum(heights) + self.spacing() * max(len(heights) - 1, 0)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the size of one line."""
        hints = [item.sizeHint() for item in self._items]
        gaps = self.spacing() * max(len(hints) - 1, 0)
        width = sum(hint.width() for hint in hints) + gaps
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def minimumSize(self) -> QSize:  # noqa: N802
        """Return the size of the largest widget."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        """Put every widget in its place."""
        super().setGeometry(rect)
        top = rect.y()
        for line in self._lines(rect.width()):
            height = max(item.sizeHint().height() for item in line)
            widths = [item.sizeHint().width() for item in line]
            gaps = self.spacing() * (len(line) - 1)
            growing = [item for item in line if _expands(item)] or line
            more = max(rect.width() - sum(widths) - gaps, 0) // len(growing)
            left = rect.x()
            for item, width in zip(line, widths, strict=True):
                wide = min(width + (more if item in growing else 0), rect.width())
                item.setGeometry(QRect(QPoint(left, top), QSize(wide, height)))
                left += wide + self.spacing()
            top += height + self.spacing()

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        left = 0
        for item in self._items:
            needed = item.sizeHint().width()
            if lines and left + needed <= width:
                lines[-1].append(item)
            else:
                lines.append([item])
                left = 0
            left += needed + self.spacing()
        return lines


def _expands(item: QLayoutItem) -> bool:
    return bool(item.expandingDirections() & Qt.Orientation.Horizontal)


def may_be_short(box: QComboBox) -> None:
    """Let a box be narrower than its longest entry, which would widen the whole panel, or wider."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(LEAST_NAME)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
