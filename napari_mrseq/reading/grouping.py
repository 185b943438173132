"""What belongs together: by a label, a key or a likeness, or as numbers that lie near."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

_Label = TypeVar("_Label", bound=Hashable)
_Member = TypeVar("_Member")


def labelled(labels: Iterable[_Label], members: Iterable[_Member]) -> dict[_Label, list[_Member]]:
    """Put the members of each label together, in the order of the first of each."""
    groups: dict[_Label, list[_Member]] = {}
    for label, member in zip(labels, members, strict=True):
        groups.setdefault(label, []).append(member)
    return groups


def grouped(members: Sequence[_Member], key: Callable[[_Member], Hashable]) -> list[list[_Member]]:
    """Group members by an attribute, in the order of the first of each group."""
    return list(labelled(map(key, members), members).values())


def gathered(
    members: Iterable[_Member], fit: Callable[[_Member, _Member], bool]
) -> list[list[_Member]]:
    """Put each member to the first group whose first member it fits, else to one of its own."""
    groups: list[list[_Member]] = []
    for member in members:
        home = next((group for group in groups if fit(group[0], member)), None)
        if home is None:
            groups.append([member])
        else:
            home.append(member)
    return groups


def levels(values: Sequence[float], tolerance: float) -> list[int]:
    """Number distinct values from the lowest, 0, up; neighbours within the tolerance are one."""
    found: dict[float, int] = {}
    level = -1
    last = float("-inf")
    for value in sorted(set(values)):
        level += value - last > tolerance
        found[value] = level
        last = value
    return [found[value] for value in values]
