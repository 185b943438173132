"""What can be seen of a widget: its words, its colours."""

from __future__ import annotations

import numpy as np
from qtpy.QtGui import QImage
from qtpy.QtWidgets import QAbstractButton, QLabel, QWidget


def texts_cut_off(page: QWidget) -> list[str]:
    """Return the words on a page that have too little room."""
    kinds = QLabel, QAbstractButton
    widgets = [one for kind in kinds for one in page.findChildren(kind)]
    return [one.text() for one in widgets if one.isVisible() and one.text() and _is_cut(one)]


def _is_cut(widget: QLabel | QAbstractButton) -> bool:
    wraps = isinstance(widget, QLabel) and widget.wordWrap()
    needed = widget.heightForWidth(widget.width()) if wraps else widget.sizeHint().height()
    narrow = not wraps and widget.width() < widget.minimumSizeHint().width()
    return narrow or widget.height() < needed - 1


def pixels(widget: QWidget) -> np.ndarray:
    """Return red, green and blue of each pixel."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    held = image.constBits()
    held = held.asarray(image.sizeInBytes()) if hasattr(held, "asarray") else held
    return np.array(held, np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1]


def luminance(widget: QWidget) -> np.ndarray:
    """Return the relative luminance of each pixel, as WCAG defines it for sRGB."""
    colours = pixels(widget) / 255
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)
