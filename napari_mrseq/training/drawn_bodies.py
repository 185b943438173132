"""Spines, limbs and joints drawn by chance: what lies where in one plane, tissue by tissue.

Real T1 of spines and PD of knees are few, and no tissue map of them may be had as of a head. A
drawing has no detail of a real body, but its order: fluid around the cord, discs between vertebrae,
cartilage between bones, fat under the skin; which of them is bright tells the sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

ROWS = 200
# How far places are moved, and over what length, in units of the frame's side.
BEND, BEND_SCALE = 0.035, 0.12
EDGE = 0.004

Map = NDArray[np.float64]


def waves(rng: np.random.Generator, scale: float) -> Map:
    """Return a smooth (rows, columns) field of deviation 1, its waves this part of the side."""
    smooth = ndimage.gaussian_filter(rng.normal(size=(ROWS, ROWS)), scale * ROWS)
    return np.asarray(smooth / smooth.std())


@dataclass(eq=False)
class Canvas:
    """A plane that tissues are painted on, the later over the earlier; what is bare is air.

    Attributes
    ----------
    rng : numpy Generator
        Source of all chance.
    y, x : (rows, columns) array
        Places, bent by chance, from 0 to 1.
    fractions : dict of str to (rows, columns) array
        Share of each tissue.
    """

    rng: np.random.Generator
    y: Map = field(init=False)
    x: Map = field(init=False)
    fractions: dict[str, Map] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ticks = (np.arange(ROWS) + 0.5) / ROWS
        bend = BEND * self.rng.uniform(0.3, 1)
        self.y = ticks[:, None] + bend * self.waves(BEND_SCALE)
        self.x = ticks[None, :] + bend * self.waves(BEND_SCALE)

    def paint(self, inside: Map, **mixture: float | Map) -> None:
        """Paint a mixture of tissues where `inside`, in units of the frame's side, is positive."""
        cover = 1 / (1 + np.exp(-np.clip(inside / EDGE, -30, 30)))
        for name in dict.fromkeys((*self.fractions, *mixture)):
            bare = self.fractions.get(name, np.zeros((ROWS, ROWS)))
            self.fractions[name] = bare * (1 - cover) + cover * mixture.get(name, 0.0)

    def ellipse(self, y: float, x: float, height: float, width: float, turn: float = 0.0) -> Map:
        """Return how far each place is inside an ellipse; height and width are half-axes."""
        cosine, sine = np.cos(turn), np.sin(turn)
        down, across = self.y - y, self.x - x
        radius = np.hypot(
            (cosine * down - sine * across) / height, (sine * down + cosine * across) / width
        )
        return np.asarray((1 - radius) * min(height, width))

    def waves(self, scale: float) -> Map:
        """Return a smooth field: see `waves`."""
        return waves(self.rng, scale)

    def vessel(self, y: float, x: float, radius: float) -> None:
        """Paint a vessel; fast blood is gone before its echo and looks like air."""
        flow = {"blood": 1.0} if self.rng.uniform() < 0.6 else {}
        self.paint(self.ellipse(y, x, radius, radius), **flow)

    def bone(self, inside: Map, cortex: float, fat: float) -> None:
        """Paint a bone: marrow in a dark rind."""
        self.paint(inside, bone=1.0)
        grain = np.clip(fat + 0.12 * self.waves(0.02), 0, 1)
        self.paint(inside - cortex, fat=grain, marrow=1 - grain)

    def muscles(self, inside: Map) -> None:
        """Paint muscle with streaks of fat."""
        fat = self.rng.uniform(0, 0.35)
        streaks = np.clip(0.08 - np.abs(self.waves(0.03)), 0, 0.08) / 0.08
        self.paint(inside, muscle=1 - fat * streaks, fat=fat * streaks)

    def entrails(self, inside: Map) -> None:
        """Paint organs, fat, fluid and air side by side."""
        first, second = self.waves(0.06), self.waves(0.04)
        self.paint(inside, fat=1.0)
        self.paint(np.minimum(inside, 0.03 * (first - 0.2)), viscera=1.0)
        self.paint(np.minimum(inside, 0.03 * (second - 0.9)), muscle=1.0)
        self.paint(np.minimum(inside, 0.02 * (first * second - 1.5)), fluid=1.0)
        self.paint(np.minimum(inside, 0.02 * (-first * second - 1.6)))


