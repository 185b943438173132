"""A table of rows that can be sorted and copied: for the slices of a series and for a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qtpy.QtCore import (  # type: ignore[attr-defined]
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from qtpy.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

SORT_ROLE = Qt.ItemDataRole.UserRole
KEY_ROLE = Qt.ItemDataRole.UserRole + 1
ARROW_WIDTH = 16

AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text : str
        What is shown and copied.
    order : object
        What the column is sorted by; the text by default.
    colour : str or None
        ``#rrggbb`` of the sequence it names.
    hint : str
        Tool tip.
    """

    text: str
    order: Any = None
    colour: str | None = None
    hint: str = ""


@dataclass(frozen=True)
class Row:
    """One row, and what it stands for."""

    key: Any
    cells: tuple[Cell, ...]


class RowModel(QAbstractTableModel):
    """Rows for Qt's table view."""

    def __init__(self, headings: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._headings = headings
        self._rows: list[Row] = []

    def set_rows(self, rows: list[Row]) -> None:
        """Show other rows; what is chosen stays so where rows only come behind."""
        known = len(self._rows)
        if 0 < known < len(rows) and rows[:known] == self._rows:
            self.beginInsertRows(QModelIndex(), known, len(rows) - 1)
            self._rows = rows
            self.endInsertRows()
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, is sorted by, or stands for."""
        row = self._rows[index.row()]
        cell = row.cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == SORT_ROLE:
            return cell.text if cell.order is None else cell.order
        if role == KEY_ROLE:
            return row.key
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.hint or None
        if role == Qt.ItemDataRole.DecorationRole and cell.colour:
            return QColor(cell.colour)
        return None

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the heading of a column."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._headings[section]
        return None


class Table(QTableView):
    """A table that copies the chosen rows as tab-separated text, for a spreadsheet.

    Attributes
    ----------
    empty_text : str
        Stands in it while it has no rows.
    """

    row_opened = Signal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty_text = ""
        self.doubleClicked.connect(self.row_opened)
        # Names of series differ at their ends.
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        # Else Qt cuts names off behind a space.
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSortingEnabled(True)
        self.setShowGrid(False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        if rows is not None and columns is not None:
            rows.hide()
            rows.setDefaultSectionSize(self.fontMetrics().lineSpacing() + 6)
            columns.setStretchLastSection(True)
            columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Say why there are no rows."""
        super().paintEvent(event)
        model, viewport = self.model(), self.viewport()
        if viewport is None or (model is not None and model.rowCount()):
            return
        place = viewport.rect().adjusted(8, 8, -8, -8)
        how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        QPainter(viewport).drawText(place, how, self.empty_text)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Copy on Ctrl+C; Return opens a row, as a double click does."""
        if event is not None and event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.row_opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the chosen rows on the clipboard."""
        model, selection = self.model(), self.selectionModel()
        clipboard = QGuiApplication.clipboard()
        if model is None or selection is None or clipboard is None:
            return
        columns = range(model.columnCount())
        lines = [
            "\t".join(str(model.index(row.row(), column).data()) for column in columns)
            for row in sorted(selection.selectedRows())
        ]
        clipboard.setText("\n".join(lines))


class SortedTable(Table):
    """A table of rows in their own order, until the user sorts by a column.

    Parameters
    ----------
    headings : tuple of str
        Of the columns.
    widest : int, optional
        The column that gives way, and takes what room is left; the last one by default.
    """

    def __init__(
        self,
        headings: tuple[str, ...],
        widest: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows = RowModel(headings)
        self.proxy = QSortFilterProxyModel()
        self.proxy.setSourceModel(self.rows)
        self.proxy.setSortRole(SORT_ROLE)
        self.setModel(self.proxy)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        columns = self.horizontalHeader()
        if columns is not None and widest is not None:
            columns.setStretchLastSection(False)
            columns.setSectionResizeMode(widest, QHeaderView.ResizeMode.Stretch)
        if columns is not None:
            columns.sortIndicatorChanged.connect(self._fit)

    def set_rows(self, rows: list[Row]) -> None:
        """Show other rows."""
        self.rows.set_rows(rows)
        self._fit()

    def _fit(self) -> None:
        """Make columns as wide as their words; what they leave is for names."""
        columns = self.horizontalHeader()
        if columns is None:
            return
        # Qt would leave room for the arrow in every heading.
        columns.setSortIndicatorShown(False)
        self.resizeColumnsToContents()
        by = self.proxy.sortColumn()
        if by >= 0:
            columns.setSortIndicatorShown(True)
            self.setColumnWidth(by, self.columnWidth(by) + ARROW_WIDTH)
