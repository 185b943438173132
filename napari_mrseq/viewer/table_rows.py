"""The rows of a table: what each stands for, and what its cells show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from qtpy.QtGui import QColor, QIcon, QPixmap

from napari_mrseq.naming import natural_key, printable, runs_of
from napari_mrseq.viewer.wording import as_plain_text

SORT_ROLE = Qt.ItemDataRole.UserRole
KEY_ROLE = Qt.ItemDataRole.UserRole + 1
SWATCH_SIZE = 16

AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text : str
        What is shown and copied.
    order : object
        What the column is sorted by; by default the text, its numbers by what they count.
    colour : str or None
        ``#rrggbb`` of the sequence it names.
    hint : str or callable
        Tool tip, or what returns it.
    """

    text: str
    order: Any = None
    colour: str | None = None
    hint: str | Callable[[], str] = field(default="", compare=False)


@dataclass(frozen=True)
class Row:
    """One row, and what it stands for."""

    key: Any
    cells: tuple[Cell, ...]


class RowModel(QAbstractTableModel):
    """Rows for Qt's table view."""

    def __init__(self, headings: tuple[str, ...], parent: QObject) -> None:
        super().__init__(parent)
        self._headings = headings
        self._rows: list[Row] = []
        self._places: dict[Any, int] = {}

    def holds(self, rows: list[Row]) -> bool:
        """Tell whether all rows there are stand, in their order, among others."""
        return len(self._rows) + len(self._new_among(rows)) == len(rows)

    def update_rows(self, rows: list[Row]) -> bool:
        """Show rows that hold those there are; tell whether anything changed."""
        new = self._new_among(rows)
        for first, last in runs_of(new):
            self.beginInsertRows(QModelIndex(), first, last)
            self._take([*self._rows[:first], *rows[first : last + 1], *self._rows[first:]])
            self.endInsertRows()
        pairs = enumerate(zip(self._rows, rows, strict=True))
        changed = [place for place, (old, now) in pairs if old is not now and old != now]
        self._take(rows)
        for first, last in runs_of(changed):
            right = self.index(last, self.columnCount() - 1)
            self.dataChanged.emit(self.index(first, 0), right)
        return bool(new or changed)

    def replace_rows(self, rows: list[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._take(rows)
        self.endResetModel()

    def index_of(self, key: Any) -> QModelIndex:
        """Return where the row is that stands for something; invalid where there is none."""
        place = self._places.get(key)
        return QModelIndex() if place is None else self.index(place, 0)

    def _new_among(self, rows: list[Row]) -> list[int]:
        """Return the places of rows that are not there, where the others stand in their order."""
        known = iter(self._rows)
        awaited, new = next(known, None), []
        for place, row in enumerate(rows):
            if awaited is not None and row.key == awaited.key:
                awaited = next(known, None)
            else:
                new.append(place)
        return new

    def _take(self, rows: list[Row]) -> None:
        self._rows = list(rows)
        self._places = {row.key: place for place, row in enumerate(rows)}

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
            # Names of layers may hold more than one line.
            return printable(cell.text)
        if role == SORT_ROLE:
            return natural_key(cell.text) if cell.order is None else cell.order
        if role == KEY_ROLE:
            return row.key
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_plain_text(cell.hint() if callable(cell.hint) else cell.hint) or None
        if role == Qt.ItemDataRole.DecorationRole and cell.colour:
            return _swatch(cell.colour)
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


def _swatch(colour: str) -> QIcon:
    """Return a square of a colour; Qt would tint a colour alone in a row that is chosen."""
    square = QPixmap(SWATCH_SIZE, SWATCH_SIZE)
    square.fill(QColor(colour))
    swatch = QIcon(square)
    swatch.addPixmap(square, QIcon.Mode.Selected)
    return swatch
