"""The words on the canvas, as the user moves through the layers."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from napari.utils._proxies import PublicOnlyProxy

from napari_mrseq.correction import Correction
from napari_mrseq.decision import Decision
from napari_mrseq.header import HeaderClaim
from napari_mrseq.sequences import name_of
from napari_mrseq.viewer.annotation import annotate, correct_layer, keep_slices, revert
from napari_mrseq.viewer.canvas_text import CanvasText
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.slice_in_view import show_layer, show_slice


@pytest.fixture
def viewer() -> ViewerModel:
    return ViewerModel()


@pytest.fixture
def viewer_window(make_napari_viewer_proxy):
    return make_napari_viewer_proxy(show=True)


@pytest.fixture
def text(viewer: ViewerModel):
    # As napari hands a viewer to a plugin.
    shown = CanvasText(PublicOnlyProxy(viewer))
    yield viewer.canvas.overlays.text
    shown.close()


def add(viewer: ViewerModel, make_verdict, codes, *, shape=None, **attributes) -> Image:
    layer = viewer.add_image(np.ones(shape or (len(codes), 8, 8)), **attributes)
    annotate(layer, make_verdict(series_of(layer), codes, conflict=attributes.get("name") == "!"))
    return layer


def test_it_follows_the_slider(viewer, text, make_verdict) -> None:
    add(viewer, make_verdict, ["T1", "T2", "FLAIR"])
    for place, words in enumerate(("T1", "T2", "T2-FLAIR")):
        viewer.dims.set_current_step(0, place)
        assert text.text == f"{words} 90 %   slice {place + 1} of 3"
        assert text.visible


def test_it_follows_both_sliders_of_a_4d_layer(viewer, text, make_verdict) -> None:
    add(viewer, make_verdict, ["T1", "T2", "FLAIR", "FLAIR", "T1", "T2"], shape=(2, 3, 8, 8))
    viewer.dims.set_current_step((0, 1), (1, 2))
    assert text.text == "T2 90 %   slice 3 of 3\nvolume 2 of 2"


def test_a_flat_picture_has_one_slice(viewer, text, make_verdict) -> None:
    add(viewer, make_verdict, ["T2"], shape=(8, 8))
    assert text.text == "T2 90 %   slice 1 of 1"


def test_a_conflict_is_said(viewer, text, make_verdict) -> None:
    add(viewer, make_verdict, ["T1", "T1"], name="!")
    viewer.dims.set_current_step(0, 1)
    assert text.text == "T1 90 % ≠ header   slice 2 of 2"


def test_of_several_doubts_the_canvas_says_the_one_that_tables_say(
    viewer, text, make_verdict
) -> None:
    layer = viewer.add_image(np.ones((1, 8, 8)))
    unsure = Decision("T1", 0.5, "member")
    seen = make_verdict(series_of(layer), ["T1"], decision=unsure, conflict=True)
    weak = replace(seen, slices=(replace(seen.slices[0], decision=unsure),))
    annotate(layer, weak)
    assert text.text == f"T1 50 % {weak.mark}   slice 1 of 1"
    annotate(layer, replace(weak, conflict=False))
    assert text.text == "T1 50 % ▲ unsure   slice 1 of 1"


def test_a_step_of_the_slider_copies_no_image(viewer, text, make_verdict) -> None:
    layer = add(viewer, make_verdict, ["T1"] * 16, shape=(16, 256, 256))
    tracemalloc.start()
    viewer.dims.set_current_step(0, 5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert text.text == "T1 90 %   slice 6 of 16"
    assert peak < layer.data.nbytes / 2


class Asked(Image):
    """Counts how often it is asked where a place in the world lies in it."""

    times = 0

    def world_to_data(self, position):
        Asked.times += 1
        return super().world_to_data(position)


def test_the_work_of_a_step_grows_as_the_layers_do(viewer, text, make_verdict) -> None:
    asked = []
    for _ in range(2):
        for _ in range(6):
            layer = viewer.add_layer(Asked(np.ones((3, 8, 8))))
            annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
        Asked.times = 0
        viewer.dims.set_current_step(0, len(asked))
        asked.append(Asked.times)
        assert text.text.startswith(f"T1 90 %   slice {len(asked)} of 3")
    few, twice_as_many = asked
    assert 0 < twice_as_many <= 2 * few


def test_a_slice_not_judged_is_said(viewer, text, make_verdict) -> None:
    layer = viewer.add_image(np.ones((3, 8, 8)))
    verdict = make_verdict(series_of(layer), ["T1"])
    keep_slices(layer, verdict.model_id, verdict.slices)
    viewer.dims.set_current_step(0, 2)
    assert text.text == "not yet run   slice 3 of 3"


def test_nothing_is_said_of_layers_never_judged(viewer, text) -> None:
    viewer.add_image(np.ones((3, 8, 8)))
    assert (text.text, text.visible) == ("", False)


def test_places_count_in_millimetres(viewer, text, make_verdict) -> None:
    """Layers that reach farther shift the slider's steps, not the slices."""
    add(viewer, make_verdict, ["T1", "T2", "FLAIR"], scale=(5, 1, 1), translate=(20, 0, 0))
    viewer.add_image(np.ones((40, 8, 8)), scale=(1, 1, 1), translate=(-10, 0, 0), visible=False)
    viewer.dims.set_point(0, 25)
    assert text.text == "T2 90 %   slice 2 of 3\nImage"
    viewer.dims.set_point(0, 0)
    assert "slice" not in text.text


