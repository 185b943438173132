"""What a user has to train on: folders, DICOM archives, corrections."""

from __future__ import annotations

import csv
import shutil
import zipfile
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.uid import EnhancedMRImageStorage, ExplicitVRLittleEndian

from napari_mrseq import classify, load_model, read
from napari_mrseq.belonging import group_of
from napari_mrseq.errors import CatalogueError
from napari_mrseq.labelling import label_row, write_rows
from napari_mrseq.training.answers import STACKED, answer_all_ways, answer_slices
from napari_mrseq.training.catalogue import read_catalogue
from napari_mrseq.training.images import load_images
from napari_mrseq.training.labelled_slices import read_slice, readable
from napari_mrseq.training.sources import CATALOGUE, TO_CHECK, catalogue_of
from tests.reading.scanner_files import groups_of, items, new_file

FLAIR = "t2_tirm_tra_dark-fluid"


def write_enhanced(path, number, frames):
    """Write slices, of which each frame says something, as one enhanced file."""
    path.parent.mkdir(exist_ok=True)
    pixels = np.random.default_rng(number).integers(0, 4000, (len(frames), 16, 16))
    file = new_file(path, EnhancedMRImageStorage, number, ExplicitVRLittleEndian)
    file.PerFrameFunctionalGroupsSequence = [groups_of(frame) for frame in frames]
    measures = items(PixelSpacing=[1.0, 1.0], SliceThickness=3.0)
    file.SharedFunctionalGroupsSequence = items(PixelMeasuresSequence=measures)
    file.NumberOfFrames, file.Rows, file.Columns = pixels.shape
    file.PixelData = pixels.astype("<u2").tobytes()
    file["PixelData"].VR = "OW"
    file.save_as(path, enforce_file_format=True)
    return path


