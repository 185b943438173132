"""napari shows several slices as one where the user wishes: then no slice is named."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.canvas_text import CanvasText
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.slice_in_view import is_seen, slice_in_view

from .canvas import words_on_canvas


@pytest.fixture
def layer(viewer, panel, make_verdict):
    """A judged stack of twelve slices, 2 mm from each other, of which the mean would be seen."""
    stack = np.random.default_rng(0).random((12, 16, 16))
    layer = viewer.add_image(stack, scale=(2, 1, 1), projection_mode="mean")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 9 + ["T2"] * 3))
    panel.refresh()
    viewer.dims.set_point(0, 12)
    return layer


def test_the_stack_speaks_where_the_mean_of_slices_is_seen(viewer, panel, layer) -> None:
    assert words_on_canvas(viewer) == "T1 90 % slice 7 of 12"
    viewer.dims.margin_left, viewer.dims.margin_right = (8, 0, 0), (8, 0, 0)
    assert words_on_canvas(viewer).endswith("whole stack")
    assert panel.runner.focus.index is None
    layer.projection_mode = "none"
    assert words_on_canvas(viewer) == "T1 90 % slice 7 of 12"
    assert panel.runner.focus.index == 6
    layer.projection_mode = "max"
    assert words_on_canvas(viewer).endswith("whole stack")
    viewer.dims.margin_left, viewer.dims.margin_right = (0, 0, 0), (0, 0, 0)
    assert words_on_canvas(viewer) == "T1 90 % slice 7 of 12"


def test_what_needs_a_slice_says_why_there_is_none(viewer, panel, layer, press) -> None:
    viewer.dims.margin_right = (8, 0, 0)
    assert slice_in_view(viewer, layer) is None
    press(panel.page.explain_button)
    assert "one slice thick" in panel.controls.status.value


def test_one_slice_is_named_exactly_where_napari_shows_one(viewer, layer) -> None:
    seen, margins = layer.__wrapped__, (0, 0.9, 1.1, 2, 5)
    for point, before, behind in product((0, 12, 22), margins, margins):
        viewer.dims.margin_left, viewer.dims.margin_right = (before, 0, 0), (behind, 0, 0)
        viewer.dims.set_point(0, point)
        # Of two slices at the edge of a margin napari may show the other one alone.
        drawn = seen._slice.image.raw
        shown = [place for place, one in enumerate(layer.data) if np.allclose(one, drawn)]
        assert slice_in_view(viewer, layer) == (shown[0] if shown else None)


@pytest.mark.parametrize("step", [2, -2])
@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value encountered")
def test_what_napari_shows_beside_the_stack_and_between_its_slices_is_what_is_named(step) -> None:
    viewer = ViewerModel()
    stack = np.random.default_rng(0).random((4, 8, 8))
    layer = viewer.add_image(stack, scale=(step, 1, 1), projection_mode="mean")
    # The slider reaches as far as another layer does.
    viewer.add_points(np.array([[-9, 0, 0], [9, 0, 0]]))
    margins = (0, 0.6, 1, 2.5)
    for point, before, behind in product(np.arange(-9, 9.1, 0.5), margins, margins):
        viewer.dims.margin_left, viewer.dims.margin_right = (before, 0, 0), (behind, 0, 0)
        viewer.dims.set_point(0, point)
        drawn = layer._slice.image.raw
        # Of a mirrored layer napari's mean may be one of no slices: no numbers.
        seen = not layer._slice.empty and bool(np.isfinite(drawn).all())
        shown = [place for place, one in enumerate(stack) if seen and np.allclose(one, drawn)]
        assert slice_in_view(viewer, layer) == (shown[0] if shown else None)
        assert is_seen(viewer, layer) == seen


@pytest.mark.parametrize("ndisplay", [2, 3])
def test_a_layer_that_the_sliders_have_left_is_silent(make_verdict, ndisplay: int) -> None:
    viewer = ViewerModel()
    text = CanvasText(viewer)
    viewer.add_image(np.ones((9, 2, 8, 8)), name="in sight")
    left = viewer.add_image(np.ones((3, 2, 8, 8)), name="left", projection_mode="mean")
    annotate(left, make_verdict(series_of(left), ["T1"] * 6))
    viewer.dims.ndisplay = ndisplay
    viewer.dims.margin_left = (1, 0, 0, 0)
    viewer.dims.set_current_step(0, 2)
    assert viewer.canvas.overlays.text.text == "T1 90 %   whole stack\nleft"
    viewer.dims.set_current_step(0, 6)
    assert not viewer.canvas.overlays.text.text.strip()
    text.close()
