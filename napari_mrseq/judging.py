"""A network run over a series: slices a batch at a time, then the verdict.

A verdict is made in this order: `decision` turns what the network says into a word, `stack` lets
the slices of a stack speak for each other, `witnesses` joins pixels and header, `conflict` tells
where the two contradict each other. What the whole study shows comes after that, in `exchange`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.conflict import decision_in_conflict, in_conflict
from napari_mrseq.decision import Decision, aggregate, by_class, decide
from napari_mrseq.errors import ReadError
from napari_mrseq.header import HeaderClaim, claim_of
from napari_mrseq.sampling import few_slices
from napari_mrseq.series import Failure, Series, computed
from napari_mrseq.slice_verdict import SliceVerdict, all_unread
from napari_mrseq.stack import pool_slices
from napari_mrseq.verdict import Verdict
from napari_mrseq.witnesses import join, says_no_mr

if TYPE_CHECKING:
    from napari_mrseq.model import Model
    from napari_mrseq.model.card import Calibration


BATCH_SLICES = 32


@dataclass(frozen=True)
class Progress:
    """How far a classification is, in slices."""

    done: int
    total: int


def classify(
    series: Series,
    model: Model,
    *,
    slices: Sequence[int] | None = None,
    fast: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Tell which sequence a series is.

    Parameters
    ----------
    series : Series
        What to judge; its pixels are computed a batch at a time.
    model : Model
        A loaded network.
    slices : sequence of int, optional
        Slices to look at, counted through all volumes; all by default.
    fast : bool
        Look at a few slices only.
    progress : callable, optional
        Called with (slices done, slices in all) after each batch.

    Raises
    ------
    ReadError
        If no slice can be decoded; names the file.
    ValueError
        If no slice is asked for, or one that is not there.
    TypeError
        If anything but one series and a loaded model is given, or slices by other than whole
        numbers.
    """
    if not isinstance(series, Series):
        raise TypeError(f"classify judges one Series of read(), not a {type(series).__name__}")
    if isinstance(model, str | PathLike):
        raise TypeError(f"classify takes a loaded model: load_model({str(model)!r})")
    steps = classify_steps(series, model, slices=slices, fast=fast)
    while True:
        try:
            step = next(steps)
        except StopIteration as finished:
            verdict: Verdict = finished.value
            return verdict
        if progress:
            progress(step.done, step.total)


def outcome_of(series: Series, model: Model, *, fast: bool) -> Verdict | Failure:
    """Classify a series; where none of its slices can be decoded, say why instead."""
    try:
        return classify(series, model, fast=fast)
    except ReadError as error:
        return Failure.of(series, error)


def classify_steps(
    series: Series, model: Model, *, slices: Sequence[int] | None = None, fast: bool = False
) -> Generator[Progress, None, Verdict]:
    """Classify a series a batch at a time, so that the caller can show progress or stop.

    Yields
    ------
    Progress
        After each batch of at most `BATCH_SLICES` slices.

    Returns
    -------
    Verdict
        Of the whole series, as `classify` returns it.
    """
    if slices is not None:
        indices = _asked_for(series, slices)
    else:
        indices = few_slices(series) if fast else list(range(series.slice_count))
    judged: list[SliceVerdict] = []
    for start in range(0, len(indices), BATCH_SLICES):
        judged += judge_slices(series, model, indices[start : start + BATCH_SLICES])
        yield Progress(len(judged), len(indices))
    return conclude(series, model, judged)


def judge_slices(series: Series, model: Model, indices: Sequence[int]) -> list[SliceVerdict]:
    """Let the network judge some slices of a series, counted through all volumes, each alone.

    A slice that can't be decoded is unknown, votes nothing, and says why (`SliceVerdict.failure`).
    """
    decoded, lost = _decoded(series, indices)
    answers = {index: (np.full(len(model.classes), 1 / len(model.classes)), 0.0) for index in lost}
    if decoded:
        spacing = series.spacing[1:] if series.spacing else None
        stack = np.stack(list(decoded.values()))
        probabilities, weights = examined(model, stack, spacing, as_shown=is_as_shown(series))
        answers |= zip(decoded, zip(probabilities, weights, strict=True), strict=True)
    threshold = least_named(claim_of(series), model)
    judged = []
    for index in indices:
        row, weight = answers[index]
        distribution = by_class(model.classes, row)
        volume, place = divmod(index, series.slices_per_volume)
        judged.append(
            SliceVerdict(
                index=place,
                volume=volume,
                sop_instance_uid=series.instance_uids[index] if series.instance_uids else None,
                decision=decide(distribution, math.inf if index in lost else threshold),
                probabilities=distribution,
                weight=float(weight),
                failure=lost.get(index),
            )
        )
    return judged


