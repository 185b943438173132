"""``napari-mrseq view`` as a real process with a real window."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from napari.components import ViewerModel
from PIL import Image

from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.application import most_telling
from napari_mrseq.viewer.layer_series import series_of

VIEW = "import sys; from napari_mrseq.viewer.application import show; show({paths!r}{more})"


def view(paths: list[str], more: str = "") -> subprocess.CompletedProcess[str]:
    script = "from pathlib import Path; " + VIEW.format(paths=paths, more=more)
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=300
    )


def test_it_writes_a_picture_of_the_window_and_closes(sample_study: Path, tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    folders = [str(sample_study / name) for name in ("t1_se_tra", "t1_se_tra_header_lies")]
    done = view(folders, f", screenshot=Path({str(picture)!r})")
    assert done.returncode == 0, done.stderr
    with Image.open(picture) as window:
        pixels = np.asarray(window.convert("L"))
    assert min(pixels.shape) > 500
    # A canvas with a head on it has bright pixels in its middle.
    height, width = pixels.shape
    middle = pixels[height // 4 : 3 * height // 4, width // 4 : 5 * width // 8]
    assert (middle > 100).mean() > 0.05


def test_what_cannot_be_opened_is_an_error_in_words(tmp_path: Path) -> None:
    done = view([str(tmp_path)])
    assert done.returncode == 1
    assert "ReadError: Nothing to open" in done.stderr


def test_what_cannot_be_read_is_named_when_the_window_is_closed(
    sample_study: Path, tmp_path: Path
) -> None:
    series = shutil.copytree(sample_study / "t2_tse_tra", tmp_path / "series")
    cut = sorted(series.iterdir())[7]
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    program = Path(sys.executable).parent / "napari-mrseq"
    command = [program, "view", "series", "absent", "--screenshot", "window.png"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 1
    torn, absent = done.stderr.splitlines()[-2:]
    assert torn.startswith(f"not read: series/{cut.name}: truncated")
    assert absent == "not read: absent: does not exist"


@pytest.mark.parametrize(("conflicts", "chosen"), [([0, 0, 1], 2), ([0, 0, 0], 0)])
def test_a_series_whose_header_disagrees_is_shown(make_verdict, conflicts, chosen) -> None:
    viewer = ViewerModel()
    for conflict in conflicts:
        layer = viewer.add_image(np.ones((2, 4, 4)))
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 2, conflict=bool(conflict)))
    assert most_telling(list(viewer.layers)) == viewer.layers[chosen]
