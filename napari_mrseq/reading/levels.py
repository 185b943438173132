"""Numbers that differ only by how they were written, told from those that differ in fact."""

from __future__ import annotations

from collections.abc import Iterable


def levels(values: Iterable[float], tolerance: float) -> dict[float, int]:
    """Count distinct values from the lowest, 0, up; neighbours within the tolerance are one."""
    found: dict[float, int] = {}
    level = -1
    last = float("-inf")
    for value in sorted(set(values)):
        level += value - last > tolerance
        found[value] = level
        last = value
    return found
