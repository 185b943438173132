"""Layers whose pixels are not those that were judged: copies, and data that were replaced."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from napari.layers import Layer
from napari.layers._layer_actions import (
    _convert_to_labels,
    _duplicate_layer,
    _merge_stack,
    _project,
    _split_stack,
)

from napari_mrseq.correction import Correction
from napari_mrseq.viewer.annotation import annotate, correct_layer, revert
from napari_mrseq.viewer.heat_maps import Heat, show_heat
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.scope import ALL_LAYERS

COPIES = {
    "duplicate": _duplicate_layer,
    "split": _split_stack,
    "projection": _project,
    "labels": _convert_to_labels,
}


def annotated(viewer, make_verdict, name: str):
    stack = np.arange(3 * 16 * 16, dtype=np.int16).reshape(3, 16, 16)
    layer = viewer.add_image(stack, name=name, metadata={"a": 1})
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3, conflict=True))
    return layer


@pytest.fixture
def judged(viewer, panel, make_verdict):
    """A layer of three slices, named."""
    layer = annotated(viewer, make_verdict, "mine")
    panel.refresh()
    return layer


@pytest.mark.filterwarnings("ignore:projection mode:UserWarning")
@pytest.mark.parametrize("how", COPIES)
def test_what_napari_makes_of_a_layer_does_not_carry_its_verdict(
    qtbot, viewer, panel, judged, how: str
) -> None:
    name, metadata = judged.name, judged.metadata
    COPIES[how](viewer.layers)
    made = [layer for layer in viewer.layers if layer != judged]
    assert made
    qtbot.waitUntil(lambda: not any("90%" in one.name or "≠" in one.name for one in made))
    for layer in made:
        assert layer.name.startswith("mine")
        assert layer.metadata == {"a": 1}
    # What it was made of keeps its own.
    assert (judged.name, judged.metadata) == (name, metadata)
    assert state_of(judged).verdict.sequence == "T1"
    if panel.layer != judged:
        assert panel.result.hint.isVisible()


def test_a_copy_leaves_what_was_said_of_a_run_over_all_layers(
    qtbot, viewer, panel, run, make_verdict
) -> None:
    annotated(viewer, make_verdict, "other")
    judged = annotated(viewer, make_verdict, "mine")
    panel.controls.scope.value = ALL_LAYERS
    run(panel)
    said = panel.controls.status.value
    assert said == "2 layers classified."
    viewer.layers.selection = {judged}
    _duplicate_layer(viewer.layers)
    copied = viewer.layers[-1]
    viewer.layers.selection.active = copied
    qtbot.waitUntil(lambda: copied.name == "mine copy")
    assert panel.controls.status.value == said
    assert panel.result.hint.isVisible()
    # One that loses a verdict of its own is no longer classified.
    viewer.layers.selection.active = judged
    judged.data = np.zeros((3, 16, 16))
    assert panel.controls.status.value == ""


def test_merged_layers_carry_no_verdict_of_the_first(qtbot, viewer, judged, make_verdict) -> None:
    viewer.layers.selection = {judged, annotated(viewer, make_verdict, "other")}
    _merge_stack(viewer.layers)
    (merged,) = viewer.layers
    qtbot.waitUntil(lambda: merged.name == "mine")
    assert merged.metadata == {"a": 1}


def test_a_part_cut_out_by_code_carries_no_verdict(qtbot, viewer, judged) -> None:
    part = viewer.add_image(judged.data[1:], name=judged.name, metadata=judged.metadata)
    qtbot.waitUntil(lambda: part.name == "mine [1]")
    assert part.metadata == {"a": 1}
    assert "mrseq" in judged.metadata


def test_the_same_layer_taken_out_and_put_back_keeps_its_verdict(qtbot, viewer, judged) -> None:
    name = judged.name
    viewer.layers.remove(judged)
    viewer.add_layer(judged)
    qtbot.wait(50)
    assert judged.name == name
    assert "mrseq" in judged.metadata


def test_a_copy_made_before_the_panel_opens_is_no_verdict(
    qtbot, viewer, open_panel, make_verdict
) -> None:
    layer = annotated(viewer, make_verdict, "mine")
    _duplicate_layer(viewer.layers)
    made = viewer.layers[1]
    open_panel()
    qtbot.waitUntil(lambda: made.name == "mine copy")
    assert layer.name == "[T1 90%] mine ≠ header"


def test_replaced_data_have_no_verdict_anywhere(qtbot, panel, judged) -> None:
    assert panel.result.verdict.text() == "T1"
    judged.data = np.zeros((3, 16, 16))
    qtbot.waitUntil(lambda: panel.result.hint.isVisible())
    assert "Press Run" in panel.result.hint.text()
    assert not panel.page.export_button.isEnabled()
    assert (judged.name, judged.metadata) == ("mine", {"a": 1})
    assert not panel.page.revert_button.isEnabled()


@pytest.mark.parametrize("with_verdict", [True, False])
def test_what_explains_pixels_that_are_gone_goes(viewer, panel, judged, with_verdict: bool) -> None:
    if not with_verdict:
        revert(judged)
    panel.refresh()
    show_heat(viewer, panel.layer, 1, Heat("T1", 0.9, np.ones((16, 16), np.float32)))
    panel.controls.status.value = "Bright areas speak for T1."
    judged.data = judged.data[::-1]
    assert [layer.name for layer in viewer.layers] == ["mine"]
    assert panel.controls.status.value == ""


def test_a_layer_that_shares_data_and_metadata_has_no_verdict(
    qtbot, viewer, panel, press, judged
) -> None:
    twin = viewer.add_layer(Layer.create(*judged.as_layer_data_tuple()))
    assert twin.data is judged.data
    qtbot.waitUntil(lambda: twin.name.startswith("mine"))
    assert twin.metadata == {"a": 1}
    assert not panel.page.revert_button.isEnabled()
    assert judged.name.startswith("[T1 90%]")
    viewer.layers.selection.active = judged
    press(panel.page.revert_button)
    assert (judged.name, judged.metadata) == ("mine", {"a": 1})


def test_a_judged_layer_given_anothers_metadata_has_no_verdict_in_its_name(
    qtbot, viewer, judged, make_verdict
) -> None:
    other = viewer.add_image(np.ones((3, 16, 16)), name="other")
    annotate(other, make_verdict(series_of(other), ["T2"] * 3))
    qtbot.wait(50)
    judged.metadata = dict(other.metadata)
    qtbot.waitUntil(lambda: judged.name == "mine")
    assert judged.metadata == {}
    assert other.name == "[T2 90%] other"


def test_a_plugin_that_keeps_only_plain_metadata_leaves_no_record(qtbot, judged) -> None:
    qtbot.wait(50)
    judged.metadata = json.loads(json.dumps(judged.metadata, default=lambda _: None))
    qtbot.waitUntil(lambda: judged.name == "mine")
    assert judged.metadata == {"a": 1}


def test_a_deep_copy_of_its_metadata_leaves_a_layer_its_verdict(qtbot, viewer, judged) -> None:
    correct_layer(judged, Correction(0, 2, "T2"))
    judged.metadata = copy.deepcopy(judged.metadata) | {"b": 2}
    viewer.add_points(np.zeros((1, 3)))
    qtbot.wait(50)
    assert judged.name == "[T2 corrected] mine ≠ header"
    assert state_of(judged).corrections == (Correction(0, 2, "T2"),)


@pytest.mark.usefixtures("judged")
def test_a_panel_that_was_closed_leaves_copies_alone(qtbot, viewer, panel) -> None:
    name = viewer.layers[0].name
    _duplicate_layer(viewer.layers)
    panel.close_session()
    qtbot.wait(50)
    assert viewer.layers[1].name == f"{name} copy"
