"""Labels that a screen reader says as the names of the controls behind them."""

from __future__ import annotations

from qtpy.QtWidgets import QLabel, QWidget


def label_for(control: QWidget, text: str) -> QLabel:
    """Return a label for a control."""
    label = QLabel(text)
    # Of a box of choices Linux hears no other name: there, Qt takes the chosen one for it.
    label.setBuddy(control)
    return label
