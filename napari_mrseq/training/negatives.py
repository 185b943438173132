"""Pictures that are no MR of a known kind, made by chance and from real slices."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from napari_mrseq.training.augmentation import ticks_of
from napari_mrseq.training.chance import Draw

# Tiles a side of a shuffled picture.
TILES = 6


def make_negatives(images: Tensor, generator: torch.Generator) -> Tensor:
    """Turn real slices into things that must be called unknown.

    Parameters
    ----------
    images : (n, 1, size, size) float tensor
        Real slices between 0 and 1, for the shapes in them.
    generator : torch.Generator
        Source of all chance, on the processor.

    Returns
    -------
    (n, 1, size, size) float tensor
        Noise, smooth fields, masks, tissue maps, wrapped phases, phantoms, shuffled pictures or
        outlines, one a slice.
    """
    makers = (_noise, _field, _mask, _tissue, _phase, _phantom, _shuffled, _edges)
    draw = Draw(images, generator)
    kinds = draw.integer(0, len(makers))
    made = images
    for kind, maker in enumerate(makers):
        some = draw.on_device((kinds == kind).nonzero()[:, 0])
        if len(some):
            part = images[some]
            made = made.index_copy(0, some, maker(part, draw.among(part)))
    return made.clamp(0, 1)


def _smooth(draw: Draw, cells: int, image: Tensor) -> Tensor:
    coarse = draw.normal_field(1, cells, cells)
    field = functional.interpolate(coarse, size=image.shape[-2:], mode="bicubic")
    low, high = (end(field, dim=(2, 3), keepdim=True) for end in (torch.amin, torch.amax))
    return (field - low) / (high - low)


def _noise(image: Tensor, draw: Draw) -> Tensor:
    """Only noise, of any grain, over any offset."""
    cells = int(8 * 2 ** (4 * float(draw.number()[0])))
    grain = _smooth(draw, cells, image)
    speckle = draw.uniform_field(*image.shape[1:])
    return 0.5 * draw.uniform() + draw.uniform(0.1, 1.1) * grain * speckle


def _field(image: Tensor, draw: Draw) -> Tensor:
    """A smooth map, with or without the shape of a body around it."""
    field = _smooth(draw, 4, image)
    return torch.where((image > 0.08) | draw.chosen(0.4), field, 0.4)


def _mask(image: Tensor, draw: Draw) -> Tensor:
    """A segmentation: few flat levels."""
    levels = draw.whole(1, 5)
    smooth = functional.avg_pool2d(image, 5, stride=1, padding=2)
    return (smooth * levels).round() / levels


def _tissue(image: Tensor, draw: Draw) -> Tensor:
    """A probability map of one tissue: what lies near one grey value, nothing else."""
    smooth = functional.avg_pool2d(image, 3, stride=1, padding=1)
    near = torch.exp(-(((smooth - draw.uniform(0.25, 0.85)) / draw.uniform(0.04, 0.12)) ** 2))
    return torch.where(near > 0.1, near, 0.0)


def _phase(image: Tensor, draw: Draw) -> Tensor:
    """A wrapped phase inside the body, noise around it."""
    phase = torch.remainder(_smooth(draw, 3, image) * draw.uniform(2, 12) + 0.3 * image, 1.0)
    return torch.where(image > 0.1, phase, draw.uniform_field(*image.shape[1:]))


def _phantom(image: Tensor, draw: Draw) -> Tensor:
    """A round or square phantom with bars or holes."""
    y, x = ticks_of(image)
    level, frequency = draw.uniform(), draw.uniform()
    round_, square = torch.hypot(x, y), torch.maximum(x.abs(), y.abs())
    distance = torch.where(draw.chosen(0.3), square, round_)
    body = (distance < draw.uniform(0.5, 0.9)) * (0.4 + 0.6 * level)
    bars = torch.sin(math.pi * (3 + 12 * frequency) * x) > 0
    holes = (torch.hypot(x % 0.4 - 0.2, y % 0.4 - 0.2) < 0.08 + 0.08 * level) & (frequency > 0.5)
    stripes = bars & (y.abs() < 0.3) & (frequency < 0.5)
    drawn = torch.where(stripes | holes, body * 0.2, body)
    return (drawn + 0.03 * draw.normal_field(*image.shape[1:])).abs()


def _shuffled(image: Tensor, draw: Draw) -> Tensor:
    """A real picture cut into tiles that are mixed: its grey values without its anatomy."""
    size = image.shape[-1]
    side = size // TILES
    even = functional.interpolate(image, size=(side * TILES,) * 2, mode="bilinear")
    pieces = functional.unfold(even, side, stride=side)
    order = draw.on_device(torch.randperm(pieces.shape[-1], generator=draw.generator))
    mixed = functional.fold(pieces[..., order], even.shape[-2:], side, stride=side)
    return functional.interpolate(mixed, size=(size, size), mode="bilinear")


def _edges(image: Tensor, draw: Draw) -> Tensor:
    """The outlines of a picture, as filters and drawings show them."""
    across = functional.pad(image.diff(dim=-1), (0, 1)).abs()
    down = functional.pad(image.diff(dim=-2), (0, 0, 0, 1)).abs()
    return (across + down) * draw.uniform(2, 6)
