"""Heat maps: on the right slice, in the right place, out of everyone's way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dask.array as da
import numpy as np
import pytest
from napari.components import ViewerModel
from safetensors.torch import save_file
from scipy import ndimage
from scipy.spatial.transform import Rotation

from napari_mrseq.model.card import KEY, Card
from napari_mrseq.model.networks import build
from napari_mrseq.series import Series
from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.canvas_text import CanvasText
from napari_mrseq.viewer.heat_maps import Heat, heat_layers, show_heat
from napari_mrseq.viewer.image_layers import image_layers
from napari_mrseq.viewer.layer_data import layer_of
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.scope import ALL_LAYERS, jobs_of
from napari_mrseq.viewer.slice_in_view import show_layer, show_slice

from .heads import head

OTHERS = {"FLAIR": 0.1, "PD": 0.1, "STIR": 0.1}
# What the thread that explains and the plot import, in a process that has imported neither.
FIRST_EXPLAINED = """
import sys, napari, numpy
viewer = napari.Viewer(show=False)
panel = viewer.window.add_plugin_dock_widget("napari-mrseq", "MR sequence classifier")[1]
viewer.add_image(numpy.random.default_rng(0).random((64, 64)), name="mine")
both = {"matplotlib.pyplot", "IPython"}
panel.explainer.started.connect(lambda *_: print(both <= sys.modules.keys()))
panel.explainer.start(panel.layer, "mrseq-1", "cpu")
viewer.close()
"""


def heat(rows: int, columns: int) -> Heat:
    spot = np.zeros((rows, columns), np.float32)
    spot[1, 2] = 1
    return Heat("T1", 0.8, spot)


@pytest.mark.parametrize(
    ("shape", "index", "place", "attributes"),
    [
        ((8, 6), 0, (), {}),
        ((5, 8, 6), 3, (3,), {"scale": (5, 0.9, 0.8), "translate": (-12, 4, 7)}),
        ((2, 5, 8, 6), 8, (1, 3), {"scale": (1, 5, 0.9, 0.8), "translate": (0, 30, 4, 7)}),
        ((5, 8, 6), 2, (2,), {"scale": (5, 1, 1), "rotate": 30, "shear": (0.1, 0, 0.2)}),
        ((5, 8, 6), 2, (2,), {"affine": np.diag([2.0, 3, 4, 1]), "scale": (5, 1, 1)}),
    ],
    ids=["flat", "3-D", "4-D", "rotated", "affine"],
)
def test_it_lies_where_its_slice_lies(shape, index, place, attributes) -> None:
    viewer = ViewerModel()
    layer = viewer.add_image(np.random.default_rng(0).random(shape), **attributes)
    made = show_heat(viewer, layer, index, heat(8, 6))
    spot = np.unravel_index(int(np.argmax(made.data)), made.data.shape)
    assert made.data[spot] == 1
    np.testing.assert_allclose(
        made.data_to_world(spot), layer.data_to_world((*place, 1, 2)), atol=1e-9
    )
    assert made.ndim == layer.ndim
    assert made.units == layer.units
    # napari shows the slice that is nearest: the only one, when its own is in view.
    show_slice(viewer, layer, index)
    assert not np.round(made.world_to_data(viewer.dims.point)[: len(place)]).any()
    assert (made.blending, made.opacity < 1) == ("translucent", True)
    assert made.colormap.colors[0][3] == 0
    # Full evidence is bright, and little of it stays faint.
    assert tuple(made.contrast_limits) == (0, 1)


def test_over_an_oblique_series_it_lies_on_its_slice() -> None:
    """The layer lies along the series' own axes, and so does the map."""
    turn = Rotation.from_euler("xyz", (20, 35, 10), degrees=True).as_matrix()
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = turn * (4, 0.9, 0.8), (-80, 35, 12)
    series = Series(
        path="a",
        files=tuple("abcde"),
        pixels=da.random.random((5, 8, 6)),
        affine=affine,
        spacing=(4.0, 0.9, 0.8),
    )
    data, attributes, _ = layer_of(series)
    viewer = ViewerModel()
    layer = viewer.add_image(data, **attributes)
    made = show_heat(viewer, layer, 3, heat(8, 6))
    np.testing.assert_allclose(made.data_to_world((0, 1, 2)), layer.data_to_world((3, 1, 2)))
    np.testing.assert_allclose(made.extent.world[:, 1:], layer.extent.world[:, 1:])
    show_slice(viewer, layer, 3)
    assert round(made.world_to_data(viewer.dims.point)[0]) == 0


