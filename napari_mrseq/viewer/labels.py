"""Corrections as training labels: a catalogue that ``napari-mrseq train`` reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_mrseq.belonging import group_of
from napari_mrseq.errors import MrseqError
from napari_mrseq.labelling import label_row, write_rows
from napari_mrseq.viewer.layer_state import state_of

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


def _rows(state: LayerState) -> list[dict[str, Any]]:
    labels: dict[int, str] = {}
    for correction in state.corrections:
        labels |= dict.fromkeys(range(correction.first, correction.last + 1), correction.sequence)
    group = group_of(state.series)
    rows = [
        label_row(state.series, index, label, group=group, source=SOURCE)
        for index, label in sorted(labels.items())
    ]
    return [row for row in rows if Path(row["path"]).exists()]
