"""The dock widget: model, layer, study and folder of one viewer, wired to its layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import napari.viewer
from napari.layers import Image
from napari.settings import get_settings
from napari.utils.naming import inc_name_count
from napari.utils.notifications import show_info
from napari.utils.theme import get_theme
from qtpy.QtCore import QEvent, Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from napari_mrseq.naming import printable
from napari_mrseq.viewer.active_in_view import keep_active_in_view
from napari_mrseq.viewer.attachment import Attachment, LayerEvents
from napari_mrseq.viewer.batch_panel import BatchPanel
from napari_mrseq.viewer.canvas_text import CanvasText
from napari_mrseq.viewer.controls import Controls
from napari_mrseq.viewer.heat_maps import HeatMaps
from napari_mrseq.viewer.hint import Hint
from napari_mrseq.viewer.image_layers import image_layers, is_image
from napari_mrseq.viewer.layer_actions import LayerActions
from napari_mrseq.viewer.layer_panel import LayerPanel
from napari_mrseq.viewer.model_choice import ModelChoice
from napari_mrseq.viewer.opening import open_verdict
from napari_mrseq.viewer.panel_style import panel_style
from napari_mrseq.viewer.rereading import Rereading
from napari_mrseq.viewer.settings import canvas_text_event, load_settings
from napari_mrseq.viewer.shortcuts import CORRECT_KEYS, EXPLAIN_KEYS, RUN_KEYS, Shortcuts
from napari_mrseq.viewer.single_shot import SingleShot
from napari_mrseq.viewer.slice_in_view import show_layer, show_slice, slice_in_view, watch_view
from napari_mrseq.viewer.stale_verdicts import StaleVerdicts
from napari_mrseq.viewer.status_line import StatusLine
from napari_mrseq.viewer.study_panel import StudyPanel

# Batches may arrive faster than tables can be drawn.
TABLES_DELAY_MS = 250
LIST_EVENTS = ("inserted", "removed", "reordered", "renamed")


class ClassifierWidget(QWidget):
    """Names the MR sequence of image layers.

    Parameters
    ----------
    viewer : napari.viewer.Viewer
        The viewer whose layers are judged.
    """

    run_finished = Signal()

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__()
        self._viewer = viewer
        settings = load_settings()
        self.hint = Hint(settings.hint)
        self.model_choice = ModelChoice(settings)
        self.controls = Controls(self._layer_choices, settings)
        self.page = LayerPanel(self.controls)
        self.result, self.plot, self.slices = self.page.result, self.page.plot, self.page.slices
        self.study = StudyPanel()
        self.layer_actions = actions = LayerActions(viewer, self.page, self.model_choice, self)
        self.runner, self.explainer = actions.runner, actions.explainer
        keys = {RUN_KEYS: actions.run, EXPLAIN_KEYS: actions.explain, CORRECT_KEYS: actions.correct}
        self._shortcuts = Shortcuts(self, keys)
        self.batch = BatchPanel(actions.loader)
        self.canvas_text = CanvasText(viewer)
        self.canvas_text.show(settings.canvas_text)
        self._choices_changed = False
        self._tables_timer = SingleShot(self.refresh, self, TABLES_DELAY_MS)
        self._lay_out()
        self._connect_parts()
        self._connect_viewer()
        self._follow_theme()
        self._follow_active()

    @property
    def layer(self) -> Image | None:
        """The layer chosen in the panel."""
        return self.layer_actions.layer

    def refresh(self) -> None:
        """Show what is known of the chosen layer, and of the study."""
        self._tables_timer.stop()
        self._show_chosen()
        self.study.show_layers(image_layers(self._viewer))

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802 - Qt's name
        """Let the window that the panel is in own the keys."""
        super().showEvent(event)
        self._shortcuts.give_to_window()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802 - Qt's name
        """End the session when napari takes the panel out of its dock, floating or not."""
        super().changeEvent(event)
        taken = event is not None and event.type() == QEvent.Type.ParentChange
        if taken and self.parentWidget() is None:
            self.close_session()
            # PySide holds what signals are connected to, and so the panel, until it is deleted.
            self.deleteLater()

    def close_session(self) -> None:
        """Stop the run and leave no event handler behind."""
        self._attachment.close()
        self.canvas_text.restore()
        self.layer_actions.stop_live()
        self._shortcuts.take_back()

    def _lay_out(self) -> None:
        self.tabs = QTabWidget()
        for page, name, hint in (
            (self.page, "Layer", "One layer: its sequence, slice by slice"),
            (self.study, "Study", "All layers: what each is, and what is missing from a protocol"),
            (self.batch, "Folder", "A folder on disk, classified without opening it"),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(page, name), hint)
        # Qt puts what is behind first: a script that looks for Run found that of another tab.
        self.page.lower()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.hint)
        outer.addWidget(self.model_choice)
        outer.addWidget(self.tabs, 1)

    def _connect_parts(self) -> None:
        controls, runner, page, actions = self.controls, self.runner, self.page, self.layer_actions
        controls.run.changed.connect(actions.run)
        controls.cancel.changed.connect(actions.cancel)
        controls.layer.changed.connect(self._on_layer_chosen)
        controls.live.changed.connect(self._go_on_live)
        page.explain_button.clicked.connect(actions.explain)
        page.correct_button.clicked.connect(actions.correct)
        page.undo_button.clicked.connect(actions.undo)
        page.revert_button.clicked.connect(actions.revert)
        runner.started.connect(controls.show_running)
        runner.started.connect(self._show_chosen)
        runner.progressed.connect(controls.show_progress)
        runner.judged.connect(self._on_judged)
        runner.stopped.connect(self._on_stopped)
        self.explainer.started.connect(self._on_explaining)
        self.explainer.stopped.connect(self._on_explaining)
        actions.changed.connect(self.refresh)
        self.plot.slice_chosen.connect(self._show_slice)
        self.slices.slice_chosen.connect(self._show_slice)
        self.study.table.layer_chosen.connect(self._show_layer)
        self.batch.verdict_chosen.connect(partial(open_verdict, self._viewer))
        for speaker in (actions, self.model_choice, self.study.export_button):
            speaker.said.connect(self._say)
        page.export_button.said.connect(self._say_of_layer)
        for export in (page.export_button, self.study.export_button):
            export.kinds.addSeparator()
            export.add(
                "Corrections as training labels…",
                "A catalogue for napari-mrseq train",
                actions.save_labels,
            )

    def _connect_viewer(self) -> None:
        viewer = self._viewer
        connections: list[tuple[Any, Callable[..., None]]] = [
            (viewer.layers.selection.events.active, self._follow_active),
            *((viewer.layers.events[name], self._on_layers) for name in LIST_EVENTS),
            (viewer.layers.events.removed, self._on_removed),
            (viewer.events.theme, self._follow_theme),
            (get_settings().appearance.events.font_size, self._follow_theme),
        ]
        preference = canvas_text_event()
        if preference is not None:
            connections.append((preference, self._follow_preference))
        stale = StaleVerdicts(viewer, self)
        stale.reverted.connect(self.layer_actions.show_reverted)
        parts = (
            self.runner,
            self.explainer,
            self.batch.runner,
            self.canvas_text,
            stale,
            HeatMaps(viewer, self),
            keep_active_in_view(viewer),
            Rereading(viewer),
            self._tables_timer,
            LayerEvents(viewer, self._tables_timer.start_unless_running, "data", "metadata"),
            LayerEvents(viewer, self._on_visible, "visible"),
            StatusLine(viewer, self.controls),
            watch_view(viewer, self._on_view_moved),
        )
        self._attachment = Attachment(connections, parts)
        # The window may be destroyed without the panel being taken out of it.
        self.destroyed.connect(self._attachment.close)

    def _layer_choices(self, _widget: Any = None) -> list[tuple[str, Any]]:
        named: dict[str, Any] = {}
        for layer in image_layers(self._viewer):
            name = printable(layer.name)
            # The box holds one layer of a name.
            while name in named:
                name = inc_name_count(name)
            named[name] = layer
        return list(named.items())

    def _follow_active(self) -> None:
        active = self._viewer.layers.selection.active
        self.controls.offer_layers(active if is_image(active) else None)
        self._show_chosen()
        self._go_on_live()

    def _on_layers(self, event: Any) -> None:
        """Offer the image layers that there are now."""
        self._choices_changed = True
        if event.type != "renamed":
            self._show_chosen()
        # A study comes, and a run renames, one layer after the other: each would draw all tables.
        self._tables_timer.start_unless_running()

    def _follow_theme(self) -> None:
        theme = get_theme(self._viewer.theme)
        ink = theme.text.as_hex()
        self.setStyleSheet(panel_style(ink, get_settings().appearance.font_size))
        self.plot.set_colours(ink, theme.background.as_hex())
        self.refresh()

    def _follow_preference(self) -> None:
        self.canvas_text.show(load_settings().canvas_text)

    def _on_layer_chosen(self, layer: Image | None) -> None:
        if layer is not None and layer in self._viewer.layers:
            self._viewer.layers.selection.active = layer
            self.layer_actions.show_hidden(layer)

    def _on_visible(self, event: Any) -> None:
        if event.source == self.layer:
            self._show_chosen()

    def _show_chosen(self) -> None:
        if self._choices_changed:
            self._choices_changed = False
            self.controls.offer_layers()
        layer = self.layer
        # Another layer may be the chosen one, though no slider moved.
        self.runner.focus.index = self._index_in_view()
        self.page.show_layer(layer, self.runner.device, self.runner.focus.index)
        self.page.explain_button.setEnabled(layer is not None and not self.explainer.running)
        self.controls.forget_others()

    def _say(self, text: str, layer: Image | None = None) -> None:
        self.controls.say(text, layer)
        show_info(text)

    def _say_of_layer(self, text: str) -> None:
        self._say(text, self.layer)

    def _show_slice(self, index: int) -> None:
        if self.layer is not None:
            show_slice(self._viewer, self.layer, index)

    def _show_layer(self, layer: Image) -> None:
        if layer in self._viewer.layers:
            show_layer(self._viewer, layer)

    def _index_in_view(self) -> int | None:
        return None if self.layer is None else slice_in_view(self._viewer, self.layer)

    def _on_view_moved(self) -> None:
        self.runner.focus.index = self._index_in_view()
        self.plot.move_marker(self.runner.focus.index)
        self.slices.mark(self.runner.focus.index)
        self._go_on_live()

    def _go_on_live(self) -> None:
        if self.controls.live.value:
            self.layer_actions.run_live()
        else:
            self.layer_actions.stop_live()

    def _on_judged(self, layer: Image) -> None:
        self.canvas_text.update()
        if layer == self.layer:
            self._tables_timer.start_unless_running()

    def _on_stopped(self, text: str) -> None:
        self.controls.show_stopped(text)
        self.model_choice.show_used(self.runner.device)
        self.refresh()
        # Who moves the slider meanwhile scrolls where they like.
        if not self.controls.live.value:
            self.page.show_result()
        self.run_finished.emit()

    def _on_explaining(self, text: str, layer: Image) -> None:
        self.controls.say(text, layer)
        self.refresh()

    def _on_removed(self, event: Any) -> None:
        self.controls.unsay(self.explainer.said_of(event.value))
