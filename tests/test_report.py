from __future__ import annotations

import csv
import gc
import io
import json
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.fileset import FileSet

from napari_mrseq.batch import classify_many
from napari_mrseq.protocols import load_protocol
from napari_mrseq.reading import read_study
from napari_mrseq.report import (
    failure_record,
    records_of,
    to_csv,
    to_json,
    to_parquet,
    to_table,
)
from napari_mrseq.report_text import study_text
from napari_mrseq.series import Failure
from napari_mrseq.study import judge_studies


@pytest.fixture
def failed():
    return failure_record(Failure("study/=SUM(A1).dcm", "the file is empty"))


def test_a_failure_fits_the_schema_and_keeps_its_cause(failed, schema_file):
    (record,) = json.loads(to_json([failed]))
    jsonschema.validate([record], json.loads(schema_file.read_text()))
    assert record["error"] == "the file is empty"


def test_a_failure_is_a_line_of_the_table(failed):
    assert "not read: the file is empty" in to_table([failed]).decode()


def test_each_of_several_studies_stands_under_its_folder_and_uid(failed):
    record = failed | {"error": None, "shape": [3, 8, 8], "confidence": 0.9}
    record |= {"sequence": "T1", "resolved": "member", "header": None, "description": "t1"}
    series = [
        record
        | {"path": f"cohort/{subject}/{number}", "study_uid": f"1.{uid}", "series_number": number}
        for uid, subject in enumerate(["anna", "zoë"])
        for number in (1, 2)
    ]
    picture = record | {"path": "cohort/a.png", "description": None}
    lines = to_table([*series, picture, failed]).decode().splitlines()[2:]
    assert [line.split()[0] for line in lines] == [
        "cohort/anna", "1", "2", "cohort/zoë", "1", "2", *2 * ["cohort/a.png"], failed["path"],
    ]  # fmt: skip
    assert (lines[0], lines[3]) == ("cohort/anna  1.0", "cohort/zoë  1.1")
    # One study needs no heading.
    assert len(to_table(series[:2]).decode().splitlines()) == 4


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "@SUM(1)", "-1+cmd|' /C calc'!A0", "+1", "  =1+1"]
)
def test_no_cell_runs_as_a_formula(failed, text):
    failed["description"] = text
    (row,) = csv.DictReader(io.StringIO(to_csv([failed]).decode()))
    assert row["description"] == f"'{text}"


def test_what_a_file_says_does_not_steer_the_terminal(failed):
    record = failed | {"description": "T1\x1b[31m\a", "error": None, "shape": [3, 8, 8]}
    record |= {"sequence": "T1", "resolved": "member", "confidence": 0.9, "header": None}
    table = to_table([record]).decode()
    assert "T1 [31m" in table
    assert "\x1b" not in table


def test_a_line_of_the_table_says_how_sure_only_where_a_sequence_is_named(failed):
    record = failed | {"error": None, "shape": [2, 3, 8, 8], "confidence": 0.31}
    named = record | {"sequence": "T1", "resolved": "member", "path": "named"}
    named |= {"mark": "▲ unsure"}
    unknown = record | {"sequence": "UNKNOWN", "resolved": "unknown", "path": "odd"}
    _, _, *lines = (line.split() for line in to_table([named, unknown]).decode().splitlines())
    # Volumes by slices; neither a plane nor a header.
    assert lines == [
        ["named", "–", "6", "T1", "31%", "–", "▲", "unsure"],
        ["odd", "–", "6", "unknown", "–"],
    ]


def test_a_series_without_a_description_is_called_by_its_number_in_words(failed):
    record = failed | {"error": None, "shape": [3, 8, 8], "confidence": 0.9, "series_number": 2}
    record |= {"sequence": "T2", "resolved": "member", "header": None}
    *_, line = to_table([record]).decode().splitlines()
    assert line.startswith("series 2 ")


def test_parts_of_a_series_with_a_long_description_are_told_apart(failed):
    record = failed | {"error": None, "shape": [3, 8, 8], "confidence": 0.9, "series_number": 12}
    record |= {"sequence": "T1", "resolved": "member", "header": None}
    record["description"] = "AXIAL T1 VIBE DIXON FS POST CONTRAST ABDOMEN BREATH HOLD"
    parts = [record | {"part": part} for part in ("water", "fat")]
    _, _, water, fat = to_table(parts).decode().splitlines()
    assert water.startswith("12 AXIAL T1 VIBE DIXON FS POST CONT… (water)  –")
    assert fat.startswith("12 AXIAL T1 VIBE DIXON FS POST CONTRA… (fat)  –")


