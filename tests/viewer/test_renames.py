"""Layers come and are renamed one after the other: what shows them all is drawn once for many."""

from __future__ import annotations

import numpy as np
from napari.layers import Image

LAYERS = 12


def test_many_renames_are_shown_together(qtbot, viewer, panel) -> None:
    for number in range(LAYERS):
        viewer.add_image(np.ones((2, 16, 16)), name=f"before {number}")
    rows, drawn = panel.study.table.rows, []
    qtbot.waitUntil(lambda: rows.rowCount() == LAYERS)
    rows.dataChanged.connect(lambda: drawn.append(1))
    for number, layer in enumerate(viewer.layers):
        layer.name = f"after {number}"

    def names() -> list[str]:
        return [rows.index(row, 3).data() for row in range(LAYERS)]

    box = panel.controls.layer.native
    named = [f"after {number}" for number in range(LAYERS)]
    qtbot.waitUntil(lambda: names() == named)
    assert len(drawn) == 1
    assert [box.itemText(place) for place in range(box.count())] == named
    assert box.currentText() == named[-1]


def test_layers_whose_names_differ_by_a_line_break_are_told_apart(qtbot, viewer, panel) -> None:
    layers = [viewer.add_image(np.ones((2, 16, 16)), name=name) for name in ("a b", "a\nb")]
    box = panel.controls.layer.native
    qtbot.waitUntil(lambda: box.count() == 2)
    for layer in layers:
        viewer.layers.selection.active = layer
        assert panel.layer == layer
    assert box.currentText() == "a b [1]"


def test_layers_that_come_one_after_the_other_are_shown_together(qtbot, viewer, panel) -> None:
    rows, drawn = panel.study.table.rows, []
    rows.rowsInserted.connect(lambda *_: drawn.append(1))
    # A study's layers come below the one that is shown.
    for number in reversed(range(LAYERS)):
        viewer.layers.insert(0, Image(np.ones((2, 16, 16)), name=str(number)))
        # What is chosen is up to date at once.
        assert panel.layer.name == str(number)
    qtbot.waitUntil(lambda: rows.rowCount() == LAYERS)
    assert len(drawn) == 1
    rows.modelReset.connect(lambda: drawn.append(1))
    viewer.layers.insert(2, Image(np.ones((2, 16, 16)), name="between"))
    qtbot.waitUntil(lambda: rows.rowCount() == LAYERS + 1)
    assert [rows.index(row, 3).data() for row in (1, 2, 3)] == ["1", "between", "2"]
    assert len(drawn) == 2
