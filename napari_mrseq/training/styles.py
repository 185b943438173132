"""Looks of scanners, exchanged between pictures of one sequence while training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor, nn

    from napari_mrseq.model.networks import EfficientNetLite

# Blocks after whose output looks are mixed: the last of the first three stages.
MIXED_AFTER = (0, 2, 4)
# Share of the batches that are mixed, and how evenly (Beta's parameter): as published.
SHARE, EVENNESS = 0.5, 0.1


class StyleMixing:
    """Mixes means and spreads of early feature maps between pictures with the same label.

    They hold what a scanner and its processing do to a picture (MixStyle; Zhou et al., ICLR 2021).
    There any two pictures are mixed; here they share the label, since what tells one sequence from
    another lies in grey values too.

    Parameters
    ----------
    network : EfficientNetLite
        Mixes while in training mode, in batches announced by `draw`.
    """

    def __init__(self, network: EfficientNetLite) -> None:
        self._partners: Tensor | None = None
        self._weights = torch.empty(0)
        for index in MIXED_AFTER:
            network.blocks[index].register_forward_hook(self._mix)

    def draw(self, labels: Tensor, generator: torch.Generator) -> None:
        """Choose each picture's partner and share for the next batch, or that it stays as it is.

        Parameters
        ----------
        labels : (n,) int tensor
            Of the batch.
        generator : torch.Generator
            Of all chance.
        """
        self._partners = None
        if torch.rand((), generator=generator) >= SHARE:
            return
        # Among pictures in random order, sorted by label: each takes the next one of its label.
        order = torch.randperm(len(labels), generator=generator)
        order = order[labels[order].argsort(stable=True)]
        following = order.roll(-1)
        partners = torch.empty_like(order)
        partners[order] = following
        same = labels[partners] == labels
        self._partners = torch.where(same, partners, torch.arange(len(labels)))
        evenness = torch.full((len(labels), 2), EVENNESS, dtype=torch.float64)
        # Beta by two gammas, which take a generator.
        drawn = torch._standard_gamma(evenness, generator)
        self._weights = (drawn[:, 0] / drawn.sum(dim=1)).float()[:, None, None, None]

    def _mix(self, module: nn.Module, _inputs: tuple[Tensor, ...], maps: Tensor) -> Tensor:
        if self._partners is None or not module.training:
            return maps
        partners, weights = self._partners.to(maps.device), self._weights.to(maps.device)
        with torch.no_grad():
            spread, mean = torch.std_mean(maps.float(), dim=(2, 3), keepdim=True)
            spread = spread + 1e-3
            scale = torch.lerp(spread[partners], spread, weights) / spread
            shift = torch.lerp(mean[partners], mean, weights) - mean * scale
        return maps * scale.to(maps.dtype) + shift.to(maps.dtype)
