"""Pictures that are no MR of a known kind, made by chance and from real slices."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional


def make_negatives(images: Tensor, generator: torch.Generator) -> Tensor:
    """Turn real slices into things that must be called unknown.

    Parameters
    ----------
    images : (n, 1, size, size) float tensor
        Real slices between 0 and 1, for the shapes in them.
    generator : torch.Generator
        Source of all chance.

    Returns
    -------
    (n, 1, size, size) float tensor
        Noise, smooth fields, masks, tissue maps, wrapped phases, phantoms, shuffled pictures or
        outlines, one a slice.
    """
    makers = (_noise, _field, _mask, _tissue, _phase, _phantom, _shuffled, _edges)
    kinds = torch.randint(0, len(makers), (len(images),), generator=generator)
    made = [
        makers[kind](image[None], generator)[0]
        for kind, image in zip(kinds.tolist(), images, strict=True)
    ]
    return torch.stack(made).clamp(0, 1)


def _chance(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.rand(shape, generator=generator)


def _smooth(image: Tensor, cells: int, generator: torch.Generator) -> Tensor:
    coarse = torch.randn((1, 1, cells, cells), generator=generator)
    field = functional.interpolate(coarse, size=image.shape[-2:], mode="bicubic")
    return (field - field.min()) / (field.max() - field.min())


def _noise(image: Tensor, generator: torch.Generator) -> Tensor:
    """Only noise, of any grain, over any offset."""
    cells = int(8 * 2 ** (4 * _chance((1,), generator).item()))
    grain = _smooth(image, cells, generator)
    offset, gain = _chance((2,), generator).tolist()
    speckled: Tensor = 0.5 * offset + (0.1 + gain) * grain * _chance(image.shape, generator)
    return speckled


def _field(image: Tensor, generator: torch.Generator) -> Tensor:
    """A smooth map, with or without the shape of a body around it."""
    field = _smooth(image, 4, generator)
    inside = image > 0.08
    return torch.where(inside | (_chance((1,), generator) < 0.4), field, torch.tensor(0.4))


def _mask(image: Tensor, generator: torch.Generator) -> Tensor:
    """A segmentation: few flat levels."""
    levels = 1 + int(4 * _chance((1,), generator).item())
    smooth = functional.avg_pool2d(image, 5, stride=1, padding=2)
    return (smooth * levels).round() / levels


def _tissue(image: Tensor, generator: torch.Generator) -> Tensor:
    """A probability map of one tissue: what lies near one grey value, nothing else."""
    centre, width = 0.25 + 0.6 * _chance((1,), generator), 0.04 + 0.08 * _chance((1,), generator)
    smooth = functional.avg_pool2d(image, 3, stride=1, padding=1)
    near = torch.exp(-(((smooth - centre) / width) ** 2))
    return torch.where(near > 0.1, near, torch.zeros_like(near))


def _phase(image: Tensor, generator: torch.Generator) -> Tensor:
    """A wrapped phase inside the body, noise around it."""
    turns = 2 + 10 * _chance((1,), generator)
    phase = torch.remainder(_smooth(image, 3, generator) * turns + 0.3 * image, 1.0)
    return torch.where(image > 0.1, phase, _chance(image.shape, generator))


def _phantom(image: Tensor, generator: torch.Generator) -> Tensor:
    """A round or square phantom with bars or holes."""
    size = image.shape[-1]
    ticks = torch.linspace(-1, 1, size)
    y, x = torch.meshgrid(ticks, ticks, indexing="ij")
    radius, level, frequency, square = _chance((4,), generator).tolist()
    distance = torch.maximum(x.abs(), y.abs()) if square < 0.3 else torch.hypot(x, y)
    body = (distance < 0.5 + 0.4 * radius).float() * (0.4 + 0.6 * level)
    bars = torch.sin(math.pi * (3 + 12 * frequency) * x) > 0
    holes = (torch.hypot(x % 0.4 - 0.2, y % 0.4 - 0.2) < 0.08 + 0.08 * level) & (frequency > 0.5)
    stripes = bars & (y.abs() < 0.3) & (frequency < 0.5)
    drawn = torch.where(stripes | holes, body * 0.2, body)
    return (drawn + 0.03 * torch.randn((size, size), generator=generator)).abs()[None, None]


def _shuffled(image: Tensor, generator: torch.Generator) -> Tensor:
    """A real picture cut into tiles that are mixed: its grey values without its anatomy."""
    size, tiles = image.shape[-1], 6
    even = functional.interpolate(image, size=(size // tiles * tiles,) * 2, mode="bilinear")
    pieces = functional.unfold(even, size // tiles, stride=size // tiles)
    order = torch.randperm(pieces.shape[-1], generator=generator)
    mixed = functional.fold(
        pieces[..., order], even.shape[-2:], size // tiles, stride=size // tiles
    )
    return functional.interpolate(mixed, size=(size, size), mode="bilinear")


def _edges(image: Tensor, generator: torch.Generator) -> Tensor:
    """The outlines of a picture, as filters and drawings show them."""
    gain = 2 + 4 * _chance((1,), generator)
    across = functional.pad(image.diff(dim=-1), (0, 1)).abs()
    down = functional.pad(image.diff(dim=-2), (0, 0, 0, 1)).abs()
    return (across + down) * gain
