"""What a user has to train on → a catalogue of slices: folders, a DICOM archive, a list of series.

Nobody types a catalogue for that: it is written into the training's folder, where it can be
looked through and corrected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from napari_mrseq.belonging import subject_in
from napari_mrseq.errors import CatalogueError, first_few
from napari_mrseq.naming import counted
from napari_mrseq.reading.file_kind import file_kind
from napari_mrseq.safe_writing import is_same_file, output_folder, written_whole
from napari_mrseq.training.catalogue import read_entries, write_catalogue
from napari_mrseq.training.follow_ups import joined_studies
from napari_mrseq.training.header_labels import labelled_by_header, with_persons_labels
from napari_mrseq.training.series_rows import COLUMNS, Entry, Log, rows_of, series_of
from napari_mrseq.training.soundness import is_there, refuse_single_class
from napari_mrseq.training.state import trainings_in

if TYPE_CHECKING:
    from napari_mrseq.model import Model
    from napari_mrseq.series import Series

CATALOGUE, TO_CHECK = "catalogue.csv", "to-check.csv"
IMAGES = ("dicom", "nifti", "picture")


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
    try:
        is_file, is_folder = source.is_file(), source.is_dir()
    except OSError as error:
        raise CatalogueError(f"{source} can't be read: {error.strerror}") from error
    if is_file:
        if judge:
            raise CatalogueError(
                f"{source} is not a folder: --label-from-header labels one of DICOM files"
            )
        return _in_slices(source, folder, log)
    if not is_folder:
        what = "is neither a file nor a folder" if source.exists() else "does not exist"
        raise CatalogueError(f"{source} {what}: give a catalogue (CSV) or a folder of images")
    output_folder(folder)
    if judge:
        entries, doubtful = labelled_by_header(source, judge(), log)
        entries = with_persons_labels(entries, doubtful, folder / TO_CHECK, log)
    else:
        entries = labelled_by_folder(source, log)
    refuse_single_class((entry["label"] for entry in entries), source)
    return _written(entries, folder / CATALOGUE)


def _written(table: Sequence[Entry], target: Path) -> Path:
    """Write a catalogue; one that a training was begun with, or that a person wrote, stays."""
    with written_whole(target) as beside:
        write_catalogue(beside, table)
        begun = target.is_file() and trainings_in(target.parent)
        if begun and target.read_bytes() != beside.read_bytes():
            raise CatalogueError(
                f"{begun[0]} was begun with other pictures or labels ({target}): go on with those, "
                "or name another --output"
            )
        # A column may have come to the list that ours was made of.
        if target.is_file() and not {*COLUMNS} <= _columns(target) <= _columns(beside):
            raise CatalogueError(
                f"{target} was not made of these and would be written over: name another --output"
            )
    return target


def _columns(catalogue: Path) -> set[str]:
    """Return the columns of a catalogue, by which a person's is told from ours."""
    with catalogue.open(encoding="utf-8", errors="replace") as file:
        return set(file.readline().strip().split(","))


def _in_slices(source: Path, folder: Path, log: Log) -> Path:
    """Return a catalogue that names slices: the source, unless a row of it names a whole series."""
    rows = read_entries(source)
    parted = [_slices_of(row, source.stem, log) for row in rows]
    whole = [slices for row, slices in zip(rows, parted, strict=True) if slices != [row]]
    if not whole:
        return source
    output_folder(folder)
    target = folder / CATALOGUE
    if is_same_file(target, source):
        raise CatalogueError(f"{source} would be written over: name another --output")
    found = [entry for slices in whole for entry in slices]
    log(f"{source} names {len(whole)} whole series: {_counted(found)}")
    return _written([entry for slices in parted for entry in slices], target)


def _slices_of(row: Entry, source: str, log: Log) -> list[Entry]:
    """Return a row for each slice of the series that a row names; the row itself where it is one.

    What can't be read stays as it is: training names it.
    """
    path = Path(row["path"])
    if not row["label"] or row.get("slice") or not is_there(path):
        return [row]
    if file_kind(str(path))[0] == "picture":
        return [row]
    wanted = {key: row[key] for key in ("series_uid", "part") if row.get(key)}
    left_out: list[str] = []
    found = [
        series
        for series in series_of(path, left_out.append)
        if all(getattr(series, key) == value for key, value in wanted.items())
    ]
    if sum(series.slice_count for series in found) <= 1:
        return [row]
    for line in left_out:
        log(line)
    # A volume without a slice is a name; the place in the stack is each slice's own.
    told = {k: v for k, v in row.items() if v and k not in ("path", "volume", "position")}
    return [
        entry | told
        for series in found
        for entry in rows_of(series, row["label"], row["group"], source)
    ]


def _counted(entries: Sequence[Entry]) -> str:
    groups = {entry["group"] for entry in entries}
    return f"{counted(len(entries), 'slice')} of {counted(len(groups), 'group')}"


def labelled_by_folder(folder: Path, log: Log) -> list[Entry]:
    """Label what lies in the folders of `folder` with their names.

    Slices of one DICOM study belong together, and studies of one patient; so do other files of one
    subject of BIDS (``sub-01_T1w.png``), of one folder inside the class's, and files whose names
    differ by a last number (``anna_01.png``, ``anna_02.png``) or by their class at the end
    (``anna_T1.nii``, ``anna_FLAIR.nii``) only.
    """
    entries: list[Entry] = []
    inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    if loose := [path.name for path in inside if file_kind(str(path))[0] in IMAGES]:
        log(f"left out, in no folder of a class: {first_few(loose, 3)}")
    parts = {part: list(series_of(part, log)) for part in inside if part.is_dir()}
    joined = joined_studies(chain.from_iterable(parts.values()), log)
    for part, seen in parts.items():
        found = [
            entry | joined.get(entry["group"], {})
            for series in seen
            for entry in rows_of(series, part.name, _subject(series, part), folder.name)
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
    # The number before a class, as in 07_FLAIR, is a subject's; one at the end a slice's.
    of_class = re.compile(rf"[\W_]+{re.escape(part.name)}([\W_]*\d+)?$", re.IGNORECASE)
    if of_class.search(stem):
        return of_class.sub("", stem) or stem
    return re.sub(r"[\W_]*\d+$", "", stem) or stem
