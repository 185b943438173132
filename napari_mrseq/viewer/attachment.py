"""What ties a panel to its viewer, and how it lets go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol


class Part(Protocol):
    """Something that works on a viewer until it is closed."""

    def close(self) -> None:
        """Let go of the viewer."""


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
        """Let go, once; the panel itself may be destroyed already."""
        for emitter, handler in self._connections:
            emitter.disconnect(handler)
        self._connections.clear()
        for part in self._parts:
            part.close()
        self._parts.clear()
