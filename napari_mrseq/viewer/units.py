"""Units of a layer's axes: in millimetres, and against those of napari's sliders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def millimetres(unit: Any) -> float | None:
    """Return how many mm a unit of length has, None for pixels and other units.

    Parameters
    ----------
    unit : pint.Unit or str
        As napari keeps it for each axis.
    """
    import pint

    registry = pint.get_application_registry()  # type: ignore[no-untyped-call]
    try:
        return float(registry.Quantity(1.0, unit).to("mm").magnitude)
    except pint.DimensionalityError:
        return None


def ratios(units: Sequence[Any] | None, others: Sequence[Any]) -> NDArray[np.float64]:
    """Return how many of each of `others` the unit of the same axis is: 10 for cm against mm.

    Parameters
    ----------
    units : sequence of pint.Unit or None
        Of the last axes, as `others`; None, or fewer than these, where napari uses none.
    others : sequence of pint.Unit
        Each of the kind of its unit.
    """
    import pint

    last = () if units is None else tuple(units[-len(others) :])
    if len(last) < len(others) or last == tuple(others):
        return np.ones(len(others))
    registry = pint.get_application_registry()  # type: ignore[no-untyped-call]
    pairs = zip(last, others, strict=True)
    in_base = [[registry.get_base_units(one)[0] for one in pair] for pair in pairs]
    return np.array([unit / other for unit, other in in_base])
