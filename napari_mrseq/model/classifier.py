"""A loaded network: which device it runs on, and what it says of slices."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from napari_mrseq.errors import DeviceError, ModelError
from napari_mrseq.model import networks, registry, running
from napari_mrseq.model.card import TORCHVISION
from napari_mrseq.model.card_file import ONNX_SUFFIX, read_card
from napari_mrseq.model.fused import fused
from napari_mrseq.model.onnx_file import load_onnx_network
from napari_mrseq.model.preparation import prepare, real_values
from napari_mrseq.model.torchvision_preparation import prepare_as_torchvision
from napari_mrseq.model.weights_file import read_weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from napari_mrseq.model.card import Card


@dataclass(frozen=True, eq=False)
class Model:
    """A network with its card, on its device.

    Attributes
    ----------
    card : Card
        Classes, input size, calibration, training.
    sha256 : str
        Hash of the weights file.
    device : str
        What it really runs on: ``"cpu"``, ``"cuda:0"``, ``"mps"``.
    half : torch.dtype, optional
        What products are rounded to at the first look; float32 without it. bfloat16 is coarse:
        where it leaves the word in doubt, and where half precision ends, float32 looks again.
    """

    card: Card
    sha256: str
    device: str
    network: torch.nn.Module = field(repr=False)
    half: torch.dtype | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self.card.name

    @property
    def version(self) -> str:
        """The model's version."""
        return self.card.version

    @property
    def identity(self) -> dict[str, str]:
        """What tells the model from all others: ``name``, ``version`` and ``sha256``."""
        return {"name": self.name, "version": self.version, "sha256": self.sha256}

    @property
    def classes(self) -> tuple[str, ...]:
        """Codes of the sequences, in the order of the probabilities."""
        return self.card.classes

    def predict(
        self, slices: ArrayLike, *, pixel_spacing: tuple[float, float] | None = None
    ) -> NDArray[np.float32]:
        """Return calibrated probabilities.

        Parameters
        ----------
        slices : (n, rows, columns) array_like
            Grey values on any scale; of complex ones the magnitude counts.
        pixel_spacing : tuple of float, optional
            mm along (row, column).

        Returns
        -------
        (n, classes) float32 array
            Rows sum to 1.

        Raises
        ------
        ValueError
            If the slices are not a stack of non-empty pictures, or `pixel_spacing` is not two
            lengths above 0.
        ModelError
            If the network's answers are no numbers.
        """
        return self.examine(slices, pixel_spacing=pixel_spacing)[0]

    def examine(
        self,
        slices: ArrayLike,
        *,
        pixel_spacing: tuple[float, float] | None = None,
        as_shown: bool | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return calibrated probabilities, and for each slice how much it shows (0 to 1).

        Takes and raises what `predict` does, and `as_shown`: the values are a picture's, so that
        an imported network's window is not for them (by default where they are 8 bits).
        """
        stack = real_values(slices)
        if stack.ndim != 3 or 0 in stack.shape[1:]:
            raise ValueError(f"slices of shape (n, rows, columns) are needed, not {stack.shape}")
        at_once = running.batch_size(self.device, self.card.input_size, self.half)
        parts = (stack[start : start + at_once] for start in range(0, len(stack), at_once))
        batches = [self._examine(part, pixel_spacing, as_shown) for part in parts]
        if not batches:
            return np.zeros((0, len(self.classes)), np.float32), np.zeros(0, np.float32)
        probabilities, weights = zip(*batches, strict=True)
        return np.concatenate(probabilities), np.concatenate(weights)

    @torch.inference_mode()
    def _examine(
        self,
        stack: NDArray[Any],
        pixel_spacing: tuple[float, float] | None,
        as_shown: bool | None,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        images, weights = prepare(stack, self.card.input_size, pixel_spacing=pixel_spacing)
        if self.card.preparation == TORCHVISION:
            batch = prepare_as_torchvision(stack, self.card.window, as_shown=as_shown)
            return self._probabilities(self.network, batch).numpy(), weights.numpy()
        # What shows nothing may be anything, whatever the network would dream of it.
        probabilities = torch.full((len(images), len(self.classes)), 1 / len(self.classes))
        shown = weights > 0
        if bool(shown.any()):
            probabilities[shown] = self._probabilities(self._answer, images[shown])
        return probabilities.numpy(), weights.numpy()

    def _answer(self, images: torch.Tensor) -> torch.Tensor:
        return logits_of(self.network, images, networks.channel_count(self.card.network))

    def _probabilities(
        self, answer: Callable[[torch.Tensor], torch.Tensor], images: torch.Tensor
    ) -> torch.Tensor:
        temperature, threshold = self.card.calibration.temperature, self.card.calibration.threshold
        logits = running.run(answer, images, self.device, self.half)
        # float16 ends at 65,504: what a network counts beyond it is a number in float32.
        again = ~logits.isfinite().all(dim=1)
        if self.half == torch.bfloat16:
            first = torch.softmax(logits / temperature, dim=1)
            again |= running.close_calls(first, self.classes, threshold)
        if self.half and bool(again.any()):
            logits[again] = running.run(answer, images[again], self.device, None)
        if not bool(logits.isfinite().all()):
            # A name would be given them.
            raise ModelError(
                f"the model {self.name} answers with what is no number: its training diverged, or "
                "its file is damaged; take another copy of the file, or another model"
            )
        return torch.softmax(logits / temperature, dim=1)


def logits_of(network: torch.nn.Module, images: torch.Tensor, channels: int) -> torch.Tensor:
    """Return (n, classes) logits of prepared (n, 1, size, size) images between 0 and 1.

    A picture and its mirror image get the same answer: which side of the patient is left must not
    matter.
    """
    turned = torch.where(to_be_mirrored(images), images.flip(3), images)
    logits: torch.Tensor = network(network_input(turned, channels))
    return logits.float()


def to_be_mirrored(images: torch.Tensor) -> torch.Tensor:
    """Return (n, 1, 1, 1) booleans: true where the right half of a picture is the brighter one."""
    half = images.shape[3] // 2
    left, right = images[..., :half], images[..., -half:]
    return (right - left).mean(dim=(1, 2, 3), keepdim=True) > 0


def network_input(images: torch.Tensor, channels: int = 1) -> torch.Tensor:
    """Scale prepared images from 0–1 to −1–1, as Lite0's ImageNet weights expect them."""
    batch = (images * 2 - 1).expand(-1, channels, -1, -1)
    return batch.contiguous(memory_format=torch.channels_last)


def load_model(name_or_path: str | Path = registry.DEFAULT, device: str = "auto") -> Model:
    """Load a network with its card.

    Parameters
    ----------
    name_or_path : str or Path
        ``"default"``, the name of a model (`registry.entries`), or a weights file; an ONNX file
        that this program exported runs on ONNX Runtime, on the CPU.
    device : str
        ``"auto"`` (a GPU where there is one), ``"cuda"``, ``"mps"`` or ``"cpu"``.

    Raises
    ------
    ModelError
        If there is no such model, or its file is damaged.
    DeviceError
        If this machine lacks the device, or that fails: its memory may be full.
    """
    chosen = running.choose_device(device)
    path, sha256 = registry.find(name_or_path)
    card = read_card(path)
    if path.suffix == ONNX_SUFFIX:
        if device not in ("auto", "cpu"):
            raise DeviceError(f"{path} is an ONNX file, which is run on the cpu alone here")
        runner = load_onnx_network(path, card)
        return Model(card=card, sha256=sha256, device="cpu", network=runner)
    network = networks.build(card.network, len(card.classes), familiarity=card.familiarity)
    weights = read_weights(path)
    if told := networks.misfit(network, weights):
        raise ModelError(
            f"{path} does not hold what its model card tells of, {card.network} with "
            f"{len(card.classes)} classes ({told}): copy it again, or make it anew"
        )
    networks.fill(network, weights)
    networks.check_finite(weights, path)
    network = running.folded(network.float().eval())
    try:
        network = network.to(chosen).to(memory_format=torch.channels_last)
    except RuntimeError as error:
        raise running.failure_of(chosen, error) from error
    if card.preparation == TORCHVISION:
        # An imported network answers as the program that it comes from.
        return Model(card=card, sha256=sha256, device=chosen, network=network)
    if chosen == "cpu":
        network = fused(network)
    half = running.half_precision(chosen)
    return Model(card=card, sha256=sha256, device=chosen, network=network, half=half)
