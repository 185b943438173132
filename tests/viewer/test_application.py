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
from safetensors.torch import save_file

from napari_mrseq.model.card import KEY, Card
from napari_mrseq.model.networks import build
from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.application import most_telling
from napari_mrseq.viewer.layer_series import series_of

PROGRAM = Path(sys.executable).parent / "napari-mrseq"


def view(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, "view", *words]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    grey = np.random.default_rng(0).integers(0, 255, (64, 64)).astype(np.uint8)
    Image.fromarray(grey).save(tmp_path / "slice.png")
    return tmp_path / "slice.png"


def test_it_writes_a_picture_of_the_window_and_closes(
    sample_study: Path, picture: Path, tmp_path: Path
) -> None:
    folders = [sample_study / name for name in ("t1_se_tra", "t1_se_tra_header_lies")]
    (tmp_path / "window.png").write_bytes(b"an earlier picture")
    # A layer without a size in mm beside others is what napari warns of.
    done = view(*folders, picture, "--screenshot", "window.png", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not done.stdout
    with Image.open(tmp_path / "window.png") as window:
        pixels = np.asarray(window.convert("L"))
    assert min(pixels.shape) > 500
    # A canvas with a head on it has bright pixels in its middle.
    height, width = pixels.shape
    middle = pixels[height // 4 : 3 * height // 4, width // 4 : 5 * width // 8]
    assert (middle > 100).mean() > 0.05


def test_a_model_that_can_not_be_run_is_told_where_nobody_sees_the_window(
    sample_study: Path, tmp_path: Path
) -> None:
    card = Card("torn", "1", "efficientnet_lite0", ("T1", "T2", "FLAIR"), 64)
    weights = build(card.network, 2).state_dict()
    save_file(weights, tmp_path / "torn.safetensors", metadata={KEY: card.to_json()})
    folder = sample_study / "t2_tse_tra"
    done = view(folder, "--model", "torn.safetensors", "--screenshot", "window.png", cwd=tmp_path)
    assert done.returncode == 2
    assert "torn.safetensors does not hold what its model card tells of" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_series_shown_fills_the_canvas_beside_a_picture_that_is_larger(
    sample_study: Path, tmp_path: Path
) -> None:
    Image.new("L", (1600, 1200), 99).save(tmp_path / "photo.png")
    done = view(
        sample_study / "t2_tse_tra", "photo.png", "--screenshot", "window.png", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "window.png") as window:
        pixels = np.asarray(window.convert("L"))
    height, width = pixels.shape
    middle = pixels[height // 4 : 3 * height // 4, width // 4 : 5 * width // 8]
    assert (middle > 60).mean() > 0.3


def test_the_picture_is_the_same_however_large_napari_was_last(
    sample_study: Path, tmp_path: Path, monkeypatch
) -> None:
    pictures = []
    for size in ("900, 600", "1380, 860"):
        settings = tmp_path / "settings.yaml"
        kept = f"first_time: false, window_position: [0, 0], window_size: [{size}]"
        settings.write_text(f"schema_version: 0.8.0\napplication: {{{kept}}}\n")
        monkeypatch.setenv("NAPARI_CONFIG", str(settings))
        done = view(sample_study / "t2_tse_tra", "--screenshot", "window.png", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        with Image.open(tmp_path / "window.png") as window:
            pictures.append(np.asarray(window, dtype=int))
    # napari shares the room at the left among its own docks as it did in the smaller window.
    one, other = (picture[:, picture.shape[1] // 3 :] for picture in pictures)
    # The last digit of a probability may make the edge of the plot's line a level lighter.
    assert np.abs(one - other).max() <= 1


def test_what_cannot_be_opened_is_an_error_in_words(tmp_path: Path) -> None:
    done = view(".", cwd=tmp_path)
    assert done.returncode == 1
    assert "Nothing to open" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_picture_of_the_window_takes_the_place_of_nothing_shown(
    picture: Path, tmp_path: Path
) -> None:
    before = picture.read_bytes()
    done = view(".", "--screenshot", picture, cwd=tmp_path)
    assert done.returncode == 2
    assert f"{picture} is one of the files to show" in done.stderr
    assert picture.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--screenshot", "window.nii"], "screenshots are PNG files"),
        (["--screenshot", "absent/window.png"], "there is no folder absent"),
        (["--screenshot", "folder.png"], "is a folder"),
        (["--screenshot", ""], "the path is empty"),
        (["--device", "mps"], "this machine has no mps device"),
    ],
)
def test_what_cannot_be_done_is_said_before_a_window_opens(picture, words, cause) -> None:
    (picture.parent / "folder.png").mkdir()
    done = view(picture, *words, cwd=picture.parent)
    assert done.returncode == 2
    assert cause in done.stderr
    assert not done.stdout


def test_what_cannot_be_read_is_named_once_when_the_window_is_closed(
    sample_study: Path, picture: Path, tmp_path: Path
) -> None:
    series = shutil.copytree(sample_study / "t2_tse_tra", tmp_path / "series")
    cut = sorted(series.iterdir())[7]
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    picture.write_bytes(picture.read_bytes()[:1000])
    done = view("series", "absent", picture.name, "--screenshot", "window.png", cwd=tmp_path)
    assert done.returncode == 1
    torn, absent, undecoded = done.stderr.splitlines()[-3:]
    assert torn.startswith(f"not read: series/{cut.name}: truncated")
    assert absent == "not read: absent: does not exist"
    assert undecoded.startswith("not read: slice.png: picture can't be decoded")
    assert "no contrast limits: slice.png: picture can't be decoded" in done.stderr


@pytest.mark.parametrize(("conflicts", "chosen"), [([0, 0, 1], 2), ([0, 0, 0], 0)])
def test_a_series_whose_header_disagrees_is_shown(make_verdict, conflicts, chosen) -> None:
    viewer = ViewerModel()
    for conflict in conflicts:
        layer = viewer.add_image(np.ones((2, 4, 4)))
        annotate(layer, make_verdict(series_of(layer), ["T1"] * 2, conflict=bool(conflict)))
    assert most_telling(list(viewer.layers)) == viewer.layers[chosen]
