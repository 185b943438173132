"""Slice to tensor as torchvision's own networks are trained: what an imported network expects.

Short side to 256, the central 224 × 224, three equal colours, ImageNet's mean and deviation: the
evaluation transform of torchvision's classifiers, done by torchvision itself so that answers
equal those of a program that used it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

SHORT_SIDE, CENTRE = 256, 224
# Red, green and blue of ImageNet, as torchvision's classifiers were trained.
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def prepare_as_torchvision(
    slices: NDArray[Any], window: tuple[float, float] | None, *, as_shown: bool | None = None
) -> Tensor:
    """Bring slices to the form torchvision's classifiers are trained on.

    Parameters
    ----------
    slices : (n, rows, columns) array
        Any grey values.
    window : tuple of float or None
        Width and level that turn the values of a scan into 8 bits; None takes each slice's range.
    as_shown : bool, optional
        The values are a picture's and go in as they are; by default where they are 8 bits.

    Returns
    -------
    (n, 3, 224, 224) float32 tensor
    """
    # torchvision takes as long to import as torch: only for those who use its networks.
    from torchvision.transforms import CenterCrop, Resize

    turn = to_tensor_after(Resize(SHORT_SIDE), CenterCrop(CENTRE))
    return torch.stack([turn(grey_picture(one, window, as_shown=as_shown)) for one in slices])


def to_tensor_after(*steps: Any) -> Callable[[Image.Image], Tensor]:
    """Return what does some of torchvision's steps, and brings a picture to ImageNet's colours."""
    from torchvision.transforms import Compose, Normalize, ToTensor

    whole: Callable[[Image.Image], Tensor] = Compose(
        [*steps, ToTensor(), Normalize(MEAN, DEVIATION)]
    )
    return whole


def grey_picture(
    pixels: NDArray[Any], window: tuple[float, float] | None, *, as_shown: bool | None = None
) -> Image.Image:
    """Return a (rows, columns) slice as a picture of 8 bits, in three equal colours.

    Takes what `prepare_as_torchvision` does.
    """
    is_picture = pixels.dtype == np.uint8 and as_shown is not False
    # A picture of more than 8 bits has no window of a scanner: its own range is what is shown.
    chosen = None if as_shown else window
    shown = pixels if is_picture else windowed(pixels, chosen)
    return Image.fromarray(np.ascontiguousarray(shown)).convert("RGB")


def centre_box(shape: tuple[int, int]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Tell which part of a slice of (rows, columns) `prepare_as_torchvision` cuts out.

    Returns
    -------
    centre, half : tuple of float
        As `preparation.content_box` gives them.
    """
    rows, columns = shape
    half = CENTRE / SHORT_SIDE * min(shape) / 2
    return (rows / 2, columns / 2), (half, half)


def black() -> Tensor:
    """Return what black is after the preparation, (1, 3, 1, 1)."""
    return (-torch.tensor(MEAN) / torch.tensor(DEVIATION))[None, :, None, None]


def windowed(pixels: NDArray[Any], window: tuple[float, float] | None) -> NDArray[np.uint8]:
    """Turn values into 8 bits by the linear function of DICOM PS3.3, C.11.2.1.2.1.

    Fractions are cut off, as a cast to bytes does. Without a window the values' own range is
    spread over the 8 bits; those that are not finite become black.

    Parameters
    ----------
    pixels : array
        Any values.
    window : tuple of float or None
        Width (more than 1) and level.
    """
    values = np.nan_to_num(pixels.astype(np.float64), nan=-np.inf, neginf=-np.inf, posinf=np.inf)
    if window is None:
        finite = values[np.isfinite(values)]
        low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
        shares = (values - low) / (high - low) if high > low else np.zeros_like(values)
    else:
        width, level = window
        shares = (values - (level - 0.5)) / (width - 1) + 0.5
    return np.asarray((shares.clip(0, 1) * 255).astype(np.uint8))
