"""Which studies are of one patient, told by what their files say of him."""

from __future__ import annotations

import pytest
from pydicom import dcmread

from napari_mrseq.reading.patient import studies_by_patient

ANNA = {"PatientID": "0077123", "PatientName": "Müller^Anna", "PatientBirthDate": "19500102"}
BERT = {"PatientID": "88", "PatientName": "Roe^Bert", "PatientBirthDate": "19610203"}
PSEUDONYM = {"PatientID": "C3N-00953", "PatientName": "", "PatientBirthDate": ""}


@pytest.fixture
def studies_of(sample_study, tmp_path):
    """Return a function that writes a study of each patient and tells which are of one."""

    def told(*patients):
        files = {}
        for number, patient in enumerate(patients):
            file = dcmread(min((sample_study / "t2_tse_tra").iterdir()))
            file.SpecificCharacterSet = "ISO_IR 192"
            file.PatientSex = ""
            for name, value in patient.items():
                setattr(file, name, value)
            files[f"1.2.{number}"] = str(tmp_path / f"{number}.dcm")
            file.save_as(files[f"1.2.{number}"])
        return [[int(uid[4:]) for uid in studies] for studies in studies_by_patient(files)]

    return told


@pytest.mark.parametrize(
    "later",
    [
        {},
        {"PatientID": "77123 "},
        {"PatientName": "MUELLER^ANNA"},
        {"PatientName": "Meier^Anna"},
        {"PatientBirthDate": ""},
        {"PatientSex": "F"},
    ],
    ids=["same", "zeros", "umlaut", "married", "no birth date", "sex told"],
)
def test_a_patient_who_came_twice_is_one(studies_of, later):
    assert studies_of(ANNA, BERT, ANNA | later) == [[0, 2]]


@pytest.mark.parametrize(
    "other",
    [
        {"PatientID": "77124"},
        {"PatientName": "Roe^Bert", "PatientBirthDate": "19610203"},
        {"PatientName": "Roe^Bert", "PatientBirthDate": ""},
        {"PatientBirthDate": "19610203"},
        {"PatientSex": "M"},
    ],
    ids=["number", "name and birth date", "name", "birth date", "sex"],
)
def test_patients_who_have_something_in_common_are_two(studies_of, other):
    anna = ANNA | {"PatientSex": "F"}
    assert studies_of(anna, BERT, anna | other) == []


def test_pseudonyms_without_names_tell_patients(studies_of):
    others = [PSEUDONYM | {"PatientID": f"C3N-0096{number}"} for number in range(2)]
    assert studies_of(PSEUDONYM, *others, PSEUDONYM) == [[0, 3]]
    anonymous = PSEUDONYM | {"PatientName": "Anonymous^"}
    assert studies_of(anonymous, *others, PSEUDONYM) == [[0, 3]]


@pytest.mark.parametrize("number", ["", "0", "0000", "ANON", "anonymous", "REMOVED", " "])
@pytest.mark.parametrize("name", ["", "ANON", "XXX^XXX"])
def test_what_stands_where_a_number_was_taken_away_is_no_patient(studies_of, number, name):
    nobody = {"PatientID": number, "PatientName": name, "PatientBirthDate": "19000101"}
    assert studies_of(nobody, ANNA, nobody, nobody) == []


def test_a_number_of_both_sexes_or_several_birth_dates_is_nobodys(studies_of):
    nobody = {"PatientID": "12345", "PatientName": "XXX^XXX"}
    sexes = [nobody | {"PatientSex": sex} for sex in "FMF"]
    assert studies_of(ANNA, ANNA, *sexes) == [[0, 1]]
    births = [nobody | {"PatientBirthDate": f"19{year}0101"} for year in (50, 60, 50)]
    assert studies_of(ANNA, ANNA, *births) == [[0, 1]]


def test_a_study_whose_header_is_damaged_names_nobody(studies_of, tmp_path):
    studies_of(ANNA, ANNA)
    broken = tmp_path / "broken.dcm"
    broken.write_bytes((tmp_path / "0.dcm").read_bytes()[:200])
    files = {"1": str(tmp_path / "0.dcm"), "2": str(broken), "3": str(tmp_path / "gone.dcm")}
    assert studies_by_patient(files | {"4": str(tmp_path / "1.dcm")}) == [["1", "4"]]
