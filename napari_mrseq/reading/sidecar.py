"""The BIDS sidecar of a NIfTI file: the one beside it, and those it inherits from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from napari_mrseq.reading.damage import damage_in
from napari_mrseq.reading.privacy import public_sidecar

# What marks the root of a BIDS data set, beyond which nothing is inherited.
_ROOT = "dataset_description.json"


def sidecar_of(folder: Path, stem: str) -> tuple[Mapping[str, Any] | None, tuple[str, ...]]:
    """Return what the sidecars of a NIfTI file say, naming nobody, and what is wrong with them.

    In a BIDS data set what stands in a folder above holds for all images of the same suffix whose
    names hold all of its entities (``task-rest_bold.json``); what is nearer counts more (BIDS
    1.10, inheritance principle).

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
    found: dict[str, Any] | None = None
    problems: list[str] = []
    own = folder.absolute() / f"{stem}.json"
    for file in dict.fromkeys((*_inherited(folder, stem), own)):
        if not file.is_file():
            continue
        content, problem = _content(file)
        if content is not None:
            found = {**(found or {}), **content}
        else:
            problems.append(problem)
    return None if found is None else public_sidecar(found), tuple(problems)


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


def _inherited(folder: Path, stem: str) -> Iterator[Path]:
    """Yield the sidecars an image inherits from, those of the root of its data set first."""
    *entities, suffix = stem.split("_")
    if not entities or not all("-" in entity for entity in entities):
        return
    levels = [folder.absolute(), *folder.absolute().parents]
    root = next((i for i, level in enumerate(levels) if (level / _ROOT).is_file()), -1)
    for level in reversed(levels[: root + 1]):
        fitting = (file for file in level.glob("*.json") if _holds_for(file, entities, suffix))
        # Those that say less about which images they hold for come first.
        yield from sorted(fitting, key=lambda file: (len(file.stem), file.stem))


def _holds_for(file: Path, entities: list[str], suffix: str) -> bool:
    *asked, kind = file.stem.split("_")
    return kind == suffix and set(asked) <= set(entities)
