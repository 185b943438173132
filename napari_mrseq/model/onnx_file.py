"""A model as an ONNX file, for other programs and runtimes; and such a file run again here."""

from __future__ import annotations

import copy
import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from napari_mrseq.errors import ModelError
from napari_mrseq.model.card import KEY, Card
from napari_mrseq.model.card_file import ONNX_SUFFIX
from napari_mrseq.safe_writing import written_whole

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from napari_mrseq.model.classifier import Model

INPUT, OUTPUT = "images", "logits"


def export_onnx(model: Model, path: Path) -> Path:
    """Write a model as an ONNX file with its card inside.

    The graph takes ``images``, (n, channels, size, size) float32 as the card's preparation makes
    them, any n, and gives ``logits``, (n, classes) float32.

    Parameters
    ----------
    model : Model
        A loaded network.
    path : Path
        Where to write; ends in ``.onnx``.

    Raises
    ------
    ModelError
        If the extra is not installed, the model is an ONNX file itself, the name has another
        ending, or the file can't be written.
    """
    import torch

    from napari_mrseq.model import networks

    onnx = _needed("onnx")
    _needed("onnxscript")
    if path.suffix != ONNX_SUFFIX:
        raise ModelError(f"{path}: the name of an ONNX file ends in .onnx")
    if next(model.network.parameters(), None) is None:
        raise ModelError(
            f"the model {model.name} is an ONNX file already: copy it, or name the weights file it "
            "was exported from"
        )
    size, channels = model.card.input_size, networks.channel_count(model.card.network)
    # A batch of one would be taken for the only size there is.
    example = torch.zeros((2, channels, size, size))
    program: Any = torch.onnx.export(
        copy.deepcopy(model.network).cpu().eval(),
        (example,),
        input_names=[INPUT],
        output_names=[OUTPUT],
        dynamic_shapes=({0: torch.export.Dim("n")},),
        dynamo=True,
        verbose=False,
    )
    # It is made anew each time it is asked for.
    proto = program.model_proto
    onnx.helper.set_model_props(proto, {KEY: model.card.to_json()})
    try:
        with written_whole(path) as beside:
            onnx.save(proto, beside)
    except OSError as error:
        raise ModelError(f"{path} can't be written: {error.strerror or error}") from error
    return path


def read_onnx_card(path: Path) -> Card:
    """Read the card inside an ONNX file.

    Raises
    ------
    ModelError
        If the file has none, or the extra is not installed.
    """
    text = _session(path).get_modelmeta().custom_metadata_map.get(KEY)
    if text is None:
        raise ModelError(
            f"{path} has no model card, so its classes and what it is given are not known: only "
            "what napari-mrseq export-onnx wrote can be used"
        )
    return Card.from_json(text, path)


def load_onnx_network(path: Path, card: Card) -> nn.Module:
    """Return an ONNX file as a network that runs on ONNX Runtime.

    Raises
    ------
    ModelError
        If the file is damaged, its graph is none of its card's, or the extra is not installed.
    """
    import torch

    session = _session(path)
    _refuse_other_graph(session, path, card)

    class OnnxNetwork(torch.nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            (logits,) = session.run([OUTPUT], {INPUT: images.cpu().contiguous().numpy()})
            return torch.from_numpy(logits)

    return OnnxNetwork()


def _refuse_other_graph(session: Any, path: Path, card: Card) -> None:
    """Refuse a graph that does not answer two slices as the card says: in shape, name or kind."""
    import numpy as np

    from napari_mrseq.model import networks

    channels, size = networks.channel_count(card.network), card.input_size
    slices = np.stack([np.full((channels, size, size), grey, np.float32) for grey in (0, 1)])
    wanted = (2, len(card.classes))
    try:
        (logits,) = session.run([OUTPUT], {INPUT: slices})
        cause = "" if logits.shape == wanted else f"it answers {logits.shape}, not {wanted}"
        # Taken for logits, they would all be nearly alike.
        if (logits >= 0).all() and np.allclose(logits.sum(axis=1), 1, atol=1e-3):
            cause = cause or "it ends in a softmax, so that it answers probabilities, not logits"
    except Exception as error:  # ONNX Runtime raises kinds of its own
        cause = str(error)
    if cause:
        raise ModelError(
            f"{path} is not the graph that its model card tells of ({cause}): write it with "
            "napari-mrseq export-onnx"
        )


def _session(path: Path) -> Any:
    # Read as it is loaded; else it keeps a number of this machine, and reports to Microsoft.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    runtime = _needed("onnxruntime")
    try:
        return runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime raises kinds of its own
        raise ModelError(f"{path} is not an ONNX file that can be run: {error}") from error


def _needed(library: str) -> Any:
    try:
        return import_module(library)
    except ImportError as error:
        raise ModelError(f'ONNX files need {library}: pip install "napari-mrseq[onnx]"') from error
