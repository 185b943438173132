"""A skull and a scalp of any brightness around stripped brains: the look must not tell the label.

Most slices with contrast agent and most T2-FLAIR of public data are stripped, most T1 are not. A
network that has learned so takes a FLAIR with bright fat around it for a T1.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from napari_mrseq.model.preparation import HIGH_QUANTILE

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
# Deviation of the layers' grey values, as a share of them.
TEXTURE = (0.05, 0.4)


def with_scalp(images: Tensor, generator: torch.Generator) -> Tensor:
    """Draw layers around brains: fluid, bone, scalp.

    Parameters
    ----------
    images : (n, 1, size, size) float tensor
        Stripped brains between 0 and 1, outside them black.
    generator : torch.Generator
        Source of all chance.

    Returns
    -------
    (n, 1, size, size) float tensor
        The brains smaller, with layers around them; scaled so that nothing exceeds 1.
    """
    rng = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
    made = [_one(image[0].numpy(), rng) for image in images]
    return torch.from_numpy(np.stack(made)[:, None]).to(images.dtype)


def _one(image: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    image = _shrunk(image, rng.uniform(*SHRUNK))
    brain = ndimage.binary_fill_holes(ndimage.uniform_filter(image, 3) > BRAIN_LEVEL)
    if not brain.any():
        return image
    bright = float(np.quantile(image[brain], BRIGHT_QUANTILE))
    size = len(image)
    away = ndimage.distance_transform_edt(~brain) / size
    away += WAVES * _waves(size, WAVE_LENGTH, rng)
    edges = np.cumsum([rng.uniform(*layer) for layer in (FLUID, BONE, SCALP)])
    texture = 1 + rng.uniform(*TEXTURE) * _waves(size, rng.uniform(0.015, 0.06), rng)
    for start, end, greys in zip(
        (-np.inf, *edges[:-1]), edges, (FLUID_GREY, BONE_GREY, SCALP_GREY), strict=True
    ):
        layer = ~brain & (away > start) & (away <= end)
        grey = bright * rng.uniform(*greys)
        image = np.where(layer, np.maximum(grey * texture, 0), image)
    # Partial volume: no scanner draws edges as sharp as these.
    softened = ndimage.gaussian_filter(image, 0.7)
    image = np.where(brain, image, softened)
    # As prepared pictures are scaled.
    peak = max(1.0, float(np.quantile(image, HIGH_QUANTILE)))
    return np.asarray(np.clip(image / peak, 0, 1), dtype=np.float32)


def _shrunk(image: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    small = ndimage.zoom(image, factor, order=1)
    before = (len(image) - len(small)) // 2
    return np.pad(small, ((before, len(image) - len(small) - before),) * 2)


def _waves(size: int, length: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a smooth field of deviation 1, its waves of this length (1: the frame's side)."""
    cells = max(3, round(1 / length))
    field = ndimage.zoom(rng.standard_normal((cells, cells)), size / cells, order=1)
    return np.asarray(field[:size, :size] / max(float(field.std()), 1e-6))
