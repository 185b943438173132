"""The commands that train and measure models."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from napari_mrseq.cli.terminal import (
    DeviceOption,
    ModelOption,
    given_path,
    result,
    say,
)
from napari_mrseq.errors import MrseqError, told_when_stopped
from napari_mrseq.model.registry import DEFAULT, Device, check_name
from napari_mrseq.safe_writing import none_left_empty, output_folder, writing


def train(
    catalogue: Annotated[
        Path,
        typer.Argument(
            parser=given_path,
            help="CSV of labelled slices, a folder with a folder per class, or DICOM files.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(parser=given_path, help="Folder for training state, weights and figures."),
    ],
    network: Annotated[
        str | None,
        typer.Option(help="Architecture; torchvision's are trained with the old program's recipe."),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(min=1, help="Train this many networks, each with one fold held out."),
    ] = None,
    held_out: Annotated[
        int | None, typer.Option(min=0, help="Train one network with this fold held out.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs.")] = None,
    draws: Annotated[int | None, typer.Option(min=1, help="Pictures drawn per epoch.")] = None,
    name: Annotated[str, typer.Option(help="Name of the model.")] = "my-model",
    version: Annotated[str, typer.Option(help="Version of the model.")] = "1.0",
    start: Annotated[
        str, typer.Option(help="What to start from: a model's name, a weights file, or imagenet.")
    ] = DEFAULT,
    rate: Annotated[float | None, typer.Option(help="Peak learning rate.")] = None,
    teacher: Annotated[
        list[str] | None,
        typer.Option(help="Model (name or file) to learn from as well; may be repeated."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue from the state in the output folder.")
    ] = False,
    label_from_header: Annotated[
        bool,
        typer.Option(
            "--label-from-header",
            help="Label a DICOM folder by its headers where the network agrees.",
        ),
    ] = False,
) -> None:
    """Train a network on labelled slices, starting from the one included."""
    from napari_mrseq.model import load_model
    from napari_mrseq.training.catalogue import read_catalogue
    from napari_mrseq.training.plan import held_out_folds, plan, summary
    from napari_mrseq.training.sources import catalogue_of
    from napari_mrseq.training.state import trainings_in

    check_name(name)
    if rate is not None and not 0 < rate < math.inf:
        raise typer.BadParameter(f"--rate {rate} is not a learning rate")
    if folds is not None and held_out is not None:
        raise typer.BadParameter("use either --folds or --held-out, not both")
    with writing(output):
        begun = trainings_in(output)
    if begun and not resume:
        raise MrseqError(
            f"{begun[0]} holds a training: --resume continues it, another --output starts a new one"
        )
    judge = (lambda: load_model(DEFAULT)) if label_from_header else None
    stopped = "\nstopped before the training: nothing was learnt"
    with none_left_empty(output), told_when_stopped(stopped, say):
        with writing(output):
            table = catalogue_of(catalogue, output, judge=judge, log=say)
        rows = read_catalogue(table)
        left_out = held_out_folds(rows, catalogue, folds, held_out)
        chosen = plan(
            len(rows), network=network, start=start, epochs=epochs, draws=draws, rate=rate,
            teachers=teacher or (),
        )  # fmt: skip
        say(chosen.words)
        chosen.refuse_seen(rows, left_out, say)
    folders = [output if fold is None else output / f"fold-{fold}" for fold in left_out]
    # Of several trainings, those that a stop kept from beginning have nothing to go on from.
    begun = [folder for folder in folders if folder in begun] or folders
    for fold, folder in zip(left_out, folders, strict=True):
        goes_on = resume and folder in begun
        with none_left_empty(folder), writing(folder):
            chosen.run(table, folder, fold, name=name, version=version, resume=goes_on, log=say)
    if folds:
        for line in summary(folders):
            result(line)


def evaluate(
    catalogue: Annotated[
        Path,
        typer.Argument(
            parser=given_path,
            help="CSV of labelled slices, or a folder with a folder per class.",
        ),
    ],
    model: ModelOption = DEFAULT,
    device: DeviceOption = Device.auto,
    output: Annotated[
        Path | None,
        typer.Option(parser=given_path, help="Folder for the figures: JSON and an HTML page."),
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Another model (a name or file) to compare it with.")
    ] = None,
    fold: Annotated[
        int | None,
        typer.Option(min=0, help="Measure on this fold only, whatever the model's card says."),
    ] = None,
) -> None:
    """Measure a model on the groups it was not trained on (on all if it was trained on all)."""
    from napari_mrseq.model import load_model
    from napari_mrseq.training.comparison import measure_source
    from napari_mrseq.training.figures_text import text_of
    from napari_mrseq.training.page import write_figures

    with none_left_empty(output):
        if output:
            output_folder(output)
        # The line that tells how far the work is may stand there.
        with told_when_stopped("\nstopped: nothing was written", say):
            network = load_model(model, device.value)
            other = load_model(against, device.value) if against else None
            figures = measure_source(network, catalogue, other, log=say, fold=fold)
        result(text_of(figures))
        if output:
            with writing(output):
                page = write_figures(figures, output, catalogue.name)
            say(f"{page} written")
    raise typer.Exit(int(bool(figures["left out"])))
