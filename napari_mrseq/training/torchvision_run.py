"""One training by the old program's recipe, from catalogue to weights file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from napari_mrseq.model import Model, networks
from napari_mrseq.model.card import TORCHVISION, Card
from napari_mrseq.model.torchvision_preparation import CENTRE
from napari_mrseq.model.weights_file import write_weights
from napari_mrseq.sequences import SEQUENCES, UNKNOWN
from napari_mrseq.training.answers import answer_slices
from napari_mrseq.training.calibrate import calibrate
from napari_mrseq.training.catalogue import (
    classes_of,
    read_catalogue,
    refuse_missing,
    refuse_single_class,
)
from napari_mrseq.training.comparison import measure
from napari_mrseq.training.folds import refuse_empty_fold, tell_untaught, trained_on
from napari_mrseq.training.output import output_folder
from napari_mrseq.training.run import FIGURES, WEIGHTS
from napari_mrseq.training.seen import GROUPS, digests_of
from napari_mrseq.training.torchvision_fit import WINDOW, TorchvisionRecipe, fit_torchvision

if TYPE_CHECKING:
    from napari_mrseq.training.catalogue import Row

LIMITS = "For research. Not for diagnosis. It has no class for what it does not know."


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

    Takes, returns and raises what `training.run.train` does; rows labelled unknown are left out.
    The figures of the fold held out are measured with the calibration fitted on that fold, which
    moves no answer, only how sure it is.
    """
    output_folder(folder)
    rows = [row for row in read_catalogue(catalogue) if row.label != UNKNOWN]
    refuse_single_class((row.label for row in rows), catalogue)
    refuse_empty_fold(rows, recipe.held_out, catalogue)
    refuse_missing(rows, catalogue)
    tell_untaught(rows, recipe.held_out, log)
    classes = classes_of(rows, tuple(SEQUENCES))
    used = [rows[place] for place in trained_on(rows, recipe.held_out)]
    log(f"training {recipe.network} on {len(used)} pictures")
    weights = fit_torchvision(used, classes, recipe, folder, start=start, resume=resume, log=log)
    card = Card(
        name=name,
        version=version,
        network=recipe.network,
        classes=classes,
        input_size=CENTRE,
        training=_provenance(catalogue, used, recipe, start),
        limits=LIMITS,
        preparation=TORCHVISION,
        window=WINDOW,
    )
    held_out = [row for row in rows if row.fold == recipe.held_out]
    if held_out:
        log(f"measuring on {len(held_out)} pictures of fold {recipe.held_out}")
        card = _measured(card, weights, held_out)
    path = folder / WEIGHTS
    whole = {key: tensor.contiguous() for key, tensor in weights.items()}
    write_weights(whole, card, path)
    (folder / FIGURES).write_text(json.dumps(card.figures, indent=1), encoding="utf-8")
    log(f"{path} written")
    return path


def _measured(card: Card, weights: dict[str, torch.Tensor], rows: list[Row]) -> Card:
    network = networks.build(card.network, len(card.classes))
    network.load_state_dict(weights)
    model = Model(card=card, sha256="", device="cpu", network=network.float().eval())
    calibration = calibrate(answer_slices(model, rows), rows, card.classes)
    model = replace(model, card=replace(card, calibration=calibration))
    return replace(model.card, figures=measure(model, rows, log=lambda _: None))


def _provenance(
    catalogue: Path, used: Sequence[Row], recipe: TorchvisionRecipe, start: Path | None
) -> dict[str, Any]:
    return {
        "catalogue": catalogue.name,
        "pictures": len(used),
        "groups": len({row.group for row in used}),
        GROUPS: digests_of(used),
        "labels": dict(Counter(row.label for row in used)),
        "recipe": asdict(recipe),
        "start": start.name if start else "random",
    }
