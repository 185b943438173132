"""Slice to tensor: the one place, used by training and by prediction."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from napari_mrseq.series import LEAST_PIXELS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from torch import Tensor

# Of a slice's grey values, so that a few hot pixels don't set the scale.
LOW_QUANTILE, HIGH_QUANTILE = 0.005, 0.995
# Quantiles are read off about this many pixels: enough for half a percent.
QUANTILE_SAMPLES = 8192
# The lowest value only fills up the image if the others lie above it by this many times their range
# (-32768, -3.4e38; 13 of 11,514 labelled slices, all but one a mask), or if it lies below 0 (-1024)
# and they begin at 0, or by this share of the highest above. The highest is drawn on the image if
# they lie as far below it (5 slices, all masks).
PADDING_GAP, BEGINS_AT = 2.5, 0.1
# Brighter than this share of the range counts as content, on a map of this many cells.
CONTENT_LEVEL, CONTENT_CELLS = 0.08, 64
# A noise floor raises that level: this often what the darkest tenth of the cells have, but air is
# darker than this, and dark tissue that fills the picture is not.
DARKEST, FLOOR_FACTOR, MOST_FLOOR = 0.1, 1.5, 0.15
# Air lies around what MR shows and is black: edges (two cells) and a picture brighter than this
# are a negative's. 4 of 15,784 labelled slices are, all but empty; 98 in 100 of their negatives.
EDGE, BRIGHT_EDGE, BRIGHT_PICTURE = 2, 0.7, 0.5
# Less than this is noise, or a few bright pixels: the slice shows nothing.
LEAST_SHOWN = 0.01
# Of what is not black (or, of a negative, not white) less than this part is grey: a mask, no image.
LEAST_GREY = 0.1
# A slice shows labels of tissues or regions if it has so few values, all whole numbers and none
# above the second of these, and at least this share of neighbours has the same: eight of 11,514
# labelled slices are so flat, all but empty.
MOST_LABELS, HIGHEST_LABEL, LEAST_FLAT = 48, 100, 0.6
# Roughness at which a slice's vote falls to a third: white noise has 1, most real slices under 0.1.
ROUGHNESS = 0.3
# Air left around the content, as a share of its size.
CONTENT_MARGIN = 0.04


def real_values(slices: ArrayLike) -> NDArray[Any]:
    """Return grey values as they are, of complex ones the magnitude."""
    values = np.asarray(slices)
    return np.abs(values) if np.iscomplexobj(values) else values


def prepare(
    slices: NDArray[Any],
    size: int,
    *,
    pixel_spacing: tuple[float, float] | None = None,
) -> tuple[Tensor, Tensor]:
    """Bring slices to the form the network was trained on.

    Each slice is scaled between two of its own quantiles, turned back if it is a negative (black
    on white), cut to the square around its content and resampled.

    Parameters
    ----------
    slices : (n, rows, columns) array
        Any grey values; those that are not finite, or only fill the image up, count as the slice's
        smallest.
    size : int
        Rows and columns of the result.
    pixel_spacing : tuple of float, optional
        mm along (row, column); pixels that are not square are made so.

    Returns
    -------
    images : (n, 1, size, size) float32 tensor
        Between 0 (black) and 1.
    weights : (n,) float32 tensor
        How much the slice shows: the share that is not black, less where it is noise; 0 for
        blank ones, masks, maps of labels, pure noise and thumbnails.
    """
    images, has_greys = _scaled(slices)
    aspect = _aspect(pixel_spacing)
    content = _content(images)
    centre, half = _content_square(content, (images.shape[-2] * aspect, images.shape[-1]))
    weights = content.float().mean(dim=(1, 2)) * has_greys * _smoothness(images)
    if min(images.shape[-2:]) < LEAST_PIXELS:
        weights = torch.zeros_like(weights)
    weights = torch.where(weights < LEAST_SHOWN, 0.0, weights)
    return _resampled(images, centre, half, aspect, size), weights


def content_box(
    slice_pixels: NDArray[Any], *, pixel_spacing: tuple[float, float] | None = None
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Tell which part of a slice `prepare` cuts out.

    Parameters
    ----------
    slice_pixels : (rows, columns) array
        As `prepare` takes them, one alone.
    pixel_spacing : tuple of float, optional
        mm along (row, column).

    Returns
    -------
    centre, half : tuple of float
        Middle and half the sides along (row, column), in the slice's own pixels; pixel 0 lies
        from 0 to 1. The box may reach over the edge.
    """
    images, _ = _scaled(slice_pixels[None])
    aspect = _aspect(pixel_spacing)
    extent = images.shape[-2] * aspect, images.shape[-1]
    (centre,), (half,) = _content_square(_content(images), extent)
    row, column, side = float(centre[0]), float(centre[1]), float(half)
    return (row / aspect, column), (side / aspect, side)


