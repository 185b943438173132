"""One training by the old program's recipe, from catalogue to weights file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from napari_mrseq.model.card import TORCHVISION, Card
from napari_mrseq.model.torchvision_preparation import CENTRE
from napari_mrseq.model.weights_file import write_weights
from napari_mrseq.sequences import SEQUENCES, UNKNOWN
from napari_mrseq.training.catalogue import classes_of, read_catalogue
from napari_mrseq.training.folds import measurable, trained_on
from napari_mrseq.training.provenance import provenance
from napari_mrseq.training.run import WEIGHTS, begin, end, kept, measured
from napari_mrseq.training.torchvision_fit import WINDOW, TorchvisionRecipe, fit_torchvision

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
    """
    rows = [row for row in read_catalogue(catalogue) if row.label != UNKNOWN]
    begin(catalogue, rows, folder, recipe.held_out, log)
    rows = kept(rows, catalogue, recipe.held_out, log)
    classes = classes_of(rows, tuple(SEQUENCES))
    used = [rows[place] for place in trained_on(rows, recipe.held_out)]
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
        limits=LIMITS,
        preparation=TORCHVISION,
        window=WINDOW,
    )
    held_out = measurable(rows, recipe.held_out)
    if held_out:
        log(f"measuring on {len(held_out)} pictures of fold {recipe.held_out}")
        card = measured(card, weights, held_out)
    whole = {key: tensor.contiguous() for key, tensor in weights.items()}
    write_weights(whole, card, folder / WEIGHTS)
    return end(card, folder, log)
