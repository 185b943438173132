"""Layers saved through napari, read back by nibabel."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from napari.layers._layer_actions import _project
from npe2 import PluginManager
from pydicom import Dataset
from pydicom.uid import SecondaryCaptureImageStorage, generate_uid
from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import QApplication, QFileDialog, QLineEdit

from napari_mrseq.errors import MrseqError
from napari_mrseq.header import claim_of
from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.reader import read_layers
from napari_mrseq.viewer.writer import write_nifti


def open_layer(path: Path) -> Image:
    ((data, attributes, _),) = read_layers(str(path))
    return Image(data, **attributes)


def save(layer: Image, file: Path) -> tuple[nibabel.Nifti1Image, dict]:
    data, attributes, _ = layer.as_layer_data_tuple()
    image, sidecar, *_ = write_nifti(str(file), data, attributes)
    return nibabel.load(image), json.loads(Path(sidecar).read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", ["t1_se_tra", "t1_fl2d_sag"])
def test_every_slice_lies_where_its_header_says(
    sample_study: Path, tmp_path: Path, folder: str
) -> None:
    layer = open_layer(sample_study / folder)
    image, _ = save(layer, tmp_path / "a.nii.gz")
    for number, file in enumerate(layer.metadata["mrseq_series"].files):
        header = pydicom.dcmread(file, force=True)
        right, front, head = nibabel.affines.apply_affine(image.affine, (0, 0, number))
        position = [float(value) for value in header.ImagePositionPatient]
        assert (-right, -front, head) == pytest.approx(position, abs=1e-3)
        stored = header.pixel_array * float(header.get("RescaleSlope", 1))
        stored = stored + float(header.get("RescaleIntercept", 0))
        np.testing.assert_allclose(image.dataobj[..., number].T, stored, rtol=1e-5)


def derived(layer: Image, data: np.ndarray, **attributes: object) -> Image:
    """What another plugin makes of a layer: other pixels, the same metadata."""
    _, kept, _ = layer.as_layer_data_tuple()
    return Image(data, **{**kept, **attributes})


@pytest.mark.parametrize(
    ("cut", "step"),
    [((slice(2, 9), slice(30, 90), slice(20, 60)), 1), ((slice(1, 6), *[slice(5, 95, 2)] * 2), 2)],
)
def test_what_was_cut_or_resampled_lies_where_it_was(
    sample_study: Path, tmp_path: Path, cut: tuple[slice, ...], step: int
) -> None:
    layer = open_layer(sample_study / "t1_fl2d_sag")
    corner = [one.start for one in cut]
    made = derived(
        layer,
        np.asarray(layer.data)[cut],
        translate=layer.data_to_world(corner),
        scale=layer.scale * (1, step, step),
    )
    whole, _ = save(layer, tmp_path / "whole.nii")
    part, _ = save(made, tmp_path / "part.nii")
    for place in ((0, 0, 0), (3, 7, 2)):
        there = np.array(corner[::-1]) + np.array(place) * (step, step, 1)
        expected = nibabel.affines.apply_affine(whole.affine, there)
        assert nibabel.affines.apply_affine(part.affine, place) == pytest.approx(expected, abs=1e-3)
        assert part.dataobj[place] == whole.dataobj[tuple(there)]


def test_a_layer_that_the_user_moved_is_saved_where_it_lies(
    sample_study: Path, tmp_path: Path
) -> None:
    layer = open_layer(sample_study / "ep2d_diff_3scan_trace")
    before, _ = save(layer, tmp_path / "before.nii")
    moved = np.eye(5)
    moved[1, 4] = 3 * layer.scale[1]
    layer.affine = moved
    after, _ = save(layer, tmp_path / "after.nii")
    expected = nibabel.affines.apply_affine(before.affine, (0, 0, 3))
    assert after.affine[:3, 3] == pytest.approx(expected, abs=1e-3)
    np.testing.assert_allclose(after.affine[:3, :3], before.affine[:3, :3], atol=1e-5)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_projection_claims_no_place_in_the_patient(
    sample_study: Path, tmp_path: Path, axis: int
) -> None:
    layers = ViewerModel().layers
    layers.append(open_layer(sample_study / "t1_se_tra"))
    layers.selection.active = layers[0]
    _project(layers, axis=axis, mode="max")
    image, _ = save(layers[1], tmp_path / "a.nii")
    assert image.header["sform_code"] == image.header["qform_code"] == 0
    kept = [step for number, step in enumerate(layers[0].scale) if number != axis]
    assert image.header.get_zooms()[:2] == pytest.approx(kept[::-1])


def test_the_sidecar_of_other_pixels_has_no_verdict(
    sample_study: Path, tmp_path: Path, make_verdict
) -> None:
    layer = open_layer(sample_study / "t1_se_tra")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * layer.data.shape[0]))
    layer.data = np.asarray(layer.data) ** 2
    _, sidecar = save(layer, tmp_path / "a.nii")
    assert "EchoTime" in sidecar
    assert not {"mrseq", "BidsSuffix"} & set(sidecar)


def test_what_is_saved_opens_as_it_was(sample_study: Path, tmp_path: Path) -> None:
    layer = open_layer(sample_study / "ep2d_diff_3scan_trace")
    save(layer, tmp_path / "a.nii")
    again = open_layer(tmp_path / "a.nii")
    assert again.data.shape == layer.data.shape
    first, second = (series_of(one).affine for one in (layer, again))
    np.testing.assert_allclose(np.abs(first), np.abs(second), atol=1e-3)
    assert series_of(again).volume_axis == series_of(layer).volume_axis
    claims = [claim_of(series_of(one)) for one in (layer, again)]
    assert [claim.sequence for claim in claims] == ["DWI", "DWI"]


@pytest.fixture
def directed(sample_study: Path, tmp_path: Path) -> Image:
    """A diffusion series of b 0 and b 1000, which says its direction."""
    (tmp_path / "dwi").mkdir()
    for file in (sample_study / "ep2d_diff_3scan_trace").iterdir():
        header = pydicom.dcmread(file)
        weighted = header.DiffusionBValue > 0
        header.DiffusionGradientOrientation = [0.6, 0.0, 0.8] if weighted else [0.0, 0.0, 0.0]
        header.save_as(tmp_path / "dwi" / file.name)
    return open_layer(tmp_path / "dwi")


@pytest.mark.parametrize("turned", [False, True])
def test_directions_of_diffusion_are_saved_along_the_images_own_axes(
    directed: Image, tmp_path: Path, turned: bool
) -> None:
    data, attributes, _ = directed.as_layer_data_tuple()
    if turned:
        # Rows mirrored: the other hand.
        last = attributes["scale"][2] * (data.shape[2] - 1)
        attributes["translate"] = np.add(attributes["translate"], [0, 0, last, 0])
        attributes["scale"] = np.multiply(attributes["scale"], [1, 1, -1, 1])
        data = data[:, :, ::-1]
    image, _, bval, bvec = write_nifti(str(tmp_path / "a.nii.gz"), data, attributes)
    assert np.loadtxt(bval).tolist() == [0, 1000]
    axes = nibabel.load(image).affine[:3, :3]
    axes = axes / np.linalg.norm(axes, axis=0)
    turn = [-1 if np.linalg.det(axes) > 0 else 1, 1, 1]
    directions = (axes @ (np.loadtxt(bvec).T * turn).T).T * [-1, -1, 1]
    np.testing.assert_allclose(directions, [[0, 0, 0], [0.6, 0, 0.8]], atol=1e-4)
    # Opened and saved once more, whichever way its axes are turned to be shown, they stay.
    _, _, _, bvec = write_nifti(
        str(tmp_path / "b.nii"), *open_layer(tmp_path / "a.nii.gz").as_layer_data_tuple()[:2]
    )
    again = open_layer(tmp_path / "b.nii").metadata["mrseq_series"].volume_axis
    np.testing.assert_allclose(again.directions, [[0, 0, 0], [0.6, 0, 0.8]], atol=1e-4)


@pytest.mark.parametrize("mirrored", [False, True])
def test_directions_turn_with_an_image_that_was_registered(
    directed: Image, tmp_path: Path, mirrored: bool
) -> None:
    _, _, _, before = write_nifti(str(tmp_path / "a.nii"), *directed.as_layer_data_tuple()[:2])
    along = np.loadtxt(before)
    turned = np.eye(5)
    # A quarter turn within the slice, by what napari's transform mode and registrations set.
    turned[2:4, 2:4] = [[0, -1], [1, 0]]
    if mirrored:
        turned[1, 1] = -1
        # FSL turns the first axis of the other hand.
        along[0] *= -1
    directed.affine = turned
    _, _, _, after = write_nifti(str(tmp_path / "b.nii"), *directed.as_layer_data_tuple()[:2])
    np.testing.assert_allclose(np.loadtxt(after), along, atol=1e-5)


@pytest.mark.parametrize(
    ("volumes", "axes", "endings"),
    [
        (2, ("slice", "row", "column"), [".bval", ".bvec"]),
        # Nobody knows how it lies in the patient.
        (2, ("a", "b", "c"), [".bval"]),
        # Nobody knows which of the volumes it is.
        (1, ("slice", "row", "column"), []),
    ],
)
def test_gradients_are_saved_as_far_as_they_are_known(
    directed: Image, tmp_path: Path, volumes: int, axes: tuple[str, ...], endings: list[str]
) -> None:
    cut = np.asarray(directed.data)[:volumes]
    made = derived(directed, cut, axis_labels=("b value", *axes))
    data, attributes, _ = made.as_layer_data_tuple()
    _, _, *gradients = write_nifti(str(tmp_path / "a.nii"), data, attributes)
    assert [Path(file).suffix for file in gradients] == endings


def test_the_sidecar_holds_verdict_and_times_in_seconds(
    sample_study: Path, tmp_path: Path, make_verdict
) -> None:
    layer = open_layer(sample_study / "t1_se_tra")
    annotate(layer, make_verdict(series_of(layer), ["T1"] * layer.data.shape[0]))
    _, sidecar = save(layer, tmp_path / "a.nii.gz")
    header = pydicom.dcmread(layer.metadata["mrseq_series"].files[0], force=True)
    assert sidecar["EchoTime"] == pytest.approx(float(header.EchoTime) / 1000)
    assert sidecar["BidsSuffix"] == "T1w"
    assert sidecar["SeriesDescription"] == "t1_se_tra"
    assert sidecar["mrseq"]["sequence"] == "T1"


def test_napari_saves_through_the_writer(sample_study: Path, tmp_path: Path) -> None:
    PluginManager.instance().discover()
    viewer = ViewerModel()
    layer = viewer.add_layer(open_layer(sample_study / "t1_se_tra"))
    written = layer.save(str(tmp_path / "a.nii.gz"), plugin="napari-mrseq")
    assert sorted(Path(file).name for file in written) == ["a.json", "a.nii.gz"]


def test_volumes_lie_a_repetition_time_apart(sample_study: Path, tmp_path: Path) -> None:
    for folder, units in (("ep2d_diff_3scan_trace", "sec"), ("t1_se_tra", "unknown")):
        layer = open_layer(sample_study / folder)
        image, _ = save(layer, tmp_path / f"{folder}.nii")
        assert image.header.get_xyzt_units() == ("mm", units)
        header = pydicom.dcmread(layer.metadata["mrseq_series"].files[0], force=True)
        apart = [float(header.RepetitionTime) / 1000] if image.ndim == 4 else []
        assert image.header.get_zooms()[3:] == pytest.approx(apart)


def dynamic(times: Sequence[float], **attributes: float) -> Image:
    """A layer with a volume at each of these times, and these words of its header."""
    layer = Image(np.zeros((len(times), 2, 8, 8), np.uint8))
    volumes = {"name": "time", "values": times}
    layer.metadata["dicom"] = {"attributes": attributes, "volumes": volumes}
    return layer


def test_volumes_lie_as_far_apart_as_they_were_taken(tmp_path: Path) -> None:
    # In a 3-D gradient echo TR is the time from line to line, not from volume to volume.
    layer = dynamic((0.0, 6000.0, 12000.0), repetition_time=5.0)
    image, _ = save(layer, tmp_path / "dynamic.nii.gz")
    assert image.header["pixdim"][4] == pytest.approx(6.0)
    assert image.header.get_xyzt_units()[1] == "sec"


@pytest.mark.parametrize(("sequence", "told"), [("BOLD", 2.4), ("PERF", 0.06)])
def test_the_repetition_time_of_bold_is_that_of_its_volumes_as_bids_wants(
    tmp_path: Path, sequence: str, told: float
) -> None:
    # A 3-D EPI: TR is the time from plane to plane.
    layer = dynamic((0.0, 2400.0, 4800.0), repetition_time=60.0)
    layer.metadata["mrseq"] = {"sequence": sequence}
    image, sidecar = save(layer, tmp_path / "a.nii")
    assert sidecar["RepetitionTime"] == told
    assert image.header["pixdim"][4] == pytest.approx(2.4)


@pytest.mark.parametrize(("clock", "apart"), [(2.5, 736.0), (1000.0, 2300.0)])
def test_the_clock_of_a_scanner_changes_no_repetition_time(
    tmp_path: Path, clock: float, apart: float
) -> None:
    # One volume was lost.
    taken = np.delete(np.arange(202), 100) * apart
    times = (np.round(taken / clock) * clock).tolist()
    image, _ = save(dynamic(times), tmp_path / "bold.nii")
    assert image.header["pixdim"][4] == pytest.approx(apart / 1000, rel=1e-3)


def test_volumes_that_were_taken_faster_first_lie_as_far_apart_as_most(tmp_path: Path) -> None:
    steps = [4200.0] * 4 + [6300.0] * 6
    times = [0.0, *np.cumsum(steps).tolist()]
    image, _ = save(dynamic(times), tmp_path / "dynamic.nii")
    assert image.header["pixdim"][4] == pytest.approx(6.3)


# Of a liver: before the agent, arterial, portal venous; and over midnight, without a date.
@pytest.mark.parametrize(
    "times", [(0.0, 20500.0, 65000.0), (86396000.0, 0.0), (0.0, 1e4, 4e4, 12e4)]
)
def test_volumes_that_lie_apart_by_no_usual_time_claim_none(tmp_path: Path, times) -> None:
    layer = dynamic(times, repetition_time=4.0)
    layer.metadata["mrseq"] = {"sequence": "BOLD"}
    image, sidecar = save(layer, tmp_path / "dynamic.nii")
    assert image.header.get_xyzt_units() == ("unknown", "unknown")
    assert image.header["pixdim"][4] == 1.0
    assert sidecar["RepetitionTime"] == 0.004


@pytest.mark.parametrize(
    "theirs",
    [
        {"RepetitionTime": 3.2, "SliceTiming": [0, 1.6], "ConversionSoftware": "dcm2niix"},
        {"Modality": "MR", "MagneticFieldStrength": 3, "ScanningSequence": "EP", "EchoTime": 0.08},
    ],
)
def test_the_sidecar_of_another_program_stays(tmp_path: Path, theirs: dict[str, object]) -> None:
    sidecar = tmp_path / "sub-01_dwi.json"
    sidecar.write_text(json.dumps(theirs))
    layer = Image(np.zeros((2, 8, 8), np.uint8))
    with pytest.raises(MrseqError, match=r"sub-01_dwi\.json belongs to another program"):
        save(layer, tmp_path / "sub-01_dwi.nii")
    assert json.loads(sidecar.read_text()) == theirs
    assert [file.name for file in tmp_path.iterdir()] == [sidecar.name]


def test_b_values_of_what_was_saved_before_do_not_stay(directed: Image, tmp_path: Path) -> None:
    path = tmp_path / "over.nii.gz"
    save(directed, path)
    assert series_of(open_layer(path)).volume_axis.values == (0, 1000)
    save(Image(np.zeros((2, 3, 8, 8), np.uint8)), path)
    assert series_of(open_layer(path)).volume_axis.name != "b value"


def test_a_file_in_capitals_finds_its_sidecar_again(sample_study: Path, tmp_path: Path) -> None:
    layer = open_layer(sample_study / "t1_se_tra")
    save(layer, tmp_path / "IMAGE.NII.GZ")
    told, read = (
        one.metadata["dicom"]["attributes"]["echo_time"]
        for one in (layer, open_layer(tmp_path / "IMAGE.NII.GZ"))
    )
    assert read == told > 0


@pytest.mark.parametrize(("unit", "step"), [("s", 2.5), ("ms", 2500), ("min", 2.5 / 60)])
def test_volumes_of_another_readers_layer_lie_as_its_units_say(
    tmp_path: Path, unit: str, step: float
) -> None:
    layer = Image(np.zeros((3, 2, 8, 8)), scale=(step, 1, 1, 1), units=(unit, "mm", "mm", "mm"))
    image, _ = save(layer, tmp_path / "a.nii")
    assert image.header["pixdim"][4] == pytest.approx(2.5)
    assert image.header.get_xyzt_units() == ("mm", "sec")


def test_volumes_of_which_no_time_is_known_claim_none(tmp_path: Path) -> None:
    image, _ = save(Image(np.ones((6, 3, 4, 5)), units=("pixel", *["mm"] * 3)), tmp_path / "a.nii")
    assert image.header.get_zooms() == (1, 1, 1, 1)
    assert image.header.get_xyzt_units() == ("mm", "unknown")


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are UTF-8 here")
def test_the_sidecar_of_a_file_whose_name_is_no_text_is_written(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"T1 \xe4.nii")
    nibabel.save(nibabel.Nifti1Image(np.ones((5, 4, 3), np.float32), np.eye(4)), odd)
    _, sidecar = save(open_layer(odd), tmp_path / "a.nii")
    assert sidecar["SeriesDescription"] == "T1 \udce4"


def test_a_layer_of_pixels_keeps_its_scale_and_claims_no_patient(tmp_path: Path) -> None:
    image, _ = save(Image(np.ones((3, 4, 5), bool), scale=(5, 0.9, 0.8)), tmp_path / "a.nii")
    assert image.shape == (5, 4, 3)
    assert image.header.get_zooms() == pytest.approx((0.8, 0.9, 5))
    assert image.header["sform_code"] == image.header["qform_code"] == 0


@pytest.mark.parametrize(
    ("data", "rgb", "words"),
    [
        (np.ones((4, 4, 3)), True, "mine: colour images"),
        ([np.ones((8, 8)), np.ones((4, 4))], False, "mine: colour images and pyramids"),
        (np.ones((2, 2, 3, 4, 4)), False, "mine has 5 dimensions, 2 × 2 × 3 × 4 × 4; .*split"),
    ],
)
def test_what_has_no_place_in_nifti_is_refused_in_words(tmp_path: Path, data, rgb, words) -> None:
    with pytest.raises(MrseqError, match=words):
        save(Image(data, rgb=rgb, name="mine"), tmp_path / "a.nii")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [bool, np.float16, np.int64, np.uint64])
def test_values_that_readers_of_nifti_may_not_know_are_saved_as_others(
    tmp_path: Path, kind: type
) -> None:
    values = np.arange(3 * 4 * 5).reshape(3, 4, 5).astype(kind)
    image, _ = save(Image(values), tmp_path / "a.nii")
    assert image.get_data_dtype() in (np.uint8, np.float32, np.float64)
    np.testing.assert_array_equal(np.asarray(image.dataobj).T, values)


def test_a_layer_is_saved_by_naparis_own_dialog(
    viewer, qtbot, sample_study: Path, tmp_path: Path, make_verdict
) -> None:
    layer = viewer.add_layer(open_layer(sample_study / "t1_se_tra"))
    annotate(layer, make_verdict(series_of(layer), ["T1"] * layer.data.shape[0]))
    viewer.layers.selection.active = layer
    menu = viewer.window.file_menu
    (save_selected,) = [a for a in menu.actions() if a.text().startswith("Save Selected Layers")]

    def fill_in() -> None:
        dialog = QApplication.activeModalWidget()
        line = dialog and dialog.findChild(QLineEdit)
        # Before its line has the keyboard, its list of completions would take Return.
        if not (line and line.hasFocus()):
            QTimer.singleShot(20, fill_in)
            return
        assert isinstance(dialog, QFileDialog)
        assert any("*.nii.gz" in kind for kind in dialog.nameFilters())
        line.selectAll()
        qtbot.keyClicks(line, str(tmp_path / "saved.nii.gz"))
        qtbot.keyClick(line, Qt.Key.Key_Return)

    QTimer.singleShot(20, fill_in)
    save_selected.trigger()
    image = nibabel.load(tmp_path / "saved.nii.gz")
    assert image.shape == layer.data.shape[::-1]
    sidecar = json.loads((tmp_path / "saved.json").read_text(encoding="utf-8"))
    assert sidecar["mrseq"]["sequence"] == "T1"


def test_lengths_in_other_units_are_written_in_millimetres(
    sample_study: Path, tmp_path: Path
) -> None:
    made = Image(np.ones((3, 4, 5)), scale=(6500, 1200, 1200), units=("um",) * 3)
    image, _ = save(made, tmp_path / "a.nii")
    assert image.header.get_zooms() == pytest.approx((1.2, 1.2, 6.5))
    assert image.header.get_xyzt_units()[0] == "mm"
    pixels, _ = save(Image(np.ones((3, 4, 5))), tmp_path / "b.nii")
    assert pixels.header.get_xyzt_units()[0] == "unknown"
    layer = open_layer(sample_study / "t1_se_tra")
    expected, _ = save(layer, tmp_path / "c.nii")
    moved = {"scale": layer.scale * 1000, "translate": layer.translate * 1000}
    micro = Image(layer.data, metadata=layer.metadata, axis_labels=layer.axis_labels,
                  rotate=layer.rotate, shear=layer.shear, units=("um",) * 3, **moved)  # fmt: skip
    image, _ = save(micro, tmp_path / "d.nii")
    np.testing.assert_allclose(image.affine, expected.affine, atol=1e-3)


def test_a_mirrored_layer_is_saved_as_it_is_seen(tmp_path: Path) -> None:
    pixels = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)
    layer = Image(pixels, name="mirrored", scale=(5, -2, 1), units=("mm",) * 3)
    image, _ = save(layer, tmp_path / "a.nii")
    assert image.header.get_zooms() == (1, 2, 5)
    np.testing.assert_array_equal(np.asarray(image.dataobj).T, pixels[:, ::-1])
    flat = Image(pixels[0], name="picture", scale=(-2, 1), units=("mm",) * 2)
    image, _ = save(flat, tmp_path / "b.nii")
    np.testing.assert_array_equal(np.asarray(image.dataobj).T, pixels[:1, ::-1])


def with_header(series: Path, folder: Path, header: dict[str | int, object]) -> Image:
    """Open a series without words, in whose header other values stand."""
    folder.mkdir()
    for file in series.iterdir():
        instance = pydicom.dcmread(file)
        instance.update({"SeriesDescription": "", "ProtocolName": "", **header})
        instance.save_as(folder / file.name)
    return open_layer(folder)


def _claimed(layer: Image) -> tuple[str, float]:
    claim = claim_of(series_of(layer))
    return claim.sequence, claim.confidence


@pytest.mark.parametrize(
    "header",
    [
        {"ScanningSequence": ["EP", "GR"], "EchoTime": 30, "RepetitionTime": 2000},
        {"ScanningSequence": ["EP", "SE"], "ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "ADC"]},
        {"ScanningSequence": "RM", "SequenceName": "*fl3d1r_t70", "MRAcquisitionType": "3D"},
        {"ScanningSequence": "GR", "SequenceVariant": ["SP", "MTC"], "ScanOptions": ["FS", "PFF"]},
        {"ContrastBolusAgent": "11 ml Omniscan"},
        {"ContrastBolusAgent": "None"},
        {"DiffusionBValue": 1500.0, "ScanningSequence": "EP"},
        {"ImagedNucleus": "23NA"},
        {"Modality": "CT"},
        {"AngioFlag": "Y", "ScanningSequence": "GR"},
        {"T2Preparation": "YES", "AcquisitionContrast": "T1", "ScanningSequence": "GR"},
        {
            "FlowCompensation": "VELOCITY", "AcquisitionContrast": "T1",
            "ScanningSequence": "GR", "ScanOptions": "",
        },
        {
            "CardiacSynchronizationTechnique": "PROSPECTIVE", "MRAcquisitionType": "3D",
            "RepetitionTime": 2500, "EchoTime": 300, "ScanOptions": "",
        },
        {"Tagging": "GRID", "ScanningSequence": "GR"},
        {"ArterialSpinLabelingContrast": "PULSED", "RepetitionTime": 4500, "EchoTime": 12},
        {"VelocityEncodingMaximumValue": 150.0, "ScanningSequence": "GR", "EchoTime": 3},
        {"CardiacNumberOfImages": 25, "ScanningSequence": "GR", "RepetitionTime": 40},
        {"ImageType": ["ORIGINAL", "PRIMARY", "DIFFUSION"], "DiffusionBValue": 0.0},
        {"SOPClassUID": SecondaryCaptureImageStorage, "EchoTime": None},
        {
            "FlowCompensation": "VELOCITY", "AcquisitionContrast": "T1",
            "ScanningSequence": "GR", "ScanOptions": "FS",
        },
        {"PhaseContrast": "YES", "ScanningSequence": "GR", "EchoTime": 4},
        {"ArterialSpinLabelingContrast": "PSEUDOCONTINUOUS", "ScanningSequence": "GR"},
        {
            "CardiacNumberOfImages": 20, "ScanningSequence": "GR", "RepetitionTime": 40,
            "EchoTime": 2, "FlipAngle": 15, "SequenceName": "",
        },
    ],
)  # fmt: skip
def test_what_is_saved_claims_what_its_header_did(
    sample_study: Path, tmp_path: Path, header: dict[str, object]
) -> None:
    layer = with_header(sample_study / "t1_se_tra", tmp_path / "scan", header)
    save(layer, tmp_path / "a.nii")
    again = open_layer(tmp_path / "a.nii")
    assert _claimed(again) == _claimed(layer)
    save(again, tmp_path / "b.nii")
    assert _claimed(open_layer(tmp_path / "b.nii")) == _claimed(layer)


@pytest.mark.parametrize(
    ("group", "element", "flag", "b_value", "sequence"),
    [
        # GE flags ADC and FA, an image of diffusion, one without weighting, and three planes.
        (0x43, 0x30, 20, 1000.0, "ADC"),
        (0x43, 0x30, 18, 1000.0, "OTHER"),
        (0x43, 0x30, 16, 1000.0, "DWI"),
        (0x43, 0x30, 14, 0.0, "B0"),
        (0x43, 0x30, 14, None, "B0"),
        (0x19, 0x17, 256, None, "LOCALIZER"),
    ],
)
def test_what_ge_alone_flags_is_saved_too(
    sample_study: Path, tmp_path: Path, group: int, element: int, flag: int, b_value, sequence: str
) -> None:
    theirs = Dataset()
    theirs.private_block(group, "GEMS", create=True).add_new(element, "SS", flag)
    header = {"Manufacturer": "GE MEDICAL SYSTEMS", "ScanningSequence": ["EP", "SE"]}
    header |= {"DiffusionBValue": b_value, "EchoTime": 80, "RepetitionTime": 6000, **theirs}
    layer = with_header(sample_study / "t1_se_tra", tmp_path / "scan", header)
    assert _claimed(layer)[0] == sequence
    save(layer, tmp_path / "a.nii")
    assert _claimed(open_layer(tmp_path / "a.nii")) == _claimed(layer)


def test_volumes_that_are_all_without_weighting_stay_so(sample_study: Path, tmp_path: Path) -> None:
    (tmp_path / "scan").mkdir()
    for file in (sample_study / "t1_se_tra").iterdir():
        instance = pydicom.dcmread(file)
        instance.update({"ImageType": ["ORIGINAL", "PRIMARY", "DIFFUSION"], "DiffusionBValue": 0.0})
        instance.update({"SeriesDescription": "", "ProtocolName": ""})
        for volume in range(3):
            instance.TemporalPositionIdentifier = 1 + volume
            instance.SOPInstanceUID = generate_uid()
            instance.save_as(tmp_path / "scan" / f"{volume} {file.name}")
    layer = open_layer(tmp_path / "scan")
    assert _claimed(layer)[0] == "B0"
    save(layer, tmp_path / "a.nii")
    assert (tmp_path / "a.bval").read_text() == "0 0 0\n"
    assert _claimed(open_layer(tmp_path / "a.nii")) == _claimed(layer)


def test_slices_are_saved_as_slices_whatever_their_distance(
    sample_study: Path, tmp_path: Path
) -> None:
    # Pixels as oblong as no slice is thick.
    header = {"PixelSpacing": [8.0, 7.0]}
    layer = with_header(sample_study / "t1_se_tra", tmp_path / "scan", header)
    save(layer, tmp_path / "a.nii")
    assert open_layer(tmp_path / "a.nii").data.shape == layer.data.shape
