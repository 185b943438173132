"""What can be done with the chosen layer: run, also as the slider moves, explain, correct, undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from napari.components import ViewerModel
from napari.layers import Image, Layer
from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QWidget

from napari_mrseq.errors import first_few
from napari_mrseq.model import registry
from napari_mrseq.naming import counted
from napari_mrseq.viewer.annotation import correct_layer, revert, undo_correction
from napari_mrseq.viewer.controls import NO_IMAGE
from napari_mrseq.viewer.correction_dialog import CorrectionDialog
from napari_mrseq.viewer.explain import Explainer
from napari_mrseq.viewer.heat_maps import remove_heat
from napari_mrseq.viewer.image_layers import image_layers
from napari_mrseq.viewer.labels import write_labels
from napari_mrseq.viewer.layer_panel import LayerPanel
from napari_mrseq.viewer.layer_state import LayerState, own_name, state_of
from napari_mrseq.viewer.model_choice import ModelChoice
from napari_mrseq.viewer.models import Models
from napari_mrseq.viewer.runner import Runner
from napari_mrseq.viewer.saving import ask_file, attempt
from napari_mrseq.viewer.scope import ALL_LAYERS, job_for, jobs_of
from napari_mrseq.viewer.single_shot import SingleShot
from napari_mrseq.viewer.slice_in_view import covering, show_layer
from napari_mrseq.viewer.wording import causes_words

if TYPE_CHECKING:
    from napari_mrseq.model import Model

CHANGED = "The layer has changed: nothing corrected."
CATALOGUE_KIND = "Catalogue (*.csv)"
LAYERS_NAMED = 3
# A slider on the move passes many slices: live runs start where it rests.
LIVE_DELAY_MS = 150


class LayerActions:
    """Does what the Layer tab asks for.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds the layers.
    page : LayerPanel
        Says which layer, how much of it, and which slices.
    choice : ModelChoice
        Says which network, and where it runs.
    parent : QWidget
        Of dialogs and timers.
    """

    changed = Signal()
    said = Signal(str, object)

    def __init__(
        self, viewer: ViewerModel, page: LayerPanel, choice: ModelChoice, parent: QWidget
    ) -> None:
        self._viewer, self._page, self._choice = viewer, page, choice
        self._parent = parent
        self._models = Models()
        self.runner = Runner(viewer, self._models)
        self.explainer = Explainer(viewer, self._models)
        self.dialog: CorrectionDialog | None = None
        self._live_timer = SingleShot(self._run_live, parent, LIVE_DELAY_MS)

    @property
    def layer(self) -> Image | None:
        """The layer chosen in the panel."""
        chosen: Image | None = self._page.controls.layer.value
        return chosen

    def loader(self) -> Callable[[], Model]:
        """Return a function that returns the chosen model; takes seconds at first.

        Raises
        ------
        ModelError
            If its file is no longer there.
        """
        model, device = self._model_and_device()
        registry.stamp_of(model)
        return partial(self._models.load, model, device)

    def run(self) -> None:
        """Classify what the scope says; a layer that can't be judged is named, the rest goes on."""
        # The button is locked then, its key is not.
        if self.runner.running:
            return
        self.stop_live()
        layer, controls = self._layer_or_words(), self._page.controls
        if layer is None:
            return
        of_all = controls.scope.value == ALL_LAYERS
        if not of_all:
            self.show_hidden(layer)
        jobs, causes = jobs_of(self._viewer, layer, controls.scope.value)
        if jobs:
            self.runner.start(jobs, *self._model_and_device(), causes)
        else:
            controls.show_nothing()
            controls.say(" ".join(causes_words(causes)), None if of_all else layer)

    def cancel(self) -> None:
        """Stop the run, and what live would run after it."""
        self.stop_live()
        self.runner.cancel()

    def run_live(self) -> None:
        """Judge what is not judged yet of the volume in view, unless the slider moves again."""
        self._live_timer.start()

    def stop_live(self) -> None:
        """Don't run after all."""
        self._live_timer.stop()

    def explain(self) -> None:
        """Lay a heat map of what speaks for its sequence over the slice in view."""
        layer = self._layer_or_words()
        if layer is not None:
            # A map over what can't be seen would seem to explain what lies on it.
            if not layer.visible or covering(self._viewer, layer):
                show_layer(self._viewer, layer)
            self.explainer.start(layer, *self._model_and_device())

    def correct(self) -> None:
        """Ask what the layer, or the slices chosen in the table, really is."""
        layer, index = self.layer, self.runner.focus.index
        state = None if layer is None else state_of(layer)
        if layer is None or state is None or state.verdict is None:
            return
        slices = self._page.slices.chosen() or ([] if index is None else [index])
        self.dialog = CorrectionDialog(own_name(layer), state.verdict, slices, self._parent)
        self.dialog.accepted.connect(partial(self._correct, layer, state, self.dialog))
        # Qt would keep it, and with it the layer, as long as the panel.
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.finished.connect(self._forget_dialog)
        self.dialog.open()

    def undo(self) -> None:
        """Take the latest correction back, of all slices that it was of."""
        if self.layer is not None:
            undo_correction(self.layer)
            self.changed.emit()

    def revert(self) -> None:
        """Give the layer its own name and metadata back; its heat maps go."""
        if self.layer is not None:
            # A run under way, or what live has in hand, would name it again.
            self.stop_live()
            self.runner.leave_out(self.layer)
            remove_heat(self._viewer, self.layer)
            revert(self.layer)
            self.show_reverted([self.layer])

    def show_reverted(self, layers: Sequence[Layer]) -> None:
        """Show that layers lost their verdicts; words on one of them go."""
        if self.layer in layers:
            self._page.controls.show_nothing()
        self.changed.emit()

    def save_labels(self) -> None:
        """Ask for a file and write what was corrected into it, for training."""
        title = "Corrections as training labels"
        file = ask_file(self._parent, title, "labels.csv", CATALOGUE_KIND, [".csv"])
        if file is not None:
            self.said.emit(attempt(partial(self._write_labels, file), file), None)

    def show_hidden(self, layer: Image) -> None:
        """Show a layer that the user asks about and can't see; one in sight stays as it is."""
        if not layer.visible:
            show_layer(self._viewer, layer)

    def _correct(self, layer: Image, asked: LayerState, dialog: CorrectionDialog) -> None:
        # A plugin, or a run with another model, may have come between.
        if state_of(layer) is not asked:
            self.said.emit(CHANGED, layer)
            return
        correct_layer(layer, *dialog.corrections())
        self.changed.emit()

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _write_labels(self, file: Path) -> str:
        count, lost = write_labels(image_layers(self._viewer), file)
        lacks = f"; left out, in no file: {first_few(lost, LAYERS_NAMED)}" if lost else ""
        return f"{counted(count, 'labelled slice')} in {file}; napari-mrseq train reads it{lacks}"

    def _layer_or_words(self) -> Image | None:
        if self.layer is None:
            self._page.controls.say(NO_IMAGE)
        return self.layer

    def _model_and_device(self) -> tuple[str, str]:
        return self._choice.model.value, self._choice.device.value

    def _run_live(self) -> None:
        if self.runner.running:
            # Once it is over.
            self.run_live()
            return
        layer, index = self.layer, self.runner.focus.index
        if layer is None or index is None:
            return
        try:
            job = job_for(layer)
        except ValueError as error:
            self.said.emit(str(error), layer)
            return
        per_volume = job.series.slices_per_volume
        first = index // per_volume * per_volume
        job.wanted = tuple(range(first, first + per_volume))
        model = self._models.loaded(*self._model_and_device())
        known = job.judged_by(model) if model else {}
        if any(one not in known for one in job.wanted):
            self.runner.start([job], *self._model_and_device())
