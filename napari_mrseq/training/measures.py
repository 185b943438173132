"""Figures of labelled cases: how right, how honest, where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.sequences import UNKNOWN, family_of
from napari_mrseq.training.confidence import area_under_curve, calibration_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.training.cases import Cases

CURVE_BINS = 10
# Draws of a bootstrap, and what lies between its bounds.
DRAWS, COVERED = 1000, 0.95
# Said of a case by a model that knows more than the one it is compared with.
ANOTHER = "another"


def measures_of(cases: Cases, classes: Sequence[str]) -> dict[str, Any]:
    """Return all figures of some cases.

    Returns
    -------
    dict
        Shares from 0 to 1, None where there is nothing to count; ``classes`` and ``confusion``
        (truth in rows, what is said in columns) with `UNKNOWN` last; ``calibration curve`` of
        the cases that are named; ``by`` source, vendor, plane and position.
    """
    columns = [*(code for code in classes if code != UNKNOWN), UNKNOWN]
    counts = count_pairs(cases.truths, cases.said, columns)
    named = cases.said != UNKNOWN
    return {
        "cases": len(cases),
        "groups": len(set(cases.groups.tolist())),
        **_shares(cases),
        "macro F1": _rounded(macro_f1(counts)),
        "named": _mean(named),
        "right where named": _mean(cases.right[named]),
        "calibration error": _error(cases, named),
        "unknown AUROC": _rounded(area_under_curve(cases.known, cases.truths != UNKNOWN)),
        "intervals": _intervals(cases, columns),
        "per class": _per_class(counts, columns),
        "classes": columns,
        "confusion": counts.tolist(),
        "calibration curve": _curve(cases.subset(named)),
        "by": {
            name: {
                value: {"cases": int((values == value).sum()), **_shares(cases, values == value)}
                for value in sorted(set(values.tolist()))
            }
            for name, values in cases.facets.items()
        },
    }


def compared(ours: Cases, theirs: Cases, common: Sequence[str]) -> dict[str, Any]:
    """Hold two models against each other on the same cases, by family.

    Parameters
    ----------
    ours, theirs : Cases
        The same cases in the same order, with what each of two models says.
    common : sequence of str
        Families that both know; other cases are left out.

    Returns
    -------
    dict
        ``cases``, ``groups``, and for each figure ``this``, ``other`` and ``difference``, each
        with the bounds that hold 95 % of 1000 bootstrap draws of the groups.
    """
    chosen = np.isin(families_of(ours.labels), list(common))
    pair = [ours.subset(chosen), theirs.subset(chosen)]
    result: dict[str, Any] = {"cases": len(pair[0]), "groups": len(set(pair[0].groups.tolist()))}
    if not len(pair[0]):
        return result
    columns = [*common, ANOTHER, family_of(UNKNOWN)]
    truth, groups = families_of(pair[0].labels), pair[0].groups
    weights = _draws(groups)
    figures = []
    for cases in pair:
        said = _grouped(truth, _within(families_of(cases.said), columns), columns, groups)
        forced = _grouped(truth, _within(cases.forced, columns), columns, groups)
        figures.append(
            {
                "accuracy": _drawn(said, weights, accuracy),
                "macro F1": _drawn(said, weights, macro_f1),
                "named": _drawn(said, weights, _named_share),
                "accuracy, likeliest taken": _drawn(forced, weights, accuracy),
            }
        )
    for name, (mine, drawn) in figures[0].items():
        other, others = figures[1][name]
        result[name] = {
            "this": _bounded(mine, drawn),
            "other": _bounded(other, others),
            "difference": _bounded(mine - other, drawn - others),
        }
    return result


def families_of(codes: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return the family of each code."""
    return np.array([family_of(str(code)) for code in codes], dtype=str)


def count_pairs(
    truths: NDArray[np.str_], said: NDArray[np.str_], columns: Sequence[str]
) -> NDArray[np.int64]:
    """Count truth (rows) against what is said (columns)."""
    place = {code: index for index, code in enumerate(columns)}
    counts = np.zeros((len(columns), len(columns)), dtype=np.int64)
    rows = [place[str(code)] for code in truths]
    np.add.at(counts, (rows, [place[str(code)] for code in said]), 1)
    return counts


