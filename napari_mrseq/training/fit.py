"""Fit a network to labelled pictures; stop and go on at any time."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import get_ema_multi_avg_fn

from napari_mrseq.model import networks, running
from napari_mrseq.model.classifier import network_input
from napari_mrseq.training.augmentation import augment
from napari_mrseq.training.backbone import start_from_imagenet, start_from_model
from napari_mrseq.training.catalogue import Row
from napari_mrseq.training.depthwise import quicken_depthwise
from napari_mrseq.training.folds import trained_on
from napari_mrseq.training.images import sampling_weights
from napari_mrseq.training.mp2rage import as_uniform
from napari_mrseq.training.negatives import make_negatives
from napari_mrseq.training.regions import region_of
from napari_mrseq.training.scalp import distances, with_scalp
from napari_mrseq.training.state import CHECKPOINT, Part, load_state, purpose_of, save_state
from napari_mrseq.training.targets import targets_of, unknown_target
from napari_mrseq.training.teachers import Teachers

# Part of each batch that is made into something unknown.
NEGATIVE_SHARE = 0.05
# Part of the stripped brains that get a skull and a scalp.
SCALP_SHARE = 0.5
# Part of the T1 of whole heads that become what MP2RAGE gives.
UNIFORM_SHARE = 0.25
# Share of each step in the averaged batch statistics: they belong to the last size that was seen.
STATISTICS_RATE = 0.02
# Share of what teachers say in what is taught; the rest is the label.
TAUGHT_SHARE = 0.5


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Attributes
    ----------
    network : str
        Architecture, as `networks.build` knows it.
    input_size, stored_size : int
        Rows and columns the network sees, and of the prepared pictures it is cut from.
    early_share : float
        Share of the passes, the first ones, in which it sees three quarters of the rows and
        columns: that takes half the time (progressive learning; Tan & Le, EfficientNetV2, 2021).
    epochs, draws, batch : int
        Passes, pictures a pass, pictures a step.
    rate, decay, dropout, smoothing, doubtful_smoothing, averaging : float
        Peak learning rate and weight decay (AdamW, one cycle), dropped features, label smoothing
        on sure and on doubtful labels, decay of the averaged weights.
    held_out : int or None
        Fold that is not trained on.
    seed : int
        Of all chance.
    """

    network: str = networks.LITE
    input_size: int = 129
    stored_size: int = 193
    early_share: float = 0.6
    epochs: int = 20
    draws: int = 8000
    batch: int = 64
    rate: float = 6e-4
    decay: float = 0.03
    dropout: float = 0.3
    smoothing: float = 0.06
    doubtful_smoothing: float = 0.2
    averaging: float = 0.998
    held_out: int | None = None
    seed: int = 0

    @property
    def judged_size(self) -> int:
        """Rows and columns that are judged later: an eighth more than are trained on.

        Zooms make things look larger in training than they do later (Touvron et al., Fixing the
        train-test resolution discrepancy, NeurIPS 2019).
        """
        return (self.input_size - 1) * 9 // 8 + 1


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
        Their labels and groups; those of the fold held out are not drawn.
    classes : tuple of str
        Order of the outputs.
    recipe : Recipe
        How.
    folder : Path
        Where the state is kept after each epoch.
    start : Path, optional
        Weights file of a model to start from, instead of ImageNet's weights.
    teachers : sequence of Path
        Weights files of models whose answers are taught beside the labels.
    resume : bool
        Go on from the state in `folder`.
    log : callable
        Takes a line of progress.

    Returns
    -------
    dict of str to Tensor
        Averaged weights, with batch statistics.

    Raises
    ------
    CatalogueError
        If no picture is left to train on.
    ModelError
        If the state to go on from is missing or belongs to another training, or a teacher knows
        other classes.
    """
    kept = trained_on(rows, recipe.held_out)
    own = [rows[i] for i in kept]
    trainer = _Trainer(images[kept], shown[kept], own, classes, recipe, start)
    trainer.teachers = Teachers(teachers, classes, trainer.device) if teachers else None
    checkpoint, parts = folder / CHECKPOINT, trainer.parts()
    purpose = purpose_of(recipe, own, classes, (start, *teachers))
    if resume:
        trainer.epoch = load_state(checkpoint, purpose, parts, trainer.generator)
    while trainer.epoch < recipe.epochs:
        log(trainer.run_epoch())
        save_state(checkpoint, purpose, trainer.epoch, parts, trainer.generator)
    weights: dict[str, Tensor] = trainer.averaged.state_dict()
    return weights


class _Trainer:
    """State of one training, from epoch to epoch."""

    def __init__(
        self,
        images: Tensor,
        shown: Tensor,
        rows: list[Row],
        classes: tuple[str, ...],
        recipe: Recipe,
        start: Path | None,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.epoch = recipe, 0
        self.teachers: Teachers | None = None
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.half = running.training_precision(self.device)
        self.channels = networks.channel_count(recipe.network)
        self.images = images.to(self.device)
        self.stripped = torch.tensor([row.stripped for row in rows])
        self.whole_t1 = torch.tensor([_whole_t1(row) for row in rows])
        self.away = distances(images[self.stripped]).to(self.device)
        self.place_of_away = self.stripped.cumsum(0) - 1
        self.targets = targets_of(
            rows, classes, shown,
            smoothing=recipe.smoothing, doubtful_smoothing=recipe.doubtful_smoothing,
        ).to(self.device)  # fmt: skip
        self.unknown = unknown_target(classes, recipe.smoothing).to(self.device)
        self.chances = sampling_weights(rows)
        self.generator = torch.Generator().manual_seed(recipe.seed)
        self.network = _start(recipe, classes, start).to(self.device)
        self.network = self.network.to(memory_format=torch.channels_last)
        if self.device == "cpu":
            quicken_depthwise(self.network)
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

    def run_epoch(self) -> str:
        """Train one epoch and return a line about it."""
        self.network.train()
        start, total = time.monotonic(), torch.zeros((), device=self.device)
        draws = torch.multinomial(
            self.chances, self.steps * self.recipe.batch, True, generator=self.generator
        )
        for chosen in draws.split(self.recipe.batch):
            total += self._step(chosen)
        self.epoch += 1
        loss = float(total) / self.steps
        seconds = time.monotonic() - start
        return (
            f"epoch {self.epoch} of {self.recipe.epochs}: loss {loss:.3f}, "
            f"{len(draws) / seconds:.0f} pictures a second"
        )

    def _step(self, chosen: Tensor) -> Tensor:
        inputs, targets = self._batch(chosen)
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

    def _batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        here = self._here(chosen)
        pictures, targets = self.images[here].float() / 255, self.targets[here]
        covered = self._some(self.stripped[chosen], SCALP_SHARE)
        if len(covered):
            away = self.away[self._here(self.place_of_away[chosen[covered]])]
            places = self._here(covered)
            pictures[places] = with_scalp(pictures[places], away, self.generator)
        places = self._here(self._some(self.whole_t1[chosen], UNIFORM_SHARE))
        if len(places):
            pictures[places] = as_uniform(pictures[places], self.generator)
        places = self._here(self._some(torch.ones(len(chosen), dtype=torch.bool), NEGATIVE_SHARE))
        if len(places):
            pictures[places] = make_negatives(pictures[places], self.generator)
            targets[places] = self.unknown
        inputs = augment(pictures, self.size, self.generator)
        if self.teachers:
            targets = targets.lerp(self.teachers.opinion(inputs, self.generator), TAUGHT_SHARE)
        return inputs, targets

    def _some(self, among: Tensor, share: float) -> Tensor:
        """Return the places, drawn by chance, of a share of those that are true."""
        return (among & (torch.rand(len(among), generator=self.generator) < share)).nonzero()[:, 0]

    def _here(self, places: Tensor) -> Tensor:
        return places.to(self.device, non_blocking=True)

    @property
    def size(self) -> int:
        """Rows and columns that the network sees in this pass."""
        early = self.epoch < self.recipe.early_share * self.recipe.epochs
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


def _whole_t1(row: Row) -> bool:
    return row.label == "T1" and region_of(row.body_part) == "head" and not row.stripped


def _start(recipe: Recipe, classes: tuple[str, ...], start: Path | None) -> nn.Module:
    network = networks.build(recipe.network, len(classes), recipe.dropout)
    if start:
        start_from_model(network, start, recipe.network, classes)
    elif isinstance(network, networks.EfficientNetLite):
        start_from_imagenet(network, recipe.network)
    return network