def picture(path, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (40, 50), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return pixels


def test_a_folder_a_class_is_a_catalogue_of_pictures_nifti_and_dicom(sample_study, tmp_path):
    source = tmp_path / "site"
    for number in range(3):
        picture(source / "Knee" / "anna" / f"{number}.png", number)
        picture(source / "Heart" / "anna" / f"{number}.jpg", number)
        picture(source / "Heart" / f"bert_{number:02}.png", number)
    volume = np.random.default_rng(0).random((20, 24, 5), dtype=np.float32)
    nib.Nifti1Image(volume, np.eye(4)).to_filename(source / "Heart" / "carl.nii.gz")
    shutil.copytree(sample_study / "t2_tse_tra", source / "T2" / "scan")
    (source / "T2" / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 99)
    told = []
    rows = read_catalogue(catalogue_of(source, tmp_path / "out", log=told.append))
    counts = {label: sum(row.label == label for row in rows) for label in ("Knee", "Heart", "T2")}
    files = len(list((sample_study / "t2_tse_tra").iterdir()))
    assert counts == {"Knee": 3, "Heart": 6 + 5, "T2": files}
    groups = {(row.label, row.group) for row in rows if row.label != "T2"}
    assert groups == {("Knee", "anna"), ("Heart", "anna"), ("Heart", "bert"), ("Heart", "carl")}
    assert any("broken.dcm" in line for line in told)
    assert len({row.series for row in rows if row.label == "T2"}) == 1
    for row in rows:
        assert read_slice(row).pixels.ndim == 2
    images, shown = load_images(rows, 49)
    assert len(images) == len(rows)
    assert (shown[[row.label == "T2" for row in rows]] > 0).any()


def test_a_subject_of_bids_is_one_group_in_all_folders_of_classes(tmp_path):
    source = tmp_path / "site"
    for subject in ("sub-01", "sub-02"):
        picture(source / "T1" / f"{subject}_T1w.png")
        picture(source / "T2" / f"{subject}_T2w.png")
        picture(source / "Heart" / "heart" / subject / "anat" / "a.png")
    rows = read_catalogue(catalogue_of(source, tmp_path / "out", log=lambda _: None))
    assert len(rows) == 6
    assert {row.group for row in rows} == {"sub-01", "sub-02"}


def test_files_that_name_their_class_are_of_the_subject_named_before_it(tmp_path):
    """FLAIR of a subject could be trained on and T1 of the same be measured on, and were."""
    for label in ("T1", "FLAIR", "T1C"):
        for name in ("07_{}", "Brats18_08_1_{}", "anna-{}_01", "anna-{}_02", "bert {}3"):
            picture(tmp_path / "site" / label / f"{name.format(label.lower())}.png")
    rows = read_catalogue(catalogue_of(tmp_path / "site", tmp_path / "out", log=lambda _: None))
    assert len(rows) == 15
    assert {row.group for row in rows} == {"07", "Brats18_08_1", "anna", "bert"}


def test_data_that_was_moved_is_of_the_same_groups(tmp_path):
    groups = set()
    for disk in ("one", "two"):
        for name in ("sub-01/anat/sub-01_T1w.nii", "anna/scan.nii"):
            path = tmp_path / disk / "archive" / name
            path.parent.mkdir(parents=True)
            nib.Nifti1Image(np.ones((9, 9, 3), np.float32), np.eye(4)).to_filename(path)
            groups.add(group_of(read(path)[0]))
    assert groups == {"archive/sub-01", "archive/anna"}


def test_rows_name_the_very_slices_of_their_files(sample_study, tmp_path):
    source = tmp_path / "site"
    shutil.copytree(sample_study / "t2_tse_tra", source / "A" / "scan")
    volumes = np.arange(4 * 5 * 3 * 2, dtype=np.int16).reshape(4, 5, 3, 2)
    (source / "B").mkdir()
    nib.Nifti1Image(volumes, np.eye(4)).to_filename(source / "B" / "four.nii")
    rows = read_catalogue(catalogue_of(source, tmp_path / "out", log=lambda _: None))
    for label in ("A", "B"):
        (series,) = read(source / label)
        mine = [read_slice(row) for row in rows if row.label == label]
        assert len(mine) == series.slice_count
        for index, one in enumerate(mine):
            np.testing.assert_array_equal(one.pixels, series.slice_pixels(index).compute())
            assert one.pixel_spacing == pytest.approx(series.spacing[1:])
            assert not one.as_shown


def test_a_dicom_archive_is_labelled_where_header_and_network_agree(sample_study, tmp_path):
    model = load_model("default", device="cpu")
    told = []
    path = catalogue_of(sample_study, tmp_path, judge=lambda: model, log=told.append)
    rows = read_catalogue(path)
    labels = {row.path.parent.name: row.label for row in rows}
    assert path.name == CATALOGUE
    assert labels["t2_tse_tra"] == "T2"
    assert labels["t2_tirm_tra_dark-fluid"] == "FLAIR"
    assert "t1_se_tra_header_lies" not in labels
    # A T1 whose header is silent on an agent may be one with it.
    assert {row.label: row.doubtful for row in rows}["T1"]
    assert not any(row.doubtful for row in rows if row.label != "T1")
    with (tmp_path / TO_CHECK).open(newline="") as file:
        doubtful = {row["path"].split("/")[-2]: row for row in csv.DictReader(file)}
    liar = doubtful["t1_se_tra_header_lies"]
    assert liar["label"] == ""
    assert (liar["header"], liar["network"]) == ("T1", "T2")
    assert liar["reason"] == "header and network disagree"
    written = path.read_text() + (tmp_path / TO_CHECK).read_text() + "".join(told)
    assert "Simulated" not in written


def test_series_that_a_person_labelled_are_appended_to_the_catalogue(sample_study, tmp_path):
    """As the manual says: lines of one file at the end of a copy of the other."""
    model = load_model("default", device="cpu")
    for name in ("t1_se_tra_header_lies", "t2_tse_tra", "t1_fl2d_sag"):
        shutil.copytree(sample_study / name, tmp_path / "archive" / name)
    path = catalogue_of(
        tmp_path / "archive", tmp_path / "run", judge=lambda: model, log=lambda _: None
    )
    with (tmp_path / "run" / TO_CHECK).open(newline="") as file:
        (doubtful,) = csv.DictReader(file)
    write_rows([doubtful | {"label": "T2"}], tmp_path / "labelled.csv", tuple(doubtful))
    appended = (tmp_path / "labelled.csv").read_text().partition("\n")[2]
    (tmp_path / "both.csv").write_text(path.read_text() + appended)
    before, after = read_catalogue(path), read_catalogue(tmp_path / "both.csv")
    assert after[:-1] == before
    row = after[-1]
    assert (row.label, row.origin, row.plane) == ("T2", "dicom", "axial")
    assert row.position == float(doubtful["position"])
    assert not row.doubtful


def test_a_header_that_contradicts_itself_labels_nothing(sample_study, tmp_path):
    for folder, description in (("t2_tse_tra", "t2_tse"), ("pd_tse_tra", "t1_se")):
        (tmp_path / "archive" / folder).mkdir(parents=True)
        for file in (sample_study / folder).iterdir():
            header = pydicom.dcmread(file)
            header.SeriesDescription = header.ProtocolName = description
            header.save_as(tmp_path / "archive" / folder / file.name)
    model = load_model("default", device="cpu")
    with pytest.raises(CatalogueError, match="T2"):
        catalogue_of(
            tmp_path / "archive", tmp_path / "run", judge=lambda: model, log=lambda _: None
        )
    with (tmp_path / "run" / TO_CHECK).open(newline="") as file:
        assert [row["reason"] for row in csv.DictReader(file)] == ["the header contradicts itself"]


def test_the_volume_without_diffusion_weighting_is_no_dwi(sample_study, tmp_path):
    model = load_model("default", device="cpu")
    source = sample_study / "ep2d_diff_3scan_trace"
    path = catalogue_of(source, tmp_path, judge=lambda: model, log=lambda _: None)
    rows = read_catalogue(path)
    assert len(rows) == len(list(source.iterdir()))
    for row in rows:
        b_value = pydicom.dcmread(row.path, stop_before_pixels=True).DiffusionBValue
        assert row.label == ("DWI" if b_value else "B0")


def test_corrections_as_the_viewer_saves_them_are_a_catalogue(sample_study, tmp_path):
    """Its columns are agreed on: path, slice, volume, label, group, series_uid, source."""
    folder = sample_study / "t2_tse_tra"
    (series,) = read(folder)
    picture(tmp_path / "a.png")
    lines = [
        "path,slice,volume,label,group,series_uid,source",
        f"{folder},7,0,T1,study,{series.series_uid},viewer",
        f"{series.files[3]},0,0,T2,study,{series.series_uid},viewer",
        "a.png,,,T2,picture,,viewer",
    ]
    (tmp_path / "corrections.csv").write_text("\n".join(lines) + "\n")
    rows = read_catalogue(tmp_path / "corrections.csv")
    for row, index in zip(rows[:2], (7, 3), strict=True):
        expected = series.slice_pixels(index).compute()
        np.testing.assert_array_equal(read_slice(row).pixels, expected)
    assert read_slice(rows[2]).as_shown
    assert [row.series for row in rows] == [series.series_uid, series.series_uid, "a.png"]


@pytest.mark.parametrize(
    ("place", "told"), [("99,0", "no slice 99"), (",", "name one"), ("0,3", "of volume 3")]
)
def test_a_slice_that_is_not_there_is_named(sample_study, tmp_path, place, told):
    folder = sample_study / "t2_tse_tra"
    table = tmp_path / "c.csv"
    table.write_text(f"path,slice,volume,label,group\n{folder},{place},T2,g\n")
    with pytest.raises(CatalogueError, match=f"t2_tse_tra.*{told}"):
        read_slice(read_catalogue(table)[0])


def test_a_row_that_may_mean_one_series_or_another_is_refused(sample_study, tmp_path):
    for name in ("pd_tse_tra", "t2_tse_tra"):
        shutil.copytree(sample_study / name, tmp_path / "study" / name)
    *_, series = read(tmp_path / "study")
    table = tmp_path / "c.csv"
    table.write_text(
        "path,slice,label,group,series_uid\n"
        f"study,7,{series.description},g,{series.series_uid}\nstudy,6,{series.description},g,\n"
    )
    told, untold = read_catalogue(table)
    np.testing.assert_array_equal(read_slice(told).pixels, series.slice_pixels(7).compute())
    with pytest.raises(CatalogueError, match="study holds 2 series that the row may mean"):
        read_slice(untold)


def test_a_file_that_is_gone_is_named(tmp_path):
    (tmp_path / "c.csv").write_text("path,slice,label,group\ngone.dcm,0,T2,g\n")
    with pytest.raises(CatalogueError, match=r"gone\.dcm"):
        read_slice(read_catalogue(tmp_path / "c.csv")[0])


def test_slices_of_eight_bit_dicom_are_no_pictures(sample_study, tmp_path):
    path = sorted((sample_study / "t2_tse_tra").iterdir())[7]
    shutil.copy(path, tmp_path / "one.dcm")
    (tmp_path / "c.csv").write_text("path,slice,label,group\none.dcm,0,T2,g\n")
    read_back = read_slice(read_catalogue(tmp_path / "c.csv")[0])
    np.testing.assert_array_equal(read_back.pixels, pydicom.dcmread(path).pixel_array)
    assert not read_back.as_shown


def test_a_source_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CatalogueError, match="nowhere does not exist"):
        catalogue_of(tmp_path / "nowhere", tmp_path / "out")


