from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from napari_mrseq.report import failure_record, in_order_of, to_csv, to_json, to_parquet, to_table
from napari_mrseq.series import Failure


@pytest.fixture
def failed():
    return failure_record(Failure("study/=SUM(A1).dcm", "the file is empty"))


def test_a_failure_fits_the_schema_and_keeps_its_cause(failed, schema_file):
    (record,) = json.loads(to_json([failed]))
    jsonschema.validate([record], json.loads(schema_file.read_text()))
    assert record["error"] == "the file is empty"


def test_a_failure_is_a_line_of_the_table(failed):
    assert "not read: the file is empty" in to_table([failed]).decode()


def test_no_cell_runs_as_a_formula(failed):
    failed["description"] = "=HYPERLINK(1)"
    (row,) = csv.DictReader(io.StringIO(to_csv([failed]).decode()))
    assert row["description"].startswith("'=")


def test_records_follow_the_order_of_the_paths_given(failed):
    records = [failed | {"path": path} for path in ("a/1", "a/2", "b.dcm")]
    paths = [Path("b.dcm"), Path("a")]
    assert [r["path"] for r in in_order_of(paths, records)] == ["b.dcm", "a/1", "a/2"]


def test_parquet_holds_what_the_csv_holds(failed):
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra [parquet] is not installed")
    table = parquet.read_table(io.BytesIO(to_parquet([failed])))
    (row,) = csv.DictReader(io.StringIO(to_csv([failed]).decode()))
    assert table.column_names == list(row)
    assert table["error"].to_pylist() == ["the file is empty"]
