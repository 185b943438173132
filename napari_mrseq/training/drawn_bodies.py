"""Drawn bodies: maps of tissues that lie as they do in spines, trunks, pelves and joints.

Nobody would take them for anatomy. They hold what tells sequences apart: fat, muscle, fluid, marrow
and organs beside each other, in shapes that no two pictures share (as in SynthSeg; Billot et al.,
Medical Image Analysis 86:102789, 2023).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_mrseq.training.body_tissues import PLACE

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

# Rows and columns of a map: twice those of the picture, whose pixels then share tissues.
SIZE = 400
# How far shapes are bent, as a share of the picture, and how smoothly.
BEND, BEND_SCALE = 0.07, 0.12


class Canvas:
    """A map of tissues, painted over and over; places go from -1 to 1, rows first.

    Parameters
    ----------
    rng : numpy.random.Generator
        Of all chance.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.places = np.zeros((SIZE, SIZE), np.uint8)
        ticks = np.linspace(-1, 1, SIZE)
        self.y, self.x = np.meshgrid(ticks, ticks, indexing="ij")

    def paint(self, tissue: str, where: Mask) -> None:
        """Paint a tissue."""
        self.places[where] = PLACE[tissue]

    def blob(
        self, row: float, column: float, height: float, width: float, rough: float = 0.1
    ) -> Mask:
        """Return an ellipse of half axes `height` and `width`, its outline uneven by `rough`."""
        turn = self.rng.normal(0, 0.15)
        down, right = self.y - row, self.x - column
        across = (right * np.cos(turn) + down * np.sin(turn)) / width
        along = (down * np.cos(turn) - right * np.sin(turn)) / height
        angle = np.arctan2(along, across)
        edge = np.ones_like(angle)
        for order in range(2, 6):
            edge += self.rng.normal(0, rough / order) * np.cos(
                order * angle + self.rng.uniform(0, 2 * np.pi)
            )
        return np.asarray(np.hypot(across, along) < edge)

    def cloud(self, scale: float, share: float) -> Mask:
        """Return uneven patches of a size (share of the picture) that cover a share of it."""
        grain = ndimage.gaussian_filter(self.rng.normal(0, 1, (SIZE, SIZE)), scale * SIZE)
        return np.asarray(grain > np.quantile(grain[::8, ::8], 1 - share))

    def bent(self) -> NDArray[np.uint8]:
        """Return the map, bent smoothly."""
        push = self.rng.normal(0, 1, (2, SIZE // 8, SIZE // 8))
        push = ndimage.gaussian_filter(push, (0, *[BEND_SCALE * SIZE / 8] * 2))
        push *= BEND * SIZE * self.rng.uniform(0.2, 1) / max(float(np.abs(push).max()), 1e-9)
        fields = [ndimage.zoom(axis, 8, order=1, mode="nearest") for axis in push]
        rows, columns = np.mgrid[:SIZE, :SIZE]
        at = np.stack((rows + fields[0], columns + fields[1]))
        return np.asarray(ndimage.map_coordinates(self.places, at, order=0, mode="nearest"))


def spine(canvas: Canvas) -> None:
    """Draw a column of vertebrae and discs from the side, the back to the right."""
    rng, y, x = canvas.rng, canvas.y, canvas.x
    curve = rng.uniform(-0.12, 0.12) * np.sin(np.pi * y * rng.uniform(0.4, 1) + rng.uniform(-1, 1))
    depth = x - curve - rng.uniform(-0.3, 0.05)
    skin, fat = rng.uniform(0.5, 0.9), rng.uniform(0.05, 0.3)
    canvas.paint("muscle", depth < skin)
    canvas.paint("fat", canvas.cloud(0.02, 0.3) & (depth < skin))
    _belly(canvas, depth < -0.25)
    canvas.paint("fat", (depth > skin - fat) & (depth < skin))
    width, period = rng.uniform(0.13, 0.24), rng.uniform(0.18, 0.42)
    along = (y + depth * rng.uniform(-0.1, 0.1) + rng.uniform(0, 1)) % period / period
    column, disc = np.abs(depth) < width, rng.uniform(0.14, 0.28)
    canvas.paint("bone", np.abs(depth) < width + 0.012)
    canvas.paint("ligament", column & (along < disc))
    canvas.paint(
        "disc", column & (along > 0.02) & (along < disc - 0.02) & (np.abs(depth) < width * 0.8)
    )
    marrow = "red marrow" if rng.random() < 0.7 else "yellow marrow"
    canvas.paint(marrow, column & (along > disc + 0.025) & (along < 0.975))
    sac = rng.uniform(0.07, 0.13)
    canal = depth - width - 0.012
    canvas.paint("fat", (canal > 0) & (canal < sac + 0.05))
    canvas.paint("fluid", (canal > 0.008) & (canal < sac))
    ends, thick = rng.uniform(-0.6, 1.5), rng.uniform(0.35, 0.7) * sac
    canvas.paint("cord", (np.abs(canal - sac / 2) < thick / 2) & (y < ends))
    canvas.paint(
        "cord", (np.abs(canal - sac * 0.75) < 0.008) & (y >= ends) & canvas.cloud(0.01, 0.6)
    )
    behind = (canal > sac + 0.05) & (canal < sac + rng.uniform(0.15, 0.35))
    canvas.paint(marrow, behind & (along > 0.35) & (along < 0.8))
    canvas.paint("air", depth > skin)


def trunk(canvas: Canvas) -> None:
    """Draw a cross-section of the upper belly."""
    rng = canvas.rng
    height, width = rng.uniform(0.5, 0.8), rng.uniform(0.75, 1.0)
    inside = _outline(canvas, height, width, rng.uniform(0.03, 0.2))
    _belly(canvas, inside)
    canvas.paint("liver", canvas.blob(-0.1, -0.4, 0.4, 0.38, 0.3) & inside)
    canvas.paint("blood", canvas.blob(-0.1, -0.4, 0.4, 0.38) & canvas.cloud(0.008, 0.05) & inside)
    canvas.paint("spleen", canvas.blob(0.1, 0.6, 0.22, 0.14, 0.2) & inside)
    for side in (-0.42, 0.42):
        if rng.random() < 0.7:
            row, column = 0.25 + rng.normal(0, 0.06), side + rng.normal(0, 0.06)
            canvas.paint("fat", canvas.blob(row, column, 0.21, 0.19) & inside)
            canvas.paint("kidney cortex", canvas.blob(row, column, 0.16, 0.12) & inside)
            canvas.paint("kidney medulla", canvas.blob(row, column, 0.11, 0.08, 0.6))
            canvas.paint("fat", canvas.blob(row, column * 0.9, 0.05, 0.04))
    if rng.random() < 0.6:
        canvas.paint("pancreas", canvas.blob(0.0, 0.1, 0.06, 0.25, 0.5) & inside)
    if rng.random() < 0.6:
        canvas.paint("fluid", canvas.blob(-0.12, -0.15, 0.08, 0.07))
    _vertebra(canvas, height * 0.45)
    for column, radius in ((0.08, 0.055), (-0.1, 0.065)):
        canvas.paint("blood", canvas.blob(height * 0.12, column, radius, radius))
    if rng.random() < 0.4:
        spots = canvas.blob(-0.1, -0.4, 0.3, 0.3) & canvas.cloud(0.02, 0.05)
        canvas.paint(str(rng.choice(["lesion", "fluid"])), spots & inside)


def chest(canvas: Canvas) -> None:
    """Draw a cross-section of the chest."""
    rng = canvas.rng
    height, width = rng.uniform(0.5, 0.75), rng.uniform(0.75, 1.0)
    inside = _outline(canvas, height, width, rng.uniform(0.03, 0.15))
    for angle in np.linspace(0, 2 * np.pi, int(rng.integers(8, 16))):
        row, column = np.sin(angle) * height * 0.78, np.cos(angle) * width * 0.82
        canvas.paint("bone", canvas.blob(row, column, 0.035, 0.05, 0.4))
    canvas.paint("fat", inside)
    for side in (-1, 1):
        lung = canvas.blob(0.0, side * width * 0.45, height * 0.65, width * 0.33, 0.2)
        canvas.paint("lung", lung & inside)
        canvas.paint("blood", lung & inside & canvas.cloud(0.006, rng.uniform(0.02, 0.1)))
    row, column = rng.uniform(-0.2, 0.0), rng.uniform(0.0, 0.15)
    canvas.paint("muscle", canvas.blob(row, column, 0.25, 0.28, 0.15))
    canvas.paint("blood", canvas.blob(row, column, 0.19, 0.22, 0.4))
    _vertebra(canvas, height * 0.5)
    canvas.paint("blood", canvas.blob(height * 0.3, 0.12, 0.06, 0.06))
    canvas.paint("air", canvas.blob(height * 0.12, 0.0, 0.04, 0.04))


def pelvis(canvas: Canvas) -> None:
    """Draw a cross-section at the hips."""
    rng = canvas.rng
    inside = _outline(canvas, rng.uniform(0.5, 0.75), rng.uniform(0.8, 1.1), rng.uniform(0.04, 0.2))
    canvas.paint("fat", inside & canvas.cloud(0.03, 0.25))
    middle = canvas.blob(0.0, 0.0, 0.42, 0.36)
    canvas.paint("fat", middle)
    for side in (-0.6, 0.6):
        column = side + rng.normal(0, 0.04)
        canvas.paint("bone", canvas.blob(-0.05, column, 0.17, 0.17))
        canvas.paint("yellow marrow", canvas.blob(-0.05, column, 0.155, 0.155, 0.05))
        canvas.paint("muscle", canvas.blob(0.05, side * 0.62, 0.25, 0.07))
    if rng.random() < 0.7:
        size = rng.uniform(0.1, 0.28)
        canvas.paint("muscle", canvas.blob(-0.2, 0.0, size + 0.03, size * 1.3 + 0.03))
        canvas.paint("fluid", canvas.blob(-0.2, 0.0, size, size * 1.3))
    gland = rng.uniform(0.12, 0.22)
    canvas.paint("ligament", canvas.blob(0.08, 0.0, gland + 0.01, gland * 1.2 + 0.01))
    canvas.paint("peripheral prostate", canvas.blob(0.08, 0.0, gland, gland * 1.2))
    canvas.paint("prostate", canvas.blob(0.03, 0.0, gland * 0.75, gland * 0.9, 0.2))
    if rng.random() < 0.5:
        canvas.paint("lesion", canvas.blob(0.15, rng.uniform(-0.12, 0.12), 0.04, 0.05, 0.3))
    canvas.paint("muscle", canvas.blob(0.36, 0.0, 0.11, 0.1))
    canvas.paint(str(rng.choice(["air", "muscle", "fluid"])), canvas.blob(0.36, 0.0, 0.08, 0.07))
    _zoom(canvas, rng.uniform(1.0, 2.2))


def joint(canvas: Canvas) -> None:
    """Draw two bones that meet, with cartilage, fluid, tendons and muscle around."""
    rng, y = canvas.rng, canvas.y
    width, fat = rng.uniform(0.45, 0.8), rng.uniform(0.03, 0.25)
    side = np.abs(canvas.x + rng.uniform(-0.1, 0.1) * np.sin(3 * y))
    canvas.paint("fat", side < width)
    canvas.paint("muscle", (side < width - fat) & canvas.cloud(0.05, rng.uniform(0.5, 0.9)))
    canvas.paint("fluid", canvas.blob(0.0, 0.0, rng.uniform(0.06, 0.2), width * 0.8, 0.4))
    for end in (-1, 1):
        half = width * rng.uniform(0.5, 0.75)
        shaft = half * rng.uniform(0.5, 0.9)
        gap = rng.uniform(0.03, 0.07)
        head = canvas.blob(end * (half * 0.6 + gap), 0.0, half * 0.6, half, 0.15)
        bone = (head | (np.abs(canvas.x) < shaft) & (end * y > half * 0.6)) & (end * y > gap * 0.3)
        canvas.paint("cartilage", _grown(bone, 5) & (np.abs(y) < half * 0.6))
        canvas.paint("bone", _grown(bone, 2))
        canvas.paint("yellow marrow", bone)
        if rng.random() < 0.3:
            canvas.paint("lesion", bone & canvas.cloud(0.04, 0.15))
    for _ in range(int(rng.integers(1, 4))):
        column = rng.uniform(-width, width)
        canvas.paint("ligament", canvas.blob(rng.normal(0, 0.1), column, 0.3, 0.025))
    for column in (-0.25, 0.25):
        canvas.paint("ligament", canvas.blob(0.0, column, 0.03, 0.12, 0.3))


def limb(canvas: Canvas) -> None:
    """Draw a cross-section of an arm or a leg, or of both legs."""
    rng = canvas.rng
    centres = (-0.48, 0.48) if rng.random() < 0.4 else (0.0,)
    radius = 0.44 if len(centres) > 1 else rng.uniform(0.6, 0.95)
    for column in centres:
        whole = canvas.blob(0.0, column, radius, radius, 0.1)
        canvas.paint("fat", whole)
        flesh = canvas.blob(0.0, column, radius * rng.uniform(0.7, 0.95), radius * 0.88, 0.15)
        canvas.paint("muscle", flesh & whole & ~canvas.cloud(0.02, rng.uniform(0.02, 0.3)))
        for _ in range(int(rng.integers(1, 3))):
            row, off = rng.normal(0, 0.2, 2) * radius
            size = radius * rng.uniform(0.15, 0.3)
            canvas.paint("bone", canvas.blob(row, column + off, size * 1.3, size * 1.3))
            canvas.paint("yellow marrow", canvas.blob(row, column + off, size, size))
        for _ in range(int(rng.integers(1, 5))):
            row, off = rng.normal(0, 0.35, 2) * radius
            canvas.paint("blood", canvas.blob(row, column + off, 0.03, 0.03))


def _outline(canvas: Canvas, height: float, width: float, fat: float) -> Mask:
    """Paint skin, fat and the wall of muscle; return what lies inside."""
    canvas.paint("fat", canvas.blob(0.0, 0.0, height, width, 0.05))
    canvas.paint("muscle", canvas.blob(0.0, 0.0, height - fat, width - fat, 0.05))
    wall = canvas.rng.uniform(0.03, 0.12)
    return canvas.blob(0.0, 0.0, height - fat - wall, width - fat - wall, 0.05)


def _belly(canvas: Canvas, inside: Mask) -> None:
    """Paint fat with loops of bowel: walls, fluid, gas."""
    canvas.paint("fat", inside)
    canvas.paint("muscle", inside & canvas.cloud(0.03, 0.45))
    for filling, share in (("fluid", 0.12), ("air", 0.08), ("liver", 0.1)):
        if canvas.rng.random() < 0.6:
            canvas.paint(filling, inside & canvas.cloud(0.035, share))


def _vertebra(canvas: Canvas, row: float) -> None:
    rng = canvas.rng
    for column in (-0.2, 0.2):
        canvas.paint("muscle", canvas.blob(row + 0.15, column, 0.15, 0.16))
    canvas.paint("bone", canvas.blob(row, 0.0, 0.13, 0.16))
    canvas.paint("red marrow", canvas.blob(row, 0.0, 0.12, 0.15, 0.05))
    canvas.paint("fluid", canvas.blob(row + 0.17, 0.0, 0.045, 0.06))
    canvas.paint("cord", canvas.blob(row + 0.17, 0.0, 0.022, 0.03))
    if rng.random() < 0.7:
        canvas.paint("bone", canvas.blob(row + 0.28, 0.0, 0.06, 0.03))


def _grown(mask: Mask, pixels: int) -> Mask:
    return np.asarray(ndimage.binary_dilation(mask, iterations=pixels))


def _zoom(canvas: Canvas, factor: float) -> None:
    """Look at the middle alone, as small fields of view do."""
    at = (np.arange(SIZE) - SIZE / 2) / factor + SIZE / 2
    rows = at.round().astype(int).clip(0, SIZE - 1)
    canvas.places = canvas.places[np.ix_(rows, rows)]


# What is drawn, by the region of the body that it is of.
BODIES: Mapping[str, tuple[Callable[[Canvas], None], ...]] = MappingProxyType(
    {
        "spine": (spine,),
        "trunk": (trunk, trunk, chest),
        "pelvis": (pelvis,),
        "joints": (joint, limb),
    }
)
