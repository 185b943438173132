"""What a training starts from and how it goes, from what the user asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from napari_mrseq.errors import CatalogueError, ModelError
from napari_mrseq.model import networks, registry
from napari_mrseq.model.card import TORCHVISION
from napari_mrseq.model.card_file import ONNX_SUFFIX, WEIGHTS_SUFFIX, read_card
from napari_mrseq.model.torchvision_preparation import CENTRE
from napari_mrseq.training.backbone import card_of_start
from napari_mrseq.training.folds import folds_of, folds_told, refuse_lone_class
from napari_mrseq.training.provenance import refuse_seen, tells_all
from napari_mrseq.training.recipe import Recipe, tuning
from napari_mrseq.training.run import FIGURES, train, train_torchvision
from napari_mrseq.training.torchvision_fit import TorchvisionRecipe

if TYPE_CHECKING:
    from napari_mrseq.training.catalogue import Row

IMAGENET = "imagenet"


@dataclass(frozen=True)
class Plan:
    """A training to be done.

    Attributes
    ----------
    recipe : Recipe or TorchvisionRecipe
        How; the kind says whose preparation and augmentation.
    start : Path or None
        Weights to start from; None for ImageNet's, or by chance where those aren't there.
    words : str
        What to tell the user about it.
    teachers : tuple of Path
        Models whose answers are taught too; for networks of `networks.LITES` alone.
    """

    recipe: Recipe | TorchvisionRecipe
    start: Path | None
    words: str
    teachers: tuple[Path, ...] = ()

    def refuse_seen(
        self, rows: Sequence[Row], left_out: Sequence[int | None], log: Callable[[str], None]
    ) -> None:
        """Refuse to hold out folds that the start or a teacher saw; tell of whom it isn't known.

        Parameters
        ----------
        rows : sequence of Row
            All of the catalogue.
        left_out : sequence of (int or None)
            Folds that are to be held out.
        log : callable
            Takes a line on each model whose card does not tell all that it was trained on.

        Raises
        ------
        ModelError
            If a model was trained on a group of such a fold.
        """
        folds = [fold for fold in left_out if fold is not None]
        for path in filter(None, (self.start, *self.teachers) if folds else ()):
            # A state dict has no card.
            told = path.suffix == WEIGHTS_SUFFIX
            if told:
                card = read_card(path)
                for fold in folds:
                    refuse_seen(path, card, rows, fold)
                told = tells_all(card)
            if not told:
                log(
                    f"{path} does not say everything that it was trained on: if that includes "
                    "what is held out here, the figures are too good"
                )

    def run(self, catalogue: Path, folder: Path, held_out: int | None, **more: Any) -> Path:
        """Train with a fold held out, as `training.run.train` does."""
        recipe = replace(self.recipe, held_out=held_out)
        if isinstance(recipe, TorchvisionRecipe):
            return train_torchvision(catalogue, folder, recipe, start=self.start, **more)
        return train(catalogue, folder, recipe, start=self.start, teachers=self.teachers, **more)


def plan(
    pictures: int,
    *,
    network: str | None = None,
    start: str = registry.DEFAULT,
    epochs: int | None = None,
    draws: int | None = None,
    rate: float | None = None,
    teachers: Sequence[str] = (),
) -> Plan:
    """Choose what the user left open.

    Parameters
    ----------
    pictures : int
        How many there are to train on.
    network : str, optional
        Architecture; by default that of the model to start from. Any classifier of torchvision
        is trained by the old program's recipe, with its preparation.
    start : str
        A model's name, a weights file, a state dict of torchvision's, or ``"imagenet"``.
    epochs, draws, rate : optional
        Epochs, pictures an epoch and peak learning rate, where they are not to be the usual ones.
    teachers : sequence of str
        Names or weights files of models whose answers are to be taught too.

    Raises
    ------
    ModelError
        If there is no such model, network or file, they don't go together, or nothing would be
        trained.
    """
    wishes = {"epochs": epochs, "draws": draws, "rate": rate}
    given = {name: wish for name, wish in wishes.items() if wish is not None}
    chosen = _chosen(pictures, network, start, given)
    if teachers and isinstance(chosen.recipe, TorchvisionRecipe):
        own = " and ".join(networks.LITES)
        raise ModelError(f"only {own} can be taught by teachers, not {chosen.recipe.network}")
    draws, batch = chosen.recipe.draws, chosen.recipe.batch
    if draws is not None and draws < batch:
        raise ModelError(f"{draws} pictures an epoch (--draws) are too few: one step takes {batch}")
    return replace(chosen, teachers=tuple(registry.find(one)[0] for one in teachers))


def _refuse_untrainable(network: str) -> None:
    """Refuse a network of torchvision that there isn't, or that wants larger pictures."""
    # Without numbers: only whether the sizes fit is asked.
    trained = networks.build(network, 2).train().to("meta")
    try:
        trained(torch.zeros(2, 3, CENTRE, CENTRE, device="meta"))
    except RuntimeError as error:
        raise ModelError(
            f"{network} can't be trained on pictures of {CENTRE} × {CENTRE}: choose another network"
        ) from error