def test_a_long_path_that_was_not_read_does_not_push_columns_apart(failed):
    record = failed | {"error": None, "shape": [3, 8, 8], "confidence": 0.9, "path": "short"}
    record |= {"sequence": "T1", "resolved": "member", "header": None}
    lost = failed | {"path": "study/" + 100 * "x"}
    alone, beside = (to_table(one).decode().splitlines() for one in ([record], [record, lost]))
    assert beside == [*alone, f"{lost['path']}  not read: the file is empty"]


def test_no_name_of_a_file_steers_the_terminal_or_parts_a_row(failed):
    record = failed | {"path": "a\x1b[2J\nb\rc.dcm", "error": "cut\x07 off"}
    table = to_table([record]).decode()
    assert "a [2J b c.dcm" in table
    assert table.count("\n") == 3
    rows = to_csv([record]).decode().split("\n")
    assert (len(rows), rows[-1]) == (3, "")
    assert not {"\x1b", "\r", "\x07"} & {*table, *rows[1]}


def test_columns_do_not_depend_on_what_comes_first(failed):
    judged = failed | {"probabilities": {"T1": 0.9, "T2": 0.1}, "error": None}
    first, second = (
        next(csv.reader(io.StringIO(to_csv(records).decode())))
        for records in ([judged, failed], [failed, judged])
    )
    assert first == second


def test_rows_of_slices_tell_which_part_of_a_series_they_are_of(sample_study):
    series = read_study(sample_study / "t1_se_tra").series[0]
    parts = [replace(series, part=part) for part in ("echo 1", "echo 2")]
    records = records_of(classify_many(parts, "default", "cpu", fast=True), [], slices=True)
    rows = list(csv.DictReader(io.StringIO(to_csv(records).decode())))
    told = [
        tuple(row[key] for key in ("series_uid", "part", "slice_volume", "slice_index"))
        for row in rows
        if row["slice_index"]
    ]
    assert len(set(told)) == len(told) == 2 * len(records[0]["slices"])


def test_rows_of_slices_tell_the_study_and_the_series_as_a_person_calls_it(sample_study):
    """Of follow-ups in one folder, path and number are the same; a filter leaves only the UID."""
    series = read_study(sample_study / "t1_se_tra").series[0]
    visits = [replace(series, study_uid=f"1.2.{visit}") for visit in (1, 2)]
    records = records_of(classify_many(visits, "default", "cpu", fast=True), [], slices=True)
    rows = list(csv.DictReader(io.StringIO(to_csv(records).decode())))
    for visit in visits:
        own = [row for row in rows if row["study_uid"] == visit.study_uid]
        assert len(own) == 1 + len(records[0]["slices"])
        told = {(row["series_number"], row["description"]) for row in own}
        assert told == {(str(series.series_number), series.description)}


@pytest.fixture
def folder_of_all_kinds(sample_study, tmp_path, monkeypatch):
    """Two series of DICOM files, a picture and a broken file; the user stands in the folder."""
    for name in ("t1_se_tra", "t2_tse_tra"):
        (tmp_path / name).mkdir()
        shutil.copy(min((sample_study / name).iterdir()), tmp_path / name / "IM1.dcm")
    shutil.copy(tmp_path / "t2_tse_tra" / "IM1.dcm", tmp_path)
    Image.fromarray(np.zeros((20, 20), np.uint8)).save(tmp_path / "pic.png")
    (tmp_path / "bad.dcm").write_text("no image")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        (("IM1.dcm", "pic.png", "bad.dcm"), [".", "pic.png", "bad.dcm"]),
        (("bad.dcm", "pic.png", "IM1.dcm"), ["bad.dcm", "pic.png", "."]),
        (("pic.png", "t1_se_tra/IM1.dcm", "nowhere", "IM1.dcm"),
         ["pic.png", "t1_se_tra", "nowhere", "."]),
        (("bad.dcm", "t2_tse_tra", "pic.png"), ["bad.dcm", "t2_tse_tra", "pic.png"]),
        (("./t2_tse_tra/../pic.png", "t1_se_tra"), ["t2_tse_tra/../pic.png", "t1_se_tra"]),
        (("pic.png", "."), ["pic.png", ".", "t1_se_tra", "./bad.dcm"]),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.usefixtures("folder_of_all_kinds")
def test_records_follow_the_order_of_the_paths_given(given, paths):
    given = [Path(path) for path in given]
    study = read_study(given)
    verdicts = classify_many(study.series, "default", "cpu", fast=True)
    records = records_of((*verdicts, *study.failures), given)
    assert [record["path"] for record in records] == paths


