"""The command line."""

from __future__ import annotations

import sys
import warnings
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_mrseq.errors import MrseqError
from napari_mrseq.model.registry import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_mrseq.protocols import Protocol
    from napari_mrseq.verdict import Verdict

app = typer.Typer(
    name="napari-mrseq",
    help="Names the MR sequence of series and slices. For research; not for diagnosis.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Format = StrEnum("Format", ["table", "csv", "json", "parquet", "bids"])
Device = StrEnum("Device", ["auto", "cuda", "mps", "cpu"])

Paths = Annotated[
    list[Path], typer.Argument(help="Files or folders: DICOM, NIfTI, JPG, PNG, TIFF.")
]
ModelOption = Annotated[str, typer.Option("--model", help="A model's name, or a weights file.")]
DeviceOption = Annotated[Device, typer.Option("--device", help="Where the network runs.")]


@app.command()
def classify(
    paths: Paths,
    model: ModelOption = DEFAULT,
    device: DeviceOption = Device.auto,
    output_format: Annotated[
        Format, typer.Option("--format", help="How the result is written.")
    ] = Format.table,
    output: Annotated[
        Path | None,
        typer.Option(help="Where to write it instead of standard output; a folder for bids."),
    ] = None,
    slices: Annotated[bool, typer.Option("--slices", help="Every slice as well.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="At most a few slices a series.")] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Processes of this machine.")] = 1,
    scheduler: Annotated[
        str | None, typer.Option(help="A running Dask cluster instead: tcp://HOST:PORT.")
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(help="Say what the study lacks: a protocol's name (ms, stroke, …) or file."),
    ] = None,
) -> None:
    """Tell which sequence each series is."""
    from napari_mrseq.batch import classify_many
    from napari_mrseq.bids import write_sidecars
    from napari_mrseq.protocols import load_protocol
    from napari_mrseq.reading import read_study
    from napari_mrseq.report import FORMATS, records_of
    from napari_mrseq.series import Failure

    if output_format is Format.bids and not output:
        raise MrseqError("sidecars need a folder: give it with --output FOLDER")
    expected = load_protocol(protocol) if protocol else None
    study = read_study(paths, progress=_progress("reading"))
    judging = _progress("classifying")
    outcomes = []
    for outcome in classify_many(
        study.series, model, device.value, fast=fast, jobs=jobs, scheduler=scheduler
    ):
        outcomes.append(outcome)
        if judging:
            judging(len(outcomes), len(study.series))
    verdicts = [outcome for outcome in outcomes if not isinstance(outcome, Failure)]
    records = records_of((*outcomes, *study.failures), paths, slices=slices)
    for record in records:
        if record["error"]:
            _say(f"not read: {record['path']}: {record['error']}")
    if output_format is Format.bids and output:
        write_sidecars(verdicts, output, slices=slices)
    else:
        _write(FORMATS[output_format.value](records), output)
    if expected:
        _say_studies(verdicts, expected)
    raise typer.Exit(int(any(record["error"] for record in records)))


@app.command()
def models(
    add: Annotated[
        Path | None, typer.Option(help="Copy this weights file into the folder of your models.")
    ] = None,
    remove: Annotated[
        str | None, typer.Option(help="Delete this model from the folder of your models.")
    ] = None,
    card: Annotated[
        str | None, typer.Option(help="Say in words what this model (a name or file) is.")
    ] = None,
) -> None:
    """List the models: name, classes, size, hash, where; yours are added and removed here."""
    from napari_mrseq.model import registry
    from napari_mrseq.model.card_words import card_in_words

    if sum(wish is not None for wish in (add, remove, card)) > 1:
        raise typer.BadParameter("one of --add, --remove and --card at a time")
    if add:
        entry = registry.add(add)
        _say(f"{entry.name} added: {entry.path}")
    elif remove is not None:
        _say(f"{remove} removed: {registry.remove(remove)}")
    elif card is not None:
        typer.echo(card_in_words(registry.find(card)[0]))
    else:
        raise typer.Exit(int(not _list_models()))


@app.command()
def train(
    catalogue: Annotated[
        Path,
        typer.Argument(help="CSV of labelled slices, a folder with a folder per class, or DICOM."),
    ],
    output: Annotated[Path, typer.Option(help="Folder for state, weights and figures.")],
    network: Annotated[
        str | None,
        typer.Option(help="Architecture; torchvision's are trained by the old program's recipe."),
    ] = None,
    folds: Annotated[
        int | None, typer.Option(help="Train this many networks, each with one fold held out.")
    ] = None,
    held_out: Annotated[
        int | None, typer.Option(help="Train one network with this fold held out.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes.")] = None,
    draws: Annotated[int | None, typer.Option(help="Pictures drawn in a pass.")] = None,
    name: Annotated[str, typer.Option(help="Name of the model.")] = "my-model",
    version: Annotated[str, typer.Option(help="Version of the model.")] = "1.0",
    start: Annotated[
        str, typer.Option(help="What to start from: a model's name, a weights file, or imagenet.")
    ] = DEFAULT,
    rate: Annotated[float | None, typer.Option(help="Peak learning rate.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the state in the folder.")
    ] = False,
    label_from_header: Annotated[
        bool,
        typer.Option(
            "--label-from-header",
            help="Label a DICOM folder by its headers, where the network agrees.",
        ),
    ] = False,
) -> None:
    """Train a network on labelled slices, starting from the one that ships."""
    from napari_mrseq.model import load_model
    from napari_mrseq.training.catalogue import read_catalogue
    from napari_mrseq.training.plan import plan, summary
    from napari_mrseq.training.sources import catalogue_of

    judge = (lambda: load_model(DEFAULT)) if label_from_header else None
    table = catalogue_of(catalogue, output, judge=judge, log=_say)
    count = len(read_catalogue(table))
    chosen = plan(count, network=network, start=start, epochs=epochs, draws=draws, rate=rate)
    _say(chosen.words)
    folders = []
    for fold in range(folds) if folds else (held_out,):
        folders.append(output if fold is None else output / f"fold-{fold}")
        chosen.run(table, folders[-1], fold, name=name, version=version, resume=resume, log=_say)
    if folds:
        for line in summary(folders):
            typer.echo(line)


@app.command()
def evaluate(
    catalogue: Annotated[
        Path, typer.Argument(help="CSV of labelled slices, or a folder with a folder per class.")
    ],
    model: ModelOption = DEFAULT,
    device: DeviceOption = Device.auto,
    output: Annotated[
        Path | None, typer.Option(help="Folder for the figures: JSON and one HTML page.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Another model (a name or file), side by side.")
    ] = None,
) -> None:
    """Measure a model on the fold it never saw (on all pictures where none was held out)."""
    from napari_mrseq.model import load_model
    from napari_mrseq.training.comparison import measure_source
    from napari_mrseq.training.figures_text import text_of
    from napari_mrseq.training.page import write_figures

    network = load_model(model, device.value)
    other = load_model(against, device.value) if against else None
    figures = measure_source(network, catalogue, other, log=_say)
    typer.echo(text_of(figures))
    if output:
        _say(f"{write_figures(figures, output, catalogue.name)} written")


@app.command()
def import_checkpoint(
    file: Annotated[Path, typer.Argument(help="State dict that torch.save wrote.")],
    network: Annotated[str, typer.Option(help="The classifier's name in torchvision.")],
    classes: Annotated[str, typer.Option(help="A,B,C: its outputs, in their order.")],
    output: Annotated[Path, typer.Option(help="Weights file to write; names the model.")],
    window: Annotated[
        str | None, typer.Option(help="WIDTH,LEVEL that its program applied to DICOM.")
    ] = None,
) -> None:
    """Turn a torchvision classifier's checkpoint into a weights file, loaded safely."""
    from napari_mrseq.model.checkpoint import import_checkpoint as run

    names = [name.strip() for name in classes.split(",")]
    path = run(file, network, names, output, window=_window(window))
    _say(f"{path} written; into your models: napari-mrseq models --add {path}")


@app.command()
def export_onnx(
    output: Annotated[Path, typer.Option(help="ONNX file to write.")],
    model: ModelOption = DEFAULT,
) -> None:
    """Write a model as an ONNX file; `classify --model` runs it as well."""
    from napari_mrseq.model import load_model
    from napari_mrseq.model.onnx_file import export_onnx as run

    _say(f"{run(load_model(model, 'cpu'), output)} written")


@app.command()
def view(
    paths: Paths,
    model: ModelOption = DEFAULT,
    device: DeviceOption = Device.auto,
    screenshot: Annotated[
        Path | None, typer.Option(help="Write a picture of the window here and close it.")
    ] = None,
) -> None:
    """Open napari with everything loaded, classified and annotated."""
    from napari_mrseq.model import registry
    from napari_mrseq.viewer.application import show

    registry.find(model)
    show(paths, screenshot=screenshot, model=model, device=device.value)


def main() -> None:
    """Run the command line; an error that a user can act on is one line on stderr."""
    warnings.formatwarning = lambda message, *_: f"{message}\n"
    try:
        app()
    except MrseqError as error:
        _say(f"napari-mrseq: {error}")
        sys.exit(2)


def _list_models() -> bool:
    """Print the models; return whether all can be used."""
    from napari_mrseq.model import registry
    from napari_mrseq.model.card_words import entry_in_words

    whole = True
    for entry in registry.entries():
        try:
            typer.echo(entry_in_words(entry))
        except MrseqError as error:
            whole = False
            _say(f"napari-mrseq: {entry.name} can't be used: {error}")
    return whole


def _window(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        width, level = (float(number) for number in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"--window takes WIDTH,LEVEL, not {text}") from None
    return width, level


def _say_studies(verdicts: list[Verdict], protocol: Protocol) -> None:
    from napari_mrseq.report import study_text
    from napari_mrseq.study import judge_studies

    for study in judge_studies(verdicts, protocol):
        _say(study_text(study.to_dict()))


def _progress(what: str) -> Callable[[int, int], None] | None:
    def report(done: int, total: int) -> None:
        _say(f"\r{what}: {done} of {total}", end="\n" if done == total else "")

    return report if sys.stderr.isatty() else None


def _say(text: str, end: str = "\n") -> None:
    if end or sys.stderr.isatty():
        print(text, end=end, file=sys.stderr, flush=True)


def _write(content: bytes, output: Path | None) -> None:
    if output:
        output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
