"""Trained networks that say what a new one is taught, beside the labels (distillation).

What several networks think of a picture together is more often right on unseen hospitals than
what one of them does, and honest where a picture can't be told; a single network can learn it
(Hinton et al., Distilling the knowledge in a neural network, 2015; Beyer et al., Knowledge
distillation: a good teacher is patient and consistent, CVPR 2022: from the very same crop).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from napari_mrseq.errors import ModelError
from napari_mrseq.model import networks, running
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.classifier import network_input
from napari_mrseq.model.weights_file import refuse_onnx
from napari_mrseq.training.backbone import start_from_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

    from napari_mrseq.model.card import Card


class Teachers:
    """Networks of the same classes, each asked as often as the others.

    Parameters
    ----------
    paths : sequence of Path
        Weights files of napari-mrseq's own network.
    classes : tuple of str
        What they must know, in this order.
    device : str
        Where they run.

    Raises
    ------
    ModelError
        If one is of another kind, or knows other classes.
    """

    def __init__(self, paths: Sequence[Path], classes: tuple[str, ...], device: str) -> None:
        self.device, self.half = device, running.training_precision(device)
        self.networks = [_taught(path, classes).to(device) for path in paths]

    @torch.inference_mode()
    def opinion(self, inputs: Tensor, generator: torch.Generator) -> Tensor:
        """Return (n, classes) probabilities by one of the teachers, chosen by chance.

        The loss is linear in what is taught: on average this teaches the mean of them all.
        """
        chosen = int(torch.randint(len(self.networks), (1,), generator=generator))
        with running.precision(self.device, self.half):
            logits = self.networks[chosen](network_input(inputs))
        return torch.softmax(logits.float(), dim=1)


def card_of_teacher(path: Path, classes: tuple[str, ...]) -> Card:
    """Return the card of a model that is to teach these classes; raises what `Teachers` does."""
    refuse_onnx(path)
    card = read_card(path)
    if card.network not in networks.LITES:
        own = " and ".join(networks.LITES)
        raise ModelError(f"{path} holds weights of {card.network}: only {own} can teach")
    if card.classes != classes:
        raise ModelError(f"{path} knows other classes than those to be taught: it can't teach them")
    return card


def _taught(path: Path, classes: tuple[str, ...]) -> torch.nn.Module:
    card = card_of_teacher(path, classes)
    network = networks.build(card.network, len(classes))
    start_from_model(network, path, card.network, classes)
    return running.folded(network.eval()).to(memory_format=torch.channels_last)
