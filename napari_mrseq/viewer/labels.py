"""Corrections as training labels: a catalogue that ``napari-mrseq train`` reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_mrseq.belonging import group_of
from napari_mrseq.errors import MrseqError
from napari_mrseq.labelling import label_row, write_rows
from napari_mrseq.viewer.layer_state import own_name, state_of

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_mrseq.viewer.layer_state import LayerState

SOURCE = "corrected in the viewer"


def write_labels(layers: Iterable[Image], file: Path) -> int:
    """Write every corrected slice of some layers, and return how many there are.

    Parameters
    ----------
    layers : iterable of Image
        Layers without a correction are passed over.
    file : Path
        The catalogue (CSV).

    Raises
    ------
    MrseqError
        If nothing is corrected, or nothing that is corrected lies in a file.
    """
    states = [state for state in map(state_of, layers) if state and state.corrections]
    rows = [row for state in states for row in _rows(state)]
    if not rows:
        raise MrseqError(
            "what is corrected lies in no file that training could read"
            if states
            else "no series or slice is corrected yet: press Correct… first"
        )
    write_rows(rows, file)
    return len(rows)


def left_out(layers: Iterable[Image]) -> list[str]:
    """Name the layers that `write_labels` leaves out, or slices of them: they lie in no file."""
    known = [(own_name(layer), state_of(layer)) for layer in layers]
    return [name for name, one in known if one and len(_rows(one)) < len(_labels(one))]


def _rows(state: LayerState) -> list[dict[str, Any]]:
    if state.series.kind == "layer":
        # Its path is a name, be there a file called so or not.
        return []
    group = group_of(state.series)
    rows = [
        label_row(state.series, index, label, group=group, source=SOURCE)
        for index, label in sorted(_labels(state).items())
    ]
    return [row for row in rows if Path(row["path"]).exists()]


def _labels(state: LayerState) -> dict[int, str]:
    """Return what the user says of slices, by their number, the latest word on each."""
    labels: dict[int, str] = {}
    for correction in state.corrections:
        labels |= dict.fromkeys(range(correction.first, correction.last + 1), correction.sequence)
    return labels
