"""A table of rows that can be sorted and copied: for the slices of a series and for a study."""

from __future__ import annotations

import csv
import io
from typing import Any

from qtpy.QtCore import (  # type: ignore[attr-defined]
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from qtpy.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from napari_mrseq.viewer.table_rows import KEY_ROLE, SORT_ROLE, Row, RowModel

ARROW_WIDTH = 16
# Between the lines of two rows; what a frame, a scroll bar and a part of a row take.
ROW_GAP, REST_HEIGHT = 6, 36
# Letters of a name that tell it from others; with less room a table scrolls sideways.
LEAST_LETTERS = 18
# Rows that columns are fitted to: to measure thousands would be slow.
FITTED_ROWS = 100
ROWS = QItemSelectionModel.SelectionFlag.Rows


class Table(QTableView):
    """Rows in their own order, until the user sorts by a column.

    It copies the chosen ones as tab-separated text, for a spreadsheet.

    Parameters
    ----------
    headings : tuple of str
        Of the columns.
    names : int, optional
        The column of names, which takes what room is left, and no less than names need; without
        it the last one takes it, and no less than its words need.

    Attributes
    ----------
    empty_text : str
        Stands in it while it has no rows.
    """

    row_opened = Signal(QModelIndex)
    row_walked = Signal(QModelIndex)

    def __init__(self, headings: tuple[str, ...], names: int | None = None) -> None:
        super().__init__()
        self.empty_text = ""
        # They go with the table: left to Python, under PySide the thread of a run may free them,
        # while Qt still calls them on this one.
        self.rows = RowModel(headings, self)
        self.proxy = QSortFilterProxyModel(self)
        self.proxy.setSourceModel(self.rows)
        self.proxy.setSortRole(SORT_ROLE)
        self._widest = len(headings) - 1 if names is None else names
        self._least = 0 if names is None else LEAST_LETTERS
        self._widths = [0] * len(headings)
        self.setModel(self.proxy)
        # Qt's stubs say that there may be none.
        self._columns: QHeaderView = self.horizontalHeader()  # type: ignore[assignment]
        self._rows_header: QHeaderView = self.verticalHeader()  # type: ignore[assignment]
        self._selection: QItemSelectionModel = self.selectionModel()  # type: ignore[assignment]
        self._viewport: QWidget = self.viewport()  # type: ignore[assignment]
        self._set_up()

    def _set_up(self) -> None:
        # Names of series differ at their ends.
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        # Else Qt cuts names off behind a space.
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        # Tab goes on to the next control, not from cell to cell.
        self.setTabKeyNavigation(False)
        self._rows_header.hide()
        self._fit_rows()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self._columns.setDefaultAlignment(left)
        self._columns.setResizeContentsPrecision(FITTED_ROWS)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self._columns.sortIndicatorChanged.connect(self._fit)

    def set_rows(self, rows: list[Row]) -> None:
        """Show other rows; the chosen, the current and the topmost one stay what they are.

        Where it stands at its top it stays there, unless that would take the current row out of
        sight.
        """
        seen = self._shows_current(self._viewport.height())
        scrolled = self.rowAt(0) > 0
        top = self.indexAt(QPoint(0, 0)).data(KEY_ROLE) if scrolled else None
        if self.rows.holds(rows):
            if self.rows.update_rows(rows) or not rows:
                self._fit()
        else:
            current, chosen = self.currentIndex().data(KEY_ROLE), self.chosen()
            self.rows.replace_rows(rows)
            self._fit()
            self._choose(chosen, current)
        if scrolled:
            self.scrollTo(self._in_sight(top), QAbstractItemView.ScrollHint.PositionAtTop)
        if seen and not self._shows_current(self._viewport.height()):
            self.scrollTo(self.currentIndex())

    def index_of(self, key: Any) -> QModelIndex:
        """Return where the row is that stands for something; invalid where none is shown."""
        return self.proxy.mapFromSource(self.rows.index_of(key))

    def chosen(self) -> list[Any]:
        """Return what the chosen rows stand for."""
        return [row.data(KEY_ROLE) for row in self._selection.selectedRows()]

    def choose_nothing(self) -> None:
        """Forget which rows are chosen, and which is the current one."""
        self._selection.clear()

    def mark(self, key: Any) -> None:
        """Make a row the current one, and the chosen one unless several are."""
        index = self._in_sight(key)
        if index.row() == self.currentIndex().row():
            return
        several = len(self._selection.selectedRows()) > 1
        flags = QItemSelectionModel.SelectionFlag
        how = flags.NoUpdate if several else flags.ClearAndSelect | ROWS
        self._selection.setCurrentIndex(index, how)

    def copy(self) -> None:
        """Put the chosen rows on the clipboard, as they are shown."""
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        order = map(self._columns.logicalIndex, range(self.proxy.columnCount()))
        shown = [column for column in order if not self.isColumnHidden(column)]
        text = io.StringIO()
        # A spreadsheet takes what stands between quotes, tabs and lines of others too, for one
        # cell: the quotes of a name are doubled.
        csv.writer(text, "excel-tab", lineterminator="\n").writerows(
            [row.siblingAtColumn(column).data() for column in shown]
            for row in sorted(self._selection.selectedRows())
        )
        clipboard.setText(text.getvalue().removesuffix("\n"))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Say why there are no rows."""
        super().paintEvent(event)
        if not self.proxy.rowCount():
            place = self._viewport.rect().adjusted(8, 8, -8, -8)
            how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            QPainter(self._viewport).drawText(place, how, self.empty_text)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Copy on Ctrl+C; Return opens a row, as a double click does; arrows walk the rows."""
        before = self.currentIndex()
        if event is not None and event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.row_opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)
            if self.currentIndex().row() != before.row():
                self.row_walked.emit(self.currentIndex())

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Open a row, be its columns fitted anew between both clicks: Qt would take it for two."""
        clicked = self.currentIndex()
        super().mouseDoubleClickEvent(event)
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            index = self.indexAt(event.position().toPoint())
            if index.isValid() and index.row() == clicked.row():
                self.row_opened.emit(index)

    def moveCursor(  # noqa: N802
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and last row; Qt would go along the columns."""
        ends = QAbstractItemView.CursorAction
        if action not in (ends.MoveHome, ends.MoveEnd):
            return super().moveCursor(action, modifiers)
        row = 0 if action == ends.MoveHome else self.proxy.rowCount() - 1
        return self.proxy.index(row, max(self.currentIndex().column(), 0))

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Fit rows and columns to letters of another size; a current row in sight stays there."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            seen = self._shows_current(self._viewport.height())
            self._fit_rows()
            self._fit()
            if seen:
                self.scrollTo(self.currentIndex())

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Fit the columns to the letters of the window it came into."""
        super().showEvent(event)
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Share the new room among the columns; a current row in sight stays there."""
        super().resizeEvent(event)
        self._share_room()
        if event is not None and self._shows_current(event.oldSize().height()):
            self.scrollTo(self.currentIndex())

    def scrollTo(  # noqa: N802
        self,
        index: QModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scroll to a row that has only just come; Qt makes room for it later."""
        self.executeDelayedItemsLayout()
        super().scrollTo(index, hint)

    def _shows_current(self, height: int) -> bool:
        """Tell whether the current row is in sight in a viewport of some height."""
        return 0 <= self.visualRect(self.currentIndex()).top() < height

    def _choose(self, keys: list[Any], current: Any) -> None:
        rows = QItemSelection()
        for index in map(self.index_of, keys):
            rows.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        self._selection.select(rows, flags.ClearAndSelect | ROWS)
        self._selection.setCurrentIndex(self._in_sight(current), flags.NoUpdate)

    def _in_sight(self, key: Any) -> QModelIndex:
        """Return a cell of a row that the table needn't scroll sideways to."""
        return self.index_of(key).siblingAtColumn(max(self.columnAt(0), 0))

    def _fit_rows(self) -> None:
        height = self.fontMetrics().lineSpacing() + ROW_GAP
        self._rows_header.setDefaultSectionSize(height)
        # The headings and a row are in sight in the lowest window.
        self.setMinimumHeight(2 * height + REST_HEIGHT)

    def _fit(self) -> None:
        """Make columns as wide as their words; what they leave is for names."""
        # Measured once it is shown: unseen, a table of a study that comes would be for each layer.
        if not self.isVisible():
            return
        columns = self._columns
        # Qt would leave room for the arrow in every heading.
        columns.setSortIndicatorShown(False)
        last = self.proxy.rowCount() - 1
        for column in range(len(self._widths)):
            # Numbers are longest at the end, which is not measured else.
            self._widths[column] = max(
                columns.sectionSizeHint(column),
                self.sizeHintForColumn(column),
                self.sizeHintForIndex(self.proxy.index(last, column)).width(),
            )
        by = self.proxy.sortColumn()
        if by >= 0:
            columns.setSortIndicatorShown(True)
            self._widths[by] += ARROW_WIDTH
        self._share_room()

    def _share_room(self) -> None:
        room = self._viewport.width()
        words = min(self._widths[self._widest], room // 2)
        least = self._least * self.fontMetrics().averageCharWidth() or words
        others = [one for one in range(len(self._widths)) if one != self._widest]
        for column in others:
            self.setColumnWidth(column, min(self._widths[column], room // 2))
        left = room - sum(map(self.columnWidth, others))
        longest = max(others, key=self.columnWidth)
        width = self.columnWidth(longest)
        if left < least < width:
            # Names come first: what is long beside them, as studies are, is cut, to a half at most.
            self.setColumnWidth(longest, max(width + left - least, least, width // 2))
            left = room - sum(map(self.columnWidth, others))
        self.setColumnWidth(self._widest, max(left, least))
