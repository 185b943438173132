"""Which groups a model was trained on, by its card: what it may be measured on.

A card holds digests of them, not their names, which may be a patient's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from napari_mrseq.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from napari_mrseq.model.card import Card
    from napari_mrseq.training.catalogue import Row

# Key in the training record of a card.
GROUPS = "groups_trained_on"
# Hexadecimal digits kept: a new group is taken for one of ten thousand once in 400 000 times.
_DIGITS = 8


def digests_of(rows: Iterable[Row]) -> list[str]:
    """Return one digest for each group of some rows, in order."""
    return sorted({_digest(row.group) for row in rows})


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
        return _by_group(digests_seen(card), rows)
    unseen = [row for row in rows if row.fold == card.held_out]
    if card.training.get("catalogue") != catalogue:
        told = "all of it: by its card the model was trained on another catalogue"
        return list(rows), f"{told}; what it has seen would flatter it"
    if unseen:
        return unseen, f"fold {card.held_out}, never trained on"
    return list(rows), "no fold was held out of this model's training: what it has seen flatters it"


def digests_seen(card: Card) -> set[str]:
    """Return the digests of a model, of what it started from and of what was averaged with it."""
    return {digest for one in _trainings(card.training) for digest in one.get(GROUPS, ())}


def tells_all(card: Card) -> bool:
    """Say whether the card tells all that the model was trained on, from the start."""
    return all(GROUPS in one for one in _trainings(card.training))


def refuse_seen(path: Path, card: Card, rows: Iterable[Row], fold: int | None) -> None:
    """Refuse to call a fold unseen of which a model was trained on a part, by its card.

    Raises
    ------
    ModelError
        Names the model's file, and the fold.
    """
    held_out = {_digest(row.group) for row in rows if row.fold == fold}
    known = len(held_out & digests_seen(card))
    if known:
        raise ModelError(
            f"{path} was trained on {known} of the {len(held_out)} groups of fold {fold}: what is "
            "measured on them would flatter; hold out another fold, or use another model"
        )


def _by_group(seen: set[str], rows: Sequence[Row]) -> tuple[list[Row], str]:
    unseen = [row for row in rows if _digest(row.group) not in seen]
    if not unseen:
        told = "all of it: the model was trained on every group, what it has seen flatters it"
        return list(rows), told
    count, whole = (len({row.group for row in some}) for some in (unseen, rows))
    return unseen, f"{count} of {whole} groups, never trained on"


def _trainings(training: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a training, those before it and those averaged with it."""
    yield training
    start = training.get("start")
    before = [start.get("training")] if isinstance(start, Mapping) else []
    for other in [*before, *training.get("averaged_with", ())]:
        # Older cards tell some of these in words.
        if isinstance(other, Mapping):
            yield from _trainings(other)


def _digest(group: str) -> str:
    return hashlib.sha256(group.encode()).hexdigest()[:_DIGITS]
