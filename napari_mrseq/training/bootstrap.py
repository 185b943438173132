"""How far figures would move with other subjects; two models side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.sequences import UNKNOWN, family_of
from napari_mrseq.training.cases import families_of
from napari_mrseq.training.counts import accuracy, count_pairs, macro_f1, named_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.training.cases import Cases

    # A figure of all groups, and of each draw.
    Drawn = tuple[float, NDArray[np.float64]]

# Draws of a bootstrap, and how often its bounds are to hold the figure of all groups there are.
DRAWS, COVERED = 1000, 0.95
# Bounds of fewer mean little: in all of five one of two equal models is better once in sixteen.
LEAST_GROUPS = 6
# Said of a case by a model that knows more than the one it is compared with: no label is empty.
ANOTHER = ""


def intervals(
    cases: Cases, groups: NDArray[np.str_], columns: Sequence[str]
) -> dict[str, list[float]]:
    """Return 95 % bounds of accuracy and macro F1, by 1000 draws of the groups (see `_tail`)."""
    grouped = _grouped(cases.truths, cases.said, columns, groups)
    weights = _draws(groups)
    figures = {"accuracy": accuracy, "macro F1": macro_f1}
    tail = _tail(groups)
    return {name: _bounds(_drawn(grouped, weights, f)[1], tail) for name, f in figures.items()}


def compared(
    ours: Cases, theirs: Cases, groups: NDArray[np.str_], common: Sequence[str]
) -> dict[str, Any]:
    """Hold two models against each other on the same cases, by family.

    Parameters
    ----------
    ours, theirs : Cases
        The same cases in the same order, with what each of two models says.
    groups : (n,) array of str
        Subjects, scanners or data sets: what is drawn together.
    common : sequence of str
        Families that both know; other cases are left out.

    Returns
    -------
    dict
        ``cases``, ``groups``, and for each figure ``this``, ``other`` and ``difference``, each
        with 95 % bounds by 1000 bootstrap draws of the groups (see `_tail`).
    """
    chosen = np.isin(families_of(ours.labels), list(common))
    groups = groups[chosen]
    result: dict[str, Any] = {"cases": len(groups), "groups": len(set(groups.tolist()))}
    if not len(groups):
        return result
    weights, tail = _draws(groups), _tail(groups)
    mine, others = (_by_family(c.subset(chosen), groups, weights, common) for c in (ours, theirs))
    for name, (value, drawn) in mine.items():
        other, others_drawn = others[name]
        result[name] = {
            "this": _bounded(value, drawn, tail),
            "other": _bounded(other, others_drawn, tail),
            "difference": _bounded(value - other, drawn - others_drawn, tail),
        }
    return result


def _by_family(
    cases: Cases, groups: NDArray[np.str_], weights: NDArray[np.int64], common: Sequence[str]
) -> dict[str, Drawn]:
    columns = [*common, ANOTHER, family_of(UNKNOWN)]
    truth = families_of(cases.labels)
    said, forced = (
        _grouped(truth, np.where(np.isin(told, columns), told, ANOTHER), columns, groups)
        for told in map(families_of, (cases.said, cases.guessed))
    )
    return {
        "accuracy": _drawn(said, weights, accuracy),
        "macro F1": _drawn(said, weights, macro_f1),
        "named": _drawn(said, weights, named_share),
        "accuracy, likeliest taken": _drawn(forced, weights, accuracy),
    }


def _grouped(
    truths: NDArray[np.str_],
    said: NDArray[np.str_],
    columns: Sequence[str],
    groups: NDArray[np.str_],
) -> NDArray[np.int64]:
    """Return the counts of each group, (groups, n, n)."""
    return np.array(
        [count_pairs(truths[groups == g], said[groups == g], columns) for g in np.unique(groups)]
    )


def _draws(groups: NDArray[np.str_]) -> NDArray[np.int64]:
    """Return how often each group is drawn, (draws, groups): cases of one subject stay together."""
    count = len(np.unique(groups))
    return np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), size=DRAWS)


def _drawn(
    grouped: NDArray[np.int64],
    weights: NDArray[np.int64],
    figure: Callable[[NDArray[Any]], NDArray[np.float64]],
) -> Drawn:
    """Return a figure of all groups, and of each draw."""
    return float(figure(grouped.sum(axis=0))), figure(np.tensordot(weights, grouped, axes=1))


def _tail(groups: NDArray[np.str_]) -> float:
    """Return the share of the draws beyond either bound: the less, the fewer groups are drawn.

    Draws of ten groups differ less than ten other groups would. The bounds are as wide as those of
    a mean by Student's t (Hesterberg, What teachers should know about the bootstrap, 2015,
    section 5.3: expanded percentiles); t by Abramowitz & Stegun, 26.7.5.
    """
    count = len(np.unique(groups))
    # A single group has no bounds but its own figure.
    free = max(count - 1, 1)
    normal = NormalDist()
    z = normal.inv_cdf((1 + COVERED) / 2)
    t = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    return normal.cdf(-t * math.sqrt(count / free))


def _bounds(drawn: NDArray[np.float64], tail: float) -> list[float]:
    return [round(float(bound), 4) for bound in np.quantile(drawn, [tail, 1 - tail])]


def _bounded(value: float, drawn: NDArray[np.float64], tail: float) -> list[float]:
    return [round(value, 4), *_bounds(drawn, tail)]