def spine_along(rng: np.random.Generator) -> Mapping[str, Map]:
    """Draw a spine from the side: vertebrae, discs, cord or roots in fluid; front to the left."""
    canvas = Canvas(rng)
    y, x, draw = canvas.y, canvas.x, rng.uniform
    curve = np.sin(2 * np.pi * (y * draw(0.5, 1.1) + draw(0, 1)))
    back = draw(0.62, 0.72) + draw(0.01, 0.06) * curve
    skin = back + draw(0.2, 0.3)
    canvas.entrails(np.minimum(skin - x, x - draw(-0.2, 0.15)))
    canvas.muscles(np.minimum(x - back, skin - x))
    canvas.paint(np.minimum(x - skin + draw(0.02, 0.09), skin - x), fat=1.0)
    height, marrow_fat = draw(0.09, 0.15), draw(0.25, 0.65)
    _column_along(canvas, back, height, marrow_fat)
    _canal_along(canvas, back)
    slant = (y + draw(0.05, 0.25) * (back - x) + draw(0, 1)) / height % 1
    levels = np.minimum(slant - 0.15, 0.6 - slant) * height
    processes = np.minimum(x - back - draw(0.1, 0.12), back + draw(0.17, 0.2) - x)
    canvas.bone(np.minimum(levels, processes), draw(0.003, 0.008), marrow_fat)
    return canvas.fractions


def _column_along(canvas: Canvas, back: Map, height: float, marrow_fat: float) -> None:
    """Paint vertebrae and the discs between them in front of a line."""
    draw, depth = canvas.rng.uniform, canvas.rng.uniform(0.15, 0.22)
    part = (canvas.y + draw(0, 1) + draw(-0.2, 0.2) * (canvas.x - back)) / height % 1
    disc = draw(0.18, 0.3)
    waist = 0.012 * np.sin(np.pi * np.clip((part - disc) / (1 - disc), 0, 1))
    column = np.minimum(back - waist - canvas.x, canvas.x - back + depth - waist)
    canvas.paint(column, tendon=1.0)
    within = (disc / 2 - np.abs(part - disc / 2)) * height
    canvas.paint(np.minimum(column - draw(0.01, 0.03), within), disc=1.0)
    vertebrae = np.minimum(column, np.minimum(part - disc, 1 - part) * height)
    canvas.bone(vertebrae, draw(0.003, 0.008), marrow_fat)


def _canal_along(canvas: Canvas, back: Map) -> None:
    """Paint the cord in its fluid, and the roots below where it ends."""
    draw, x = canvas.rng.uniform, canvas.x
    front, width = back + draw(0.004, 0.012), draw(0.05, 0.09)
    canal = np.minimum(x - front, front + width - x)
    canvas.paint(canal + draw(0.0, 0.02), fat=1.0)
    canvas.paint(canal, fluid=1.0)
    middle, end = front + width * draw(0.4, 0.6), draw(-0.2, 1.4)
    cord = width * draw(0.22, 0.35) - np.abs(x - middle)
    canvas.paint(np.minimum(cord, end - canvas.y), cord=1.0)
    strands = np.sin(2 * np.pi * (x - front) / width * draw(2, 4)) + 0.3 * canvas.waves(0.05)
    share = draw(0.2, 0.7) * np.clip(strands, 0, 1)
    roots = np.minimum(np.minimum(canal, x - middle), canvas.y - end)
    canvas.paint(roots, cord=share, fluid=1 - share)


def spine_across(rng: np.random.Generator) -> Mapping[str, Map]:
    """Draw a spine from above: vertebra or disc, canal, muscles beside it; front up."""
    canvas = Canvas(rng)
    draw, large = rng.uniform, rng.uniform(0.8, 1.5)
    body = canvas.ellipse(0.5 - draw(0, 0.1), 0.5, 0.36 * large, 0.46 * large)
    canvas.paint(body, fat=1.0)
    inner = body - draw(0.02, 0.09)
    canvas.muscles(inner)
    canvas.entrails(np.minimum(inner - 0.02, 0.45 - draw(0, 0.1) - canvas.y))
    height, width = 0.09 * large * draw(0.8, 1.2), 0.12 * large * draw(0.8, 1.2)
    y = draw(0.45, 0.52)
    for side in (-1, 1):
        beside = 0.5 + side * (width + 0.05 * large)
        psoas = canvas.ellipse(y + draw(-0.02, 0.04), beside, 0.08 * large, 0.05 * large)
        canvas.paint(psoas + 0.008, fat=1.0)
        canvas.muscles(psoas)
        canvas.vessel(y - height - 0.03, 0.5 + side * draw(0.02, 0.06), 0.025)
    fat, cortex = draw(0.25, 0.65), draw(0.004, 0.01)
    wide, deep = 0.05 * large * draw(0.8, 1.4), 0.04 * large * draw(0.8, 1.3)
    centre = y + height + 0.75 * deep
    for side in (-1, 1):
        place = centre + deep, 0.5 + side * wide
        canvas.bone(canvas.ellipse(*place, 0.025 * large, 0.06 * large, side * 0.8), cortex, fat)
    canvas.bone(canvas.ellipse(centre + 2.4 * deep, 0.5, 0.07 * large, 0.018 * large), cortex, fat)
    vertebra = canvas.ellipse(y, 0.5, height, width)
    if draw() < 0.4:
        canvas.paint(vertebra, tendon=1.0)
        canvas.paint(vertebra - draw(0.015, 0.04), disc=1.0)
    else:
        canvas.bone(vertebra, cortex, fat)
    _canal_across(canvas, centre, deep, wide)
    return canvas.fractions


