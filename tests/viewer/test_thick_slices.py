"""napari shows several slices as one where the user wishes: then no slice is named."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.slice_in_view import slice_in_view


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

    def said() -> str:
        # The canvas is narrow: lines are broken.
        return " ".join(viewer.canvas.overlays.text.text.split())

    assert said() == "T1 90 % slice 7 of 12"
    viewer.dims.margin_left, viewer.dims.margin_right = (8, 0, 0), (8, 0, 0)
    assert said().endswith("whole stack")
    assert panel.runner.focus.index is None
    layer.projection_mode = "none"
    assert said() == "T1 90 % slice 7 of 12"
    assert panel.runner.focus.index == 6
    layer.projection_mode = "max"
    assert said().endswith("whole stack")
    viewer.dims.margin_left, viewer.dims.margin_right = (0, 0, 0), (0, 0, 0)
    assert said() == "T1 90 % slice 7 of 12"


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
        one = np.allclose(seen._slice.image.raw, layer.data[point // 2])
        assert slice_in_view(viewer, layer) == (point // 2 if one else None)
