"""Average the weights of two trainings from one start: ``python -m napari_mrseq.training.average``.

``… FIRST SECOND OUTPUT --catalogue CATALOGUE`` measures what is familiar to the average on what
both were trained on, and calibrates and measures it on the fold that neither was; ``--as TWIN``
takes calibration and figures from another average, where no fold is left. Averages of networks
trained on from the same weights are often better than each
(Wortsman et al., Model soups, ICML 2022).
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from safetensors.torch import load_file

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card import Card
from napari_mrseq.model.registry import read_card
from napari_mrseq.training.catalogue import read_catalogue
from napari_mrseq.training.familiarize import PREFIX
from napari_mrseq.training.run import finished
from napari_mrseq.training.weights_file import save_weights


def average(
    first: Path,
    second: Path,
    output: Path,
    *,
    catalogue: Path,
    twin: Path | None = None,
) -> Card:
    """Write the mean of two models' weights, with the first one's card.

    Parameters
    ----------
    first, second : Path
        Weights files of the same network and classes.
    output : Path
        Where the average goes.
    catalogue : Path
        Labelled pictures; those of the fold that the first one's card names calibrate and measure.
    twin : Path, optional
        Weights file to take calibration and figures from where it names no fold.

    Raises
    ------
    ModelError
        If the two differ in network or classes, or were not kept from the same fold.
    """
    card, other = read_card(first), read_card(second)
    if (card.network, card.classes) != (other.network, other.classes):
        raise ModelError(f"{first} and {second} differ in network or classes")
    folds = [one.training["recipe"]["held_out"] for one in (card, other)]
    if folds[0] != folds[1]:
        raise ModelError(f"{first} was kept from fold {folds[0]}, {second} from fold {folds[1]}")
    theirs = load_file(second)
    weights = {
        name: (ours.float() + theirs[name].float()) / 2
        for name, ours in load_file(first).items()
        if not name.startswith(PREFIX)
    }
    card = replace(card, training=dict(card.training) | {"averaged_with": other.training})
    card, weights = finished(card, weights, read_catalogue(catalogue), twin)
    save_weights(weights, card, output)
    return card


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("first", "second", "output"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--as", dest="twin", type=Path)
    chosen = parser.parse_args()
    print(average(**vars(chosen)).calibration)
