"""What BIDS keeps beside a NIfTI image: sidecars, and other files that hold for it as they do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from napari_mrseq.reading.damage import damage_in
from napari_mrseq.reading.privacy import public_sidecar

# What marks the root of a BIDS data set, beyond which nothing is inherited.
_ROOT = "dataset_description.json"
# No image needs as many to be named; each one more doubles the names that may hold for it.
_MOST_ENTITIES = 10


def sidecar_of(folder: Path, stem: str) -> tuple[Mapping[str, Any] | None, tuple[str, ...]]:
    """Return what the sidecars of a NIfTI file say, naming nobody, and what is wrong with them.

    Parameters
    ----------
    folder, stem : Path, str
        Where the image lies, and its name without ``.nii.gz``.

    Returns
    -------
    mapping or None
        The merged sidecars; None where there is none.
    tuple of str
        Each sidecar that can't be read, with its cause.
    """
    read = [_content(file) for file in files_for(folder, stem, ".json")]
    found = [content for content, _ in read if content is not None]
    merged = {key: value for content in found for key, value in content.items()}
    problems = tuple(problem for _, problem in read if problem)
    return public_sidecar(merged) if found else None, problems


def files_for(folder: Path, stem: str, ending: str) -> list[Path]:
    """Return the files of an ending (``".bval"``) that hold for an image, what counts most last.

    In a BIDS data set what stands in a folder above holds for all images of the same suffix whose
    names hold all of its entities (``task-rest_bold.json``); what is nearer counts more (BIDS
    1.10, inheritance principle). Outside one only the file beside the image holds.
    """
    own = folder.absolute() / f"{stem}{ending}"
    found = dict.fromkeys((*_inherited(folder.absolute(), stem, ending), own))
    return [file for file in found if file.is_file()]


def _inherited(folder: Path, stem: str, ending: str) -> Iterator[Path]:
    """Yield where a file may lie that an image inherits from, those at the root first."""
    *entities, suffix = stem.split("_")
    if not 0 < len(entities) <= _MOST_ENTITIES or not all("-" in entity for entity in entities):
        return
    levels = [folder, *folder.parents]
    root = next((i for i, level in enumerate(levels) if (level / _ROOT).is_file()), -1)
    for level in reversed(levels[: root + 1]):
        # Those that say less about which images they hold for come first.
        for count in range(len(entities) + 1):
            for some in combinations(entities, count):
                yield level / f"{'_'.join((*some, suffix))}{ending}"


def _content(file: Path) -> tuple[Mapping[str, Any] | None, str]:
    try:
        content = json.loads(file.read_bytes())
    except UnicodeDecodeError:
        return None, f"{file.name} can't be read: save it as UTF-8"
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        return None, f"{file.name} can't be read: it is not valid JSON at {at}, correct it there"
    except (OSError, ValueError, RecursionError) as error:
        return None, f"{file.name} can't be read ({damage_in(error)})"
    return (content, "") if isinstance(content, dict) else (None, f"{file.name} is not a sidecar")
