"""The figures of an evaluation as one HTML page that needs nothing beside it."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from napari_mrseq.safe_writing import encoded, output_folder, write_whole
from napari_mrseq.sequences import name_of
from napari_mrseq.training.figures_text import few_groups, interval, percent
from napari_mrseq.training.run import FIGURES

TEMPLATE, PAGE = "evaluation.html.jinja", "evaluation.html"


def write_figures(figures: dict[str, Any], folder: Path, catalogue: str) -> Path:
    """Write the figures as JSON, and as a page; return the page's path.

    Takes what `page_of` does, and the folder.
    """
    output_folder(folder)
    write_whole(folder / FIGURES, json.dumps(figures, indent=1).encode())
    write_whole(folder / PAGE, encoded(page_of(figures, catalogue)))
    return folder / PAGE


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
    environment.filters |= {
        "percent": percent,
        "named": name_of,
        "interval": interval,
        "few_groups": few_groups,
        "difference": _difference,
    }
    template = environment.from_string(files(__package__).joinpath(TEMPLATE).read_text("utf-8"))
    return template.render(figures=figures, catalogue=catalogue)


def _difference(bounds: list[float]) -> str:
    """Write [value, low, high] as points, with their signs."""
    value, low, high = (f"{100 * bound:+.1f}" for bound in bounds)
    return f"{value} ({low} to {high})"
