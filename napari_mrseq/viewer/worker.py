"""The run itself, off the GUI thread: yields after each batch, so it can show how far it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from napari_mrseq.decision import decide
from napari_mrseq.errors import MrseqError
from napari_mrseq.header import claim_of
from napari_mrseq.judging import conclude, judge_slices, least_named
from napari_mrseq.series import Series
from napari_mrseq.slice_verdict import SliceVerdict
from napari_mrseq.verdict import Verdict

if TYPE_CHECKING:
    from napari_mrseq.model import Model


@dataclass
class Focus:
    """What the user looks at; the GUI writes it, the run reads it to do that slice first."""

    index: int | None = None


@dataclass(eq=False)
class Job:
    """One layer to judge.

    Attributes
    ----------
    layer : object
        The layer, only handed through: the run never touches it.
    data : object
        The layer's pixels when the run began.
    series : Series
        Its slices.
    wanted : tuple of int
        Slices to judge, counted through all volumes.
    known : mapping of int to SliceVerdict
        Slices that the model `known_by` judged before.
    dropped : bool
        Set by the GUI when the layer is gone or was reverted: the rest of it need not be judged.
    """

    layer: Any
    data: Any
    series: Series
    wanted: tuple[int, ...]
    known: Mapping[int, SliceVerdict] = field(default_factory=dict)
    known_by: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False

    def judged_by(self, model: Model) -> Mapping[int, SliceVerdict]:
        """Return what a model said before: slices of two don't add up to one verdict."""
        return self.known if self.known_by.get("sha256") == model.sha256 else {}

    def missing(self, model: Model) -> list[int]:
        """Return the wanted slices not judged yet; one that couldn't be read may have come back."""
        known = self.judged_by(model)
        return [index for index in self.wanted if index not in known or known[index].failure]


@dataclass(frozen=True, eq=False)
class ModelLoaded:
    """The model is ready, on its real device; `done` of `total` slices are judged already."""

    model: Model
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class SlicesJudged:
    """Some slices of a layer are judged; `done` of `total` slices of all layers are now."""

    job: Job
    model_id: Mapping[str, str]
    new: tuple[SliceVerdict, ...]
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class LayerDone:
    """All wanted slices of a layer are judged."""

    job: Job
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class LayerFailed:
    """A layer can't be judged; the others go on."""

    job: Job
    cause: str


LOGGER = logging.getLogger(__name__)

Event = ModelLoaded | SlicesJudged | LayerDone | LayerFailed


def classify_jobs(
    jobs: list[Job], load: Callable[[], Model], focus: Focus, batch_size: int
) -> Generator[Event, None, None]:
    """Judge layers one after the other, the slice in view first and its neighbours next.

    Parameters
    ----------
    jobs : list of Job
        What to judge, in this order.
    load : callable
        Returns the model; called once, here, since that takes seconds.
    focus : Focus
        The slice in view of the layer in the panel, which the user may change during the run; the
        first job looks at it.
    batch_size : int
        Slices that the network looks at together.

    Raises
    ------
    MrseqError
        If the model can't be loaded.
    """
    model = load()
    missing = [len(job.missing(model)) for job in jobs]
    total = sum(len(job.wanted) for job in jobs)
    before = total - sum(missing)
    yield ModelLoaded(model, before, total)
    for number, job in enumerate(jobs):
        seen = focus if number == 0 else Focus()
        try:
            yield from _classify_job(job, model, seen, batch_size, before, total)
        except MrseqError as error:
            yield LayerFailed(job, str(error))
        # Pixels of another plugin's layer may raise anything; the other layers go on.
        except Exception as error:
            LOGGER.exception("a layer can't be judged")
            yield LayerFailed(job, f"{type(error).__name__}: {error}")
        before += missing[number]


def _classify_job(
    job: Job, model: Model, focus: Focus, batch_size: int, done: int, total: int
) -> Generator[Event, None, None]:
    """Judge one layer, where `done` of `total` slices of all layers are judged before it."""
    # In the order of the stack, each found at once: a 4-D series has thousands.
    waiting = dict.fromkeys(job.missing(model))
    judged = {at: one for at, one in _still_valid(job, model).items() if at not in waiting}
    while waiting and not job.dropped:
        # What is looked at comes first, ahead of its batch, and is judged with it once more.
        # Asked once: the user may move on between two questions.
        in_view = focus.index
        seen = next(iter(waiting)) if in_view is None else in_view
        ahead = len(job.wanted) > 1 and in_view in waiting and in_view not in judged
        batch = [seen] if ahead else _batch(job, waiting, seen, batch_size)
        done += sum(index in waiting and index not in judged for index in batch)
        new = judge_slices(job.series, model, batch)
        judged.update(zip(batch, new, strict=True))
        if not ahead:
            for index in batch:
                waiting.pop(index, None)
        yield SlicesJudged(job, model.identity, tuple(new), done, total)
    if not job.dropped:
        verdict = conclude(job.series, model, [judged[index] for index in sorted(judged)])
        yield LayerDone(job, verdict)


def _still_valid(job: Job, model: Model) -> dict[int, SliceVerdict]:
    """Return the slices judged before, each alone, by the least confidence asked for now."""
    threshold = least_named(claim_of(job.series), model)
    known = job.judged_by(model)
    return {index: _worded(one.without_stack, threshold) for index, one in known.items()}


def _worded(judged: SliceVerdict, threshold: float) -> SliceVerdict:
    if judged.failure:
        return judged
    decision = decide(judged.probabilities, threshold)
    return judged if decision == judged.decision else replace(judged, decision=decision)


def _batch(job: Job, waiting: Mapping[int, None], focus: int, size: int) -> list[int]:
    """Return the batch nearest to the slice in view that holds slices to judge.

    Batches are cut as the command line cuts them: a slice's last digit depends on its neighbours
    in the batch, and what the panel exports is to be what the command line writes.
    """
    if len(job.wanted) == 1:
        return list(waiting)
    starts = {index // size * size for index in waiting}
    start = min(starts, key=lambda start: (abs(start + size / 2 - focus), start))
    return list(range(start, min(start + size, job.series.slice_count)))
