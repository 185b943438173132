from __future__ import annotations

import csv
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from napari_mrseq import load_model, read
from napari_mrseq.decision import by_class, decide
from napari_mrseq.errors import DeviceError
from napari_mrseq.model import Model, running
from napari_mrseq.model.networks import build


@pytest.fixture(scope="module")
def model():
    return load_model("default", device="cpu")


@pytest.fixture(scope="module")
def sample_slices(sample_study) -> np.ndarray:
    """All slices of the sample study that are of one shape."""
    stacks = [np.asarray(series.pixels, dtype=np.float32) for series in read(sample_study)]
    alike = [stack for stack in stacks if stack.shape[-2:] == stacks[0].shape[-2:]]
    return np.concatenate([stack.reshape(-1, *stack.shape[-2:]) for stack in alike])


@pytest.fixture(scope="module")
def real_slices(shared_data) -> list[np.ndarray]:
    """Every sixtieth labelled slice."""
    with (shared_data / "slices.csv").open(encoding="utf-8") as file:
        names = [row["file"] for row in csv.DictReader(file)][::60]
    return [np.asarray(Image.open(shared_data / name).convert("F")) for name in names]


def words(model: Model, slices) -> list[tuple[str, str]]:
    """What is said of each slice."""
    threshold = model.card.calibration.threshold
    rows = [model.predict(one[None])[0] for one in slices]
    decisions = [decide(by_class(model.classes, row), threshold) for row in rows]
    return [(decision.sequence, decision.resolved) for decision in decisions]


def same(first: list, second: list) -> float:
    return sum(a == b for a, b in zip(first, second, strict=True)) / len(first)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks by itself")
def test_processes_that_a_user_forks_judge_too(sample_study):
    """As `multiprocessing` does by itself on Linux; they waited for ever."""
    script = f"""
from multiprocessing import get_context
import napari_mrseq as mrseq
(series,), model = mrseq.read({str(sample_study / "t2_tse_tra")!r}), mrseq.load_model(device="cpu")
def word(fast): return mrseq.classify(series, model, fast=fast).sequence
print(word(True))
with get_context("fork").Pool(1) as pool: print(pool.map_async(word, [True]).get(timeout=60)[0])
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "OMP_NUM_THREADS": "2"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["T2", "T2"]


def test_bfloat16_says_of_the_sample_study_what_float32_says(model, sample_slices):
    exact, coarse = replace(model, half=None), replace(model, half=torch.bfloat16)
    assert words(coarse, sample_slices) == words(exact, sample_slices)
    np.testing.assert_allclose(
        coarse.predict(sample_slices), exact.predict(sample_slices), atol=0.1
    )


def test_bfloat16_says_of_real_slices_what_float32_says(model, real_slices):
    exact, coarse = replace(model, half=None), replace(model, half=torch.bfloat16)
    assert same(words(coarse, real_slices), words(exact, real_slices)) > 0.99


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
def test_a_card_says_of_the_sample_study_what_the_processor_says(model, sample_slices):
    exact = replace(model, half=None)
    assert words(load_model("default", device="cuda"), sample_slices) == words(exact, sample_slices)


def test_folding_batch_normalisation_changes_no_answer():
    torch.manual_seed(4)
    images = torch.rand(3, 1, 97, 97)
    network = build("efficientnet_lite0", 5).train()
    network(images)
    with torch.inference_mode():
        before = network.eval()(images)
        folded = running.folded(network)
        torch.testing.assert_close(folded(images), before, atol=1e-5, rtol=1e-4)
    assert not any(isinstance(part, torch.nn.BatchNorm2d) for part in folded.modules())


class SmallCard:
    """Memory for a few images at a time."""

    def __init__(self, room: int) -> None:
        self.room, self.batches = room, []

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        if len(images) > self.room:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        self.batches.append(len(images))
        return images.mean(dim=(2, 3))


def test_a_batch_too_large_for_the_memory_is_halved_until_it_fits():
    images, card = torch.rand(22, 2, 5, 5), SmallCard(6)
    torch.testing.assert_close(running.run(card, images, "cpu", None), images.mean(dim=(2, 3)))
    assert card.batches == [6, 5, 6, 5]


def test_where_not_one_slice_fits_the_error_says_what_to_do():
    with pytest.raises(DeviceError, match="no memory left; choose the device cpu"):
        running.run(SmallCard(0), torch.rand(4, 2, 5, 5), "cpu", None)


no_card = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")


@no_card
def test_a_card_that_fails_is_told_with_what_to_do():
    """As one that is too old for this torch does, once it is to work."""
    with pytest.raises(DeviceError, match=r"cuda:0 can't run .*; choose the device cpu"):
        running.run(SmallCard(4), torch.rand(4, 2, 5, 5), "cuda:0", None)


@no_card
def test_a_card_that_takes_no_network_is_told_with_what_to_do(monkeypatch):
    """As one does whose memory other programs fill."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    with pytest.raises(DeviceError, match=r"cuda:0 can't run .*; choose the device cpu"):
        load_model("default", device="cuda")


def test_close_calls_are_those_that_rounding_could_turn():
    classes = ("T1", "T1C", "T2", "DWI")
    rows = {
        "clear": (0.9, 0.05, 0.04, 0.01),
        "clear though low": (0.2, 0.1, 0.4, 0.3),
        "members alike": (0.46, 0.44, 0.05, 0.05),
        "families alike": (0.25, 0.25, 0.48, 0.02),
        "at the threshold": (0.2, 0.11, 0.49, 0.2),
        "member or family": (0.695, 0.29, 0.01, 0.005),
    }
    close = running.close_calls(torch.tensor(list(rows.values())), classes, 0.5)
    assert dict(zip(rows, close.tolist(), strict=True)) == {
        "clear": False,
        "clear though low": False,
        "members alike": True,
        "families alike": True,
        "at the threshold": True,
        "member or family": True,
    }


def test_an_unknown_device_is_refused_with_those_there_are():
    with pytest.raises(DeviceError, match=r"'tpu'.*auto, cuda, mps, cpu"):
        running.choose_device("tpu")
