"""Protocols of the package and of users."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from napari_mrseq.errors import ProtocolError
from napari_mrseq.protocols import CODES, PLANES, load_protocol, protocol_names
from tests.program import program

MANUAL = Path(__file__).parents[2] / "docs" / "protocols.md"


def test_the_examinations_that_come_with_the_package() -> None:
    assert protocol_names() == (
        "brain-tumour", "dementia", "knee", "ms", "prostate", "spine", "stroke",
    )  # fmt: skip


@pytest.mark.parametrize("name", protocol_names())
def test_every_protocol_of_the_package_loads_and_names_its_source(name: str) -> None:
    protocol = load_protocol(name)
    assert protocol.source
    assert any(entry.required for entry in protocol.series)


def test_a_user_s_own_protocol_is_loaded_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "hip.toml"
    path.write_text(
        'name = "hip"\n[[series]]\nname = "STIR coronal"\nsequences = ["STIR"]\n'
        'planes = ["coronal"]\nrequired = false\n'
    )
    protocol = load_protocol(path)
    assert protocol.name == "hip"
    assert protocol.series[0].planes == ("coronal",)
    assert not protocol.series[0].required


def test_a_protocol_at_home_is_found_and_never_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample_study: Path
) -> None:
    # Shells leave the ~ of --protocol=~/FILE to the program.
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    path = tmp_path / "hip.toml"
    path.write_text('name = "hip"\n[[series]]\nname = "a"\nsequences = ["T1"]')
    assert load_protocol("~/hip.toml").name == "hip"
    words = ("classify", sample_study / "t2_tse_tra", "--protocol=~/hip.toml", "--output", path)
    done = program(tmp_path, *words)
    assert done.returncode == 2
    assert "give --output another name" in " ".join(done.stderr.split())
    assert load_protocol(path).name == "hip"


def test_the_example_of_the_manual_says_of_the_sample_study_what_stands_there(
    tmp_path: Path, sample_study: Path
) -> None:
    example, answer = re.findall(r"```(?:toml)?\n(.*?)```", MANUAL.read_text("utf-8"), re.DOTALL)
    (tmp_path / "headache.toml").write_text(example, "utf-8")
    words = ("classify", sample_study, "--protocol", "headache.toml", "--output", "told.txt")
    done = program(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    told = (tmp_path / "told.txt").read_text("utf-8").splitlines()
    start = told.index(answer.splitlines()[0])
    # The line on where the study lies differs.
    assert [told[start], *told[start + 2 : start + 6]] == answer.splitlines()


def test_the_manual_tells_all_names_sequences_and_planes() -> None:
    text = MANUAL.read_text("utf-8")
    for word in (*protocol_names(), *CODES, *PLANES):
        assert f"`{word}`" in text


def test_a_protocol_of_a_windows_editor_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "hip.toml"
    path.write_bytes(b'\xef\xbb\xbfname = "hip"\r\n[[series]]\r\nname = "a"\r\nsequences = ["T1"]')
    assert load_protocol(path).name == "hip"


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_refused_with_what_to_do(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "hip.toml"
    path.write_text('name = "Hüfte"\n', encoding)
    with pytest.raises(ProtocolError, match=r"hip\.toml is not UTF-8 text: save it as UTF-8"):
        load_protocol(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows says that a folder may not be read")
def test_a_folder_is_no_protocol(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match=r"no protocol .*: give the path of a file"):
        load_protocol(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "is not a TOML file"),
        ('name = "x"', "at least one [[series]]"),
        ("[[series]]\nname = 'a'\nsequences = ['T1']", "a name"),
        ("name = ''\n[[series]]\nname = 'a'\nsequences = ['T1']", "a name"),
        ("name = 5\n[[series]]\nname = 'a'\nsequences = ['T1']", "a name"),
        ("name = 'x'\nsource = 5\n[[series]]\nname = 'a'\nsequences = ['T1']", "source must be"),
        ("name = 'x'\nseries = []", "at least one [[series]]"),
        ("name = 'x'\nseries = 'T1'", "at least one [[series]]"),
        ("x = " + "[" * 5000, "is not a TOML file"),
        ("x = " + "9" * 5000, "is not a TOML file"),
        ("name = 'x'\n[[series]]\nname = 'a'\nsequences = ['T1']\n[[serie]]", "key serie"),
        ("name = 'x'\n[[serie]]\nname = 'a'", "key serie (allowed: name, source, series)"),
        ("[[series]]\nname = 'a'\nsequences = ['T1']", "own.toml needs a name"),
        ("name = ' '\n[[series]]\nname = 'a'\nsequences = ['T1']", "own.toml needs a name"),
        ("name = 'x'\n[series]\nname = 'a'\nsequences = ['T1']", "[[series]] is needed"),
        ("name = 'x'\n[[series]]\nname = 'a'\nsequences = ['T1']\n[[series]]", "[[series]] 2"),
        ("name = 'x'\nseries = ['T1']", "must be a table"),
        ("name = 'x'\nseries = [{name = 'a', sequences = ['T1']}, 'T2']", "must be a table"),
        ("name = 'x'\n[[series]]\nsequences = ['T1']", "needs a name"),
        ("name = 'x'\n[[series]]\nname = ''\nsequences = ['T1']", "needs a name"),
        ("name = 'x'\n[[series]]\nname = 5\nsequences = ['T1']", "needs a name"),
        ("name = 'x'\n[[series]]\nname = 'a'", "sequences are needed"),
        ("name = 'x'\n[[series]]\nname = 'a'\nsequences = 'T1'", "must be a list"),
        ("name = 'x'\n[[series]]\nname = 'a'\nsequences = ['T3']", "'T3'"),
        ("name = 'x'\n[[series]]\nname = 'a'\nsequences = ['UNKNOWN']", "'UNKNOWN'"),
        ("name = 'x'\n[[series]]\nname = 'a'\nsequences = ['T1']\nplanes = ['up']", "'up'"),
        ("name = 'x'\n[[series]]\nname = 'a'\nsequences = ['T1']\nrequired = 1", "true or false"),
        ("name = 'x'\n[[series]]\nname = 'a'\nsequences = ['T1']\nplane = 'axial'", "key plane"),
    ],
)
def test_a_wrong_protocol_is_refused_with_the_file_and_the_reason(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(ProtocolError) as error:
        load_protocol(path)
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ProtocolError, match=r"no protocol heart.*brain-tumour"):
        load_protocol("heart")
