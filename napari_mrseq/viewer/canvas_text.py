"""The words on the canvas: what the slice in view is, following the slider."""

from __future__ import annotations

from textwrap import TextWrapper
from typing import Any, TypeAlias

from napari.components import ViewerModel
from napari.layers import Image, Layer

from napari_mrseq.decision import Judged
from napari_mrseq.errors import first_few
from napari_mrseq.naming import CONFLICT_MARK, HEADER_ONLY
from napari_mrseq.viewer.attachment import Attachment, LayerEvents
from napari_mrseq.viewer.doubts import mark_beside, only_header_tells
from napari_mrseq.viewer.image_layers import image_layers, is_image
from napari_mrseq.viewer.layer_series import is_as_opened, obstacle, shown_series, unread
from napari_mrseq.viewer.layer_state import in_conflict, own_name, state_of
from napari_mrseq.viewer.slice_in_view import covering, is_seen, slice_in_view, watch_view
from napari_mrseq.viewer.wording import NO_BREAK, said_words, shortened, slice_words, unbroken

# The layers that are drawn, each with the number of its slice in view, None for none.
InView: TypeAlias = dict[Image, int | None]

LOOK: dict[str, Any] = {
    "font_size": 14,
    "color": "white",
    "box": True,
    # Dark behind white letters: legible over fat as over air.
    "box_color": (0.0, 0.0, 0.0, 0.65),
    "position": "top_left",
}
# Beside each other images leave little room: small letters, where the last cell is often empty.
GRID_LOOK = {**LOOK, "font_size": 8, "position": "bottom_right"}
LONGEST_NAME, LONGEST_IN_GRID, LONGEST_SAID = 36, 18, 28
UNREAD, MADE_OF_UNREAD = "can't be read", "can't all be read"
CANNOT_JUDGE, BY_HEADER = "can't be judged", "(header)"
# Between what is said and of which slice.
GAP = "   "
# More lines would hide the images, and the names in their cells.
MOST_IN_GRID = 8
# Width of a letter and of both margins in pixels of the canvas, at the size of `LOOK`; measured.
LETTER_PX, MARGINS_PX = 13, 25
LAYER_EVENTS = ("visible", "opacity", "blending", "metadata", "name", "data", "set_data")


class CanvasText(Attachment):
    """Keeps the text overlay of a viewer in step with the slice in view.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Its ``canvas.overlays.text`` is used from now on, and given back by `restore`.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        overlay = viewer.canvas.overlays.text
        self._before = {key: getattr(overlay, key) for key in (*LOOK, "text", "visible")}
        self._shown, self._taken = True, False
        self._look: dict[str, Any] | None = None
        self._named: list[Image] = []
        self._unread: list[Image] = []
        emitters = (
            viewer.layers.events.inserted,
            viewer.layers.events.removed,
            viewer.layers.events.reordered,
            viewer.layers.selection.events.active,
            viewer.canvas.grid.events.enabled,
            viewer.canvas.events.size,
        )
        layers = LayerEvents(viewer, self._on_layer, *LAYER_EVENTS)
        connections = [(one, self.update) for one in emitters]
        super().__init__(connections, (layers, watch_view(viewer, self.update)))

    def restore(self) -> None:
        """Give the viewer's text overlay, and the names in a grid, back as they were."""
        if self._taken:
            self._set(self._before)
        self._look, self._taken = None, False
        self._name_cells([])

    def show(self, shown: bool) -> None:
        """Show or hide the text."""
        self._shown = shown
        self.update()

    def update(self) -> None:
        """Write the text for what is in view now."""
        in_view = _slices_in_view(self._viewer)
        self._unread = [one for one, index in in_view.items() if _is_unread(one, index)]
        known = self._known(in_view) if self._shown else {}
        # Where several images stand beside each other.
        grid = bool(known) and self._viewer.canvas.grid.enabled and len(_visible(self._viewer)) > 1
        words = _grid_words(known) if grid else _words(self._viewer, in_view, known)
        look = GRID_LOOK if grid else LOOK
        text = _wrapped(words, self._columns(look["font_size"]))
        if text and self._look is look:
            # The look stays: only the words change as the slider moves.
            self._viewer.canvas.overlays.text.text = text
        elif text:
            self._set({**look, "text": text, "visible": True})
            self._look, self._taken = look, True
        elif self._look is not None:
            # Not hidden, and not without a letter: where an overlay goes and a layer with it,
            # between two drawings, Mesa draws from freed memory, and ends the process.
            silent = {} if self._before["visible"] else {"text": " ", "visible": True}
            self._set({**self._before, **silent})
            self._look = None
        self._name_cells(image_layers(self._viewer) if grid else [])

    def _columns(self, font_size: int) -> int:
        """Return how many letters of a size stand beside each other on the canvas."""
        letter = LETTER_PX * font_size / LOOK["font_size"]
        return int((self._viewer.canvas.size[1] - MARGINS_PX) / letter)

    def _known(self, in_view: InView) -> InView:
        """Return the layers that were judged, or whose slice in view can't be read."""
        return {
            layer: index
            for layer, index in in_view.items()
            if state_of(layer) or layer in self._unread
        }

    def _on_layer(self, event: Any) -> None:
        # Whether a slice can be read is known once napari has asked for it ("set_data").
        if event.type != "set_data" or self._has_turned(event.source):
            self.update()

    def _has_turned(self, layer: Layer) -> bool:
        """Tell whether a layer can't be read in view that could be, or the other way round."""
        if not (is_image(layer) and layer.visible):
            return False
        unread_now = _is_unread(layer, slice_in_view(self._viewer, layer))
        return unread_now != (layer in self._unread)

    def _name_cells(self, layers: list[Image]) -> None:
        """Let napari write the names of these layers into their cells, and of no others."""
        for layer in self._named:
            if layer not in layers:
                layer.name_overlay.visible = False
        new = [layer for layer in layers if not layer.name_overlay.visible]
        for layer in new:
            layer.name_overlay.visible = True
        # Names that the user switched on stay theirs.
        self._named = [layer for layer in self._named if layer in layers] + new

    def _set(self, look: dict[str, Any]) -> None:
        overlay = self._viewer.canvas.overlays.text
        for key, value in look.items():
            setattr(overlay, key, value)


