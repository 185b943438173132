"""What is said, and shown, of layers that are covered, in a grid, can't be judged or change."""

from __future__ import annotations

from pathlib import Path

import dask.array as da
import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image

from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.heat_maps import Heat, show_heat
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.scope import job_for
from napari_mrseq.viewer.slice_in_view import covering

from .heads import heads


def test_a_heat_map_lies_directly_on_its_layer() -> None:
    viewer = ViewerModel()
    stack = heads(3, 64, 64)
    explained, over = (viewer.add_image(stack, name=name) for name in ("explained", "over"))
    made = show_heat(viewer, explained, 1, Heat("T1", 0.8, np.ones((64, 64), np.float32)))
    assert list(viewer.layers) == [explained, made, over]


@pytest.mark.parametrize("blending", ["translucent", "additive"])
def test_a_layer_that_is_explained_is_in_sight(qtbot, viewer, panel, press, blending) -> None:
    explained = viewer.add_image(heads(3, 64, 64), name="explained")
    over = viewer.add_image(heads(3, 64, 64), name="over", blending=blending)
    viewer.layers.selection.active = explained
    with qtbot.waitSignal(panel.explainer.stopped):
        press(panel.page.explain_button)
    assert explained.visible
    # What lets it shine through stays.
    assert over.visible == (blending == "additive")


@pytest.mark.parametrize(
    ("over", "covered"),
    [
        ({}, True),
        ({"opacity": 0.5}, False),
        ({"visible": False}, False),
        # Beside the slider.
        ({"translate": (50, 0, 0)}, False),
    ],
)
def test_a_layer_is_covered_by_an_opaque_image_that_is_seen(over: dict, covered: bool) -> None:
    viewer = ViewerModel()
    below = viewer.add_image(heads(3, 64, 64))
    viewer.add_image(heads(3, 64, 64), **over)
    viewer.dims.set_current_step(0, 1)
    assert (covering(viewer, below) is not None) == covered
    # There each stands in its own cell.
    viewer.canvas.grid.enabled = True
    assert covering(viewer, below) is None


def test_a_map_is_said_to_be_hidden_only_in_the_grid(qtbot, viewer, panel, press) -> None:
    for name in ("left", "right"):
        viewer.add_image(heads(3, 64, 64), name=name)
    viewer.canvas.grid.enabled = True
    with qtbot.waitSignal(panel.explainer.stopped):
        press(panel.page.explain_button)
    assert "hidden" in panel.controls.status.value
    viewer.canvas.grid.enabled = False
    assert "hidden" not in panel.controls.status.value
    assert panel.controls.status.value.startswith("Bright areas speak for")


def test_a_layer_that_cannot_be_judged_says_why(qtbot, viewer, panel, press) -> None:
    viewer.add_image(np.ones((2, 2, 2, 64, 64)), name="five")
    assert "five has 5 dimensions" in panel.result.hint.text()
    assert "Press Run" not in panel.result.hint.text()
    table = panel.study.table.proxy
    qtbot.waitUntil(lambda: table.index(0, 0).data() == "can't be judged")
    # As a run of another layer left it.
    panel.controls.show_progress(18, 18)
    press(panel.controls.run)
    assert "five has 5 dimensions" in panel.controls.status.value
    assert panel.controls.progress.native.value() == 0


def test_each_cause_is_a_sentence(viewer, panel, press) -> None:
    for name in ("five", "more"):
        viewer.add_image(np.ones((2, 2, 2, 64, 64)), name=name)
    panel.controls.scope.value = "all layers"
    press(panel.controls.run)
    cause = (
        "has 5 dimensions, 2 × 2 × 2 × 64 × 64; a stack has 3, several volumes of it have 4: "
        "split it first."
    )
    assert panel.controls.status.value == f"more {cause} five {cause}"
    press(panel.page.explain_button)
    assert panel.controls.status.value == f"more {cause}"


