"""A checkpoint of another program → a weights file with a card; nothing in it is ever run."""

from __future__ import annotations

import io
import pickle
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from napari_mrseq.errors import ModelError, first_few
from napari_mrseq.model import networks
from napari_mrseq.model.card import TORCHVISION, Card, is_window
from napari_mrseq.model.registry import check_name
from napari_mrseq.model.torchvision_preparation import CENTRE
from napari_mrseq.model.weights_file import write_weights
from napari_mrseq.safe_writing import is_same_file

if TYPE_CHECKING:
    from pathlib import Path

# Where training programs put the state dict among other things.
_NESTS = ("state_dict", "model_state_dict", "model", "net", "network")
_DEEPEST_NEST = 10
# How many weights torch.optim.swa_utils.AveragedModel has averaged, beside them.
_AVERAGED = "n_averaged"
_UNSAFE = (
    "it holds more than weights, and loading it could run any code: refused. Where the "
    "network was trained, save its weights alone: torch.save(model.state_dict(), FILE)"
)
_PACKED = (
    "is quantised, sparse, complex or empty, or holds whole numbers. Save the weights as the "
    "network was trained with them"
)
_KEYS_SHOWN = 3
# torchvision rescales what these see where they start from ImageNet's weights (transform_input).
RESCALED = ("googlenet", "inception_v3")
LIMITS = (
    "For research. Not for diagnosis. Made by another program: it has no class for what it does "
    "not know, so it may name any picture, and its confidence was never calibrated."
)


def import_checkpoint(
    path: Path,
    network: str,
    classes: Sequence[str],
    output: Path,
    *,
    window: tuple[float, float] | None = None,
) -> Path:
    """Turn the state dict of a torchvision classifier into a weights file with a card.

    Parameters
    ----------
    path : Path
        What ``torch.save`` or ``pickle.dump`` wrote: a state dict, alone or in a dictionary, with
        or without prefixes (``module.``) before its names.
    network : str
        Name of the classifier in torchvision.
    classes : sequence of str
        Names of its outputs, in their order.
    output : Path
        The weights file to write; its name becomes the model's.
    window : tuple of float, optional
        Width and level that the other program applied to DICOM.

    Returns
    -------
    Path
        `output`.

    Raises
    ------
    ModelError
        If the file holds more than weights, or they don't fit the network and its classes, or
        are no numbers, or the output would take its place, its name can't be a model's or it
        can't be written.
    """
    _check_wishes(network, classes, window)
    check_name(output.stem)
    if is_same_file(output, path):
        raise ModelError(f"{output} is the checkpoint itself: give the output another name")
    target = networks.build(network, len(classes)).state_dict()
    weights = _fitted(read_state_dict(path), target, path, network)
    networks.check_finite(weights, path)
    card = Card(
        name=output.stem,
        version="1.0",
        network=network,
        classes=tuple(classes),
        input_size=CENTRE,
        training={"imported": path.name},
        limits=LIMITS,
        preparation=TORCHVISION,
        window=window,
    )
    try:
        write_weights(weights, card, output)
    except OSError as error:
        raise ModelError(f"{output} can't be written: {error.strerror or error}") from error
    return output


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a pickled checkpoint, and nothing else.

    Raises
    ------
    ModelError
        If the file is no checkpoint, or holds more than tensors, numbers and text.
    """
    try:
        with warnings.catch_warnings():
            # Of how old files were written: nothing that a user could change.
            warnings.simplefilter("ignore")
            content = _unpacked(path)
    except _ForeignError as error:
        raise ModelError(f"{path} can't be imported: {_UNSAFE}") from error
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error.strerror or error}") from error
    except Exception as error:  # torch raises many kinds on damaged files
        # Those of others say no word: an empty one, a number.
        cause = f" ({error})" if isinstance(error, RuntimeError) else ""
        raise ModelError(
            f"{path} can't be imported: it is damaged, incomplete or not a checkpoint{cause}: "
            "copy it again"
        ) from error
    weights = _tensors_of(content)
    if not weights:
        raise ModelError(f"{path} can't be imported: it holds no named weights")
    return weights


def _unpacked(path: Path) -> Any:
    """Unpack what ``torch.save`` or plain ``pickle`` wrote, as far as it is weights."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if zipfile.is_zipfile(path):
            raise _ForeignError from error
        with path.open("rb") as file:
            content = _WeightsUnpickler(file).load()
        # What torch.save wrote before 1.6 begins with this number, and the weights come later.
        if content == torch.serialization.MAGIC_NUMBER:
            raise _ForeignError from error
        return content


def _storage(content: bytes) -> Any:
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


# What pickled weights call when they are unpacked.
_CALLED = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): torch._utils._rebuild_tensor_v2,
    ("torch._utils", "_rebuild_parameter"): torch._utils._rebuild_parameter,
    # torch's own would unpack the storage without looking.
    ("torch.storage", "_load_from_bytes"): _storage,
}


class _ForeignError(Exception):
    """A checkpoint holds what is no part of weights."""


