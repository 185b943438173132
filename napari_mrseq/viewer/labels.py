"""Corrections as training labels: a catalogue that ``napari-mrseq train`` reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from napari.layers import Image

from napari_mrseq.belonging import group_of
from napari_mrseq.errors import MrseqError
from napari_mrseq.labelling import label_row, write_rows
from napari_mrseq.series import Series
from napari_mrseq.viewer.layer_state import named_by_user, own_name, state_of

SOURCE = "corrected in the viewer"


def write_labels(layers: Iterable[Image], file: Path) -> tuple[int, list[str]]:
    """Write every corrected slice of some layers.

    Parameters
    ----------
    layers : iterable of Image
        Layers without a correction are passed over.
    file : Path
        The catalogue (CSV).

    Returns
    -------
    int
        How many slices are written.
    list of str
        The layers that are left out, or slices of them: they lie in no file.

    Raises
    ------
    MrseqError
        If nothing is corrected, or nothing that is corrected lies in a file.
    """
    rows: list[dict[str, Any]] = []
    left_out: list[str] = []
    for layer in layers:
        state = state_of(layer)
        if state is None:
            continue
        labels = named_by_user(state.corrections)
        found = _rows(state.series, labels)
        rows += found
        if len(found) < len(labels):
            left_out.append(own_name(layer))
    if not rows:
        raise MrseqError(
            "the corrected slices are in no file that training could read"
            if left_out
            else "nothing has been corrected yet: press Correct… first"
        )
    write_rows(rows, file)
    return len(rows), left_out


def _rows(series: Series, labels: dict[int, str]) -> list[dict[str, Any]]:
    if series.kind == "layer":
        # Its path is a name, be there a file called so or not.
        return []
    group = group_of(series)
    rows = [
        label_row(series, index, label, group=group, source=SOURCE)
        for index, label in sorted(labels.items())
    ]
    return [row for row in rows if Path(row["path"]).exists()]
