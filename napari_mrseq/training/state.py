"""The state of a training on disk, so that it can stop and go on at any time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import torch

from napari_mrseq.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

CHECKPOINT = "checkpoint.pt"


class Part(Protocol):
    """What has a state: a network, an optimizer, a schedule."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state."""

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any:
        """Take the state."""


def save_state(
    path: Path,
    recipe: Mapping[str, Any],
    epoch: int,
    parts: Mapping[str, Part],
    generator: torch.Generator | None = None,
) -> None:
    """Write the state; a crash while writing must not lose the last one.

    Parameters
    ----------
    path : Path
        The file.
    recipe : mapping
        How it is trained: only the same recipe goes on from it.
    epoch : int
        Passes done.
    parts : mapping of str to Part
        What has a state.
    generator : torch.Generator, optional
        A source of chance beside torch's own.
    """
    state: dict[str, Any] = {name: part.state_dict() for name, part in parts.items()}
    state |= {"recipe": dict(recipe), "epoch": epoch, "torch": torch.get_rng_state()}
    if generator:
        state["generator"] = generator.get_state()
    beside = path.with_suffix(".new")
    torch.save(state, beside)
    beside.replace(path)


def load_state(
    path: Path,
    recipe: Mapping[str, Any],
    parts: Mapping[str, Part],
    generator: torch.Generator | None = None,
) -> int:
    """Take what `save_state` wrote, and return the passes done.

    Raises
    ------
    ModelError
        If there is none, or it belongs to another recipe.
    """
    if not path.is_file():
        raise ModelError(f"{path} is not there: nothing to go on from")
    state = torch.load(path, weights_only=True)
    if state["recipe"] != recipe:
        raise ModelError(f"{path} belongs to another recipe: {state['recipe']}")
    for name, part in parts.items():
        part.load_state_dict(state[name])
    if generator:
        generator.set_state(state["generator"])
    torch.set_rng_state(state["torch"])
    return int(state["epoch"])
