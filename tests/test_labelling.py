"""Rows of the catalogue that training reads."""

from __future__ import annotations

from pathlib import Path

import dask.array as da
import pytest

from napari_mrseq.errors import MrseqError
from napari_mrseq.labelling import label_row, write_rows
from napari_mrseq.series import Series


@pytest.mark.parametrize(
    ("files", "named"),
    [
        # Of six slices in two volumes: the fifth.
        (("a/1", "a/2", "a/3", "a/4", "a/5", "a/6"), ("a/5", 0)),
        (("a/all.dcm",), ("a/all.dcm", 1)),
        (("a/first.dcm", "a/second.dcm"), ("a", 1)),
    ],
    ids=["a file a slice", "one file", "slices of several files"],
)
def test_a_slice_is_named_by_the_file_that_holds_it(
    files: tuple[str, ...], named: tuple[str, int]
) -> None:
    series = Series(path="a", files=files, pixels=da.zeros((2, 3, 8, 8)))
    row = label_row(series, 4, "T1", group="one", source="test")
    assert (row["path"], row["slice"]) == (str(Path(named[0]).resolve()), named[1])
    assert row["volume"] == 1


def test_a_name_that_is_not_utf8_is_told_and_the_catalogue_of_yesterday_stays(
    tmp_path: Path,
) -> None:
    catalogue = tmp_path / "labels.csv"
    write_rows([{"path": "Schädel, a.dcm", "label": "T1"}], catalogue)
    before = catalogue.read_text(encoding="utf-8")
    assert before.splitlines()[1] == '"Schädel, a.dcm",,,T1,,,,'
    # Unicode has ends of lines that end no row.
    names = ("a\u2028a.dcm", "Sch\udce4del.dcm", "b.dcm")
    rows = [{"path": name, "label": "T1"} for name in names]
    with pytest.raises(MrseqError, match=r"rename what this row names: Sch\\udce4del\.dcm,,,T1"):
        write_rows(rows, catalogue)
    assert catalogue.read_text(encoding="utf-8") == before
