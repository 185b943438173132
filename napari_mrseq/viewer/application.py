"""napari with a study in it: every layer classified and annotated."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.errors import MrseqError
from napari_mrseq.series import Failure
from napari_mrseq.viewer.camera import keep_fitted
from napari_mrseq.viewer.layer_state import in_conflict, outcome_of
from napari_mrseq.viewer.menu import PLUGIN, WIDGET
from napari_mrseq.viewer.opening import Opening
from napari_mrseq.viewer.reader import layers_of
from napari_mrseq.viewer.scope import ALL_LAYERS
from napari_mrseq.viewer.slice_in_view import middle_slice, show_layer, show_slice

if TYPE_CHECKING:
    from napari import Viewer
    from napari.layers import Image
    from numpy.typing import NDArray

    from napari_mrseq.series import Study
    from napari_mrseq.viewer.classifier_widget import ClassifierWidget
    from napari_mrseq.viewer.runner import Runner

WINDOW_SIZE = (1400, 880)
# The canvas draws when Qt is idle: a picture taken at once would show the window half done. One
# that is the same a moment later is done, on a busy machine too.
_SETTLE_MS = 1000
_LOOKS = 10


def check_screen() -> None:
    """Refuse to start where Qt would end the process, or could not draw.

    Raises
    ------
    MrseqError
        If there is no screen with OpenGL.
    """
    screens = "DISPLAY", "WAYLAND_DISPLAY"
    missing = sys.platform == "linux" and not any(os.environ.get(name) for name in screens)
    if missing or os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        raise MrseqError(
            "napari needs a screen; on a machine without one: xvfb-run -a napari-mrseq view …"
        )


def show(study: Study, *, screenshot: Path | None, model: str, device: str) -> list[Failure]:
    """Open napari with a study loaded; returns when the window is closed.

    Parameters
    ----------
    study : Study
        What was read.
    screenshot : Path or None
        Write a PNG of the window there once all layers are classified, and close it.
    model : str
        Name of a model, or a weights file.
    device : str
        ``"auto"``, ``"cuda"``, ``"mps"`` or ``"cpu"``.

    Returns
    -------
    list of Failure
        What of it could not be read, slices that could not be decoded among it.

    Raises
    ------
    ReadError
        If nothing in it can be read.
    MrseqError
        If the picture can't be written, or shows layers without a verdict: nobody has read why.
    """
    import napari

    layers: list[Image] = []
    failed: list[OSError] = []
    told: list[str] = []

    def run_all() -> None:
        # The user may have closed it meanwhile.
        if panel not in viewer.window.dock_widgets.values():
            return
        layers.extend(viewer.layers)
        if screenshot is not None:
            panel.runner.stopped.connect(told.append)
            panel.runner.stopped.connect(lambda _: _picture_and_close(viewer, screenshot, failed))
        panel.controls.scope.value = ALL_LAYERS
        panel.layer_actions.run()

    viewer, panel = open_study(study, run_all)
    if screenshot is not None:
        # In a small one, as napari may have kept, the panel would stay narrow once it is larger.
        viewer.window.resize(*WINDOW_SIZE)
    panel.model_choice.choose(model, device)
    napari.run()
    for error in failed:
        cause = error.strerror or error
        raise MrseqError(f"{screenshot}: can't be written ({cause})") from error
    if screenshot is not None and not all(map(outcome_of, layers)):
        raise MrseqError(" ".join(told))
    return [*study.failures, *_unread_in(layers)]


def _unread_in(layers: Iterable[Image]) -> Iterator[Failure]:
    for outcome in map(outcome_of, layers):
        if isinstance(outcome, Failure):
            yield outcome
        elif outcome:
            yield from outcome.unread


def open_study(study: Study, on_open: Callable[[], None]) -> tuple[Viewer, ClassifierWidget]:
    """Open a window with the panel and the layer that a study is opened on; the others follow.

    Parameters
    ----------
    study : Study
        What was read.
    on_open : callable
        Called in Qt's loop once all layers are there, and no run is under way that the user started
        meanwhile: it knows only those that were.

    Raises
    ------
    ReadError
        If nothing in it can be read.
    """
    import napari
    from napari.settings import get_settings
    from qtpy.QtCore import QSize

    layers = layers_of(study)
    viewer = napari.Viewer(title="napari-mrseq")
    # Qt's own size leaves the image a stripe between the panels; napari keeps what a user made it.
    if get_settings().application.window_size is None:
        window: Any = viewer.window._qt_window
        window.resize(QSize(*WINDOW_SIZE).boundedTo(window.screen().availableSize()))
    panel: Any = viewer.window.add_plugin_dock_widget(PLUGIN, WIDGET)[1]
    Opening(viewer, layers, partial(_when_idle, panel.runner, on_open))
    return viewer, panel


def _when_idle(runner: Runner, act: Callable[[], None]) -> None:
    def look() -> None:
        runner.stopped.disconnect(look, missing_ok=True)
        if runner.running:
            runner.stopped.connect(look)
        else:
            act()

    look()


def most_telling(layers: Sequence[Image]) -> Image:
    """Return the first layer whose header disagrees, else the first layer."""
    return next(filter(in_conflict, layers), layers[0])


def _picture_and_close(viewer: Viewer, file: Path, failed: list[OSError]) -> None:
    from qtpy.QtCore import QTimer

    def look(before: NDArray[Any] | None = None, left: int = _LOOKS) -> None:
        shown = viewer.screenshot(canvas_only=False, flash=False)
        if left and (before is None or not np.array_equal(shown, before)):
            QTimer.singleShot(_SETTLE_MS, partial(look, shown, left - 1))
        else:
            finish()

    def finish() -> None:
        # Whatever fails, a window that nobody sees must not stay.
        try:
            viewer.screenshot(str(file), canvas_only=False, flash=False)
        except OSError as error:
            # An error in Qt's loop would end nothing.
            failed.append(error)
        finally:
            viewer.close()

    QTimer.singleShot(_SETTLE_MS, look)
    layer = most_telling(viewer.layers)
    show_layer(viewer, layer)
    show_slice(viewer, layer, middle_slice(layer))
    keep_fitted(viewer, layer)
