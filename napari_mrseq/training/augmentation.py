"""Pictures as other scanners, other readers and screenshots make them, a batch at a time."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from napari_mrseq.training.chance import Draw

# Loss of resolution along rows and columns, and how it is hidden; each for this share of pictures.
# A thick-slice stack cut across its slices is coarse along one axis alone.
COARSE_SHARE = 0.08
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
TILT, ASKEW_SHARE = math.radians(9), 0.2
# Noise in units of the brightest: most pictures get some, a few a lot.
NOISE, MUCH_NOISE, MUCH_NOISE_SHARE = 0.12, 0.3, 0.15
INVERTED_SHARE = 0.08
STRIPPED_SHARE, SPOILT_SHARE, CAPTIONED_SHARE = 0.12, 0.25, 0.15
# How often the patient moves, and the deviations of turns (radians) and shifts (half the sides).
MOVEMENTS, TURN, SHIFT = 2, math.radians(2.5), 0.05
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
    draw = Draw(images, generator)
    images = _cut_to_ellipse(images, draw)
    return _as_imaged(_moved(images, size, draw), draw)


def augment_outlined(
    images: Tensor, outlined: Tensor, size: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Vary pictures as `augment` does, and move what is outlined in them along.

    Takes and returns what `augment` does, and `outlined`, of the same shape as the pictures.
    """
    draw = Draw(images, generator)
    moved = _moved(torch.cat((images, outlined), dim=1), size, draw)
    return _as_imaged(moved[:, :1], draw), moved[:, 1:]


def _as_imaged(images: Tensor, draw: Draw) -> Tensor:
    """Vary the grey values."""
    images = _biased(images, draw)
    images = _windowed(images, draw)
    images = _equalised(images, draw)
    images = _with_k_space_artefact(images, draw)
    images = _coarsened(images, draw)
    images = _noisy(images, draw)
    images = _captioned(images, draw)
    images = _partly_hidden(images, draw)
    inverted = draw.chosen(INVERTED_SHARE)
    return torch.where(inverted, 1 - images, images).clamp(0, 1)


def _moved(images: Tensor, size: int, draw: Draw) -> Tensor:
    """Turn, mirror, zoom, stretch and shift; resample to the final size."""
    quarter = draw.integer(0, 4) * (draw.number() < 0.3)
    askew = draw.number() < ASKEW_SHARE
    tilt = torch.where(askew, draw.gaussian(math.radians(40)), draw.gaussian(TILT))
    angle = quarter * (math.pi / 2) + tilt
    zoom = torch.exp(draw.number(math.log(0.5), math.log(1.25)))
    zoom = torch.where(draw.number() < 0.5, torch.ones_like(zoom), zoom)
    zoom = zoom * torch.exp(draw.gaussian(0.06))
    aspect = torch.exp(draw.gaussian(0.08))
    mirror_x = torch.where(draw.number() < 0.5, -1.0, 1.0)
    mirror_y = torch.where(draw.number() < 0.2, -1.0, 1.0)
    # A close-up may look anywhere in the picture, the whole picture only at its middle.
    room = 0.7 * (1 - zoom).clamp_min(0.05)
    cosine, sine = torch.cos(angle), torch.sin(angle)
    # A mirror changes the sign of a whole column: on the diagonal alone it would shear.
    theta = torch.stack(
        (
            mirror_x * zoom * aspect * cosine, -mirror_y * zoom * sine, room * draw.number(-1, 1),
            mirror_x * zoom * sine, mirror_y * zoom / aspect * cosine, room * draw.number(-1, 1),
        ),
        dim=1,
    )  # fmt: skip
    return _resampled(images, theta, size, draw)


def _resampled(images: Tensor, theta: Tensor, size: int, draw: Draw) -> Tensor:
    """Look at pictures through affine maps: (n, 6) numbers on the processor, row by row."""
    grid = functional.affine_grid(
        draw.on_device(theta.unflatten(1, (2, 3))), [draw.count, 1, size, size], align_corners=False
    )
    return functional.grid_sample(images, grid, align_corners=False)


def _cut_to_ellipse(images: Tensor, draw: Draw) -> Tensor:
    """Cut away what lies outside an ellipse, as skull stripping does: no label may hang on it."""
    y, x = ticks_of(images)
    inside = (x / draw.uniform(0.55, 0.85)) ** 2 + (y / draw.uniform(0.6, 0.9)) ** 2 < 1
    return torch.where(draw.chosen(STRIPPED_SHARE) & ~inside, 0.0, images)


