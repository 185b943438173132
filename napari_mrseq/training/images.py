"""Labelled pictures in memory, prepared as prediction prepares them, and drawn in balance."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import torch

from napari_mrseq.model.preparation import prepare
from napari_mrseq.training.labelled_slices import TOLD_EVERY, read_slice
from napari_mrseq.training.regions import region_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari_mrseq.training.catalogue import Row

# Share of a class in a region of the body, and of a group in it, by its number of images to this
# power: 1 is as found, 0 all alike. Thin classes and small hospitals count for more than their
# numbers; no region stands for a class (most spines are T2, and T1 of unseen ones were called so).
CLASS_POWER, GROUP_POWER = 0.45, 0.5


def load_images(
    rows: Sequence[Row], size: int, log: Callable[[str], None] | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Load and prepare all pictures; `log` takes a line on each thousand.

    Returns
    -------
    images : (n, 1, size, size) uint8 tensor
    shown : (n,) float32 tensor
        How much each picture shows, as `prepare` tells it.

    Raises
    ------
    CatalogueError
        If a picture can't be read; names it.
    """
    images = torch.empty((len(rows), 1, size, size), dtype=torch.uint8)
    shown = torch.empty(len(rows))
    for index, row in enumerate(rows):
        read = read_slice(row)
        prepared, shown[index] = prepare(read.pixels[None], size, pixel_spacing=read.pixel_spacing)
        images[index] = (prepared[0] * 255).round().to(torch.uint8)
        if log and (index + 1) % TOLD_EVERY == 0:
            log(f"{index + 1} of {len(rows)} prepared")
    return images, shown


def sampling_weights(rows: Sequence[Row]) -> torch.Tensor:
    """Return the chance of each row to be drawn, balanced over classes, regions and groups.

    Returns
    -------
    (n,) float64 tensor
        Sums to 1.
    """
    cells = [(row.label, region_of(row.body_part)) for row in rows]
    per_cell = Counter(cells)
    per_group = Counter((cell, row.group) for cell, row in zip(cells, rows, strict=True))
    group_mass: Counter[tuple[str, str]] = Counter()
    for (cell, _), count in per_group.items():
        group_mass[cell] += count**GROUP_POWER
    weights = [
        per_cell[cell] ** CLASS_POWER
        * per_group[cell, row.group] ** (GROUP_POWER - 1)
        / group_mass[cell]
        for cell, row in zip(cells, rows, strict=True)
    ]
    tensor = torch.tensor(weights, dtype=torch.float64)
    return tensor / tensor.sum()
