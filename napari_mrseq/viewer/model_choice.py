"""Which network, and where it runs; its card is shown before it is used."""

from __future__ import annotations

from pathlib import Path

from magicgui.widgets import ComboBox, Label, PushButton
from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog, QGridLayout, QWidget

from napari_mrseq.errors import MrseqError
from napari_mrseq.model.registry import DEFAULT, DEVICES, find, model_names
from napari_mrseq.viewer.buddy import label_for
from napari_mrseq.viewer.card_dialog import CardDialog
from napari_mrseq.viewer.flow_layout import FlowLayout, may_be_short
from napari_mrseq.viewer.settings import Settings
from napari_mrseq.viewer.wheel import pass_wheel_on

FILE_KINDS = "Models (*.safetensors *.onnx)"


class ModelChoice(QWidget):
    """Model and device of everything that the panel does.

    Parameters
    ----------
    settings : Settings
        What the controls start with.
    """

    said = Signal(str)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._files: list[str] = []
        self.model = ComboBox(
            choices=lambda _: _choices(self._files),
            tooltip="The network that classifies the slices",
        )
        self.open_button = PushButton(text="Open…", tooltip="Use a weights file of your own")
        self.card_button = PushButton(
            text="Card", tooltip="What this model knows, how it was made and measured"
        )
        self.device = ComboBox(
            choices=DEVICES,
            value=settings.device,
            tooltip="Where the network runs; auto uses a GPU if there is one",
        )
        self.device_used = Label(value="", tooltip="What the last run actually ran on")
        self._lay_out()
        self.dialog: CardDialog | None = None
        self.choose(settings.model, settings.device)
        self.open_button.changed.connect(self._ask)
        self.card_button.changed.connect(self._show_card)

    def choose(self, model: str, device: str) -> None:
        """Set the controls; `model` may be a weights file."""
        first, *others = model_names()
        # The box holds the default by that word alone.
        model = DEFAULT if model == first else model
        if model not in (DEFAULT, *others, *self._files):
            self._files.append(model)
        self.model.reset_choices()
        self.model.value, self.device.value = model, device

    def show_used(self, device: str) -> None:
        """Say on which device the last run was."""
        self.device_used.value = f"used: {device}" if device else ""

    def _lay_out(self) -> None:
        for box in (self.model.native, self.device.native):
            may_be_short(box)
            pass_wheel_on(box)
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 4, 8, 4)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label_for(self.model.native, "Model"), 0, 0)
        buttons = self.open_button.native, self.card_button.native
        grid.addLayout(FlowLayout(self.model.native, *buttons), 0, 1)
        grid.addWidget(label_for(self.device.native, "Device"), 1, 0)
        grid.addLayout(FlowLayout(self.device.native, self.device_used.native), 1, 1)

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "A model of your own", "", FILE_KINDS)
        if name:
            self._show(Path(name), offer=True)

    def _show_card(self) -> None:
        try:
            path, _ = find(self.model.value)
        except MrseqError as error:
            self.said.emit(str(error))
        else:
            self._show(path, offer=False)

    def _show(self, path: Path, *, offer: bool) -> None:
        try:
            self.dialog = CardDialog(path, offer=offer, parent=self)
        except (MrseqError, OSError) as error:
            self.said.emit(f"Not a model: {error}")
            return
        self.dialog.chosen.connect(lambda name: self.choose(name, self.device.value))
        # Qt would keep it as long as the panel.
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    def _forget(self) -> None:
        self.dialog = None


def _choices(files: list[str]) -> list[tuple[str, str]]:
    names = model_names()
    choices = [(f"default ({names[0]})", DEFAULT), *((name, name) for name in names[1:])]
    others = [file for file in files if file not in names]
    called = [Path(file).name for file in others]
    # Of two files of one name, the folder tells which is which.
    return choices + [
        (file if called.count(name) > 1 else name, file)
        for name, file in zip(called, others, strict=True)
    ]