def test_of_many_causes_the_first_are_said_and_the_rest_counted(viewer, panel, press) -> None:
    for _ in range(7):
        viewer.add_image(np.ones((2, 2, 2, 64, 64)), name="five")
    panel.controls.scope.value = "all layers"
    press(panel.controls.run)
    said = panel.controls.status.value
    assert said.count("has 5 dimensions") == 4
    assert said.endswith("split it first. 3 more: see the Study tab.")


def test_pixels_replaced_during_a_run_are_the_cause_of_its_end(
    qtbot, viewer, panel, press, run
) -> None:
    layer = viewer.add_image(heads(1000, 64, 64), name="mine")
    with qtbot.waitSignal(panel.run_finished):
        press(panel.controls.run)
        qtbot.waitUntil(lambda: state_of(layer) is not None)
        layer.data = heads(3, 64, 64)
        layer.data = heads(3, 64, 64)
    told = "mine: its pixels were replaced during the run. Press Run again."
    assert panel.controls.status.value == told
    assert layer.name == "mine"
    assert "mrseq" not in layer.metadata
    # What comes after a run is no part of it.
    run(panel)
    assert panel.controls.status.value == "1 layer classified."
    layer.data = heads(3, 64, 64)
    assert panel.controls.status.value == ""


def test_during_a_run_nobody_is_asked_to_press_run(qtbot, viewer, panel, press) -> None:
    viewer.add_image(heads(180, 64, 64), name="mine")
    words = panel.result.hint.text
    assert words() == "Not yet run. Press Run to name this series."
    with qtbot.waitSignal(panel.run_finished):
        press(panel.controls.run)
        assert words() == "Not yet run."
        viewer.add_image(heads(3, 64, 64), name="another")
        assert words() == "Not yet run."
        press(panel.controls.cancel)
    assert words() == "Not yet run. Press Run to name this series."


def test_a_layer_reverted_during_a_run_stays_so(qtbot, viewer, panel, press) -> None:
    other = viewer.add_image(heads(3, 64, 64), name="other")
    layer = viewer.add_image(heads(1500, 64, 64), name="mine", metadata={"only": "mine"})
    panel.controls.scope.value = "all layers"
    with qtbot.waitSignal(panel.run_finished):
        press(panel.controls.run)
        qtbot.waitUntil(panel.page.revert_button.isEnabled)
        press(panel.page.revert_button)
        assert panel.runner.running
    assert (layer.name, layer.metadata) == ("mine", {"only": "mine"})
    assert "Press Run" in panel.result.hint.text()
    assert state_of(other).verdict is not None
    said = "1 layer classified. mine: reverted during the run."
    assert panel.controls.status.value == said


def test_that_no_slice_is_in_view_is_said_until_one_is(viewer, panel, press) -> None:
    viewer.add_image(heads(3, 64, 64), name="mine")
    viewer.dims.ndisplay = 3
    press(panel.page.explain_button)
    assert "No single slice of this layer is in view: show it in 2-D" in panel.controls.status.value
    viewer.dims.set_current_step(0, 2)
    assert "show it in 2-D" in panel.controls.status.value
    viewer.dims.ndisplay = 2
    assert panel.controls.status.value == ""


def test_what_failed_is_named_without_its_verdict(qtbot, viewer, panel, make_verdict) -> None:
    def fail(_block: np.ndarray) -> np.ndarray:
        raise OSError("the disk is gone")

    pixels = da.from_array(heads(3, 64, 64), chunks=(1, 64, 64)).map_blocks(fail, dtype=float)
    layer = Image(pixels, name="mine", contrast_limits=(0, 1), visible=False)
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    viewer.layers.append(layer)
    with qtbot.waitSignal(panel.run_finished):
        panel.runner.start([job_for(layer)], "default", "cpu")
    assert panel.controls.status.value.startswith("mine: OSError")


