"""What a network is taught to say of each picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from napari_mrseq.sequences import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from napari_mrseq.training.catalogue import Row

# A slice that shows this much is taught its label; one that shows less, in part, to be unknown.
PLAIN = 0.1


def targets_of(
    rows: Sequence[Row],
    classes: Sequence[str],
    shown: Tensor,
    *,
    smoothing: float,
    doubtful_smoothing: float,
) -> Tensor:
    """Return the probabilities that are taught.

    Parameters
    ----------
    rows : sequence of Row
        The pictures' labels.
    classes : sequence of str
        Columns of the result; *unknown* among them.
    shown : (n,) tensor
        How much each picture shows, as `prepare` tells it.
    smoothing, doubtful_smoothing : float
        Share that is dealt to all classes alike, for sure and for doubtful labels.

    Returns
    -------
    (n, classes) float32 tensor
        Rows sum to 1.
    """
    labels = torch.tensor([classes.index(row.label) for row in rows])
    smooth = torch.tensor([doubtful_smoothing if row.doubtful else smoothing for row in rows])
    certainty = (shown / PLAIN).clamp(0, 1)[:, None]
    unknown = unknown_target(classes, 0.0)
    targets = unknown.lerp(functional.one_hot(labels, len(classes)).float(), certainty)
    return targets * (1 - smooth[:, None]) + smooth[:, None] / len(classes)


def unknown_target(classes: Sequence[str], smoothing: float) -> Tensor:
    """Return the (classes,) probabilities taught of what is no MR of a known kind."""
    one = torch.tensor([float(code == UNKNOWN) for code in classes])
    return one * (1 - smoothing) + smoothing / len(classes)