def test_echoes_of_one_file_keep_their_own_pixels(tmp_path):
    frames = [
        {"position": (0.0, 0.0, 3.0 * place), "echo": echo}
        for echo in (20.0, 90.0)
        for place in range(3)
    ]
    first, second = read(write_enhanced(tmp_path / "study" / "1.dcm", 1, frames))
    assert {first.part, second.part} == {"echo 1", "echo 2"}
    rows = [
        label_row(series, 1, label, group="anna", source="")
        for series, label in ((first, "PD"), (second, "T2"))
    ]
    labelled = read_catalogue(write_rows(rows, tmp_path / "labels.csv"))
    for series, row in zip((first, second), labelled, strict=True):
        np.testing.assert_array_equal(read_slice(row).pixels, series.slice_pixels(1).compute())
    assert labelled[0].series != labelled[1].series


def test_slices_of_volumes_opened_without_their_neighbours_keep_their_own_pixels(tmp_path):
    files = []
    for time in range(4):
        frames = [
            {"position": (0.0, 0.0, 3.0 * place), "slice": place + 1, "time": time + 1}
            for place in range(3)
        ]
        files.append(write_enhanced(tmp_path / "study" / f"{time}.dcm", time, frames))
    (opened,) = read(files[2:])
    assert opened.pixels.shape[:2] == (2, 3)
    entries = [label_row(opened, index, "DWI", group="anna", source="") for index in range(6)]
    rows = read_catalogue(write_rows(entries, tmp_path / "labels.csv"))
    for index, row in enumerate(rows):
        np.testing.assert_array_equal(read_slice(row).pixels, opened.slice_pixels(index).compute())
    # Each volume is measured as one.
    assert [row.volume for row in rows] == [0, 0, 0, 1, 1, 1]


