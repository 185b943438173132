"""Fit a network to labelled pictures; stop and go on at any time."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from napari_mrseq.errors import CatalogueError
from napari_mrseq.model import networks, running
from napari_mrseq.model.classifier import network_input
from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.training.augmentation import augment
from napari_mrseq.training.backbone import start_from_imagenet, start_from_model
from napari_mrseq.training.catalogue import Row
from napari_mrseq.training.depthwise import quicken_depthwise
from napari_mrseq.training.images import sampling_weights
from napari_mrseq.training.negatives import make_negatives
from napari_mrseq.training.scalp import with_scalp
from napari_mrseq.training.state import CHECKPOINT, Part, load_state, save_state
from napari_mrseq.training.teachers import Teachers

# Part of each batch that is made into something unknown.
NEGATIVE_SHARE = 0.05
# Part of the stripped brains that get a skull and a scalp.
SCALP_SHARE = 0.5
# A slice that shows this much is taught its label; one that shows less, in part, to be unknown.
PLAIN = 0.1
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
        If the state to go on from is missing or belongs to another recipe, or a teacher knows
        other classes.
    """
    kept = [i for i, row in enumerate(rows) if row.fold != recipe.held_out]
    if not kept:
        raise CatalogueError("no picture is left to train on: every one is in the fold held out")
    trainer = _Trainer(images[kept], shown[kept], [rows[i] for i in kept], classes, recipe, start)
    trainer.teachers = Teachers(teachers, classes, trainer.device) if teachers else None
    checkpoint = folder / CHECKPOINT
    if resume:
        trainer.epoch = load_state(checkpoint, asdict(recipe), trainer.parts(), trainer.generator)
    while trainer.epoch < recipe.epochs:
        log(trainer.run_epoch())
        save_state(checkpoint, asdict(recipe), trainer.epoch, trainer.parts(), trainer.generator)
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
        self.recipe, self.images, self.epoch = recipe, images, 0
        self.teachers: Teachers | None = None
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.half = running.training_precision(self.device)
        self.channels = networks.channel_count(recipe.network)
        self.unknown = classes.index(UNKNOWN)
        self.stripped = torch.tensor([row.stripped for row in rows])
        self.certainty = (shown / PLAIN).clamp(0, 1)
        self.labels = torch.tensor([classes.index(row.label) for row in rows])
        self.smoothing = torch.tensor(
            [recipe.doubtful_smoothing if row.doubtful else recipe.smoothing for row in rows]
        )
        self.chances = sampling_weights(rows)
        self.generator = torch.Generator().manual_seed(recipe.seed)
        network = networks.build(recipe.network, len(classes), recipe.dropout)
        if start:
            start_from_model(network, start, recipe.network, classes)
        elif isinstance(network, networks.EfficientNetLite):
            start_from_imagenet(network)
        quicken_depthwise(network)
        self.network = network.to(self.device).to(memory_format=torch.channels_last)
        self.averaged = copy.deepcopy(self.network).eval()
        self.steps = recipe.draws // recipe.batch
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=recipe.rate, weight_decay=recipe.decay
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, recipe.rate, total_steps=recipe.epochs * self.steps, pct_start=0.15
        )

    def run_epoch(self) -> str:
        """Train one epoch and return a line about it."""
        self.network.train()
        start, total = time.monotonic(), 0.0
        draws = torch.multinomial(
            self.chances, self.steps * self.recipe.batch, True, generator=self.generator
        )
        for chosen in draws.split(self.recipe.batch):
            total += self._step(chosen)
        self.epoch += 1
        seconds = time.monotonic() - start
        return (
            f"epoch {self.epoch} of {self.recipe.epochs}: loss {total / self.steps:.3f}, "
            f"{len(draws) / seconds:.0f} pictures a second"
        )

    def _step(self, chosen: Tensor) -> float:
        inputs, targets = self._batch(chosen)
        with running.precision(self.device, self.half):
            logits = self.network(network_input(inputs.to(self.device), self.channels))
        loss = functional.cross_entropy(logits.float(), targets.to(self.device))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.optimizer.step()
        self.schedule.step()
        self._average()
        return loss.item()

    def _batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        pictures = self.images[chosen].float() / 255
        labels, smoothing = self.labels[chosen], self.smoothing[chosen]
        certainty = self.certainty[chosen, None]
        covered = torch.rand(len(chosen), generator=self.generator) < SCALP_SHARE
        covered &= self.stripped[chosen]
        if bool(covered.any()):
            pictures[covered] = with_scalp(pictures[covered], self.generator)
        made = torch.rand(len(chosen), generator=self.generator) < NEGATIVE_SHARE
        if bool(made.any()):
            pictures[made] = make_negatives(pictures[made], self.generator)
            labels = torch.where(made, self.unknown, labels)
        inputs = augment(pictures, self.size, self.generator)
        count = self.network_outputs
        unknown = functional.one_hot(torch.full_like(labels, self.unknown), count)
        targets = certainty * functional.one_hot(labels, count) + (1 - certainty) * unknown
        targets = targets * (1 - smoothing[:, None]) + smoothing[:, None] / count
        if self.teachers:
            opinion = self.teachers.opinion(inputs, self.generator).cpu()
            targets = targets.lerp(opinion, TAUGHT_SHARE)
        return inputs, targets

    @property
    def size(self) -> int:
        """Rows and columns that the network sees in this pass."""
        early = self.epoch < self.recipe.early_share * self.recipe.epochs
        full = self.recipe.input_size
        return (full - 1) * 3 // 4 + 1 if early else full

    @property
    def network_outputs(self) -> int:
        """Number of classes."""
        last = list(self.network.parameters())[-1]
        return int(last.shape[0])

    @torch.no_grad()
    def _average(self) -> None:
        # Early on the average must not remember the untrained start.
        done = self.schedule.last_epoch
        decay = min(self.recipe.averaging, (1 + done) / (10 + done))
        current = self.network.state_dict()
        learnt = {name for name, _ in self.network.named_parameters()}
        for name, average in self.averaged.state_dict().items():
            if average.is_floating_point():
                average.lerp_(current[name], 1 - decay if name in learnt else STATISTICS_RATE)
            else:
                average.copy_(current[name])

    def parts(self) -> dict[str, Part]:
        """Return what has a state, by name."""
        return {
            "network": self.network,
            "averaged": self.averaged,
            "optimizer": self.optimizer,
            "schedule": self.schedule,
        }