def test_a_colour_picture_can_be_explained() -> None:
    viewer = ViewerModel()
    layer = viewer.add_image(np.zeros((8, 6, 3), np.uint8), rgb=True)
    assert show_heat(viewer, layer, 0, heat(8, 6)).data.shape == (8, 6)


def test_it_is_no_layer_to_classify_and_says_nothing_on_the_canvas(make_verdict) -> None:
    viewer = ViewerModel()
    text = CanvasText(viewer)
    layer = viewer.add_image(np.ones((3, 8, 6)), name="mine")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    viewer.dims.set_current_step(0, 1)
    made = show_heat(viewer, layer, 1, heat(8, 6))
    assert viewer.layers.selection.active == layer
    assert image_layers(viewer) == [layer]
    assert [job.layer for job in jobs_of(viewer, layer, ALL_LAYERS)[0]] == [layer]
    assert viewer.canvas.overlays.text.text == "T1 90 %   slice 2 of 3"
    assert made.name == "why T1: mine, slice 2"
    text.close()


def test_a_second_one_of_a_slice_replaces_the_first() -> None:
    viewer = ViewerModel()
    layer = viewer.add_image(np.ones((3, 8, 6)))
    for index in (1, 1, 2):
        show_heat(viewer, layer, index, heat(8, 6))
    assert len(heat_layers(viewer, layer)) == 2


def test_heat_maps_stay_with_their_layer() -> None:
    viewer = ViewerModel()
    first, second = (viewer.add_image(np.ones((3, 8, 6))) for _ in range(2))
    made = show_heat(viewer, first, 1, heat(8, 6))
    show_layer(viewer, second)
    assert not made.visible
    late = show_heat(viewer, first, 2, heat(8, 6))
    assert not late.visible
    show_layer(viewer, first)
    assert made.visible
    assert late.visible


def test_explain_adds_a_map_and_revert_takes_it_away(
    qtbot, viewer, panel, press, run, sample_study: Path
) -> None:
    viewer.open(str(sample_study / "t2_tse_tra"), plugin="napari-mrseq")
    (layer,) = viewer.layers
    viewer.dims.set_current_step(0, 9)
    press(panel.page.explain_button)
    assert not panel.page.explain_button.isEnabled()
    assert "slice 10 of 18" in panel.controls.status.value
    qtbot.waitUntil(panel.page.explain_button.isEnabled)
    (made,) = heat_layers(viewer, layer)
    assert made.data.shape == (1, *layer.data.shape[1:])
    assert made.data.max() == pytest.approx(1, abs=0.2)
    # What speaks for a sequence lies on the head, not in the air around it.
    pixels = np.asarray(layer.data[9])
    head = ndimage.binary_fill_holes(pixels > 0.1 * pixels.max())
    assert made.data[0][head].mean() > made.data[0][~head].mean()
    assert "Bright areas speak for" in panel.controls.status.value
    assert panel.layer == layer
    run(panel)
    assert layer.name.endswith("] t2_tse_tra")
    press(panel.page.revert_button)
    assert (list(viewer.layers), layer.name) == ([layer], "t2_tse_tra")
    # Mesa ends the process where a layer and the words on the canvas went badly together.
    assert viewer.screenshot(flash=False).any()


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"T2": 0.3, "T1": 0.2, "T1C": 0.2} | OTHERS, "T1 by the pixels alone, 40 %"),
        ({"B0": 0.4, "DWI": 0.3} | OTHERS, "DWI by the pixels alone, 70 %"),
        ({"UNKNOWN": 0.33, "T1C": 0.21, "T1": 0.16} | OTHERS, "T1 by the pixels alone, 37 %"),
        ({"T1": 0.001, "T2": 0.999}, "T2 by the pixels alone, 99 %"),
        ({"T1": 0.6, "T1C": 0.4}, "T1 by the pixels alone, 60 %"),
        ({"T1": 0.4, "UNKNOWN": 0.6}, "no sequence that this model knows, 60 %"),
    ],
)
def test_it_explains_the_word_that_the_pixels_have_on_the_canvas(
    qtbot, viewer, panel, press, tmp_path: Path, shares, said: str
) -> None:
    panel.model_choice.choose(str(nearly_always(shares, tmp_path / "own.safetensors")), "cpu")
    viewer.add_image(head())
    press(panel.page.explain_button)
    qtbot.waitUntil(panel.page.explain_button.isEnabled)
    assert panel.controls.status.value == f"Bright areas speak for {said}, slice 1 of 1."


