"""What to judge, how much of it; Run, Cancel, progress, and the line of words below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from magicgui.widgets import CheckBox, ComboBox, Label, ProgressBar, PushButton, RadioButtons
from napari.layers import Image
from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QGroupBox, QRadioButton, QSizePolicy, QWidget

from napari_mrseq.naming import counted
from napari_mrseq.viewer.buddy import label_for
from napari_mrseq.viewer.flow_layout import FlowLayout, may_be_short
from napari_mrseq.viewer.layer_state import own_name
from napari_mrseq.viewer.scope import SCOPES, WHOLE_STACK
from napari_mrseq.viewer.settings import Settings
from napari_mrseq.viewer.shortcuts import RUN_KEYS, hand_keys_over, shown
from napari_mrseq.viewer.wheel import pass_wheel_on

NO_IMAGE = "There is no image layer to classify yet."
STATUS_LINES = 2
# From line to line, in heights of letters.
LINE_EM = 1.25


class Controls(QWidget):
    """The controls of a run.

    Parameters
    ----------
    layers : callable
        Returns the (name, layer) pairs to choose from.
    settings : Settings
        What the controls start with.
    """

    stopped = Signal()

    def __init__(self, layers: Callable[[Any], list[tuple[str, Any]]], settings: Settings) -> None:
        super().__init__()
        self.layer = ComboBox(choices=layers, tooltip="The image to classify")
        self.scope = RadioButtons(
            choices=SCOPES, orientation="horizontal", tooltip="How much of it to look at"
        )
        self.scope.value = WHOLE_STACK
        self.run = PushButton(text="Run", tooltip=f"Classify now ({shown(RUN_KEYS)})")
        self.cancel = PushButton(
            text="Cancel", enabled=False, tooltip="Stop after the current slices"
        )
        self.live = CheckBox(
            text="live",
            value=settings.live,
            tooltip="Classify in the background as the slider moves, the slice in view first",
        )
        self.progress = ProgressBar(min=0, max=1, value=0)
        self.status = Label(value="")
        # The layer that was chosen when a line on one layer was said, and the one of the last run.
        self._said_at: Image | None = None
        self._run_of: Image | None = None
        self._said_of_run = ""
        self._lay_out()

    def offer_layers(self, active: Any = None) -> None:
        """Offer the layers there are now; the chosen one stays chosen, whatever its name."""
        wished = self.layer.value if active is None else active
        with self.layer.changed.blocked():
            # Only an empty box takes them in the order of the layer list.
            self.layer.native.clear()
            self.layer.reset_choices()
            if any(wished == layer for layer in self.layer.choices):
                self.layer.value = wished

    def say(self, text: str, layer: Image | None = None) -> None:
        """Say something of all layers, or of one, which goes when another is chosen.

        Where another is chosen already, the line names the layer that it is of.
        """
        chosen = self.layer.value
        if layer is not None and layer != chosen:
            name = f"{own_name(layer)}: "
            text = name + text.removeprefix(name)
        self.status.value = text
        self._said_at = chosen if layer is not None else None

    def unsay(self, text: str) -> None:
        """Take what was said away, unless something else was said since."""
        if text and self.status.value.endswith(text):
            self.say("")

    def forget_others(self) -> None:
        """Take away what was said of another layer than the chosen one, and how far its run was."""
        chosen = self.layer.value
        if chosen is None:
            self.show_nothing()
        elif self.run.enabled:
            if self._run_of not in (None, chosen):
                self._empty_bar()
            if self._said_at not in (None, chosen) or self.status.value == NO_IMAGE:
                self.say("")

    def show_nothing(self) -> None:
        """Clear what was said of the latest run, unless it is under way."""
        if self.run.enabled:
            self._empty_bar()
            self.say("")

    def show_running(self, text: str, layer: Image | None = None) -> None:
        """Lock Run and say what goes on, with one `layer` or with several."""
        # Locked last: from a button that is locked the keys go to the next that isn't.
        self.cancel.enabled = True
        self.run.enabled = False
        self._show_bar(0, 0)
        self._run_of = layer
        self._say_of_run(text)

    def show_progress(self, done: int, total: int) -> None:
        """Show how many slices are judged."""
        self._show_bar(done, max(total, 1), f"{done} of {counted(total, 'slice')}")
        # What an export or a heat map said meanwhile stays until the run ends.
        if self.status.value == self._said_of_run:
            self._say_of_run("Classifying…")

    def show_stopped(self, text: str) -> None:
        """Unlock Run and say how it went."""
        self.run.enabled = True
        # Behind Cancel stands the box for live.
        hand_keys_over(self.cancel.native, self.run.native)
        self.cancel.enabled = False
        self.say(text, self._run_of)
        if self.progress.native.maximum() == 0:
            self._empty_bar()
        self.stopped.emit()

    def _say_of_run(self, text: str) -> None:
        self._said_of_run = text
        self.say(text)

    def _empty_bar(self) -> None:
        self._show_bar(0, 1)
        self._run_of = None

    def _show_bar(self, done: int, total: int, text: str = "") -> None:
        """Fill the bar; with a `total` of 0 it moves to and fro."""
        bar = self.progress.native
        bar.setRange(0, total)
        bar.setValue(done)
        bar.setFormat(text)

    def _lay_out(self) -> None:
        may_be_short(self.layer.native)
        pass_wheel_on(self.layer.native)
        # Inside the Layer tab, a frame of its own would only cost room.
        self.scope.native.setStyleSheet("QGroupBox { border: none; margin: 0; padding: 0; }")
        _let_break(self.scope.native)
        self.progress.native.setTextVisible(True)
        self.progress.native.setAccessibleName("Progress of the run")
        self.progress.native.setFormat("")
        status = self.status.native
        status.setWordWrap(True)
        status.setTextFormat(Qt.TextFormat.PlainText)
        status.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        # Nothing below jumps when the words take another line.
        status.setStyleSheet(f"min-height: {STATUS_LINES * LINE_EM}em;")
        status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.MinimumExpanding)
        for button in (self.run.native, self.cancel.native):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        buttons = FlowLayout(self.run.native, self.cancel.native, self.live.native)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label_for(self.layer.native, "Layer"), 0, 0)
        grid.addWidget(self.layer.native, 0, 1)
        grid.addWidget(label_for(self.scope.native, "Scope"), 1, 0)
        grid.addWidget(self.scope.native, 1, 1)
        grid.addLayout(buttons, 2, 0, 1, 2)
        grid.addWidget(self.progress.native, 3, 0, 1, 2)
        grid.addWidget(status, 4, 0, 1, 2)


def _let_break(box: QGroupBox) -> None:
    """Let a row of radio buttons go on in another line."""
    buttons = box.findChildren(QRadioButton)
    # A widget takes a new layout only once its own belongs to another, and the buttons with it.
    other = QWidget()
    other.setLayout(box.layout())
    box.setLayout(FlowLayout(*buttons))
