"""The networks of a viewer, each loaded once and shared by runs, heat maps and batches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from napari_mrseq.errors import DeviceError, ModelError
from napari_mrseq.model import registry
from napari_mrseq.viewer.settings import load_settings

if TYPE_CHECKING:
    from napari_mrseq.model import Model


class Models:
    """Networks by name (or weights file) and device."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[str, str], tuple[tuple[Path, int, int], Model]] = {}
        self._lock = Lock()

    def loaded(self, name: str, device: str) -> Model | None:
        """Return a network that is loaded already, None for others."""
        _, model = self._loaded.get((name, device), (None, None))
        return model

    def load(self, name: str, device: str) -> Model:
        """Return a network with the user's own threshold, where one is set; takes seconds at first.

        Raises
        ------
        ModelError
            If there is no such model, or PyTorch can't be loaded.
        DeviceError
            If this machine lacks the device.
        """
        with self._lock:
            # A user's own model may have been trained anew under the same name.
            stamp = registry.stamp_of(name)
            before, model = self._loaded.get((name, device), (None, None))
            if model is None or before != stamp:
                model = _load(name, device)
                self._loaded[name, device] = stamp, model
            return _with_threshold(model, load_settings().threshold)


def _load(name: str, device: str) -> Model:
    from napari_mrseq import load_model

    try:
        return load_model(name, device)
    except DeviceError as error:
        raise DeviceError(f"Device {device}: {error}") from error
    except OSError as error:
        # torch's libraries can't be loaded after Qt's with some builds on Windows (WinError 1114).
        raise ModelError(
            f"PyTorch can't be loaded: {error}. Try another version of torch."
        ) from error


def _with_threshold(model: Model, threshold: float) -> Model:
    """Return the model with another least confidence; 0 leaves it its own."""
    if not threshold:
        return model
    own = model.card.calibration
    calibration = replace(own, threshold=threshold, series_threshold=threshold)
    return replace(model, card=replace(model.card, calibration=calibration))
