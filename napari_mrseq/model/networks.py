"""Architectures by name."""

from __future__ import annotations

import math
import sys
import warnings
from collections import OrderedDict
from typing import TYPE_CHECKING, cast

import torch
from torch import nn

from napari_mrseq.errors import ModelError
from napari_mrseq.model.familiarity import Familiarity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import ModuleType

    from torch import Tensor

LITE = "efficientnet_lite0"
# Width and depth in units of Lite0's (Liu, EfficientNet-Lite, TensorFlow blog, 2020).
LITES = {LITE: (1.0, 1.0), "efficientnet_lite2": (1.1, 1.2)}
# expansion, kernel, stride, channels, repeats: table 1 of Tan & Le, EfficientNet (2019).
_STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
_STEM, _FEATURES = 32, 1280


def build(name: str, class_count: int, dropout: float = 0.0, familiarity: int = 0) -> nn.Module:
    """Build an untrained network.

    Parameters
    ----------
    name : str
        One of `LITES` (one grey channel) or any classifier of torchvision, by its name there
        (``"resnet18"``, ``"resnet152"``; three channels).
    class_count : int
        Number of outputs.
    dropout : float
        Share of features dropped before the last layer while training; for those of `LITES` alone.
    familiarity : int
        Rank of `Familiarity`; 0 for none. For those of `LITES` alone.

    Raises
    ------
    ModelError
        If there is no network of this name.
    """
    if name in LITES:
        return EfficientNetLite(class_count, dropout, familiarity, LITES[name])
    models = _torchvision_models()
    known = models.list_models(module=models)
    if name not in known:
        there = ", ".join((*LITES, *known))
        raise ModelError(f"no network is called {name!r}; there are {there}")
    with warnings.catch_warnings():
        # Of how Inception's weights begin in a later torchvision: nothing that a user could change.
        warnings.simplefilter("ignore", FutureWarning)
        network: nn.Module = models.get_model(name, weights=None, num_classes=class_count)
    return network


def of_classes(name: str, class_count: int) -> set[str]:
    """Return which weights of a network are as many as its classes; of others they are no use.

    GoogLeNet has such layers in its middle, too.
    """
    with torch.device("meta"):
        own, wider = (build(name, count).state_dict() for count in (class_count, class_count + 1))
    return {key for key, tensor in own.items() if tensor.shape != wider[key].shape}


def fill(network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Put weights into a network that names them all.

    Raises
    ------
    RuntimeError
        If names or shapes are others than the network's.
    """
    told: OrderedDict[str, Tensor] = OrderedDict(weights)
    # MNASNet asks of which version of its own they are; a weights file holds tensors alone.
    told._metadata = network.state_dict()._metadata  # type: ignore[attr-defined]
    network.load_state_dict(told)


def misfit(network: nn.Module, weights: Mapping[str, Tensor]) -> str:
    """Say of the first of some weights that a network has no place for; ``""`` where all fit."""
    wanted = network.state_dict()
    for name in (*wanted, *weights):
        if name not in weights:
            return f"{name} is missing"
        if name not in wanted:
            return f"{name} is none of its weights"
        if (found := tuple(weights[name].shape)) != (shape := tuple(wanted[name].shape)):
            return f"{name} has the shape {found}, not {shape}"
    return ""


def check_finite(weights: Mapping[str, Tensor], path: Path) -> None:
    """Refuse weights that are no numbers, as a training that went astray leaves them.

    Raises
    ------
    ModelError
        If one isn't finite; names the file.
    """
    for name, tensor in weights.items():
        if not bool(torch.isfinite(tensor).all()):
            raise ModelError(
                f"{path}: the weights {name} are not all numbers: the file is damaged, or its "
                "training diverged. Take another copy of the file, or train the network again"
            )


def _torchvision_models() -> ModuleType:
    """Import torchvision, which takes as long as torch: only for those who ask for its networks.

    It brings triton where that is installed, whose LLVM crashes the process (a segmentation fault)
    where Mesa has drawn napari's window with its own. Without CUDA nothing needs triton.
    """
    hidden = not torch.cuda.is_available() and "triton" not in sys.modules
    if hidden:
        sys.modules["triton"] = cast("ModuleType", None)  # an import then says: not installed
    try:
        from torchvision import models
    finally:
        if hidden:
            del sys.modules["triton"]
    return cast("ModuleType", models)


def channel_count(name: str) -> int:
    """Return how many colours the network takes: 1 for our own, 3 for torchvision's."""
    return 1 if name in LITES else 3


class EfficientNetLite(nn.Module):
    """EfficientNet-Lite for grey images: no squeeze-and-excitation, ReLU6, stem kept narrow.

    With odd input sizes (129, 161, …) the symmetric padding here equals TensorFlow's "same", so
    that ImageNet weights from there fit to the pixel.

    Parameters
    ----------
    class_count : int
        Number of outputs.
    dropout : float
        Share of features dropped before the last layer while training.
    familiarity : int
        Rank of `Familiarity`; 0 for none.
    scale : tuple of float
        Width and depth in units of Lite0's.
    """

    def __init__(
        self, class_count: int, dropout: float, familiarity: int, scale: tuple[float, float]
    ) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        inputs = _STEM
        for expansion, kernel, stride, channels, repeats in _scaled(*scale):
            for repeat in range(repeats):
                first_stride = stride if repeat == 0 else 1
                blocks.append(_InvertedResidual(inputs, channels, expansion, kernel, first_stride))
                inputs = channels
        self.stem = _convolution(1, _STEM, 3, stride=2)
        self.blocks = nn.Sequential(*blocks)
        self.head = _convolution(inputs, _FEATURES, 1)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(_FEATURES, class_count)
        self.familiarity = Familiarity(_FEATURES, class_count, familiarity) if familiarity else None

    def features(self, images: Tensor) -> Tensor:
        """Return the (n, features) that the last layer sees of (n, 1, rows, columns) images."""
        maps: Tensor = self.head(self.blocks(self.stem(images)))
        return maps.mean(dim=(2, 3))

    def forward(self, images: Tensor) -> Tensor:
        """Return (n, classes) logits of (n, 1, rows, columns) images."""
        features = self.features(images)
        logits: Tensor = self.classifier(self.dropout(features))
        return logits if self.familiarity is None else self.familiarity(features, logits)


def _scaled(width: float, depth: float) -> list[tuple[int, int, int, int, int]]:
    """Widen all stages to multiples of 8 channels; lengthen all but the first and the last."""
    stages = []
    for place, (expansion, kernel, stride, channels, repeats) in enumerate(_STAGES):
        wide = max(8, int(channels * width + 4) // 8 * 8)
        inner = 0 < place < len(_STAGES) - 1
        long = math.ceil(repeats * depth) if inner else repeats
        stages.append((expansion, kernel, stride, wide, long))
    return stages


class _InvertedResidual(nn.Module):
    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = inputs * expansion
        layers = [] if expansion == 1 else [_convolution(inputs, wide, 1)]
        layers.append(_convolution(wide, wide, kernel, stride=stride, groups=wide))
        layers.append(_convolution(wide, outputs, 1, activation=False))
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.layers(images)
        return features + images if self.residual else features


def _convolution(
    inputs: int,
    outputs: int,
    kernel: int,
    *,
    stride: int = 1,
    groups: int = 1,
    activation: bool = True,
) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    fan_out = kernel * kernel * outputs // groups
    nn.init.normal_(convolution.weight, std=math.sqrt(2.0 / fan_out))
    layers: list[nn.Module] = [convolution, nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01)]
    if activation:
        layers.append(nn.ReLU6(inplace=True))
    return nn.Sequential(*layers)