def test_where_all_that_is_shown_speaks_against_it_no_more_is_claimed(
    qtbot, viewer, panel, press, tmp_path: Path
) -> None:
    shares = {"T1": 0.6, "T1C": 0.4}
    file = nearly_always(shares, tmp_path / "own.safetensors", seed=2)
    panel.model_choice.choose(str(file), "cpu")
    layer = viewer.add_image(head())
    press(panel.page.explain_button)
    qtbot.waitUntil(panel.page.explain_button.isEnabled)
    assert panel.controls.status.value == "Nothing in slice 1 of 1 speaks for its sequence."
    assert list(viewer.layers) == [layer]


def nearly_always(shares: dict[str, float], path: Path, seed: int = 5) -> Path:
    """Write a network that answers nearly the same whatever it sees."""
    import torch

    card = Card("own", "1", "efficientnet_lite0", tuple(shares), 64)
    torch.manual_seed(seed)
    network = build(card.network, len(shares))
    with torch.no_grad():
        network.classifier.weight.mul_(0.02)
        network.classifier.bias.copy_(torch.tensor([*shares.values()]).log())
    save_file(network.state_dict(), path, metadata={KEY: card.to_json()})
    return path


def test_the_words_on_a_map_go_with_it_and_those_on_another_stay(
    qtbot, viewer, panel, press, sample_study: Path
) -> None:
    viewer.open(str(sample_study / "t2_tse_tra"), plugin="napari-mrseq")
    (layer,) = viewer.layers
    for step in (8, 9):
        viewer.dims.set_current_step(0, step)
        press(panel.page.explain_button)
        qtbot.waitUntil(panel.page.explain_button.isEnabled)
    # Each comes right above its layer.
    second, first = heat_layers(viewer, layer)
    viewer.layers.remove(first)
    assert "slice 10 of 18" in panel.controls.status.value
    viewer.layers.remove(second)
    assert panel.controls.status.value == ""


def test_without_a_slice_in_view_it_says_so(viewer, panel, press) -> None:
    viewer.add_image(np.ones((3, 8, 6)))
    viewer.dims.ndisplay = 3
    press(panel.page.explain_button)
    assert "No single slice of this layer is in view" in panel.controls.status.value
    assert len(viewer.layers) == 1


@pytest.mark.parametrize("how", ["remove", "select", "clear"])
def test_heat_maps_go_with_their_layer(qtbot, viewer, panel, how: str) -> None:
    for name in "ab":
        viewer.add_image(np.ones((2, 3, 8, 6)), name=name)
    first, second = viewer.layers
    made = [show_heat(viewer, first, index, heat(8, 6)) for index in (1, 4)]
    kept = show_heat(viewer, second, 4, heat(8, 6))
    if how == "remove":
        viewer.layers.remove(first)
    elif how == "select":
        viewer.layers.selection = {first, made[0]}
        viewer.layers.remove_selected()
    else:
        viewer.layers.clear()
    left = [] if how == "clear" else [second, kept]
    qtbot.waitUntil(lambda: list(viewer.layers) == left)
    assert panel.layer == (None if how == "clear" else second)