def test_what_lies_in_a_zip_file_is_left_out_and_said(tmp_path):
    for label in ("A", "B"):
        picture(tmp_path / "site" / label / "1.png", 1)
    picture(tmp_path / "2.png", 2)
    with zipfile.ZipFile(tmp_path / "site" / "A" / "more.zip", "w") as archive:
        archive.write(tmp_path / "2.png", "2.png")
    told = []
    rows = read_catalogue(catalogue_of(tmp_path / "site", tmp_path / "out", log=told.append))
    assert [row.path.name for row in rows] == ["1.png", "1.png"]
    assert any("more.zip/2.png: lies in a zip file: unpack it first" in line for line in told)


def test_labels_that_a_person_gave_stay_when_the_archive_is_read_again(sample_study, tmp_path):
    model = load_model("default", device="cpu")
    for name in ("t1_se_tra_header_lies", "t2_tse_tra", "t1_fl2d_sag", FLAIR):
        shutil.copytree(sample_study / name, tmp_path / "archive" / name)

    def make():
        path = catalogue_of(
            tmp_path / "archive", tmp_path / "run", judge=lambda: model, log=lambda _: None
        )
        rows = list(csv.DictReader((tmp_path / "run" / TO_CHECK).read_text().splitlines()))
        made = csv.DictReader(path.read_text().splitlines())
        return rows, {Path(row["path"]).parent.name for row in made}

    (row,), labelled = make()
    assert row["label"] == ""
    assert labelled == {"t2_tse_tra", "t1_fl2d_sag", FLAIR}
    # One is labelled; of another the person knows better than its header; a column is added.
    better = label_row(read(sample_study / "t2_tse_tra")[0], 5, "PD", group="a", source="me")
    better |= {"path": str(tmp_path / "archive/t2_tse_tra" / Path(better["path"]).name)}
    rows = [row | {"label": "T2", "seen by": "me"}, better | {"seen by": "me"}]
    write_rows(rows, tmp_path / "run" / TO_CHECK, (*row, "seen by"))
    (first, second), labelled = make()
    assert (first["label"], second["label"]) == ("T2", "PD")
    assert first["seen by"] == "me"
    assert labelled == {"t1_fl2d_sag", FLAIR}


