"""Units of a layer's axes: in millimetres, shared by layers, and against napari's sliders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from napari.layers import Layer
from numpy.typing import NDArray

from napari_mrseq.viewer.layer_data import DICOM_KEY, LayerData


def _millimetres(unit: Any) -> float | None:
    """Return how many mm a unit of length has, None for pixels and other units."""
    return _counted_in("mm", unit)


def seconds_in(unit: Any) -> float | None:
    """Return how many seconds a unit of time has, None for pixels and other units."""
    return _counted_in("s", unit)


def _counted_in(base: str, unit: Any) -> float | None:
    import pint

    registry = pint.get_application_registry()  # type: ignore[no-untyped-call]
    try:
        return float(registry.Quantity(1.0, unit).to(base).magnitude)
    except pint.DimensionalityError:
        return None


def lengths(units: Sequence[Any], metadata: Mapping[str, Any]) -> list[float] | None:
    """Return how many mm a unit has along some axes of a layer, None where not all are lengths.

    Parameters
    ----------
    units : sequence of pint.Unit or str
        Of these axes.
    metadata : mapping
        The layer's: a series of unknown size may lie in mm beside others.
    """
    known = [mm for unit in units if (mm := _millimetres(unit))]
    return known if len(known) == len(units) and not _is_of_unknown_size(metadata) else None


def share_units(layers: Sequence[LayerData], there: Iterable[Layer] = ()) -> None:
    """Count pixels of unknown size as mm where others lie in mm: napari has units for all or none.

    A single slice of unknown size, as a screen capture is, gets the distance between those of the
    others: sliders go by the smallest one, in steps of 1 mm through slices 5 mm apart. A stack
    keeps its shape, in which it may be saved.

    Parameters
    ----------
    layers : list of layer data tuples
        To be opened together.
    there : iterable of Layer
        Beside which they are opened; those that are not of a series keep their units.
    """
    opened, beside = [said for _, said, _ in layers], list(there)
    known = [(said["units"], said["scale"], said["metadata"]) for said in opened]
    known += [(layer.units, layer.scale, layer.metadata) for layer in beside]
    if not any(_millimetres(units[-1]) for units, *_ in known):
        return
    distance = min(filter(None, (_distance(*one) for one in known)), default=1.0)
    for pixels, said, _ in layers:
        said["units"] = _with_mm(said["units"])
        if _is_of_unknown_size(said["metadata"]) and pixels.shape[:-2] == (1,):
            said["scale"] = (distance, *said["scale"][1:])
    for layer in beside:
        if _is_of_unknown_size(layer.metadata):
            layer.units = _with_mm(layer.units)
            if layer.data.shape[:-2] == (1,):
                layer.scale = (distance, *layer.scale[1:])


def _distance(
    units: Sequence[Any], scale: Sequence[float], metadata: Mapping[str, Any]
) -> float | None:
    """Return how far the slices of a layer are apart in mm, None where nothing tells."""
    known = lengths(units[-3:], metadata)
    return abs(scale[-3]) * known[0] if known and len(scale) > 2 else None


def _with_mm(units: Sequence[Any]) -> tuple[Any, ...]:
    """Return units of a layer's axes, the last three of them, which lie in space, in mm."""
    return (*units[:-3], *("mm",) * len(units[-3:]))


def _is_of_unknown_size(metadata: Mapping[str, Any]) -> bool:
    """Tell whether a layer is of a series that tells no size of its pixels."""
    known = metadata.get(DICOM_KEY)
    return isinstance(known, Mapping) and known.get("spacing_mm", known) is None


def ratios(units: Sequence[Any] | None, others: Sequence[Any]) -> NDArray[np.float64]:
    """Return how many of each of `others` the unit of the same axis is: 10 for cm against mm.

    Parameters
    ----------
    units : sequence of pint.Unit or None
        Of the last axes, as `others`; None, or fewer than these, where napari uses none.
    others : sequence of pint.Unit
        Each of the kind of its unit, but for pixels beside mm while a study is opened.
    """
    import pint

    last = () if units is None else tuple(units[-len(others) :])
    if len(last) < len(others) or last == tuple(others):
        return np.ones(len(others))
    registry = pint.get_application_registry()  # type: ignore[no-untyped-call]
    pairs = zip(last, others, strict=True)
    in_base = [[registry.get_base_units(one)[0] for one in pair] for pair in pairs]
    return np.array([unit / other for unit, other in in_base])
