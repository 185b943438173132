"""A model's card: its classes, how it was made and measured, before it is used."""

from __future__ import annotations

from html import escape
from pathlib import Path

from qtpy.QtCore import Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_mrseq.errors import MrseqError
from napari_mrseq.model import registry
from napari_mrseq.model.card_file import read_card
from napari_mrseq.sequences import UNKNOWN, colour_of, name_of
from napari_mrseq.viewer.wording import as_plain_text

WIDTH = 920


class CardDialog(QDialog):
    """Shows the card of a weights file.

    Parameters
    ----------
    path : Path
        The weights file.
    offer : bool
        Whether the model can be taken from here.
    parent : QWidget
        Owns it.

    Raises
    ------
    ModelError
        If the file has no card.
    """

    chosen = Signal(str)

    def __init__(self, path: Path, *, offer: bool, parent: QWidget) -> None:
        from napari_mrseq.model.card_words import card_in_words

        # Before there is a dialog: a file without a card would leave one, unseen, for good.
        card, words = read_card(path), card_in_words(path, classes=False)
        super().__init__(parent)
        self._path = path
        self.setWindowTitle(f"Model {card.name}")
        self.setMinimumWidth(WIDTH)
        self.classes = QLabel(_classes_html(card.classes))
        self.classes.setTextFormat(Qt.TextFormat.RichText)
        self.classes.setWordWrap(True)
        self.words = QPlainTextEdit(words)
        self.words.setReadOnly(True)
        self.words.setAccessibleName("Card")
        # Its lines are columns.
        self.words.setStyleSheet("font-family: monospace;")
        self.failure = QLabel()
        self.failure.setWordWrap(True)
        self.failure.setTextFormat(Qt.TextFormat.PlainText)
        self.keep = QCheckBox("keep it with my models")
        self.keep.setToolTip(as_plain_text(f"Copies the file to {registry.user_folder()}"))
        self.buttons = QDialogButtonBox()
        self.use_button = QPushButton("Use this model")
        self.close_button = QPushButton("Cancel" if offer else "Close")
        if offer:
            self.buttons.addButton(self.use_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self._use)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.classes, self.words, self.failure):
            layout.addWidget(widget)
        if offer:
            layout.addWidget(self.keep)
        layout.addWidget(self.buttons)

    def _use(self) -> None:
        name = str(self._path)
        if self.keep.isChecked():
            try:
                name = registry.add(self._path).name
            except MrseqError as error:
                self.failure.setText(str(error))
                return
        self.chosen.emit(name)
        self.accept()


def _classes_html(classes: tuple[str, ...]) -> str:
    """Return the classes with their colours, as they are shown everywhere."""
    squares = (
        f'<span style="color:{colour_of(code, classes)}">■</span>&nbsp;'
        f"{escape(name_of(code)).replace(' ', '&nbsp;')}"
        for code in classes
    )
    kinds = sum(code != UNKNOWN for code in classes)
    return f"<b>Distinguishes {kinds} kinds:</b> " + " &nbsp; ".join(squares)
