"""A disk that is full leaves no part of a model, and the model that was there."""

from __future__ import annotations

import sys
from contextlib import contextmanager

import pytest
import torch
from torchvision import models

from napari_mrseq.model import registry
from napari_mrseq.model.checkpoint import import_checkpoint
from tests.training.program import program

resource = pytest.importorskip("resource", reason="only Unix limits the size of files")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="only Unix limits files")


@contextmanager
def hardly_any_room():
    """Let files grow to 100 kB, as a disk that is nearly full does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
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
