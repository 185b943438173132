"""Explain a slice: a heat map of what speaks for its sequence, as a layer over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from napari.components import ViewerModel
from napari.layers import Image, Layer
from psygnal import Signal

from napari_mrseq.decision import CEILING, decide
from napari_mrseq.judging import is_as_shown, judge_slices
from napari_mrseq.sequences import family_of
from napari_mrseq.series import computed
from napari_mrseq.viewer.background import Background
from napari_mrseq.viewer.heat_maps import AFTER_THE_GRID, Heat, gives_cells, show_heat
from napari_mrseq.viewer.layer_state import pixels_of
from napari_mrseq.viewer.models import Models
from napari_mrseq.viewer.scope import SLICE_IN_VIEW, jobs_of
from napari_mrseq.viewer.wording import evidence_words, sentence, slice_words
from napari_mrseq.viewer.worker import Job

if TYPE_CHECKING:
    from napari_mrseq.model import Model


class Explainer:
    """Makes heat maps of the slices of a viewer, one at a time, off the GUI thread."""

    started = Signal(str, object)
    stopped = Signal(str, object)

    def __init__(self, viewer: ViewerModel, models: Models) -> None:
        self._viewer = viewer
        self._models = models
        self._background = Background("Explaining the slice", self._on_heat, self._on_end)
        self._layer: Image | None = None
        self._outcome = ""
        self._said: WeakKeyDictionary[Layer, str] = WeakKeyDictionary()

    @property
    def running(self) -> bool:
        """A heat map is being made."""
        return self._background.running

    def start(self, layer: Image, model: str, device: str) -> None:
        """Explain the slice of a layer that is in view."""
        if self.running:
            return
        jobs, causes = jobs_of(self._viewer, layer, SLICE_IN_VIEW)
        if not jobs:
            self.stopped.emit(sentence(causes[0]), layer)
            return
        # captum's first import of these must not fall together with a plot drawn in this thread.
        import matplotlib.pyplot  # noqa: F401

        with suppress(ImportError):
            import IPython.display  # noqa: F401

        self._layer, self._outcome = layer, ""
        (job,) = jobs
        words = slice_words(job.series, *job.wanted)
        loading = "" if self._models.loaded(model, device) else "Loading the model, once. "
        self._background.activity.show(0, 0)
        self._background.start(_heat_steps, job, partial(self._models.load, model, device))
        self.started.emit(f"{loading}Looking for what speaks for this sequence in {words}…", layer)

    def said_of(self, heat_map: Layer) -> str:
        """Return the words that explain a heat map; ``""`` for any other layer."""
        return self._said.get(heat_map, "")

    def close(self) -> None:
        """Stop: nothing of a heat map under way arrives any more."""
        self._background.close()

    def _on_heat(self, found: tuple[Job, Heat]) -> None:
        self._outcome = self._show(*found)

    def _on_end(self, cause: str) -> None:
        layer, self._layer = self._layer, None
        self.stopped.emit(f"Not explained: {cause}" if cause else self._outcome, layer)

    def _show(self, job: Job, heat: Heat) -> str:
        """Lay a heat map over its slice and say what it shows, or why there is none."""
        (index,) = job.wanted
        where = slice_words(job.series, index)
        if job.layer not in self._viewer.layers or pixels_of(job.layer) is not job.data:
            return "The layer has changed: nothing to explain."
        if not heat.map.any():
            return f"Nothing in {where} speaks for its sequence."
        made = show_heat(self._viewer, job.layer, index, heat)
        later = f" {AFTER_THE_GRID}" if gives_cells(self._viewer) else ""
        words = f"{evidence_words(heat.code, heat.probability)}, {where}.{later}"
        self._said[made] = words
        return words


def _heat_steps(job: Job, load: Callable[[], Model]) -> Iterator[tuple[Job, Heat]]:
    """Find, in one step, what in a slice speaks for what it is by its pixels.

    Parameters
    ----------
    job : Job
        Wants this slice alone; the model may have judged it before.
    load : callable
        Returns the model.

    Raises
    ------
    MrseqError
        If the slice can't be read, the model can't be loaded or heat maps can't be made here.
    """
    model = load()
    # Not before the model is loaded: it imports PyTorch.
    from napari_mrseq.model.explanation import explain

    series, (index,) = job.series, job.wanted
    missing = job.missing(model)
    judged = judge_slices(series, model, missing)[0] if missing else job.known[index]
    if judged.failure:
        raise judged.failure.error
    code, probability, classes = _said_by_pixels(judged.probabilities)
    spacing = series.spacing[1:] if series.spacing else None
    (pixels,) = computed(series.slice_pixels(index))
    heat = explain(model, pixels, classes, pixel_spacing=spacing, as_shown=is_as_shown(series))
    yield job, Heat(code, probability, heat)


def _said_by_pixels(shares: Mapping[str, float]) -> tuple[str, float, list[str]]:
    """Return the word of the pixels, be it a doubtful one, its probability and its classes."""
    said = decide(shares, 0.0)
    members = [code for code in shares if family_of(code) == said.family]
    # Where the model knows no other family, nothing speaks for this one rather than another.
    if said.resolved == "family" and len(members) < len(shares):
        return said.sequence, said.confidence, members
    likeliest = max(shares, key=lambda one: shares[one])
    code = said.sequence if said.resolved == "member" else likeliest
    return code, min(shares[code], CEILING), [code]
