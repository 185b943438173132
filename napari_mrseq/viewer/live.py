"""Live: what is not judged yet follows in the background as the slider moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from napari.layers import Image
from psygnal import Signal
from qtpy.QtCore import QObject

from napari_mrseq.viewer.runner import Runner
from napari_mrseq.viewer.scope import job_for
from napari_mrseq.viewer.single_shot import single_shot
from napari_mrseq.viewer.worker import Job

# A slider on the move passes many slices: the run starts where it rests.
DELAY_MS = 150


class Live:
    """Starts runs of the volume in view, once the slider rests.

    Parameters
    ----------
    parent : QObject
        Owns the timer.
    runner : Runner
        Knows the slice in view, and whether a run is under way.
    layer : callable
        Returns the layer in view.
    start : callable
        Starts a run of these jobs.
    chosen : callable
        Tells whether an identity is that of the chosen network.
    """

    said = Signal(str)

    def __init__(
        self,
        parent: QObject,
        runner: Runner,
        layer: Callable[[], Image | None],
        start: Callable[[list[Job]], None],
        chosen: Callable[[Mapping[str, str]], bool],
    ) -> None:
        self._runner, self._layer, self._start, self._chosen = runner, layer, start, chosen
        self._held_up = False
        self._timer = single_shot(self._run, parent, DELAY_MS)
        runner.stopped.connect(self._on_stopped)

    def wait(self) -> None:
        """Run soon, unless the slider moves again."""
        self._timer.start()

    def stop(self) -> None:
        """Don't run after all."""
        self._timer.stop()
        self._held_up = False

    def _on_stopped(self) -> None:
        # Only once: a layer that can't be judged would be tried for ever.
        if self._held_up:
            self._held_up = False
            self.wait()

    def _run(self) -> None:
        """Judge what is not judged yet of the volume in view."""
        if self._runner.running:
            self._held_up = True
            return
        layer, index = self._layer(), self._runner.focus.index
        if layer is None or index is None:
            return
        try:
            job = job_for(layer)
        except ValueError as error:
            self.said.emit(str(error))
            return
        per_volume = job.series.slices_per_volume
        first = index // per_volume * per_volume
        job.wanted = tuple(range(first, first + per_volume))
        known = job.known if self._chosen(job.known_by) else {}
        if any(one not in known for one in job.wanted):
            self._start([job])
