"""Ultrasound pictures drawn by chance: echoes of speckle, what a probe sees, a machine's screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from napari_mrseq.training.making.tomography import Grey

SIZE = 256
# Echoes along a line of sight, and lines.
SAMPLES, LINES = 320, 192


@dataclass(frozen=True)
class Probe:
    """What a probe's lines of sight cross.

    Attributes
    ----------
    near, far : float
        Distance of the first and last echo from where the lines meet, as shares of the picture.
    half_angle : float
        Of the fan, in radians.
    apex : float
        Row at which the lines meet, as a share of the picture: negative above it.
    """

    near: float
    far: float
    half_angle: float
    apex: float


def ultrasound(rng: np.random.Generator) -> Grey:
    """Return a picture of (`SIZE`, `SIZE`) between 0 and 1.

    A phased array looks into a heart, a curved one into a belly, a straight one under the skin.
    Speckle is the magnitude of scattered waves whose grain widens with depth, shown as its
    logarithm (Szabo, Diagnostic Ultrasound Imaging, 2nd ed., chapters 8 and 10).
    """
    kind = int(rng.integers(3))
    echoes = _cavities(_layers(rng, kind), rng, kind)
    probe = _probe(rng, kind)
    y, x = np.mgrid[:SIZE, :SIZE] / SIZE - np.array([probe.apex, 0.5])[:, None, None]
    depth, angle = np.hypot(x, y), np.arctan2(x, y)
    polar = _polar(echoes, probe)
    seen = _shown(polar, rng)
    rows = (depth - probe.near) / (probe.far - probe.near) * (SAMPLES - 1)
    columns = (angle / probe.half_angle + 1) / 2 * (LINES - 1)
    picture = ndimage.map_coordinates(seen, (rows, columns), order=1, cval=0.0)
    return _screen(picture, rng)


def _probe(rng: np.random.Generator, kind: int) -> Probe:
    if kind == 0:
        return Probe(0.0, rng.uniform(0.85, 0.97), rng.uniform(0.55, 0.8), rng.uniform(0.0, 0.06))
    if kind == 1:
        near = rng.uniform(0.15, 0.5)
        far = near + rng.uniform(0.6, 0.9)
        return Probe(near, far, rng.uniform(0.4, 0.65), 0.04 - near)
    # Lines that meet far away are as good as parallel.
    far = 20 + rng.uniform(0.5, 0.95)
    return Probe(20.0, far, rng.uniform(0.018, 0.025), rng.uniform(-19.98, -19.9))


def _layers(rng: np.random.Generator, kind: int) -> Grey:
    """Smooth tissue, for the probes that look under the skin in layers with bright borders."""
    tissue = ndimage.gaussian_filter(rng.normal(0, 1, (SIZE, SIZE)), rng.uniform(6, 30))
    tissue = np.asarray(0.4 * np.exp(rng.uniform(0.3, 1.8) * tissue / np.abs(tissue).max()))
    if kind == 0:
        return tissue
    bend = ndimage.gaussian_filter1d(rng.normal(0, 1, SIZE), 30)
    row = np.arange(SIZE)[:, None] + rng.uniform(0, 20) * bend / np.abs(bend).max()
    for top in np.sort(rng.uniform(5, SIZE, int(rng.integers(2, 9)))):
        tissue = np.where(row > top, tissue * rng.uniform(0.5, 1.7), tissue)
        tissue += rng.uniform(0.3, 3) * np.exp(-(((row - top) / rng.uniform(0.8, 3)) ** 2))
    return tissue


def _cavities(tissue: Grey, rng: np.random.Generator, kind: int) -> Grey:
    """Blood, bile or fluid with bright walls; a heart's chambers are large and side by side."""
    y, x = np.mgrid[:SIZE, :SIZE] / SIZE
    for number in range(int(rng.integers(2, 5) if kind == 0 else rng.integers(0, 6))):
        if kind == 0:
            row, column = 0.3 + 0.35 * (number // 2), 0.36 + 0.26 * (number % 2)
            tall, wide = rng.uniform(0.1, 0.22), rng.uniform(0.07, 0.14)
        else:
            row, column = rng.uniform(0.1, 0.85, 2)
            tall, wide = rng.uniform(0.02, 0.16, 2)
        row, column = row + rng.normal(0, 0.04), column + rng.normal(0, 0.04)
        slant = rng.normal(0, 0.4)
        up, across = (y - row) - slant * (x - column), (x - column) + slant * (y - row)
        ring = np.hypot(up / tall, across / wide)
        wall = 1 + rng.uniform(0.5, 4) * np.exp(-(((ring - 1.1) / 0.12) ** 2))
        tissue = np.where(ring < 1, tissue * rng.uniform(0.005, 0.15), tissue * wall)
    return tissue


def _polar(echoes: Grey, probe: Probe) -> Grey:
    depth = np.linspace(probe.near, probe.far, SAMPLES)[:, None]
    angle = np.linspace(-probe.half_angle, probe.half_angle, LINES)[None]
    y, x = probe.apex + depth * np.cos(angle), 0.5 + depth * np.sin(angle)
    sampled = ndimage.map_coordinates(echoes, (y * SIZE, x * SIZE), order=1, mode="nearest")
    return np.asarray(sampled)


def _shown(echoes: Grey, rng: np.random.Generator) -> Grey:
    """Speckle, shadows, attenuation and the logarithm."""
    grain = (0, rng.uniform(0.6, 1.6), rng.uniform(0.8, 2.5))
    waves = ndimage.gaussian_filter(rng.normal(0, 1, (2, SAMPLES, LINES)), grain)
    speckle = np.hypot(*waves) / np.hypot(*waves).mean()
    fading = np.exp(-np.linspace(0, rng.uniform(0, 3), SAMPLES))[:, None]
    shadow = np.ones((SAMPLES, LINES))
    for _ in range(int(rng.integers(0, 4))):
        row, line = int(rng.integers(SAMPLES)), int(rng.integers(LINES))
        shadow[row:, line : line + int(rng.integers(4, 30))] *= rng.uniform(0.02, 0.5)
    strength = echoes * speckle * fading * ndimage.gaussian_filter(shadow, (2, 3))
    decibel = 20 * np.log10(strength / np.quantile(strength, 0.995) + 1e-6)
    return np.asarray(np.clip(1 + (decibel - rng.uniform(0, 12)) / rng.uniform(25, 65), 0, 1))


def _screen(picture: Grey, rng: np.random.Generator) -> Grey:
    """Put the picture on a machine's screen, every second time, with what is written around it."""
    if rng.random() < 0.5:
        return picture
    side = int(SIZE * rng.uniform(0.55, 0.95))
    small = Image.fromarray((picture * 255).astype(np.uint8)).resize((side, side))
    screen = Image.new("L", (SIZE, SIZE), 0)
    left, top = (int(rng.integers(SIZE - side + 1)) for _ in range(2))
    screen.paste(small, (left, top))
    pen = ImageDraw.Draw(screen)
    for _ in range(int(rng.integers(1, 9))):
        letters = rng.integers(48, 91, int(rng.integers(2, 12)))
        place = int(rng.choice((2, SIZE - 60))), int(rng.integers(SIZE - 10))
        pen.text(place, "".join(map(chr, letters)), fill=int(rng.integers(120, 256)))
    if rng.random() < 0.5:
        column = left + side - 3
        for row in range(top, top + side, int(rng.integers(6, 20))):
            pen.line((column, row, column + 3, row), fill=200)
    if rng.random() < 0.3:
        shades = np.linspace(255, 0, 80)[:, None].repeat(6, axis=1).astype(np.uint8)
        screen.paste(Image.fromarray(shades), (4, int(rng.integers(10, 150))))
    return np.asarray(screen, dtype=float) / 255
