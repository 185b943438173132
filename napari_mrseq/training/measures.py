"""Figures of labelled cases: how right, how honest, where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.training.bootstrap import intervals
from napari_mrseq.training.cases import families_of
from napari_mrseq.training.catalogue import STACKS
from napari_mrseq.training.confidence import (
    area_under_curve,
    bins_of,
    calibration_error,
    error_by_chance,
)
from napari_mrseq.training.counts import count_pairs, macro_f1

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.training.cases import Cases
    from napari_mrseq.training.catalogue import Row

OLD_TASK = ("T1", "T2", "FLAIR")
# The first and last tenth of a stack.
EDGE = 0.1
CURVE_BINS = 10
# Upper ends of the parts of a stack, 0 to 1, and what they are called.
STACK_PARTS = (
    (0.1, "0 to 10 %"),
    (0.3, "10 to 30 %"),
    (0.7, "30 to 70 %"),
    (0.9, "70 to 90 %"),
    (1.0, "90 to 100 %"),
)
NOT_TOLD = "not told"


def figures_of(cases: Cases, classes: Sequence[str]) -> dict[str, Any]:
    """Return the figures that a card keeps: mostly of what is of a kind that the model knows.

    Parameters
    ----------
    cases : Cases
        Slices, or series.
    classes : sequence of str
        What the model tells.

    Returns
    -------
    dict
        Shares between 0 and 1, None where there is nothing to count. ``forced`` figures take the
        likeliest member of the likeliest known family, whatever its probability; ``said`` figures
        count what is above the threshold.
    """
    # What is no class of the model it is to call unknown, whatever its label.
    known = cases.subset(cases.truths != UNKNOWN)
    labelled = {label: known.subset(known.labels == label) for label in classes}
    return {
        "cases": len(known),
        "forced": _forced(known),
        "said": _said(known, classes) | _honesty(cases, known),
        "known against unknown, AUROC": _unknown_area(cases) if UNKNOWN in classes else None,
        "recall": {
            label: {
                "cases": len(own),
                "member": _share(own.guessed == label),
                "family": _share(own.family_guessed),
            }
            for label, own in labelled.items()
            if len(own)
        },
    }


def figures_by_kind(cases: Mapping[str, Cases], classes: Sequence[str]) -> dict[str, Any]:
    """Return the figures of slices, each alone and in its stack, and of series.

    Takes what `cases_by_kind` gives.

    Returns
    -------
    dict
        ``classes``, `UNKNOWN` last; of each kind what `figures_of` gives;
        ``confusion``: counts of series, truth in rows, in the order of ``classes``.
    """
    columns = _columns(classes)
    counts = count_pairs(cases["series"].truths, cases["series"].said, columns)
    figures = {kind: figures_of(some, classes) for kind, some in cases.items()}
    return {"classes": columns} | figures | {"confusion": counts.tolist()}


def measures_of(cases: Cases, rows: Sequence[Row], classes: Sequence[str]) -> dict[str, Any]:
    """Return the figures of all cases, the unknown among them, and of parts of them.

    Parameters
    ----------
    cases : Cases
        Slices, or series.
    rows : sequence of Row
        One a case; of a series its first.
    classes : sequence of str
        What the model tells.

    Returns
    -------
    dict
        Shares from 0 to 1, None where there is nothing to count; ``classes`` and ``confusion``
        (truth in rows, what is said in columns) with `UNKNOWN` last; ``calibration curve`` of
        the cases that are named; ``by`` source, vendor, plane and, of slices, position.
    """
    columns = _columns(classes)
    counts = count_pairs(cases.truths, cases.said, columns)
    groups = np.array([row.group for row in rows])
    return {
        "cases": len(cases),
        "groups": len(set(groups.tolist())),
        **_accuracies(cases),
        "macro F1": _rounded(macro_f1(counts)),
        "calibration error": _calibration_error(cases),
        "intervals": intervals(cases, groups, columns),
        "per class": _per_class(counts, columns),
        "classes": columns,
        "confusion": counts.tolist(),
        "calibration curve": _curve(cases.subset(cases.named)),
        "by": {
            name: {
                value: {
                    "cases": int((values == value).sum()),
                    **_accuracies(cases.subset(values == value)),
                }
                for value in sorted(set(values.tolist()))
            }
            for name, values in _facets(cases, rows).items()
        },
    }


def _columns(classes: Sequence[str]) -> list[str]:
    """Return what can be said: the classes, `UNKNOWN` last."""
    return [*(code for code in classes if code != UNKNOWN), UNKNOWN]


def _forced(known: Cases) -> dict[str, Any]:
    right = known.family_guessed
    stacks, shots = np.isin(known.origins, STACKS), known.origins == "screenshot"
    old = np.isin(families_of(known.labels), OLD_TASK)
    edges = (known.positions <= EDGE) | (known.positions >= 1 - EDGE)
    return {
        "T1/T2/FLAIR, DICOM and NIfTI": _share(right[old & stacks]),
        "T1/T2/FLAIR, ends of the stack": _share(right[old & stacks & edges]),
        "T1/T2/FLAIR, all but noise and blank": _share(right[old & stacks & (known.shown > 0)]),
        "T1/T2/FLAIR, screenshots": _share(right[old & shots]),
        "family, DICOM and NIfTI": _share(right[stacks]),
        "family, DICOM and NIfTI, macro": _macro(known.subset(stacks)),
        "family, screenshots": _share(right[shots]),
        "member, all": _share(known.guessed == known.truths),
    }


def _said(known: Cases, classes: Sequence[str]) -> dict[str, Any]:
    named, families = known.named, families_of(known.labels)
    told_right = families_of(known.said) == families
    # Both the truth and the word are T1: with or without an agent is asked, not which family.
    agent = told_right & (families == "T1") & ("T1C" in classes)
    told = agent & known.of_member
    return {
        "named": _share(named),
        "right where named": _share(told_right[named]),
        "right answers lost": _share(~named[known.family_guessed & (known.shown > 0)]),
        "contrast agent told": _share(known.of_member[agent]),
        "contrast agent, right where told": _share((known.said == known.labels)[told]),
    }


def _honesty(cases: Cases, known: Cases) -> dict[str, Any]:
    sure = cases.confidence[cases.named]
    return {
        "calibration error": _calibration_error(cases),
        "calibration error by chance": _rounded(error_by_chance(sure)) if len(sure) else None,
        "calibration error, known alone": _calibration_error(known),
    }


def _calibration_error(cases: Cases) -> float | None:
    """Return that of all that is named."""
    named = cases.subset(cases.named)
    return _rounded(calibration_error(named.confidence, named.right)) if len(named) else None


def _unknown_area(cases: Cases) -> float | None:
    """Tell known from unknown by what the threshold is held against; blank slices left out."""
    seen = cases.subset(cases.shown > 0)
    return _rounded(area_under_curve(seen.known, seen.truths != UNKNOWN))


def _macro(cases: Cases) -> float | None:
    right, families = cases.family_guessed, families_of(cases.labels)
    return _share(np.array([right[families == family].mean() for family in np.unique(families)]))


def _accuracies(cases: Cases) -> dict[str, Any]:
    return {
        "accuracy": _share(cases.said == cases.truths),
        "family accuracy": _share(families_of(cases.said) == families_of(cases.truths)),
    }


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
    bins = bins_of(named.confidence, CURVE_BINS)
    return [
        {
            "from": number / CURVE_BINS,
            "cases": int((bins == number).sum()),
            "confidence": _share(named.confidence[bins == number]),
            "right": _share(named.right[bins == number]),
        }
        for number in np.unique(bins).tolist()
    ]


def _facets(cases: Cases, rows: Sequence[Row]) -> dict[str, NDArray[np.str_]]:
    facets = {
        "source": np.array([row.dataset or NOT_TOLD for row in rows]),
        "vendor": np.array([row.vendor or NOT_TOLD for row in rows]),
        "plane": np.array([row.plane or NOT_TOLD for row in rows]),
    }
    # A series lies nowhere in its stack.
    if not np.isnan(cases.positions).all():
        facets["position"] = np.array([_stack_part(place) for place in cases.positions])
    return facets


def _stack_part(position: float) -> str:
    return next((name for end, name in STACK_PARTS if position <= end), NOT_TOLD)


def _share(values: NDArray[Any]) -> float | None:
    return _rounded(values.mean()) if len(values) else None


def _rounded(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
