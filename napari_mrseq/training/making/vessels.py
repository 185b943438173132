"""Vessels drawn by chance, as angiograms show them: trees, and their cuts through a slice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Drawn this much larger than shown, so that edges are smooth.
_FINER = 3
# Length of a step and least width, in pixels; a vessel bends by this much a step, in radians.
_STEP, _LEAST_WIDTH, _BEND = 3.0, 0.7, 0.16
# Chance of a branch at a step, its share of the width, and what a step leaves of the width.
_BRANCHES, _BRANCH_WIDTH, _TAPER = 0.07, (0.4, 0.8), 0.988
_MOST_STEPS = 1500


def projected(rng: np.random.Generator, size: int) -> NDArray[np.float64]:
    """Draw trees of vessels as a maximum intensity projection shows them.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of all chance.
    size : int
        Rows and columns.

    Returns
    -------
    (size, size) array
        Between 0 and 1.
    """
    canvas = np.zeros((size, size))
    # The neck's and the trunk's arteries enter from below or above, thick; the brain's are many.
    thick = rng.random() < 0.5
    for _ in range(int(rng.integers(1, 4) if thick else rng.integers(4, 14))):
        width = rng.uniform(5, 18) if thick else rng.uniform(1.5, 5)
        column = rng.uniform(0.3, 0.7) * size
        row = rng.choice((0.02, 0.98)) * size if thick else rng.uniform(0.25, 0.75) * size
        inward = math.pi / 2 if row < size / 2 else -math.pi / 2
        angle = inward + rng.normal(0, 0.25) if thick else rng.uniform(0, 2 * math.pi)
        grown = _grown(rng, (column, row), angle, width, size)
        canvas = np.maximum(canvas, grown * rng.uniform(0.6, 1.0))
    return canvas


def cut(rng: np.random.Generator, size: int) -> NDArray[np.float64]:
    """Draw what a slice shows of vessels: bright dots and short stretches near the middle.

    Takes and returns what `projected` does.
    """
    picture = Image.new("L", (size * _FINER,) * 2)
    draw = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(3, 14))):
        x, y = (0.5 + rng.normal(0, 0.13, 2)) * size * _FINER
        angle, width = rng.uniform(0, math.pi), rng.uniform(1, 3.5) * _FINER
        length = width * rng.choice((0.5, 0.5, 3.0, 8.0))
        for _ in range(4):
            ahead = x + math.cos(angle) * length / 4, y + math.sin(angle) * length / 4
            _stroke(draw, (x, y), ahead, width)
            (x, y), angle = ahead, angle + rng.normal(0, 0.4)
    return _shrunk(picture, size)


def _grown(
    rng: np.random.Generator, start: tuple[float, float], angle: float, width: float, size: int
) -> NDArray[np.float64]:
    """Let a vessel grow from a place (column, row), and its branches from it."""
    picture = Image.new("L", (size * _FINER,) * 2)
    draw = ImageDraw.Draw(picture)
    tips, steps = [(*start, angle, width)], 0
    while tips and steps < _MOST_STEPS:
        x, y, angle, width = tips.pop()
        while width > _LEAST_WIDTH and 0 <= x < size and 0 <= y < size and steps < _MOST_STEPS:
            steps += 1
            ahead = x + math.cos(angle) * _STEP, y + math.sin(angle) * _STEP
            first, last = (tuple(_FINER * at for at in place) for place in ((x, y), ahead))
            _stroke(draw, first, last, width * _FINER)
            (x, y), width = ahead, width * _TAPER
            angle += rng.normal(0, _BEND)
            if rng.random() < _BRANCHES:
                turn = rng.choice((-1, 1)) * rng.uniform(0.3, 1.3)
                tips.append((x, y, angle + turn, width * rng.uniform(*_BRANCH_WIDTH)))
    return _shrunk(picture, size)


def _stroke(
    draw: ImageDraw.ImageDraw,
    start: tuple[float, ...],
    end: tuple[float, ...],
    width: float,
) -> None:
    draw.line((*start, *end), fill=255, width=max(1, round(width)))
    radius = width / 2
    draw.ellipse((end[0] - radius, end[1] - radius, end[0] + radius, end[1] + radius), fill=255)


def _shrunk(picture: Image.Image, size: int) -> NDArray[np.float64]:
    """Average down to the final size; rounder vessels are brighter in their middle."""
    small = np.asarray(picture.resize((size, size), Image.Resampling.BOX), float) / 255
    return np.asarray(0.5 * small + 0.5 * ndimage.gaussian_filter(small, 1.2))
