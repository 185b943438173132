from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from napari_mrseq.model.networks import LITE, build
from napari_mrseq.training.depthwise import speed_up_depthwise


@pytest.mark.parametrize("kernel", [3, 5, 7])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [5, 9, 33])
def test_the_gradients_are_those_of_torch(kernel, stride, size):
    torch.manual_seed(0)
    plain = nn.Conv2d(8, 8, kernel, stride, kernel // 2, groups=8, bias=False).double()
    quick = nn.Sequential(copy.deepcopy(plain))
    speed_up_depthwise(quick)
    assert type(quick[0]) is not nn.Conv2d
    pictures = torch.rand(2, 8, size, size, dtype=torch.double)
    first, second = (pictures.clone().requires_grad_() for _ in range(2))
    answers = plain(first), quick(second)
    torch.testing.assert_close(*answers)
    wanted = torch.rand_like(answers[0])
    for answer in answers:
        answer.backward(wanted)
    torch.testing.assert_close(second.grad, first.grad)
    torch.testing.assert_close(quick[0].weight.grad, plain.weight.grad)


def test_the_network_that_ships_keeps_its_answers_and_its_state():
    torch.manual_seed(0)
    plain = build(LITE, 3).eval()
    quick = copy.deepcopy(plain)
    speed_up_depthwise(quick)
    assert list(quick.state_dict()) == list(plain.state_dict())
    pictures = torch.rand(2, 1, 65, 65)
    torch.testing.assert_close(quick(pictures), plain(pictures))


@pytest.mark.parametrize(
    "form",
    [{"padding": 0}, {"padding": 1, "dilation": 2}, {"padding": 1, "bias": True},
     {"padding": 1, "padding_mode": "reflect"}, {"padding": 1, "stride": (1, 2)}],
)  # fmt: skip
def test_convolutions_of_other_forms_are_left_alone(form):
    torch.manual_seed(0)
    plain = nn.Conv2d(4, 4, 3, groups=4, **({"bias": False} | form))
    pictures = torch.rand(1, 4, 12, 12)
    before = plain(pictures)
    speed_up_depthwise(nn.Sequential(plain))
    torch.testing.assert_close(plain(pictures), before)