def test_the_active_one_of_several_visible_layers_speaks_by_name(
    viewer, text, make_verdict
) -> None:
    first = add(viewer, make_verdict, ["T1", "T1"], name="under")
    second = add(viewer, make_verdict, ["T2", "T2"], name="over")
    viewer.dims.set_current_step(0, 0)
    assert text.text == "T2 90 %   slice 1 of 2\nover"
    viewer.layers.selection.active = first
    # Opaque, the other one is what is seen.
    assert text.text == "T2 90 %   slice 1 of 2\nover"
    second.opacity = 0.5
    assert text.text == "T1 90 %   slice 1 of 2\nunder"
    second.opacity = 1
    second.translate = (0, 0, 20)
    assert text.text == "T1 90 %   slice 1 of 2\nunder"
    # The panel speaks of the one that is hidden.
    first.visible = False
    assert text.text == "T2 90 %   slice 1 of 2\nover"
    viewer.layers.selection.active = second
    assert text.text == "T2 90 %   slice 1 of 2"
    viewer.layers.selection.active = first
    viewer.layers.remove(second)
    assert not text.text.strip()


def test_a_layer_that_lies_under_another_says_no_word_over_it(viewer, text, make_verdict) -> None:
    add(viewer, make_verdict, ["T2", "T2"], name="judged")
    viewer.add_image(np.ones((2, 8, 8)), name="opened since")
    viewer.dims.set_current_step(0, 0)
    assert text.text == "not yet run   slice 1 of 2\nopened since"
    viewer.dims.ndisplay = 3
    assert text.text == "not yet run   whole stack\nopened since"
    viewer.layers[1].name = "renamed"
    assert text.text == "not yet run   whole stack\nrenamed"


def test_a_layer_that_another_lets_through_speaks(viewer, text, make_verdict) -> None:
    judged = add(viewer, make_verdict, ["T2", "T2"], name="judged")
    above = viewer.add_image(np.ones((2, 8, 8)), name="opened since")
    viewer.layers.selection.active = judged
    viewer.dims.set_current_step(0, 0)
    above.blending = "additive"
    assert text.text == "T2 90 %   slice 1 of 2\njudged"


