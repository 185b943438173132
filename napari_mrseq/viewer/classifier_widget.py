"""The dock widget: controls, result and tables of one viewer, wired to its layers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import napari.viewer
from napari.utils.notifications import show_info
from napari.utils.theme import get_theme
from qtpy.QtCore import Qt, QTimer, Signal  # type: ignore[attr-defined]
from qtpy.QtGui import (  # type: ignore[attr-defined]
    QHideEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from qtpy.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from napari_mrseq.viewer.annotation import revert, state_of
from napari_mrseq.viewer.canvas_text import CanvasText
from napari_mrseq.viewer.confidence_plot import ConfidencePlot
from napari_mrseq.viewer.controls import ALL_LAYERS, SLICE_IN_VIEW, Controls
from napari_mrseq.viewer.result_panel import ResultPanel
from napari_mrseq.viewer.runner import Runner, job_for
from napari_mrseq.viewer.settings import load_settings
from napari_mrseq.viewer.slice_in_view import show_layer, show_slice, slice_in_view
from napari_mrseq.viewer.slice_table import SliceTable
from napari_mrseq.viewer.study_panel import StudyPanel

if TYPE_CHECKING:
    from napari.layers import Image

# A slider on the move passes many slices: the run starts where it rests.
LIVE_DELAY_MS = 150
# Batches may arrive faster than tables can be drawn.
TABLES_DELAY_MS = 250
SCROLL_BAR_WIDTH = 20
# Taken neither by napari nor by its layers.
RUN_KEYS = "Ctrl+Shift+R"
NO_LAYER = "There is no image layer to classify yet."
NO_SLICE = "No slice of this layer is in view: show it in 2-D and move the slider onto it."


class ClassifierWidget(QWidget):
    """Names the MR sequence of image layers.

    Parameters
    ----------
    viewer : napari.viewer.Viewer
        The viewer whose layers are judged.
    """

    run_finished = Signal()

    def __init__(self, viewer: napari.viewer.Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        settings = load_settings()
        self.controls = Controls(self._image_layers, settings)
        self.result = ResultPanel()
        self.plot = ConfidencePlot()
        self.slices = SliceTable()
        self.study = StudyPanel()
        self.revert_button = QPushButton("Revert")
        self.revert_button.setToolTip("Give the layer its own name and metadata back")
        self.runner = Runner(viewer)
        self.canvas_text = CanvasText(viewer)
        self.canvas_text.show(settings.canvas_text)
        self._live_timer = _single_shot(self, LIVE_DELAY_MS)
        self._tables_timer = _single_shot(self, TABLES_DELAY_MS)
        self._lay_out()
        self._connect()
        self._follow_theme()
        self._follow_active()

    @property
    def layer(self) -> Image | None:
        """The layer that the panel speaks of."""
        chosen: Image | None = self.controls.layer.value
        return chosen

    def reset_choices(self) -> None:
        """Offer the image layers that there are now; napari calls it when they change."""
        self.controls.offer_layers()
        self.refresh()

    def run(self) -> None:
        """Classify what the scope says; a layer that can't be judged is named, the rest goes on."""
        self._live_timer.stop()
        jobs, causes = [], []
        for layer, slices in self._wanted():
            try:
                jobs.append(job_for(layer, slices))
            except ValueError as error:
                causes.append(str(error))
        if jobs:
            model, device = self.controls.model.value, self.controls.device.value
            self.runner.start(jobs, model, device, causes)
        elif causes:
            self.controls.status.value = " ".join(causes)

    def revert(self) -> None:
        """Give the layer its own name and metadata back."""
        if self.layer is not None:
            revert(self.layer)
            self.canvas_text.update()
            self.refresh()

    def refresh(self) -> None:
        """Show what is known of the chosen layer, and of the study."""
        self._tables_timer.stop()
        layer = self.layer
        state = state_of(layer) if layer is not None else None
        if state is None:
            self.result.show_nothing(has_layer=layer is not None)
        else:
            self.result.show_state(state, self.runner.device)
        self.plot.show_state(state, self.runner.focus.index)
        self.slices.show_state(state)
        self.study.show_layers([layer for _, layer in self._image_layers()])
        self.revert_button.setEnabled(state is not None)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802 - Qt's name
        """Make room for all controls: a panel that scrolls sideways hides its buttons."""
        super().showEvent(event)
        self._area.setMinimumWidth(self._page.minimumSizeHint().width() + SCROLL_BAR_WIDTH)

    def hideEvent(self, event: QHideEvent | None) -> None:  # noqa: N802 - Qt's name
        """Let go of the viewer when napari takes the panel out of its window."""
        super().hideEvent(event)
        QTimer.singleShot(0, self._close_if_undocked)

    def _close_if_undocked(self) -> None:
        if not isinstance(self.window(), QMainWindow):
            self.close_session()

    def close_session(self) -> None:
        """Stop the run and leave no event handler behind."""
        self._disconnect()
        self._live_timer.stop()
        self._tables_timer.stop()

    def _lay_out(self) -> None:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(4, 4, 4, 4)
        for widget in (self.controls.native, self.result, self.plot):
            layout.addWidget(widget)
        layout.addWidget(self.slices, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.revert_button)
        layout.addLayout(buttons)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(page)
        self._page, self._area = page, area
        self.tabs = QTabWidget()
        self.tabs.addTab(area, "Layer")
        self.tabs.addTab(self.study, "Study")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.tabs)

    def _connect(self) -> None:
        controls, runner, viewer = self.controls, self.runner, self._viewer
        controls.run.changed.connect(self.run)
        shortcut = QShortcut(QKeySequence(RUN_KEYS), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(self.run)
        controls.cancel.changed.connect(runner.cancel)
        controls.layer.changed.connect(self._on_layer_chosen)
        controls.live.changed.connect(self._on_live)
        self.revert_button.clicked.connect(self.revert)
        runner.started.connect(controls.show_running)
        runner.progressed.connect(controls.show_progress)
        runner.judged.connect(self._on_judged)
        runner.stopped.connect(self._on_stopped)
        self.plot.slice_chosen.connect(self._show_slice)
        self.slices.slice_chosen.connect(self._show_slice)
        self.study.table.layer_chosen.connect(self._show_layer)
        self.study.said.connect(self._say)
        self._live_timer.timeout.connect(self._run_live)
        self._tables_timer.timeout.connect(self.refresh)
        connections = [
            (viewer.dims.events.point, self._on_view_moved),
            (viewer.layers.selection.events.active, self._follow_active),
            (viewer.layers.events.inserted, self.reset_choices),
            (viewer.layers.events.removed, self.reset_choices),
            (viewer.layers.events.reordered, self.reset_choices),
            (viewer.layers.events.renamed, self.reset_choices),
            (viewer.events.theme, self._follow_theme),
        ]
        for emitter, handler in connections:
            emitter.connect(handler)
        self._disconnect = partial(_let_go, connections, runner, self.canvas_text)
        # The window may be destroyed without the panel being taken out of it.
        self.destroyed.connect(self._disconnect)

    def _image_layers(self, _widget: Any = None) -> list[tuple[str, Any]]:
        from napari.layers import Image

        return [(layer.name, layer) for layer in self._viewer.layers if isinstance(layer, Image)]

    def _follow_active(self) -> None:
        self.controls.offer_layers(self._viewer.layers.selection.active)
        self._on_view_moved()
        self.refresh()

    def _follow_theme(self) -> None:
        theme = get_theme(self._viewer.theme)
        self.plot.set_colours(theme.text.as_hex(), theme.background.as_hex())
        self.refresh()

    def _on_layer_chosen(self, layer: Image | None) -> None:
        if layer is not None and layer in self._viewer.layers:
            self._viewer.layers.selection.active = layer
            self._show_hidden(layer)
        self._on_view_moved()
        self.refresh()

    def _say(self, text: str) -> None:
        self.controls.status.value = text
        show_info(text)

    def _show_slice(self, index: int) -> None:
        if self.layer is not None:
            show_slice(self._viewer, self.layer, index)

    def _show_layer(self, layer: Image) -> None:
        if layer in self._viewer.layers:
            show_layer(self._viewer, layer)

    def _show_hidden(self, layer: Image) -> None:
        """Show a layer that the user asks about and can't see; one in sight stays as it is."""
        if not layer.visible:
            show_layer(self._viewer, layer)

    def _on_view_moved(self) -> None:
        layer = self.layer
        self.runner.focus.index = slice_in_view(self._viewer, layer) if layer is not None else None
        self.plot.move_marker(self.runner.focus.index)
        if self.controls.live.value:
            self._live_timer.start()

    def _on_live(self, live: bool) -> None:
        if live:
            self._on_view_moved()
        else:
            self._live_timer.stop()

    def _on_judged(self, layer: Image) -> None:
        self.canvas_text.update()
        if layer == self.layer and not self._tables_timer.isActive():
            self._tables_timer.start()

    def _on_stopped(self, text: str) -> None:
        self.controls.show_stopped(text, self.runner.device)
        self.refresh()
        self.run_finished.emit()

    def _wanted(self) -> list[tuple[Image, tuple[int, ...] | None]]:
        """Return the layers to judge, the one in view first, and their slices (None: all)."""
        layer, scope = self.layer, self.controls.scope.value
        if layer is None:
            self.controls.status.value = NO_LAYER
            return []
        if scope != ALL_LAYERS:
            self._show_hidden(layer)
        if scope == SLICE_IN_VIEW:
            index = slice_in_view(self._viewer, layer)
            if index is None:
                self.controls.status.value = NO_SLICE
                return []
            return [(layer, (index,))]
        if scope == ALL_LAYERS:
            others = [other for _, other in self._image_layers() if other != layer]
            return [(one, None) for one in (layer, *others)]
        return [(layer, None)]

    def _run_live(self) -> None:
        """Judge what is not judged yet of the volume in view."""
        layer, index = self.layer, self.runner.focus.index
        if layer is None or index is None or self.runner.running:
            return
        try:
            job = job_for(layer)
        except ValueError as error:
            self.controls.status.value = str(error)
            return
        per_volume = job.series.pixels.shape[-3]
        first = index // per_volume * per_volume
        job.wanted = tuple(range(first, first + per_volume))
        if any(one not in job.known for one in job.wanted):
            self.runner.start([job], self.controls.model.value, self.controls.device.value)


def _single_shot(parent: QWidget, delay_ms: int) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(delay_ms)
    return timer


def _let_go(
    connections: list[tuple[Any, Any]], runner: Runner, text: CanvasText, *_: object
) -> None:
    """Disconnect a panel from its viewer, once; the panel itself may be destroyed already."""
    if not connections:
        return
    for emitter, handler in connections:
        emitter.disconnect(handler)
    connections.clear()
    runner.close()
    text.close()
