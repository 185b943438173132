"""One training from catalogue to weights file: load, fit, calibrate, measure, write."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from napari_mrseq.errors import told_when_stopped
from napari_mrseq.model import Model, networks
from napari_mrseq.model.card import TORCHVISION, Calibration, Card
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.torchvision_preparation import CENTRE
from napari_mrseq.model.weights_file import save_weights, write_weights
from napari_mrseq.safe_writing import output_folder, write_whole
from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.training.answers import answer_slices
from napari_mrseq.training.backbone import imagenet_file
from napari_mrseq.training.calibrate import calibrate, cross_calibrated, halves
from napari_mrseq.training.catalogue import Row, classes_of, read_catalogue
from napari_mrseq.training.familiarize import familiarized
from napari_mrseq.training.fit import fit
from napari_mrseq.training.folds import (
    measurable,
    refuse_empty_fold,
    refuse_lone_class,
    tell_untaught,
    trained_on,
)
from napari_mrseq.training.images import load_images
from napari_mrseq.training.labelled_slices import readable
from napari_mrseq.training.measures import figures_by_kind
from napari_mrseq.training.provenance import provenance
from napari_mrseq.training.recipe import Recipe
from napari_mrseq.training.soundness import refuse_lost, refuse_missing
from napari_mrseq.training.state import CHECKPOINT, purpose_of, read_state
from napari_mrseq.training.teachers import card_of_teacher
from napari_mrseq.training.torchvision_fit import WINDOW, TorchvisionRecipe, fit_torchvision

WEIGHTS = "model.safetensors"
FIGURES = "figures.json"
UNPREPARED = "stopped while pictures were prepared: nothing was learnt"
UNFINISHED = "stopped before the model was written: the same command with --resume goes on"
TORCHVISION_LIMITS = "For research. Not for diagnosis. It has no class for what it does not know."


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
        If the state to go on from is damaged or belongs to another training, a teacher knows other
        classes, or ImageNet's weights are wanted and not installed.
    """
    rows = read_catalogue(catalogue)
    _begin(catalogue, rows, folder, recipe.held_out, log)
    found = classes_of(rows)
    classes = found if UNKNOWN in found else (*found, UNKNOWN)
    # What `fit` would not begin with is refused before pictures are prepared for it.
    if start is None and recipe.network in networks.LITES:
        imagenet_file(recipe.network)
    for teacher in teachers:
        card_of_teacher(teacher, classes)
    model = f"{name} {version}"
    with told_when_stopped(UNPREPARED, log):
        rows = _kept(rows, catalogue, recipe.held_out, log)
        used = trained_on(rows, recipe.held_out)
        if resume:
            purpose = purpose_of(recipe, used, classes, (start, *teachers), model)
            read_state(folder / CHECKPOINT, purpose)
        log(f"preparing {len(used)} pictures")
        images, shown = load_images(used, recipe.stored_size, log)
    weights = fit(
        images, shown, used, classes, recipe, folder,
        start=start, teachers=teachers, model=model, resume=resume, log=log,
    )  # fmt: skip
    card = Card(
        name=name,
        version=version,
        network=recipe.network,
        classes=classes,
        input_size=recipe.judged_size,
        training=provenance(catalogue, used, recipe, start, teachers),
    )
    with told_when_stopped(UNFINISHED, log):
        card, weights = finished(card, weights, rows, start, log)
    if not measurable(rows, recipe.held_out):
        # What it started from was measured, this one was not.
        card = replace(card, figures={})
    save_weights(weights, card, folder / WEIGHTS)
    return _end(card, folder, log)