def test_pictures_are_read_as_they_are_classified(tmp_path):
    picture = Image.fromarray(np.arange(600, dtype=np.uint8).reshape(20, 30))
    held_on_its_side = Image.Exif()
    held_on_its_side[0x0112] = 6
    picture.save(tmp_path / "a.jpg", exif=held_on_its_side)
    (tmp_path / "table.csv").write_text("path,label,group\na.jpg,T1,a\n")
    (row,) = read_catalogue(tmp_path / "table.csv")
    (series,) = read(tmp_path / "a.jpg")
    np.testing.assert_array_equal(read_slice(row).pixels, series.pixels[0])
    assert read_slice(row).as_shown


def test_a_series_of_volumes_is_measured_as_it_is_judged(sample_study, tmp_path):
    model = load_model("default", device="cpu")
    (series,) = read(sample_study / "ep2d_diff_3scan_trace")
    assert series.pixels.ndim == 4
    entries = [
        label_row(series, index, "DWI", group="a", source="b")
        for index in range(series.slice_count)
    ]
    rows = read_catalogue(write_rows(entries, tmp_path / "table.csv"))
    verdict = classify(series, model)
    said = answer_all_ways(answer_slices(model, rows), rows, model.classes, model.card.calibration)
    np.testing.assert_allclose(
        said["series"].probabilities, [[*verdict.probabilities.values()]], atol=1e-4
    )
    slices = [[*one.probabilities.values()] for one in verdict.slices]
    np.testing.assert_allclose(said[STACKED].probabilities, slices, atol=1e-4)


def test_a_list_of_series_is_a_catalogue_of_their_slices(sample_study, tmp_path):
    for number, folder in enumerate(("t2_tse_tra", "t1_se_tra")):
        shutil.copytree(sample_study / folder, tmp_path / "Größe 1" / str(number))
    source = tmp_path / "Serien.csv"
    source.write_text(
        "path;label;group;vendor;position\n"
        "Größe 1/0;T2;anna;Acme;\nGröße 1/1;T1;bert;;0.5\nGröße 1/1/IM0001.dcm;T1;bert;;0.5\n",
        encoding="utf-8-sig",
    )
    told = []
    made = catalogue_of(source, tmp_path / "run", log=told.append)
    assert made == tmp_path / "run" / CATALOGUE
    assert told == [f"{source} names 2 whole series: 36 slices of 2 groups"]
    rows = read_catalogue(made)
    assert [(row.label, row.group) for row in rows] == [("T2", "anna")] * 18 + [("T1", "bert")] * 19
    # What a person said of the series stands; where a slice lies is its own.
    assert {row.vendor for row in rows[:18]} == {"Acme"}
    assert rows[18].position == 0.0
    (series,) = read(tmp_path / "Größe 1" / "0")
    np.testing.assert_array_equal(read_slice(rows[3]).pixels, series.slice_pixels(3).compute())
    # Once more it would be written over.
    own = shutil.copy(source, tmp_path / CATALOGUE)
    before = Path(own).read_bytes()
    with pytest.raises(CatalogueError, match="would be written over: name another --output"):
        catalogue_of(Path(own), tmp_path)
    assert Path(own).read_bytes() == before