def shown(viewer) -> list[str]:
    return [layer.name for layer in viewer.layers if layer.visible]


def test_heat_maps_move_with_their_layer(viewer, open_panel) -> None:
    open_panel()
    # What napari hands to tests and scripts is a wrapping, new each time.
    layer = viewer.add_image(np.ones((4, 8, 6)), scale=(2, 1, 1), units=("mm",) * 3).__wrapped__
    made = show_heat(viewer, layer, 2, heat(8, 6))
    # As napari projects a map: with its metadata.
    viewer.add_image(np.ones((8, 6)), metadata=dict(made.metadata))
    for name, value in (
        ("translate", (3, 4, 5)),
        ("scale", (5, 0.5, 2)),
        ("rotate", 30),
        ("shear", (0.1, 0, 0.2)),
        ("affine", np.diag([2.0, 3, 4, 1])),
        ("units", ("cm",) * 3),
    ):
        setattr(layer, name, value)
        for row, column in ((0, 0), (7, 5)):
            there = layer.data_to_world((2, row, column))
            np.testing.assert_allclose(made.data_to_world((0, row, column)), there, atol=1e-9)
    assert made.units == layer.units


def test_a_layer_with_fewer_slices_than_before_moves_without_its_heat_map(
    viewer, open_panel
) -> None:
    open_panel()
    layer = viewer.add_image(np.ones((6, 8, 6))).__wrapped__
    made = show_heat(viewer, layer, 5, heat(8, 6))
    layer.data = np.ones((3, 8, 6))
    layer.scale = (2, 1, 1)
    assert tuple(layer.scale) == (2, 1, 1)
    assert tuple(made.scale) == (1, 1, 1)


def test_in_a_grid_no_map_stands_beside_its_slice(qtbot, viewer, panel, press) -> None:
    left, right = (viewer.add_image(np.stack([head()] * 3), name=n) for n in ("left", "right"))
    both = ["left", "right"]
    made = show_heat(viewer, left, 1, heat(64, 64))
    assert shown(viewer) == ["left", made.name, "right"]
    viewer.canvas.grid.enabled = True
    assert shown(viewer) == both
    assert viewer.canvas.grid.actual_shape(viewer.layers) == (1, 2)
    # One made in the grid waits as well, and is said to.
    viewer.layers.selection.active = right
    with qtbot.waitSignal(panel.explainer.stopped):
        press(panel.page.explain_button)
    assert panel.controls.status.value.endswith("it would stand beside its slice, not over it.")
    assert shown(viewer) == both
    show_layer(viewer, left)
    assert shown(viewer) == ["left"]
    viewer.canvas.grid.enabled = False
    # That of a layer out of sight would lie over another.
    assert shown(viewer) == ["left", made.name]


def test_where_the_panel_opens_in_a_grid_maps_that_were_there_are_hidden(
    viewer, open_panel
) -> None:
    layer = viewer.add_image(np.ones((3, 8, 6)))
    made = show_heat(viewer, layer, 1, heat(8, 6))
    viewer.canvas.grid.enabled = True
    open_panel()
    assert not made.visible
    viewer.canvas.grid.enabled = False
    assert made.visible


def test_in_a_grid_of_pairs_the_users_own_order_stays(viewer, panel) -> None:
    layer = viewer.add_image(np.ones((3, 64, 64)), name="mine")
    made = show_heat(viewer, layer, 1, heat(64, 64))
    viewer.canvas.grid.stride = 2
    viewer.canvas.grid.enabled = True
    assert shown(viewer) == ["mine", made.name]
    assert viewer.canvas.grid.actual_shape(viewer.layers) == (1, 1)
    viewer.canvas.grid.stride = 1
    assert shown(viewer) == ["mine"]
    assert panel.layer == layer


def test_the_first_explanation_does_not_spoil_a_plot_that_is_drawn_meanwhile() -> None:
    # Of two first imports at once, in two threads, one may find a half-made matplotlib, or IPython.
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FIRST_EXPLAINED],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["True"], done.stderr
