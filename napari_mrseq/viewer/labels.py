"""Corrections as training labels: a catalogue that ``napari-mrseq train`` reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from napari_mrseq.errors import MrseqError
from napari_mrseq.viewer.annotation import state_of

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_mrseq.series import Series
    from napari_mrseq.viewer.annotation import LayerState

COLUMNS = ("path", "slice", "volume", "label", "group", "series_uid", "source")
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
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, *rows])
    file.write_bytes(text.getvalue().encode())
    return len(rows)


def _rows(state: LayerState) -> list[tuple[str, ...]]:
    labels: dict[int, str] = {}
    for correction in state.corrections:
        labels |= dict.fromkeys(range(correction.first, correction.last + 1), correction.sequence)
    series = state.series
    # Slices of one study, of one patient that is, must not part between training and test.
    group = series.study_uid or str(Path(series.path).parent)
    rows: list[tuple[str, ...]] = []
    for number, label in sorted(labels.items()):
        path, place, volume = _place(series, number)
        if Path(path).exists():
            uid = series.series_uid or ""
            rows.append((path, str(place), str(volume), label, group, uid, SOURCE))
    return rows


def _place(series: Series, number: int) -> tuple[str, int, int]:
    """Return where a slice is: its file or folder, and its slice and volume within."""
    if len(series.files) == series.slice_count:
        return str(Path(series.files[number]).absolute()), 0, 0
    volume, place = divmod(number, series.pixels.shape[-3])
    return str(Path(series.path).absolute()), place, volume