def test_a_layer_that_is_raised_over_another_speaks(viewer, text, make_verdict) -> None:
    judged = add(viewer, make_verdict, ["T2", "T2"], name="judged")
    viewer.add_image(np.ones((2, 8, 8)), name="opened since")
    viewer.layers.selection.active = judged
    viewer.dims.set_current_step(0, 0)
    assert text.text == "not yet run   slice 1 of 2\nopened since"
    viewer.layers.move(0, 2)
    assert text.text == "T2 90 %   slice 1 of 2\njudged"


@pytest.mark.filterwarnings("ignore:Non-orthogonal slicing")
@pytest.mark.parametrize(
    "place",
    [
        {"rotate": (10, 0, 0)},
        {"shear": (0.3, 0, 0)},
        {"affine": [[1, 0.15, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]},
        {"rotate": (0, 20, 10), "scale": (5, 1, 1), "translate": (20, 3, 4)},
    ],
    ids=lambda place: " ".join(place),
)
def test_of_a_layer_tilted_out_of_its_slices_the_drawn_one_is_named(
    viewer, text, make_verdict, place
) -> None:
    """Every slice has one grey value, so that what is drawn tells which it is."""
    numbers = np.arange(1, 12)[:, None, None]
    layer = viewer.add_image(np.broadcast_to(numbers, (11, 40, 40)).copy(), **place)
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 11))
    # Another slider stands anywhere, as after axes were rolled.
    viewer.dims.set_point(1, 17)

    def drawn() -> int:
        point = layer.data_to_world((5, 20, 20))
        point = (viewer.dims.point[0], *point[1:])
        return int(layer.get_value(point, dims_displayed=[1, 2], world=True))

    for index in range(1, 10):
        show_slice(viewer, layer, index)
        assert drawn() == index + 1
        assert text.text == f"T1 90 %   slice {index + 1} of 11"


@pytest.mark.filterwarnings("ignore:Non-orthogonal slicing")
def test_of_a_tilted_4d_layer_the_drawn_slice_is_named(viewer, text, make_verdict) -> None:
    numbers = np.arange(15).reshape(3, 5, 1, 1)
    tilt = np.eye(5)
    tilt[0, 1], tilt[1, 2] = 0.1, 0.3
    layer = viewer.add_image(np.broadcast_to(numbers, (3, 5, 9, 9)).copy(), affine=tilt)
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 15))
    viewer.dims.set_point(2, 8)
    for index in (6, 7, 8):
        show_slice(viewer, layer, index)
        point = (*viewer.dims.point[:2], 4, 4)
        assert layer.get_value(point, dims_displayed=[2, 3], world=True) == index
        assert text.text == f"T1 90 %   slice {index - 4} of 5\nvolume 2 of 3"


def test_a_correction_of_a_slice_that_was_never_judged_is_said(viewer, text, make_verdict) -> None:
    layer = viewer.add_image(np.ones((3, 8, 8)))
    verdict = make_verdict(series_of(layer), ["T1"])
    annotate(layer, verdict)
    correct_layer(layer, Correction(0, 2, "T2"))
    viewer.dims.set_current_step(0, 2)
    assert text.text == "T2 (corrected)   slice 3 of 3"


def test_where_the_header_alone_can_name_a_series_no_slice_is_called_else(
    viewer, text, make_verdict
) -> None:
    layer = viewer.add_image(np.ones((2, 8, 8)))
    seen = make_verdict(series_of(layer), ["T1", "T1"])
    annotate(layer, replace(seen, decision=Decision("LOCALIZER", 0.95, "member")))
    viewer.dims.set_current_step(0, 0)
    assert text.text == "localizer 95 % (header)   slice 1 of 2"
    correct_layer(layer, Correction(0, 0, "T2"))
    assert text.text == "T2 (corrected)   slice 1 of 2"


