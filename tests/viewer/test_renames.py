"""A run renames layers one after the other: what shows them all is drawn once for many."""

from __future__ import annotations

import numpy as np

LAYERS = 12


def test_many_renames_are_shown_together(qtbot, viewer, panel) -> None:
    for number in range(LAYERS):
        viewer.add_image(np.ones((2, 16, 16)), name=f"before {number}")
    rows, drawn = panel.study.table.rows, []
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
