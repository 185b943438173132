"""A series is called as its description was typed, in one line of printing signs."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import config

from napari_mrseq.header import claim_of
from napari_mrseq.reading import read_study
from tests.reading.scanner_files import WriteSlice


def description_of(path: Path) -> str | None:
    (series,) = read_study(path).series
    return series.description


def test_a_backslash_stays_one(write_slice: WriteSlice) -> None:
    assert description_of(write_slice(1, SeriesDescription="t2\\tse")) == "t2\\tse"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("t2\0tse", "t2 tse"),
        ("a\nb\tt2", "a b t2"),
        ("\x1b[31mt2", "[31mt2"),
        ("\u202eest 2t", "est 2t"),
    ],
)
def test_signs_that_print_nothing_are_gone(
    write_slice: WriteSlice, monkeypatch: pytest.MonkeyPatch, typed: str, shown: str
) -> None:
    monkeypatch.setattr(config.settings, "writing_validation_mode", config.IGNORE)
    path = write_slice(1, SpecificCharacterSet="ISO_IR 192", SeriesDescription=typed)
    assert description_of(path) == shown


def test_the_protocol_speaks_where_the_description_is_empty(write_slice: WriteSlice) -> None:
    assert description_of(write_slice(1, SeriesDescription="\0 ", ProtocolName="t1")) == "t1"


@pytest.mark.parametrize("named", [" " * 10, "ISO_IR 100"])
@pytest.mark.parametrize(
    ("encoding", "typed"),
    [("ISO_IR 192", "T1 增强"), ("ISO_IR 192", "T2 Schädel"), ("ISO_IR 100", "T2 Schädel")],
)
def test_letters_are_read_whatever_character_set_is_named(
    write_slice: WriteSlice, encoding: str, typed: str, named: str
) -> None:
    path = write_slice(1, SpecificCharacterSet=encoding, SeriesDescription=typed)
    path.write_bytes(path.read_bytes().replace(encoding.encode(), named.encode()))
    assert description_of(path) == typed


def test_a_contrast_agent_is_told_by_letters_of_no_named_character_set(
    write_slice: WriteSlice,
) -> None:
    said = {"RepetitionTime": 500, "EchoTime": 10, "ScanningSequence": "SE"}
    path = write_slice(1, SpecificCharacterSet="ISO_IR 192", SeriesDescription="T1 增强", **said)
    path.write_bytes(path.read_bytes().replace(b"ISO_IR 192", b" " * 10))
    (series,) = read_study(path).series
    assert claim_of(series).sequence == "T1C"
