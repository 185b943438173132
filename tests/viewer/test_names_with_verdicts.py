"""Files that were saved under a layer's name: the verdict in it is neither a name nor evidence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import napari_mrseq
from napari_mrseq.header import claim_of
from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.viewer.annotation import annotate, revert
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.writer import write_nifti


@pytest.fixture
def stack() -> np.ndarray:
    return np.arange(3 * 16 * 16, dtype=np.int16).reshape(3, 16, 16)


def saved(layer, folder: Path) -> Path:
    """Save a layer by its name, as napari's dialog offers it."""
    file = folder / f"{layer.name}.nii.gz"
    write_nifti(str(file), *layer.as_layer_data_tuple()[:2])
    return file


def test_a_verdict_in_a_files_name_is_no_evidence(viewer, stack, make_verdict, tmp_path) -> None:
    layer = viewer.add_image(stack, name="scan")
    annotate(layer, make_verdict(series_of(layer), ["T2"] * 3))
    file = saved(layer, tmp_path)
    assert file.name == "[T2 90%] scan.nii.gz"
    (series,) = napari_mrseq.read(file)
    assert series.description == "scan"
    claim = claim_of(series)
    assert claim is None or claim.sequence == UNKNOWN


def test_a_picture_is_described_without_a_verdict(tmp_path) -> None:
    file = tmp_path / "[T1 corrected] knee.png"
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(file)
    (series,) = napari_mrseq.read(file)
    assert (series.description, series.path) == ("knee", str(file))


@pytest.mark.parametrize("conflict", [False, True])
def test_a_layer_saved_and_opened_again_has_one_verdict(
    viewer, stack, make_verdict, tmp_path, conflict: bool
) -> None:
    layer = viewer.add_image(stack, name="t1_se_tra")
    annotate(layer, make_verdict(series_of(layer), ["T2"] * 3, conflict=conflict))
    file, name = saved(layer, tmp_path), layer.name
    viewer.layers.clear()
    (opened,) = viewer.open(file, plugin="napari-mrseq")
    assert opened.name == "t1_se_tra"
    annotate(opened, make_verdict(series_of(opened), ["T2"] * 3, conflict=conflict))
    assert opened.name == name
    assert opened.metadata["mrseq"]["description"] == "t1_se_tra"


def test_a_new_run_takes_the_place_of_a_verdict_in_the_name(
    viewer, panel, stack, make_verdict
) -> None:
    """As it is where napari itself opened what was saved as TIFF."""
    name = "[unknown] [T2 44%] t1_se_tra ≠ header [1]"
    layer = viewer.add_image(stack, name=name)
    annotate(layer, make_verdict(series_of(layer), ["T1"] * 3))
    panel.refresh()
    assert layer.name == "[T1 90%] t1_se_tra [1]"
    assert layer.metadata["mrseq"]["description"] == "t1_se_tra [1]"
    assert panel.study.table.proxy.index(0, 3).data() == "t1_se_tra [1]"
    revert(layer)
    assert layer.name == name
