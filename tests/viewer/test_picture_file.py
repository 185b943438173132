"""Which file a layer is the picture of: the record names it, and labels for training lie in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import npe2
import numpy as np
import pytest
import tifffile
from napari.components import ViewerModel
from napari.layers import Image
from napari.layers._layer_actions import _duplicate_layer, _split_stack
from PIL import Image as Picture

import napari_mrseq as mrseq
from napari_mrseq.viewer.layer_series import series_of


@pytest.fixture
def viewer() -> ViewerModel:
    """A viewer without a window, with napari's own reader."""
    npe2.PluginManager.instance().discover()
    return ViewerModel()


def values(*shape: int, dtype: str = "u1") -> np.ndarray:
    return np.random.default_rng(len(shape)).integers(0, 200, shape).astype(dtype)


def write(path: Path, pixels: np.ndarray, **how: object) -> str:
    if path.suffix == ".tif":
        tifffile.imwrite(path, pixels, **how)
    else:
        Picture.fromarray(pixels).save(path)
    return str(path)


@pytest.mark.parametrize(
    ("name", "pixels"),
    [
        ("grey.png", values(40, 50)),
        ("deep.png", values(40, 50, dtype="u2")),
        ("colour.png", values(40, 50, 3)),
        ("clear.png", np.dstack([values(40, 50, 3), np.full((40, 50), 255, "u1")])),
        ("photo.jpg", values(40, 50)),
        ("stack.tif", values(5, 40, 50, dtype="u2")),
        ("real.tif", values(40, 50, dtype="f4")),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_picture_that_napari_has_read_is_named_by_its_file(
    viewer: ViewerModel, tmp_path: Path, name: str, pixels: np.ndarray
) -> None:
    path = write(tmp_path / name, pixels)
    (layer,) = viewer.open(path)
    series = series_of(layer)
    (alone,) = mrseq.read(path)
    assert (series.path, series.files) == (alone.path, alone.files) == (path, (path,))
    assert (series.kind, series.is_mr) == (alone.kind, alone.is_mr)
    assert series.is_mr == (name not in ("colour.png", "clear.png"))
    # The user may have given the layer a better one.
    assert series.description == layer.name


def replaced(viewer: ViewerModel, folder: Path) -> Image:
    (layer,) = viewer.open(write(folder / "a.png", values(40, 50)))
    layer.data = 255 - layer.data
    return layer


def written_anew(viewer: ViewerModel, folder: Path) -> Image:
    (layer,) = viewer.open(write(folder / "a.png", values(40, 50)))
    write(folder / "a.png", 255 - values(40, 50))
    return layer


def gone(viewer: ViewerModel, folder: Path) -> Image:
    path = write(folder / "a.png", values(40, 50))
    (layer,) = viewer.open(path)
    Path(path).unlink()
    return layer


def one_colour(viewer: ViewerModel, folder: Path) -> Image:
    return viewer.open(write(folder / "a.png", values(40, 50, 3)), channel_axis=2)[1]


def files_stacked(viewer: ViewerModel, folder: Path) -> Image:
    paths = [write(folder / f"{name}.png", values(40, 50)) for name in "ab"]
    (layer,) = viewer.open(paths, stack=True)
    return layer


def folder_stacked(viewer: ViewerModel, folder: Path) -> Image:
    for name in "ab":
        write(folder / f"{name}.png", values(40, 50))
    (layer,) = viewer.open(str(folder), plugin="napari")
    return layer


def volumes(viewer: ViewerModel, folder: Path) -> Image:
    pixels = values(3, 3, 40, 50)
    (layer,) = viewer.open(write(folder / "a.tif", pixels, imagej=True, metadata={"axes": "ZCYX"}))
    return layer


def duplicate(viewer: ViewerModel, folder: Path) -> Image:
    (layer,) = viewer.open(write(folder / "a.png", values(40, 50)))
    viewer.layers.selection = {layer}
    _duplicate_layer(viewer.layers)
    return viewer.layers[1]


def split(viewer: ViewerModel, folder: Path) -> Image:
    viewer.layers.selection = set(viewer.open(write(folder / "a.png", values(40, 50, 3))))
    _split_stack(viewer.layers)
    return viewer.layers[0]


def in_memory(viewer: ViewerModel, folder: Path) -> Image:
    return viewer.add_image(values(40, 50), name=write(folder / "a.png", values(40, 50)))


def of_a_file_that_is_none_of_ours(viewer: ViewerModel, folder: Path) -> Image:
    (layer,) = viewer.open(write(folder / "a.bmp", values(40, 50)))
    return layer


@pytest.mark.parametrize(
    "make",
    [
        replaced,
        written_anew,
        gone,
        one_colour,
        files_stacked,
        folder_stacked,
        volumes,
        duplicate,
        split,
        in_memory,
        of_a_file_that_is_none_of_ours,
    ],
)
def test_what_is_not_the_picture_of_one_file_has_its_own_name(
    viewer: ViewerModel, tmp_path: Path, make: Callable[[ViewerModel, Path], Image]
) -> None:
    layer = make(viewer, tmp_path)
    series = series_of(layer)
    assert (series.path, series.files, series.kind) == (layer.name, (layer.name,), "layer")


def test_a_picture_that_is_written_anew_and_opened_again_is_that_of_its_file(
    viewer: ViewerModel, tmp_path: Path
) -> None:
    for shape in ((40, 50), (30, 60)):
        (layer,) = viewer.open(write(tmp_path / "a.png", values(*shape)))
        assert series_of(layer).path == str(tmp_path / "a.png")
