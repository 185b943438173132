"""What the panel no longer needs is freed: pixels of a study are many, and a session is long."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from weakref import ref

import pytest

from napari_mrseq import classify, load_model
from napari_mrseq.viewer.annotation import annotate, annotate_exchanges
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.table import Table

from .heads import heads

# So many that a run is still under way when its first slices are judged.
MANY = 400


@pytest.fixture
def freed(qtbot) -> Callable[[ref], None]:
    """Return a function that waits until nothing holds an object any more."""

    def is_freed(one: ref) -> bool:
        # To collect all the time would keep a run from coming to its end.
        qtbot.wait(500)
        gc.collect()
        return one() is None

    return lambda one: qtbot.waitUntil(lambda: is_freed(one))


def start(qtbot, press, panel) -> None:
    """Press Run and wait for the first slices."""
    press(panel.controls.run)
    qtbot.waitUntil(lambda: state_of(panel.layer) is not None)


def start_folder(qtbot, press, panel, folder: Path) -> None:
    """Press Run in the Folder tab and wait for the first series."""
    panel.tabs.setCurrentWidget(panel.batch)
    panel.batch.folder.setText(str(folder))
    press(panel.batch.run_button)
    qtbot.waitUntil(lambda: bool(panel.batch.runner.outcomes))


def test_a_layer_whose_run_was_cancelled(qtbot, viewer, panel, press, freed) -> None:
    pixels = heads(MANY, 64, 64)
    viewer.add_image(pixels, name="mine")
    with qtbot.waitSignal(panel.run_finished):
        start(qtbot, press, panel)
        press(panel.controls.cancel)
    assert "Cancelled." in panel.controls.status.value
    viewer.layers.clear()
    left = ref(pixels)
    del pixels
    freed(left)


@pytest.mark.parametrize("tab", ["layer", "folder"])
def test_a_panel_that_was_closed_during_a_run(
    qtbot, viewer, open_panel, press, freed, study_with_a_long_end, tab: str
) -> None:
    panel = open_panel()
    if tab == "layer":
        viewer.add_image(heads(MANY, 64, 64), name="mine")
        start(qtbot, press, panel)
        runner = panel.runner
    else:
        start_folder(qtbot, press, panel, study_with_a_long_end)
        runner = panel.batch.runner
    viewer.window.remove_dock_widget(panel)
    viewer.layers.clear()
    left = [ref(one) for one in (runner, panel.layer_actions.runner._models)]
    del panel, runner
    for one in left:
        freed(one)


def test_a_layer_that_was_corrected(viewer, panel, press, make_verdict, freed) -> None:
    pixels = heads(6, 64, 64)
    layer = viewer.add_image(pixels, name="mine")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 6))
    panel.refresh()
    for answer in ("cancel_button", "apply_button"):
        press(panel.page.correct_button)
        panel.layer_actions.dialog.sequence.setCurrentText("T2")
        press(getattr(panel.layer_actions.dialog, answer))
    assert panel.layer_actions.dialog is None
    viewer.layers.clear()
    left = ref(pixels)
    del pixels, layer
    freed(left)


def test_the_card_of_a_model(panel, press, freed) -> None:
    press(panel.model_choice.card_button)
    dialog = panel.model_choice.dialog
    left = ref(dialog)
    press(dialog.close_button)
    del dialog
    freed(left)


def test_the_rows_of_its_tables_go_with_the_panel_not_whenever_python_frees_them(
    qtbot, viewer, panel
) -> None:
    tables = panel.findChildren(Table)
    models = [model for table in tables for model in (table.rows, table.proxy)]
    assert models
    gone: list[int] = []
    for number, model in enumerate(models):
        model.destroyed.connect(lambda *_, number=number: gone.append(number))
    viewer.window.remove_dock_widget(panel)
    qtbot.waitUntil(lambda: len(gone) == len(models))


def test_what_runs_before_said_of_exchanged_headers(viewer, exchanged_study, freed) -> None:
    """Each run kept what the one before had said of the other series, with its slices."""
    viewer.open(exchanged_study, plugin="napari-mrseq")
    layers = list(viewer.layers)
    model = load_model()
    said = [classify(series_of(layer), model, fast=True) for layer in layers]
    held = []
    for _ in range(4):
        for layer, verdict in zip(layers, said, strict=True):
            annotate(layer, replace(verdict))
        annotate_exchanges(layers)
        others = (state_of(layer).found.exchanged_with for layer in layers)
        held.append([ref(other) for other in others if other])
    assert [len(others) for others in held] == [2, 2, 2, 2]
    for other in held[0]:
        freed(other)
