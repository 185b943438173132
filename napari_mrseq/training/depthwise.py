"""Gradients of depthwise convolutions, in the few forms that processors have fast code for.

oneDNN computes two of them in bfloat16 a hundred times slower than the rest: that of the pictures
where the stride is 2, and that of weights larger than 3 × 3. They took 60 % of a training step of
EfficientNet-Lite0 on two cores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from torch.autograd.function import FunctionCtx

_PATCH = 3


def speed_up_depthwise(network: nn.Module) -> None:
    """Give the depthwise convolutions of a network, in place, gradients that are quick to compute.

    Parameters
    ----------
    network : nn.Module
        Convolutions with one square kernel of odd size a channel, padded by half of it, without
        bias or dilation, are found; others are left. Its answers, gradients and state dict stay
        the same.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and _is_plain_depthwise(module):
            module.__class__ = _DepthwiseConvolution


def _is_plain_depthwise(module: nn.Conv2d) -> bool:
    """Tell whether a convolution is of the one form that is computed below."""
    rows, columns = module.kernel_size
    return (
        1 < module.groups == module.in_channels == module.out_channels
        and rows == columns
        and rows % 2 == 1
        and module.stride[0] == module.stride[1]
        and module.padding == (rows // 2,) * 2
        and module.padding_mode == "zeros"
        and module.dilation == (1, 1)
        and module.bias is None
    )


class _DepthwiseConvolution(nn.Conv2d):
    def forward(self, input: Tensor) -> Tensor:
        kind = input.device.type
        weight = self.weight
        if torch.is_autocast_enabled(kind):
            half = torch.get_autocast_dtype(kind)
            input, weight = input.to(half), weight.to(half)
        weight = weight.contiguous(memory_format=torch.channels_last)
        result: Tensor = _Convolved.apply(input, weight, self.stride[0])
        return result


class _Convolved(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, images: Tensor, weight: Tensor, stride: int) -> Tensor:
        ctx.save_for_backward(images, weight)
        ctx.stride = stride
        return _convolved(images, weight, stride)

    @staticmethod
    def backward(ctx: FunctionCtx, *gradients: Tensor) -> tuple[Tensor | None, Tensor, None]:
        images, weight = ctx.saved_tensors  # type: ignore[attr-defined]
        stride: int = ctx.stride  # type: ignore[attr-defined]
        gradient = gradients[0].contiguous(memory_format=torch.channels_last)
        wanted = ctx.needs_input_grad[0]  # type: ignore[attr-defined]
        of_images = _of_images(gradient, images, weight, stride) if wanted else None
        return of_images, _of_weight(gradient, images, weight, stride), None


def _convolved(images: Tensor, weight: Tensor, stride: int) -> Tensor:
    return functional.conv2d(
        images, weight, stride=stride, padding=weight.shape[-1] // 2, groups=len(weight)
    )


def _of_images(gradient: Tensor, images: Tensor, weight: Tensor, stride: int) -> Tensor:
    """Convolve with the mirrored kernel, zeros between the gradients where pixels were skipped."""
    if stride > 1:
        spread = torch.zeros_like(images)
        spread[:, :, ::stride, ::stride] = gradient
        gradient = spread
    return _convolved(gradient, weight.flip(2, 3), 1)


def _of_weight(gradient: Tensor, images: Tensor, weight: Tensor, stride: int) -> Tensor:
    """Put the gradient of a large kernel together from those of 3 × 3 patches of it."""
    size = weight.shape[-1]
    if size <= _PATCH:
        return _of_kernel(gradient, images, weight, stride, size // 2)
    padded = functional.pad(images, (size // 2,) * 4)
    patch = weight[:, :, :_PATCH, :_PATCH].contiguous(memory_format=torch.channels_last)
    rows, columns = ((extent - 1) * stride + _PATCH for extent in gradient.shape[2:])
    result = torch.empty_like(weight)
    for row in range(0, size - 1, 2):
        for column in range(0, size - 1, 2):
            seen = padded[:, :, row : row + rows, column : column + columns]
            seen = seen.contiguous(memory_format=torch.channels_last)
            place = result[:, :, row : row + _PATCH, column : column + _PATCH]
            place.copy_(_of_kernel(gradient, seen, patch, stride, 0))
    return result


def _of_kernel(
    gradient: Tensor, images: Tensor, weight: Tensor, stride: int, padding: int
) -> Tensor:
    wanted = (False, True, False)
    both = torch.ops.aten.convolution_backward(
        gradient, images, weight, None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0],
        len(weight), wanted,
    )  # fmt: skip
    result: Tensor = both[1]
    return result
