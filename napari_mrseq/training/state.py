"""The state of a training on disk, so that it can stop and go on at any time."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol
from zipfile import BadZipFile, ZipFile

import torch
from torch import nn

from napari_mrseq.errors import STOPS, ModelError
from napari_mrseq.model.card_file import file_hash
from napari_mrseq.safe_writing import written_whole

if TYPE_CHECKING:
    from pathlib import Path

    from napari_mrseq.training.catalogue import Row
    from napari_mrseq.training.recipe import Recipe
    from napari_mrseq.training.torchvision_fit import TorchvisionRecipe

UNBEGUN = "stopped before an epoch began: nothing was learnt"
CHECKPOINT = "checkpoint.pt"
# What a state tells in words; of all else it tells whether it is the same.
NAME = "name or version"
# A network that guesses has the logarithm of the number of classes; this is of one that is lost.
MOST_LOSS = 100.0
_REMEDY = "go on with what it was begun with, or name another --output"
_ANEW = "delete it and train without --resume"


# What has a state.
Part = nn.Module | torch.optim.Optimizer | torch.optim.lr_scheduler.LRScheduler


class Trainer(Protocol):
    """A training that goes epoch by epoch."""

    def run_epoch(self) -> tuple[float, int]:
        """Train one epoch; return the mean loss of a step, and how many pictures were drawn."""

    def parts(self) -> Mapping[str, Part]:
        """Return what has a state, by name."""


def run_epochs(
    trainer: Trainer,
    epochs: int,
    path: Path,
    purpose: Mapping[str, Any],
    generator: torch.Generator | None = None,
    *,
    resume: bool,
    log: Callable[[str], None],
) -> None:
    """Train, and keep the state after each epoch.

    Parameters
    ----------
    trainer : Trainer
        What is trained.
    epochs : int
        Epochs in all.
    path : Path
        The file that keeps the state.
    purpose : mapping
        Of `purpose_of`.
    generator : torch.Generator, optional
        A source of chance beside torch's own.
    resume : bool
        Go on from the state that is there.
    log : callable
        Takes a line on each epoch, and one when it is stopped.

    Raises
    ------
    ModelError
        See `read_state`; or if the state can't be written, or the loss grows beyond all bounds.
    """
    state = _State(path, purpose, trainer.parts(), generator)
    kept = state.load() if resume else 0
    try:
        while kept < epochs:
            begin = time.monotonic()
            loss, pictures = trainer.run_epoch()
            _refuse_diverged(loss, kept + 1)
            speed = pictures / (time.monotonic() - begin)
            state.save(kept + 1)
            # Who reads that an epoch is done may stop at once: it is kept.
            kept += 1
            log(f"epoch {kept} of {epochs}: loss {loss:.3f}, {speed:.0f} pictures a second")
    except STOPS:
        after = f"stopped after epoch {kept} of {epochs}: the same command with --resume goes on"
        log(after if kept else "stopped before the first epoch was done: nothing of it is kept")
        raise


def trainings_in(folder: Path) -> list[Path]:
    """Return the folders of an output that hold a training: itself, and those of its folds."""
    folders = (folder, *sorted(folder.glob("fold-*")))
    return [one for one in folders if (one / CHECKPOINT).is_file()]


def _refuse_diverged(loss: float, epoch: int) -> None:
    """Refuse to go on with, and to write, what has learnt nothing but to be wrong."""
    if not math.isfinite(loss) or loss > MOST_LOSS:
        raise ModelError(
            f"the training diverged: its loss is {loss:.3g} in epoch {epoch}; start again with a "
            "lower --rate and another --output"
        )


def purpose_of(
    recipe: Recipe | TorchvisionRecipe,
    rows: Sequence[Row],
    classes: Sequence[str],
    weights: Sequence[Path | None],
    model: str,
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
    model : str
        Name and version that it gives its model.
    """
    labelled = [astuple(replace(row, path=row.path.absolute())) for row in rows]
    return {
        "recipe": asdict(recipe),
        "list of classes": list(classes),
        "catalogue": hashlib.sha256(repr(labelled).encode()).hexdigest(),
        "start or teacher": [file_hash(path) for path in weights if path],
        NAME: model,
    }


@dataclass(frozen=True)
class _State:
    """What is kept of a training, in a file."""

    path: Path
    purpose: Mapping[str, Any]
    parts: Mapping[str, Part]
    generator: torch.Generator | None

    def save(self, epoch: int) -> None:
        """Write the state; a crash while writing must not lose the last one."""
        state: dict[str, Any] = {name: part.state_dict() for name, part in self.parts.items()}
        state |= {"purpose": dict(self.purpose), "epoch": epoch, "torch": torch.get_rng_state()}
        if torch.cuda.is_available():
            # Dropout on a card draws from the card's own chance.
            state["cuda"] = torch.cuda.get_rng_state()
        if self.generator:
            state["generator"] = self.generator.get_state()
        try:
            with written_whole(self.path) as beside:
                torch.save(state, beside)
        except RuntimeError as error:  # torch's own for whatever keeps it from writing
            raise ModelError(f"{self.path} can't be written: is the disk full?") from error

    def load(self) -> int:
        """Take the state that was written, and return the epochs done."""
        state = read_state(self.path, self.purpose)
        for name, part in self.parts.items():
            part.load_state_dict(state[name])
        if self.generator:
            self.generator.set_state(state["generator"])
        torch.set_rng_state(state["torch"])
        if torch.cuda.is_available() and "cuda" in state:
            torch.cuda.set_rng_state(state["cuda"])
        return int(state["epoch"])


def read_state(path: Path, purpose: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state that was written.

    Raises
    ------
    ModelError
        If there is none, it is damaged, or it belongs to another training.
    """
    state = _read(path)
    for what, own in purpose.items():
        # Older states don't tell the name.
        begun = state["purpose"].get(what, own)
        if begun != own:
            told = f" ({begun})" if what == NAME else ""
            raise ModelError(f"{path} belongs to another {what}{told}: {_REMEDY}")
    return state


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ModelError(f"{path} is not there: nothing to go on from, train without --resume")
    try:
        # torch compares no checksums: a changed bit would become another weight.
        with ZipFile(path) as packed:
            if changed := packed.testzip():
                raise BadZipFile(changed)
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds on damaged files
        # torch's own words advise what is not safe.
        cause = type(error).__name__
        raise ModelError(f"{path} is damaged ({cause}): {_ANEW}") from error
    if "purpose" not in state:
        raise ModelError(
            f"{path} is of an older version, and does not tell what it was trained on: {_ANEW}"
        )
    return state