def _visible(viewer: ViewerModel) -> list[Image]:
    return [layer for layer in image_layers(viewer) if layer.visible]


def _slices_in_view(viewer: ViewerModel) -> InView:
    indices = {layer: slice_in_view(viewer, layer) for layer in _visible(viewer)}
    # Where one slice is in view, the layer is drawn: asked twice, a step of the slider costs twice.
    return {
        layer: index
        for layer, index in indices.items()
        if index is not None or is_seen(viewer, layer)
    }


def _grid_words(known: InView) -> str:
    """Return a line for each layer, below an empty one: napari's box is too low for many.

    Where there are more than leave room for images, the layers in conflict have theirs: in narrow
    cells napari cuts off the mark behind a name.
    """
    lines = [
        f"{_said(layer, index)}{GAP}{shortened(own_name(layer), LONGEST_IN_GRID)}"
        for layer, index in reversed(known.items())
        if len(known) <= MOST_IN_GRID or in_conflict(layer)
    ]
    most = MOST_IN_GRID if len(lines) <= MOST_IN_GRID else MOST_IN_GRID - 1
    return "\n" + first_few(lines, most, "\n") if lines else ""


def _words(viewer: ViewerModel, in_view: InView, known: InView) -> str:
    """Return the words for the slice in view, ``""`` where nothing is known of what is drawn.

    They are on the layer that is seen, even if it has no verdict: words on another one would
    pass for words on the image. Its name is added where another one may be meant.
    """
    if not known:
        return ""
    layer, index = _seen(viewer, in_view)
    line = _line(layer, index)
    name = f"\n{shortened(own_name(layer), LONGEST_NAME)}" if _is_doubtful(viewer, layer) else ""
    return line + name


def _is_doubtful(viewer: ViewerModel, layer: Image) -> bool:
    """Tell whether another layer may be meant: a visible one, or the active one, hidden."""
    active = viewer.layers.selection.active
    return (is_image(active) and active != layer) or len(_visible(viewer)) > 1


def _seen(viewer: ViewerModel, in_view: InView) -> tuple[Image, int | None]:
    """Return the active layer, the one that covers it, or else the topmost; and its slice."""
    active, drawn = viewer.layers.selection.active, list(in_view.items())
    # Equal, not the same: napari hands plugins a proxy of the viewer, and of what is in it.
    for layer, index in drawn:
        if layer == active:
            above = covering(viewer, layer)
            return next((one for one in drawn if one[0] == above), (layer, index))
    return drawn[-1]


def _wrapped(text: str, columns: int) -> str:
    """Break lines that the canvas would cut, first where the place begins, never in a number."""
    lines = [
        part
        for line in unbroken(text).split("\n")
        for part in ([line] if len(line) <= columns else line.split(GAP))
    ]
    wrap = TextWrapper(max(columns, 1), break_long_words=False, break_on_hyphens=False)
    broken = (short for line in lines for short in wrap.wrap(line) or [""])
    return "\n".join(broken).replace(NO_BREAK, " ")


def _is_unread(layer: Image, index: int | None) -> bool:
    return index is not None and unread(layer, index) is not None


def _line(layer: Image, index: int | None) -> str:
    state = state_of(layer)
    if state is None and obstacle(layer):
        return CANNOT_JUDGE
    place = "whole stack"
    if index is not None:
        series = state.series if state else shown_series(layer)
        # On one line, the place in a 4-D series would not fit a canvas of usual width.
        place = slice_words(series, index).replace(", volume", "\nvolume", 1)
    return f"{_said(layer, index)}{GAP}{place}"


def _said(layer: Image, index: int | None) -> str:
    """Return what the slice in view is, or the whole stack where none is."""
    state = state_of(layer)
    if index is None:
        said: Judged | None = state.verdict if state else None
    else:
        said = state.said(index) if state else None
        if unread(layer, index) and not (said and said.overruled):
            return UNREAD if is_as_opened(layer) else MADE_OF_UNREAD
    if state is None or said is None:
        return "not yet run"
    verdict, marks = state.verdict, []
    if verdict is not None:
        by_header = only_header_tells(verdict) and not said.overruled
        # What a slice looks like is not what it is.
        said = verdict if by_header else said
        # One mark, the gravest, as in tables.
        mark = CONFLICT_MARK if verdict.conflict else mark_beside(said, verdict)
        marks = [BY_HEADER if by_header and mark != HEADER_ONLY else "", mark]
    # A name of the user's own would push the place off the canvas.
    return " ".join(filter(None, [shortened(said_words(said), LONGEST_SAID), *marks]))