def _chosen(pictures: int, network: str | None, start: str, given: dict[str, Any]) -> Plan:
    if network is not None and network not in networks.LITES:
        _refuse_untrainable(network)
        return _torchvision(network, None if start == registry.DEFAULT else start, given)
    if start == IMAGENET:
        recipe = Recipe(network=network or networks.LITE, **given)
        return Plan(recipe, None, "starting from ImageNet's weights")
    path = registry.find(start)[0]
    card = read_card(path)
    if card.preparation == TORCHVISION and network is None:
        return _torchvision(card.network, start, given)
    card_of_start(path, network or card.network)
    before = card.training.get("recipe", {})
    recipe = Recipe(
        network=card.network,
        input_size=before.get("input_size") or card.input_size,
        stored_size=before.get("stored_size") or round(card.input_size * 1.5),
        **(tuning(pictures) | given),
    )
    told = f"starting from {card.name} {card.version}; --start {IMAGENET} for a fresh start"
    return Plan(recipe, path, told)


def held_out_folds(
    rows: Sequence[Row], source: Path, folds: int | None, held_out: int | None
) -> Sequence[int | None]:
    """Return the fold that each training holds out: the first ones, the one asked for, or none.

    Raises
    ------
    CatalogueError
        If there are fewer folds, or one of several leaves a single class to train on.
    """
    if folds is None:
        return (held_out,)
    there = folds_of(rows)
    if folds > len(there):
        raise CatalogueError(f"{source} has no {folds} folds to hold out: {folds_told(rows)}")
    for fold in there[:folds]:
        # Before hours go into the others.
        refuse_lone_class(rows, fold, source)
    return there[:folds]


def summary(folders: list[Path]) -> Iterator[str]:
    """Tell how right the networks of a cross-validation are, each on the fold it never saw."""
    figures = [json.loads((folder / FIGURES).read_text(encoding="utf-8")) for folder in folders]
    for kind in ("slices", "series"):
        shares = [one.get(kind, {}).get("forced", {}).get("member, all") for one in figures]
        told = [share for share in shares if share is not None]
        if told:
            each = ", ".join(f"{share:.1%}" for share in told)
            yield f"{kind} right, fold by fold: {each}; mean {sum(told) / len(told):.1%}"


def _torchvision(network: str, start: str | None, given: dict[str, Any]) -> Plan:
    recipe = TorchvisionRecipe(network=network, **given)
    how = f"{network} by the old program's recipe, "
    if start is None or start == IMAGENET:
        path = _imagenet_file(network)
        if path is None and start:
            raise ModelError(
                f"ImageNet's weights of {network} are not on this machine: download torchvision's "
                "file where that is allowed, and name it with --start FILE"
            )
        # The shipped network is of another make: without ImageNet's weights there is only chance.
        told = "starting from ImageNet's weights" if path else "from random weights (--start FILE)"
        return Plan(recipe, path, how + told)
    path = Path(start)
    if not path.is_file():
        path = registry.find(start)[0]
    # Any other file is a state dict.
    if path.suffix in (WEIGHTS_SUFFIX, ONNX_SUFFIX):
        card_of_start(path, network)
    return Plan(recipe, path, f"{how}starting from {path}")


def _imagenet_file(network: str) -> Path | None:
    """Find the weights that torchvision has downloaded before, if it has."""
    from torchvision import models

    weights: Callable[[str], Any] = models.get_model_weights
    url = str(weights(network).DEFAULT.url)
    path = Path(torch.hub.get_dir()) / "checkpoints" / Path(url).name
    return path if path.is_file() else None
