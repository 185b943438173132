"""What to judge, how much of it; Run, Cancel, progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from magicgui.widgets import (
    CheckBox,
    ComboBox,
    Container,
    Label,
    ProgressBar,
    PushButton,
    RadioButtons,
)

from napari_mrseq.viewer.model_choice import row
from napari_mrseq.viewer.scope import SCOPES, WHOLE_STACK
from napari_mrseq.viewer.settings import Settings


class Controls(Container):  # type: ignore[type-arg]
    """The controls of a run.

    Parameters
    ----------
    layers : callable
        Returns the (name, layer) pairs to choose from.
    settings : Settings
        What the controls start with.
    """

    def __init__(self, layers: Callable[[Any], list[tuple[str, Any]]], settings: Settings) -> None:
        self.layer = ComboBox(label="Layer", choices=layers, tooltip="The image to classify")
        self.scope = RadioButtons(
            label="Scope",
            choices=SCOPES,
            orientation="horizontal",
            tooltip="How much of it to look at",
        )
        self.scope.value = WHOLE_STACK
        self.run = PushButton(text="Run", tooltip="Classify now (Ctrl+Shift+R)")
        self.cancel = PushButton(
            text="Cancel", enabled=False, tooltip="Stop after the slices in hand"
        )
        self.live = CheckBox(
            text="live",
            value=settings.live,
            tooltip="Classify as the slider moves, in the background, the slice in view first",
        )
        self.progress = ProgressBar(min=0, max=1, value=0)
        self.status = Label(value="")
        super().__init__(
            widgets=[
                self.layer,
                self.scope,
                row(self.run, self.cancel, self.live),
                self.progress,
                self.status,
            ],
            labels=True,
        )
        self.margins = (0, 0, 0, 0)
        self.status.native.setWordWrap(True)
        self.progress.native.setTextVisible(True)
        self.progress.native.setFormat("")

    def offer_layers(self, active: Any = None) -> None:
        """Offer the layers there are now; the chosen one stays chosen, whatever its name."""
        wished = self.layer.value if active is None else active
        with self.layer.changed.blocked():
            self.layer.reset_choices()
            if any(wished == layer for layer in self.layer.choices):
                self.layer.value = wished

    def show_running(self, text: str) -> None:
        """Lock Run and say what goes on."""
        self.run.enabled = False
        self.cancel.enabled = True
        self.progress.native.setRange(0, 0)
        self.progress.native.setFormat("")
        self.status.value = text

    def show_progress(self, done: int, total: int) -> None:
        """Show how many slices are judged."""
        self.progress.native.setRange(0, max(total, 1))
        self.progress.native.setValue(done)
        self.progress.native.setFormat(f"{done} of {total} slices")
        self.status.value = "Classifying…"

    def show_stopped(self, text: str) -> None:
        """Unlock Run and say how it went."""
        self.run.enabled = True
        self.cancel.enabled = False
        if self.progress.native.maximum() == 0:
            self.progress.native.setRange(0, 1)
            self.progress.native.setValue(0)
        self.status.value = text
