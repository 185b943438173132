"""The sample study that ships with the package, in napari's File > Open Sample menu."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from napari_mrseq.viewer.reader import open_layers

if TYPE_CHECKING:
    from napari_mrseq.viewer.layer_data import LayerData


def open_sample_study() -> list[LayerData]:
    """Read the simulated study; one of its series has a header that lies."""
    # Lazy pixels are read from the folder later: a wheel is installed unpacked, so it stays.
    with as_file(files("napari_mrseq") / "sample_study") as folder:
        return open_layers(str(folder))
