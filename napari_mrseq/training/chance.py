"""Chance for a batch of pictures, the same numbers on any device."""

from __future__ import annotations

import torch
from torch import Tensor


class Draw:
    """Numbers, choices and fields, one a picture.

    What is one number a picture comes from the processor, so that no card has to be waited for;
    whole fields are drawn where the pictures lie.

    Parameters
    ----------
    images : (n, …) tensor
        For how many, and where.
    generator : torch.Generator
        Source of all chance, on the processor.
    """

    def __init__(self, images: Tensor, generator: torch.Generator) -> None:
        self.count, self.device, self.generator = len(images), images.device, generator
        self.fields = generator
        if self.device.type != "cpu":
            seed = int(torch.randint(2**62, (1,), generator=generator))
            self.fields = torch.Generator(self.device).manual_seed(seed)

    def on_device(self, numbers: Tensor) -> Tensor:
        """Bring numbers to where the pictures lie."""
        return numbers.to(self.device, non_blocking=True)

    def number(self, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Return (n,) numbers between two, on the processor."""
        return low + (high - low) * torch.rand(self.count, generator=self.generator)

    def gaussian(self, deviation: float) -> Tensor:
        """Return (n,) normally distributed numbers, on the processor."""
        return deviation * torch.randn(self.count, generator=self.generator)

    def integer(self, low: int, high: int) -> Tensor:
        """Return (n,) whole numbers from `low` to below `high`, on the processor."""
        return torch.randint(low, high, (self.count,), generator=self.generator)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Return (n, 1, 1, 1) numbers between two."""
        return self.on_device(self.number(low, high)[:, None, None, None])

    def whole(self, low: int, high: int) -> Tensor:
        """Return (n, 1, 1, 1) whole numbers from `low` to below `high`."""
        return self.on_device(self.integer(low, high)[:, None, None, None])

    def normal(self, deviation: float) -> Tensor:
        """Return (n, 1, 1, 1) normally distributed numbers."""
        return self.on_device(self.gaussian(deviation)[:, None, None, None])

    def chosen(self, share: float) -> Tensor:
        """Return (n, 1, 1, 1) booleans, this share of them true."""
        return self.uniform() < share

    def some(self, share: float) -> Tensor:
        """Return the indices of some pictures, for what is too costly to do to all."""
        return self.on_device((self.number() < share).nonzero()[:, 0])

    def among(self, images: Tensor) -> Draw:
        """Return chance from the same source for some of the pictures."""
        return Draw(images, self.generator)

    def normal_field(self, *shape: int) -> Tensor:
        """Return normally distributed (n, channels, rows, columns)."""
        return torch.randn((self.count, *shape), generator=self.fields, device=self.device)

    def uniform_field(self, *shape: int) -> Tensor:
        """Return (n, channels, rows, columns) between 0 and 1."""
        return torch.rand((self.count, *shape), generator=self.fields, device=self.device)
