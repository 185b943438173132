"""How a network is run: on what, how precisely, how many slices at once."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from napari_mrseq.errors import DeviceError
from napari_mrseq.model import registry
from napari_mrseq.sequences import MEMBER_SHARE, family_of

if TYPE_CHECKING:
    from torch import Tensor

# Slices at once on a processor: their features stay in its cache (fastest of 4 to 128 tried).
CPU_BATCH = 16
# With features of two bytes twice as many: a tenth faster still.
CPU_BATCH_HALF = 32
# The same on a GPU of Apple's, which shares the computer's memory.
MPS_BATCH = 64
# Memory a pixel of a slice takes on a card: more than ResNet-152 needs for its largest features.
BYTES_A_PIXEL = 1024
# More slices at once are no faster.
CUDA_BATCH = 512
# From this compute capability on (Ampere) cards multiply bfloat16; older ones emulate it.
BF16_CAPABILITY = (8, 0)
# bfloat16 moved a probability by less than this in 98 of 100 real slices (median 0.006).
DOUBT = 0.03

# torch's threads don't survive a fork: a process of the user's own would wait for them for ever.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=partial(torch.set_num_threads, 1))


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
        raise DeviceError(f"no device is called {wish!r}; there are {', '.join(registry.DEVICES)}")
    device = there[0] if wish == "auto" else wish
    if device not in there:
        raise DeviceError(f"this machine has no {wish} device; it has {', '.join(there)}")
    return "cuda:0" if device == "cuda" else device


def share_threads(processes: int) -> None:
    """Leave so many processes their share of the cores; more threads would wait for each other."""
    torch.set_num_threads(max(1, torch.get_num_threads() // processes))


def half_precision(device: str) -> torch.dtype | None:
    """Return the number of two bytes that the device multiplies natively, None if there is none.

    Processors without such arithmetic would emulate it, slower than float32.
    """
    if device.startswith("cuda"):
        return torch.float16
    # A torch that can't tell is taken for one on a processor that can't.
    tellers = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    native = device == "cpu" and any(getattr(torch.cpu, teller, bool)() for teller in tellers)
    return torch.bfloat16 if native else None


def training_precision(device: str) -> torch.dtype | None:
    """Return what products are rounded to while a network is trained, None for float32.

    bfloat16 or nothing: the gradients of float16 would need to be scaled.
    """
    if device.startswith("cuda"):
        native = torch.cuda.get_device_capability(device) >= BF16_CAPABILITY
    else:
        native = half_precision(device) is not None
    return torch.bfloat16 if native else None


def precision(device: str, half: torch.dtype | None) -> contextlib.AbstractContextManager[object]:
    """Return the context in which products are rounded to `half`; None for float32."""
    return torch.autocast(device.partition(":")[0], half) if half else contextlib.nullcontext()


def batch_size(device: str, size: int, half: torch.dtype | None) -> int:
    """Return how many slices of `size` × `size` pixels are judged at once: as the card has room."""
    if device == "mps":
        return MPS_BATCH
    if not device.startswith("cuda"):
        return CPU_BATCH_HALF if half else CPU_BATCH
    free, _ = torch.cuda.mem_get_info(device)
    return max(1, min(CUDA_BATCH, free // 2 // (BYTES_A_PIXEL * size**2)))


def run(
    answer: Callable[[Tensor], Tensor], images: Tensor, device: str, half: torch.dtype | None
) -> Tensor:
    """Run a network on its device; where memory does not suffice, on half as many at a time.

    Parameters
    ----------
    answer : callable
        Takes (n, …) images on the device, returns (n, classes) logits.
    images : (n, …) tensor
        On the processor.
    device : str
        As `choose_device` returns it.
    half : torch.dtype or None
        Precision of the products; None for float32.

    Returns
    -------
    (n, classes) float32 tensor
        On the processor.

    Raises
    ------
    DeviceError
        If not even one fits into the memory of the device, or a device beside the processor fails.
    """
    kind = device.partition(":")[0]
    try:
        # Only from pinned memory does a card fetch while the processor goes on.
        source = images.pin_memory() if kind == "cuda" else images
        with precision(device, half):
            return answer(source.to(device, non_blocking=kind == "cuda")).float().cpu()
    except RuntimeError as error:
        is_full = "out of memory" in str(error)
        if kind == "cpu" and not is_full:
            raise
        if not is_full or len(images) == 1:
            raise failure_of(device, error) from error
    if kind == "cuda":
        torch.cuda.empty_cache()
    parts = images.split((len(images) + 1) // 2)
    return torch.cat([run(answer, part, device, half) for part in parts])


def failure_of(device: str, error: RuntimeError) -> DeviceError:
    """Say in words that a device fails: full, too old for this torch, or without its driver."""
    if "out of memory" in str(error):
        return DeviceError(f"{device} has no memory left; choose the device cpu")
    cause = str(error).partition("\n")[0]
    return DeviceError(f"{device} can't run the network ({cause}); choose the device cpu")


def close_calls(probabilities: Tensor, classes: Sequence[str], threshold: float) -> Tensor:
    """Tell of which slices rounding might change the word.

    Parameters
    ----------
    probabilities : (n, classes) tensor
        As half precision gives them.
    classes : sequence of str
        Codes of the columns.
    threshold : float
        Probability from which a family is named.

    Returns
    -------
    (n,) bool tensor
        True where two classes or two families lead nearly alike, or the best family lies near
        the threshold, or its best member near the share from which it is told.
    """
    families = sorted({family_of(code) for code in classes})
    place = torch.tensor([families.index(family_of(code)) for code in classes])
    totals = probabilities.new_zeros((len(probabilities), len(families)))
    totals.index_add_(1, place, probabilities)
    best, leader = totals.max(dim=1)
    near = (best - threshold).abs() < DOUBT
    of_best = place == leader[:, None]
    member = torch.where(of_best, probabilities, 0.0).amax(dim=1)
    near |= (of_best.sum(dim=1) > 1) & ((member - MEMBER_SHARE * best).abs() < DOUBT)
    for rivals in (probabilities, totals):
        if rivals.shape[1] > 1:
            first, second = rivals.topk(2, dim=1).values.unbind(dim=1)
            near |= first - second < 2 * DOUBT
    return near


def folded(network: nn.Module) -> nn.Module:
    """Fold each batch normalisation that follows a convolution into it, in place.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode; pairs in an ``nn.Sequential`` are found, others are left.
    """
    for module in network.modules():
        if not isinstance(module, nn.Sequential):
            continue
        for index in range(len(module) - 1):
            first, second = module[index], module[index + 1]
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                module[index] = fuse_conv_bn_eval(first, second)
                module[index + 1] = nn.Identity()
    return network
