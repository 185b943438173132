"""The catalogue: which labelled images there are, and which belong together."""

from __future__ import annotations

import csv
import unicodedata
import warnings
import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_mrseq.errors import CatalogueError
from napari_mrseq.labelling import write_rows
from napari_mrseq.sequences import (
    SEQUENCES,
    UNKNOWN,
    misspelt_codes,
    unknown_however_written,
)
from napari_mrseq.training.regions import region_of
from napari_mrseq.training.soundness import (
    groups_alike,
    labels_alike,
    refuse_ambiguous,
    refuse_parted,
)
from napari_mrseq.training.written_numbers import counted_place, place_along, whole_number

# Labels of public catalogues that have another name here. Our network can't tell perfusion and
# other odd images from pixels: it learns to say so. One of another program may tell them.
SYNONYMS = {"DWI_B0": "B0", "OTHER": UNKNOWN, "PERF": UNKNOWN}
# Origins of slices that lie in a stack.
STACKS = ("dicom", "nifti")
# Origin of copies, stripped of all but the brain: trained on, never measured on.
STRIPPED = "stripped"
# Of what was made for training: it may be of no fold, so that it is always trained on.
MADE = ("simulated", "foreign", "judged", STRIPPED)
# Into how many folds groups are dealt where the catalogue has none.
FOLDS = 5
DOUBTFUL = {"low", "med", "medium"}


@dataclass(frozen=True)
class Row:
    """One labelled image.

    Attributes
    ----------
    path : Path
        The picture; or a DICOM file or folder, or a NIfTI file, of which `slice` is meant.
    label : str
        Code of its sequence.
    group : str
        Images that share a subject, scanner or data set share a group and never part.
    fold : int
        Fold of the group.
    series : str
        Images of one stack share it.
    origin : str
        ``"dicom"``, ``"nifti"``, ``"picture"``, ``"screenshot"`` or empty; of what was made for
        training ``"simulated"``, ``"foreign"``, ``"judged"`` or `STRIPPED`.
    body_part : str
        As the catalogue says.
    position : float or None
        0 to 1 along the stack.
    doubtful : bool
        The catalogue isn't sure of the label.
    dataset, licence : str
        Where the picture comes from and its terms, for the model card.
    vendor, plane : str
        As the catalogue says.
    slice : int or None
        Place in the series, from 0; None of a picture.
    volume : int
        Of a 4-D series, from 0.
    series_uid : str
        Which of the series at `path` is meant; empty where there is only one.
    part : str
        Which of the stacks of that series: ``"echo 2"``, ``"phase"``.
    stripped : bool
        All but the brain has been blacked out.
    study_uid : str
        Its own study, where several of one patient are a group; else empty.
    """

    path: Path
    label: str
    group: str
    fold: int
    series: str
    origin: str
    body_part: str
    position: float | None
    doubtful: bool
    dataset: str
    licence: str
    vendor: str = ""
    plane: str = ""
    slice: int | None = None
    volume: int = 0
    series_uid: str = ""
    part: str = ""
    stripped: bool = False
    study_uid: str = ""

    @property
    def is_whole_head(self) -> bool:
        """Whether it shows a head of which nothing was cut away."""
        return region_of(self.body_part) == "head" and not self.stripped


def read_catalogue(path: Path, *, told: Collection[str] = ()) -> list[Row]:
    """Read a catalogue of labelled images.

    Parameters
    ----------
    path : Path
        CSV with a header, parted by commas, semicolons or tabs. Needed columns: ``path`` (or
        ``file``; relative to the catalogue), ``label``, ``group``. Used where there: ``fold``
        (from 0), ``volume``, ``origin``, ``body_part``, ``position``, ``label_confidence``,
        ``dataset`` (or ``source``), ``licence``, ``vendor``, ``plane``, ``skull_stripped``
        (``y``), ``study_uid``. With a column ``slice`` a row may name one slice of a DICOM series
        or NIfTI file; ``volume`` is then a number, and ``series_uid`` and ``part`` tell series in
        one folder apart. Corrections that the viewer saved are such a catalogue. A row without a
        label is passed over. Without a ``fold`` groups are dealt into `FOLDS`.
    told : collection of str
        Classes of the models to measure: labels that are called so none of `SYNONYMS` replaces.

    Raises
    ------
    CatalogueError
        If it can't be read, has no rows or lacks a column, a row is incomplete, a group is in
        several folds, or a study or picture has several groups, or a picture several labels.

    Warns
    -----
    UserWarning
        Of a label that is a code of the vocabulary, or another label, but for its spelling; of
        such a group.
    """
    where, table = _read_table(path)
    # What a person has not labelled yet is not trained on.
    labelled = [(number, entry) for number, entry in enumerate(table, 2) if entry["label"]]
    # Corrections from the viewer go by their study, be it joined to others of its patient or not.
    joined = {e["study_uid"]: e["group"] for _, e in labelled if e.get("study_uid")}
    for _, entry in labelled:
        entry["group"] = joined.get(entry["group"], entry["group"])
        entry["label"] = known_label(entry["label"], told)
    rows = [_row(path, number, entry, where) for number, entry in labelled]
    if not rows:
        raise CatalogueError(f"{path} holds no labelled images")
    refuse_parted(rows, path)
    refuse_ambiguous(rows, path)
    labels = {row.label for row in rows}
    groups = {row.group for row in rows}
    for doubt in (*misspelt_codes(labels), *labels_alike(labels), *groups_alike(groups)):
        # From here, however often it is read: Python tells it once.
        warnings.warn(f"{path}: {doubt}", stacklevel=1)
    return rows


