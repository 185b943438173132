"""A model measured on a catalogue, alone or beside another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.errors import CatalogueError, first_few
from napari_mrseq.naming import printable
from napari_mrseq.sequences import UNKNOWN, family_of
from napari_mrseq.training.answers import (
    answer_all_ways,
    answer_slices,
    series_members,
)
from napari_mrseq.training.bootstrap import compared
from napari_mrseq.training.cases import Cases, best_answer, cases_by_kind
from napari_mrseq.training.catalogue import read_catalogue
from napari_mrseq.training.folds import measurable, refuse_empty_fold, without_copies
from napari_mrseq.training.labelled_slices import readable
from napari_mrseq.training.measures import figures_by_kind, measures_of
from napari_mrseq.training.provenance import group_count, seen_told, unseen_rows
from napari_mrseq.training.series_rows import LEFT_OUT
from napari_mrseq.training.soundness import refuse_missing
from napari_mrseq.training.sources import catalogue_of

if TYPE_CHECKING:
    from napari_mrseq.model import Model
    from napari_mrseq.training.catalogue import Row

KINDS = ("slices", "series")


def measure_source(
    model: Model,
    source: Path,
    against: Model | None = None,
    log: Callable[[str], None] = print,
    fold: int | None = None,
) -> dict[str, Any]:
    """Measure a model on what it never saw of a catalogue, or of a folder with one per class.

    Takes, besides the source and a fold to measure on whatever the models' cards say, and returns
    what `measure` does, and ``measured on``: in words, whether the models have seen it, and which
    labels are no class of theirs; and ``left out``: what can't be read, and why, in words. What
    the second one was trained on is left out, too, unless that is all.

    Raises
    ------
    CatalogueError
        If the source can't be used, has no such fold, or a file is missing, or no label is a class
        of the model.
    """
    left_out: list[str] = []

    def told_too(line: str) -> None:
        if line.startswith(LEFT_OUT):
            left_out.append(line.removeprefix(LEFT_OUT))
        log(line)

    models = [model, against] if against else [model]
    classes = {code for one in models for code in one.classes}
    with TemporaryDirectory() as folder:
        table = catalogue_of(source, Path(folder), log=told_too)
        rows = without_copies(read_catalogue(table, told=classes))
    if not rows:
        raise CatalogueError(f"{source} holds stripped copies alone: nothing to measure on")
    if fold is None:
        unseen, told = _unseen_by_both(model, against, rows, source.name)
    else:
        refuse_empty_fold(rows, fold, source)
        unseen = measurable(rows, fold)
        told = _fold_told(models, unseen, fold)
    refuse_missing(unseen, source)
    unseen = readable(unseen, source, told_too)
    _refuse_foreign(model, unseen, source)
    told = printable("; ".join([told, *_foreign_told(models, unseen)]))
    log(told)
    return {"measured on": told, "left out": left_out} | measure(model, unseen, against, log)


def _unseen_by_both(
    model: Model, against: Model | None, rows: Sequence[Row], catalogue: str
) -> tuple[list[Row], str]:
    """Return the rows that neither model was trained on, and what to tell about each."""
    unseen, told = unseen_rows(model.card, rows, catalogue)
    if against:
        own, other = _titles(model, against)
        unseen, beside = unseen_rows(against.card, unseen, catalogue)
        count = f"{group_count(unseen)} of {group_count(rows)} groups"
        told = f"both on {count}; {own}: {told}; of these, {other}: {beside}"
    return unseen, told


def _fold_told(models: Sequence[Model], rows: Sequence[Row], fold: int) -> str:
    """Tell which fold is measured on, and of each model whether it has seen that."""
    each = zip(_titles(*models), models, strict=True)
    words = [f"{title}: {seen_told(model.card, rows)}" for title, model in each]
    return "; ".join([f"fold {fold} alone", *words])


def _refuse_foreign(model: Model, rows: Sequence[Row], source: Path) -> None:
    """Refuse to measure a model that knows none of the labels: its figures would mean nothing."""
    foreign = _foreign(model, rows)
    if len(foreign) == len({row.label for row in rows}):
        raise CatalogueError(
            f"{source}: {model.name} has none of its labels as a class ({first_few(foreign, 3)}): "
            f"name another model, or label {UNKNOWN} what it is to call unknown"
        )


def _foreign_told(models: Sequence[Model], rows: Sequence[Row]) -> Iterator[str]:
    """Yield a line on each model that doesn't know all labels."""
    for model, title in zip(models, _titles(*models), strict=True):
        if foreign := _foreign(model, rows):
            yield f"no class of {title}, so that unknown is right: {', '.join(foreign)}"


def _foreign(model: Model, rows: Sequence[Row]) -> list[str]:
    """Return the labels that a model could at best call unknown."""
    labels = {row.label for row in rows} - {UNKNOWN}
    return sorted(label for label in labels if best_answer(label, model.classes) == UNKNOWN)


def measure(
    model: Model,
    rows: Sequence[Row],
    against: Model | None = None,
    log: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Measure a model on labelled slices.

    Parameters
    ----------
    model : Model
        A loaded network.
    rows : sequence of Row
        What to measure it on.
    against : Model, optional
        Measured on the same, and compared.
    log : callable
        Takes a line of progress.

    Returns
    -------
    dict
        ``model``; ``slices``, ``slices in their stack`` and ``series``, each as `figures_of` gives
        them, with ``measures`` (see `measures_of`); ``classes`` and ``confusion`` of the series
        (see `figures_by_kind`); with `against` also ``against``: its ``model``, the ``titles`` of
        both, the ``families`` that both know, and what `compared` gives for slices and series.
    """
    figures, cases = _measured(model, rows, log)
    if against is None:
        return figures
    _, others = _measured(against, rows, log)
    common = sorted(_families(model) & _families(against))
    beside = {
        kind: compared(
            cases[kind],
            others[kind],
            np.array([row.group for row in _rows_of(kind, rows)]),
            common,
        )
        for kind in KINDS
    }
    other = {"model": against.identity, "titles": _titles(model, against), "families": common}
    return figures | {"against": other | beside}


def _measured(
    model: Model, rows: Sequence[Row], log: Callable[[str], None]
) -> tuple[dict[str, Any], dict[str, Cases]]:
    log(f"{model.name} judges {len(rows)} slices")
    answers = answer_all_ways(
        answer_slices(model, rows), rows, model.classes, model.card.calibration
    )
    cases = cases_by_kind(answers, model.classes, model.card.calibration)
    figures = {"model": model.identity} | figures_by_kind(cases, model.classes)
    for kind, some in cases.items():
        measures = measures_of(some, _rows_of(kind, rows), model.classes)
        figures[kind] = figures[kind] | {"measures": measures}
    return figures, cases


def _rows_of(kind: str, rows: Sequence[Row]) -> Sequence[Row]:
    """Return the row of each case: of a series its first."""
    return [rows[members[0]] for members in series_members(rows)] if kind == "series" else rows


def _titles(*models: Model) -> list[str]:
    """Name models so that they can be told apart, by their hashes where nothing else does."""
    names = [f"{model.name} {model.version}" for model in models]
    if len(set(names)) == len(names):
        return names
    return [f"{model.name} ({model.sha256[:6]})" for model in models]


def _families(model: Model) -> set[str]:
    return {family_of(code) for code in model.classes if code != UNKNOWN}
