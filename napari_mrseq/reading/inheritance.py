"""The files that tell of an image of a BIDS data set: the one beside it, and those above it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

# What marks the root of a BIDS data set, beyond which nothing is inherited.
_ROOT = "dataset_description.json"
# No image needs as many to be named; each one more doubles the names that may hold for it.
_MOST_ENTITIES = 10


def files_for(folder: Path, stem: str, ending: str) -> list[Path]:
    """Return the files that hold for an image, the one whose word counts most last.

    In a BIDS data set what stands in a folder above holds for all images of the same suffix whose
    names hold all of its entities (``task-rest_bold.json``); what is nearer counts more (BIDS
    1.10, inheritance principle). Outside one only the file beside the image holds.

    Parameters
    ----------
    folder, stem : Path, str
        Where the image lies, and its name without ``.nii.gz``.
    ending : str
        ``".json"`` or ``".bval"``.
    """
    own = folder.absolute() / f"{stem}{ending}"
    found = dict.fromkeys((*_inherited(folder, stem, ending), own))
    return [file for file in found if file.is_file()]


def _inherited(folder: Path, stem: str, ending: str) -> Iterator[Path]:
    """Yield where a file may lie that an image inherits from, those at the root first."""
    *entities, suffix = stem.split("_")
    if not 0 < len(entities) <= _MOST_ENTITIES or not all("-" in entity for entity in entities):
        return
    levels = [folder.absolute(), *folder.absolute().parents]
    root = next((i for i, level in enumerate(levels) if (level / _ROOT).is_file()), -1)
    for level in reversed(levels[: root + 1]):
        # Those that say less about which images they hold for come first.
        for count in range(len(entities) + 1):
            for some in combinations(entities, count):
                yield level / f"{'_'.join((*some, suffix))}{ending}"
