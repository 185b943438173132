"""The layers of a study come one after the other, and the window answers in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from napari.layers import Layer
from napari.utils.naming import inc_name_count

from napari_mrseq.viewer.background import Activity
from napari_mrseq.viewer.camera import keep_fitted
from napari_mrseq.viewer.single_shot import SingleShot
from napari_mrseq.viewer.slice_in_view import bring_into_view, middle_slice, show_slice
from napari_mrseq.viewer.units import share_units

if TYPE_CHECKING:
    from napari_mrseq.viewer.layer_data import LayerData


class Opening(SingleShot):
    """Adds the one that is shown at once, and another one each time that Qt is idle.

    It goes with the window: one that is closed takes no more layers.

    Parameters
    ----------
    viewer : napari.Viewer
        Where the layers go, above those that are there.
    layers : list of layer data tuples
        In their order; one of them is visible.
    on_end : callable, optional
        Called once all are there, never before this object is made.
    """

    def __init__(
        self, viewer: Any, layers: list[LayerData], on_end: Callable[[], None] | None = None
    ) -> None:
        window = viewer.window._qt_window
        super().__init__(self._add_next, window)
        self._viewer = viewer
        self._on_end, self._total = on_end, len(layers)
        shown = next(place for place, (_, said, _) in enumerate(layers) if said["visible"])
        # Each with whether it goes above those that are there.
        self._left = deque((data, False) for data in layers[:shown])
        self._left.extend((data, True) for data in layers[shown + 1 :])
        self._activity = activity = Activity("Opening the study")
        # Qt holds a method weakly, and this object goes with the window.
        window.destroyed.connect(lambda: activity.close())
        share_units(layers, viewer.layers)
        empty = not viewer.layers
        # The next one goes below it, and once none is left that does, above it.
        self._beside = viewer.add_layer(Layer.create(*_numbered(layers, shown)))
        if empty:
            show_slice(viewer, self._beside, middle_slice(self._beside))
            keep_fitted(viewer, self._beside)
        else:
            bring_into_view(viewer, self._beside)
        self.start()

    def _add_next(self) -> None:
        # One that is closed is destroyed only later; napari's own object lets go of it at once.
        if not hasattr(self._viewer.window, "_qt_window"):
            self._activity.close()
            return
        if not self._left:
            self._end()
            return
        self._insert(*self._left.popleft())
        self._activity.show(self._total - len(self._left), self._total)
        self.start()

    def _insert(self, data: LayerData, above: bool) -> None:
        layers, layer = self._viewer.layers, Layer.create(*data)
        there = self._beside in layers
        place = layers.index(self._beside) + above if there else len(layers)
        selection = layers.selection
        chosen = list(selection)
        # napari chooses what comes: the controls in hand would go, and the sliders move.
        with selection.events.blocker_all():
            layers.insert(place, layer)
            selection.clear()
            selection.update(chosen)
        if above:
            self._beside = layer

    def _end(self) -> None:
        self._activity.close()
        # What it holds of the study goes with it.
        self.deleteLater()
        if self._on_end is not None:
            self._on_end()


def _numbered(layers: list[LayerData], place: int) -> LayerData:
    """Return a layer with the name that napari gives it behind the others of its name."""
    pixels, said, kind = layers[place]
    name = said["name"]
    for _, other, _ in layers[:place]:
        if other["name"] == said["name"]:
            name = inc_name_count(name)
    return pixels, {**said, "name": name}, kind
