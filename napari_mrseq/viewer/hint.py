"""The first steps, until the user has read them."""

from __future__ import annotations

from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from napari_mrseq.naming import CONFLICT_MARK
from napari_mrseq.viewer.settings import forget_hint
from napari_mrseq.viewer.wording import unbroken

STEPS = (
    "<b>1</b> Open a folder from the scanner. <b>2</b> Press <b>Run</b>. <b>3</b> Look for "
    f"<b>{CONFLICT_MARK}</b> (pixels and header disagree), <b>▲</b> (doubt) and <b>?</b> (unknown)."
)


class Hint(QFrame):
    """Says how to begin, until a press of *Got it*; Preferences bring it back.

    Parameters
    ----------
    shown : bool
        Whether it is seen; as Preferences say when the panel is opened.
    """

    def __init__(self, shown: bool) -> None:
        super().__init__()
        self.text = QLabel(unbroken(STEPS))
        self.text.setWordWrap(True)
        self.close_button = QPushButton("Got it")
        self.close_button.setToolTip("Don't show this again; Preferences bring it back")
        self.close_button.clicked.connect(self._dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 0)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.close_button)
        # Without a parent yet, a widget that is shown would be a window.
        if not shown:
            self.hide()

    def _dismiss(self) -> None:
        self.hide()
        forget_hint()