def ticks_of(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return places along rows and columns, from -1 to 1, that broadcast with the pictures."""
    rows, columns = images.shape[-2:]
    y = torch.linspace(-1, 1, rows, device=images.device)[None, None, :, None]
    x = torch.linspace(-1, 1, columns, device=images.device)[None, None, None, :]
    return y, x


def _biased(images: Tensor, draw: Draw) -> Tensor:
    """Shade smoothly, as receive coils do."""
    coarse = draw.normal_field(1, 3, 3) * draw.uniform(0.0, 0.35)
    field = functional.interpolate(
        coarse, size=images.shape[-2:], mode="bicubic", align_corners=True
    )
    return torch.where(draw.chosen(0.6), images * torch.exp(field), images)


def _windowed(images: Tensor, draw: Draw) -> Tensor:
    """Scale, cut and bend grey values as windows, films and exports do."""
    peak = images.amax(dim=(2, 3), keepdim=True).clamp_min(1e-3)
    images = (images / peak).clamp(0, 1)
    images = images ** torch.exp(draw.normal(0.3))
    # A second bend, at the bright end: together any S-shaped curve.
    images = 1 - (1 - images).clamp_min(1e-4) ** torch.exp(draw.normal(0.2))
    low = torch.where(draw.chosen(0.3), draw.uniform(0.0, 0.15), 0.0)
    high = torch.where(draw.chosen(0.5), draw.uniform(0.6, 1.15), 1.0)
    images = ((images - low) / (high - low)).clamp(0, 1)
    floor = torch.where(draw.chosen(0.12), draw.uniform(0.0, 0.2), 0.0)
    return floor + (1 - floor) * images


def _equalised(images: Tensor, draw: Draw) -> Tensor:
    """Give all grey values of what is not black the same share of the pixels, or nearly so."""
    some = draw.some(EQUALISED_SHARE)
    part = images[some]
    flat = part.flatten(1)
    shown = flat > BLACK
    black = (~shown).sum(dim=1, keepdim=True)
    place = flat.argsort(dim=1).argsort(dim=1) - black
    ranks = place / shown.sum(dim=1, keepdim=True).clamp_min(1)
    share = 0.3 + 0.7 * draw.among(part).uniform()
    even = torch.where(shown, ranks, flat).reshape(part.shape)
    return images.index_copy(0, some, part.lerp(even, share))


def _with_k_space_artefact(images: Tensor, draw: Draw) -> Tensor:
    """Cut k-space short (Gibbs ringing), fill it while the patient moves, or ghost."""
    some = draw.some(SPOILT_SHARE)
    if not len(some):
        return images
    part = images[some]
    chance, size = draw.among(part), part.shape[-1]
    space = _k_space(part)
    down, across = ticks_of(part)
    line = torch.where(chance.chosen(0.5), down, across)
    kind = chance.whole(0, 3)
    cut = torch.where(line.abs() < chance.uniform(0.35, 0.85), space, 0.0)
    moved = _disturbed(space, part, line, chance)
    period = chance.whole(2, 5)
    number = ((line + 1) * (size - 1) / 2).round()
    ghosted = space * (1 + chance.uniform(0, 0.5) * (number % period == 0))
    spoilt = torch.where(kind == 0, cut, torch.where(kind == 1, moved, ghosted))
    result = torch.fft.ifft2(torch.fft.ifftshift(spoilt, dim=(2, 3))).abs()
    return images.index_copy(0, some, result.clamp(0, 1.2))


def _k_space(images: Tensor) -> Tensor:
    space: Tensor = torch.fft.fftshift(torch.fft.fft2(images), dim=(2, 3))
    return space


def _disturbed(space: Tensor, images: Tensor, line: Tensor, draw: Draw) -> Tensor:
    """Let the patient turn and shift while the lines of k-space are filled one after the other.

    Shaw et al., MRI k-space motion artefact augmentation, MIDL 2019.
    """
    for _ in range(MOVEMENTS):
        angle, shifts = draw.gaussian(TURN), [draw.gaussian(SHIFT) for _ in range(2)]
        cosine, sine = torch.cos(angle), torch.sin(angle)
        theta = torch.stack((cosine, -sine, shifts[0], sine, cosine, shifts[1]), dim=1)
        elsewhere = _k_space(_resampled(images, theta, images.shape[-1], draw))
        space = torch.where(line > draw.uniform(-1, 1), elsewhere, space)
    return space


def _coarsened(images: Tensor, draw: Draw) -> Tensor:
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


def _noisy(images: Tensor, draw: Draw) -> Tensor:
    """Add noise of Rician statistics (Gudbjartsson & Patz, 1995)."""
    most = torch.where(draw.chosen(MUCH_NOISE_SHARE), MUCH_NOISE, NOISE)
    deviation = draw.uniform() ** 2 * most
    shape = tuple(images.shape[1:])
    real = images + deviation * draw.normal_field(*shape)
    noisy = torch.hypot(real, deviation * draw.normal_field(*shape))
    return torch.where(draw.chosen(0.5), noisy, images)


def _captioned(images: Tensor, draw: Draw) -> Tensor:
    """Burn bright marks of the size of letters into the edges, and frames around them."""
    some = draw.some(CAPTIONED_SHARE)
    part = images[some]
    size = part.shape[-1]
    chance = draw.among(part)
    y, x = ((ticks + 1) / 2 * (size - 1) for ticks in ticks_of(part))
    for _ in range(2):
        height, width = 3 + chance.uniform(0, 6), 12 + chance.uniform(0, 0.35 * size)
        above = chance.chosen(0.5)
        top = torch.where(above, chance.uniform(0, 0.12 * size), size - height - 2)
        left = chance.uniform() * (size - width)
        box = (y >= top) & (y < top + height) & (x >= left) & (x < left + width)
        letters = chance.uniform_field(*part.shape[1:]) < 0.45
        part = torch.where(box & letters, 0.9, part)
    return images.index_copy(0, some, part)


def _partly_hidden(images: Tensor, draw: Draw) -> Tensor:
    """Hide a rectangle: no single landmark may decide."""
    y, x = ((ticks + 1) / 2 for ticks in ticks_of(images))
    top, left = draw.uniform(0, 0.8), draw.uniform(0, 0.8)
    height, width = draw.uniform(0.1, 0.4), draw.uniform(0.1, 0.4)
    hidden = (y > top) & (y < top + height) & (x > left) & (x < left + width)
    return torch.where(draw.chosen(0.15) & hidden, 0.0, images)
