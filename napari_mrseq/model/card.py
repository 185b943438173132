"""The model card inside a weights file: what the network knows, how it was made, its limits."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from napari_mrseq.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

# Key of the card in the metadata of a safetensors file.
KEY = "napari_mrseq_card"
# How slices are brought to the form a network was trained on: our own way (`model.preparation`),
# and that of networks trained with torchvision's transforms (`model.torchvision_preparation`).
CONTENT, TORCHVISION = "content", "torchvision"


@dataclass(frozen=True)
class Calibration:
    """What turns outputs into honest probabilities; fitted on groups never trained on.

    Attributes
    ----------
    temperature : float
        Divides the logits of a slice.
    series_temperature : float
        Divides the averaged log-probabilities of a series.
    threshold, series_threshold : float
        Least probability at which a slice or a series is named.
    join_power : float
        To which the probabilities of a series are raised before a header's claim joins them.
    denial : float
        A header whose family has less of the probability of a series is contradicted.
    denials : mapping of str to float
        The same, for families of their own.
    stack_power : float
        To which the probabilities around a slice in its stack are raised; 0 leaves every slice
        alone. See `napari_mrseq.stack`.
    """

    temperature: float = 1.0
    series_temperature: float = 1.0
    threshold: float = 0.5
    series_threshold: float = 0.5
    join_power: float = 1.0
    denial: float = 0.04
    denials: Mapping[str, float] = field(default_factory=dict)
    stack_power: float = 0.0


@dataclass(frozen=True)
class Card:
    """Everything about a network but its weights.

    Attributes
    ----------
    name, version : str
        The model's, not the program's.
    network : str
        Architecture, as `networks.build` knows it.
    classes : tuple of str
        Codes, in the order of the outputs.
    input_size : int
        Rows and columns the network sees.
    calibration : Calibration
        Temperatures and thresholds.
    training : mapping
        Data, recipe, folds held out: for the reader.
    figures : mapping
        Measured on what was held out, by the training, or by the one that it started from.
    limits : str
        What the model must not be used for.
    preparation : str
        `CONTENT` or `TORCHVISION`: what is done to a slice before the network sees it.
    window : tuple of float or None
        Width and level of the linear window that turns the values of a scan into 8 bits; for
        `TORCHVISION` alone, where None takes each slice's own range.
    familiarity : int
        Rank of the network's `Familiarity`; 0 where it has none.
    """

    name: str
    version: str
    network: str
    classes: tuple[str, ...]
    input_size: int
    calibration: Calibration = field(default_factory=Calibration)
    training: Mapping[str, Any] = field(default_factory=dict, repr=False)
    figures: Mapping[str, Any] = field(default_factory=dict, repr=False)
    limits: str = "For research. Not for diagnosis."
    preparation: str = CONTENT
    window: tuple[float, float] | None = None
    familiarity: int = 0

    @property
    def held_out(self) -> int | None:
        """Fold of the catalogue that was not trained on; None where none is told."""
        fold: int | None = self.training.get("recipe", {}).get("held_out")
        return fold

    def to_json(self) -> str:
        """Return the card as JSON, the same text for the same card."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str, path: Path) -> Card:
        """Read a card back from the text that a weights file holds.

        Raises
        ------
        ModelError
            If the text is no card that this version knows; names the file.
        """
        try:
            fields = json.loads(text)
            fields["classes"] = tuple(fields["classes"])
            fields["calibration"] = Calibration(**fields["calibration"])
            if fields.get("window"):
                fields["window"] = tuple(fields["window"])
            card = cls(**fields)
            _refuse_unsound(card)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise unreadable(path, error) from error
        if card.preparation not in (CONTENT, TORCHVISION):
            raise ModelError(
                f"{path} wants its slices prepared as {card.preparation!r}, which this version of "
                "napari-mrseq can't do: install a newer one"
            )
        return card


def is_window(window: tuple[float, ...]) -> bool:
    """Tell whether numbers are the width and level of a window that a card may hold."""
    return len(window) == 2 and 1 < window[0] < math.inf and math.isfinite(window[1])


def unreadable(path: Path, cause: Exception) -> ModelError:
    """Return the error of a file whose card is none that this version knows."""
    return ModelError(
        f"{path} has no model card that this version of napari-mrseq can read ({cause}): "
        "install a newer one, if that wrote it"
    )


def _refuse_unsound(card: Card) -> None:
    """Raise ValueError on the first field that nothing, or only what is wrong, can be made of."""
    one, codes, window = card.calibration, card.classes, card.window
    others = (one.threshold, one.series_threshold, one.join_power, one.denial, one.stack_power)
    texts, told = ("name", "version", "network", "limits"), ("training", "figures")
    sound = {
        **{field: isinstance(getattr(card, field), str) for field in texts},
        **{field: isinstance(getattr(card, field), Mapping) for field in told},
        "classes": all(isinstance(code, str) and code for code in codes)
        and len(set(codes)) == len(codes) > 1,
        "input_size": isinstance(card.input_size, int) and card.input_size > 0,
        # Below 0 it would call each slice what that is least like.
        "temperature": all(
            0 < number < math.inf for number in (one.temperature, one.series_temperature)
        ),
        "calibration": all(0 <= n < math.inf for n in (*others, *one.denials.values())),
        "window": not window or is_window(window),
    }
    if wrong := [name for name, is_sound in sound.items() if not is_sound]:
        raise ValueError(f"no use can be made of its {wrong[0]}")
