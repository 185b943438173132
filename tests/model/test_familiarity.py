"""What leaves the subspace of familiar features is called unknown, as far as it leaves it."""

from __future__ import annotations

import pytest
import torch

from napari_mrseq.model.familiarity import Familiarity

LOGITS = torch.tensor([[2.0, 1.0, -30.0]])


@pytest.fixture
def layer() -> Familiarity:
    """Three classes, the last of them unknown; familiar is what lies along the first feature."""
    made = Familiarity(features=3, classes=3, rank=1)
    made.mean += torch.tensor([5.0, 1.0, 1.0])
    made.basis[0, 0] = 1
    made.centre.fill_(0.6)
    made.steepness.fill_(40)
    made.unknown[2] = 1
    return made


def test_unknown_grows_with_the_part_that_lies_outside(layer):
    away = torch.tensor([[3.0, 0, 0], [4, 3, 0], [-8, 0, 6], [0, 1, 1], [0, 0, 0]])
    said = layer(layer.mean + away, LOGITS.expand(5, -1)).softmax(dim=1)
    assert said[:, 2].tolist() == pytest.approx([0, 0.5, 0.5, 1, 0], abs=1e-3)
    # What is known keeps its order and its odds.
    assert (said[:, 0] / said[:, 1]).log().tolist() == pytest.approx([1] * 5, abs=1e-3)


def test_what_the_network_calls_unknown_itself_stays_so(layer):
    doubtful = torch.tensor([[0.0, 0.0, 5.0]])
    said = layer(layer.mean + torch.tensor([[3.0, 0, 0]]), doubtful)
    torch.testing.assert_close(said, doubtful)
