"""Convolutions that clamp their result in the same pass, on processors.

A third of a prediction went into clamping (ReLU6), which waits for memory, and some of it into
rounding the same weights, and laying them out as oneDNN reads them, at each call.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

# Bounds of ReLU6.
LOW, HIGH = 0.0, 6.0


def fused(network: nn.Module) -> nn.Module:
    """Replace each convolution of a network for prediction, and the ReLU6 behind it, in place.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode, with batch normalisation folded into its convolutions
        (`running.folded`), on the processor.
    """
    if not _available():
        return network
    for module in list(network.modules()):
        if not isinstance(module, nn.Sequential):
            continue
        kinds = [type(layer) for layer in module]
        if kinds[:2] == [nn.Conv2d, nn.Identity] and kinds[2:] in ([], [nn.ReLU6]):
            module[0] = FusedConvolution(module[0], clamped=len(kinds) > 2)  # type: ignore[arg-type]
            if len(kinds) > 2:
                module[2] = nn.Identity()
    return network


def _available() -> bool:
    """Tell whether torch has oneDNN, and the operations that its own compiler calls it by."""
    needed = ("_convolution_pointwise", "_reorder_convolution_weight")
    return torch.backends.mkldnn.is_available() and all(
        hasattr(torch.ops.mkldnn, name) for name in needed
    )


class FusedConvolution(nn.Module):
    """A convolution, and a ReLU6 where there is one, as a single operation of oneDNN.

    Parameters
    ----------
    convolution : nn.Conv2d
        With a bias, zeros beyond the border.
    clamped : bool
        Whether a ReLU6 follows.
    """

    def __init__(self, convolution: nn.Conv2d, *, clamped: bool) -> None:
        super().__init__()
        self.convolution, self.clamped = convolution, clamped
        self.laid_out: dict[torch.dtype, tuple[Tensor, Tensor]] = {}

    def forward(self, images: Tensor) -> Tensor:
        """Return (n, channels, rows, columns) maps, in the precision of the context."""
        # Exporters and compilers know plain convolutions alone.
        if torch.compiler.is_compiling():
            maps: Tensor = self.convolution(images)
            return maps.clamp(LOW, HIGH) if self.clamped else maps
        autocast = torch.is_autocast_enabled("cpu")
        kind = torch.get_autocast_dtype("cpu") if autocast else torch.float32
        weight, bias = self._weights(kind, images.shape)
        how = ("hardtanh", [LOW, HIGH], "") if self.clamped else ("none", [], "")
        one = self.convolution
        result: Tensor = torch.ops.mkldnn._convolution_pointwise(
            images.to(kind), weight, bias, one.padding, one.stride, one.dilation, one.groups, *how
        )
        return result

    def __getstate__(self) -> dict[str, object]:
        """Leave out of a copy what oneDNN laid out for itself, which can't be copied."""
        return self.__dict__ | {"laid_out": {}}

    def _weights(self, kind: torch.dtype, shape: torch.Size) -> tuple[Tensor, Tensor]:
        if kind not in self.laid_out:
            one = self.convolution
            weight = one.weight.detach().to(kind)
            bias = one.bias.detach().to(kind)  # type: ignore[union-attr]  # folding gives it
            # The best order depends on the images; oneDNN reads any, if more slowly.
            weight = torch.ops.mkldnn._reorder_convolution_weight(
                weight, one.padding, one.stride, one.dilation, one.groups, shape
            )
            self.laid_out[kind] = (weight, bias)
        return self.laid_out[kind]
