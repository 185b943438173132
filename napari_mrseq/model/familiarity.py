"""Out-of-distribution score: slices unlike those of the training raise *unknown*.

A network is sure of many pictures that are no MR. Its features tell better: those of the slices
that it was trained on lie near a subspace, those of other pictures point elsewhere (virtual-logit
matching: Wang et al., ViM, CVPR 2022).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Familiarity(nn.Module):
    """Raise the logit of *unknown* by how far features leave a subspace.

    The part of the features' length outside the subspace, 0 to 1, is held against `centre`: there
    *unknown* is as likely as all known classes together, `steepness` times the distance to it are
    the log-odds elsewhere.

    Parameters
    ----------
    features, classes : int
        Of the network.
    rank : int
        Directions of the subspace.
    """

    mean: Tensor
    basis: Tensor
    centre: Tensor
    steepness: Tensor
    unknown: Tensor

    def __init__(self, features: int, classes: int, rank: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("basis", torch.zeros(features, rank))
        self.register_buffer("centre", torch.ones(()))
        self.register_buffer("steepness", torch.zeros(()))
        # 1 at the place of unknown among the classes, else 0.
        self.register_buffer("unknown", torch.zeros(classes))

    def forward(self, features: Tensor, logits: Tensor) -> Tensor:
        """Return (n, classes) logits, that of *unknown* raised; from (n, features) and logits."""
        logits = logits.float()
        odds = self.steepness * (outside(features, self.mean, self.basis) - self.centre)
        known = (logits - 1e4 * self.unknown).logsumexp(dim=1)
        before = (logits * self.unknown).sum(dim=1)
        raised = torch.logaddexp(before, known + odds)
        return logits + (raised - before)[:, None] * self.unknown


def outside(features: Tensor, mean: Tensor, basis: Tensor) -> Tensor:
    """Return the part of (n, features) vectors' length that a subspace does not hold, 0 to 1.

    Parameters
    ----------
    features : (n, features) tensor
    mean : (features,) tensor
        Where the subspace starts.
    basis : (features, rank) tensor
        Orthonormal columns.
    """
    away = features.float() - mean
    length = away.square().sum(dim=1)
    inside = (away @ basis).float().square().sum(dim=1)
    return ((length - inside).clamp_min(0) / length.clamp_min(1e-12)).sqrt()
