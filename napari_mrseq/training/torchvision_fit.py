"""Train a classifier of torchvision as PyTorch's transfer-learning tutorial does.

Taken for the recipe of the old program, which prepares pictures as the tutorial does; its own
training program was not at hand. A ResNet from ImageNet's weights, three equal colours, a random
part of the picture cut to 224 × 224 and mirrored by chance, SGD with momentum, the rate falling
to a tenth every seven epochs. No class for what is unknown. Products are rounded to bfloat16 where
the processor multiplies it, which the tutorial does not do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from napari_mrseq.errors import ModelError, told_when_stopped
from napari_mrseq.model import networks, running
from napari_mrseq.model.card_file import WEIGHTS_SUFFIX
from napari_mrseq.model.torchvision_preparation import (
    CENTRE,
    SHORT_SIDE,
    grey_picture,
    to_tensor_after,
)
from napari_mrseq.training.backbone import start_from_model
from napari_mrseq.training.labelled_slices import read_slice
from napari_mrseq.training.state import CHECKPOINT, UNBEGUN, Part, purpose_of, run_epochs

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor, nn

    from napari_mrseq.training.catalogue import Row

# Width and level that the old program laid over DICOM.
WINDOW = (150.0, 80.0)


@dataclass(frozen=True)
class TorchvisionRecipe:
    """How a classifier of torchvision is trained; the defaults are the tutorial's.

    Attributes
    ----------
    network : str
        Its name in torchvision.
    epochs, batch : int
        Epochs, and pictures a step.
    draws : int or None
        Pictures of an epoch, drawn by chance; None for all.
    rate, momentum, fall : float
        Of SGD; the rate is multiplied by `fall` every `step` epochs.
    step : int
        Epochs between two falls.
    held_out : int or None
        Fold that is not trained on.
    seed : int
        Of all chance.
    """

    network: str
    epochs: int = 25
    draws: int | None = None
    batch: int = 4
    rate: float = 0.001
    momentum: float = 0.9
    step: int = 7
    fall: float = 0.1
    held_out: int | None = None
    seed: int = 0


def fit_torchvision(
    rows: Sequence[Row],
    classes: tuple[str, ...],
    recipe: TorchvisionRecipe,
    folder: Path,
    *,
    start: Path | None = None,
    model: str = "",
    resume: bool = False,
    log: Callable[[str], None] = print,
) -> dict[str, Tensor]:
    """Train a network on pictures that are read a batch at a time.

    Takes what `fit.fit` does, but for pictures and teachers; `start` may be a state dict of
    torchvision's, too; without it weights are those of chance.

    Returns
    -------
    dict of str to Tensor
        Weights after the last epoch.

    Raises
    ------
    CatalogueError
        If a picture can't be read.
    ModelError
        If the weights to start from, or the state to go on from, belong to another network.
    """
    with told_when_stopped(UNBEGUN, log):
        trainer = _Trainer(rows, classes, recipe, start)
    purpose = purpose_of(recipe, rows, classes, (start,), model)
    run_epochs(trainer, recipe.epochs, folder / CHECKPOINT, purpose, resume=resume, log=log)
    weights: dict[str, Tensor] = trainer.network.state_dict()
    return {name: tensor.cpu().contiguous() for name, tensor in weights.items()}


def picture_of(row: Row) -> Image.Image:
    """Return the 8-bit picture of a row, its short side 256."""
    read = read_slice(row)
    picture = grey_picture(read.pixels, WINDOW, as_shown=read.as_shown)
    from torchvision.transforms.functional import resize

    small: Image.Image = resize(picture, SHORT_SIDE)
    return small


class _Trainer:
    """State of one training, from epoch to epoch."""

    def __init__(
        self,
        rows: Sequence[Row],
        classes: tuple[str, ...],
        recipe: TorchvisionRecipe,
        start: Path | None,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.rows = recipe, rows
        self.labels = torch.tensor([classes.index(row.label) for row in rows])
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        network = networks.build(recipe.network, len(classes))
        if start:
            _copied(network, start, recipe.network, classes)
        self.network = network.to(self.device).to(memory_format=torch.channels_last)
        self.half = running.training_precision(self.device)
        self.optimizer = torch.optim.SGD(
            self.network.parameters(), lr=recipe.rate, momentum=recipe.momentum
        )
        self.schedule = torch.optim.lr_scheduler.StepLR(
            self.optimizer, recipe.step, gamma=recipe.fall
        )
        # Not sooner: `networks.build` has care of how torchvision is imported.
        from torchvision.transforms import RandomHorizontalFlip, RandomResizedCrop

        self.varied = to_tensor_after(RandomResizedCrop(CENTRE), RandomHorizontalFlip())

    def run_epoch(self) -> tuple[float, int]:
        """Train one epoch; return the mean loss of a step, and how many pictures were drawn."""
        self.network.train()
        total, steps = 0.0, 0
        drawn = torch.randperm(len(self.rows))[: self.recipe.draws]
        for chosen in drawn.split(self.recipe.batch):
            # Batch statistics of a single picture mean nothing.
            if len(chosen) > 1 or self.recipe.batch == 1:
                total, steps = total + self._step(chosen), steps + 1
        self.schedule.step()
        return total / max(steps, 1), len(drawn)

    def _step(self, chosen: Tensor) -> float:
        pictures = [self.varied(picture_of(self.rows[i])) for i in chosen.tolist()]
        inputs = torch.stack(pictures).to(self.device, memory_format=torch.channels_last)
        with running.precision(self.device, self.half):
            logits = self.network(inputs)
        # Some of torchvision's networks give more than one answer while they are trained.
        main: Tensor = logits if isinstance(logits, torch.Tensor) else logits[0]
        loss = functional.cross_entropy(main.float(), self.labels[chosen].to(self.device))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def parts(self) -> dict[str, Part]:
        """Return what has a state, by name."""
        return {
            "network": self.network,
            "optimizer": self.optimizer,
            "schedule": self.schedule,
        }


def _copied(network: nn.Module, path: Path, name: str, classes: tuple[str, ...]) -> None:
    """Copy weights into a network; from a state dict of torchvision's all but those of classes."""
    if path.suffix == WEIGHTS_SUFFIX:
        start_from_model(network, path, name, classes)
        return
    from napari_mrseq.model.checkpoint import read_state_dict

    target = network.state_dict()
    found = read_state_dict(path)
    left_out = networks.of_classes(name, len(classes))
    for key, tensor in target.items():
        if key in left_out:
            continue
        if key not in found or found[key].shape != tensor.shape:
            raise ModelError(f"{path} is no {name}: {key} is missing or of another shape")
        target[key] = found[key]
    network.load_state_dict(target)
