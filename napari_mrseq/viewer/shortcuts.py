"""The keys of the panel: they work in napari's window, and in that of a panel that floats."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qtpy.QtGui import QKeySequence, QShortcut  # type: ignore[attr-defined]
from qtpy.QtWidgets import QWidget

# Taken neither by napari nor by its layers.
RUN_KEYS, EXPLAIN_KEYS, CORRECT_KEYS = "Ctrl+Shift+R", "Ctrl+Shift+E", "Ctrl+Shift+K"
# QKeySequence.StandardKey.Copy and Undo.
COPY_KEYS, UNDO_KEYS = "Ctrl+C", "Ctrl+Z"


def shown(keys: str) -> str:
    """Return how the system writes keys: ``"Ctrl+C"`` is ``"⌘C"`` on macOS."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def hand_keys_over(holder: QWidget, to: QWidget) -> None:
    """Give the keys to another control before `holder` is locked: Qt gives them to the next one."""
    window = holder.window()
    if window and window.focusWidget() is holder:
        to.setFocus()


class Shortcuts:
    """Keys of a panel, owned by the window that its dock is in.

    Parameters
    ----------
    panel : QWidget
        Owns them until its dock is shown.
    handlers : mapping of str to callable
        What each key does.
    """

    def __init__(self, panel: QWidget, handlers: Mapping[str, Callable[[], None]]) -> None:
        self._panel = panel
        self._shortcuts = [QShortcut(QKeySequence(keys), panel) for keys in handlers]
        for shortcut, handler in zip(self._shortcuts, handlers.values(), strict=True):
            shortcut.activated.connect(handler)

    def give_to_window(self) -> None:
        """Let napari's window own them: they work there too while the panel's dock floats."""
        dock = self._panel.parentWidget()
        self._own(None if dock is None else dock.parentWidget())

    def take_back(self) -> None:
        """Let the panel own them, and go with it."""
        self._own(None)

    def _own(self, owner: QWidget | None) -> None:
        for shortcut in self._shortcuts:
            shortcut.setParent(owner or self._panel)
