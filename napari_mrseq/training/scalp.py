"""A skull and a scalp of any brightness around stripped brains: the look must not tell the label.

Most slices with contrast agent and most T2-FLAIR of public data are stripped, most T1 are not. A
network that has learned so takes a FLAIR with bright fat around it for a T1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from napari_mrseq.errors import MrseqError
from napari_mrseq.model.preparation import HIGH_QUANTILE
from napari_mrseq.training.chance import Draw

# Brighter than this is brain, its holes filled.
BRAIN_LEVEL = 0.06
# The brain's new size, so that there is room around it.
SHRUNK = (0.72, 0.88)
# Of the frame's side: to the skull's inner and outer table, and to the skin.
FLUID, BONE, SCALP = (0.004, 0.02), (0.02, 0.05), (0.02, 0.07)
# Grey values in units of the brain's bright parts.
FLUID_GREY, BONE_GREY, SCALP_GREY = (0.0, 1.0), (0.0, 0.25), (0.1, 2.5)
# How much the layers' thickness varies around the head, in units of the frame's side, and over
# what length.
WAVES, WAVE_LENGTH = 0.012, 0.12
BRIGHT_QUANTILE = 0.9
# Deviation of the layers' grey values, as a share of them, and the length of its waves.
TEXTURE, TEXTURE_LENGTH = (0.05, 0.4), (0.015, 0.06)
# Distances are kept on a grid of this share of the picture's, over this many of its frames, up to
# this many sides of it.
COARSER, FRAMES, REACH = 2, 1.5, 0.25
# A cell counts as brain if a little of it is: nearer than this part of one, all is.
EDGE = 0.1


def distances(images: Tensor) -> Tensor:
    """Measure how far each place in and around a picture is from the brain.

    Parameters
    ----------
    images : (n, 1, size, size) uint8 tensor
        Stripped brains, outside them black.

    Returns
    -------
    (n, 1, cells, cells) uint8 tensor
        Over a frame `FRAMES` times as wide; 255 is `REACH` sides of the picture.

    Raises
    ------
    MrseqError
        If there are brains, and scipy is not installed.
    """
    if not len(images):
        return torch.zeros((0, 1, 1, 1), dtype=torch.uint8)
    small = functional.avg_pool2d(images.float() / 255, COARSER)
    return torch.from_numpy(np.stack([_distance(image[0].numpy()) for image in small])[:, None])


def _distance(image: NDArray[Any]) -> NDArray[Any]:
    try:
        from scipy import ndimage
    except ImportError as error:
        raise MrseqError(
            'to train on stripped brains needs scipy: pip install "napari-mrseq[train]"'
        ) from error
    size = len(image)
    brain = ndimage.binary_fill_holes(image > BRAIN_LEVEL)
    around = round(size * (FRAMES - 1) / 2)
    padded = np.pad(brain, around)
    away = ndimage.distance_transform_edt(~padded) if brain.any() else np.full(padded.shape, size)
    return (np.clip(away / size / REACH, 0, 1) * 255).round().astype(np.uint8)


def with_scalp(images: Tensor, away: Tensor, generator: torch.Generator) -> Tensor:
    """Draw layers around brains: fluid, bone, scalp.

    Parameters
    ----------
    images : (n, 1, size, size) float tensor
        Stripped brains between 0 and 1, outside them black.
    away : (n, 1, cells, cells) uint8 tensor
        How far each place is from the brain: see `distances`.
    generator : torch.Generator
        Source of all chance, on the processor.

    Returns
    -------
    (n, 1, size, size) float tensor
        The brains smaller, with layers around them; scaled so that nothing exceeds 1.
    """
    draw = Draw(images, generator)
    size = images.shape[-1]
    factor = draw.uniform(*SHRUNK)
    grid = _grid(images) / factor
    images = functional.grid_sample(images, grid, align_corners=False)
    far = functional.grid_sample(
        away.float() / 255, grid / FRAMES, padding_mode="border", align_corners=False
    )
    brain = far * REACH < EDGE * COARSER / size
    far = far * REACH * factor + WAVES * _waves(draw, images, torch.full_like(factor, WAVE_LENGTH))
    texture = draw.uniform(*TEXTURE) * _waves(draw, images, draw.uniform(*TEXTURE_LENGTH))
    texture = (1 + texture).clamp_min(0)
    bright = images.masked_fill(~brain, torch.nan).flatten(1).nanquantile(BRIGHT_QUANTILE, dim=1)
    bright = bright.nan_to_num(0.0)[:, None, None, None]
    drawn, outer = torch.where(brain, images, 0.0), torch.zeros_like(factor)
    for index, (width, grey) in enumerate(
        ((FLUID, FLUID_GREY), (BONE, BONE_GREY), (SCALP, SCALP_GREY))
    ):
        inner, outer = outer, outer + draw.uniform(*width)
        layer = ~brain & (far <= outer) & ((far > inner) | (index == 0))
        drawn = torch.where(layer, bright * draw.uniform(*grey) * texture, drawn)
    # Partial volume: no scanner draws edges as sharp as these.
    drawn = torch.where(brain, drawn, _softened(drawn))
    # As prepared pictures are scaled.
    peak = drawn.flatten(1).quantile(HIGH_QUANTILE, dim=1).clamp_min(1.0)[:, None, None, None]
    return (drawn / peak).clamp(0, 1)


def _grid(images: Tensor) -> Tensor:
    """Return the (n, rows, columns, 2) places of the pictures' own pixels, from -1 to 1."""
    same = torch.eye(2, 3, device=images.device).expand(len(images), 2, 3)
    return functional.affine_grid(same, list(images.shape), align_corners=False)


def _waves(draw: Draw, images: Tensor, length: Tensor) -> Tensor:
    """Return smooth fields of deviation 1, their waves of this length (1: the frame's side)."""
    cells = round(1 / TEXTURE_LENGTH[0])
    coarse = draw.normal_field(1, cells, cells)
    field = functional.grid_sample(coarse, _grid(images) / (cells * length), align_corners=False)
    return field / field.std(dim=(2, 3), keepdim=True).clamp_min(1e-6)


def _softened(images: Tensor) -> Tensor:
    """Blur by a Gaussian of 0.7 pixels."""
    weights = torch.exp(-(torch.arange(-2, 3, device=images.device) ** 2) / (2 * 0.7**2))
    weights = weights / weights.sum()
    images = functional.pad(images, (2, 2, 2, 2), mode="replicate")
    images = functional.conv2d(images, weights[None, None, :, None])
    return functional.conv2d(images, weights[None, None, None, :])
