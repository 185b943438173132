"""What a user has to train on → a catalogue of slices: folders, a DICOM archive, a list of series.

Nobody types a catalogue for that: it is written into the training's folder, where it can be
looked through and corrected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.belonging import group_of, subject_in
from napari_mrseq.errors import CatalogueError, ReadError, first_few
from napari_mrseq.header.attributes import attributes_of
from napari_mrseq.header.conditions import LEAST_B
from napari_mrseq.judging import classify
from napari_mrseq.labelling import COLUMNS as LABEL_COLUMNS
from napari_mrseq.labelling import label_row, write_rows
from napari_mrseq.model.safe_writing import written_whole
from napari_mrseq.reading import read_study
from napari_mrseq.reading.discover import file_kind
from napari_mrseq.sequences import SEQUENCES, UNKNOWN, family_of
from napari_mrseq.training.catalogue import read_entries, write_catalogue
from napari_mrseq.training.output import output_folder
from napari_mrseq.training.soundness import refuse_single_class
from napari_mrseq.training.state import trainings_in

if TYPE_CHECKING:
    from napari_mrseq.model import Model
    from napari_mrseq.series import Series
    from napari_mrseq.verdict import Verdict

Log = Callable[[str], None]
Entry = dict[str, Any]

CATALOGUE, TO_CHECK = "catalogue.csv", "to-check.csv"
COLUMNS = (*LABEL_COLUMNS, "origin", "position", "plane", "vendor")
IMAGES = ("dicom", "nifti", "picture")
# Slices of one series, evenly spread: more of them would hardly differ.
MOST_SLICES = 60


def catalogue_of(
    source: Path, folder: Path, *, judge: Callable[[], Model] | None = None, log: Log = print
) -> Path:
    """Return the catalogue to train on: `source` itself where it names slices, else one made of it.

    Parameters
    ----------
    source : Path
        A catalogue, whose rows may name whole series; a folder with a folder for each class; or,
        with `judge`, a folder of DICOM.
    folder : Path
        Where the catalogue is written, and ``to-check.csv`` beside it: the series whose header
        and pixels disagree, for a person to label. Labels that one gave there before stay.
    judge : callable, optional
        Loads the network that must agree with the header.
    log : callable
        Takes a line on what was found, and on each file that can't be read.

    Raises
    ------
    CatalogueError
        If `source` is not there, or holds nothing to train on, or `folder` holds a training that
        was begun with something else.
    """
    if source.is_file():
        if judge:
            raise CatalogueError(f"{source} is no folder: --label-from-header labels one of DICOM")
        return _in_slices(source, folder, log)
    if not source.is_dir():
        raise CatalogueError(f"{source} is neither a catalogue nor a folder")
    output_folder(folder)
    if judge:
        entries, doubtful = labelled_by_header(source, judge(), log)
        entries = _with_persons_labels(entries, doubtful, folder / TO_CHECK, log)
    else:
        entries = labelled_by_folder(source, log)
    refuse_single_class((entry["label"] for entry in entries), source)
    return _written(entries, folder / CATALOGUE)


def _written(table: Sequence[Entry], target: Path) -> Path:
    """Write a catalogue; one that a training was begun with stays as it is."""
    with written_whole(target) as beside:
        write_catalogue(beside, table)
        begun = target.is_file() and trainings_in(target.parent)
        if begun and target.read_bytes() != beside.read_bytes():
            raise CatalogueError(
                f"{begun[0]} was begun with other pictures or labels ({target}): go on with those, "
                "or name another --output"
            )
    return target


def _in_slices(source: Path, folder: Path, log: Log) -> Path:
    """Return a catalogue that names slices: the source, unless a row of it names a whole series."""
    rows = read_entries(source)
    parted = [_slices_of(row, source.stem, log) for row in rows]
    whole = [slices for row, slices in zip(rows, parted, strict=True) if slices != [row]]
    if not whole:
        return source
    output_folder(folder)
    target = folder / CATALOGUE
    if target.exists() and target.samefile(source):
        raise CatalogueError(f"{source} would be written over: name another --output")
    found = [entry for slices in whole for entry in slices]
    log(f"{source} names {len(whole)} whole series: {_counted(found)}")
    return _written([entry for slices in parted for entry in slices], target)


def _slices_of(row: Entry, source: str, log: Log) -> list[Entry]:
    """Return a row for each slice of the series that a row names; the row itself where it is one.

    What can't be read stays as it is: training names it.
    """
    path = Path(row["path"])
    if not row["label"] or row.get("slice") or not path.exists():
        return [row]
    if file_kind(str(path))[0] == "picture":
        return [row]
    wanted = {key: row[key] for key in ("series_uid", "part") if row.get(key)}
    found = [
        series
        for series in _series_of(path, log)
        if all(getattr(series, key) == value for key, value in wanted.items())
    ]
    if sum(series.slice_count for series in found) <= 1:
        return [row]
    # A volume without a slice is a name; the place in the stack is each slice's own.
    told = {k: v for k, v in row.items() if v and k not in ("path", "volume", "position")}
    return [
        entry | told
        for series in found
        for entry in _entries(series, row["label"], row["group"], source)
    ]


def _counted(entries: Sequence[Entry]) -> str:
    groups = {entry["group"] for entry in entries}
    slices = "1 slice" if len(entries) == 1 else f"{len(entries)} slices"
    return f"{slices} of 1 group" if len(groups) == 1 else f"{slices} of {len(groups)} groups"


def labelled_by_folder(folder: Path, log: Log = print) -> list[Entry]:
    """Label what lies in the folders of `folder` with their names.

    Slices of one DICOM study belong together; so do other files of one subject of BIDS
    (``sub-01_T1w.png``), of one folder inside the class's, and files whose names differ by a last
    number only (``anna_01.png``, ``anna_02.png``).
    """
    entries: list[Entry] = []
    inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    if loose := [path.name for path in inside if file_kind(str(path))[0] in IMAGES]:
        log(f"left out, in no folder of a class: {first_few(loose, 3)}")
    for part in filter(Path.is_dir, inside):
        found = [
            entry
            for series in _series_of(part, log)
            for entry in _entries(series, part.name, _subject(series, part), folder.name)
        ]
        if found:  # else each of its files was told
            log(f"{part.name}: {_counted(found)}")
        entries += found
    if len(entries) > 1 and len({entry["group"] for entry in entries}) == 1:
        log(
            "all of it counts as one subject's, by its study or its file names: put the files of "
            "each subject into a folder of its own inside the class's"
        )
    return entries


def labelled_by_header(
    folder: Path, model: Model, log: Log = print
) -> tuple[list[Entry], list[Entry]]:
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
    for series in _series_of(folder, log):
        try:
            verdict = classify(series, model, fast=True)
        except ReadError as error:
            log(f"left out: {error}")
            continue
        group = group_of(series)
        reason = _doubt(verdict)
        if verdict.header and not reason:
            labelled += _entries(series, verdict.header.sequence, group, folder.name, parted=True)
        else:
            header = verdict.header.sequence if verdict.header else ""
            middle = list(_entries(series, "", group, folder.name))
            said = {"header": header, "network": verdict.pixels.sequence, "reason": reason}
            doubtful.append(middle[len(middle) // 2] | said)
    return labelled, doubtful


def _with_persons_labels(
    entries: list[Entry], doubtful: list[Entry], path: Path, log: Log
) -> list[Entry]:
    """Write what a person has labelled and is to label; return what no person labelled."""
    made_before = read_entries(path) if path.is_file() else []
    given = [entry for entry in made_before if entry["label"]]
    known = set(map(_image_of, given))
    left = [entry for entry in doubtful if _image_of(entry) not in known]
    columns = (*COLUMNS, "header", "network", "reason", *(key for row in given for key in row))
    write_rows([*given, *left], path, tuple(dict.fromkeys(columns)))
    log(f"{len(left)} series are left for a person to label: {path}")
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
    return ""


def _series_of(folder: Path, log: Log) -> Iterator[Series]:
    study = read_study(folder)
    for failure in study.failures:
        log(f"left out: {failure.words}")
    for series in study.series:
        # A catalogue names files, and training goes back to them.
        if Path(series.files[0]).exists():
            yield series
        else:
            log(f"left out: {series.files[0]}: lies in a zip file: unpack it first")


def _subject(series: Series, part: Path) -> str:
    """Tell whose images these are, without looking at names in headers."""
    if series.study_uid:
        return series.study_uid
    inside = Path(series.files[0]).relative_to(part)
    if subject := subject_in(inside):
        return subject
    if len(inside.parts) > 1:
        return inside.parts[0]
    stem = inside.name.partition(".")[0]
    return re.sub(r"[\W_]*\d+$", "", stem) or stem


def _entries(
    series: Series, label: str, group: str, source: str, *, parted: bool = False
) -> Iterator[Entry]:
    """Yield a row for each slice, or for `MOST_SLICES` of them; `parted`, each volume's own."""
    per_volume = int(series.pixels.shape[-3])
    count = series.slice_count
    chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_SLICES)).round().astype(int))
    vendor = attributes_of(series).vendor if series.kind == "dicom" else None
    for index in chosen.tolist():
        place = index % per_volume
        told = _label_of_volume(series, label, index // per_volume) if parted else label
        yield label_row(series, index, told, group=group, source=source) | {
            "origin": series.kind,
            "position": round(place / (per_volume - 1), 4) if per_volume > 1 else "",
            "plane": series.plane or "",
            "vendor": vendor or "",
        }


def _label_of_volume(series: Series, label: str, volume: int) -> str:
    """Return what a volume shows of a series with this label: B0 where it is a DWI's without it."""
    axis = series.volume_axis
    if label != "DWI" or axis is None or axis.name != "b value" or not axis.values:
        return label
    return "B0" if axis.values[volume] < LEAST_B else label