def examined(
    model: Model,
    slices: NDArray[Any],
    pixel_spacing: tuple[float, float] | None,
    *,
    as_shown: bool | None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what a network says of slices, and how much each shows, as `Model.examine` does.

    What shows nothing may be anything, whatever an imported network makes of it.
    """
    probabilities, weights = model.examine(slices, pixel_spacing=pixel_spacing, as_shown=as_shown)
    probabilities[weights == 0] = 1 / len(model.classes)
    return probabilities, weights


def is_as_shown(series: Series) -> bool | None:
    """Tell whether grey values are a screen's already; of a layer they tell themselves (None)."""
    return None if series.kind == "layer" else series.kind == "picture"


def _decoded(
    series: Series, indices: Sequence[int]
) -> tuple[dict[int, NDArray[Any]], dict[int, Failure]]:
    """Return the slices by their number, and why others can't be decoded."""
    from dask.system import CPU_COUNT

    lazy = {index: series.slice_pixels(index) for index in indices}
    try:
        # dask's own threads can wait for ever, and the program with them, if it is ended while one
        # of them begins.
        with ThreadPoolExecutor(CPU_COUNT) as threads:
            return dict(zip(lazy, computed(*lazy.values(), pool=threads), strict=True)), {}
    except ReadError:
        decoded, lost = {}, {}
        for index, pixels in lazy.items():
            try:
                (decoded[index],) = computed(pixels, scheduler="synchronous")
            except ReadError as error:
                lost[index] = Failure(error.path or series.path, error.cause)
        return decoded, lost


def least_named(header: HeaderClaim | None, model: Model) -> float:
    """Return the probability from which a slice is named: none where the file says it is no MR."""
    return math.inf if says_no_mr(header) else model.card.calibration.threshold


def conclude(series: Series, model: Model, judged: Sequence[SliceVerdict]) -> Verdict:
    """Join the slices of a series and its header into the verdict.

    Parameters
    ----------
    series : Series
        What was judged.
    model : Model
        Which judged it.
    judged : sequence of SliceVerdict
        As `judge_slices` returns them, or as an earlier verdict holds them.

    Raises
    ------
    ReadError
        If none of them could be decoded.
    """
    if lost := all_unread(judged):
        raise lost.error
    calibration = model.card.calibration
    alone = [verdict.without_stack for verdict in judged]
    rows = np.array([list(verdict.probabilities.values()) for verdict in alone])
    weights = np.array([verdict.weight for verdict in alone])
    volumes = np.array([verdict.volume for verdict in alone])
    joined = aggregate(rows, weights, volumes, calibration.series_temperature)
    probabilities = by_class(model.classes, joined)
    header = claim_of(series)
    last = max(series.slices_per_volume - 1, 1)
    places = np.array([verdict.index / last for verdict in alone])
    threshold = least_named(header, model)
    decision, conflict = word_of_both(probabilities, header, calibration)
    together = pool_slices(rows, weights, volumes, places, model.classes, calibration.stack_power)
    return Verdict(
        series=series,
        decision=decision,
        probabilities=probabilities,
        pixels=decide(probabilities, calibration.series_threshold),
        header=header,
        conflict=conflict,
        slices=tuple(
            _in_stack(one, by_class(model.classes, row), threshold)
            for one, row in zip(alone, together, strict=True)
        ),
        model_id=model.identity,
    )


def word_of_both(
    probabilities: Mapping[str, float], header: HeaderClaim | None, calibration: Calibration
) -> tuple[Decision, bool]:
    """Join pixels and header of a series, and tell whether the two are in conflict.

    Parameters
    ----------
    probabilities : mapping of str to float
        The network's, one a class.
    header : HeaderClaim or None
        What the header claims.
    calibration : Calibration
        The network's.
    """
    conflict = in_conflict(probabilities, header, calibration.denial, calibration.denials)
    decision = join(probabilities, header, calibration.series_threshold, calibration.join_power)
    return (decision_in_conflict(decision, probabilities) if conflict else decision), conflict


def _in_stack(alone: SliceVerdict, together: Mapping[str, float], threshold: float) -> SliceVerdict:
    """Return the verdict on a slice by what its stack makes of it."""
    if together == alone.probabilities:
        return alone
    decision = decide(together, threshold)
    return replace(alone, decision=decision, probabilities=together, judged_alone=alone)


def _asked_for(series: Series, slices: Sequence[int]) -> list[int]:
    try:
        indices = [operator.index(place) for place in slices]
    except TypeError as error:
        raise TypeError(f"slices are asked for by whole numbers, not {slices!r}") from error
    if not indices or min(indices) < 0 or max(indices) >= series.slice_count:
        raise ValueError(
            f"{series.path} has slices 0 to {series.slice_count - 1}; asked for were {indices}"
        )
    return indices
