"""What can't be trained or measured is refused in one line, without a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from napari_mrseq.errors import ModelError
from napari_mrseq.model import registry
from napari_mrseq.model.weights_file import read_weights
from tests.program import program

from .stripes import striped_pictures, write

PROGRAM = Path(sys.executable).parent / "napari-mrseq"


@pytest.fixture
def folder(tmp_path):
    """A catalogue of two labels, one of one label, what a crash cut, and a file in the way."""
    rows = striped_pictures(tmp_path, 4, 2, 2)
    write(tmp_path / "c.csv", rows)
    write(tmp_path / "single.csv", rows[::2])
    write(tmp_path / "nameless.csv", [rows[0] | {"path": ""}, *rows[1::2]])
    write(tmp_path / "cut.csv", rows)
    with (tmp_path / "cut.csv").open("ab") as file:
        file.write(bytes(20))
    write(tmp_path / "long.csv", [*rows, rows[0] | {"path": "c" * 300}])
    whole = registry.entries()[0].path.read_bytes()
    (tmp_path / "half.safetensors").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "file").write_text("in the way")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("train single.csv --output run", "gives fewer than two classes to tell apart (T1): a"),
        ("train single.csv --output run --folds 2", "single.csv gives fewer than two classes"),
        (
            "train c.csv --output run --start half.safetensors",
            "half.safetensors is damaged, incomplete",
        ),
        ("evaluate c.csv --output file", "file can't be made a folder"),
        ("train c.csv --output run --draws 63", "63 pictures an epoch (--draws) are too few"),
        ("train c.csv --output new/run --resume", "checkpoint.pt is not there"),
        ("train c.csv --output new/run --held-out 3", "c.csv has no pictures of fold 3"),
        ("train nameless.csv --output new/run", "row 2: path and group must be given"),
        ("train cut.csv --output new/run", "cut.csv, row 6: path is no name of a file"),
        ("evaluate cut.csv", "cut.csv, row 6: path is no name of a file: it holds a NUL"),
        ("train long.csv --output new/run", "napari-mrseq: long.csv: not there: ccc"),
        ("evaluate long.csv", "napari-mrseq: long.csv: not there: ccc"),
        ("train . --output new/run", ". gives fewer than two classes"),
        ("evaluate c.csv --output new/run --model half.safetensors", "half.safetensors is damaged"),
        pytest.param(
            f"train {'c' * 300} --output run", "can't be read: File name too long", id="long"
        ),
    ],
)
def test_bad_input_is_refused_in_one_line_and_leaves_no_folder(folder, words, told):
    before = sorted(folder.iterdir())
    done = program(folder, *words.split())
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("napari-mrseq: ")
    assert told in done.stderr
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    "words",
    [
        ("train", "", "--output", "run"),
        ("train", "c.csv", "--output", ""),
        ("evaluate", "", "--output", "run"),
        ("evaluate", "c.csv", "--output", ""),
    ],
)
def test_an_empty_path_is_no_folder(folder, words):
    before = sorted(folder.iterdir())
    done = program(folder, *words)
    assert done.returncode == 2
    assert "the path is empty" in done.stderr
    assert sorted(folder.iterdir()) == before


def test_a_folder_that_was_there_stays_though_the_training_is_refused(folder):
    (folder / "run").mkdir()
    assert program(folder, "train", "single.csv", "--output", "run").returncode == 2
    assert (folder / "run").is_dir()


def test_a_class_of_which_nothing_can_be_read_is_not_trained_without(folder):
    for name in ("1.png", "3.png"):
        (folder / name).write_bytes(b"no picture")
    done = program(folder, "train", "c.csv", "--output", "run")
    assert done.returncode == 2
    assert done.stderr.count("left out: ") == 2
    assert "c.csv: no picture of T2 can be read" in done.stderr
    assert "preparing" not in done.stderr
    assert not (folder / "run").exists()


def test_a_catalogue_of_which_nothing_can_be_read_is_not_measured_on(folder):
    for name in range(4):
        (folder / f"{name}.png").write_bytes(b"no picture")
    done = program(folder, "evaluate", "c.csv")
    assert done.returncode == 2
    assert done.stderr.count("left out: ") == 4
    assert done.stderr.splitlines()[-1] == "napari-mrseq: c.csv: no picture of it can be read"


def test_a_process_ends_with_that_line(folder):
    words = "train c.csv --output file"
    done = subprocess.run([PROGRAM, *words.split()], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("napari-mrseq: file can't be made a folder")
    assert "Traceback" not in done.stderr


def test_onnx_is_nothing_to_start_from(tmp_path):
    with pytest.raises(ModelError, match=r"m\.onnx can't be trained on"):
        read_weights(tmp_path / "m.onnx")


def test_an_imported_checkpoint_that_cannot_be_written_is_named(tmp_path):
    from torchvision import models

    torch.save(models.shufflenet_v2_x0_5(num_classes=2).state_dict(), tmp_path / "old.pth")
    (tmp_path / "taken").mkdir()
    words = "import-checkpoint old.pth --network shufflenet_v2_x0_5 --classes A,B --output taken"
    done = program(tmp_path, *words.split())
    assert done.returncode == 2
    assert "taken is a folder: give --output the name of a file" in done.stderr
