"""Heat maps: where in a slice the network finds what speaks for a sequence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from napari_mrseq.errors import ModelError
from napari_mrseq.model import running
from napari_mrseq.model.card import TORCHVISION
from napari_mrseq.model.classifier import network_input, to_be_mirrored
from napari_mrseq.model.networks import channel_count
from napari_mrseq.model.preparation import content_box, prepare, real_values
from napari_mrseq.model.torchvision_preparation import black, centre_box, prepare_as_torchvision

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from napari_mrseq.model.classifier import Model

# A side of the picture is as long as so many patches that hide, or so many of their steps.
PATCHES_A_SIDE, STEPS_A_SIDE = 5, 10
# Darker than this share of the brightest is black; so near (pixels) to what isn't, it still counts.
DARK, NEAR = 0.05, 3
# Patches judged at once.
BATCH = 32


def explain(
    model: Model,
    slice_pixels: NDArray[Any],
    class_code: str | Collection[str],
    pixel_spacing: tuple[float, float] | None = None,
    as_shown: bool | None = None,
) -> NDArray[np.float32]:
    """Return where a slice holds evidence for a sequence.

    A black patch is moved over the picture that the network sees; where it hides evidence, the
    odds of the sequence fall (occlusion: Zeiler & Fergus, ECCV 2014).

    Parameters
    ----------
    model : Model
        A loaded network, of any architecture.
    slice_pixels : (rows, columns) array
        Grey values on any scale; of complex ones the magnitude counts.
    class_code : str or collection of str
        One of ``model.classes``, or several that count as one, such as those of a family, but not
        all of them.
    pixel_spacing : tuple of float, optional
        mm along (row, column).
    as_shown : bool, optional
        The values are a picture's, as `Model.examine` takes it.

    Returns
    -------
    (rows, columns) float32 array
        On the slice's own pixels: 1 where hiding costs the sequence most, 0 where it costs
        nothing or helps. All 0 where the slice shows nothing.

    Raises
    ------
    ModelError
        If captum isn't installed, or the model doesn't know the class.
    ValueError
        If it isn't one slice, or all of the model's classes are named, or none.
    """
    occlusion = _captum_occlusion()
    codes = (class_code,) if isinstance(class_code, str) else class_code
    for code in codes:
        if code not in model.classes:
            known = ", ".join(model.classes)
            raise ModelError(f"{model.name} knows no {code!r}; it knows {known}")
    chosen = torch.tensor([code in codes for code in model.classes])
    if bool(chosen.all()) or not bool(chosen.any()):
        raise ValueError(f"some of the classes of {model.name} are needed, not all or none of them")
    slice_pixels = real_values(slice_pixels)
    if slice_pixels.ndim != 2:
        raise ValueError(f"one slice (rows, columns) is needed, not {slice_pixels.shape}")
    view = _view_of(model, slice_pixels, pixel_spacing, as_shown)
    if view is None:
        return np.zeros(slice_pixels.shape, np.float32)
    step = model.card.input_size // STEPS_A_SIDE
    lost = _lost_odds(occlusion, model, view, chosen, step)
    if not bool(lost.isfinite().all()):
        # As prediction does: float16 can't count it.
        lost = _lost_odds(occlusion, replace(model, half=None), view, chosen, step)
    # The patch moves by steps: even out the blocks that they leave.
    half = step // 2
    seen = functional.avg_pool2d(lost.clamp_min(0), 2 * half + 1, 1, half)
    seen = seen * _not_black(view.images - view.hidden)
    seen = seen.flip(3) if view.mirrored else seen
    return _on_slice(seen / seen.max().clamp_min(1e-6), slice_pixels.shape, *view.box)


@dataclass(frozen=True, eq=False)
class _View:
    """What the network sees of a slice.

    Attributes
    ----------
    images : (1, channels, size, size) tensor
        The picture as it is prepared.
    hidden : tensor
        The value of black, of the same shape or one that broadcasts to it.
    mirrored : bool
        Left and right are exchanged in `images`.
    box : pair of pair of float
        Centre and half size of what is shown, in pixels of the slice along (row, column).
    """

    images: Tensor
    hidden: Tensor
    mirrored: bool
    box: tuple[tuple[float, float], tuple[float, float]]


def _view_of(
    model: Model,
    slice_pixels: NDArray[Any],
    pixel_spacing: tuple[float, float] | None,
    as_shown: bool | None,
) -> _View | None:
    """Return what the network sees of a slice, None where that shows nothing."""
    size = model.card.input_size
    images, weights = prepare(slice_pixels[None], size, pixel_spacing=pixel_spacing)
    if not weights[0]:
        return None
    if model.card.preparation == TORCHVISION:
        images = prepare_as_torchvision(slice_pixels[None], model.card.window, as_shown=as_shown)
        return _View(images, black(), False, centre_box(slice_pixels.shape))
    # As prediction does, but once: what is hidden must not turn the picture round.
    mirrored = bool(to_be_mirrored(images))
    box = content_box(slice_pixels, pixel_spacing=pixel_spacing)
    return _View(images.flip(3) if mirrored else images, torch.zeros(1), mirrored, box)


def _captum_occlusion() -> Any:
    """Return captum's class, which an extra brings."""
    try:
        from captum.attr import Occlusion
    except ImportError as error:
        raise ModelError('heat maps need captum: pip install "napari-mrseq[explain]"') from error
    return Occlusion


def _lost_odds(occlusion: Any, model: Model, view: _View, chosen: Tensor, step: int) -> Tensor:
    """Return (1, 1, size, size) how much the log-odds of some classes fall where a patch hides."""
    foreign = model.card.preparation == TORCHVISION
    channels, patch = channel_count(model.card.network), model.card.input_size // PATCHES_A_SIDE

    def odds(pictures: Tensor) -> Tensor:
        seen = pictures if foreign else network_input(pictures, channels)
        logits: Tensor = model.network(seen).float()
        return logits[:, chosen].logsumexp(dim=1) - logits[:, ~chosen].logsumexp(dim=1)

    # Rounding shifts all answers alike: what hiding costs hardly feels it.
    with torch.inference_mode(), running.precision(model.device, model.half):
        lost: Tensor = occlusion(odds).attribute(
            view.images.to(model.device),
            sliding_window_shapes=(view.images.shape[1], patch, patch),
            strides=(view.images.shape[1], step, step),
            baselines=view.hidden.expand_as(view.images).to(model.device),
            perturbations_per_eval=BATCH,
        )
    return lost.float().cpu().mean(dim=1, keepdim=True)


def _not_black(light: Tensor) -> Tensor:
    """Mark (1, 1, size, size) what a black patch can hide at all: not the air around a body."""
    strength = light.abs().amax(dim=1, keepdim=True)
    bright = (strength > DARK * strength.max()).float()
    return functional.max_pool2d(bright, 2 * NEAR + 1, 1, NEAR)


def _on_slice(
    seen: Tensor,
    shape: tuple[int, ...],
    centre: tuple[float, float],
    half: tuple[float, float],
) -> NDArray[np.float32]:
    """Lay a (1, 1, size, size) map of what the network saw back on a slice of some shape."""
    rows, columns = (
        (torch.arange(count) + 0.5 - middle) / reach
        for count, middle, reach in zip(shape, centre, half, strict=True)
    )
    at_rows, at_columns = torch.meshgrid(rows, columns, indexing="ij")
    grid = torch.stack((at_columns, at_rows), dim=-1)[None]
    laid = functional.grid_sample(seen, grid, align_corners=False)
    return np.asarray(laid[0, 0].numpy(), dtype=np.float32)
