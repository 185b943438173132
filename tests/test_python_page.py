"""The examples of docs/python.md, run as they stand."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "python.md"


def test_every_example_runs_and_says_what_the_page_says(
    sample_study, tmp_path, monkeypatch, capsys
):
    for name in ("t2_tse_tra", "t1_se_tra_header_lies"):
        shutil.copytree(sample_study / name, tmp_path / "study" / name)
    (tmp_path / "study" / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM")
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for example in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        exec(compile(example, PAGE, "exec"), names)
    said = capsys.readouterr().out
    assert "not read: study/broken.dcm" in said
    assert "≠ header" in said
    assert "None missing: []" in said
    assert names["verdict"].sequence == "T2"
    assert names["probabilities"].shape == (3, len(names["model"].classes))
    records = json.loads(Path("study.json").read_text("utf-8"))
    with Path("study.csv").open(encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == len(records) + 1
