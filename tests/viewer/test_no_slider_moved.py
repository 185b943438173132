"""The slice in view is the one that napari shows, also where no slider made it another."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.slice_in_view import show_slice

from .canvas import words_on_canvas


@pytest.fixture
def add(viewer, panel, make_verdict):
    """Return a function that adds a judged stack of nine slices, each as bright as its number."""

    def judged(name: str, **place):
        stack = np.ones((9, 16, 16)) * np.arange(9)[:, None, None]
        layer = viewer.add_image(stack, name=name, **place)
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 9))
        panel.refresh()
        return layer

    return judged


def said(viewer, panel) -> tuple[str, int | None, str | None]:
    """Return the place on the canvas, the slice that a run begins with, and the marked row."""
    row = panel.slices.table.currentIndex()
    place = words_on_canvas(viewer).partition(" slice ")[2].partition(" of ")[0]
    return place, panel.runner.focus.index, row.siblingAtColumn(0).data()


def shown(layer) -> int:
    """Return the number of the slice that napari shows, from 0."""
    return int(layer.__wrapped__._slice.image.view.max())


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("translate", (2, 0, 0), 4),
        ("scale", (2, 1, 1), 3),
        ("affine", np.diag([3.0, 1.0, 1.0, 1.0]), 2),
        ("affine", [[1, 0, 0, -1], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], 7),
    ],
)
def test_a_layer_that_is_moved_or_stretched_shows_another_slice(
    viewer, panel, add, place: str, value, expected: int
) -> None:
    layer = add("mine")
    viewer.dims.set_current_step(0, 6)
    assert said(viewer, panel) == ("7", 6, "7")
    setattr(layer, place, value)
    assert shown(layer) == expected
    assert said(viewer, panel) == (str(expected + 1), expected, str(expected + 1))


def test_layers_of_several_units_are_shown_and_named_by_their_slices(viewer, panel, add) -> None:
    in_cm = add("cm", scale=(0.5, 0.1, 0.1), units=("cm",) * 3)
    in_mm = add("mm", scale=(5, 1, 1), units=("mm",) * 3)
    for layer, index in ((in_cm, 3), (in_mm, 5), (in_cm, 8)):
        viewer.layers.selection.active = layer
        show_slice(viewer, layer, index)
        assert shown(layer) == index
        assert said(viewer, panel) == (str(index + 1), index, str(index + 1))


def test_a_layer_chosen_since_another_went_is_marked_where_it_stands(viewer, panel, add) -> None:
    add("stays")
    goes = add("goes", translate=(3, 0, 0))
    viewer.add_points(np.zeros((1, 3)))
    viewer.layers.selection.active = goes
    viewer.dims.set_point(0, 7)
    # Points are no image: the panel goes on speaking of the one before.
    viewer.layers.selection.active = viewer.layers[-1]
    assert said(viewer, panel) == ("5", 4, "5")
    viewer.layers.remove(goes)
    assert panel.layer.name.endswith("stays")
    assert said(viewer, panel) == ("8", 7, "8")
