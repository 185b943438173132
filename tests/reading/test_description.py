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


@pytest.mark.parametrize("named", [" " * 10, "ISO_IR 100"])
@pytest.mark.parametrize(
    ("encoding", "typed", "sequence"),
    [
        ("gb18030", "T1 增强", "T1C"),
        ("gb18030", "T1 平扫", "T1"),
        ("big5", "T1 顯影後", "T1C"),
        ("shift_jis", "T1 造影後", "T1C"),
        ("euc_jp", "T1 単純", "T1"),
        ("iso2022_jp", "T1 造影後", "T1C"),
        ("euc_kr", "T1 조영후", "T1C"),
        ("cp1251", "Т1 после контраста", "T1C"),
        ("iso8859_5", "Т1 без контраста", "T1"),
        ("cp1250", "T1 po kontraście", "T1C"),
        ("iso8859_2", "T1 před kontrastem", "T1"),
        ("latin_1", "T1 après gado", "T1C"),
        ("latin_1", "T1 Schädel", "T1"),
        ("latin_1", "T1 Épaule contraste®", "T1C"),
    ],
)
def test_a_word_of_the_field_tells_the_character_set_that_is_not_named(
    write_slice: WriteSlice, named: str, encoding: str, typed: str, sequence: str
) -> None:
    said = {"RepetitionTime": 500, "EchoTime": 10, "ScanningSequence": "SE"}
    written = typed.encode(encoding)
    written += b" " * (len(written) % 2)
    path = write_slice(
        1, SpecificCharacterSet="ISO_IR 192", SeriesDescription="x" * len(written), **said
    )
    file = path.read_bytes().replace(b"ISO_IR 192", named.encode())
    path.write_bytes(file.replace(b"x" * len(written), written))
    (series,) = read_study(path).series
    claim = claim_of(series)
    assert (series.description, claim and claim.sequence) == (typed, sequence)


def test_marks_of_chinese_are_no_text_and_hide_no_name(write_slice: WriteSlice) -> None:
    mark, name, after = b"\x1b$)A", "张小东".encode("gb2312"), " 增强".encode("gb2312")
    described, called = b"T1 " + mark + name + after, mark + name[:2] + b"^" + mark + name[2:]
    written = described + b" " * (len(described) % 2), called + b" " * (len(called) % 2)
    places = [letter * len(value) for letter, value in zip((b"x", b"y"), written, strict=True)]
    path = write_slice(
        1,
        SpecificCharacterSet=["", "ISO 2022 IR 58"],
        SeriesDescription=places[0].decode(),
        PatientName=places[1].decode(),
    )
    file = path.read_bytes()
    for place, value in zip(places, written, strict=True):
        file = file.replace(place, value)
    path.write_bytes(file)
    assert description_of(path) == "T1 增强"
