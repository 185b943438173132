"""What ties a panel to the events of its viewer and layers, undone when it is closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from napari.components import ViewerModel
from napari.layers import Layer


class Part(Protocol):
    """Something that works on a viewer until it is closed."""

    def close(self) -> None:
        """Disconnect from the viewer."""


class Attachment:
    """Connections to a viewer's events, and parts that work on it.

    Parameters
    ----------
    connections : sequence of (emitter, handler)
        Made now, undone by `close`.
    parts : sequence of Part
        Closed by `close`; another attachment may be one.
    """

    def __init__(
        self, connections: Sequence[tuple[Any, Callable[..., None]]], parts: Sequence[Part]
    ) -> None:
        self._connections, self._parts = list(connections), list(parts)
        for emitter, handler in self._connections:
            emitter.connect(handler)

    def close(self, *_: object) -> None:
        """Disconnect, once; the panel itself may be destroyed already."""
        for emitter, handler in self._connections:
            emitter.disconnect(handler)
        self._connections.clear()
        for part in self._parts:
            part.close()
        self._parts.clear()


class LayerEvents:
    """Connects a handler to events of every layer, also of those added later.

    napari's list of layers passes them on, but may never begin to: where its status thread has
    made a list of the same layers, which is equal, that list's connection to a new layer is taken
    for the viewer's own, and ends with it.

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
        """Disconnect from all layers."""
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
