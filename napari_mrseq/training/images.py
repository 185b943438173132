"""Labelled pictures in memory, prepared as prediction prepares them, and drawn in balance."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import torch

from napari_mrseq.model.preparation import prepare
from napari_mrseq.training.labelled_slices import read_slice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari_mrseq.training.catalogue import Row

# Share of a class, and of a group in its class, by its number of images to this power: 1 is as
# found, 0 all alike. Thin classes and small hospitals count for more than their numbers.
CLASS_POWER, GROUP_POWER = 0.4, 0.5


def load_images(
    rows: Sequence[Row], size: int, progress: Callable[[int, int], None] | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Load and prepare all pictures.

    Returns
    -------
    images : (n, 1, size, size) uint8 tensor
    weights : (n,) float32 tensor
        How much each picture shows, as `prepare` tells it.

    Raises
    ------
    CatalogueError
        If a picture can't be read; names it.
    """
    images = torch.empty((len(rows), 1, size, size), dtype=torch.uint8)
    weights = torch.empty(len(rows))
    for index, row in enumerate(rows):
        read = read_slice(row)
        prepared, weights[index] = prepare(
            read.pixels[None], size, pixel_spacing=read.pixel_spacing
        )
        images[index] = (prepared[0] * 255).round().to(torch.uint8)
        if progress and index % 500 == 0:
            progress(index, len(rows))
    return images, weights


def sampling_weights(rows: Sequence[Row]) -> torch.Tensor:
    """Return the chance of each row to be drawn, balanced over classes and groups.

    Returns
    -------
    (n,) float64 tensor
        Sums to 1.
    """
    per_class = Counter(row.label for row in rows)
    per_group = Counter((row.label, row.group) for row in rows)
    class_mass = {label: count**CLASS_POWER for label, count in per_class.items()}
    group_mass: Counter[str] = Counter()
    for (label, _), count in per_group.items():
        group_mass[label] += count**GROUP_POWER
    weights = [
        class_mass[row.label]
        * per_group[row.label, row.group] ** (GROUP_POWER - 1)
        / group_mass[row.label]
        for row in rows
    ]
    tensor = torch.tensor(weights, dtype=torch.float64)
    return tensor / tensor.sum()
