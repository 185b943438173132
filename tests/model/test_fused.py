"""Convolutions and what follows them in one operation: the same answers."""

from __future__ import annotations

import copy

import pytest
import torch

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