def train_torchvision(
    catalogue: Path,
    folder: Path,
    recipe: TorchvisionRecipe,
    *,
    name: str,
    version: str,
    start: Path | None = None,
    resume: bool = False,
    log: Callable[[str], None] = print,
) -> Path:
    """Train, calibrate and measure a classifier of torchvision; write it with its card.

    Takes, returns and raises what `train` does; rows labelled unknown are left out.
    """
    rows = [row for row in read_catalogue(catalogue) if row.label != UNKNOWN]
    _begin(catalogue, rows, folder, recipe.held_out, log)
    with told_when_stopped(UNPREPARED, log):
        rows = _kept(rows, catalogue, recipe.held_out, log)
    classes = classes_of(rows)
    used = trained_on(rows, recipe.held_out)
    log(f"training {recipe.network} on {len(used)} pictures")
    weights = fit_torchvision(
        used, classes, recipe, folder,
        start=start, model=f"{name} {version}", resume=resume, log=log,
    )  # fmt: skip
    card = Card(
        name=name,
        version=version,
        network=recipe.network,
        classes=classes,
        input_size=CENTRE,
        training=provenance(catalogue, used, recipe, start),
        limits=TORCHVISION_LIMITS,
        preparation=TORCHVISION,
        window=WINDOW,
    )
    with told_when_stopped(UNFINISHED, log):
        card, weights = finished(card, weights, rows, None, log)
    write_weights(weights, card, folder / WEIGHTS)
    return _end(card, folder, log)


def _begin(
    catalogue: Path,
    rows: Sequence[Row],
    folder: Path,
    held_out: int | None,
    log: Callable[[str], None],
) -> None:
    """Make the folder of a training, and refuse pictures that none can be trained on."""
    output_folder(folder)
    refuse_empty_fold(rows, held_out, catalogue)
    refuse_lone_class(rows, held_out, catalogue)
    refuse_missing(rows, catalogue)
    tell_untaught(rows, held_out, log)


def _kept(
    rows: Sequence[Row], catalogue: Path, held_out: int | None, log: Callable[[str], None]
) -> list[Row]:
    """Return the pictures that can be read; refuse to go on without a class, or the fold."""
    found = readable(rows, catalogue, log)
    refuse_lost(rows, found, catalogue)
    refuse_empty_fold(found, held_out, catalogue)
    return found


def _end(card: Card, folder: Path, log: Callable[[str], None]) -> Path:
    """Write the figures beside the weights, and return the path of those."""
    write_whole(folder / FIGURES, json.dumps(card.figures, indent=1).encode())
    log(f"{folder / WEIGHTS} written")
    return folder / WEIGHTS


def finished(
    card: Card,
    weights: dict[str, torch.Tensor],
    rows: list[Row],
    twin: Path | None,
    log: Callable[[str], None] = print,
) -> tuple[Card, dict[str, torch.Tensor]]:
    """Measure what is familiar to a network, and how right it is, on the fold its card names.

    Where that fold has no pictures, calibration and figures are those of the twin, if there is one
    of the same classes: a model trained alike, or the one that training started from.
    """
    card, weights = familiarized(card, weights, rows, twin)
    held_out = measurable(rows, card.held_out)
    if held_out:
        log(f"measuring on {len(held_out)} pictures of fold {card.held_out}")
        card = _measured(card, weights, held_out)
    elif twin and (before := read_card(twin)).classes == card.classes:
        card = replace(card, calibration=before.calibration, figures=before.figures)
    return card, weights


def _measured(card: Card, weights: dict[str, torch.Tensor], rows: list[Row]) -> Card:
    """Fit the calibration, and measure each half of the groups with one fitted on the other half.

    A single group is measured with its own.
    """
    card = replace(card, calibration=Calibration())
    network = networks.build(card.network, len(card.classes), familiarity=card.familiarity)
    networks.fill(network, weights)
    model = Model(card=card, sha256="", device="cpu", network=network.float().eval())
    slices = answer_slices(model, rows)
    calibration = calibrate(slices, rows, card.classes)
    cases = cross_calibrated(slices, rows, card.classes, halves(rows))
    figures = figures_by_kind(cases, card.classes)
    return replace(card, calibration=calibration, figures=figures)
