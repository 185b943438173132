"""Pictures as other scanners, other readers and screenshots make them, a batch at a time."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

# Loss of resolution along rows and columns, and how it is hidden; each for this share of pictures.
# A thick-slice stack cut across its slices is coarse along one axis alone.
COARSE_SHARE = 0.06
_COARSE = (
    (0.18, 0.18, "bilinear"),
    (0.25, 0.25, "bilinear"),
    (0.35, 0.35, "bilinear"),
    (0.5, 0.5, "bilinear"),
    (0.7, 0.7, "bilinear"),
    (0.15, 1.0, "nearest"),
    (1.0, 0.15, "nearest"),
    (0.25, 1.0, "bilinear"),
    (1.0, 0.25, "bilinear"),
)

# Deviation of the turns, radians, of most pictures; some lie quite askew.
TILT, ASKEW_SHARE = math.radians(9), 0.12
# Noise in units of the brightest: most pictures get some, a few a lot.
NOISE, MUCH_NOISE, MUCH_NOISE_SHARE = 0.12, 0.3, 0.15
INVERTED_SHARE = 0.06
# Pictures whose histogram is made even, in part, as viewers and pipelines do.
EQUALISED_SHARE, BLACK = 0.05, 0.02


def augment(images: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """Vary a batch of prepared pictures.

    Parameters
    ----------
    images : (n, 1, rows, columns) float tensor
        Between 0 and 1.
    size : int
        Rows and columns of the result.
    generator : torch.Generator
        Source of all chance.

    Returns
    -------
    (n, 1, size, size) float tensor
        Between 0 and 1.
    """
    draw = _Draw(len(images), generator)
    images = _stripped(images, draw)
    images = _moved(images, size, draw)
    images = _biased(images, draw)
    images = _windowed(images, draw)
    images = _equalised(images, draw)
    images = _spoilt_in_frequency(images, draw)
    images = _coarsened(images, draw)
    images = _noisy(images, draw)
    images = _captioned(images, draw)
    images = _partly_hidden(images, draw)
    inverted = draw.chosen(INVERTED_SHARE)
    return torch.where(inverted, 1 - images, images).clamp(0, 1)


class _Draw:
    """Chance for a batch: each call gives one number, or one choice, a picture."""

    def __init__(self, count: int, generator: torch.Generator) -> None:
        self.count, self.generator = count, generator

    def uniform(self, low: float = 0.0, high: float = 1.0, more: tuple[int, ...] = ()) -> Tensor:
        shape = (self.count, *(more or (1, 1, 1)))
        return low + (high - low) * torch.rand(shape, generator=self.generator)

    def normal(self, deviation: float, shape: tuple[int, ...] = ()) -> Tensor:
        return deviation * torch.randn(shape or (self.count, 1, 1, 1), generator=self.generator)

    def chosen(self, share: float) -> Tensor:
        return self.uniform() < share

    def some(self, share: float) -> Tensor:
        """Return the indices of some pictures, for what is too costly to do to all."""
        return (self.uniform()[:, 0, 0, 0] < share).nonzero()[:, 0]


def _moved(images: Tensor, size: int, draw: _Draw) -> Tensor:
    """Turn, mirror, zoom, stretch and shift; resample to the final size."""
    n = draw.count
    quarter = torch.randint(0, 4, (n,), generator=draw.generator) * (
        draw.uniform()[:, 0, 0, 0] < 0.3
    )
    askew = draw.uniform()[:, 0, 0, 0] < ASKEW_SHARE
    tilt = torch.where(askew, draw.normal(math.radians(40), (n,)), draw.normal(TILT, (n,)))
    angle = quarter * (math.pi / 2) + tilt
    zoom = torch.exp(draw.uniform(math.log(0.5), math.log(1.25))[:, 0, 0, 0])
    zoom = torch.where(draw.uniform()[:, 0, 0, 0] < 0.5, torch.ones_like(zoom), zoom)
    zoom = zoom * torch.exp(draw.normal(0.06, (n,)))
    aspect = torch.exp(draw.normal(0.08, (n,)))
    mirror_x = torch.where(draw.uniform()[:, 0, 0, 0] < 0.5, -1.0, 1.0)
    mirror_y = torch.where(draw.uniform()[:, 0, 0, 0] < 0.2, -1.0, 1.0)
    # A close-up may look anywhere in the picture, the whole picture only at its middle.
    room = (1 - zoom).clamp_min(0.05)
    shift = (draw.uniform(-1, 1, (2,)) * 0.7) * room[:, None]
    cosine, sine = torch.cos(angle), torch.sin(angle)
    theta = torch.stack(
        (
            torch.stack((mirror_x * zoom * aspect * cosine, -zoom * sine, shift[:, 0]), dim=1),
            torch.stack((zoom * sine, mirror_y * zoom / aspect * cosine, shift[:, 1]), dim=1),
        ),
        dim=1,
    )
    grid = functional.affine_grid(theta, [n, 1, size, size], align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)


def _stripped(images: Tensor, draw: _Draw) -> Tensor:
    """Cut away what lies outside an ellipse, as skull stripping does: no label may hang on it."""
    rows, columns = images.shape[-2:]
    y = torch.linspace(-1, 1, rows)[None, None, :, None]
    x = torch.linspace(-1, 1, columns)[None, None, None, :]
    inside = (x / draw.uniform(0.55, 0.85)) ** 2 + (y / draw.uniform(0.6, 0.9)) ** 2 < 1
    return torch.where(draw.chosen(0.12) & ~inside, torch.zeros_like(images), images)


def _biased(images: Tensor, draw: _Draw) -> Tensor:
    """Shade smoothly, as receive coils do."""
    coarse = draw.normal(1.0, (draw.count, 1, 3, 3)) * draw.uniform(0.0, 0.35)
    field = functional.interpolate(
        coarse, size=images.shape[-2:], mode="bicubic", align_corners=True
    )
    return torch.where(draw.chosen(0.6), images * torch.exp(field), images)


def _windowed(images: Tensor, draw: _Draw) -> Tensor:
    """Scale, cut and bend grey values as windows, films and exports do."""
    peak = images.amax(dim=(2, 3), keepdim=True).clamp_min(1e-3)
    images = (images / peak).clamp(0, 1)
    images = images ** torch.exp(draw.normal(0.3))
    # A second bend, at the bright end: together any S-shaped curve.
    images = 1 - (1 - images).clamp_min(1e-4) ** torch.exp(draw.normal(0.2))
    low = torch.where(draw.chosen(0.3), draw.uniform(0.0, 0.15), torch.zeros(1))
    high = torch.where(draw.chosen(0.5), draw.uniform(0.6, 1.15), torch.ones(1))
    images = ((images - low) / (high - low)).clamp(0, 1)
    floor = torch.where(draw.chosen(0.12), draw.uniform(0.0, 0.2), torch.zeros(1))
    return floor + (1 - floor) * images


def _equalised(images: Tensor, draw: _Draw) -> Tensor:
    """Give all grey values of what is not black the same share of the pixels, or nearly so."""
    some = draw.some(EQUALISED_SHARE)
    images = images.clone()
    for index in some.tolist():
        flat = images[index].flatten()
        shown = flat > BLACK
        ranks = flat[shown].argsort().argsort().float() / max(int(shown.sum()), 1)
        flat[shown] = flat[shown].lerp(ranks, 0.3 + 0.7 * float(draw.uniform()[0]))
        images[index] = flat.reshape(images.shape[1:])
    return images


def _spoilt_in_frequency(images: Tensor, draw: _Draw) -> Tensor:
    """Cut k-space short (Gibbs ringing), shift it between lines (motion), or ghost."""
    some = draw.some(0.2)
    if not len(some):
        return images
    part = images[some]
    n, size = len(part), part.shape[-1]
    space = torch.fft.fftshift(torch.fft.fft2(part), dim=(2, 3))
    line = torch.linspace(-1, 1, size)[None, None, :, None].expand(n, 1, size, size)
    line = torch.where(
        torch.rand((n, 1, 1, 1), generator=draw.generator) < 0.5, line, line.transpose(2, 3)
    )
    kind = torch.randint(0, 3, (n, 1, 1, 1), generator=draw.generator)
    keep = 0.35 + 0.5 * torch.rand((n, 1, 1, 1), generator=draw.generator)
    cut = torch.where(line.abs() < keep, space, torch.zeros_like(space))
    moves = 0.04 * size * torch.randn((n, 1, 1, 1), generator=draw.generator)
    start = 2 * torch.rand((n, 1, 1, 1), generator=draw.generator) - 1
    phase = math.pi * line * moves * (line > start).float() * (line.abs() > 0.06).float()
    moved = space * torch.polar(torch.ones_like(phase), phase)
    period = torch.randint(2, 5, (n, 1, 1, 1), generator=draw.generator)
    strength = 0.25 * torch.rand((n, 1, 1, 1), generator=draw.generator)
    number = ((line + 1) * (size - 1) / 2).round()
    ghosted = space * (1 + strength * (number % period == 0) * 2)
    spoilt = torch.where(kind == 0, cut, torch.where(kind == 1, moved, ghosted))
    result = torch.fft.ifft2(torch.fft.ifftshift(spoilt, dim=(2, 3))).abs()
    images = images.clone()
    images[some] = result.clamp(0, 1.2)
    return images


def _coarsened(images: Tensor, draw: _Draw) -> Tensor:
    """Blur, or lose resolution and get it back by interpolation; along one axis as reformats do."""
    images = images.clone()
    size = images.shape[-1]
    for rows, columns, mode in _COARSE:
        some = draw.some(COARSE_SHARE)
        if len(some):
            small = functional.interpolate(
                images[some], scale_factor=(rows, columns), mode="bilinear", antialias=True
            )
            images[some] = functional.interpolate(small, size=(size, size), mode=mode)
    return images


def _noisy(images: Tensor, draw: _Draw) -> Tensor:
    """Add noise of Rician statistics (Gudbjartsson & Patz, 1995)."""
    most = torch.where(draw.chosen(MUCH_NOISE_SHARE), MUCH_NOISE, NOISE)
    deviation = draw.uniform(0.0, 1.0) ** 2 * most
    shape = tuple(images.shape)
    real = images + deviation * draw.normal(1.0, shape)
    noisy = torch.sqrt(real**2 + (deviation * draw.normal(1.0, shape)) ** 2)
    return torch.where(draw.chosen(0.5), noisy, images)


def _captioned(images: Tensor, draw: _Draw) -> Tensor:
    """Burn bright marks of the size of letters into the edges, and frames around them."""
    some = draw.some(0.15)
    images = images.clone()
    size = images.shape[-1]
    for index in some.tolist():
        for _ in range(2):
            chance = torch.rand(5, generator=draw.generator)
            height = 3 + int(chance[0] * 6)
            width = 12 + int(chance[1] * size * 0.35)
            top = int(chance[2] * 0.12 * size) if chance[3] < 0.5 else size - height - 2
            left = int(chance[4] * (size - width))
            letters = torch.rand((height, width), generator=draw.generator) < 0.45
            patch = images[index, 0, top : top + height, left : left + width]
            patch[letters[: patch.shape[0], : patch.shape[1]]] = 0.9
    return images


def _partly_hidden(images: Tensor, draw: _Draw) -> Tensor:
    """Hide a rectangle: no single landmark may decide."""
    size = images.shape[-1]
    y = torch.arange(size)[None, None, :, None] / size
    x = torch.arange(size)[None, None, None, :] / size
    top, left = draw.uniform(0, 0.8), draw.uniform(0, 0.8)
    height, width = draw.uniform(0.1, 0.4), draw.uniform(0.1, 0.4)
    hidden = (y > top) & (y < top + height) & (x > left) & (x < left + width)
    return torch.where(draw.chosen(0.15) & hidden, torch.zeros_like(images), images)
