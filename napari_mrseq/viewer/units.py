"""Units of a layer's axes in millimetres."""

from __future__ import annotations

from typing import Any


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
