"""How fast the panel opens and the slider moves: ``python benchmarks/viewer.py``.

Needs a display; without one: ``xvfb-run -a -s "-screen 0 1400x900x24" python ...``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import napari
import numpy as np
from qtpy.QtCore import QEventLoop, QTimer
from qtpy.QtWidgets import QApplication

SLICES = 200
SIZE = 256


def main() -> None:
    """Print a table of milliseconds."""
    viewer = napari.Viewer(show=True)
    stack = np.random.default_rng(0).random((SLICES, SIZE, SIZE), np.float32)
    viewer.add_image(stack, name="stack")
    QApplication.processEvents()
    bare = list(scrub(viewer))
    before = {name for name in sys.modules if name.startswith("napari_mrseq")}
    start, worked = time.perf_counter(), time.process_time()
    panel = viewer.window.add_plugin_dock_widget("napari-mrseq", "MR sequence classifier")[1]
    QApplication.processEvents()
    opened, worked = 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - worked)
    without_torch = "torch" not in sys.modules
    wait_for(panel.run_finished.connect, panel.layer_actions.run)
    scrubbed = list(scrub(viewer))
    print(f"our modules imported before it opens: {sorted(before - {'napari_mrseq'}) or 'none'}")
    print(
        f"{'panel opens':40} {opened:8.1f} ms   processor time: {worked:.1f} ms   "
        f"torch not imported: {without_torch}"
    )
    for name, steps in (("without the panel", bare), ("with panel, text and plot", scrubbed)):
        median, worst = np.median(steps), np.percentile(steps, 95)
        print(f"{'slider step, ' + name:40} {median:8.1f} ms   95 %: {worst:.1f} ms")
    viewer.close()


def scrub(viewer: napari.Viewer) -> Iterator[float]:
    """Move the slider through the stack and yield the ms each step keeps the window busy."""
    for place in range(SLICES):
        start = time.perf_counter()
        viewer.dims.set_current_step(0, place)
        QApplication.processEvents()
        yield 1000 * (time.perf_counter() - start)


def wait_for(connect: Callable[[Callable[[], None]], object], begin: Callable[[], None]) -> None:
    """Begin something and let the window live until it is through."""
    loop = QEventLoop()
    connect(loop.quit)
    QTimer.singleShot(0, begin)
    loop.exec()


if __name__ == "__main__":
    main()
