"""The commands that keep models: list, add, remove, import, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_mrseq.cli.output import check_file
from napari_mrseq.cli.terminal import ModelOption, result, say
from napari_mrseq.errors import MrseqError
from napari_mrseq.model import registry
from napari_mrseq.model.registry import DEFAULT
from napari_mrseq.naming import printable
from napari_mrseq.sequences import misspelt_codes, unknown_however_written


def models(
    add: Annotated[
        Path | None, typer.Option(help="Copy this weights file into your models folder.")
    ] = None,
    remove: Annotated[
        str | None, typer.Option(help="Delete this model from your models folder.")
    ] = None,
    card: Annotated[
        str | None, typer.Option(help="Show the card of this model (a name or file).")
    ] = None,
) -> None:
    """List the models (name, classes, size, hash, file); add or remove your own."""
    from napari_mrseq.model.card_words import card_in_words

    if sum(wish is not None for wish in (add, remove, card)) > 1:
        raise typer.BadParameter("use only one of --add, --remove and --card")
    if add:
        entry = registry.add(add)
        say(f"{entry.name} added: {entry.path}")
    elif remove is not None:
        say(f"{remove} removed: {registry.remove(remove)}")
    elif card is not None:
        result(card_in_words(registry.find(card)[0]))
    else:
        raise typer.Exit(int(not _list_models()))


def import_checkpoint(
    file: Annotated[Path, typer.Argument(help="State dict written by torch.save.")],
    network: Annotated[str, typer.Option(help="The classifier's name in torchvision.")],
    classes: Annotated[str, typer.Option(help="Its classes, in the order of its outputs: A,B,C.")],
    output: Annotated[Path, typer.Option(help="Weights file to write; the model takes its name.")],
    window: Annotated[
        str | None, typer.Option(help="Window that its program applied to DICOM: WIDTH,LEVEL.")
    ] = None,
) -> None:
    """Turn a torchvision classifier's checkpoint into a weights file, running no code in it."""
    from napari_mrseq.model.checkpoint import RESCALED
    from napari_mrseq.model.checkpoint import import_checkpoint as run

    check_file(output, "--output")
    # As a class of its own it would be held for something that is known.
    names = [unknown_however_written(name.strip()) for name in classes.split(",")]
    for told in misspelt_codes(names):
        say(told)
    path = run(file, network, names, output, window=_window(window))
    if network in RESCALED:
        say(
            f"the weights don't tell whether this {network} was made with transform_input=True, as "
            "all that start from ImageNet's weights are: its answers would then be others here"
        )
    say(f"{path} written; to keep it with your models: napari-mrseq models --add {path}")


def export_onnx(
    output: Annotated[Path, typer.Option(help="ONNX file to write.")],
    model: ModelOption = DEFAULT,
) -> None:
    """Write a model as an ONNX file, which `classify --model` can run."""
    from napari_mrseq.model import load_model
    from napari_mrseq.model.onnx_file import export_onnx as run

    check_file(output, "--output")
    say(f"{run(load_model(model, 'cpu'), output)} written")


def _list_models() -> bool:
    """Print the models; return whether all can be used."""
    from napari_mrseq.model.card_words import entry_in_words

    whole = True
    for entry in registry.entries():
        try:
            words = entry_in_words(entry)
        except MrseqError as error:
            whole = False
            say(printable(f"napari-mrseq: {entry.name} can't be used: {error}"))
        else:
            result(words)
    for clash in registry.clashes():
        whole = False
        say(printable(f"napari-mrseq: {clash}"))
    return whole


def _window(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        width, level = (float(number) for number in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"--window takes WIDTH,LEVEL, not {text}") from None
    return width, level
