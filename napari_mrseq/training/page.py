"""The figures of an evaluation as one HTML page that needs nothing beside it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from napari_mrseq.sequences import name_of

TEMPLATE = "evaluation.html.jinja"


def page_of(figures: dict[str, Any], catalogue: str) -> str:
    """Return the page: pictures are drawn in SVG inside it, no script, nothing loaded.

    Parameters
    ----------
    figures : dict
        Of `comparison.measure`.
    catalogue : str
        Name of what was measured on.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"percent": _percent, "named": name_of, "interval": _interval}
    template = environment.from_string(files(__package__).joinpath(TEMPLATE).read_text("utf-8"))
    return template.render(figures=figures, catalogue=catalogue)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _interval(bounds: list[float]) -> str:
    """Write [value, low, high], or [low, high], as text."""
    *value, low, high = (f"{100 * bound:.1f}" for bound in bounds)
    return f"{value[0]} % ({low} to {high})" if value else f"{low} to {high} %"
