"""An imported network loads in a process whose window Mesa has drawn."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import napari, numpy
viewer = napari.Viewer()
viewer.add_image(numpy.ones((3, 16, 16)))
viewer.screenshot()
from napari_mrseq.model.networks import build
print(len(list(build("resnet18", 3).parameters())))
viewer.close()
"""


def test_a_network_of_torchvision_is_built_after_a_window_was_drawn():
    # A crash can be seen in a process of its own alone.
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "62"), done.stderr
