"""Make a pair of two networks trained apart: ``python -m napari_mrseq.training.pair``.

``… FIRST SECOND OUTPUT --catalogue CATALOGUE --version VERSION`` calibrates and measures the pair
on the fold that neither was trained on; ``--as TWIN`` takes calibration and figures from another
pair, where no fold is left.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from safetensors.torch import load_file

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card import Calibration, Card
from napari_mrseq.model.networks import LITE, PAIR
from napari_mrseq.model.registry import read_card
from napari_mrseq.training.backbone import MEMBERS
from napari_mrseq.training.catalogue import read_catalogue
from napari_mrseq.training.run import measured
from napari_mrseq.training.weights_file import save_weights


def pair(
    first: Path,
    second: Path,
    output: Path,
    *,
    catalogue: Path,
    version: str,
    twin: Path | None = None,
) -> Card:
    """Write two networks as one model, with the first one's card.

    Parameters
    ----------
    first, second : Path
        Weights files of single networks with the same classes and input.
    output : Path
        Where the pair goes.
    catalogue : Path
        Labelled pictures; those of the fold that both were kept from calibrate and measure.
    version : str
        Of the pair; its name is the first one's.
    twin : Path, optional
        Weights file to take calibration and figures from where there is no such fold.

    Raises
    ------
    ModelError
        If the two are of other kinds, don't go together, or were not kept from the same fold.
    """
    card, other = cards = read_card(first), read_card(second)
    alike = {(one.network, one.classes, one.input_size, one.familiarity) for one in cards}
    if len(alike) > 1 or card.network != LITE:
        raise ModelError(f"{first} and {second} are no two {LITE} of the same classes and input")
    folds = [one.training["recipe"]["held_out"] for one in cards]
    if folds[0] != folds[1]:
        raise ModelError(f"{first} was kept from fold {folds[0]}, {second} from fold {folds[1]}")
    weights = {
        member + name: tensor
        for member, path in zip(MEMBERS, (first, second), strict=True)
        for name, tensor in load_file(path).items()
    }
    training = dict(card.training) | {"paired_with": other.training}
    card = replace(card, version=version, network=PAIR, training=training)
    card = replace(card, calibration=Calibration(), figures={})
    held_out = [row for row in read_catalogue(catalogue) if row.fold == folds[0]]
    if held_out:
        card = measured(card, weights, held_out)
    elif twin:
        known = read_card(twin)
        card = replace(card, calibration=known.calibration, figures=known.figures)
    save_weights(weights, card, output)
    return card


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("first", "second", "output"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--as", dest="twin", type=Path)
    chosen = parser.parse_args()
    print(pair(**vars(chosen)).calibration)
