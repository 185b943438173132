"""What a card tells of a training: on what, how, from what and by whom it was taught."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from napari_mrseq.model import networks
from napari_mrseq.model.card_file import WEIGHTS_SUFFIX, read_card
from napari_mrseq.training.seen import GROUPS, digests_of, digests_seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari_mrseq.model.card import Card
    from napari_mrseq.training.catalogue import Row
    from napari_mrseq.training.recipe import Recipe
    from napari_mrseq.training.torchvision_fit import TorchvisionRecipe


def provenance(
    catalogue: Path,
    used: Sequence[Row],
    recipe: Recipe | TorchvisionRecipe,
    start: Path | None,
    teachers: Sequence[Path] = (),
) -> dict[str, Any]:
    """Return the training record of a card.

    Parameters
    ----------
    catalogue : Path
        CSV of labelled pictures.
    used : sequence of Row
        What of it was trained on.
    recipe : Recipe or TorchvisionRecipe
        How.
    start : Path, optional
        Weights that the training started from.
    teachers : sequence of Path
        Weights files of models whose answers were taught. What they, and the start, have seen
        counts as seen.

    Raises
    ------
    ModelError
        If a weights file has no card.
    """
    taught = [read_card(teacher) for teacher in teachers]
    before = [read_card(start)] if start and start.suffix == WEIGHTS_SUFFIX else []
    return {
        "catalogue": catalogue.name,
        "pictures": len(used),
        "groups": len({row.group for row in used}),
        GROUPS: sorted(set(digests_of(used)).union(*map(digests_seen, [*before, *taught]))),
        "labels": dict(Counter(row.label for row in used)),
        "sources": [
            {"dataset": dataset, "licence": licence, "pictures": count}
            for (dataset, licence), count in Counter(
                (row.dataset, row.licence) for row in used
            ).most_common()
        ],
        "recipe": asdict(recipe),
        "start": _origin(recipe.network, start, before),
        "teachers": [_named(card) for card in taught],
    }


def _origin(network: str, start: Path | None, before: Sequence[Card]) -> Any:
    """Tell where the weights came from: a name, or the training of the model before."""
    for card in before:
        return _named(card) | {"training": card.training}
    if start:
        return start.name
    return "ImageNet" if network in networks.LITES else "random"


def _named(card: Card) -> dict[str, Any]:
    return {"model": card.name, "version": card.version, "held_out": card.held_out}
