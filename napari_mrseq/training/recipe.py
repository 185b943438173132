"""How a network is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from napari_mrseq.model import networks


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; the defaults are those of a start from ImageNet's weights.

    Attributes
    ----------
    network : str
        Architecture, as `networks.build` knows it.
    input_size, stored_size : int
        Rows and columns the network sees, and of the prepared pictures it is cut from.
    early_share : float
        Share of the epochs, the first ones, in which it sees three quarters of the rows and
        columns: that takes half the time (progressive learning; Tan & Le, EfficientNetV2, 2021).
    epochs, draws, batch : int
        Epochs, pictures an epoch, pictures a step.
    rate, decay, dropout, smoothing, doubtful_smoothing, averaging : float
        Peak learning rate and weight decay (AdamW, one cycle), dropped features, label smoothing
        on sure and on doubtful labels, decay of the averaged weights.
    held_out : int or None
        Fold that is not trained on.
    seed : int
        Of all chance.
    """

    network: str = networks.LITE
    input_size: int = 129
    stored_size: int = 193
    early_share: float = 0.6
    epochs: int = 18
    draws: int = 8000
    batch: int = 64
    rate: float = 6e-4
    decay: float = 0.03
    dropout: float = 0.3
    smoothing: float = 0.06
    doubtful_smoothing: float = 0.2
    averaging: float = 0.998
    held_out: int | None = None
    seed: int = 0

    @property
    def judged_size(self) -> int:
        """Rows and columns that are judged later: an eighth more than are trained on.

        Zooms make things look larger in training than they do later (Touvron et al., Fixing the
        train-test resolution discrepancy, NeurIPS 2019).
        """
        return (self.input_size - 1) * 9 // 8 + 1


def tuning(pictures: int) -> dict[str, Any]:
    """Return what is usual where training starts from a model: shorter, gentler.

    Parameters
    ----------
    pictures : int
        How many there are: each is drawn about eight times an epoch, within bounds.
    """
    return {"epochs": 8, "draws": min(max(8 * pictures, 512), 8000), "rate": 5e-4}
