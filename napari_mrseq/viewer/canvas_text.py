"""The words on the canvas: what the slice in view is, following the slider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_mrseq.viewer.annotation import own_name, state_of
from napari_mrseq.viewer.image_layers import image_layers
from napari_mrseq.viewer.slice_in_view import slice_in_view
from napari_mrseq.viewer.wording import CONFLICT_MARK, said_words, slice_words

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

LOOK = {
    "font_size": 14,
    "color": "white",
    "box": True,
    # Dark behind white letters: legible over fat as over air.
    "box_color": (0.0, 0.0, 0.0, 0.65),
    "position": "top_left",
}
LAYER_EVENTS = {"inserted", "removed", "reordered", "visible", "metadata", "name", "data"}


class CanvasText:
    """Keeps the text overlay of a viewer in step with the slice in view.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Its ``canvas.overlays.text`` is used from now on, and given back by `close`.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        overlay = viewer.canvas.overlays.text
        self._before = {key: getattr(overlay, key) for key in (*LOOK, "text", "visible")}
        self._shown = True
        self._speaking = False
        self._emitters = [
            viewer.dims.events.point,
            viewer.dims.events.order,
            viewer.dims.events.ndisplay,
            viewer.layers.selection.events.active,
            viewer.canvas.grid.events.enabled,
        ]
        for emitter in self._emitters:
            emitter.connect(self.update)
        viewer.layers.events.connect(self._on_layers)

    def close(self) -> None:
        """Let go of the viewer and give its text overlay back as it was."""
        for emitter in self._emitters:
            emitter.disconnect(self.update)
        self._viewer.layers.events.disconnect(self._on_layers)
        self._set(self._before)

    def show(self, shown: bool) -> None:
        """Show or hide the text."""
        self._shown = shown
        self.update()

    def update(self) -> None:
        """Write the text for what is in view now."""
        text = canvas_text(self._viewer) if self._shown else ""
        if text and self._speaking:
            # The look stays: only the words change as the slider moves.
            self._viewer.canvas.overlays.text.text = text
        elif text or self._speaking:
            self._set({**LOOK, "text": text, "visible": True} if text else self._before)
            self._speaking = bool(text)

    def _on_layers(self, event: Any) -> None:
        if event.type in LAYER_EVENTS:
            self.update()

    def _set(self, look: dict[str, Any]) -> None:
        overlay = self._viewer.canvas.overlays.text
        for key, value in look.items():
            setattr(overlay, key, value)


def canvas_text(viewer: ViewerModel) -> str:
    """Return the words for the slice in view, ``""`` where no visible layer was judged.

    In grid mode each visible layer has its line. Elsewhere the active layer speaks, or the
    topmost one; it says its name where another one is visible too.
    """
    visible = [layer for layer in image_layers(viewer) if layer.visible]
    known = [layer for layer in visible if state_of(layer) is not None]
    if not known:
        return ""
    if viewer.canvas.grid.enabled and len(visible) > 1:
        return "\n".join(_named_line(viewer, layer) for layer in reversed(known))
    active = viewer.layers.selection.active
    chosen = active if active in known else known[-1]
    return _line(viewer, chosen) if len(visible) == 1 else _named_line(viewer, chosen)


def _named_line(viewer: ViewerModel, layer: Image) -> str:
    first, *rest = _line(viewer, layer).split("\n")
    return "\n".join([f"{first}   {own_name(layer)}", *rest])


def _line(viewer: ViewerModel, layer: Image) -> str:
    state = state_of(layer)
    if state is None:
        return ""
    conflict = f" {CONFLICT_MARK}" if state.verdict and state.verdict.conflict else ""
    index = slice_in_view(viewer, layer)
    if index is None:
        said = said_words(state.verdict) if state.verdict else "not yet run"
        return f"{said}{conflict}   whole stack"
    judged = state.said(index)
    said = said_words(judged) + conflict if judged else "not yet run"
    # On one line, the place in a 4-D series would not fit a canvas of usual width.
    place = slice_words(state.series, index).replace(", volume", "\nvolume", 1)
    return f"{said}   {place}"