def test_the_bar_counts_what_was_judged_before(viewer, panel, run) -> None:
    viewer.add_image(heads(3, 64, 64), name="mine")
    seen = []
    panel.runner.progressed.connect(lambda done, total: seen.append((done, total)))
    for scope in ("slice in view", "whole stack", "whole stack"):
        seen.clear()
        panel.controls.scope.value = scope
        run(panel)
    # Nothing is left to judge in the last one.
    assert seen == [(3, 3)]
    assert panel.controls.progress.native.format() == "3 of 3 slices"


@pytest.fixture
def pair(viewer, panel) -> list[Image]:
    """Two layers, the second one chosen in the panel."""
    assert panel.layer is None
    return [viewer.add_image(heads(3, 64, 64), name=name) for name in ("first", "second")]


def test_what_an_export_says_during_a_run_stays_until_its_end(
    viewer, panel, run, pick, answer, tmp_path: Path
) -> None:
    viewer.add_image(heads(3, 64, 64), name="mine")
    run(panel)
    panel.controls.show_running("Loading the model, once…")
    panel.controls.show_progress(1, 6)
    assert panel.controls.status.value == "Classifying…"
    answer(tmp_path / "study.csv")
    pick(panel.study.export_button, "CSV…")
    panel.controls.show_progress(2, 6)
    assert panel.controls.status.value.startswith("Written to ")
    panel.controls.show_stopped("1 layer classified.")
    assert panel.controls.status.value == "1 layer classified."


def test_what_a_run_left_goes_when_another_layer_is_chosen(panel, pair, run) -> None:
    run(panel)
    assert panel.controls.status.value == "1 layer classified."
    assert panel.controls.progress.native.text() == "3 of 3 slices"
    panel.controls.layer.value = pair[0]
    assert panel.controls.status.value == ""
    bar = panel.controls.progress.native
    assert (bar.text(), bar.value(), bar.maximum()) == ("", 0, 1)


def test_what_a_map_shows_is_said_of_its_own_layer(qtbot, viewer, panel, press, pair) -> None:
    first, second = pair
    with qtbot.waitSignal(panel.explainer.stopped):
        press(panel.page.explain_button)
    assert panel.controls.status.value.startswith("Bright areas")
    viewer.layers.selection.active = first
    assert panel.controls.status.value == ""
    # What comes late says of which layer it is.
    with qtbot.waitSignal(panel.explainer.stopped):
        press(panel.page.explain_button)
        viewer.layers.selection.active = second
        assert panel.controls.status.value == ""
    assert panel.controls.status.value.startswith("first: Bright areas")


def test_a_run_that_ends_beside_another_layer_names_its_own(qtbot, viewer, panel, press) -> None:
    other = viewer.add_image(heads(3, 64, 64), name="other")
    viewer.add_image(heads(180, 64, 64), name="long")
    with qtbot.waitSignal(panel.run_finished):
        press(panel.controls.run)
        panel.controls.layer.value = other
        # Work under way is shown, whatever the user looks at.
        assert panel.controls.status.value
        press(panel.controls.cancel)
    assert panel.controls.status.value == "long: Cancelled."
    assert panel.controls.progress.native.text() == ""


def test_what_is_said_of_the_study_stays_and_of_a_layer_goes(
    panel, run, pick, answer, pair, tmp_path: Path
) -> None:
    panel.controls.scope.value = "all layers"
    run(panel)
    panel.controls.layer.value = pair[0]
    assert panel.controls.status.value == "2 layers classified."
    assert panel.controls.progress.native.text() == "6 of 6 slices"
    answer(tmp_path / "study.csv")
    pick(panel.study.export_button, "CSV…")
    panel.controls.layer.value = pair[1]
    assert panel.controls.status.value == f"Written to {tmp_path / 'study.csv'}"
    answer(tmp_path / "layer.csv")
    pick(panel.page.export_button, "CSV…")
    assert panel.controls.status.value == f"Written to {tmp_path / 'layer.csv'}"
    panel.controls.layer.value = pair[0]
    assert panel.controls.status.value == ""
