"""Fit a network to labelled pictures; stop and go on at any time."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import get_ema_multi_avg_fn

from napari_mrseq.errors import told_when_stopped
from napari_mrseq.model import networks, running
from napari_mrseq.model.classifier import network_input
from napari_mrseq.training.backbone import start_from_imagenet, start_from_model
from napari_mrseq.training.batches import Batches
from napari_mrseq.training.catalogue import Row
from napari_mrseq.training.depthwise import speed_up_depthwise
from napari_mrseq.training.recipe import Recipe
from napari_mrseq.training.state import CHECKPOINT, UNBEGUN, Part, purpose_of, run_epochs
from napari_mrseq.training.teachers import Teachers

# Share of each step in the averaged batch statistics: they belong to the last size that was seen.
STATISTICS_RATE = 0.02


def fit(
    images: Tensor,
    shown: Tensor,
    rows: list[Row],
    classes: tuple[str, ...],
    recipe: Recipe,
    folder: Path,
    *,
    start: Path | None = None,
    teachers: Sequence[Path] = (),
    model: str = "",
    resume: bool = False,
    log: Callable[[str], None] = print,
) -> dict[str, Tensor]:
    """Train a network.

    Parameters
    ----------
    images : (n, 1, stored_size, stored_size) uint8 tensor
        Prepared pictures.
    shown : (n,) tensor
        How much each shows, as `prepare` tells it: what shows little is taught to be unknown, in
        part.
    rows : list of Row
        Their labels and groups; none of the fold held out.
    classes : tuple of str
        Order of the outputs.
    folder : Path
        Where the state is kept after each epoch.
    recipe, start, teachers, resume, log
        As `run.train` takes them.
    model : str
        Name and version of what it becomes: who goes on must call it the same.

    Returns
    -------
    dict of str to Tensor
        Averaged weights, with batch statistics.

    Raises
    ------
    ModelError
        If the state to go on from is missing or belongs to another training, or a teacher knows
        other classes.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with told_when_stopped(UNBEGUN, log):
        batches = Batches(images, shown, rows, classes, recipe, device)
        trainer = _Trainer(batches, classes, recipe, start)
        # After the seed is set: building networks takes from the chance that dropout draws from.
        batches.teachers = Teachers(teachers, classes, device) if teachers else None
    purpose = purpose_of(recipe, rows, classes, (start, *teachers), model)
    run_epochs(
        trainer, recipe.epochs, folder / CHECKPOINT, purpose, batches.generator,
        resume=resume, log=log,
    )  # fmt: skip
    weights: dict[str, Tensor] = trainer.averaged.state_dict()
    return weights


class _Trainer:
    """State of one training, from epoch to epoch."""

    def __init__(
        self, batches: Batches, classes: tuple[str, ...], recipe: Recipe, start: Path | None
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.batches, self.recipe = batches, recipe
        self.device = batches.device
        self.half = running.training_precision(self.device)
        self.channels = networks.channel_count(recipe.network)
        self.network = _begun(recipe, classes, start).to(self.device)
        self.network = self.network.to(memory_format=torch.channels_last)
        if self.device == "cpu":
            speed_up_depthwise(self.network)
        self.averaged = copy.deepcopy(self.network).eval()
        self.steps = recipe.draws // recipe.batch
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(),
            lr=recipe.rate,
            weight_decay=recipe.decay,
            fused=self.device == "cuda",
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, recipe.rate, total_steps=recipe.epochs * self.steps, pct_start=0.15
        )

    def run_epoch(self) -> tuple[float, int]:
        """Train one epoch; return the mean loss of a step, and how many pictures were drawn."""
        self.network.train()
        total = torch.zeros((), device=self.device)
        draws = self.batches.draw(self.steps * self.recipe.batch)
        for chosen in draws.split(self.recipe.batch):
            total += self._step(chosen)
        return float(total) / self.steps, len(draws)

    def _step(self, chosen: Tensor) -> Tensor:
        inputs, targets = self.batches.take(chosen, self.size)
        with running.precision(self.device, self.half):
            logits = self.network(network_input(inputs, self.channels))
        loss = functional.cross_entropy(logits.float(), targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.optimizer.step()
        self.schedule.step()
        self._average()
        return loss.detach()

    @property
    def size(self) -> int:
        """Rows and columns that the network sees in this epoch."""
        epoch = self.schedule.last_epoch // self.steps
        early = epoch < self.recipe.early_share * self.recipe.epochs
        full = self.recipe.input_size
        return (full - 1) * 3 // 4 + 1 if early else full

    @torch.no_grad()
    def _average(self) -> None:
        # Early on the average must not remember the untrained start.
        done = self.schedule.last_epoch
        decay = min(self.recipe.averaging, (1 + done) / (10 + done))
        learnt = list(self.averaged.parameters()), list(self.network.parameters())
        get_ema_multi_avg_fn(decay)(*learnt, done)
        buffers = (self.averaged.buffers(), self.network.buffers())
        measured = [[b for b in some if b.is_floating_point()] for some in buffers]
        if measured[0]:
            get_ema_multi_avg_fn(1 - STATISTICS_RATE)(*measured, done)

    def parts(self) -> dict[str, Part]:
        """Return what has a state, by name."""
        return {
            "network": self.network,
            "averaged": self.averaged,
            "optimizer": self.optimizer,
            "schedule": self.schedule,
        }


def _begun(recipe: Recipe, classes: tuple[str, ...], start: Path | None) -> nn.Module:
    network = networks.build(recipe.network, len(classes), recipe.dropout)
    if start:
        start_from_model(network, start, recipe.network, classes)
    elif isinstance(network, networks.EfficientNetLite):
        start_from_imagenet(network, recipe.network)
    return network
