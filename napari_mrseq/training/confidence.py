"""What confidence is worth: what fits temperature and threshold, what measures, what it tells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.decision import tempered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# No probability counts for less: a single sure error would outweigh all else.
LEAST = 1e-12
TEMPERATURES = np.geomspace(0.2, 5.0, 200)
ERROR_BINS = 15
CHANCE_DRAWS = 200


def logs(probabilities: NDArray[Any]) -> NDArray[np.float64]:
    """Return logarithms, finite of 0 too; what is averaged over slices takes `decision.logs_of`."""
    return np.asarray(np.log(probabilities.clip(LEAST)))


def log_loss(right: NDArray[Any], weights: NDArray[Any] | Sequence[float]) -> float:
    """Return the weighted negative log-likelihood, from (n,) probabilities of the right classes."""
    return float(-np.average(logs(right), weights=weights))


def fit_temperature(
    log_probabilities: NDArray[Any], targets: NDArray[Any], weights: NDArray[Any]
) -> float:
    """Return the temperature with the least weighted negative log-likelihood.

    Guo et al., On Calibration of Modern Neural Networks (ICML 2017); searched on a grid.

    Parameters
    ----------
    log_probabilities : (n, classes) array
        Of pictures never trained on.
    targets : (n,) int array
        Right classes.
    weights : (n,) array
        Importance of each picture.
    """
    losses = []
    for temperature in TEMPERATURES:
        right = tempered(log_probabilities, temperature)[np.arange(len(targets)), targets]
        losses.append(log_loss(right, weights))
    return float(TEMPERATURES[int(np.argmin(losses))])


def bins_of(confidence: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Return which of so many bins of equal width each confidence, 0 to 1, lies in."""
    return np.asarray(np.minimum((confidence * count).astype(int), count - 1))


def calibration_error(confidence: NDArray[Any], right: NDArray[Any]) -> float:
    """Return the expected calibration error over 15 bins of equal width (Naeini et al., 2015)."""
    bins = bins_of(confidence, ERROR_BINS)
    gaps = [
        abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


def error_by_chance(confidence: NDArray[Any]) -> float:
    """Return the calibration error that so many perfectly honest answers have on average.

    With few cases in a bin, shares differ from confidences by chance alone: an error near this one
    tells nothing (Bröcker & Smith, Increasing the Reliability of Reliability Diagrams, 2007).
    """
    rng = np.random.default_rng(0)
    draws = (rng.random((CHANCE_DRAWS, len(confidence))) < confidence).astype(float)
    return float(np.mean([calibration_error(confidence, right) for right in draws]))


def threshold_keeping(confidence: NDArray[Any], right: NDArray[Any], lost: float) -> float:
    """Return the threshold below which at most a share `lost` of the right answers falls."""
    # Between two answers it would lose one more: of ten a tenth.
    return float(np.quantile(confidence[right], lost, method="lower")) if right.any() else 0.5


def rounded_down(share: float) -> float:
    """Write a share short, to be held against others; rounded up, it would exclude one more."""
    return math.floor(1e4 * share) / 1e4


def area_under_curve(scores: NDArray[Any], positive: NDArray[Any]) -> float:
    """Return the area under the ROC curve (Mann–Whitney U; ties count half).

    Parameters
    ----------
    scores : (n,) array
        Higher means more likely positive.
    positive : (n,) bool array
        Truth; nan is returned where one side is empty.
    """
    wins, losses = scores[positive], scores[~positive]
    if not (len(wins) and len(losses)):
        return float("nan")
    order = np.sort(losses)
    below = np.searchsorted(order, wins, side="left")
    up_to = np.searchsorted(order, wins, side="right")
    return float((below + up_to).mean() / 2 / len(losses))
