"""Folds of a catalogue: which there are, and what is left to train on when one is held out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_mrseq.errors import CatalogueError
from napari_mrseq.training.catalogue import STRIPPED
from napari_mrseq.training.soundness import refuse_single_class

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from napari_mrseq.training.catalogue import Row


def folds_of(rows: Sequence[Row]) -> list[int]:
    """Return the folds that can be held out; what belongs to none has a negative one."""
    return sorted({row.fold for row in rows if row.fold >= 0})


def refuse_empty_fold(rows: Sequence[Row], fold: int | None, source: Path) -> None:
    """Refuse to hold out, or to measure on, a fold without pictures.

    Raises
    ------
    CatalogueError
        If `fold` is one and has none; names the folds that there are.
    """
    if fold is not None and fold not in folds_of(rows):
        raise CatalogueError(f"{source} has no pictures of fold {fold}: {folds_told(rows)}")


def folds_told(rows: Sequence[Row]) -> str:
    """Tell which folds there are."""
    told = ", ".join(map(str, folds_of(rows))) or "none"
    return f"its folds are {told} (a column fold tells which row belongs to which)"


def trained_on(rows: Sequence[Row], held_out: int | None) -> list[Row]:
    """Return the rows that are not in the fold held out.

    Raises
    ------
    CatalogueError
        If there is none.
    """
    kept = [row for row in rows if row.fold != held_out]
    if not kept:
        raise CatalogueError("no picture is left to train on: every one is in the fold held out")
    return kept


def refuse_lone_class(rows: Sequence[Row], held_out: int | None, source: Path) -> None:
    """Refuse to train where a fold held out leaves nothing to tell apart.

    Raises
    ------
    CatalogueError
        If a single class is left, or all there is.
    """
    refuse_single_class((row.label for row in rows), source)
    left = {row.label for row in trained_on(rows, held_out)}
    if len(left) < 2:
        raise CatalogueError(
            f"{source}: {left.pop()} alone is left to train on with fold {held_out} held out: hold "
            "out another, or give each fold groups of several classes (a column fold)"
        )


def without_copies(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that a network can be measured on: all but stripped copies."""
    return [row for row in rows if row.origin != STRIPPED]


def measurable(rows: Sequence[Row], fold: int | None) -> list[Row]:
    """Return the rows of a fold that a network can be measured on."""
    return [row for row in without_copies(rows) if row.fold == fold]


def tell_untaught(rows: Sequence[Row], held_out: int | None, log: Callable[[str], None]) -> None:
    """Say of which labels nothing is left to train on when a fold is held out."""
    taught = {row.label for row in rows if row.fold != held_out}
    for label in sorted({row.label for row in rows} - taught):
        log(f"{label}: all of it is of fold {held_out}, held out: it can't be learnt")
