"""The user's preferences, from napari's Preferences window."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from napari.settings import get_plugin_settings

from napari_mrseq.judging import BATCH_SLICES
from napari_mrseq.model.registry import DEFAULT
from napari_mrseq.viewer.menu import PLUGIN


@dataclass(frozen=True)
class Settings:
    """What the user prefers.

    Attributes
    ----------
    device, model : str
        What the panel starts with.
    batch_size : int
        Slices that the network looks at together.
    threshold : float
        Least probability at which a sequence is named; 0 for the model's own.
    live : bool
        Whether slices are classified as the slider moves.
    canvas_text : bool
        Whether the slice in view is named on the canvas.
    lazy : bool
        Whether slices are read from disk when they are looked at, or all at once.
    hint : bool
        Whether the first steps are shown.
    """

    device: str = "auto"
    model: str = DEFAULT
    batch_size: int = BATCH_SLICES
    threshold: float = 0.0
    live: bool = False
    canvas_text: bool = True
    lazy: bool = True
    hint: bool = True


def load_settings() -> Settings:
    """Return the user's preferences; the defaults where napari doesn't know the plugin."""
    chosen = _chosen()
    if chosen is None:
        return Settings()
    settings = Settings(**{one.name: getattr(chosen, one.name) for one in fields(Settings)})
    # The device is of an enumeration; an empty line means no model of one's own.
    return replace(settings, device=str(settings.device), model=settings.model or DEFAULT)


def forget_hint() -> None:
    """Show the first steps no more."""
    chosen = _chosen()
    if chosen is not None:
        chosen.hint = False


def canvas_text_event() -> Any:
    """Return the event of the preference for text on the canvas, None where there is none."""
    chosen = _chosen()
    return None if chosen is None else chosen.events.canvas_text


def _chosen() -> Any:
    try:
        return get_plugin_settings(PLUGIN).classifier
    except (KeyError, AttributeError):
        return None
