"""What a network's features look like on the slices of its training: see `model.familiarity`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch

from napari_mrseq.model import networks
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.classifier import network_input
from napari_mrseq.model.familiarity import outside
from napari_mrseq.model.weights_file import read_weights
from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.training.folds import measurable, without_copies
from napari_mrseq.training.images import load_images, sampling_weights

if TYPE_CHECKING:
    from torch import Tensor

    from napari_mrseq.model.card import Card
    from napari_mrseq.training.catalogue import Row

RANK = 256
# Slices whose features span the subspace; with fewer there is none.
MOST, LEAST = 6000, 2000
# Slices that show less than this say nothing of the rest.
LEAST_SHOWN = 0.05
# Of known slices held out, this share is more familiar than the point at which unknown is as
# likely as all else; the half of them that is most familiar keeps nearly all its probability.
FAMILIAR_SHARE, LOG_ODDS_AT_MEDIAN = 0.99, -6.0
BATCH = 64
# Name of the module in a network's state dict.
PREFIX = "familiarity."


def familiarized(
    card: Card,
    weights: Mapping[str, Tensor],
    rows: Sequence[Row],
    twin: Path | None = None,
) -> tuple[Card, dict[str, Tensor]]:
    """Teach a network what is familiar to it.

    Parameters
    ----------
    card : Card
        Of the network; the fold that it names as held out tells how familiar unseen slices are.
    weights : mapping of str to Tensor
        Its state dict; what it held of familiarity before is dropped.
    rows : sequence of Row
        What it was trained on, and that fold.
    twin : Path, optional
        Weights file of a network trained alike, with a fold held out: tells it where there is none.

    Returns
    -------
    card : Card
    weights : dict of str to Tensor
        Unchanged but for what was dropped where there are too few pictures, or nothing tells how
        familiar unseen slices are, as where a single one was held out.

    Raises
    ------
    CatalogueError
        If a picture can't be read; names it.
    """
    plain = {name: tensor for name, tensor in weights.items() if not name.startswith(PREFIX)}
    card = replace(card, familiarity=0)
    # With stripped copies as a measure of what is familiar, more strangers are named.
    known = [row for row in without_copies(rows) if row.label != UNKNOWN]
    trained = [row for row in known if row.fold != card.held_out]
    if card.network not in networks.LITES or len(trained) < LEAST:
        return card, plain
    network = cast("networks.EfficientNetLite", networks.build(card.network, len(card.classes)))
    network.load_state_dict(plain)
    network.float().eval().to(memory_format=torch.channels_last)
    features = _features(network, _balanced(trained), card.input_size)
    if len(features) < LEAST:
        return card, plain
    mean = features.mean(dim=0)
    _, directions = torch.linalg.eigh(torch.cov(features.T))
    basis = directions[:, -RANK:].contiguous()
    unseen = _features(network, measurable(known, card.held_out), card.input_size)
    told = _measured(outside(unseen, mean, basis)) or _told_by(twin)
    if not told:
        return card, plain
    centre, steepness = told
    learnt = {
        "mean": mean,
        "basis": basis,
        "centre": torch.tensor(centre),
        "steepness": torch.tensor(steepness),
        "unknown": torch.tensor([float(code == UNKNOWN) for code in card.classes]),
    }
    named = {PREFIX + name: tensor for name, tensor in learnt.items()}
    return replace(card, familiarity=RANK), plain | named


def _measured(shares: Tensor) -> tuple[float, float] | None:
    """Return centre and steepness by the shares of unseen slices; None where too few differ."""
    if not len(shares):
        return None
    centre, median = float(shares.quantile(FAMILIAR_SHARE)), float(shares.median())
    return (centre, LOG_ODDS_AT_MEDIAN / (median - centre)) if median < centre else None


def _told_by(twin: Path | None) -> tuple[float, float] | None:
    """Return centre and steepness of another model, where there is one that has them."""
    if twin is None or not read_card(twin).familiarity:
        return None
    told = read_weights(twin)
    return float(told[f"{PREFIX}centre"]), float(told[f"{PREFIX}steepness"])


def _balanced(rows: list[Row]) -> list[Row]:
    """Draw pictures as training does, so that no large data set makes up the subspace alone."""
    generator = torch.Generator().manual_seed(0)
    drawn = torch.multinomial(
        sampling_weights(rows), min(MOST, len(rows)), replacement=False, generator=generator
    )
    return [rows[index] for index in drawn.tolist()]


@torch.inference_mode()
def _features(network: networks.EfficientNetLite, rows: list[Row], size: int) -> Tensor:
    """Return the features of pictures as prediction prepares them, where they show something."""
    images, shown = load_images(rows, size)
    batches = (images[shown > LEAST_SHOWN].float() / 255).split(BATCH)
    inputs = (network_input(batch).to(memory_format=torch.channels_last) for batch in batches)
    return torch.cat([network.features(one) for one in inputs])
