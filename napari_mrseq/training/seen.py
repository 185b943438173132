"""Which groups a model was trained on, by its card: what it may be measured on.

A card holds digests of them, not their names, which may be a patient's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
        return _by_group(_seen(card.training), rows)
    held_out = card.training.get("recipe", {}).get("held_out")
    unseen = [row for row in rows if row.fold == held_out]
    if card.training.get("catalogue") != catalogue:
        told = "all of it: by its card the model was trained on another catalogue"
        return list(rows), f"{told}; what it has seen would flatter it"
    if unseen:
        return unseen, f"fold {held_out}, never trained on"
    return list(rows), "no fold was held out of this model's training: what it has seen flatters it"


def _by_group(seen: set[str], rows: Sequence[Row]) -> tuple[list[Row], str]:
    unseen = [row for row in rows if _digest(row.group) not in seen]
    if not unseen:
        told = "all of it: the model was trained on every group, what it has seen flatters it"
        return list(rows), told
    count, whole = (len({row.group for row in some}) for some in (unseen, rows))
    return unseen, f"{count} of {whole} groups, never trained on"


def _seen(training: Mapping[str, Any]) -> set[str]:
    """Return the digests of a training, of those before it and of those averaged with it."""
    seen = set(training.get(GROUPS, ()))
    start = training.get("start")
    before = [start.get("training")] if isinstance(start, Mapping) else []
    for other in [*before, *training.get("averaged_with", ())]:
        # Older cards tell some of these in words.
        if isinstance(other, Mapping):
            seen |= _seen(other)
    return seen


def _digest(group: str) -> str:
    return hashlib.sha256(group.encode()).hexdigest()[:_DIGITS]
