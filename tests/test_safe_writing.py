"""A disk that is full leaves no part of a file, and the file that was there."""

from __future__ import annotations

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import models

from napari_mrseq.errors import MrseqError
from napari_mrseq.labelling import write_rows
from napari_mrseq.model import registry
from napari_mrseq.model.checkpoint import import_checkpoint
from napari_mrseq.model.weights_file import rewrite_card
from napari_mrseq.safe_writing import write_whole, written_whole
from napari_mrseq.viewer.writer import write_nifti
from tests.program import program

resource = pytest.importorskip("resource", reason="only Unix limits the size of files")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="only Unix limits files")


@contextmanager
def hardly_any_room(size=100_000):
    """Let files grow to so many bytes, as a disk that is nearly full does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


IMPORT = ("import-checkpoint", "old.pth", "--network", "resnet18", "--classes", "A,B,C")


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ((*IMPORT, "--output", "new.safetensors"), "new.safetensors"),
        (("models", "--add", "site.safetensors"), "models/site.safetensors"),
        (("export-onnx", "--output", "new.onnx"), "new.onnx"),
    ],
    ids=["import", "add", "export"],
)
def test_a_disk_that_is_full_leaves_no_part_of_a_model(tmp_path, monkeypatch, words, written):
    if "export-onnx" in words:
        pytest.importorskip("onnxscript", reason="the extra [onnx] is not installed")
    monkeypatch.setenv(registry.FOLDER_VARIABLE, str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    torch.save(models.resnet18(num_classes=3).state_dict(), tmp_path / "old.pth")
    import_checkpoint(
        tmp_path / "old.pth", "resnet18", ("A", "B", "C"), tmp_path / "site.safetensors"
    )
    there = sorted(tmp_path.rglob("*"))
    with hardly_any_room():
        done = program(tmp_path, *words)
    assert done.returncode == 2
    assert f"{written} can't be written" in done.stderr
    assert sorted(tmp_path.rglob("*")) == there


def test_a_card_that_is_not_written_names_its_file_and_leaves_it(tmp_path):
    weights = tmp_path / "site.safetensors"
    shutil.copy(registry.find("default")[0], weights)
    before = weights.read_bytes()
    with hardly_any_room(), pytest.raises(MrseqError, match=f"{weights}: can't be written"):
        rewrite_card(weights, version="2")
    assert weights.read_bytes() == before


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_a_layer_that_finds_no_room_leaves_the_image_that_was_there(tmp_path, ending):
    values = np.random.default_rng(0).integers(0, 4000, (2, 9, 64, 64), np.int16)
    volumes = {"name": "b value", "values": (0, 1000), "directions_lps": ()}
    attributes = {"metadata": {"dicom": {"volumes": volumes}}}
    write_nifti(str(tmp_path / f"a{ending}"), values, attributes)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    assert len(before) == 3
    with hardly_any_room(), pytest.raises(OSError, match="File too large"):
        write_nifti(str(tmp_path / f"a{ending}"), values + 1, {})
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.fixture
def catalogue(tmp_path):
    """Pictures of noise with labels."""
    rows = ["path,label,group"]
    for number in range(4):
        pixels = np.random.default_rng(number).integers(0, 255, (64, 64), np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
        rows.append(f"{number}.png,{('T1', 'T2')[number % 2]},{number}")
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    return tmp_path / "labels.csv"


CLASSIFY = ("classify", "SERIES", "--fast", "--output")


@pytest.mark.parametrize(
    "words",
    [
        (*CLASSIFY, "out/table.json", "--format", "json"),
        (*CLASSIFY, "out", "--format", "bids"),
        ("evaluate", "labels.csv", "--output", "out"),
    ],
    ids=["json", "bids", "figures"],
)
@pytest.mark.usefixtures("catalogue")
def test_a_disk_that_is_full_leaves_the_result_of_yesterday(tmp_path, sample_study, words):
    words = [sample_study / "t2_tse_tra" if word == "SERIES" else word for word in words]
    (tmp_path / "out").mkdir()
    assert program(tmp_path, *words).returncode == 0
    before = {file: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    assert all(len(content) > 500 for content in before.values())
    with hardly_any_room(500):
        done = program(tmp_path, *words)
    assert done.returncode == 2
    assert "can't be written (File too large)" in done.stderr
    assert {file: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before


def test_a_zip_file_is_there_where_no_folder_takes_what_it_holds(
    tmp_path, sample_study, monkeypatch
):
    shutil.make_archive(str(tmp_path / "t2"), "zip", sample_study / "t2_tse_tra")
    monkeypatch.setattr("tempfile.tempdir", None)
    with hardly_any_room(0):
        done = program(tmp_path, "classify", "t2.zip")
    assert done.returncode == 1
    assert "t2.zip: a zip file that can't be read (No usable temporary directory" in done.stderr
    assert "name another folder in TMPDIR" in done.stderr


def test_a_disk_that_is_full_leaves_the_labels_of_yesterday(tmp_path):
    labels = write_rows([{"path": "a.dcm", "label": "T1"}], tmp_path / "labels.csv")
    before = labels.read_bytes()
    with hardly_any_room(500), pytest.raises(OSError, match="File too large"):
        write_rows([{"path": f"{number}.dcm", "label": "T1"} for number in range(99)], labels)
    assert labels.read_bytes() == before
    assert list(tmp_path.iterdir()) == [labels]


def test_who_can_not_write_a_file_is_told_the_name_that_was_asked_for(tmp_path):
    with pytest.raises(FileNotFoundError) as told:
        write_whole(tmp_path / "absent" / "table.csv", b"")
    assert told.value.filename == str(tmp_path / "absent" / "table.csv")


def test_a_result_goes_into_a_pipe_and_stays_as_private_as_it_was(tmp_path, sample_study):
    words = ("classify", sample_study / "t2_tse_tra", "--fast", "--output")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "table.txt").touch(mode=0o600)
    assert program(tmp_path, *words, "table.txt").returncode == 0
    assert (tmp_path / "table.txt").stat().st_mode & 0o777 == 0o600
    with ThreadPoolExecutor() as reader:
        read = reader.submit((tmp_path / "pipe").read_bytes)
        assert program(tmp_path, *words, "pipe").returncode == 0
    assert read.result() == (tmp_path / "table.txt").read_bytes()
    assert (tmp_path / "pipe").is_fifo()


def test_a_file_is_replaced_where_nobody_may_change_rights(tmp_path, monkeypatch):
    def refuse(*_args, **_more):
        # As a share or a drive of Windows does that belongs to another user.
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chmod", refuse)
    for content in (b"one", b"two"):
        write_whole(tmp_path / "table.csv", content)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"two"]


def test_the_cause_is_told_where_the_part_that_is_written_is_open_yet(tmp_path, monkeypatch):
    def refuse(path, **_more):
        # As Windows does of a file that is open.
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(OSError, match="No space left"), written_whole(tmp_path / "state.pt"):
        raise OSError(28, "No space left on device")


def test_a_link_stays_one_and_a_pipe_is_not_replaced(tmp_path):
    torch.save(models.resnet18(num_classes=3).state_dict(), tmp_path / "old.pth")
    (tmp_path / "kept").mkdir()
    (tmp_path / "link.safetensors").symlink_to(tmp_path / "kept" / "real.safetensors")
    os.mkfifo(tmp_path / "pipe")
    linked = program(tmp_path, *IMPORT, "--output", "link.safetensors")
    assert linked.returncode == 0, linked.stderr
    assert (tmp_path / "link.safetensors").is_symlink()
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["real.safetensors"]
    refused = program(tmp_path, *IMPORT, "--output", "pipe")
    assert refused.returncode == 2
    assert "pipe can't be written: it is not a regular file" in refused.stderr
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("words", [(*IMPORT, "--output"), ("export-onnx", "--output")])
def test_an_output_that_is_a_folder_is_told_before_the_work(tmp_path, words):
    # No checkpoint is there: it has not been looked at.
    done = program(tmp_path, *words, ".")
    assert done.returncode == 2
    assert "is a folder: give --output the name of a file" in done.stderr


@pytest.mark.parametrize(
    "words",
    [("classify", "."), IMPORT, ("export-onnx",), ("train", ".")],
    ids=lambda words: words[0],
)
def test_an_output_with_too_long_a_name_is_told_before_the_work(tmp_path, words):
    done = program(tmp_path, *words, "--output", "long" * 99)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"napari-mrseq: {'long' * 99}")
    assert line.endswith("can't be written (File name too long)")


def test_a_class_that_is_nearly_called_like_a_sequence_is_told(tmp_path):
    torch.save(models.resnet18(num_classes=3).state_dict(), tmp_path / "old.pth")
    words = ("import-checkpoint", "old.pth", "--network", "resnet18", "--output", "new.safetensors")
    done = program(tmp_path, *words, "--classes", "t1,T2,T2-FLAIR")
    assert done.returncode == 0
    assert "the label 't1' becomes a class of your own; the sequence is written T1" in done.stderr
    assert "the sequence is written FLAIR" in done.stderr