def test_of_a_series_that_is_listed_what_cannot_be_read_is_told_once(sample_study, tmp_path):
    shutil.copytree(sample_study / "t2_tse_tra", tmp_path / "scan")
    for name in ("scan/broken.dcm", "alone.dcm"):
        (tmp_path / name).write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 99)
    source = tmp_path / "c.csv"
    source.write_text("path,label,group\nscan,T2,anna\nalone.dcm,T1,bert\n")
    told = []
    rows = read_catalogue(catalogue_of(source, tmp_path / "run", log=told.append))
    assert [line.partition(": ")[2].partition(":")[0] for line in told[:-1]] == [
        str(tmp_path / "scan" / "broken.dcm")
    ]
    # The other one is left in, to be found with all else that can't be read.
    assert len(readable(rows, source, told.append)) == 18
    assert [line for line in told if "alone.dcm" in line] == [told[2]]
    assert told[2].startswith(f"left out: {tmp_path / 'alone.dcm'} can't be used: ")
    assert told[3].startswith("1 of 19 pictures left out")


def test_a_persons_own_catalogue_in_the_folder_to_write_into_stays(tmp_path):
    for label in ("Knee", "Heart"):
        picture(tmp_path / label / "anna.png", len(label))
    own = tmp_path / CATALOGUE
    own.write_text("path,label,group\nmine.png,Knee,bert\n")
    with pytest.raises(CatalogueError, match="would be written over: name another --output"):
        catalogue_of(tmp_path, tmp_path)
    assert own.read_text() == "path,label,group\nmine.png,Knee,bert\n"
    # What an earlier attempt left is made anew: pictures may have come.
    made = catalogue_of(tmp_path, tmp_path / "run")
    picture(tmp_path / "Knee" / "carl.png", 9)
    assert len(read_catalogue(catalogue_of(tmp_path, tmp_path / "run"))) == 3
    assert made == tmp_path / "run" / CATALOGUE


def test_a_column_may_come_to_a_list_of_series_between_two_attempts(sample_study, tmp_path):
    source, series = tmp_path / "c.csv", sample_study / "t2_tse_tra"
    source.write_text(f"path,label,group\n{series},T2,anna\n")
    first = read_catalogue(catalogue_of(source, tmp_path / "run"))
    source.write_text(f"path,label,group,fold\n{series},T2,anna,{first[0].fold + 1}\n")
    again = read_catalogue(catalogue_of(source, tmp_path / "run"))
    assert {row.fold for row in again} == {first[0].fold + 1}
    # A person's own stay, also in a copy of ours.
    own = tmp_path / "run" / CATALOGUE
    for text in (source.read_text(), own.read_text().replace("plane", "plane,mine", 1)):
        own.write_text(text)
        with pytest.raises(CatalogueError, match="would be written over"):
            catalogue_of(source, tmp_path / "run")
        assert own.read_text() == text


def test_a_catalogue_of_slices_is_taken_as_it_is(sample_study, tmp_path):
    picture(tmp_path / "a.png")
    (series,) = read(sample_study / "t1_se_tra")
    entry = label_row(series, 0, "T1", group="a", source="b")
    flat = {"path": "a.png", "label": "T2", "group": "c"}
    source = write_rows([entry, flat], tmp_path / "c.csv")
    assert catalogue_of(source, tmp_path / "run") == source
    assert not (tmp_path / "run").exists()


def test_one_relative_path_is_another_picture_elsewhere(tmp_path, monkeypatch):
    for folder, level in (("here", 10), ("there", 20)):
        (tmp_path / folder).mkdir()
        Image.new("L", (8, 8), level).save(tmp_path / folder / "1.png")
        monkeypatch.chdir(tmp_path / folder)
        Path("c.csv").write_text("path,label,group\n1.png,T1,a\n", encoding="utf-8")
        (row,) = read_catalogue(Path("c.csv"))
        assert read_slice(row).pixels.max() == level


