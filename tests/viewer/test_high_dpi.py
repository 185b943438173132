"""The window on screens of several densities, each in a process of its own: Qt asks once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
WINDOW = """
import json, sys, napari, numpy as np
from qtpy.QtWidgets import QApplication

sys.path.insert(0, sys.argv[2])
from sight import pixels, texts_cut_off

# Without a card for graphics, a window that is drawn during the run takes most of the time.
viewer = napari.Viewer(show=False)
viewer.open(sys.argv[1], plugin="napari-mrseq")
panel = viewer.window.add_plugin_dock_widget("napari-mrseq", "MR sequence classifier")[1]
panel.hint.hide()
panel.window().resize(1280, 720)
app = QApplication.instance()

def settle():
    for _ in range(20):
        app.processEvents()

def ink_height(widget):
    seen = pixels(widget).astype(int)
    rows = np.flatnonzero((abs(seen - seen[0, -1]) > 60).any(axis=(1, 2)))
    return int(rows[-1] - rows[0] + 1)

def finish(*_):
    viewer.show()
    settle()
    cut = []
    for tab in range(panel.tabs.count()):
        panel.tabs.setCurrentIndex(tab)
        settle()
        cut += texts_cut_off(panel.tabs.currentWidget())
    panel.tabs.setCurrentIndex(0)
    settle()
    # matplotlib's layout comes to rest with the second drawing.
    panel.plot.canvas.draw()
    for place in (2, 11):
        viewer.dims.set_current_step(0, place)
        settle()
    moved = pixels(panel.plot).astype(int)
    panel.plot.canvas.draw()
    settle()
    print(json.dumps({
        "ratio": panel.devicePixelRatioF(),
        "cut": cut,
        "verdict": ink_height(panel.result.verdict),
        "panel": list(pixels(panel).shape[:2]),
        "size": [panel.height(), panel.width()],
        "plot": [panel.plot.canvas.buffer_rgba().shape[1], panel.plot.canvas.width()],
        "marker": int((abs(moved - pixels(panel.plot)) > 60).any(axis=2).sum()),
    }))
    viewer.close()

panel.runner.stopped.connect(finish)
panel.layer_actions.run()
napari.run()
"""


@pytest.fixture(scope="module", params=["1", "1.5", "2"])
def seen(request: pytest.FixtureRequest, sample_study: Path) -> dict:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WINDOW, str(sample_study / "t2_tse_tra"), HERE],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env={**os.environ, "QT_SCALE_FACTOR": request.param},
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout.splitlines()[-1]) | {"scale": float(request.param)}


def test_nothing_is_cut_off(seen: dict) -> None:
    assert seen["ratio"] == seen["scale"]
    assert seen["cut"] == []


def test_letters_and_plot_are_as_sharp_as_the_screen(seen: dict) -> None:
    scale = seen["scale"]
    # 22 points are some 16 pixels of a capital letter's height at 72 to the inch.
    assert seen["verdict"] == pytest.approx(22 * scale, rel=0.3)
    assert seen["panel"] == pytest.approx([scale * side for side in seen["size"]], abs=2)
    drawn, asked = seen["plot"]
    assert drawn == pytest.approx(scale * asked, abs=2)


def test_the_mark_in_the_plot_stands_where_the_slice_is(seen: dict) -> None:
    """It is moved without drawing the plot anew: what that leaves must be what a new plot shows."""
    assert seen["marker"] == 0
