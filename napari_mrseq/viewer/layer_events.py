"""What happens to the layers of a viewer, heard from each layer itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Layer


class LayerEvents:
    """Hears events of all layers there are, and of those that come.

    napari's list of layers passes them on, but may never begin to: where its status thread has
    made a list of the same layers, which is equal, that one's connection to a new layer is taken
    for the viewer's own, and goes with it.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds the layers.
    handler : callable
        May take the event, whose ``source`` is the layer.
    names : str
        Of the events, as ``"data"``.
    """

    def __init__(self, viewer: ViewerModel, handler: Callable[..., None], *names: str) -> None:
        self._layers, self._handler, self._names = viewer.layers, handler, names
        viewer.layers.events.inserted.connect(self._on_inserted)
        viewer.layers.events.removed.connect(self._on_removed)
        for layer in viewer.layers:
            self._connect(layer)

    def close(self) -> None:
        """Let go of all layers."""
        self._layers.events.inserted.disconnect(self._on_inserted)
        self._layers.events.removed.disconnect(self._on_removed)
        for layer in self._layers:
            self._disconnect(layer)

    def _on_inserted(self, event: Any) -> None:
        self._connect(event.value)

    def _on_removed(self, event: Any) -> None:
        self._disconnect(event.value)

    def _connect(self, layer: Layer) -> None:
        for name in self._names:
            layer.events[name].connect(self._handler)

    def _disconnect(self, layer: Layer) -> None:
        for name in self._names:
            layer.events[name].disconnect(self._handler)
