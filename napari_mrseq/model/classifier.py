"""A loaded network: which device it runs on, and what it says of slices."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from napari_mrseq.errors import DeviceError, ModelError
from napari_mrseq.model import networks, registry
from napari_mrseq.model.card import TORCHVISION
from napari_mrseq.model.onnx_file import load_onnx_network
from napari_mrseq.model.preparation import prepare
from napari_mrseq.model.torchvision_preparation import prepare_as_torchvision

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from napari_mrseq.model.card import Card

BATCH_SLICES = 32


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
    """

    card: Card
    sha256: str
    device: str
    network: torch.nn.Module

    @property
    def name(self) -> str:
        """The model's name."""
        return self.card.name

    @property
    def version(self) -> str:
        """The model's version."""
        return self.card.version

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
            Grey values on any scale.
        pixel_spacing : tuple of float, optional
            mm along (row, column).

        Returns
        -------
        (n, classes) float32 array
            Rows sum to 1.

        Raises
        ------
        ValueError
            If the slices are not a stack of non-empty pictures.
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
        stack = np.asarray(slices)
        if stack.ndim != 3 or 0 in stack.shape[1:]:
            raise ValueError(f"slices of shape (n, rows, columns) are needed, not {stack.shape}")
        starts = range(0, len(stack), BATCH_SLICES)
        parts = (stack[start : start + BATCH_SLICES] for start in starts)
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
            logits = self.network(batch.to(self.device)).float()
            answers = torch.softmax(logits / self.card.calibration.temperature, dim=1)
            return answers.cpu().numpy(), weights.numpy()
        channels = networks.channel_count(self.card.network)
        logits = logits_of(self.network, images.to(self.device), channels)
        probabilities = torch.softmax(logits / self.card.calibration.temperature, dim=1).cpu()
        # What shows nothing may be anything, whatever the network dreams of it.
        nothing = torch.full_like(probabilities, 1 / len(self.classes))
        probabilities = torch.where(weights[:, None] > 0, probabilities, nothing)
        return probabilities.numpy(), weights.numpy()


def logits_of(network: torch.nn.Module, images: torch.Tensor, channels: int = 1) -> torch.Tensor:
    """Return (n, classes) logits of prepared (n, 1, size, size) images between 0 and 1.

    The mean of the picture and its mirror image: which side of the patient is left must not
    matter.
    """
    batch = network_input(images, channels)
    both = network(torch.cat((batch, batch.flip(3))))
    logits: torch.Tensor = both.float().unflatten(0, (2, -1)).mean(dim=0)
    return logits


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
        If this machine lacks the device.
    """
    chosen = choose_device(device)
    path, sha256 = registry.find(name_or_path)
    card = registry.read_card(path)
    if path.suffix == registry.ONNX_SUFFIX:
        if device not in ("auto", "cpu"):
            raise DeviceError(f"{path} is an ONNX file, which is run on the cpu alone here")
        return Model(card=card, sha256=sha256, device="cpu", network=load_onnx_network(path))
    network = networks.build(card.network, len(card.classes))
    try:
        network.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError, OSError) as error:
        raise ModelError(f"{path} can't be loaded as {card.network}: {error}") from error
    network = network.float().eval().to(chosen)
    network = network.to(memory_format=torch.channels_last)
    return Model(card=card, sha256=sha256, device=chosen, network=network)


def choose_device(wish: str) -> str:
    """Return the device to use: ``"cpu"``, ``"cuda:0"`` or ``"mps"``.

    Raises
    ------
    DeviceError
        If this machine lacks the one asked for.
    """
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    there = [name for name, usable in present.items() if usable] + ["cpu"]
    if wish not in registry.DEVICES:
        raise DeviceError(f"no device is called {wish!r}; there is {', '.join(registry.DEVICES)}")
    device = there[0] if wish == "auto" else wish
    if device not in there:
        raise DeviceError(f"this machine has no {wish} device; it has {', '.join(there)}")
    return "cuda:0" if device == "cuda" else device
