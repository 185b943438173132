"""Series to train on → rows of the catalogue, a slice each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.header.attributes import attributes_of
from napari_mrseq.header.b_values import LEAST_B
from napari_mrseq.labelling import COLUMNS as LABEL_COLUMNS
from napari_mrseq.labelling import label_row
from napari_mrseq.reading import read_study

if TYPE_CHECKING:
    from napari_mrseq.series import Series

Log = Callable[[str], None]
Entry = dict[str, Any]

COLUMNS = (*LABEL_COLUMNS, "label_confidence", "origin", "position", "plane", "vendor", "study_uid")
# Slices of one series, evenly spread: more of them would hardly differ.
MOST_SLICES = 60
# How a line on what can't be read, or gone back to, begins.
LEFT_OUT = "left out: "


def series_of(folder: Path, log: Log) -> Iterator[Series]:
    """Yield the series of a folder; what training could not go back to is left out and told."""
    study = read_study(folder)
    for failure in study.failures:
        log(LEFT_OUT + failure.words)
    for series in study.series:
        # A catalogue names files, and training goes back to them.
        if Path(series.files[0]).exists():
            yield series
        else:
            log(f"{LEFT_OUT}{series.files[0]}: lies in a zip file: unpack it first")


def rows_of(
    series: Series, label: str, group: str, source: str, *, parted: bool = False
) -> Iterator[Entry]:
    """Yield a row for each slice, or for `MOST_SLICES` of them; `parted`, each volume's own."""
    per_volume = series.slices_per_volume
    count = series.slice_count
    chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_SLICES)).round().astype(int))
    vendor = attributes_of(series).vendor if series.kind == "dicom" else None
    for index in chosen.tolist():
        place = index % per_volume
        told = _label_of_volume(series, label, index // per_volume) if parted else label
        yield label_row(series, index, told, group=group, source=source) | {
            "label_confidence": "",
            "origin": series.kind,
            "position": round(place / (per_volume - 1), 4) if per_volume > 1 else "",
            "plane": series.plane or "",
            "vendor": vendor or "",
            "study_uid": "",
        }


def _label_of_volume(series: Series, label: str, volume: int) -> str:
    """Return what a volume shows of a series with this label: B0 where it is a DWI's without it."""
    axis = series.volume_axis
    if label != "DWI" or axis is None or axis.name != "b value" or not axis.values:
        return label
    return "B0" if axis.values[volume] < LEAST_B else label