class _WeightsUnpickler(pickle.Unpickler):
    """Unpacks tensors in dictionaries, and refuses to call anything else."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        """Return what the file may call."""
        if (module_name, global_name) not in _CALLED:
            raise _ForeignError(f"{module_name}.{global_name}")
        return _CALLED[module_name, global_name]


def _check_wishes(network: str, classes: Sequence[str], window: tuple[float, float] | None) -> None:
    if network in networks.LITES:
        raise ModelError(f"{network} is this program's own: a classifier of torchvision is needed")
    if len(classes) < 2 or not all(classes) or len(set(classes)) < len(classes):
        raise ModelError(f"two or more different class names are needed, not {', '.join(classes)}")
    if window and not is_window(window):
        raise ModelError(
            f"a window needs a width of more than 1 and a level, not {window[0]:g}, {window[1]:g}"
        )


def _tensors_of(content: Any) -> dict[str, Tensor]:
    """Find the state dict in what a training program saved."""
    # A dictionary may hold itself.
    for _ in range(_DEEPEST_NEST):
        if not isinstance(content, Mapping):
            break
        if nest := _nest_in(content):
            content = nest
            continue
        return {str(name): v for name, v in content.items() if isinstance(v, Tensor)}
    return {}


def _nest_in(content: Mapping[Any, Any]) -> Mapping[Any, Any] | None:
    """Return what holds the weights: under a usual name, else the only dictionary of tensors."""
    named = next((content[n] for n in _NESTS if isinstance(content.get(n), Mapping)), None)
    if named is not None or _holds_tensors(content):
        return named
    nests = [value for value in content.values() if isinstance(value, Mapping)]
    holding = [nest for nest in nests if _holds_tensors(nest)] or nests
    return holding[0] if len(holding) == 1 else None


def _holds_tensors(content: Mapping[Any, Any]) -> bool:
    return any(isinstance(value, Tensor) for value in content.values())


def _fitted(
    weights: dict[str, Tensor], target: Mapping[str, Tensor], path: Path, network: str
) -> dict[str, Tensor]:
    """Name and check the weights as the network wants them."""
    weights = {name: tensor for name, tensor in weights.items() if name != _AVERAGED}
    while not set(weights) & set(target) and _share_prefix(weights):
        weights = {n.partition(".")[2]: tensor for n, tensor in weights.items()}
    # PyTorch before 0.4.1 did not count batches, and nothing that predicts needs the count.
    counts = {n: t for n, t in target.items() if n.endswith("num_batches_tracked")}
    weights = counts | weights
    missing, foreign = set(target) - set(weights), set(weights) - set(target)
    if missing or foreign:
        told = f"{path} is no {network}: {_differences(missing, foreign)}"
        raise ModelError(told + _advice(weights, target, missing))
    for name, tensor in weights.items():
        wanted = target[name]
        if tensor.shape != wanted.shape:
            raise ModelError(_misfit(path, network, name, tensor, wanted))
        if wanted.is_floating_point() and not _holds_fractions(tensor):
            raise ModelError(f"{path} can't be imported: {name} {_PACKED}")
    return {n: t.detach().to(target[n].dtype).contiguous().clone() for n, t in weights.items()}


def _holds_fractions(tensor: Tensor) -> bool:
    """Tell whether numbers lie in a tensor as they are: none is packed, left out or complex."""
    return tensor.is_floating_point() and tensor.layout == torch.strided and not tensor.is_meta


def _share_prefix(names: Collection[str]) -> bool:
    """Tell whether all names begin with one word and a dot, as what wraps a network leaves them."""
    return all("." in n for n in names) and len({n.partition(".")[0] for n in names}) == 1


def _differences(missing: set[str], foreign: set[str]) -> str:
    told = [("lacks", missing), ("also has", foreign)]
    return "; ".join(
        f"it {verb} {first_few(sorted(names), _KEYS_SHOWN)}" for verb, names in told if names
    )


def _advice(weights: Collection[str], target: Collection[str], missing: set[str]) -> str:
    """Say how to save a network that lies in these weights, but not alone; else ``""``."""
    first = next(iter(target))
    ahead = [name.removesuffix(first) for name in weights if name.endswith(f".{first}")]
    parts = [part for part in ahead if _layers(target) <= _layers(weights, part)]
    if parts:
        # What stands beside it may be a loss or an average, but also a step before the network.
        return (
            f". The network is a part of what was saved ({first_few(parts, _KEYS_SHOWN)}): where "
            f"it was trained, save that alone, torch.save(whole.{parts[0]}state_dict(), FILE)"
        )
    layer = next(iter(missing), "").rpartition(".")[0]
    inside = {n.rpartition(".")[0] for n in weights if n.startswith(f"{layer}.") and layer}
    if len(inside) == 1 and missing <= {f"{layer}.weight", f"{layer}.bias"}:
        (own,) = inside
        return (
            f". Its last layer is {own}, a part of {layer}: if nothing but dropout comes before it "
            f"there, put it in the place of {layer} and save the weights again"
        )
    return ""


def _layers(names: Collection[str], part: str = "") -> set[str]:
    """Return what the layers of a network are called, those that lie in a part of another."""
    return {n.removeprefix(part).partition(".")[0] for n in names if n.startswith(part)}


def _misfit(path: Path, network: str, name: str, found: Tensor, wanted: Tensor) -> str:
    if found.ndim == wanted.ndim and found.shape[1:] == wanted.shape[1:]:
        if len(found) == 1:
            return (
                f"{path} has one output ({name}), as for a yes or no: it can't be imported, only "
                "a network with an output for each class can"
            )
        return (
            f"{path} has {found.shape[0]} outputs ({name}), but {wanted.shape[0]} classes were "
            "named: name as many, in the order of its training"
        )
    return (
        f"{path} is no {network}: {name} has the shape {tuple(found.shape)}, "
        f"not {tuple(wanted.shape)}"
    )
