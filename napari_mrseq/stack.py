"""Slices of one stack held against each other: what all of them show speaks for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.decision import by_class, likeliest_family, logs_of, tempered

# Share of a stack over which a neighbour's word fades (one standard deviation): the poor ends of a
# stack hear its middle, and the halves of a stack put together from two keep apart.
REACH = 0.4
# Power of a slice's own probabilities. Labelled stacks, each of one sequence, would have it 0:
# this much lets slices speak for themselves in stacks that are mixed.
OWN_POWER = 0.2
# A slice this sure by itself of another family keeps its word, since stacks can be mixed, if it
# shows as much as nine slices of ten in the middle of a stack do: the last ones of a head, of which
# little is left, are often sure to be nothing that is known.
SURE, SHOWN = 0.9, 0.15
# Of a few slices, such as the three planes of a localizer, none lies beside another.
LEAST_SLICES = 4
_ROWS_AT_ONCE = 512


def pool_slices(
    probabilities: NDArray[Any],
    weights: NDArray[Any],
    volumes: NDArray[Any],
    places: NDArray[Any],
    classes: Sequence[str],
    stack_power: float,
) -> NDArray[np.float64]:
    """Let the slices of each volume speak for each other.

    Slices of one volume are of one sequence but for stacks put together by hand: the end of a
    stack, where there is little to see, is what its middle is. A slice's own probabilities and
    those around it are joined in a logarithmic opinion pool (`pooled`).

    Parameters
    ----------
    probabilities : (n, classes) array
        Of each slice alone.
    weights : (n,) array
        How much each slice shows; one that shows nothing keeps its own word.
    volumes : (n,) array
        Volume each slice belongs to.
    places : (n,) array
        Place of each slice in its volume, 0 to 1.
    classes : sequence of str
        Columns of the probabilities.
    stack_power : float
        Of the model's calibration: how much the slices around one count. With 0 nothing changes.

    Returns
    -------
    (n, classes) array
        Rows sum to 1.
    """
    alone = np.asarray(probabilities, dtype=float)
    if not stack_power:
        return alone
    result = alone.copy()
    for seen in slices_to_pool(weights, volumes):
        near = neighbour_average(alone[seen], weights[seen], places[seen])
        together = pooled(alone[seen], near, stack_power)
        result[seen] = _keep_sure(alone[seen], together, weights[seen], classes)
    return result


def slices_to_pool(weights: NDArray[Any], volumes: NDArray[Any]) -> Iterator[NDArray[np.int64]]:
    """Yield the slices of each volume that speak for each other, as places in the arrays.

    Those that show something, where they are `LEAST_SLICES` or more.
    """
    for volume in np.unique(volumes):
        seen = np.flatnonzero((volumes == volume) & (weights > 0))
        if seen.size >= LEAST_SLICES:
            yield seen


def neighbour_average(
    probabilities: NDArray[Any], weights: NDArray[Any], places: NDArray[Any]
) -> NDArray[np.float64]:
    """Average log-probabilities of the slices of one volume around each of them, itself included.

    A slice counts by what it shows and by how near it is (a Gaussian of `REACH`).

    Returns
    -------
    (n, classes) array
    """
    logs = logs_of(probabilities)
    near = np.empty_like(logs)
    # A series without positions may be one volume of ten thousand slices.
    for start in range(0, len(places), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        distances = (places[rows, None] - places[None]) / REACH
        counts = np.exp(-0.5 * distances**2) * weights[None]
        counts /= counts.sum(axis=1, keepdims=True)
        near[rows] = counts @ logs
    return near


def pooled(
    probabilities: NDArray[Any], near: NDArray[Any], stack_power: float
) -> NDArray[np.float64]:
    """Join each slice's own probabilities with the average around it.

    A logarithmic opinion pool (Genest & Zidek, Combining Probability Distributions, 1986).

    Parameters
    ----------
    probabilities : (n, classes) array
        Of the slices, to the power `OWN_POWER`.
    near : (n, classes) array
        Logarithms, as `neighbour_average` returns them.
    stack_power : float
        Multiplies them.

    Returns
    -------
    (n, classes) array
        Rows sum to 1.
    """
    return tempered(OWN_POWER * logs_of(probabilities) + stack_power * near, 1.0)


def _keep_sure(
    alone: NDArray[Any],
    together: NDArray[np.float64],
    weights: NDArray[Any],
    classes: Sequence[str],
) -> NDArray[np.float64]:
    kept = together.copy()
    for index in np.flatnonzero(weights >= SHOWN):
        family, surety = likeliest_family(by_class(classes, alone[index]))
        if surety < SURE:
            continue
        if family != likeliest_family(by_class(classes, together[index]))[0]:
            kept[index] = alone[index]
    return kept