def read_entries(path: Path) -> list[dict[str, str]]:
    """Read a catalogue's entries, one a row, as they are, but for ``path``, made absolute.

    Raises
    ------
    CatalogueError
        If it can't be read, a column is missing, or a labelled row is incomplete.
    """
    where, table = _read_table(path)
    return [{"path": str((path.parent / entry.pop(where)).resolve())} | entry for entry in table]


def _read_table(path: Path) -> tuple[str, list[dict[str, str]]]:
    """Return the column that holds the path, and a catalogue's entries."""
    entries: list[dict[str, str]] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            # Some spreadsheets write semicolons or tabs for commas.
            delimiter = max(",;\t", key=file.readline().count)
            file.seek(0)
            # Without strict a quotation mark that is not closed takes rows for one field.
            table = csv.DictReader(file, delimiter=delimiter, skipinitialspace=True, strict=True)
            where = _checked_columns(path, table)
            for entry in table:
                entries.append(_trimmed(entry, where))
                _refuse_unusable(path, len(entries) + 1, entries[-1], where)
            return where, entries
    except OSError as error:
        raise CatalogueError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(
            f'{path} is no CSV in UTF-8 ({error}): save the table as "CSV UTF-8"'
        ) from error
    except csv.Error as error:
        at = f"{path}, row {len(entries) + 2}"
        why = f"is no CSV ({error}): look for a quotation mark that is not closed"
        raise CatalogueError(f"{at} {why}") from error


def _checked_columns(path: Path, table: csv.DictReader[str]) -> str:
    """Write the names of columns as they are known here; return the one that holds the path."""
    names = [name.strip().casefold() for name in table.fieldnames or ()]
    table.fieldnames = names
    where = "path" if "path" in names else "file"
    missing = sorted({where, "label", "group"} - set(names))
    if missing:
        lacks = ", ".join("path" if column == where else column for column in missing)
        has = ", ".join(filter(None, names)) or "none"
        raise CatalogueError(f"{path} lacks the column {lacks}; its first line names: {has}")
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise CatalogueError(f"{path} has two columns {', '.join(twice)}: leave one")
    return where


def _trimmed(entry: Mapping[Any, Any], where: str) -> dict[str, str]:
    """Write fields in one way, but for the path; what is beyond the columns is dropped.

    Names of a Mac's folders may hold an umlaut as a letter and its dots.
    """
    told = {key: value or "" for key, value in entry.items() if key is not None}
    return {
        key: value if key == where else unicodedata.normalize("NFC", value.strip())
        for key, value in told.items()
    }


def _refuse_unusable(path: Path, number: int, entry: Mapping[str, str], where: str) -> None:
    # Without a name the row would mean the catalogue's whole folder.
    if entry["label"] and not (entry[where] and entry["group"]):
        raise CatalogueError(f"{path}, row {number}: {where} and group must be given")
    # What a machine that crashed left at the end of a file.
    if "\0" in entry[where]:
        raise CatalogueError(f"{path}, row {number}: {where} is no name of a file: it holds a NUL")


def write_catalogue(path: Path, table: Sequence[Mapping[str, str]]) -> Path:
    """Write entries as a catalogue, with all columns that one of them has."""
    return write_rows(table, path, tuple(dict.fromkeys(column for row in table for column in row)))


def classes_of(rows: list[Row]) -> tuple[str, ...]:
    """Return the labels that occur: those of the vocabulary in its order, then the others."""
    found = {row.label for row in rows}
    return (*(code for code in SEQUENCES if code in found), *sorted(found.difference(SEQUENCES)))


def _row(path: Path, number: int, entry: dict[str, str], where: str) -> Row:
    # A column that is not there is as good as an empty one; capitals tell nothing.
    told = defaultdict(str, entry)
    for word in ("origin", "label_confidence", "skull_stripped"):
        told[word] = told[word].casefold()
    place = told["slice"]
    try:
        fold = _fold(told)
        position = place_along(told["position"]) if told["position"] else None
        index = counted_place(place) if place else None
        volume = counted_place(told["volume"] or "0") if place else 0
    except ValueError as error:
        raise CatalogueError(
            f"{path}, row {number}: fold, slice, volume and position are numbers ({error})"
        ) from error
    uid, part = (told["series_uid"], told["part"]) if place else ("", "")
    # Echoes of one series of DICOM are stacks of their own.
    stack = f"{uid} {part}".strip() if place else told["volume"]
    return Row(
        path=path.parent / told[where],
        label=told["label"],
        group=told["group"],
        fold=fold,
        series=stack or told[where],
        origin=told["origin"],
        body_part=told["body_part"],
        position=position,
        doubtful=told["label_confidence"] in DOUBTFUL,
        dataset=told["dataset"] or told["source"],
        licence=told["licence"],
        vendor=told["vendor"],
        plane=told["plane"],
        slice=index,
        volume=volume,
        series_uid=uid,
        part=part,
        stripped=told["skull_stripped"] == "y",
        study_uid=told["study_uid"],
    )


def known_label(label: str, classes: Collection[str] = ()) -> str:
    """Return what a label of a catalogue is called here, where it is none of some classes."""
    # Each model has this class, however a user writes it.
    label = unknown_however_written(label)
    return label if label in classes else SYNONYMS.get(label, label)


def _fold(told: Mapping[str, str]) -> int:
    """Return a fold counted from 0; what was made for training may be of none, -1."""
    if not told["fold"]:
        return zlib.crc32(told["group"].encode()) % FOLDS
    fold = whole_number(told["fold"])
    if fold < 0 and told["origin"] not in MADE:
        text = told["fold"]
        raise ValueError(f"fold counts from 0, not {text}: leave it empty in all rows of the group")
    return fold
