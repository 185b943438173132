"""Rows of the catalogue that training reads."""

from __future__ import annotations

from pathlib import Path

import dask.array as da
import pytest

from napari_mrseq.labelling import label_row
from napari_mrseq.series import Series


@pytest.mark.parametrize(
    ("files", "named"),
    [
        # Of six slices in two volumes: the fifth.
        (("a/1", "a/2", "a/3", "a/4", "a/5", "a/6"), ("a/5", 0)),
        (("a/all.dcm",), ("a/all.dcm", 1)),
        (("a/first.dcm", "a/second.dcm"), ("a", 1)),
    ],
    ids=["a file a slice", "one file", "a file a volume"],
)
def test_a_slice_is_named_by_the_file_that_holds_it(
    files: tuple[str, ...], named: tuple[str, int]
) -> None:
    series = Series(path="a", files=files, pixels=da.zeros((2, 3, 8, 8)))
    row = label_row(series, 4, "T1", group="one", source="test")
    assert (row["path"], row["slice"]) == (str(Path(named[0]).resolve()), named[1])
    assert row["volume"] == 1
