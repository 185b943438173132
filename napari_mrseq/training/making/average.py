"""Average the weights of several trainings: ``python -m napari_mrseq.training.making.average``.

``… LAST BEFORE [MORE …] --output FILE --catalogue CATALOGUE`` measures what is familiar to the
average on what all were trained on, and calibrates and measures it on the fold that none was;
``--as TWIN`` takes calibration and figures from another average, where no fold is left. Averages of
networks trained on from the same weights are often better than each
(Wortsman et al., Model soups, ICML 2022).
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card import Card
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.weights_file import read_weights, save_weights
from napari_mrseq.training.catalogue import read_catalogue
from napari_mrseq.training.familiarize import PREFIX
from napari_mrseq.training.run import finished

if TYPE_CHECKING:
    from collections.abc import Sequence


def average(
    paths: Sequence[Path],
    output: Path,
    *,
    catalogue: Path,
    twin: Path | None = None,
) -> Card:
    """Write the mean of the weights of several models, with the first one's card.

    Parameters
    ----------
    paths : sequence of Path
        Weights files of the same network and classes, the latest training first.
    output : Path
        Where the average goes.
    catalogue : Path
        Labelled pictures; those of the fold that the first one's card names calibrate and measure.
    twin : Path, optional
        Weights file to take calibration and figures from where it names no fold.

    Raises
    ------
    ModelError
        If they differ in network or classes, or were not kept from the same fold.
    """
    cards = [read_card(path) for path in paths]
    card, others = cards[0], cards[1:]
    for path, other in zip(paths[1:], others, strict=True):
        if (card.network, card.classes) != (other.network, other.classes):
            raise ModelError(f"{paths[0]} and {path} differ in network or classes")
        if card.held_out != other.held_out:
            raise ModelError(
                f"{paths[0]} was kept from fold {card.held_out}, {path} from fold {other.held_out}"
            )
    tensors = [read_weights(path) for path in paths]
    weights = {
        name: torch.stack([one[name].float() for one in tensors]).mean(dim=0)
        for name in tensors[0]
        if not name.startswith(PREFIX)
    }
    training = dict(card.training) | {"averaged_with": [other.training for other in others]}
    card = replace(card, training=training)
    card, weights = finished(card, weights, read_catalogue(catalogue), twin)
    save_weights(weights, card, output)
    return card


def main() -> None:
    """Write the average; print its calibration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+", metavar="weights")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--as", dest="twin", type=Path)
    print(average(**vars(parser.parse_args())).calibration)


if __name__ == "__main__":
    main()
