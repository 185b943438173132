"""napari's reader: folders and files from the scanner become one layer a series."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_mrseq.series import Study
    from napari_mrseq.viewer.layer_data import LayerData

CAUSES_SHOWN = 3


def get_reader(path: str | list[str]) -> Callable[[str | list[str]], list[LayerData]] | None:
    """Return the function that reads `path`, or None where it holds nothing of ours.

    Parameters
    ----------
    path : str or list of str
        File, folder, or several of them.
    """
    paths = [path] if isinstance(path, str) else path
    return open_layers if any(_looks_readable(one) for one in paths) else None


def read_layers(path: str | list[str]) -> list[LayerData]:
    """Read files and folders into napari layers, one of them visible.

    The layers of a study lie on each other: showing one and leaving the others a click away is
    what a person can read, and what decodes no more than one series.

    Parameters
    ----------
    path : str or list of str
        File, folder, or several of them.

    Raises
    ------
    ReadError
        If nothing in `path` can be read; says why.
    """
    from napari_mrseq.reading import read_study

    return layers_of(read_study([path] if isinstance(path, str) else path))


def layers_of(study: Study) -> list[LayerData]:
    """Return the layers of a study, one visible, and let napari say what it lacks.

    The last of MR is visible: screenshots and reports have a study's highest numbers.

    Raises
    ------
    ReadError
        If nothing in it can be read; says why.
    """
    from napari.utils.notifications import show_warning

    from napari_mrseq.errors import ReadError, first_few
    from napari_mrseq.viewer.layer_data import in_memory, layer_of
    from napari_mrseq.viewer.settings import load_settings
    from napari_mrseq.viewer.units import share_units

    causes = first_few([failure.words for failure in study.failures], CAUSES_SHOWN, "; ")
    if not study.series:
        raise ReadError(f"Nothing to open: {causes}")
    if causes:
        show_warning(f"Not opened: {causes}")
    lazy = load_settings().lazy
    read = [series if lazy else in_memory(series) for series in study.series]
    layers = [layer_of(series) for series in read]
    share_units(layers)
    mr = [number for number, series in enumerate(study.series) if series.is_mr]
    shown = mr[-1] if mr else len(layers) - 1
    for number, (_, attributes, _) in enumerate(layers):
        attributes["visible"] = number == shown
    return layers


def open_layers(path: str | list[str]) -> list[LayerData]:
    """Read as `read_layers` does, for napari's viewer, which would choose the last layer."""
    from napari import current_viewer

    from napari_mrseq.viewer.active_in_view import bring_when_added
    from napari_mrseq.viewer.units import share_units

    layers, viewer = read_layers(path), current_viewer()
    share_units(layers, viewer.layers if viewer else ())
    bring_when_added(next(layer for layer in layers if layer[1]["visible"]))
    return layers


def _looks_readable(path: str) -> bool:
    from napari_mrseq.reading.discover import find_images, looks_like_study_folder

    if Path(path).is_dir():
        return looks_like_study_folder(path)
    return bool(find_images(path).files)
