"""Volumes that follow a turning head: stacks that differ by some degrees are one 4-D series."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.geometry import UNEVEN, turn_between
from napari_mrseq.reading.grouping import gathered
from napari_mrseq.reading.volumes import Stack, as_acquired, warnings_of

# How far a head turns and moves inside a coil. Stacks along the discs of a spine are turned no
# more, but each lies beside the others: by half its depth at least.
_LARGEST_TURN_DEGREES = 15.0
_LARGEST_MOVE_MM = 15.0
# Two may as well be one stack that was planned anew.
_FEWEST_VOLUMES = 3


class _Place:
    """Where the first volume of a stack lies.

    Attributes
    ----------
    middle : (3,) array
        Patient LPS, mm.
    orientation : tuple of float
        Six direction cosines.
    depth : float
        From the first slice to the last, mm.
    """

    def __init__(self, volume: Sequence[Frame]) -> None:
        first, last = volume[0], volume[-1]
        ends = first.middle, last.middle
        self.middle: NDArray[np.float64] = (ends[0] + ends[1]) / 2
        self.orientation = first.orientation or ()
        self.depth = float(np.linalg.norm(ends[1] - ends[0]))

    def turn_to(self, other: _Place) -> float:
        """Return the angle in degrees by which one is turned to lie as the other."""
        return turn_between(self.orientation, other.orientation)

    def is_near(self, other: _Place) -> bool:
        """Tell whether a head can have gone from one to the other."""
        if abs(self.depth - other.depth) > UNEVEN * self.depth:
            return False
        move = np.linalg.norm(self.middle - other.middle)
        room = min(_LARGEST_MOVE_MM, self.depth / 2)
        return bool(move <= room and self.turn_to(other) <= _LARGEST_TURN_DEGREES)


def joined_volumes(stacks: Sequence[Stack]) -> list[Stack]:
    """Join stacks of one kind whose volumes are turned a little against each other.

    So are those of 3D PACE (Thesen et al., Magn Reson Med 44:457, 2000) and navigators of the head
    (dcm2niix issue 404: "orientation varies (vNav or localizer?)").

    Parameters
    ----------
    stacks : sequence of Stack
        One a plane, of as many slices.

    Returns
    -------
    list of Stack
        Joined ones have the place of their first volume, and say so.
    """
    if len(stacks) < 2 or len(stacks[0].volumes[0]) < 2:
        return list(stacks)
    acquired = sorted(stacks, key=lambda stack: stack.start)
    placed = [(stack, _Place(stack.volumes[0])) for stack in acquired]
    groups = gathered(placed, lambda first, other: first[1].is_near(other[1]))
    return [stack for group in groups for stack in _joined(group)]


def _joined(group: Sequence[tuple[Stack, _Place]]) -> list[Stack]:
    stacks = [stack for stack, _ in group]
    volumes, doubt = as_acquired(volume for stack in stacks for volume in stack.volumes)
    if len(stacks) == 1 or len(volumes) < _FEWEST_VOLUMES:
        return stacks
    place = _Place(volumes[0])
    turn = max(place.turn_to(other) for _, other in group)
    turned = f"volumes are turned by up to {turn:.1f} degrees; the geometry of the first is used"
    return [Stack(volumes, warnings=[*warnings_of(stacks), *doubt, turned])]
