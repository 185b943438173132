"""Which slices stand for a series where not all of them are looked at."""

from __future__ import annotations

import numpy as np

from napari_mrseq.series import Series

# Of one stack; of a 4-D series some volumes, and some slices of each.
FEW_SLICES = 5
FEW_VOLUMES = FEW_SLICES_EACH = 3


def few_slices(series: Series) -> list[int]:
    """Return a few slices of a stack, or of the first, middle and last of its volumes.

    Counted through all volumes.
    """
    per_volume = series.slices_per_volume
    volumes = _spread(series.slice_count // per_volume, FEW_VOLUMES, 0, 1)
    # The ends of a stack show little: the middle 60% does.
    places = _spread(per_volume, FEW_SLICES if len(volumes) == 1 else FEW_SLICES_EACH, 0.2, 0.8)
    return [volume * per_volume + place for volume in volumes for place in places]


def _spread(count: int, most: int, first: float, last: float) -> list[int]:
    """Return at most so many of `count` numbers, spread from one share of them to another."""
    if count <= most:
        return list(range(count))
    shares = np.linspace(first, last, most)
    return sorted({round(float(share) * (count - 1)) for share in shares})
