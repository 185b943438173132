"""Starts and stops runs, and writes what they find into the layers. Lives on the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from napari.components import ViewerModel
from napari.layers import Layer
from psygnal import Signal

from napari_mrseq.naming import counted
from napari_mrseq.viewer.annotation import annotate, annotate_exchanges, keep_slices
from napari_mrseq.viewer.attachment import Attachment, LayerEvents
from napari_mrseq.viewer.background import Background
from napari_mrseq.viewer.layer_state import own_name, pixels_of
from napari_mrseq.viewer.models import Models
from napari_mrseq.viewer.settings import load_settings
from napari_mrseq.viewer.wording import causes_words
from napari_mrseq.viewer.worker import (
    Event,
    Focus,
    Job,
    LayerDone,
    LayerFailed,
    ModelLoaded,
    SlicesJudged,
    classify_jobs,
)

CANCELLED = "Cancelled."
REPLACED = "its pixels were replaced during the run. Press Run again."
REVERTED = "reverted during the run."


class Runner(Attachment):
    """One run at a time over the layers of a viewer.

    Attributes
    ----------
    focus : Focus
        The slice in view, kept up to date by the owner.
    device : str
        What the last run really ran on, ``""`` before the first.
    """

    started = Signal(str, object)
    progressed = Signal(int, int)
    judged = Signal(object)
    stopped = Signal(str)

    def __init__(self, viewer: ViewerModel, models: Models) -> None:
        self.focus = Focus()
        self.device = ""
        self._viewer = viewer
        self._background = Background("Naming MR sequences", self._on_event, self._on_end)
        self._jobs: list[Job] = []
        self._models = models
        self._causes: list[str] = []
        self._done = 0
        super().__init__(
            ((viewer.layers.events.removed, self._on_changed),),
            (LayerEvents(viewer, self._on_changed, "data"), self._background),
        )

    @property
    def running(self) -> bool:
        """A run is under way."""
        return self._background.running

    def start(self, jobs: list[Job], model: str, device: str, causes: Sequence[str] = ()) -> None:
        """Judge `jobs` with a model on a device, when no other run is under way.

        `causes` say why other layers can't be judged, and are told at the end of the run.
        """
        self._jobs, self._causes, self._done = list(jobs), list(causes), 0
        loaded = self._models.loaded(model, device)
        alone = jobs[0].layer if len(jobs) == 1 and not causes else None
        self.started.emit("Classifying…" if loaded else "Loading the model, once…", alone)
        self._background.start(
            classify_jobs,
            jobs,
            partial(self._models.load, model, device),
            self.focus,
            load_settings().batch_size,
        )

    def cancel(self) -> None:
        """Ask the run to stop after the batch in hand; slices judged so far are kept."""
        if self.running and CANCELLED not in self._causes:
            self._causes.insert(0, CANCELLED)
            self._background.stop()

    def leave_out(self, layer: Layer) -> None:
        """Judge a layer no further, nor write what was found of it, since it was reverted."""
        for job in self._jobs:
            if job.layer == layer:
                self._drop(job, REVERTED)

    def _on_event(self, event: Event) -> None:
        match event:
            case ModelLoaded(model, done, total):
                self.device = model.device
                self._show_progress(done, total)
            case LayerFailed(job, cause):
                self._jobs.remove(job)
                self._causes.append(f"{own_name(job.layer)}: {cause}")
            case SlicesJudged(job, model_id, new, done, total):
                self._show_progress(done, total)
                if self._is_current(job):
                    keep_slices(job.layer, model_id, new)
                    self.judged.emit(job.layer)
            case LayerDone(job, verdict):
                self._jobs.remove(job)
                if self._is_current(job):
                    annotate(job.layer, verdict)
                    self._done += 1
                    self.judged.emit(job.layer)

    def _show_progress(self, done: int, total: int) -> None:
        self.progressed.emit(done, total)
        self._background.activity.show(done, total)

    def _is_current(self, job: Job) -> bool:
        there = not job.dropped and job.layer in self._viewer.layers
        return there and pixels_of(job.layer) is job.data

    def _on_end(self, cause: str) -> None:
        annotate_exchanges(self._viewer.layers)
        # Layers that the user takes away later are not held by a run that is over.
        self._jobs = []
        causes = [cause, *self._causes] if cause else self._causes
        said = [f"{counted(self._done, 'layer')} classified."] if self._done or not causes else []
        self.stopped.emit(" ".join([*said, *causes_words(causes)]))

    def _on_changed(self) -> None:
        # What a layer no longer shows is judged no further.
        for job in self._jobs:
            if not self._is_current(job):
                self._drop(job, REPLACED)

    def _drop(self, job: Job, cause: str) -> None:
        if not job.dropped and job.layer in self._viewer.layers:
            self._causes.append(f"{own_name(job.layer)}: {cause}")
        job.dropped = True
