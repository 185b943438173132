"""Folders and files through napari's reader, into layers that lie where the patient lay."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from zipfile import ZipFile

import nibabel
import numpy as np
import pydicom
import pytest
from dask.callbacks import Callback
from napari.components import ViewerModel
from napari.layers import Image
from PIL import Image as Picture
from pydicom.data import get_testdata_file
from qtpy.QtCore import QTimer

from napari_mrseq.errors import ReadError
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.reader import get_reader, open_layers, read_layers
from napari_mrseq.viewer.writer import write_nifti as write_layer


def layers_of(path: Path) -> list[Image]:
    return [Image(data, **attributes) for data, attributes, _ in read_layers(str(path))]


def write_nifti(file: Path, shape: tuple[int, ...], *, bright: float = 0) -> Path:
    values = np.random.default_rng(0).uniform(100, 200, shape).astype(np.float32)
    if bright:
        values[0, 0, ...] = bright
    image = nibabel.Nifti1Image(values, np.diag([0.9, 0.8, 5, 1]))
    image.header.set_xyzt_units("mm", "sec")
    nibabel.save(image, file)
    return file


def test_a_folder_gives_a_layer_a_series(sample_study: Path) -> None:
    reader = get_reader(str(sample_study))
    assert reader is not None
    names = [attributes["name"] for _, attributes, _ in reader(str(sample_study))]
    headers = [
        pydicom.dcmread(file, stop_before_pixels=True, force=True)
        for file in sample_study.rglob("*")
        if file.is_file() and file.suffix != ".md"
    ]
    assert set(names) == {header.SeriesDescription for header in headers}


def test_of_the_readers_that_napari_offers_ours_is_chosen(
    qtbot, make_napari_viewer_proxy, sample_study: Path, tmp_path: Path
) -> None:
    from napari._qt.dialogs.qt_reader_dialog import QtReaderDialog, prepare_remaining_readers

    make_napari_viewer_proxy()
    for path in map(str, (sample_study, write_nifti(tmp_path / "brain.nii.gz", (8, 8, 4)))):
        readers = prepare_remaining_readers([path])
        dialog = QtReaderDialog(path, readers=readers)
        qtbot.addWidget(dialog)
        assert len(readers) == 2
        QTimer.singleShot(0, dialog.accept)
        assert dialog.get_user_choices()[0] == "MR sequence"


def test_one_layer_of_a_study_is_visible(sample_study: Path) -> None:
    shown = [layer.visible for layer in layers_of(sample_study)]
    assert shown == [False] * (len(shown) - 1) + [True]


def test_layers_are_grey_and_in_millimetres(sample_study: Path) -> None:
    for layer in layers_of(sample_study):
        assert layer.axis_labels[-3:] == ("slice", "row", "column")
        assert [str(unit) for unit in layer.units[-3:]] == ["millimeter"] * 3
        assert not layer.rgb


def test_a_picture_claims_no_millimetres(tmp_path: Path) -> None:
    Picture.new("L", (40, 30), 90).save(tmp_path / "scan.png")
    (layer,) = layers_of(tmp_path / "scan.png")
    assert [str(unit) for unit in layer.units] == ["pixel"] * 3


def beside_a_capture(series: Path, folder: Path) -> ViewerModel:
    """Return a viewer in which a series was opened together with a screen capture."""
    Picture.new("L", (40, 30), 90).save(folder / "scan.png")
    shutil.copytree(series, folder / series.name)
    viewer = ViewerModel()
    viewer.layers.extend(layers_of(folder))
    return viewer


def test_pictures_and_captures_beside_series_have_their_units_and_claim_no_size(
    sample_study: Path, tmp_path: Path
) -> None:
    viewer = beside_a_capture(sample_study / "t1_se_tra", tmp_path)
    # Without, napari warns of every such study, and draws it without its units.
    assert [str(unit) for unit in viewer.layers.extent.units] == ["millimeter"] * 3
    (picture,) = (layer for layer in viewer.layers if "scan" in layer.name)
    assert series_of(picture).spacing is None
    smoothed = viewer.add_image(
        np.asarray(picture.data) + 1, units=picture.units, metadata=picture.metadata
    )
    assert series_of(smoothed).spacing is None
    data, attributes, _ = picture.as_layer_data_tuple()
    saved, *_ = write_layer(str(tmp_path / "a.nii"), data, attributes)
    assert nibabel.load(saved).header.get_xyzt_units()[0] == "unknown"


def test_a_capture_beside_a_series_leaves_the_slider_its_slices(
    sample_study: Path, tmp_path: Path
) -> None:
    """It went by the 1 mm of the capture: each slice of the series took several steps."""
    viewer = beside_a_capture(sample_study / "t2_tse_tra", tmp_path)
    series, _ = viewer.layers
    assert viewer.dims.nsteps[0] == len(series.data)


def test_a_capture_beside_which_a_series_is_opened_leaves_the_slider_its_slices(
    make_napari_viewer_proxy, tmp_path: Path
) -> None:
    """A volume of unknown size keeps its shape."""
    page = Picture.new("L", (40, 30), 90)
    page.save(tmp_path / "scan.png")
    page.save(tmp_path / "pages.tif", save_all=True, append_images=[page.rotate(9), page])
    series = write_nifti(tmp_path / "brain.nii.gz", (8, 8, 12))
    viewer = make_napari_viewer_proxy()
    for path in (tmp_path / "scan.png", series, tmp_path / "scan.png"):
        viewer.layers.extend(Image(data, **said) for data, said, _ in open_layers(str(path)))
    assert viewer.dims.nsteps[0] == 12
    ((data, said, _),) = open_layers(str(tmp_path / "pages.tif"))
    assert Image(data, **said).scale.tolist() == [1, 1, 1]


def test_each_slice_lies_where_its_header_says(sample_study: Path) -> None:
    """Along the series' own axes, so parallel series of one frame of reference agree."""
    for layer in layers_of(sample_study):
        files = layer.metadata["mrseq_series"].files
        if len(set(files)) < np.prod(layer.data.shape[:-2]):
            continue  # An enhanced file holds its geometry elsewhere.
        for number, file in enumerate(files):
            header = pydicom.dcmread(file, stop_before_pixels=True, force=True)
            along_row, along_column = np.reshape(header.ImageOrientationPatient, (2, 3))
            normal = np.cross(along_row, along_column)
            position = np.array(header.ImagePositionPatient, float)
            stack = layer.data.shape[:-2]
            world = layer.data_to_world((*np.unravel_index(number, stack), 0, 0))[-3:]
            # The normal may point either way along the stack.
            assert abs(world[0]) == pytest.approx(abs(position @ normal), abs=1e-3)
            assert world[1:] == pytest.approx(
                [position @ along_column, position @ along_row], abs=1e-3
            )