def _aspect(pixel_spacing: tuple[float, float] | None) -> float:
    if pixel_spacing is None:
        return 1.0
    try:
        # A series has three: its first two would stretch the slices, and nobody be told.
        two = len(pixel_spacing) == 2 and all(0 < side < math.inf for side in pixel_spacing)
    except TypeError:  # no sequence, or none of numbers
        two = False
    if not two:
        raise ValueError(f"pixel_spacing is (row, column) in mm, both above 0, not {pixel_spacing}")
    return pixel_spacing[0] / pixel_spacing[1]


def _content(images: Tensor) -> Tensor:
    """Return which cells of a coarse grid over each picture show something, not noise alone."""
    cells = _cells(images)
    # Beside their neighbours, too: one hot cell is no content.
    around = functional.avg_pool2d(cells, 3, stride=1, padding=1, count_include_pad=False)
    floor = around.flatten(1).kthvalue(round(DARKEST * CONTENT_CELLS**2), dim=1).values
    level = CONTENT_LEVEL + FLOOR_FACTOR * floor.clamp_max(MOST_FLOOR)[:, None, None]
    return torch.minimum(cells, around) > level


def _cells(images: Tensor) -> Tensor:
    """Average each picture over a coarse grid; return (n, CONTENT_CELLS, CONTENT_CELLS)."""
    return functional.adaptive_avg_pool2d(images, CONTENT_CELLS)[:, 0]


def _as_positives(images: Tensor) -> Tensor:
    """Turn negatives back in place, so that air is black."""
    cells = _cells(images)
    inner = torch.zeros(CONTENT_CELLS, CONTENT_CELLS, dtype=torch.bool)
    inner[EDGE:-EDGE, EDGE:-EDGE] = True
    bright_edge = cells[:, ~inner].median(dim=1).values > BRIGHT_EDGE
    negative = bright_edge & (cells.mean(dim=(1, 2)) > BRIGHT_PICTURE)
    images[negative] = 1 - images[negative]
    return images


def _are_labels(values: Tensor, images: Tensor) -> Tensor:
    """Tell of which slices (n, pixels), shown as pictures, the values number tissues or regions."""
    numbers = (values == values.round()) & (values >= 0) & (values <= HIGHEST_LABEL)
    alike = []
    for axis in (2, 3):
        steps = images.diff(dim=axis)
        shown = torch.maximum(images.narrow(axis, 1, steps.shape[axis]), -steps) > 0
        alike.append(((steps == 0) & shown).sum(dim=(1, 2, 3)) / shown.sum(dim=(1, 2, 3)))
    return numbers.all(dim=1) & (torch.minimum(*alike) >= LEAST_FLAT)


def _smoothness(images: Tensor) -> Tensor:
    """Return 1 for a picture of large structures, near 0 for noise, a number a picture.

    Neighbours in white noise differ by twice its variance, those in anatomy hardly; the rougher
    of the two directions counts, since stretched noise is rough along one only.
    """
    pixels = images[0].numel()
    variance = _energy(images) / pixels - images.mean(dim=(1, 2, 3)).square()
    steps = torch.maximum(*(_energy(images.diff(dim=axis)) for axis in (2, 3))) / pixels
    roughness = steps / (2 * variance.clamp_min(1e-6))
    return torch.exp(-((roughness / ROUGHNESS) ** 2))


def _energy(images: Tensor) -> Tensor:
    energy: Tensor = torch.linalg.vector_norm(images, dim=(1, 2, 3)).square()
    return energy


