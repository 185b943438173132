"""What napari's style leaves out: a frame around what has the keys, and the size of letters."""

from __future__ import annotations

# Paddings give back what a frame takes: nothing moves as the keys go on.
FOCUS = """
*:focus {{ outline: 1px solid {ink}; }}
QComboBox:focus, QLineEdit:focus, QAbstractSpinBox:focus {{ border: 1px solid {ink}; }}
QComboBox:focus {{ padding: 2px 9px 2px 7px; }}
QComboBox > QLineEdit:focus {{ border: none; }}
QLineEdit:focus {{ padding: 1px; }}
QAbstractSpinBox:focus {{ padding: 0px 9px; }}
QTabBar:focus {{ outline: none; }}
QTabBar::tab:selected:focus {{ border-color: {ink}; }}
QAbstractScrollArea, ConfidencePlot {{ border: 1px solid transparent; }}
QAbstractScrollArea:focus, ConfidencePlot:focus {{ border-color: {ink}; }}
"""
LETTERS = """
QTableView, QHeaderView, QLineEdit, QPlainTextEdit, ConfidencePlot {{ font-size: {points}pt; }}
"""


def panel_style(ink: str, points: int) -> str:
    """Return the style sheet of the panel and its dialogs.

    Parameters
    ----------
    ink : str
        ``#rrggbb`` of the words of napari's theme.
    points : int
        Size of letters that the user has set in napari.
    """
    return FOCUS.format(ink=ink) + LETTERS.format(points=points)