def test_no_pixel_of_a_hidden_layer_is_read(sample_study: Path, tmp_path: Path) -> None:
    # A copy: napari keeps slices that other tests looked at.
    shutil.copytree(sample_study, tmp_path / "study")
    computed: list[object] = []
    with Callback(pretask=lambda key, *_: computed.append(key)):
        tuples = read_layers(str(tmp_path / "study"))
        assert all(attributes["metadata"]["mrseq_series"].window for _, attributes, _ in tuples)
        assert computed == []
        viewer = ViewerModel()
        for data, attributes, _ in tuples[:-1]:
            viewer.add_layer(Image(data, **attributes))
        assert computed == []
        data, attributes, _ = tuples[-1]
        viewer.add_layer(Image(data, **attributes))
    read = {key[0] for key in computed if isinstance(key, tuple)}
    assert read
    assert not any(data.name in read for data, _, _ in tuples[:-1])


def test_the_files_own_window_sets_the_contrast(sample_study: Path) -> None:
    (layer,) = layers_of(sample_study / "t1_se_tra")
    header = pydicom.dcmread(layer.metadata["mrseq_series"].files[0], force=True)
    centre, width = float(header.WindowCenter), float(header.WindowWidth)
    # PS3.3 C.11.2.1.2: half a grey value more or less, as the function is linear or not.
    assert tuple(layer.contrast_limits) == pytest.approx(
        (centre - width / 2, centre + width / 2), abs=1
    )


def test_a_few_bright_pixels_do_not_set_the_contrast(tmp_path: Path) -> None:
    (layer,) = layers_of(write_nifti(tmp_path / "a.nii.gz", (40, 40, 5), bright=1e6))
    low, high = layer.contrast_limits
    assert 90 < low < high < 1e6


@pytest.mark.parametrize("value", [0.0, -7.0, 1e20])
def test_a_picture_of_one_value_opens_with_a_contrast(tmp_path: Path, value: float) -> None:
    nibabel.save(nibabel.Nifti1Image(np.full((40, 40, 3), value), np.eye(4)), tmp_path / "a.nii")
    (layer,) = layers_of(tmp_path / "a.nii")
    low, high = layer.contrast_limits
    assert low == value < high


def test_what_is_no_number_does_not_set_the_contrast(tmp_path: Path) -> None:
    file = write_nifti(tmp_path / "a.nii", (40, 40, 5))
    image = nibabel.load(file)
    masked = np.where(np.arange(40)[:, None, None] < 10, np.nan, image.get_fdata())
    nibabel.save(nibabel.Nifti1Image(masked, image.affine), tmp_path / "masked.nii")
    (layer,) = layers_of(tmp_path / "masked.nii")
    low, high = layer.contrast_limits
    assert 100 <= low < high <= 200


