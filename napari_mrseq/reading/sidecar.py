"""The BIDS sidecar of a NIfTI file: the one beside it, and those it inherits from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from napari_mrseq.reading.damage import damage_in
from napari_mrseq.reading.inheritance import files_for
from napari_mrseq.reading.privacy import public_sidecar


def sidecar_of(folder: Path, stem: str) -> tuple[Mapping[str, Any] | None, tuple[str, ...]]:
    """Return what the sidecars of a NIfTI file say, naming nobody, and what is wrong with them.

    What the nearer of them say counts more (`files_for`).

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
