"""Tables of the panel, read and clicked."""

from __future__ import annotations

from qtpy.QtCore import QPoint, Qt

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def column(table, number: int) -> list[str]:
    """Return the words of a column, from its top."""
    return [table.proxy.index(row, number).data() for row in range(table.proxy.rowCount())]


def click(qtbot, table, row: int, key=NONE) -> None:
    """Click on a row, which may be out of sight, with a key held."""
    index = table.proxy.index(row, 0)
    table.scrollTo(index)
    qtbot.mouseClick(table.viewport(), LEFT, key, table.visualRect(index).center())


def double_click(qtbot, table, row: int) -> None:
    """Double-click on a row."""
    click(qtbot, table, row)
    place = table.visualRect(table.proxy.index(row, 0)).center()
    qtbot.mouseDClick(table.viewport(), LEFT, pos=place)


def click_heading(qtbot, table, number: int) -> None:
    """Click on the heading of a column."""
    columns = table.horizontalHeader()
    place = QPoint(columns.sectionViewportPosition(number) + 10, columns.height() // 2)
    qtbot.mouseClick(columns.viewport(), LEFT, pos=place)
