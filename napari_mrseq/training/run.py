"""One training from catalogue to weights file: load, fit, calibrate, measure, write."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from napari_mrseq.model import Model, networks
from napari_mrseq.model.card import Calibration, Card
from napari_mrseq.model.registry import read_card
from napari_mrseq.sequences import SEQUENCES, UNKNOWN
from napari_mrseq.training.answers import answer_slices
from napari_mrseq.training.calibrate import calibrate, cross_calibrated, halves
from napari_mrseq.training.cases import cases_by_kind
from napari_mrseq.training.catalogue import (
    STRIPPED,
    Row,
    classes_of,
    read_catalogue,
    refuse_missing,
    refuse_single_class,
)
from napari_mrseq.training.familiarize import familiarized
from napari_mrseq.training.fit import fit, refuse_foreign_state
from napari_mrseq.training.folds import refuse_empty_fold, tell_untaught
from napari_mrseq.training.images import load_images
from napari_mrseq.training.measures import figures_by_kind
from napari_mrseq.training.output import output_folder
from napari_mrseq.training.recipe import Recipe
from napari_mrseq.training.seen import GROUPS, digests_of
from napari_mrseq.training.weights_file import save_weights

WEIGHTS = "model.safetensors"
FIGURES = "figures.json"


def train(
    catalogue: Path,
    folder: Path,
    recipe: Recipe,
    *,
    name: str,
    version: str,
    start: Path | None = None,
    teachers: Sequence[Path] = (),
    resume: bool = False,
    log: Callable[[str], None] = print,
) -> Path:
    """Train, calibrate and measure a network; write it with its card.

    Parameters
    ----------
    catalogue : Path
        CSV of labelled pictures.
    folder : Path
        Where the state, the weights (``model.safetensors``) and the figures go.
    recipe : Recipe
        How; its ``held_out`` fold calibrates and measures.
    name, version : str
        Of the model.
    start : Path, optional
        Weights file of a model to start from. Where no fold is held out and the classes are the
        same, its calibration is kept: there is nothing unseen to fit a new one on.
    teachers : sequence of Path
        Weights files of models whose answers are taught beside the labels.
    resume : bool
        Go on from the state in `folder`.
    log : callable
        Takes a line of progress.

    Returns
    -------
    Path
        The weights file.

    Raises
    ------
    CatalogueError
        If the catalogue or a picture can't be used, or the fold held out has none.
    ModelError
        If the state to go on from is damaged or belongs to another training.
    """
    output_folder(folder)
    rows = read_catalogue(catalogue)
    refuse_single_class((row.label for row in rows), catalogue)
    refuse_empty_fold(rows, recipe.held_out, catalogue)
    refuse_missing(rows, catalogue)
    tell_untaught(rows, recipe.held_out, log)
    found = classes_of(rows, tuple(SEQUENCES))
    classes = found if UNKNOWN in found else (*found, UNKNOWN)
    if resume:
        refuse_foreign_state(rows, classes, recipe, folder, start, teachers)
    log(f"preparing {len(rows)} pictures")
    images, shown = load_images(rows, recipe.stored_size, log)
    weights = fit(
        images, shown, rows, classes, recipe, folder,
        start=start, teachers=teachers, resume=resume, log=log,
    )  # fmt: skip
    card = Card(
        name=name,
        version=version,
        network=recipe.network,
        classes=classes,
        input_size=recipe.judged_size,
        training=_provenance(catalogue, rows, recipe, start, teachers),
    )
    card, weights = finished(card, weights, rows, start, log)
    if not _measurable(rows, recipe.held_out):
        # What it started from was measured, this one was not.
        card = replace(card, figures={})
    path = folder / WEIGHTS
    save_weights(weights, card, path)
    (folder / FIGURES).write_text(json.dumps(card.figures, indent=1), encoding="utf-8")
    log(f"{path} written")
    return path


def finished(
    card: Card,
    weights: dict[str, torch.Tensor],
    rows: list[Row],
    twin: Path | None,
    log: Callable[[str], None] = print,
) -> tuple[Card, dict[str, torch.Tensor]]:
    """Measure what is familiar to a network, and how right it is, on the fold its card names.

    Where that fold has no pictures, calibration and figures are those of the twin, if there is one:
    a model trained alike, or the one that training started from.
    """
    fold = card.training["recipe"]["held_out"]
    card, weights = familiarized(card, weights, rows, fold, twin)
    held_out = _measurable(rows, fold)
    if held_out:
        log(f"measuring on {len(held_out)} pictures of fold {fold}")
        card = measured(replace(card, calibration=Calibration()), weights, held_out)
    elif twin:
        card = _inherited(card, read_card(twin))
    return card, weights


def _measurable(rows: list[Row], fold: int | None) -> list[Row]:
    """Return the rows of the fold held out that a network can be measured on."""
    return [row for row in rows if row.fold == fold and row.origin != STRIPPED]


def measured(card: Card, weights: dict[str, torch.Tensor], rows: list[Row]) -> Card:
    """Fit the calibration, and measure each half of the groups with that of the other half."""
    network = networks.build(card.network, len(card.classes), familiarity=card.familiarity)
    network.load_state_dict(weights)
    model = Model(card=card, sha256="", device="cpu", network=network.float().eval())
    slices = answer_slices(model, rows)
    calibration = calibrate(slices, rows, card.classes)
    answers = cross_calibrated(slices, rows, card.classes, halves(rows))
    figures = figures_by_kind(cases_by_kind(answers, card.classes, calibration), card.classes)
    return replace(card, calibration=calibration, figures=figures)


def _inherited(card: Card, before: Card) -> Card:
    """Take the calibration and figures of a model that is alike."""
    if before.classes != card.classes:
        return card
    return replace(card, calibration=before.calibration, figures=before.figures)


def _provenance(
    catalogue: Path,
    rows: list[Row],
    recipe: Recipe,
    start: Path | None,
    teachers: Sequence[Path],
) -> dict[str, Any]:
    used = [row for row in rows if row.fold != recipe.held_out]
    return {
        "catalogue": catalogue.name,
        "pictures": len(used),
        "groups": len({row.group for row in used}),
        GROUPS: digests_of(used),
        "labels": dict(Counter(row.label for row in used)),
        "sources": [
            {"dataset": dataset, "licence": licence, "pictures": count}
            for (dataset, licence), count in Counter(
                (row.dataset, row.licence) for row in used
            ).most_common()
        ],
        "recipe": asdict(recipe),
        "start": _start(recipe, start),
        "teachers": [_named(read_card(teacher)) for teacher in teachers],
    }


def _start(recipe: Recipe, start: Path | None) -> Any:
    """Tell where the weights came from: a name, or the training of the model before."""
    if start:
        before = read_card(start)
        return _named(before) | {"training": before.training}
    return "ImageNet" if recipe.network in networks.LITES else "random"


def _named(card: Card) -> dict[str, Any]:
    held_out = card.training.get("recipe", {}).get("held_out")
    return {"model": card.name, "version": card.version, "held_out": held_out}
