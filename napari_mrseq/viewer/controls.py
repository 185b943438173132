"""The upper part of the panel: what to judge, with which model, where; Run, Cancel, progress."""

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

from napari_mrseq.model.registry import DEFAULT, DEVICES, model_names
from napari_mrseq.viewer.settings import Settings

WHOLE_STACK = "whole stack"
SLICE_IN_VIEW = "slice in view"
ALL_LAYERS = "all layers"
SCOPES = (WHOLE_STACK, SLICE_IN_VIEW, ALL_LAYERS)


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
        self.model = ComboBox(
            label="Model",
            choices=_model_choices(settings.model),
            value=settings.model,
            tooltip="The network that looks at the slices",
        )
        self.device = ComboBox(
            label="Device",
            choices=DEVICES,
            value=settings.device,
            tooltip="Where the network runs; auto takes a GPU where there is one",
        )
        self.device_used = Label(value="", tooltip="What the last run really ran on")
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
                self.model,
                _row(self.device, self.device_used, label="Device"),
                _row(self.run, self.cancel, self.live),
                self.progress,
                self.status,
            ],
            labels=True,
        )
        self.margins = (0, 0, 0, 0)
        self.status.native.setWordWrap(True)
        self.progress.native.setTextVisible(True)
        self.progress.native.setFormat("")

    def choose(self, *, model: str, device: str, scope: str) -> None:
        """Set the controls; `model` may be a weights file."""
        self.model.choices = _model_choices(model)
        self.model.value, self.device.value, self.scope.value = model, device, scope

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

    def show_stopped(self, text: str, device: str) -> None:
        """Unlock Run, say how it went and on which device."""
        self.run.enabled = True
        self.cancel.enabled = False
        if self.progress.native.maximum() == 0:
            self.progress.native.setRange(0, 1)
            self.progress.native.setValue(0)
        self.status.value = text
        self.device_used.value = f"used: {device}" if device else ""


def _model_choices(wished: str) -> list[tuple[str, str]]:
    names = model_names()
    choices = [(f"default ({names[0]})", DEFAULT)] if names else [("default", DEFAULT)]
    choices += [(name, name) for name in names[1:]]
    if wished not in (DEFAULT, *names):
        choices.append((wished, wished))
    return choices


def _row(*widgets: Any, label: str = "") -> Container[Any]:
    row: Container[Any] = Container(widgets=list(widgets), layout="horizontal", labels=False)
    row.label = label
    row.margins = (0, 0, 0, 0)
    return row