def test_one_slice_is_not_told_as_several(tmp_path):
    for name in ("Knee/anna_1", "Heart/anna_1", "Heart/bert_1", "Heart/bert_2"):
        picture(tmp_path / "site" / f"{name}.png")
    told = []
    catalogue_of(tmp_path / "site", tmp_path / "out", log=told.append)
    assert told == ["Heart: 3 slices of 2 groups", "Knee: 1 slice of 1 group"]


def test_what_lies_beside_the_folders_of_classes_or_in_none_is_told(tmp_path):
    site = tmp_path / "site"
    for name in ("Knee/anna_1", "Heart/bert_1", "stray_1", "stray_2", ".hidden/x"):
        picture(site / f"{name}.png")
    (site / "notes.txt").write_text("read me")
    (site / "Empty").mkdir()
    told = []
    rows = read_catalogue(catalogue_of(site, tmp_path / "out", log=told.append))
    assert {row.label for row in rows} == {"Knee", "Heart"}
    assert told == [
        "left out, in no folder of a class: stray_1.png, stray_2.png",
        f"left out: {site / 'Empty'}: holds no image that can be read",
        "Heart: 1 slice of 1 group",
        "Knee: 1 slice of 1 group",
    ]


@pytest.mark.parametrize(("inside", "one"), [("IM-000{}.png", True), ("sub{}/IM-0001.png", False)])
def test_pictures_that_all_count_as_one_subjects_are_told(tmp_path, inside, one):
    for label in ("Knee", "Heart"):
        for number in (1, 2):
            picture(tmp_path / "site" / label / inside.format(number))
    told = []
    catalogue_of(tmp_path / "site", tmp_path / "out", log=told.append)
    assert any("counts as one subject's" in line for line in told) == one


def test_a_folder_listed_beside_its_own_pictures_is_refused(tmp_path):
    for number in (1, 2):
        picture(tmp_path / "img" / f"{number}.png", number)
    rows = "img/1.png,T1,anna\nimg/2.png,T2,bert\nimg,T1,anna\n"
    (tmp_path / "c.csv").write_text(f"path,label,group\n{rows}")
    made = catalogue_of(tmp_path / "c.csv", tmp_path / "run", log=lambda _: None)
    with pytest.raises(CatalogueError, match=r"img/2\.png.* has the groups 'bert' and 'anna'"):
        read_catalogue(made)


def test_copies_of_a_picture_in_two_groups_or_with_two_labels_are_told(tmp_path):
    """Trained on in one group and measured on in the other, a figure is too good."""
    lines = ["path,label,group"]
    for number, (label, group, seed) in enumerate(
        [("T1", "anna", 1), ("T1", "bert", 1), ("T2", "anna", 2), ("T2", "anna", 2), ("T1", "c", 3)]
    ):
        picture(tmp_path / f"{number}.png", seed)
        lines.append(f"{number}.png,{label},{group}")
    # A slice without anything is that of others.
    for number, group in enumerate(("anna", "bert"), 5):
        Image.fromarray(np.zeros((64, 64), dtype="u1")).save(tmp_path / f"{number}.png")
        lines.append(f"{number}.png,T1,{group}")
    # The same pixels in another file format.
    picture(tmp_path / "3.tif", 3)
    (tmp_path / "c.csv").write_text("\n".join([*lines, "3.tif,T2,c"]))
    told = []
    kept = readable(read_catalogue(tmp_path / "c.csv"), tmp_path / "c.csv", told.append)
    assert len(kept) == 8
    one, other = told
    assert f"two groups ({tmp_path / '0.png'} and {tmp_path / '1.png'})" in one
    assert f"two labels ({tmp_path / '4.png'} and {tmp_path / '3.tif'})" in other


def test_a_table_is_not_labelled_by_headers(tmp_path):
    (tmp_path / "c.csv").write_text("path,label,group\na.png,T1,a\n")
    with pytest.raises(CatalogueError, match=r"c\.csv is not a folder: --label-from-header"):
        catalogue_of(tmp_path / "c.csv", tmp_path / "run", judge=lambda: load_model("default"))
