"""The user's preferences, from napari's Preferences window."""

from __future__ import annotations

from dataclasses import dataclass

from napari.settings import get_plugin_settings


@dataclass(frozen=True)
class Settings:
    """What the dock widget starts with."""

    device: str = "auto"
    model: str = "default"
    live: bool = False
    canvas_text: bool = True


def load_settings() -> Settings:
    """Return the user's preferences; the defaults where napari doesn't know the plugin."""
    try:
        chosen = get_plugin_settings("napari-mrseq").classifier
    except (KeyError, AttributeError):
        return Settings()
    return Settings(
        device=str(chosen.device),
        model=chosen.model or "default",
        live=chosen.live,
        canvas_text=chosen.canvas_text,
    )
