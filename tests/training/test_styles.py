"""Looks exchanged between pictures of one sequence while a network is trained."""

from __future__ import annotations

import torch

from napari_mrseq.model.networks import EfficientNetLite
from napari_mrseq.training.styles import StyleMixing


def answers(labels: list[int], *, training: bool, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """What a network says of pictures of several brightness without and with mixing."""
    torch.manual_seed(0)
    network = EfficientNetLite(3).train(training)
    # Batch statistics would carry the change of one picture into all.
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    pictures = (
        torch.rand(len(labels), 1, 65, 65)
        * torch.linspace(0.2, 2, len(labels))[:, None, None, None]
    )
    mixing = StyleMixing(network)
    with torch.no_grad():
        plain = network(pictures)
        generator = torch.Generator().manual_seed(seed)
        for _ in range(20):
            mixing.draw(torch.tensor(labels), generator)
            mixed = network(pictures)
            if not torch.equal(mixed, plain):
                break
    return plain, mixed


def test_pictures_of_one_sequence_exchange_their_looks() -> None:
    plain, mixed = answers([0, 0, 0, 1], training=True, seed=1)
    changed = (plain - mixed).abs().amax(dim=1) > 1e-6
    assert changed[:3].any()
    assert not changed[3]


def test_pictures_of_different_sequences_stay_as_they_are() -> None:
    plain, mixed = answers([0, 1, 2], training=True, seed=1)
    torch.testing.assert_close(plain, mixed)


def test_a_trained_network_mixes_nothing() -> None:
    plain, mixed = answers([0, 0, 0], training=False, seed=1)
    assert torch.equal(plain, mixed)
