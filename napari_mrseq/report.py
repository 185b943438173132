"""Verdicts and failures as records, and records as CSV, JSON or Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from napari_mrseq.belonging import absolute, folders_around
from napari_mrseq.errors import MrseqError
from napari_mrseq.naming import printable
from napari_mrseq.report_text import Record, table_text
from napari_mrseq.safe_writing import encoded
from napari_mrseq.series import Failure, identity_of
from napari_mrseq.verdict import Verdict

# Names of `record.schema.json`, in the order files show them.
FIELDS = (
    "path", "files", "study_uid", "series_uid", "series_number", "description", "part", "shape",
    "spacing_mm", "plane", "sequence", "family", "resolved", "confidence", "probabilities",
    "pixels", "header", "conflict", "mark", "model", "warnings", "error",
)  # fmt: skip
# What a row of a slice is found by, however rows are sorted; one UID may have several parts.
_IDENTITY = ("path", "study_uid", "series_uid", "series_number", "description", "part")
# What a spreadsheet would run as a formula (OWASP, CSV injection).
_FORMULA = ("=", "@", "+", "-")
# Values that hold several, and which of these have columns.
_NESTED = {
    "pixels": ("sequence", "confidence"),
    "header": ("sequence", "confidence", "evidence"),
    "model": ("name", "version", "sha256"),
}
_SLICE_COLUMNS = (
    "index", "volume", "sop_instance_uid", "sequence", "confidence", "alone_sequence",
    "alone_confidence", "error", "corrected",
)  # fmt: skip
# Columns of whole numbers and of yes and no: files of two runs have one type, whatever is empty.
_WHOLE = ("files", "series_number", "slice_index", "slice_volume")
_YES_NO = ("conflict", "slice_corrected")


def records_of(
    outcomes: Iterable[Verdict | Failure],
    paths: Sequence[Path],
    *,
    slices: bool = False,
    so_far: Callable[[Sequence[Record]], None] | None = None,
) -> list[Record]:
    """Return the records of verdicts and failures, in the order of the given paths.

    Files of a series whose slices could not be decoded have records of their own beside its own.

    Parameters
    ----------
    outcomes : iterable of Verdict or Failure
        One a series or a file that can't be read; none is held.
    paths : sequence of Path
        What the user asked for; empty where the order of `outcomes` is the user's own.
    slices : bool
        An entry for every slice as well.
    so_far : callable, optional
        Called with the records so far, in the order of `outcomes`, after each.
    """
    given = [absolute(path) for path in paths]
    records: list[Record] = []
    # Single files of a series stand below all else of a path.
    places: list[tuple[int, bool]] = []
    for one in outcomes:
        files = () if isinstance(one, Failure) else one.unread
        for what in (one, *files):
            records.append(_record_of(what, slices=slices))
            places.append((_rank(what, given), what is not one))
        if so_far:
            so_far(records)
    return [records[number] for number in sorted(range(len(records)), key=places.__getitem__)]


def _record_of(outcome: Verdict | Failure, *, slices: bool) -> Record:
    if isinstance(outcome, Failure):
        return failure_record(outcome)
    return outcome.to_dict(slices=slices)


def failure_record(failure: Failure) -> Record:
    """Return the record of a path that could not be read: its cause stands under ``error``."""
    record: Record = dict.fromkeys(FIELDS)
    if failure.series:
        record |= identity_of(failure.series)
    return record | {
        "path": failure.path,
        "files": len(_files_of(failure)),
        "conflict": False,
        "mark": "",
        "warnings": [],
        "error": failure.cause,
    }


def _rank(outcome: Verdict | Failure, given: Sequence[Path]) -> int:
    """Return which of the given paths is the first that holds any file of an outcome."""
    files = _files_of(outcome)
    around = {*map(absolute, files), *folders_around(files)}
    for rank, path in enumerate(given):
        if path in around:
            return rank
    # A DICOMDIR leads to files beside it and below.
    folders = [path.parent for path in given]
    beside = [rank for rank, folder in enumerate(folders) if folder in around]
    return max(beside, key=lambda rank: len(str(folders[rank])), default=len(given))


def _files_of(outcome: Verdict | Failure) -> tuple[str, ...]:
    if isinstance(outcome, Failure):
        return outcome.series.files if outcome.series else (outcome.path,)
    return outcome.series.files


def to_json(records: Sequence[Record]) -> bytes:
    """Write records as one JSON array (UTF-8)."""
    return encoded(json.dumps(list(records), ensure_ascii=False, indent=1) + "\n")


def to_csv(records: Sequence[Record]) -> bytes:
    """Write one row a series, or one a slice below its series where records hold slices.

    Nested values get a column each (``pixels_sequence``, ``p_T1``); lists are joined by ``|``.
    """
    rows = flat_rows(records)
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(rows), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows({column: _csv_cell(value) for column, value in row.items()} for row in rows)
    return encoded(text.getvalue())


def to_parquet(records: Sequence[Record]) -> bytes:
    """Write the rows of the CSV as Parquet.

    Raises
    ------
    MrseqError
        If pyarrow is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MrseqError('Parquet needs pyarrow: pip install "napari-mrseq[parquet]"') from error
    rows = flat_rows(records)
    schema = pyarrow.schema([(column, _type_of(column)) for column in _columns(rows)])
    cells = [{column: _parquet_cell(value) for column, value in row.items()} for row in rows]
    table = pyarrow.Table.from_pylist(cells, schema=schema)
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink)
    return sink.getvalue()