def test_the_only_slice_of_a_series_has_the_word_on_the_series(viewer, text, make_verdict) -> None:
    layer = viewer.add_image(np.ones((1, 8, 8)))
    seen = make_verdict(series_of(layer), ["T1"])
    annotate(layer, replace(seen, decision=Decision("T1", 0.97, "member")))
    assert text.text == "T1 97 %   slice 1 of 1"


def test_of_a_layer_beside_the_slider_nothing_is_said(viewer, text, make_verdict) -> None:
    layer = add(viewer, make_verdict, ["T1", "T1"])
    viewer.dims.set_current_step(0, 1)
    layer.translate = (50, 0, 0)
    viewer.add_points(np.zeros((1, 3)))
    viewer.dims.set_point(0, 0)
    assert not text.text.strip()
    viewer.dims.ndisplay = 3
    assert text.text == "T1 90 %   whole stack"


def test_a_mark_stays_with_its_word_on_a_narrow_canvas(viewer, text, make_verdict) -> None:
    layer = viewer.add_image(np.ones((2, 8, 8)))
    seen = make_verdict(series_of(layer), ["T1", "T1"], decision=Decision("T1", 0.5, "member"))
    weak = [replace(one, decision=Decision("T1", 0.5, "member")) for one in seen.slices]
    annotate(layer, replace(seen, slices=tuple(weak)))
    viewer.dims.set_current_step(0, 0)
    viewer.canvas.size = (600, 150)
    assert text.text.splitlines()[:2] == ["T1 50 %", "▲ unsure"]


@pytest.mark.parametrize("other", ["T2", None])
def test_a_layer_that_the_slider_has_left_is_silent(viewer, text, make_verdict, other) -> None:
    if other is None:
        viewer.add_image(np.ones((9, 8, 8)), name="in sight")
    else:
        add(viewer, make_verdict, [other] * 9, name="in sight")
    left = add(viewer, make_verdict, ["T1", "T1"], name="left")
    viewer.layers.selection.active = left
    viewer.dims.set_current_step(0, 1)
    assert text.text == "T1 90 %   slice 2 of 2\nleft"
    viewer.dims.set_current_step(0, 5)
    assert text.text.strip() == ("T2 90 %   slice 6 of 9\nin sight" if other else "")


def test_a_long_name_keeps_its_end_and_fits_the_canvas(viewer, text, make_verdict) -> None:
    add(viewer, make_verdict, ["T1", "T1"], name="a name that goes on " * 4 + "_ADC")
    viewer.add_image(np.ones((2, 8, 8)), translate=(0, 0, 20))
    viewer.layers.selection.active = viewer.layers[0]
    name = text.text.splitlines()[1]
    assert len(name) <= 40
    assert name.startswith("a name that")
    assert name.endswith("_ADC")


def test_a_long_name_of_the_users_own_leaves_room_for_the_place(viewer, text, make_verdict) -> None:
    layer = add(viewer, make_verdict, ["T1", "T1"])
    correct_layer(layer, Correction(0, 1, "arterial spin labelling, five delays"))
    viewer.dims.set_current_step(0, 0)
    assert text.text.startswith("arterial spin")
    assert text.text.endswith("(corrected)   slice 1 of 2")
    assert len(text.text) < 46


def test_a_narrow_canvas_breaks_lines_and_no_number(viewer, text, make_verdict) -> None:
    add(viewer, make_verdict, ["T1"] * 16, name="!")
    viewer.dims.set_current_step(0, 9)
    assert text.text == "T1 90 % ≠ header   slice 10 of 16"
    viewer.canvas.size = (600, 341)
    assert text.text == "T1 90 % ≠ header\nslice 10 of 16"
    viewer.canvas.size = (600, 150)
    assert text.text == "T1 90 %\n≠ header\nslice 10\nof 16"
    viewer.canvas.size = (600, 40)
    assert text.text.split("\n") == ["T1", "90 %", "≠ header", "slice", "10", "of", "16"]


