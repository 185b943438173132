"""Records in lines for people: the table of series, and a study against its protocol."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from unicodedata import category, east_asian_width

from napari_mrseq.errors import first_few
from napari_mrseq.header import claim_words
from napari_mrseq.naming import common_folder, described, printable, run_words, title_of
from napari_mrseq.sequences import UNKNOWN, family_of, name_of
from napari_mrseq.verdict import MISNAMED, SWAPPED

Record = dict[str, Any]

# Each has its line with its cause on standard error.
_UNREAD_SHOWN = 3
# Columns of a terminal.
_TITLE_LENGTH = 44


def table_text(records: Sequence[Record]) -> str:
    """Write a table for people: a line a series and a slice, conflicts and errors in words."""
    head = ("Series", "Plane", "Slices", "Sequence", "Sure", "Header says", "")
    lines = [head, *(tuple(map(printable, line)) for line in _told(records))]
    # Studies and what can't be read stand across the columns: their paths are longer than these.
    wide = [line for line in lines if any(line[1:-1])]
    widths = [max(_columns(line[column]) for line in wide) for column in range(len(head))]
    text = [
        _in_columns(line, widths) if any(line[1:-1]) else f"{line[0]}  {line[-1]}".rstrip()
        for line in lines
    ]
    # Notes are sentences: a line as long as they are would fill two lines of most terminals.
    text.insert(1, "─" * max(_columns(_in_columns((*line[:-1], ""), widths)) for line in wide))
    return "\n".join(text) + "\n"


def _told(records: Sequence[Record]) -> Iterator[tuple[str, ...]]:
    """Yield the lines of series and slices, each of several studies under its folder and UID."""
    several = len({record["study_uid"] for record in records} - {None}) > 1
    for (uid, lost), members in groupby(records, lambda one: (one["study_uid"], one["error"])):
        study = list(members)
        if several and not lost:
            folder = common_folder([str(Path(record["path"], "*")) for record in study])
            yield (f"{folder}  {uid or ''}", "", "", "", "", "", "")
        for record in study:
            yield from (_table_line(record), *_slice_lines(record))


def _in_columns(line: Sequence[str], widths: Sequence[int]) -> str:
    """Lay the cells of a line out; numbers stand at the right of their column."""
    right = (2, 4)
    gaps = (" " * (width - _columns(cell)) for cell, width in zip(line, widths, strict=True))
    return "  ".join(
        gap + cell if column in right else cell + gap
        for column, (cell, gap) in enumerate(zip(line, gaps, strict=True))
    ).rstrip()


def _columns(text: str) -> int:
    """Count the columns of a terminal that a text fills.

    Letters of East Asia fill two, signs above and below others none.
    """
    return sum(
        0 if category(letter) in ("Mn", "Me") else 1 + (east_asian_width(letter) in "WF")
        for letter in text
    )


def study_text(study: dict[str, Any]) -> str:
    """Write a study against its protocol for people: ``StudyVerdict.to_dict()`` in lines."""
    answer = {True: "complete", False: "incomplete", None: "can't tell: not everything was read"}
    head = f"Protocol {study['protocol']}: {answer[study['complete']]}"
    if study["complete"] and any(map(_is_open, study["expected"])):
        head += ", if the doubtful series are right"
    # Studies may share a folder, and one without a UID has only that.
    lines = [head, "  study     " + " ".join(filter(None, (study["path"], study["study_uid"])))]
    for entry in study["expected"]:
        found = ", ".join(map(_marked, entry["series"]))
        # Two spaces at least: names may be longer than their column.
        lines.append(f"  {entry['status']:10}{entry['name'] + '  ':28}{found}".rstrip())
    lines += [f"  extra     {_title(series)}" for series in study["extra"]]
    lines += [f"  repeat    {', '.join(map(_marked, group))}" for group in study["repeats"]]
    lines += [
        f"  pair      {_marked(pair['before'])}, {_marked(pair['after'])}"
        for pair in study["pairs"]
    ]
    lines += [f"  conflict  {_title(series)}" for series in study["conflicts"]]
    if unread := [failure["path"] for failure in study["unread"]]:
        lines.append(f"  not read  {first_few(unread, _UNREAD_SHOWN)}")
    return "\n".join(map(printable, lines))


def _title(series: Record) -> str:
    words = described(series["series_number"], series["description"])
    # Alone a number would be read as a count.
    number = series["series_number"] if series["description"] else None
    return title_of(number, words, series["path"], series["part"])


def _is_open(entry: Record) -> bool:
    """Tell whether nothing that is sure fulfils an entry of a protocol that is required."""
    doubtful = entry["status"] == "perhaps" or all(series["mark"] for series in entry["series"])
    return bool(entry["required"]) and doubtful


def _short_title(record: Record) -> str:
    """Name a series in a column: a long description is cut, never the part behind it."""
    title, part = _title(record), f" ({record['part']})" if record["part"] else ""
    if _columns(title) <= _TITLE_LENGTH:
        return title
    # The widest letter fills two.
    room = max(_TITLE_LENGTH - 1 - _columns(part), 2)
    kept = next(end for end in range(len(title), 0, -1) if _columns(title[:end]) <= room)
    return f"{title[:kept]}…{part}"


def _marked(series: Record) -> str:
    """Name a series of a study, with the mark of a doubtful one."""
    return f"{_title(series)} {series['mark']}".rstrip()


def _table_line(record: Record) -> tuple[str, ...]:
    if record["error"]:
        return (record["path"], "", "", "", "", "", f"not read: {record['error']}")
    header = record["header"]
    claim = claim_words(header["sequence"], header["evidence"]) if header else ""
    unknown = record["resolved"] == "unknown"
    return (
        _short_title(record),
        record["plane"] or "–",
        str(math.prod(record["shape"][:-2])),
        name_of(record["sequence"]),
        "" if unknown else f"{record['confidence']:.0%}",
        claim or "–",
        _doubt(record),
    )


def _doubt(record: Record) -> str:
    """Return why a series has no name to be relied on; ``""`` where nothing says so."""
    mark: str = record["mark"]
    return f"{mark}: {'; '.join(_against(record))}" if record["conflict"] else mark


def _against(record: Record) -> list[str]:
    """Return what in a header is in conflict: not the tags that say the same as the verdict."""
    header = record["header"]
    agrees = family_of(header["sequence"]) == record["family"]
    # Other warnings speak of gaps, pixels and the like.
    swapped, misnamed = (
        [words for words in record["warnings"] if words.startswith(beginning)]
        for beginning in (SWAPPED, MISNAMED)
    )
    if agrees and (swapped or misnamed):
        return swapped + misnamed
    return [*swapped, *header["evidence"]] or misnamed


def _slice_lines(record: Record) -> Iterator[tuple[str, ...]]:
    for entry in record.get("slices", ()):
        place = entry["volume"] * record["shape"][-3] + entry["index"]
        title = f"  {run_words(place, place, record['shape'])}"
        sure = "" if entry["sequence"] == UNKNOWN else f"{entry['confidence']:.0%}"
        note = f"not read: {entry['error']}" if "error" in entry else ""
        yield title, "", "", name_of(entry["sequence"]), sure, "", note
