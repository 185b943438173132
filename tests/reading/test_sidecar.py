"""What a NIfTI file of a BIDS data set is told by the files above it."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel
import numpy as np
import pytest

import napari_mrseq as mrseq
from napari_mrseq.header import attributes_of


@pytest.fixture
def data_set(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "sub-01" / "func").mkdir(parents=True)
    _write(folder / "dataset_description.json", {"Name": "test", "BIDSVersion": "1.10.0"})
    image = nibabel.Nifti1Image(np.zeros((8, 8, 4, 5), np.int16), np.eye(4))
    nibabel.save(image, folder / "sub-01" / "func" / "sub-01_task-rest_bold.nii.gz")
    return folder


def _write(file: Path, content: object) -> None:
    file.write_text(json.dumps(content))


def _attributes(folder: Path):
    (series,) = mrseq.read(folder / "sub-01")
    return series, attributes_of(series)


def test_what_stands_above_holds_and_what_is_nearer_counts_more(data_set):
    _write(data_set / "bold.json", {"EchoTime": 0.05, "RepetitionTime": 1.0, "FlipAngle": 70})
    _write(data_set / "task-rest_bold.json", {"EchoTime": 0.04, "RepetitionTime": 2.0})
    _write(data_set / "sub-01/func/sub-01_task-rest_bold.json", {"EchoTime": 0.03})
    _, attributes = _attributes(data_set)
    assert (attributes.echo_time, attributes.repetition_time) == (30, 2000)
    assert attributes.flip_angle == 70


@pytest.mark.parametrize("name", ["sub-01_bold.json", "sub-01_task-rest_bold.json"])
def test_the_image_needs_no_sidecar_beside_it(data_set, name):
    _write(data_set / "sub-01" / name, {"EchoTime": 0.03})
    assert _attributes(data_set)[1].echo_time == 30


@pytest.mark.parametrize("name", ["task-nback_bold.json", "T1w.json", "sub-02_bold.json"])
def test_sidecars_of_other_images_say_nothing(data_set, name):
    _write(data_set / name, {"EchoTime": 0.05})
    series, _ = _attributes(data_set)
    assert series.sidecar is None


def test_nothing_is_inherited_from_beyond_the_data_set(data_set):
    _write(data_set.parent / "bold.json", {"EchoTime": 0.05})
    assert _attributes(data_set)[0].sidecar is None


def test_outside_a_data_set_only_the_sidecar_beside_the_image_counts(data_set):
    (data_set / "dataset_description.json").unlink()
    _write(data_set / "bold.json", {"EchoTime": 0.05})
    assert _attributes(data_set)[0].sidecar is None


def test_a_broken_sidecar_is_named_and_the_others_are_read(data_set):
    (data_set / "bold.json").write_text("{")
    _write(data_set / "task-rest_bold.json", {"EchoTime": 0.04})
    series, attributes = _attributes(data_set)
    assert attributes.echo_time == 40
    assert any("bold.json can't be read" in warning for warning in series.warnings)


def test_a_sidecar_in_another_encoding_is_read_or_told_how_to_be_saved(data_set):
    written = '{"EchoTime": 0.03, "SeriesDescription": "Schädel"}'
    (data_set / "bold.json").write_bytes(written.encode("utf-16"))
    (data_set / "task-rest_bold.json").write_bytes(written.encode("latin-1"))
    series, attributes = _attributes(data_set)
    assert attributes.echo_time == 30
    assert series.sidecar["SeriesDescription"] == "Schädel"
    assert series.warnings == ("task-rest_bold.json can't be read: save it as UTF-8",)


def test_b_values_are_inherited_as_sidecars_are(data_set):
    folder = data_set / "sub-01" / "dwi"
    (data_set / "sub-01" / "func").rename(folder)
    (folder / "sub-01_task-rest_bold.nii.gz").rename(folder / "sub-01_acq-multi_dwi.nii.gz")
    (data_set / "dwi.bval").write_text("0 1000 1000 1000 1000")
    assert _attributes(data_set)[0].volume_axis.values == (0, 1000, 1000, 1000, 1000)
    (data_set / "sub-01" / "sub-01_acq-multi_dwi.bval").write_text("0 0 2000 2000 2000")
    series, attributes = _attributes(data_set)
    assert series.volume_axis.values == (0, 0, 2000, 2000, 2000)
    assert attributes.b_values == (0, 2000)


def test_inherited_sidecars_name_nobody(data_set):
    _write(data_set / "bold.json", {"EchoTime": 0.05, "PatientName": "Zwerg"})
    assert "Zwerg" not in str(_attributes(data_set)[0].sidecar)


def test_stars_in_a_name_are_no_pattern(data_set):
    folder = data_set / "sub-01" / "func"
    (folder / "sub-01_task-rest_bold.nii.gz").rename(folder / "sub-01_task-rest_bo**.nii.gz")
    _write(data_set / "bo**.json", {"EchoTime": 0.05})
    assert _attributes(data_set)[1].echo_time == 50


def test_a_name_without_entities_inherits_nothing(data_set):
    folder = data_set / "sub-01" / "func"
    (folder / "sub-01_task-rest_bold.nii.gz").rename(folder / "my_bold.nii.gz")
    _write(data_set / "bold.json", {"EchoTime": 0.05})
    assert _attributes(data_set)[0].sidecar is None


def test_of_sidecars_in_one_folder_the_one_that_says_more_of_the_image_counts_more(data_set):
    folder = data_set / "sub-01" / "func"
    name = "sub-01_task-rest_run-1_bold.nii.gz"
    (folder / "sub-01_task-rest_bold.nii.gz").rename(folder / name)
    _write(data_set / "sub-01_task-rest_bold.json", {"EchoTime": 0.03})
    _write(data_set / "task-rest_bold.json", {"EchoTime": 0.04})
    assert _attributes(data_set)[1].echo_time == 30


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[1, 2]", "bold.json is not a sidecar"),
        ("[" * 200_000, "bold.json can't be read (it is damaged"),
        (f'{{"a": {"9" * 5000}}}', "bold.json can't be read (it is damaged"),
        ('{"a": 1\n"b": 2}', "bold.json can't be read: it is not valid JSON at line 2, column 1"),
    ],
    ids=["a list", "a deep list", "a long number", "a comma missing"],
)
def test_what_is_no_sidecar_is_named_and_the_others_are_read(data_set, written, told):
    (data_set / "bold.json").write_text(written)
    _write(data_set / "task-rest_bold.json", {"EchoTime": 0.04})
    series, attributes = _attributes(data_set)
    assert attributes.echo_time == 40
    assert [warning.startswith(told) for warning in series.warnings if "json" in warning] == [True]


def test_an_image_given_from_inside_its_data_set_inherits_as_well(data_set, monkeypatch):
    _write(data_set / "bold.json", {"EchoTime": 0.05})
    monkeypatch.chdir(data_set / "sub-01" / "func")
    (series,) = mrseq.read("sub-01_task-rest_bold.nii.gz")
    assert attributes_of(series).echo_time == 50


def test_a_nearer_folder_counts_more_though_its_sidecar_says_less_of_the_image(data_set):
    _write(data_set / "task-rest_bold.json", {"EchoTime": 0.05, "FlipAngle": 70})
    _write(data_set / "sub-01" / "bold.json", {"EchoTime": 0.03})
    _, attributes = _attributes(data_set)
    assert (attributes.echo_time, attributes.flip_angle) == (30, 70)


def test_an_image_has_the_number_of_its_series_and_its_place_among_the_files_given(tmp_path):
    for name, number in {"a_T1w": 12, "b_T2w": 3}.items():
        nibabel.save(nibabel.Nifti1Image(np.zeros((8, 8, 4)), np.eye(4)), tmp_path / f"{name}.nii")
        _write(tmp_path / f"{name}.json", {"SeriesNumber": number, "SeriesDescription": "scan"})
    found = mrseq.read(tmp_path)
    assert [(one.description, one.series_number) for one in found] == [("a_T1w", 12), ("b_T2w", 3)]


@pytest.mark.parametrize("told", ["NaN", "Infinity", "1e300", "true", "null", '"Doe"', "[3]"])
def test_what_is_no_number_of_a_series_is_none(data_set, told):
    (data_set / "bold.json").write_text(f'{{"SeriesNumber": {told}}}')
    assert _attributes(data_set)[0].series_number is None
