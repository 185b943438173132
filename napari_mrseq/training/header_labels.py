"""DICOM series labelled by their headers where the pixels agree; the others are for a person."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_mrseq.belonging import group_of
from napari_mrseq.errors import ReadError
from napari_mrseq.judging import classify
from napari_mrseq.labelling import write_rows
from napari_mrseq.sequences import SEQUENCES, UNKNOWN, family_of
from napari_mrseq.training.catalogue import read_entries
from napari_mrseq.training.follow_ups import joined_studies
from napari_mrseq.training.series_rows import COLUMNS, LEFT_OUT, Entry, Log, rows_of, series_of

if TYPE_CHECKING:
    from napari_mrseq.model import Model
    from napari_mrseq.verdict import Verdict


def labelled_by_header(folder: Path, model: Model, log: Log) -> tuple[list[Entry], list[Entry]]:
    """Label DICOM series by their headers, where the pixels agree.

    Returns
    -------
    labelled : list of dict
        One entry a slice of the series whose header names a family that the network sees as well.
    doubtful : list of dict
        One entry, the middle slice, of each other series: without a label, with what both say.
    """
    labelled: list[Entry] = []
    doubtful: list[Entry] = []
    found = list(series_of(folder, log))
    joined = joined_studies(found, log)
    for series in found:
        try:
            verdict = classify(series, model, fast=True)
        except ReadError as error:
            log(f"{LEFT_OUT}{error}")
            continue
        group = group_of(series)
        reason = _doubt(verdict)
        if verdict.header and not reason:
            rows = rows_of(series, verdict.header.sequence, group, folder.name, parted=True)
            sure = {"label_confidence": "low" if verdict.header.is_silent_on_agent else ""}
            labelled += [entry | sure | joined.get(group, {}) for entry in rows]
        else:
            header = verdict.header.sequence if verdict.header else ""
            middle = list(rows_of(series, "", group, folder.name))
            said = {"header": header, "network": verdict.pixels.sequence, "reason": reason}
            doubtful.append(middle[len(middle) // 2] | said | joined.get(group, {}))
    return labelled, doubtful


def with_persons_labels(
    entries: list[Entry], doubtful: list[Entry], path: Path, log: Log
) -> list[Entry]:
    """Write what a person has labelled and is to label; return what no person labelled."""
    made_before = read_entries(path) if path.is_file() else []
    given = [entry for entry in made_before if entry["label"]]
    known = set(map(_image_of, given))
    left = [entry for entry in doubtful if _image_of(entry) not in known]
    columns = (*COLUMNS, "header", "network", "reason", *(key for row in given for key in row))
    write_rows([*given, *left], path, tuple(dict.fromkeys(columns)))
    log(f"series left for a person to label: {len(left)} ({path})")
    # A person's word stands against the header's.
    decided = set(map(_series_of_row, given))
    return [entry for entry in entries if _series_of_row(entry) not in decided]


def _series_of_row(entry: Mapping[str, Any]) -> tuple[str, str]:
    return str(entry.get("series_uid", "")) or str(entry["path"]), str(entry.get("part", ""))


def _image_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what tells one image of a catalogue from all others."""
    path = str(Path(entry["path"]).resolve())
    return path, *(str(entry.get(key, "")) for key in ("slice", "volume", "series_uid", "part"))


def _doubt(verdict: Verdict) -> str:
    """Say why a series can't be labelled by its header; empty where it can."""
    if verdict.header is None or verdict.header.sequence == UNKNOWN:
        return "the header names no sequence"
    if not SEQUENCES[verdict.header.sequence].from_pixels:
        return "pixels can't confirm it"
    if verdict.pixels.sequence == UNKNOWN:
        return "the network is not sure"
    if family_of(verdict.header.sequence) != verdict.pixels.family:
        return "header and network disagree"
    return "the header contradicts itself" if verdict.conflict else ""
