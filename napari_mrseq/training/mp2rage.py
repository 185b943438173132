"""The uniform image of MP2RAGE from a T1 image: no shading, and noise where there is no signal.

Scanners at 3 and 7 tesla give such images under the name of T1, with grey noise in the air; a
network that saw none takes them for STIR or T2.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from napari_mrseq.model.preparation import HIGH_QUANTILE
from napari_mrseq.training.chance import Draw

# Shares of the frame's side over which signal counts as near, and over which shading is even.
NEAR, EVEN = (0.005, 0.03), (0.08, 0.25)
# Of the picture's bright parts: brighter than this is tissue, than that at least fluid.
TISSUE, FLUID = 0.25, 0.12
# Where the first inversion is 0, and how steeply it rises, in units of what is even.
NULL, SLOPE = (0.45, 0.8), (0.6, 1.4)
# Deviation of the noise of either image, in units of the second one's signal, and coils combined.
NOISE, COILS = (0.02, 0.15), (1, 2, 4, 8)


def as_uniform(images: Tensor, generator: torch.Generator) -> Tensor:
    """Combine two inversions, as MP2RAGE does: S1 S2 / (S1² + S2²).

    Marques et al., NeuroImage 49:1271 (2010), equation 1, of magnitudes with the first one's sign.
    The second image is taken to be even where there is signal, and the first one to be negative
    where the T1 image is dark.

    Parameters
    ----------
    images : (n, 1, size, size) float tensor
        T1-weighted slices between 0 and 1.
    generator : torch.Generator
        Source of all chance, on the processor.

    Returns
    -------
    (n, 1, size, size) float tensor
        Between 0 and 1: 0.5 where the first image is 0, or noise alone.
    """
    draw = Draw(images, generator)
    coils = COILS[int(torch.randint(len(COILS), (1,), generator=generator))]
    bright = images.flatten(1).quantile(HIGH_QUANTILE, dim=1)[:, None, None, None]
    grey = (images / bright.clamp(min=1e-3)).clamp(max=1)
    signal = (_around(grey, draw, NEAR) / TISSUE).clamp(max=1) * (grey / FLUID).clamp(max=1)
    shading = _around(grey * signal, draw, EVEN) / _around(signal, draw, EVEN).clamp(min=1e-3)
    even = grey / shading.clamp(min=1e-2)
    first = signal * ((even - draw.uniform(*NULL)) * draw.uniform(*SLOPE))
    noise = draw.uniform(*NOISE) * draw.normal_field(2 * coils, *images.shape[2:])
    first, second = first + noise[:, :coils], signal + noise[:, coils:]
    power = (first.square() + second.square()).sum(dim=1, keepdim=True)
    return (first * second).sum(dim=1, keepdim=True) / power.clamp(min=1e-9) + 0.5


def _around(images: Tensor, draw: Draw, shares: tuple[float, float]) -> Tensor:
    reach = max(1, round(images.shape[-1] * float(draw.number(*shares)[0])))
    for kernel, padding in (((2 * reach + 1, 1), (reach, 0)), ((1, 2 * reach + 1), (0, reach))):
        # Rows, then columns: a square of this size at once takes a second a picture.
        images = functional.avg_pool2d(images, kernel, 1, padding, count_include_pad=False)
    return images