def test_a_grid_on_a_narrow_canvas_cuts_no_sequence_off(viewer, text, make_verdict) -> None:
    """Lines end at the right edge: of one too long the beginning, the sequence, was not seen."""
    for name in ("!", "ep2d_diff_3scan_trace_ADC"):
        add(viewer, make_verdict, ["FLAIR"], name=name)
    viewer.canvas.grid.enabled = True
    viewer.canvas.size = (600, 341)
    assert len(text.text.strip().splitlines()) == 2
    viewer.canvas.size = (600, 200)
    assert text.text.strip().splitlines() == [
        "T2-FLAIR 90 %",
        "ep2d_diff…race_ADC",
        "T2-FLAIR 90 % ≠ header",
        "!",
    ]


def test_a_grid_of_many_leaves_the_images_in_sight(viewer, text, make_verdict) -> None:
    for number in range(8):
        add(viewer, make_verdict, ["T2"], name=str(number))
    viewer.canvas.grid.enabled = True
    assert len(text.text.strip().splitlines()) == 8
    add(viewer, make_verdict, ["T2"], name="one more")
    assert not text.text.strip()
    assert all(layer.name_overlay.visible for layer in viewer.layers)


def test_in_a_grid_of_many_the_layers_in_conflict_are_told(viewer, text, make_verdict) -> None:
    """In narrow cells napari cuts names off before the mark."""
    for number in range(9):
        add(viewer, make_verdict, ["T2"], name=str(number))
    viewer.canvas.grid.enabled = True
    add(viewer, make_verdict, ["T1"], name="!")
    assert text.text == "\nT1 90 % ≠ header   !"
    for _ in range(8):
        add(viewer, make_verdict, ["T1"], name="!")
    lines = text.text.strip().splitlines()
    assert [line.startswith("T1 90 % ≠ header") for line in lines] == [True] * 7 + [False]
    assert lines[-1] == "and 2 more"


def test_in_a_grid_of_many_every_line_stands_within_the_dark_box(
    qtbot, viewer_window, make_verdict
) -> None:
    shown = CanvasText(viewer_window)
    viewer_window.theme = "light"
    for number in range(8):
        add(viewer_window, make_verdict, ["T2"], name=str(number), contrast_limits=(0, 1))
    viewer_window.canvas.grid.enabled = True
    qtbot.wait(500)
    picture = viewer_window.screenshot(canvas_only=True, flash=False)[..., :3].mean(axis=2)
    shown.close()
    # Between the letters and the right edge of the box.
    (rows,) = np.nonzero(picture[:, -9] < 150)
    (columns,) = np.nonzero(picture[rows.max()] < 150)
    assert len(rows) > 100
    assert (picture[rows.min() + 1, columns.min() + 1 : columns.max()] < 150).all()


def test_in_a_grid_each_layer_has_its_line_and_its_name(viewer, text, make_verdict) -> None:
    first = add(viewer, make_verdict, ["T1", "T1"], name="first")
    second = add(viewer, make_verdict, ["T2", "FLAIR"], name="second")
    second.name_overlay.visible = True
    alone = text.font_size
    viewer.canvas.grid.enabled = True
    viewer.dims.set_current_step(0, 1)
    assert text.text.strip().splitlines() == ["T2-FLAIR 90 %   second", "T1 90 %   first"]
    assert first.name_overlay.visible
    # Small, and out of the way of the names in the cells.
    assert (text.font_size < alone, text.position) == (True, "bottom_right")
    viewer.canvas.grid.enabled = False
    assert (text.font_size, text.position) == (alone, "top_left")
    # What the user had switched on stays.
    assert (first.name_overlay.visible, second.name_overlay.visible) == (False, True)


