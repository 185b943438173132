"""Units of a layer's axes: in millimetres, and against those of napari's sliders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.viewer.layer_data import DICOM_KEY


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


def lengths(units: Sequence[Any], metadata: Mapping[str, Any]) -> list[float | None]:
    """Return how many mm a step along some axes of a layer has, None for each where none is known.

    Parameters
    ----------
    units : sequence of pint.Unit or str
        Of these axes.
    metadata : mapping
        The layer's: a series of unknown size may lie in mm beside others.
    """
    known = metadata.get(DICOM_KEY)
    if isinstance(known, Mapping) and known.get("spacing_mm", units) is None:
        return [None] * len(units)
    return [millimetres(unit) for unit in units]


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
