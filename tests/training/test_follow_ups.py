"""Follow-up studies of a patient: trained on one, a network must not be measured on another."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import generate_uid

from napari_mrseq import load_model, read
from napari_mrseq.labelling import label_row, write_rows
from napari_mrseq.model.card_file import read_card
from napari_mrseq.training.catalogue import read_catalogue, read_entries
from napari_mrseq.training.sources import TO_CHECK, catalogue_of
from tests.program import program

PATIENT = {"PatientName": "Qwertz^Anna", "PatientID": "9988776", "PatientBirthDate": "19430109"}
SERIES = {"T1": "t1_fl2d_sag", "T2": "t2_tse_tra", "lies": "t1_se_tra_header_lies"}
SHORTEST = ("--epochs", "1", "--draws", "64", "--output")


@pytest.fixture
def add_study(sample_study):
    """Return a function that writes a study into folders: a few slices of one series in each."""

    def add(*folders, **patient):
        study = generate_uid()
        for folder in folders:
            folder.mkdir(parents=True)
            series = generate_uid()
            for path in sorted((sample_study / SERIES[folder.parent.name]).iterdir())[6:12]:
                file = pydicom.dcmread(path)
                file.StudyInstanceUID, file.SeriesInstanceUID = study, series
                file.SOPInstanceUID = file.file_meta.MediaStorageSOPInstanceUID = generate_uid()
                for keyword, value in patient.items():
                    setattr(file, keyword, value)
                file.save_as(folder / path.name)
        return study

    return add


@pytest.fixture
def site(add_study, tmp_path):
    """A folder a class with studies of six patients, and two of a seventh; and these two's UIDs."""
    for number in range(6):
        folders = [tmp_path / "site" / label / f"p{number}" for label in ("T1", "T2")]
        add_study(*folders, PatientID=f"55{number}", PatientName=f"Y^{number}")
    twice = [
        add_study(
            tmp_path / "site" / label / "first", tmp_path / "site" / label / "more", **PATIENT
        )
        for label in ("T1", "T2")
    ]
    return tmp_path / "site", min(twice), max(twice)


@pytest.mark.parametrize("told_apart", ["study", "series"])
def test_a_patient_in_two_groups_of_a_catalogue_is_told_without_a_name(
    add_study, tmp_path, told_apart
):
    first, more, again, other = (
        tmp_path / label / name
        for label, name in (("T1", "first"), ("T2", "more"), ("T1", "again"), ("T2", "other"))
    )
    for folders in ((first, more), (again,)):
        add_study(*folders, **PATIENT)
    add_study(other, PatientID="55", PatientName="Y^Z")
    groups = {first: "a", more: "b" if told_apart == "series" else "a", other: "d"}
    groups |= {again: "c"} if told_apart == "study" else {}
    lines = [f"{folder},{folder.parent.name},{group}" for folder, group in groups.items()]
    (tmp_path / "c.csv").write_text("\n".join(["path,label,group", *lines]))
    done = program(tmp_path, "evaluate", "c.csv")
    assert done.returncode == 0
    (line,) = [line for line in done.stderr.splitlines() if "same patient" in line]
    assert str(more) in line
    assert str(again if told_apart == "study" else first) in line
    assert str(other) not in line
    assert line.endswith("; what is trained on may be measured on: give them one group")
    assert not re.search("Qwertz|9988776|1943", done.stderr + done.stdout)


def test_two_studies_of_a_patient_are_one_group_that_nobody_can_read_him_from(site, tmp_path):
    source, one, other = site
    told = []
    path = catalogue_of(source, tmp_path / "run", log=told.append)
    assert told == [
        "2 of 8 DICOM studies are joined into 1 by their patients' numbers, names and birth dates",
        "T1: 48 slices of 7 groups",
        "T2: 48 slices of 7 groups",
    ]
    rows = [row for row in read_catalogue(path) if row.path.parent.name in ("first", "more")]
    assert {row.group for row in rows} == {one}
    assert {row.study_uid for row in rows} == {one, other}
    words = re.findall(r"\w+", " ".join(PATIENT.values()))
    assert not [word for word in words if word in path.read_text() + "".join(told)]