def test_a_layer_that_leaves_the_grid_leaves_no_name_behind(viewer, text, make_verdict) -> None:
    first = add(viewer, make_verdict, ["T1", "T1"], name="first")
    for name in ("second", "third"):
        add(viewer, make_verdict, ["T2", "T2"], name=name)
    viewer.canvas.grid.enabled = True
    viewer.layers.remove(first)
    assert not first.name_overlay.visible
    assert len(text.text.strip().splitlines()) == 2


def test_across_the_slices_the_stack_speaks(viewer, text, make_verdict) -> None:
    add(viewer, make_verdict, ["T1", "T1"])
    viewer.dims.order = (1, 0, 2)
    assert text.text == "T1 90 %   whole stack"
    # Transposed, a slice is the same slice.
    viewer.dims.order = (0, 2, 1)
    viewer.dims.set_current_step(0, 1)
    assert text.text == "T1 90 %   slice 2 of 2"
    viewer.dims.order = (0, 1, 2)
    viewer.dims.ndisplay = 3
    assert text.text == "T1 90 %   whole stack"


def test_revert_takes_the_text_back(viewer, text, make_verdict) -> None:
    revert(add(viewer, make_verdict, ["T1", "T1"]))
    assert not text.text.strip()


def test_the_users_own_text_comes_back(viewer, make_verdict) -> None:
    overlay = viewer.canvas.overlays.text
    overlay.text, overlay.visible, overlay.font_size = "mine", True, 20
    shown = CanvasText(viewer)
    add(viewer, make_verdict, ["T1", "T1"])
    assert overlay.text != "mine"
    shown.close()
    shown.restore()
    viewer.dims.set_current_step(0, 1)
    assert (overlay.text, overlay.visible, overlay.font_size) == ("mine", True, 20)


@pytest.mark.parametrize("way", ["remove", "remove and clear", "clear"])
def test_layers_and_their_words_go_together(
    qtbot, viewer_window, make_verdict, sample_study: Path, way: str
) -> None:
    viewer = viewer_window
    viewer.window.resize(1400, 880)
    viewer.open(str(sample_study), plugin="napari-mrseq")
    viewer.window.add_plugin_dock_widget("napari-mrseq", "MR sequence classifier")
    layer = viewer.layers[1]
    show_layer(viewer, layer)
    qtbot.wait(500)
    annotate(layer, make_verdict(series_of(layer), ["T1"] * series_of(layer).slice_count))
    qtbot.wait(500)
    if way != "clear":
        viewer.layers.remove(layer)
        qtbot.wait(1000)
    if way != "remove":
        viewer.layers.clear()
        qtbot.wait(500)
    # Mesa would have ended the process.
    assert not viewer.canvas.overlays.text.text.strip()


@pytest.mark.parametrize("code", ["T1", "LOCALIZER"])
def test_a_name_for_pixels_that_show_nothing_is_said_to_be_the_headers(
    viewer, text, make_verdict, code: str
) -> None:
    layer = viewer.add_image(np.ones((1, 8, 8)))
    header, decision = HeaderClaim(code, 0.7), Decision(code, 0.7, "member")
    seen = make_verdict(series_of(layer), ["T1"], decision=decision, header=header)
    annotate(layer, replace(seen, slices=(replace(seen.slices[0], weight=0.0),)))
    assert text.text == f"{name_of(code)} 70 % ▲ header only   slice 1 of 1"


def test_a_slice_that_the_user_named_is_not_said_to_be_the_headers(
    viewer, text, make_verdict
) -> None:
    layer = viewer.add_image(np.ones((2, 8, 8)))
    seen = make_verdict(series_of(layer), ["T1"] * 2, header=HeaderClaim("T1", 0.9))
    annotate(layer, replace(seen, slices=tuple(replace(one, weight=0.0) for one in seen.slices)))
    correct_layer(layer, Correction(1, 1, "T2"))
    for place, words in enumerate(("T1 90 % ▲ header only", "T2 (corrected)")):
        viewer.dims.set_current_step(0, place)
        assert text.text == f"{words}   slice {place + 1} of 2"
