"""A labelled slice → a row of a catalogue: where it lies, and whose it is.

The viewer writes such rows for what a user corrected, training for folders and archives; training
reads both.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from napari_mrseq.errors import MrseqError
from napari_mrseq.safe_writing import encoded, write_whole
from napari_mrseq.series import Series

COLUMNS = ("path", "slice", "volume", "label", "group", "series_uid", "part", "source")


def label_row(series: Series, index: int, label: str, *, group: str, source: str) -> dict[str, Any]:
    """Return the row of a labelled slice, under `COLUMNS`.

    Parameters
    ----------
    series : Series
        The slice's series.
    index : int
        The slice, counted through all volumes.
    label : str
        What it shows.
    group : str
        Whose it is: slices of one group never part between training and test.
    source : str
        Where the label comes from.
    """
    volume, place = divmod(index, series.slices_per_volume)
    path = series.path
    if len(series.files) == series.slice_count:
        # A file of one slice is that slice, whatever its place in the volume.
        path, place = series.files[index], 0
    elif len(series.files) == 1:
        path = series.files[0]
    elif _has_a_file_a_volume(series):
        # The folder may hold more volumes than were opened, or get more.
        path = series.files[volume]
    return {
        "path": str(Path(path).resolve()),
        "slice": place,
        "volume": volume,
        "label": label,
        "group": group,
        "series_uid": series.series_uid or "",
        "part": series.part,
        "source": source,
    }


def _has_a_file_a_volume(series: Series) -> bool:
    """Tell whether each volume is a file of its own, as a mosaic is."""
    uids, step = series.instance_uids, series.slices_per_volume
    volumes = [set(uids[first : first + step]) for first in range(0, len(uids), step)]
    return (
        len(series.files) == len(volumes) == len(set(uids))
        and max(map(len, volumes), default=0) == 1
    )


def write_rows(
    rows: Iterable[Mapping[str, Any]], path: Path, columns: tuple[str, ...] = COLUMNS
) -> Path:
    """Write rows into a catalogue (CSV) and return its path; what a row lacks stays empty.

    Raises
    ------
    MrseqError
        If a name is not UTF-8, as that of a file may be.
    OSError
        If it can't be written; what was there before stays.
    """
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, columns, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    text = written.getvalue()
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        row = text.split("\n")[text.count("\n", 0, error.start)]
        raise MrseqError(
            "a catalogue can't hold a name that is not UTF-8: rename what this row names: "
            + encoded(row).decode()
        ) from error
    write_whole(path, content)
    return path