@pytest.mark.parametrize(("unit", "label"), [("sec", "time (ms)"), ("unknown", "volume")])
def test_the_sliders_of_a_4d_series_are_labelled(tmp_path: Path, unit: str, label: str) -> None:
    file = write_nifti(tmp_path / "bold.nii", (12, 10, 5, 7))
    image = nibabel.load(file)
    image.header.set_xyzt_units("mm", unit)
    nibabel.save(image, tmp_path / "series.nii")
    (layer,) = layers_of(tmp_path / "series.nii")
    viewer = ViewerModel()
    viewer.add_layer(layer)
    assert layer.data.shape[:2] == (7, 5)
    assert viewer.dims.axis_labels[:2] == (label, "slice")


def test_4d_and_3d_layers_share_a_window(tmp_path: Path) -> None:
    viewer = ViewerModel()
    for name, shape in (("a.nii", (12, 10, 5, 7)), ("b.nii", (12, 10, 5))):
        for layer in layers_of(write_nifti(tmp_path / name, shape)):
            viewer.add_layer(layer)
    assert [str(unit) for unit in viewer.dims.units[-3:]] == ["millimeter"] * 3


@pytest.mark.parametrize("columns", [3, 4])
def test_three_columns_are_not_colours(tmp_path: Path, columns: int) -> None:
    for shape in ((columns, 12, 5), (12, columns, 5)):
        (layer,) = layers_of(write_nifti(tmp_path / "a.nii", shape))
        assert not layer.rgb
        assert layer.ndim == 3


def test_nothing_names_the_patient(tmp_path: Path) -> None:
    header = pydicom.dcmread(get_testdata_file("MR_small.dcm", download=False))
    header.PatientName, header.PatientID = "Doe^Jane", "4711-x"
    header.PatientBirthDate, header.InstitutionName = "19521103", "St. Elsewhere"
    header.save_as(tmp_path / "slice.dcm")
    (layer,) = layers_of(tmp_path)
    held = json.dumps(layer.metadata["dicom"]) + str(layer.metadata["mrseq_series"].dataset)
    held += layer.name
    for secret in ("Doe", "Jane", "4711", "19521103", "Elsewhere"):
        assert secret not in held


def test_metadata_hold_sequence_geometry_and_uids(sample_study: Path) -> None:
    layer = layers_of(sample_study)[0]
    known = layer.metadata["dicom"]
    header = pydicom.dcmread(layer.metadata["mrseq_series"].files[0], force=True)
    assert known["series_uid"] == header.SeriesInstanceUID
    assert known["instance_uids"][0] == header.SOPInstanceUID
    assert known["attributes"]["repetition_time"] == pytest.approx(float(header.RepetitionTime))
    affine = np.array(known["affine_lps"])
    assert affine[:3, 3] == pytest.approx([float(x) for x in header.ImagePositionPatient])


def test_a_bad_file_is_named_and_the_rest_opens(sample_study: Path, tmp_path: Path) -> None:
    from napari.utils.notifications import notification_manager

    shutil.copytree(sample_study / "t1_se_tra", tmp_path / "good")
    (tmp_path / "good" / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"rubbish" * 9)
    seen: list[str] = []
    notification_manager.notification_ready.connect(lambda n: seen.append(n.message))
    layers = layers_of(tmp_path)
    assert len(layers) == 1
    assert any("broken.dcm" in message for message in seen)


def test_a_folder_of_broken_files_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"rubbish" * 9)
    with pytest.raises(ReadError, match=r"broken\.dcm"):
        read_layers(str(tmp_path))


def test_a_folder_without_images_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no image"):
        read_layers(str(tmp_path))


def test_other_folders_are_refused(tmp_path: Path) -> None:
    assert get_reader(str(tmp_path)) is None
    for number in range(3):
        (tmp_path / f"note{number}.txt").write_text("no image")
        Picture.new("L", (8, 8)).save(tmp_path / f"{number}.png")
    assert get_reader(str(tmp_path)) is None
    assert get_reader(str(tmp_path / "note1.txt")) is None
    assert get_reader(str(tmp_path / "absent")) is None


def test_a_large_foreign_folder_is_refused_after_a_few_files(tmp_path: Path) -> None:
    for number in range(3000):
        (tmp_path / f"{number:04}").write_bytes(b"no image at all")
    before = {file: file.stat().st_atime_ns for file in tmp_path.iterdir()}
    time.sleep(0.01)
    assert get_reader(str(tmp_path)) is None
    touched = [file for file, then in before.items() if file.stat().st_atime_ns != then]
    assert len(touched) < 300