@pytest.mark.usefixtures("folder_of_all_kinds")
def test_series_whose_pixels_cant_be_read_keeps_its_place():
    given = [Path("bad.dcm"), Path("IM1.dcm"), Path("pic.png")]
    study = read_study(given)
    unread = [Failure(one.path, "can't be decoded", one) for one in study.series]
    records = records_of((*unread, *study.failures), given)
    assert [record["path"] for record in records] == ["bad.dcm", ".", "pic.png"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_a_dicomdir_names_keeps_its_place(folder_of_all_kinds, place):
    files = FileSet()
    files.add(folder_of_all_kinds / "IM1.dcm")
    files.write(folder_of_all_kinds / "disc")
    with warnings.catch_warnings():
        # pydicom leaves its own scratch folder to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        del files
        gc.collect()
    given = [Path("bad.dcm"), Path("pic.png")]
    given.insert(place, Path("disc/DICOMDIR"))
    study = read_study(given)
    verdicts = classify_many(study.series, "default", "cpu", fast=True)
    records = records_of((*verdicts, *study.failures), given)
    assert [Path(r["path"]).parts[0] for r in records] == [path.parts[0] for path in given]


def test_parquet_holds_what_the_csv_holds(failed):
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra [parquet] is not installed")
    table = parquet.read_table(io.BytesIO(to_parquet([failed])))
    (row,) = csv.DictReader(io.StringIO(to_csv([failed]).decode()))
    assert table.column_names == list(row)
    assert table["error"].to_pylist() == ["the file is empty"]


@pytest.mark.usefixtures("folder_of_all_kinds")
def test_parquet_of_all_runs_has_columns_of_the_same_types():
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra [parquet] is not installed")

    def types_of(path):
        study = read_study(Path(path))
        verdicts = classify_many(study.series, "default", "cpu", fast=True)
        records = records_of((*verdicts, *study.failures), [], slices=True)
        schema = parquet.read_schema(io.BytesIO(to_parquet(records)))
        return {field.name: str(field.type) for field in schema}

    scan, picture, failed = map(types_of, ("t1_se_tra", "pic.png", "bad.dcm"))
    assert picture == scan
    assert failed.items() <= scan.items()
    assert set(scan.values()) == {"string", "int64", "double", "bool"}
    assert (scan["series_number"], scan["slice_index"]) == ("int64", "int64")
    assert (scan["p_T1"], scan["header_confidence"]) == ("double", "double")
    assert (scan["part"], scan["spacing_mm"]) == ("string", "string")


def test_studies_of_one_folder_are_told_apart(tmp_path, sample_study):
    for number in (1, 2):
        header = dcmread(next((sample_study / "t2_tse_tra").iterdir()))
        header.StudyInstanceUID = f"1.9.{number}"
        header.SeriesInstanceUID = f"1.9.{number}.1"
        header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = f"1.9.{number}.2"
        header.save_as(tmp_path / f"{number}.dcm")
    verdicts = classify_many(read_study(tmp_path).series, "default", "cpu", fast=True)
    studies = judge_studies(verdicts, load_protocol("ms"))
    lines = [study_text(study.to_dict()).splitlines()[1] for study in studies]
    assert lines == [f"  study     {tmp_path} 1.9.{number}" for number in (1, 2)]


def test_a_slice_of_a_volume_is_called_by_both_and_is_sure_only_of_what_it_names(failed):
    record = failed | {"error": None, "shape": [2, 3, 8, 8], "confidence": 0.9, "header": None}
    record |= {"sequence": "T1", "resolved": "member"}
    slices = [
        {"index": 1, "volume": 1, "sequence": "T1", "confidence": 0.77},
        {"index": 2, "volume": 0, "sequence": "UNKNOWN", "confidence": 0.31},
        {"index": 0, "volume": 1, "sequence": "UNKNOWN", "confidence": 0.0, "error": "b.dcm: cut"},
    ]
    lines = to_table([record | {"slices": slices}]).decode().splitlines()[3:]
    assert [" ".join(line.split()) for line in lines] == [
        "slice 2 of volume 2 T1 77%",
        "slice 3 of volume 1 unknown",
        "slice 1 of volume 2 unknown not read: b.dcm: cut",
    ]


def test_columns_stand_below_each_other_in_letters_of_any_width(failed):
    record = failed | {"error": None, "shape": [3, 8, 8], "confidence": 0.9, "header": None}
    record |= {"sequence": "T1", "resolved": "member", "plane": "axial"}
    typed = {"t1_tse_tra": 10, "T1 造影後": 9, "T1 조영전": 9, "T1 ก่อนฉีด": 8, "T1 עם ניגוד": 11}
    lines = to_table([record | {"description": text} for text in typed]).decode().splitlines()[2:]
    spaces = [line.partition("axial")[0].count(" ") for line in lines]
    drawn = [width - text.count(" ") for text, width in typed.items()]
    assert len({count + letters for count, letters in zip(spaces, drawn, strict=True)}) == 1


def test_a_long_title_is_cut_by_the_columns_that_it_fills(failed):
    record = failed | {"error": None, "shape": [3, 8, 8], "confidence": 0.9, "header": None}
    record |= {"sequence": "T1", "resolved": "member", "part": "1 of 2"}
    text = to_table([record | {"description": "造影後" * 12}]).decode()
    assert "\n" + "造影後" * 5 + "造影… (1 of 2)  –" in text
    # Beside a part as long as a title one letter is left.
    record["part"] = "phase, opposed phase, echo 2, sagittal, stack 3"
    text = to_table([record | {"description": "造影後"}]).decode()
    assert f"\n造… ({record['part']})" in text


@pytest.mark.parametrize(
    ("claimed", "evidence", "told"),
    [
        # Tags that say the same as the verdict contradict nothing: the words do.
        ("T1", ["ScanningSequence SE"], "≠ header: the header's description says T2"),
        ("T2", ["ScanningSequence SE"], "≠ header: ScanningSequence SE"),
        # Tags that say nothing contradict nothing either.
        ("UNKNOWN", [], "≠ header: the header's description says T2"),
    ],
)
def test_a_conflict_names_what_in_the_header_contradicts(failed, claimed, evidence, told):
    record = failed | {"error": None, "shape": [3, 8, 8], "confidence": 0.9, "conflict": True}
    record |= {"sequence": "T1", "family": "T1", "resolved": "member", "mark": "≠ header"}
    record |= {"header": {"sequence": claimed, "evidence": evidence}}
    record |= {"warnings": ["gap: 1 slice missing", "the header's description says T2"]}
    table = to_table([record]).decode()
    assert told in table
    # A rule as long as the reasons would fill two lines of a terminal.
    head, rule, line = table.splitlines()
    assert len(head) <= len(rule) < len(line)


def test_a_conflict_names_the_series_whose_header_it_seems_to_have(failed):
    record = failed | {"error": None, "shape": [3, 8, 8], "confidence": 0.9, "conflict": True}
    record |= {"sequence": "T1", "family": "T1", "resolved": "member", "mark": "≠ header"}
    record |= {"header": {"sequence": "T2", "evidence": ["TE 100 ms ≥ 70 ms"]}}
    record |= {"warnings": ["the header appears to be swapped with that of series 8 t1_se"]}
    told = (
        "≠ header: the header appears to be swapped with that of series 8 t1_se; TE 100 ms ≥ 70 ms"
    )
    assert told in to_table([record]).decode()


@pytest.mark.parametrize("mark", ["▲ header only", ""])
def test_the_mark_of_a_name_stands_at_the_end_of_its_line(failed, mark):
    record = failed | {"error": None, "shape": [3, 8, 8], "mark": mark}
    record |= {"sequence": "T1", "resolved": "member", "confidence": 0.9}
    *_, line = to_table([record]).decode().splitlines()
    assert line.partition("–")[2].partition("–")[2].strip() == mark


def test_a_series_that_was_not_read_keeps_its_number_and_count_of_files(sample_study):
    (series,) = read_study(sample_study / "t1_se_tra").series
    record = failure_record(Failure(series.path, "cut off", series))
    assert record["files"] == len(series.files) > 1
    assert record["series_uid"] == series.series_uid
    assert record["series_number"] == series.series_number is not None


def test_words_in_any_script_are_legible_in_json(failed):
    written = to_json([failed | {"description": "Schädel 头部"}]).decode()
    assert '"Schädel 头部"' in written
    assert written.endswith("]\n")


def test_a_row_of_the_csv_holds_lists_yes_and_no_and_what_was_corrected(failed):
    machine = {"sequence": "T2", "confidence": 0.6, "resolved": "member"}
    judged = {"index": 0, "volume": 0, "sop_instance_uid": "1.2", "sequence": "T1"}
    judged |= {"confidence": 0.9, "alone": {"sequence": "PD", "confidence": 0.4}, "corrected": True}
    record = failed | {"error": None, "spacing_mm": [3.0, 0.5, 0.5], "conflict": True}
    record |= {"correction": {"by": "user", "machine": machine, "ranges": []}, "slices": [judged]}
    series, slice_ = csv.DictReader(io.StringIO(to_csv([record]).decode()))
    assert (series["spacing_mm"], series["conflict"]) == ("3.0|0.5|0.5", "true")
    assert (series["machine_sequence"], series["machine_confidence"]) == ("T2", "0.6")
    assert (slice_["slice_alone_sequence"], slice_["slice_alone_confidence"]) == ("PD", "0.4")
    assert (slice_["slice_corrected"], slice_["slice_error"]) == ("true", "")


def test_a_name_that_is_not_utf8_is_written_into_parquet(failed):
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra [parquet] is not installed")
    record = failed | {"path": "knee\udce9.dcm"}
    table = parquet.read_table(io.BytesIO(to_parquet([record])))
    assert table["path"].to_pylist() == ["knee\\udce9.dcm"]
