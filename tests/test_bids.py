"""Sidecars as the command line and the panel write them."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace

import nibabel
import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread

from napari_mrseq import classify, load_model, read
from napari_mrseq.bids import bids_sidecar, sidecars_of, write_sidecars
from napari_mrseq.decision import Decision
from napari_mrseq.errors import MrseqError
from napari_mrseq.sequences import SEQUENCES
from tests.program import program


@pytest.mark.parametrize(
    "descriptions",
    [("t1_mprage_", "t1_mprage_"), ("t1 mprage", "t1 mprage__"), ("t1__2", "t1"), ("t1", "t1/")],
)
def test_no_sidecar_takes_the_place_of_another(sample_study, tmp_path, descriptions):
    verdict = classify(read(sample_study / "t1_fl2d_sag")[0], load_model(device="cpu"), fast=True)
    verdicts = [
        replace(verdict, series=replace(verdict.series, description=words))
        for words in descriptions
    ]
    written = write_sidecars(sidecars_of(verdicts), tmp_path)
    held = [json.loads(file.read_text())["mrseq"]["description"] for file in written]
    assert held == list(descriptions)


def test_long_names_and_those_that_differ_in_case_are_each_written(sample_study, tmp_path):
    verdict = classify(read(sample_study / "t1_fl2d_sag")[0], load_model(device="cpu"), fast=True)
    descriptions = ("Brain", "BRAIN", "脑" * 300)
    verdicts = [
        replace(verdict, series=replace(verdict.series, description=words))
        for words in descriptions
    ]
    written = write_sidecars(sidecars_of(verdicts), tmp_path)
    assert len({file.name.casefold() for file in written}) == 3
    assert all(file.is_file() for file in written)


def test_names_are_those_of_files_on_every_system(sample_study):
    verdict = classify(read(sample_study / "t1_fl2d_sag")[0], load_model(device="cpu"), fast=True)
    bare = replace(verdict, decision=Decision("T2STAR", 0.9, "family"))
    # A Mac parts accents from letters; Windows takes a device for one, whatever its ending.
    for description, name in {"Scha\u0308del": "Schädel.json", "Aux": "Aux_.json"}.items():
        series = replace(verdict.series, series_number=None, description=description)
        assert [*sidecars_of([replace(bare, series=series)])] == [name]


def test_a_sidecar_that_a_drive_calls_otherwise_is_no_earlier_one(sample_study, tmp_path):
    verdict = classify(read(sample_study / "t1_fl2d_sag")[0], load_model(device="cpu"), fast=True)
    sidecars = sidecars_of([verdict])
    (written,) = write_sidecars(sidecars, tmp_path)
    # Listed in capitals, but found by the name it was written by: elsewhere that takes a link.
    kept = written.rename(tmp_path / f"{written.stem.upper()}.json")
    written.symlink_to(kept)
    assert write_sidecars(sidecars, tmp_path) == [written]
    assert json.loads(kept.read_text("utf-8"))["mrseq"] == verdict.to_dict(slices=False)


@pytest.mark.parametrize("content", ['{"SliceTiming": [0, 1]}', '["mrseq"]', "mrseq"])
def test_a_sidecar_of_another_program_stays(sample_study, tmp_path, content):
    verdict = classify(read(sample_study / "t1_fl2d_sag")[0], load_model(device="cpu"), fast=True)
    other = replace(verdict, series=replace(verdict.series, description="other"))
    sidecars = sidecars_of([verdict, other])
    name = next(iter(sidecars))
    (tmp_path / name).write_text(content)
    with pytest.raises(MrseqError, match=name):
        write_sidecars(sidecars, tmp_path)
    assert (tmp_path / name).read_text() == content
    assert len(list(tmp_path.iterdir())) == 2
    # One of ours gives way to a newer one.
    (tmp_path / name).unlink()
    assert write_sidecars(sidecars, tmp_path) == write_sidecars(sidecars, tmp_path)


def test_the_sidecar_of_another_subjects_series_of_that_name_stays(sample_study, tmp_path):
    verdict = classify(read(sample_study / "t1_fl2d_sag")[0], load_model(device="cpu"), fast=True)
    other = replace(verdict, series=replace(verdict.series, series_uid="1.2", path="sub-02/t1"))
    (written,) = write_sidecars(sidecars_of([verdict]), tmp_path)
    before = written.read_bytes()
    with pytest.raises(MrseqError, match=f"of other series .*{written.name}"):
        write_sidecars(sidecars_of([other]), tmp_path)
    assert written.read_bytes() == before
    # The same series, given by another path.
    moved = replace(verdict, series=replace(verdict.series, path="elsewhere"))
    assert write_sidecars(sidecars_of([moved]), tmp_path) == [written]


def test_sidecars_of_earlier_verdicts_on_the_same_series_are_named_and_stay(tmp_path):
    for name in ("scan", "other"):
        nibabel.save(
            nibabel.Nifti1Image(np.zeros((8, 8, 4)), np.eye(4)), tmp_path / f"{name}.nii.gz"
        )
    other, scan = (classify(one, load_model(device="cpu"), fast=True) for one in read(tmp_path))

    def sidecars(*sequences):
        verdicts = (replace(scan, decision=Decision(code, 0.9, "member")) for code in sequences)
        return sidecars_of(list(verdicts))

    out = tmp_path / "out"
    write_sidecars(sidecars("T1") | sidecars_of([other]), out)
    (out / "foreign.json").write_text('{"mrseq": 5}')
    (out / "broken.json").write_text("{")
    with pytest.warns(UserWarning, match=r"earlier verdicts .*: scan_T1w\.json; delete") as told:
        write_sidecars(sidecars("T2"), out)
    assert len(told) == 1
    names = {"scan_T1w.json", "scan_T2w.json", "other.json", "foreign.json", "broken.json"}
    assert {file.name for file in out.iterdir()} == names


def test_each_of_several_studies_has_a_folder_of_sidecars_called_like_its_own(make_study, tmp_path):
    make_study(
        tmp_path / "all" / "sub-01" / "dicom" / "1", tmp_path / "all" / "sub-01" / "dicom" / "2"
    )
    make_study(tmp_path / "all" / "sub 10" / "1")
    words = ("classify", "all", "--fast", "--format", "bids", "--output")
    assert program(tmp_path, *words, "out").returncode == 0
    held = {
        str(file.relative_to(tmp_path / "out")): json.loads(file.read_text())["mrseq"]["path"]
        for file in (tmp_path / "out").rglob("*.json")
    }
    assert held == {
        "sub-01/003_t2_tse_tra_T2w.json": "all/sub-01/dicom",
        "sub-01/003_t2_tse_tra_T2w__2.json": "all/sub-01/dicom",
        "sub 10/003_t2_tse_tra_T2w.json": "all/sub 10",
    }
    # Of one study there is nothing to tell apart.
    assert program(tmp_path, *words[:1], "all/sub-01", *words[2:], "one").returncode == 0
    assert {file.name for file in (tmp_path / "one").iterdir()} == {
        "003_t2_tse_tra_T2w.json",
        "003_t2_tse_tra_T2w__2.json",
    }
    # A second run replaces them; what is another's is named with its folder.
    assert program(tmp_path, *words, "out").returncode == 0
    (tmp_path / "out" / "sub 10" / "003_t2_tse_tra_T2w.json").write_text("{}")
    refused = program(tmp_path, *words, "out")
    assert "sub 10/003_t2_tse_tra_T2w.json" in refused.stderr
    assert refused.returncode != 0


@pytest.mark.parametrize(
    ("study", "asked", "status"), [("nowhere", (), 1), (".", ("--model", "no-such"), 2)]
)
def test_where_no_sidecar_is_written_no_folder_stays(tmp_path, study, asked, status):
    words = ("classify", study, "--format", "bids", "--output", "new/out", *asked)
    assert program(tmp_path, *words).returncode == status
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        f"sub-01_acq-{'long' * 12}_T1w",
        "sub-01_ses-02_acq-highres_run-1_echo-1_part-mag_MEGRE",
        "sub-01_acq-mt+pd_T1w",
    ],
)
def test_the_sidecar_of_an_image_with_a_name_of_bids_has_the_same(tmp_path, name):
    nibabel.save(nibabel.Nifti1Image(np.zeros((8, 8, 4)), np.eye(4)), tmp_path / f"{name}.nii.gz")
    verdict = classify(read(tmp_path)[0], load_model(device="cpu"), fast=True)
    told = replace(verdict, decision=Decision("T2STAR", 0.9, "member"))
    assert list(sidecars_of([told])) == [f"{name}.json"]


def test_a_dicom_series_called_like_bids_has_number_and_verdict_in_its_name(sample_study):
    verdict = classify(read(sample_study / "t1_fl2d_sag")[0], load_model(device="cpu"), fast=True)
    called = replace(verdict, series=replace(verdict.series, description="scan_T2w"))
    (name,) = sidecars_of([called])
    suffix = SEQUENCES[called.sequence].bids_suffix
    assert name == f"{called.series.series_number:03}_scan_T2w_{suffix}.json"


@pytest.mark.parametrize(
    ("image", "sequence", "sidecar"),
    [
        ("sub-01_T1w", "T2", "sub-01_T1w"),
        ("scan", "T2", "scan_T2w"),
        # A class of the user's own is none of BIDS.
        ("scan", "KNEE", "scan"),
    ],
)
def test_an_image_without_a_name_of_bids_has_the_verdict_in_that_of_its_sidecar(
    tmp_path, image, sequence, sidecar
):
    nibabel.save(nibabel.Nifti1Image(np.zeros((8, 8, 4)), np.eye(4)), tmp_path / f"{image}.nii.gz")
    (tmp_path / f"{image}.json").write_text('{"SeriesNumber": 4}')
    verdict = classify(read(tmp_path)[0], load_model(device="cpu"), fast=True)
    told = replace(verdict, decision=Decision(sequence, 0.9, "member"))
    ((name, text),) = sidecars_of([told]).items()
    assert (name, json.loads(text)["SeriesNumber"]) == (f"{sidecar}.json", 4)


def test_a_series_without_a_description_has_a_sidecar_called_like_its_folder(sample_study):
    (series,) = read(sample_study / "t2_tse_tra")
    verdict = classify(replace(series, description=None), load_model(device="cpu"), fast=True)
    assert list(sidecars_of([verdict])) == [f"{series.series_number:03}_t2_tse_tra_T2w.json"]


def test_a_sidecar_tells_who_made_the_scanner(sample_study, tmp_path):
    header = dcmread(sorted((sample_study / "t2_tse_tra").iterdir())[0])
    header.Manufacturer = "Siemens Healthineers"
    header.save_as(tmp_path / "1.dcm")
    verdict = classify(read(tmp_path)[0], load_model(device="cpu"), fast=True)
    (text,) = sidecars_of([verdict]).values()
    assert "siemens" in json.loads(text)["Manufacturer"].casefold()


@pytest.mark.parametrize("folder", ["t2_tirm_tra_dark-fluid", "t2_tse_tra"])
def test_a_sidecar_tells_what_was_measured_in_the_units_of_bids(sample_study, folder):
    (series,) = read(sample_study / folder)
    verdict = classify(series, load_model(device="cpu"), fast=True)
    header = dcmread(series.files[0])
    seconds = {
        name: float(header[name].value) / 1000
        for name in ("RepetitionTime", "EchoTime", "InversionTime")
        if name in header
    }
    as_they_are = (
        "FlipAngle", "MagneticFieldStrength", "SeriesNumber", "SeriesDescription", "Modality",
        "ImageType", "SequenceName", "MRAcquisitionType", "EchoTrainLength", "ImagedNucleus",
        "ImagingFrequency",
    )  # fmt: skip
    codes = {"ScanningSequence": ["SE"], "SequenceVariant": ["SP"], "ScanOptions": ["PFP"]}
    codes["Techniques"] = ["spin echo", "spoiling"]
    if "InversionTime" in header:
        codes |= {"ScanningSequence": ["SE", "IR"], "SequenceVariant": ["MP", "SP"]}
        codes["Techniques"] = ["spin echo", "inversion", "prepared magnetisation", "spoiling"]
    (text,) = sidecars_of([verdict]).values()
    sidecar = json.loads(text)
    assert sidecar.pop("mrseq") == verdict.to_dict(slices=False)
    assert sidecar == {
        **seconds,
        **{name: header[name].value for name in as_they_are if name in header},
        **codes,
        "BidsSuffix": SEQUENCES[verdict.sequence].bids_suffix,
    }


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are UTF-8 here")
def test_a_file_whose_name_is_not_utf8_has_its_sidecar(tmp_path):
    odd = tmp_path / os.fsdecode(b"T1 \xe4.png")
    Image.new("L", (32, 32), 90).save(odd)
    verdict = classify(read(odd)[0], load_model(device="cpu"))
    (written,) = write_sidecars(sidecars_of([verdict]), tmp_path / "new" / "folder")
    assert json.loads(written.read_text("utf-8"))["mrseq"]["path"] == str(odd)


def test_what_is_unknown_has_no_suffix_of_bids(tmp_path):
    nibabel.save(nibabel.Nifti1Image(np.zeros((40, 40, 4)), np.eye(4)), tmp_path / "black.nii.gz")
    verdict = classify(read(tmp_path)[0], load_model(device="cpu"))
    ((name, text),) = sidecars_of([verdict], slices=True).items()
    assert name == "black.json"
    assert "BidsSuffix" not in json.loads(text)
    assert len(json.loads(text)["mrseq"]["slices"]) == 4


@pytest.mark.parametrize(
    ("sequence", "suffix"), [("T1", "T1w"), ("DWI", "dwi"), ("T2STAR", None), ("FLAIR", "FLAIR")]
)
def test_a_family_has_the_suffix_of_bids_that_all_its_members_have(sample_study, sequence, suffix):
    verdict = classify(read(sample_study / "t1_fl2d_sag")[0], load_model(device="cpu"), fast=True)
    of_family = replace(verdict, decision=Decision(sequence, 0.9, "family"))
    ((name, text),) = sidecars_of([of_family]).items()
    assert json.loads(text).get("BidsSuffix") == suffix
    assert name == ("002_t1_fl2d_sag.json" if suffix is None else f"002_t1_fl2d_sag_{suffix}.json")


def test_seconds_have_the_digits_of_the_milliseconds_that_the_header_tells():
    assert str(bids_sidecar({"echo_time": 4.94}, None, None, None)["EchoTime"]) == "0.00494"