def behind_many_notes(folder: Path, scan: Path) -> None:
    for number in range(300):
        (folder / f"{number:03}.txt").write_text("no image")
    (folder / "results").mkdir()
    shutil.copy(scan, folder / "results" / "slice.dcm")


def beside_a_repository(folder: Path, _scan: Path) -> None:
    (folder / ".git").mkdir()
    for number in range(300):
        (folder / ".git" / f"{number:040x}").write_bytes(b"packed")
    (folder / "sub-01" / "anat").mkdir(parents=True)
    write_nifti(folder / "sub-01" / "anat" / "sub-01_T1w.nii.gz", (12, 10, 5))


def beside_pictures(folder: Path, scan: Path) -> None:
    for number in range(60):
        Picture.new("L", (8, 8)).save(folder / f"{number}.png")
    shutil.copy(scan, folder / "slice.dcm")


def as_a_pair(folder: Path, _scan: Path) -> None:
    values = np.arange(600, dtype=np.int16).reshape(12, 10, 5)
    nibabel.save(nibabel.Nifti1Pair(values, np.eye(4)), folder / "brain.hdr")


def in_a_zip_file(folder: Path, scan: Path) -> None:
    with ZipFile(folder / "study.zip", "w") as packed:
        packed.write(scan, "slice.dcm")


def behind_a_link(folder: Path, scan: Path) -> None:
    away = folder.with_name("away")
    away.mkdir()
    shutil.copy(scan, away / "slice.dcm")
    (folder / "study").symlink_to(away)
    (folder / "itself").symlink_to(folder / "itself")


@pytest.mark.parametrize(
    "lay",
    [
        behind_many_notes,
        beside_a_repository,
        beside_pictures,
        as_a_pair,
        in_a_zip_file,
        behind_a_link,
    ],
)
def test_a_folder_that_the_command_line_reads_is_taken(tmp_path: Path, lay) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    lay(folder, Path(get_testdata_file("MR_small.dcm", download=False)))
    reader = get_reader(str(folder))
    assert reader is not None
    assert reader(str(folder))


@pytest.mark.parametrize("name", ["slice.mr", "MR0001.acr", "MRimage_of_somebody"])
def test_a_file_with_a_name_of_a_scanner_opens_in_napari(tmp_path: Path, name: str) -> None:
    shutil.copy(get_testdata_file("MR_small.dcm", download=False), tmp_path / name)
    assert ViewerModel().open(str(tmp_path / name), plugin="napari-mrseq")


@pytest.mark.parametrize("name", ["brain.hdr", "brain.img"])
def test_both_files_of_a_pair_open_in_napari(tmp_path: Path, name: str) -> None:
    as_a_pair(tmp_path, tmp_path)
    (layer,) = ViewerModel().open(str(tmp_path / name), plugin="napari-mrseq")
    assert layer.data.shape == (5, 10, 12)


def test_files_without_ending_or_preamble_are_taken(tmp_path: Path) -> None:
    plain = get_testdata_file("ExplVR_LitEndNoMeta.dcm", download=False)
    shutil.copy(plain, tmp_path / "IM000001")
    assert get_reader(str(tmp_path / "IM000001")) is not None
    assert get_reader(str(tmp_path)) is not None


def test_a_slice_that_cannot_be_decoded_still_opens(tmp_path: Path) -> None:
    header = pydicom.dcmread(get_testdata_file("MR_small_RLE.dcm", download=False))
    del header.WindowCenter, header.WindowWidth
    header.PixelData = header.PixelData[:200] + b"\xff" * (len(header.PixelData) - 200)
    header.save_as(tmp_path / "torn.dcm")
    (layer,) = read_layers(str(tmp_path))
    assert layer[1]["contrast_limits"] == (0.0, 1.0)
    assert not layer[0].compute().any()
    with pytest.raises(ReadError, match=r"torn\.dcm"):
        layer[1]["metadata"]["mrseq_series"].pixels.compute()


@pytest.mark.parametrize("name", ["x.nii", "x.nii.gz", "x.png"])
def test_a_file_written_anew_shows_what_it_holds_now(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    viewer = ViewerModel()
    for value in (1, 8):
        pixels = np.full((12, 12, 3), value, np.uint8)
        if name.endswith(".png"):
            Picture.fromarray(pixels[..., 0]).save(file)
        else:
            nibabel.save(nibabel.Nifti1Image(pixels, np.eye(4)), file)
        (layer,) = (Image(data, **attributes) for data, attributes, _ in read_layers(str(file)))
        viewer.layers.append(layer)
        # napari keeps what it showed of lazy layers.
        assert np.unique(np.asarray(layer.data[0])) == [value]
        assert np.unique(layer._slice.image.raw) == [value]