def _canal_across(canvas: Canvas, y: float, deep: float, wide: float) -> None:
    """Paint the cord, or the roots below its end, in their fluid."""
    draw = canvas.rng.uniform
    canal = canvas.ellipse(y, 0.5, deep, wide)
    canvas.paint(canal + draw(0, 0.012), fat=1.0)
    canvas.paint(canal, fluid=1.0)
    if draw() < 0.4:
        cord = canvas.ellipse(y, 0.5, deep * draw(0.4, 0.6), wide * draw(0.4, 0.6))
        canvas.paint(cord, cord=1.0)
        return
    for _ in range(canvas.rng.integers(4, 14)):
        place = y + deep * draw(-0.3, 0.8), 0.5 + wide * draw(-0.7, 0.7)
        root = canvas.ellipse(*place, 0.008, 0.008)
        canvas.paint(np.minimum(root, canal), cord=0.8, fluid=0.2)


def limb_across(rng: np.random.Generator) -> Mapping[str, Map]:
    """Draw one or two limbs from above: skin, fat, muscles, bones, vessels."""
    canvas = Canvas(rng)
    draw = rng.uniform
    count = 2 if draw() < 0.25 else 1
    for index in range(count):
        middle, radius = (index + 0.5) / count, draw(0.3, 0.46) / count
        limb = canvas.ellipse(0.5, middle, radius * draw(0.85, 1.15), radius)
        canvas.paint(limb, fat=1.0)
        canvas.muscles(limb - radius * draw(0.05, 0.4))
        for _ in range(rng.integers(1, 3)):
            size = radius * draw(0.12, 0.35)
            place = 0.5 + radius * draw(-0.3, 0.3), middle + radius * draw(-0.3, 0.3)
            bone = canvas.ellipse(*place, size, size)
            canvas.bone(bone, size * draw(0.05, 0.35), draw(0.6, 0.98))
        for _ in range(rng.integers(2, 6)):
            place = 0.5 + radius * draw(-0.6, 0.6), middle + radius * draw(-0.6, 0.6)
            canvas.vessel(*place, radius * draw(0.02, 0.05))
    return canvas.fractions


def joint_along(rng: np.random.Generator) -> Mapping[str, Map]:
    """Draw a joint from the side, as a knee: two bones, cartilage, fluid; front to the left."""
    canvas = Canvas(rng)
    y, x, draw = canvas.y, canvas.x, rng.uniform
    limb = draw(0.28, 0.42) + 0.03 * np.sin(2 * np.pi * (y + draw(0, 1))) - np.abs(x - 0.5)
    canvas.paint(limb, fat=1.0)
    canvas.muscles(np.minimum(limb - draw(0.02, 0.07), np.abs(y - 0.5) - draw(0.05, 0.25)))
    middle, gap, size = draw(0.44, 0.56), draw(0.02, 0.045), draw(0.13, 0.19)
    fat, cortex, thick = draw(0.6, 0.98), draw(0.003, 0.01), draw(0.008, 0.02)
    capsule = canvas.ellipse(middle, 0.5, size * 0.9, size * draw(1.2, 1.6))
    canvas.paint(capsule, fat=draw(0.2, 0.9), fluid=0.1, tendon=draw(0, 0.3))
    place = middle - draw(0.05, 0.3), 0.5 - size * draw(0.9, 1.5)
    canvas.paint(canvas.ellipse(*place, draw(0.03, 0.15), draw(0.01, 0.05)), fluid=1.0)
    upper = canvas.ellipse(middle - size - gap / 2, 0.5, size, size * draw(1.0, 1.3))
    below = y - middle - gap / 2
    half_width = size * 1.1 - 0.5 * np.clip(below - 0.05, 0, size)
    lower = np.minimum(half_width - np.abs(x - 0.5), below)
    canvas.paint(np.maximum(upper, lower - 0.3 * (below > 0.05)) + thick, cartilage=1.0)
    for side in (-1, 1):
        meniscus = canvas.ellipse(middle, 0.5 + side * size * 0.85, gap, size * 0.3)
        canvas.paint(meniscus, tendon=1.0)
    shaft = np.minimum(size * draw(0.5, 0.8) - np.abs(x - 0.5), middle - size - y)
    canvas.bone(np.maximum(upper, shaft), cortex, fat)
    canvas.bone(lower, cortex, fat)
    place = middle - size * draw(0.6, 1.4), 0.5 - size * 1.5
    patella = canvas.ellipse(*place, size * 0.4, size * 0.2)
    canvas.paint(patella + thick, cartilage=1.0)
    canvas.bone(patella, cortex, fat)
    band = 0.012 - np.abs(x - 0.5 + size * 1.65)
    canvas.paint(np.minimum(band, np.minimum(limb, -patella)), tendon=1.0)
    return canvas.fractions


DRAWINGS: Mapping[str, tuple[Callable[[np.random.Generator], Mapping[str, Map]], ...]] = {
    "spine": (spine_along, spine_across),
    "joint": (joint_along, limb_across),
}