def _scaled(slices: NDArray[Any]) -> tuple[Tensor, Tensor]:
    """Scale each slice to 0–1 between its quantiles, air black.

    Returns (n, 1, rows, columns), and which slices have the greys of an image: more than black and
    white, and no labels.
    """
    # A large offset would leave float32 few of the greys of wider numbers.
    precision = np.float32 if np.can_cast(slices.dtype, np.float32) else np.float64
    with np.errstate(over="ignore"):  # of those wider still
        raw = torch.from_numpy(np.array(slices, dtype=precision, order="C"))
    flat = _finite(raw.flatten(1))
    step = max(1, flat.shape[1] // QUANTILE_SAMPLES)
    # An even step would meet the same columns of each row again and again.
    # NumPy sorts with the processor's vectors, many times as fast as torch.
    samples = torch.from_numpy(np.sort(flat[:, :: step + (1 - step % 2)].numpy(), axis=1))
    last = samples.shape[1] - 1
    high = torch.minimum(samples[:, round(HIGH_QUANTILE * last), None], _below_marks(samples))
    low = torch.maximum(samples[:, round(LOW_QUANTILE * last), None], _above_padding(samples, high))
    spread = high - low
    scaled = (flat - low).div_(spread.clamp_min(torch.finfo(flat.dtype).tiny)).clamp_(0, 1)
    above, below = (samples > low).sum(dim=1), (samples < high).sum(dim=1)
    between = above + below - samples.shape[1]
    # Of a negative air is white: what lies on the other side is its content.
    has_greys = (spread[:, 0] > 0) & (between >= LEAST_GREY * torch.minimum(above, below))
    images = scaled.float().reshape(raw.shape)[:, None]
    values = 1 + (samples.diff(dim=1) > 0).sum(dim=1)
    few = has_greys & (values <= MOST_LABELS)
    if bool(few.any()):
        has_greys[few] = ~_are_labels(flat[few], images[few])
    return _as_positives(images), has_greys


def _finite(flat: Tensor) -> Tensor:
    """Give what is no number, in slices (n, pixels), the lowest of its slice; 0 where all is none.

    So, too, the highest numbers: they mark what lies outside the image in some NIfTI, and
    differences of them are infinite.
    """
    highest = torch.finfo(flat.dtype).max / 4
    if bool((torch.stack(flat.aminmax()).abs() < highest).all()):
        return flat
    finite = flat.abs() < highest
    # Zero would be bright in a map of negative values.
    lowest = torch.where(finite, flat, torch.inf).amin(dim=1, keepdim=True)
    return torch.where(finite, flat, lowest.masked_fill(lowest.isinf(), 0))


def _above_padding(samples: Tensor, high: Tensor) -> Tensor:
    """Return (n, 1) the lowest of each slice's sorted values that is no padding."""
    lowest = samples[:, :1]
    shared = (samples == lowest).sum(dim=1, keepdim=True)
    least = samples.gather(1, shared.clamp_max(samples.shape[1] - 1))
    is_far = least - lowest > PADDING_GAP * (high - least)
    begins_at_0 = (lowest < 0) & (least >= 0) & (least <= BEGINS_AT * high)
    return torch.where(is_far | begins_at_0, least, lowest)


def _below_marks(samples: Tensor) -> Tensor:
    """Return (n, 1) the highest of each slice's sorted values that is no text or frame on it."""
    highest = samples[:, -1:]
    below = (samples < highest).sum(dim=1, keepdim=True)
    most = samples.gather(1, (below - 1).clamp_min(0))
    is_far = highest - most > PADDING_GAP * (most - samples[:, :1])
    return torch.where(is_far, most, highest)


def _content_square(content: Tensor, extent: tuple[float, float]) -> tuple[Tensor, Tensor]:
    """Return centre (n, 2) as (row, column) and half side (n,), in units of `extent`."""
    edges = []
    for axis, pixels in ((2, extent[0]), (1, extent[1])):
        shown = content.any(dim=axis)
        # A blank slice keeps its whole frame.
        shown = shown | ~shown.any(dim=1, keepdim=True)
        order = torch.arange(1, CONTENT_CELLS + 1)
        last = (shown * order).amax(dim=1)
        first = CONTENT_CELLS - (shown * order.flip(0)).amax(dim=1)
        edges.append(torch.stack((first, last)).float() * (pixels / CONTENT_CELLS))
    centre = torch.stack([edge.mean(dim=0) for edge in edges], dim=1)
    side = torch.stack([edge[1] - edge[0] for edge in edges]).amax(dim=0)
    return centre, side * (0.5 + CONTENT_MARGIN)


def _resampled(images: Tensor, centre: Tensor, half: Tensor, aspect: float, size: int) -> Tensor:
    """Cut and resample each slice, averaging first where the result is much coarser."""
    # Averages over whole pixels below, bilinear between: together close to an area filter.
    factor = (2 * half / size).round().clamp_min(1).int()
    result = images.new_empty((len(images), 1, size, size))
    ticks = (torch.arange(size) + 0.5) / size * 2 - 1
    for pooled in sorted(set(factor.tolist())):
        chosen = (factor == pooled).nonzero()[:, 0]
        part = images[chosen]
        if pooled > 1:
            part = functional.avg_pool2d(part, pooled, ceil_mode=True, count_include_pad=False)
        covered = (part.shape[-2] * pooled, part.shape[-1] * pooled)
        at_rows = (centre[chosen, :1] + ticks * half[chosen, None]) / (covered[0] * aspect)
        at_columns = (centre[chosen, 1:] + ticks * half[chosen, None]) / covered[1]
        grid = torch.stack(
            (
                (at_columns * 2 - 1)[:, None, :].expand(-1, size, -1),
                (at_rows * 2 - 1)[:, :, None].expand(-1, -1, size),
            ),
            dim=-1,
        )
        result[chosen] = functional.grid_sample(part, grid, align_corners=False)
    return result
