"""The training record of a card: on what, how, from what and by whom a model was taught.

What was trained on must not be measured on. A card holds digests of groups, not their names, which
may be a patient's.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from napari_mrseq.errors import ModelError
from napari_mrseq.model import networks
from napari_mrseq.model.card_file import WEIGHTS_SUFFIX, read_card

if TYPE_CHECKING:
    from pathlib import Path

    from napari_mrseq.model.card import Card
    from napari_mrseq.training.catalogue import Row
    from napari_mrseq.training.recipe import Recipe
    from napari_mrseq.training.torchvision_fit import TorchvisionRecipe

# Key in the training record of a card.
GROUPS = "groups_trained_on"
# Hexadecimal digits kept: a new group is taken for one of ten thousand once in 400 000 times.
_DIGITS = 8


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
    before = read_card(start) if start and start.suffix == WEIGHTS_SUFFIX else None
    known = [card for card in (before, *taught) if card]
    return {
        "catalogue": catalogue.name,
        "pictures": len(used),
        "groups": group_count(used),
        GROUPS: sorted(set(digests_of(used)).union(*map(_digests_seen, known))),
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


def _origin(network: str, start: Path | None, before: Card | None) -> Any:
    """Tell where the weights came from: a name, or the training of the model before."""
    if before:
        return _named(before) | {"training": before.training}
    if start:
        return start.name
    return "ImageNet" if network in networks.LITES else "random"


def _named(card: Card) -> dict[str, Any]:
    return {"model": card.name, "version": card.version, "held_out": card.held_out}


def unseen_rows(card: Card, rows: Sequence[Row], catalogue: str) -> tuple[list[Row], str]:
    """Return the rows that a model was not trained on, and what to tell about that.

    Where its card names the groups that it, and what it started from, were trained on, these
    decide; the cards of older models name a catalogue and the fold held out.

    Parameters
    ----------
    card : Card
        Of the model.
    rows : sequence of Row
        All of the catalogue.
    catalogue : str
        Its file name.
    """
    if GROUPS in card.training:
        return _by_group(_digests_seen(card), rows)
    named = card.training.get("catalogue")
    if named != catalogue:
        own = "by its card the model was trained on another catalogue"
        why = "its card does not say what the model was trained on" if named is None else own
        return list(rows), f"all of it: {why}; what it has seen would flatter it"
    if unseen := [row for row in rows if row.fold == card.held_out]:
        return unseen, f"fold {card.held_out}, never trained on"
    return list(rows), "no fold was held out of this model's training: what it has seen flatters it"


def seen_told(card: Card, rows: Sequence[Row]) -> str:
    """Tell what a card says of having seen some rows, whatever fold was held out."""
    if known := _groups_seen(_digests_seen(card), rows):
        return f"trained on {len(known)} of its {group_count(rows)} groups, which flatters it"
    if tells_all(card):
        return "never trained on"
    if card.held_out is None:
        return "its card does not say whether it was trained on"
    return f"by its card fold {card.held_out} was held out"


def tells_all(card: Card) -> bool:
    """Say whether the card tells all that the model was trained on, from the start."""
    return all(GROUPS in one for one in _trainings(card.training))


def refuse_seen(path: Path, card: Card, rows: Iterable[Row], fold: int) -> None:
    """Refuse to call a fold unseen of which a model was trained on a part, by its card.

    Raises
    ------
    ModelError
        Names the model's file, and the fold.
    """
    held_out = [row for row in rows if row.fold == fold]
    if known := _groups_seen(_digests_seen(card), held_out):
        raise ModelError(
            f"{path} was trained on {len(known)} of the {group_count(held_out)} groups of fold "
            f"{fold}: what is measured on them would flatter; hold out another fold, or use "
            "another model"
        )


def _by_group(seen: set[str], rows: Sequence[Row]) -> tuple[list[Row], str]:
    known = _groups_seen(seen, rows)
    unseen = [row for row in rows if row.group not in known]
    if not unseen:
        told = "all of it: the model was trained on every group, what it has seen flatters it"
        return list(rows), told
    return unseen, f"{group_count(unseen)} of {group_count(rows)} groups, never trained on"


def group_count(rows: Iterable[Row]) -> int:
    """Count the groups that rows belong to."""
    return len({row.group for row in rows})


def _groups_seen(seen: set[str], rows: Iterable[Row]) -> set[str]:
    """Return the groups of which a part was trained on: of a patient's studies one is enough."""
    return {row.group for row in rows if seen.intersection(digests_of([row]))}


def _digests_seen(card: Card) -> set[str]:
    """Return the digests of a model, of what it started from and of what was averaged with it."""
    return {digest for one in _trainings(card.training) for digest in one.get(GROUPS, ())}


def _trainings(training: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a training, those before it and those averaged with it."""
    yield training
    start = training.get("start")
    before = [start.get("training")] if isinstance(start, Mapping) else []
    for other in [*before, *training.get("averaged_with", ())]:
        # Older cards tell some of these in words.
        if isinstance(other, Mapping):
            yield from _trainings(other)


def digests_of(rows: Iterable[Row]) -> list[str]:
    """Return one digest for each group of some rows, and for each study joined to it, in order."""
    return sorted({_digest(name) for row in rows for name in (row.group, row.study_uid) if name})


def _digest(group: str) -> str:
    return hashlib.sha256(group.encode()).hexdigest()[:_DIGITS]