def test_a_network_that_saw_one_study_of_a_patient_has_seen_the_other(site, tmp_path):
    source, _one, other = site
    done = program(tmp_path, "train", source, *SHORTEST, "run")
    assert done.returncode == 0, done.stderr
    # The study that the group isn't called after, beside a patient of whom nothing is known.
    for number, row in enumerate(read_catalogue(tmp_path / "run" / "catalogue.csv")):
        if row.study_uid == other and row.path.parent.name == "more":
            folder = tmp_path / "later" / row.label / "more"
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(row.path, folder / f"{number}.dcm")
    new = pydicom.dcmread(next((source / "T1" / "p0").iterdir()))
    new.StudyInstanceUID = generate_uid()
    for label in ("T1", "T2"):
        (tmp_path / "later" / label).mkdir(exist_ok=True)
        new.save_as(tmp_path / "later" / label / "new.dcm")
    model = tmp_path / "run" / "model.safetensors"
    done = program(tmp_path, "evaluate", "later", "--model", model)
    assert done.returncode == 0, done.stderr
    assert "1 of 2 groups, never trained on" in done.stderr
    assert read_card(model).training["groups"] == 7


def test_corrections_of_a_study_go_with_the_patient_whom_it_was_joined_to(site, tmp_path):
    source, one, other = site
    path = catalogue_of(source, tmp_path / "run", log=lambda _: None)
    (series,) = [s for s in read(source) if s.study_uid == other and "first" in s.path]
    # What the viewer saves goes by the study: a slice that the catalogue doesn't hold yet.
    corrected = label_row(series, 2, "FLAIR", group=other, source="") | {"label_confidence": "low"}
    rows = read_entries(path)
    kept = [row for row in rows if row["path"] != corrected["path"]]
    both = write_rows([*kept, corrected], tmp_path / "both.csv", tuple(rows[0]))
    (row,) = [row for row in read_catalogue(both) if row.label == "FLAIR"]
    assert row.group == one


def test_studies_are_joined_where_headers_label_them_or_a_person_is_to(add_study, tmp_path):
    archive = tmp_path / "archive"
    add_study(archive / "T1" / "other", archive / "T2" / "other", PatientID="55", PatientName="Y")
    first = add_study(archive / "T1" / "a", archive / "lies" / "a", **PATIENT)
    later = add_study(archive / "T2" / "b", archive / "lies" / "b", **PATIENT)
    told = []
    model = load_model("default", device="cpu")
    path = catalogue_of(archive, tmp_path / "run", judge=lambda: model, log=told.append)
    assert told[0].startswith("2 of 3 DICOM studies are joined into 1 by")
    for file, folders in ((path, {"T1", "T2"}), (path.with_name(TO_CHECK), {"lies"})):
        rows = [row for row in read_entries(file) if row["study_uid"]]
        assert {Path(row["path"]).parts[-3] for row in rows} == folders
        assert {row["group"] for row in rows} == {min(first, later)}
        assert {row["study_uid"] for row in rows} == {first, later}


def test_an_archive_of_one_name_and_number_is_not_taken_for_one_patient(add_study, tmp_path):
    nobody = {"PatientID": "12345", "PatientName": "Test^Test", "PatientBirthDate": "19700101"}
    for number in range(3):
        folders = [tmp_path / "site" / label / f"p{number}" for label in ("T1", "T2")]
        add_study(*folders, **nobody)
    told = []
    rows = read_catalogue(catalogue_of(tmp_path / "site", tmp_path / "run", log=told.append))
    assert len({row.group for row in rows}) == 3
    assert told[0] == (
        "all 3 DICOM studies name one patient, as where an archive was made anonymous: each counts "
        "as a subject of its own"
    )
