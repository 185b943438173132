"""Whether the rows of a catalogue can be trained and measured on, before hours go into it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from napari_mrseq.errors import CatalogueError, first_few
from napari_mrseq.sequences import SEQUENCES, spelt_alike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from napari_mrseq.training.catalogue import Row


def refuse_single_class(labels: Iterable[str], source: Path) -> None:
    """Refuse to train where there is nothing to tell apart.

    Raises
    ------
    CatalogueError
        If there are fewer than two different labels.
    """
    found = sorted(set(labels))
    if len(found) < 2:
        raise CatalogueError(
            f"{source} gives fewer than two classes to tell apart ({', '.join(found) or 'none'}): "
            "a folder for each class is needed, a catalogue of two labels or more, or DICOM and "
            "--label-from-header"
        )


def refuse_missing(rows: Sequence[Row], source: Path) -> None:
    """Refuse to begin a training that would end at a file that is not there.

    Raises
    ------
    CatalogueError
        Names some of the files.
    """
    gone = [str(path) for path in dict.fromkeys(row.path for row in rows) if not is_there(path)]
    if gone:
        raise CatalogueError(
            f"{source}: not there: {first_few(gone, 3)} (paths are relative to the catalogue)"
        )


def is_there(path: Path) -> bool:
    """Say whether there is such a file or folder, as far as may be seen."""
    # Path.exists raises of too long a name, and where a folder may not be entered.
    return os.path.exists(path)  # noqa: PTH110


def refuse_lost(rows: Sequence[Row], kept: Sequence[Row], source: Path) -> None:
    """Refuse to train without a class of which no picture can be read.

    Raises
    ------
    CatalogueError
        Names the class.
    """
    lost = {row.label for row in rows} - {row.label for row in kept}
    if lost:
        raise CatalogueError(
            f"{source}: no picture of {', '.join(sorted(lost))} can be read: put sound files in "
            "their place, or leave out that class"
        )


def labels_alike(labels: Iterable[str]) -> Iterator[str]:
    """Say which labels of one's own are the same but for spaces and capitals: often a slip."""
    for one, other in _alike(set(labels) - set(SEQUENCES)):
        yield f"the labels {one!r} and {other!r} become two classes: write both alike, if one"


def groups_alike(groups: Iterable[str]) -> Iterator[str]:
    """Say which groups are so: one may be trained on, and the other measured on."""
    if pairs := [f"{one!r} and {other!r}" for one, other in _alike(set(groups))]:
        yield f"groups count as two subjects: {first_few(pairs, 3)}: write both alike, if one"


def _alike(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield names that are others but for spaces and capitals, each with the first of these."""
    first: dict[str, str] = {}
    for name in sorted(names):
        if (other := first.setdefault(spelt_alike(name), name)) != name:
            yield other, name


def refuse_parted(rows: Iterable[Row], source: Path) -> None:
    """Refuse a group, or a study, that would be trained on and tested on.

    Raises
    ------
    CatalogueError
        If a group is in two folds, or a study in two groups.
    """
    folds: dict[str, int] = {}
    studies: dict[str, str] = {}
    for row in rows:
        if row.study_uid and studies.setdefault(row.study_uid, row.group) != row.group:
            raise CatalogueError(
                f"{source}: the study {row.study_uid!r} is in the groups "
                f"{studies[row.study_uid]!r} and {row.group!r}: give all its rows one group"
            )
        if folds.setdefault(row.group, row.fold) != row.fold:
            raise CatalogueError(
                f"{source}: the group {row.group!r} is in the folds {folds[row.group]} and "
                f"{row.fold}: give all its rows one fold, or leave fold empty in all of them"
            )


def copies_told(copies: Iterable[Sequence[Row]]) -> Iterator[str]:
    """Say which copies of a picture are in two groups or have two labels.

    Parameters
    ----------
    copies : iterable of sequences of Row
        Rows whose pictures are the same.
    """
    for what, why in (
        ("group", "what is trained on may be measured on: give them one group, or leave one"),
        ("label", "it is taught as both: leave the right one"),
    ):
        if told := _parted(copies, what):
            yield f"the same picture has two {what}s ({first_few(told, 3)}); {why}"


def patients_told(patients: Iterable[Sequence[Row]]) -> Iterator[str]:
    """Say which patients are in two groups; takes the rows of each."""
    if told := _parted(patients, "group"):
        why = "what is trained on may be measured on: give them one group"
        yield f"the same patient has two groups ({first_few(told, 3)}); {why}"


def _parted(alike: Iterable[Sequence[Row]], what: str) -> list[str]:
    """Name a picture of each of two groups, or labels, of what is alike."""
    told = []
    for rows in alike:
        one, *others = {getattr(row, what): row for row in rows}.values()
        told += [f"{one.path} and {other.path}" for other in others]
    return told


def refuse_ambiguous(rows: Sequence[Row], source: Path) -> None:
    """Refuse a picture that would be trained on and tested on, or taught as two things.

    Raises
    ------
    CatalogueError
        If rows give one picture two groups or two labels; a row of a folder is one of each picture.
    """
    places = {path: os.path.realpath(path) for path in {row.path for row in rows}}
    first: dict[tuple[object, ...], Row] = {}
    for row in rows:
        # A picture is its own slice 0.
        image = places[row.path], row.slice or 0, row.volume, row.series_uid, row.part
        before = first.setdefault(image, row)
        for what in ("group", "label"):
            told = getattr(before, what), getattr(row, what)
            if told[0] != told[1]:
                place = "" if row.slice is None else f" (slice {row.slice})"
                raise CatalogueError(
                    f"{source}: {row.path}{place} has the {what}s {told[0]!r} and {told[1]!r}: "
                    "leave one row of each picture"
                )
