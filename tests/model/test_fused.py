"""Convolutions and what follows them in one operation: the same answers."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from napari_mrseq.model import running
from napari_mrseq.model.fused import FusedConvolution, fused
from napari_mrseq.model.networks import LITE, build

needs_onednn = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN"
)


@needs_onednn
@pytest.mark.parametrize("half", [None, torch.bfloat16])
@torch.inference_mode()
def test_a_fused_network_answers_as_before(half: torch.dtype | None) -> None:
    torch.manual_seed(0)
    network = running.folded(build(LITE, 5).eval())
    images = torch.rand(3, 1, 65, 65)
    quick = fused(copy.deepcopy(network))
    assert any(isinstance(module, FusedConvolution) for module in quick.modules())
    with running.precision("cpu", half):
        before, now = network(images).float(), quick(images).float()
    torch.testing.assert_close(
        now, before, rtol=0.05 if half else 1e-4, atol=0.05 if half else 1e-4
    )


@needs_onednn
@pytest.mark.parametrize("half", [None, torch.bfloat16])
@torch.inference_mode()
def test_it_answers_on_pictures_of_another_number_and_size(half: torch.dtype | None) -> None:
    """What the first pictures had the weights laid out for must not bind the next."""
    torch.manual_seed(1)
    network = running.folded(build(LITE, 5).eval())
    quick = fused(copy.deepcopy(network))
    with running.precision("cpu", half):
        quick(torch.rand(1, 1, 65, 65))
        images = torch.rand(7, 1, 97, 81)
        before, now = network(images).float(), quick(images).float()
    torch.testing.assert_close(
        now, before, rtol=0.05 if half else 1e-4, atol=0.05 if half else 1e-4
    )


@needs_onednn
@torch.inference_mode()
def test_another_activation_is_left_as_it_is() -> None:
    """As networks of torchvision have them."""
    torch.manual_seed(2)
    layers = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Hardswish())
    network = running.folded(layers.eval())
    images = torch.randn(2, 1, 9, 9)
    before = network(images)
    torch.testing.assert_close(fused(network)(images), before)


@needs_onednn
@torch.inference_mode()
def test_a_network_that_has_answered_can_be_copied() -> None:
    """As the export to ONNX does with a model that has judged slices."""
    quick = fused(running.folded(build(LITE, 5).eval()))
    images = torch.rand(2, 1, 65, 65)
    answer = quick(images)
    torch.testing.assert_close(copy.deepcopy(quick)(images), answer)
