"""The state of a training on disk, so that it can stop and go on at any time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, replace
from typing import TYPE_CHECKING, Any, Protocol

import torch

from napari_mrseq.errors import ModelError
from napari_mrseq.model.registry import file_hash

if TYPE_CHECKING:
    from pathlib import Path

    from napari_mrseq.training.catalogue import Row
    from napari_mrseq.training.fit import Recipe
    from napari_mrseq.training.torchvision_fit import TorchvisionRecipe

CHECKPOINT = "checkpoint.pt"
_REMEDY = "train without --resume, or go on with what it was begun with"


class Part(Protocol):
    """What has a state: a network, an optimizer, a schedule."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state."""

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any:
        """Take the state."""


def purpose_of(
    recipe: Recipe | TorchvisionRecipe,
    rows: Sequence[Row],
    classes: Sequence[str],
    weights: Sequence[Path | None],
) -> dict[str, Any]:
    """Return what a state is good for: only a training of the same goes on from it.

    Parameters
    ----------
    recipe : Recipe or TorchvisionRecipe
        How it is trained.
    rows : sequence of Row
        What on.
    classes : sequence of str
        Order of the outputs.
    weights : sequence of (Path or None)
        Files it starts from, where it does, and is taught by.
    """
    labelled = [astuple(replace(row, path=row.path.absolute())) for row in rows]
    return {
        "recipe": asdict(recipe),
        "list of classes": list(classes),
        "catalogue": hashlib.sha256(repr(labelled).encode()).hexdigest(),
        "start or teacher": [file_hash(path) for path in weights if path],
    }


def save_state(
    path: Path,
    purpose: Mapping[str, Any],
    epoch: int,
    parts: Mapping[str, Part],
    generator: torch.Generator | None = None,
) -> None:
    """Write the state; a crash while writing must not lose the last one.

    Parameters
    ----------
    path : Path
        The file.
    purpose : mapping
        Of `purpose_of`.
    epoch : int
        Passes done.
    parts : mapping of str to Part
        What has a state.
    generator : torch.Generator, optional
        A source of chance beside torch's own.
    """
    state: dict[str, Any] = {name: part.state_dict() for name, part in parts.items()}
    state |= {"purpose": dict(purpose), "epoch": epoch, "torch": torch.get_rng_state()}
    if generator:
        state["generator"] = generator.get_state()
    beside = path.with_suffix(".new")
    torch.save(state, beside)
    beside.replace(path)


def load_state(
    path: Path,
    purpose: Mapping[str, Any],
    parts: Mapping[str, Part],
    generator: torch.Generator | None = None,
) -> int:
    """Take what `save_state` wrote, and return the passes done.

    Raises
    ------
    ModelError
        If there is none, it is damaged, or it belongs to another training.
    """
    state = _read(path)
    for what, own in purpose.items():
        if state["purpose"][what] != own:
            raise ModelError(f"{path} belongs to another {what}: {_REMEDY}")
    for name, part in parts.items():
        part.load_state_dict(state[name])
    if generator:
        generator.set_state(state["generator"])
    torch.set_rng_state(state["torch"])
    return int(state["epoch"])


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ModelError(f"{path} is not there: nothing to go on from")
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds on damaged files
        # torch's own words advise what is not safe.
        cause = type(error).__name__
        raise ModelError(f"{path} is damaged ({cause}): train without --resume") from error
    if "purpose" not in state:
        raise ModelError(
            f"{path} is of an older version, and does not tell what it was trained on: "
            "train without --resume"
        )
    return state
