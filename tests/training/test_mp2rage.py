"""What MP2RAGE makes of a T1 image."""

from __future__ import annotations

import torch

from napari_mrseq.training.mp2rage import as_uniform

SIDE = 96
Y, X = torch.meshgrid(*(torch.linspace(-1, 1, SIDE),) * 2, indexing="ij")
DISTANCE = torch.hypot(X, Y)
WHITE, FLUID, AIR = DISTANCE.lt(0.6) & DISTANCE.gt(0.3), DISTANCE < 0.2, DISTANCE > 0.9


def head() -> torch.Tensor:
    """White matter around fluid, in air, shaded from left to right."""
    grey = torch.where(DISTANCE < 0.7, 0.8, 0.0)
    return (torch.where(DISTANCE < 0.25, 0.2, grey) * (1 + 0.25 * X))[None, None]


def made() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.cat([as_uniform(head(), generator) for _ in range(20)])[:, 0]


def test_air_is_grey_noise_and_fluid_stays_darker_than_white_matter():
    for picture in made():
        assert picture.min() >= 0
        assert picture.max() <= 1
        assert 0.4 < picture[AIR].mean() < 0.6
        assert picture[AIR].std() > 0.05
        assert picture[FLUID].median() < picture[WHITE].median()


def test_white_matter_is_less_shaded_than_before():
    before = head()[0, 0]
    left, right = WHITE & (X < -0.3), WHITE & (X > 0.3)
    shading = (before[right].mean() / before[left].mean()).item()
    after = [(one[right].mean() / one[left].mean()).item() for one in made()]
    assert max(after) < shading