def accuracy(counts: NDArray[Any]) -> NDArray[np.float64]:
    """Return the share on the diagonal of (…, n, n) counts."""
    return np.asarray(np.trace(counts, axis1=-2, axis2=-1) / counts.sum(axis=(-2, -1)))


def macro_f1(counts: NDArray[Any]) -> NDArray[np.float64]:
    """Return the mean F1 over the classes that occur as truth in (…, n, n) counts."""
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    truths, said = counts.sum(axis=-1), counts.sum(axis=-2)
    f1 = 2 * right / np.maximum(truths + said, 1)
    return np.asarray((f1 * (truths > 0)).sum(axis=-1) / np.maximum((truths > 0).sum(axis=-1), 1))


def _within(families: NDArray[np.str_], columns: Sequence[str]) -> NDArray[np.str_]:
    return np.where(np.isin(families, list(columns)), families, ANOTHER)


def _named_share(counts: NDArray[Any]) -> NDArray[np.float64]:
    """Return the share that is not said to be unknown, the last column."""
    total = counts.sum(axis=(-2, -1))
    return np.asarray(1 - counts[..., -1].sum(axis=-1) / total)


def _shares(cases: Cases, chosen: NDArray[np.bool_] | None = None) -> dict[str, Any]:
    part = cases if chosen is None else cases.subset(chosen)
    families = families_of(part.said) == families_of(part.truths)
    return {"accuracy": _mean(part.said == part.truths), "family accuracy": _mean(families)}


def _per_class(counts: NDArray[np.int64], columns: Sequence[str]) -> dict[str, Any]:
    right, truths, said = np.diagonal(counts), counts.sum(axis=1), counts.sum(axis=0)
    return {
        code: {
            "cases": int(truths[i]),
            "said": int(said[i]),
            "precision": _rounded(right[i] / said[i]) if said[i] else None,
            "recall": _rounded(right[i] / truths[i]) if truths[i] else None,
            "F1": _rounded(2 * right[i] / (truths[i] + said[i])),
        }
        for i, code in enumerate(columns)
        if truths[i] or said[i]
    }


def _curve(named: Cases) -> list[dict[str, Any]]:
    """Return the reliability curve: of each tenth of confidence how much is right."""
    bins = np.minimum((named.confidence * CURVE_BINS).astype(int), CURVE_BINS - 1)
    return [
        {
            "from": number / CURVE_BINS,
            "cases": int((bins == number).sum()),
            "confidence": _mean(named.confidence[bins == number]),
            "right": _mean(named.right[bins == number]),
        }
        for number in np.unique(bins).tolist()
    ]


def _error(cases: Cases, named: NDArray[np.bool_]) -> float | None:
    if not named.any():
        return None
    return _rounded(calibration_error(cases.confidence[named], cases.right[named].astype(float)))


def _intervals(cases: Cases, columns: Sequence[str]) -> dict[str, list[float]]:
    grouped = _grouped(cases.truths, cases.said, columns, cases.groups)
    weights = _draws(cases.groups)
    figures = {"accuracy": accuracy, "macro F1": macro_f1}
    return {name: _bounds(_drawn(grouped, weights, f)[1]) for name, f in figures.items()}


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
    grouped: NDArray[np.int64], weights: NDArray[np.int64], figure: Any
) -> tuple[float, NDArray[np.float64]]:
    """Return a figure of all groups, and of each draw."""
    return float(figure(grouped.sum(axis=0))), figure(np.tensordot(weights, grouped, axes=1))


def _bounds(drawn: NDArray[np.float64]) -> list[float]:
    tail = (1 - COVERED) / 2
    return [round(float(bound), 4) for bound in np.quantile(drawn, [tail, 1 - tail])]


def _bounded(value: float, drawn: NDArray[np.float64]) -> list[float]:
    return [round(value, 4), *_bounds(drawn)]


def _mean(values: NDArray[Any]) -> float | None:
    return _rounded(values.mean()) if len(values) else None


def _rounded(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