def to_table(records: Sequence[Record]) -> bytes:
    """Write a table for people: a line a series and a slice, conflicts and errors in words."""
    return encoded(table_text(records))


FORMATS: dict[str, Callable[[Sequence[Record]], bytes]] = {
    "table": to_table,
    "csv": to_csv,
    "json": to_json,
    "parquet": to_parquet,
}


def flat_rows(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Flatten records: one row a series, and one a slice after it where there are slices."""
    rows = []
    # Columns of all classes for every row, whichever record names them first.
    classes = dict.fromkeys(code for record in records for code in record["probabilities"] or ())
    for record in records:
        rows.append(_flat_series(record, classes))
        rows += [_flat_slice(record, entry) for entry in record.get("slices", ())]
    return rows


def _flat_slice(record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a slice: its columns are the same whatever is known of it."""
    known = entry | {f"alone_{key}": said for key, said in entry.get("alone", {}).items()}
    columns = {f"slice_{column}": known.get(column) for column in _SLICE_COLUMNS}
    return {field: record[field] for field in _IDENTITY} | columns


def _columns(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the columns of flat rows, in the order in which they first stand."""
    return list(dict.fromkeys(column for row in rows for column in row))


def _type_of(column: str) -> str:
    """Return what Parquet calls the type of a column."""
    if column in _WHOLE:
        return "int64"
    if column in _YES_NO:
        return "bool"
    return "double" if column.startswith("p_") or column.endswith("confidence") else "string"


def _flat_series(record: Record, classes: Iterable[str]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for field in FIELDS:
        value = record[field]
        if field == "probabilities":
            flat |= {f"p_{code}": (value or {}).get(code) for code in classes}
        elif field in _NESTED:
            held = value or {"evidence": []}
            flat |= {f"{field}_{key}": _joined(held.get(key)) for key in _NESTED[field]}
        else:
            flat[field] = _joined(value)
    if "correction" in record:
        machine = record["correction"]["machine"]
        flat |= {f"machine_{key}": machine[key] for key in ("sequence", "confidence")}
    return flat


def _joined(value: Any) -> Any:
    return "|".join(map(str, value)) if isinstance(value, list) else value


def _parquet_cell(value: Any) -> Any:
    # Parquet takes UTF-8 alone, as names of files may not be.
    return encoded(value).decode() if isinstance(value, str) else value


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return value
    # A carriage return would end the row for some readers.
    line = printable(value)
    return f"'{line}" if line.lstrip().startswith(_FORMULA) else line
