"""What a network sees in a step: pictures drawn and varied, and what it is taught of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.training.augmentation import augment
from napari_mrseq.training.images import sampling_weights
from napari_mrseq.training.mp2rage import as_uniform
from napari_mrseq.training.negatives import make_negatives
from napari_mrseq.training.scalp import distances, with_scalp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from napari_mrseq.training.catalogue import Row
    from napari_mrseq.training.recipe import Recipe
    from napari_mrseq.training.teachers import Teachers

# A slice that shows this much is taught its label; one that shows less, in part, to be unknown.
PLAIN = 0.1
# Part of each batch that is made into something unknown.
NEGATIVE_SHARE = 0.05
# Part of the stripped brains that get a skull and a scalp.
SCALP_SHARE = 0.5
# Part of the T1 of whole heads that become what MP2RAGE gives.
UNIFORM_SHARE = 0.25
# Share of what teachers say in what is taught; the rest is the label.
TAUGHT_SHARE = 0.5


class Batches:
    """Labelled pictures, drawn by chance.

    Parameters
    ----------
    images : (n, 1, size, size) uint8 tensor
        Prepared pictures.
    shown : (n,) tensor
        How much each shows.
    rows : sequence of Row
        Their labels.
    classes : tuple of str
        Order of the outputs.
    recipe : Recipe
        Says how surely labels are taught, and the seed of all chance.
    device : str
        Where the pictures are kept and varied.

    Attributes
    ----------
    generator : torch.Generator
        Source of all that is drawn.
    teachers : Teachers or None
        Networks whose answers are taught beside the labels, where they are set.
    """

    def __init__(
        self,
        images: Tensor,
        shown: Tensor,
        rows: Sequence[Row],
        classes: tuple[str, ...],
        recipe: Recipe,
        device: str,
    ) -> None:
        self.device = device
        self.teachers: Teachers | None = None
        self.generator = torch.Generator().manual_seed(recipe.seed)
        self._images = images.to(device)
        self._stripped = torch.tensor([row.stripped for row in rows])
        self._whole_t1 = torch.tensor([row.label == "T1" and row.is_whole_head for row in rows])
        self._away = distances(images[self._stripped]).to(device)
        self._place_of_away = self._stripped.cumsum(0) - 1
        self._targets = _targets_of(rows, classes, shown, recipe).to(device)
        self._unknown = _smoothed(_is_unknown(classes), recipe.smoothing).to(device)
        self._chances = sampling_weights(rows)

    def draw(self, count: int) -> Tensor:
        """Draw the places of this many pictures, balanced over classes, regions and groups."""
        return torch.multinomial(self._chances, count, True, generator=self.generator)

    def take(self, chosen: Tensor, size: int) -> tuple[Tensor, Tensor]:
        """Vary the pictures drawn.

        Parameters
        ----------
        chosen : (n,) int tensor
            Their places.
        size : int
            Rows and columns that the network sees.

        Returns
        -------
        inputs : (n, 1, size, size) float tensor
            Between 0 and 1.
        targets : (n, classes) float tensor
            Probabilities that are taught.
        """
        here = self._here(chosen)
        pictures, targets = self._images[here].float() / 255, self._targets[here]
        covered = self._some(self._stripped[chosen], SCALP_SHARE)
        if len(covered):
            away = self._away[self._here(self._place_of_away[chosen[covered]])]
            places = self._here(covered)
            pictures[places] = with_scalp(pictures[places], away, self.generator)
        places = self._here(self._some(self._whole_t1[chosen], UNIFORM_SHARE))
        if len(places):
            pictures[places] = as_uniform(pictures[places], self.generator)
        places = self._here(self._some(torch.ones(len(chosen), dtype=torch.bool), NEGATIVE_SHARE))
        if len(places):
            pictures[places] = make_negatives(pictures[places], self.generator)
            targets[places] = self._unknown
        inputs = augment(pictures, size, self.generator)
        if self.teachers:
            targets = targets.lerp(self.teachers.opinion(inputs, self.generator), TAUGHT_SHARE)
        return inputs, targets

    def _some(self, among: Tensor, share: float) -> Tensor:
        """Return the places, drawn by chance, of a share of those that are true."""
        return (among & (torch.rand(len(among), generator=self.generator) < share)).nonzero()[:, 0]

    def _here(self, places: Tensor) -> Tensor:
        return places.to(self.device, non_blocking=True)


def _targets_of(
    rows: Sequence[Row], classes: Sequence[str], shown: Tensor, recipe: Recipe
) -> Tensor:
    """Return the (n, classes) probabilities that are taught of each picture."""
    labels = torch.tensor([classes.index(row.label) for row in rows])
    smoothing = torch.tensor(
        [recipe.doubtful_smoothing if row.doubtful else recipe.smoothing for row in rows]
    )
    certainty = (shown / PLAIN).clamp(0, 1)[:, None]
    labelled = functional.one_hot(labels, len(classes)).float()
    return _smoothed(_is_unknown(classes).lerp(labelled, certainty), smoothing[:, None])


def _is_unknown(classes: Sequence[str]) -> Tensor:
    """Return the (classes,) probabilities of what is no MR of a known kind."""
    return torch.tensor([float(code == UNKNOWN) for code in classes])


def _smoothed(targets: Tensor, share: Tensor | float) -> Tensor:
    """Deal a share of the probability to all classes alike (label smoothing)."""
    return targets * (1 - share) + share / targets.shape[-1]
