"""The commands that name sequences: in files and tables, and in napari."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_mrseq.cli.terminal import Device, DeviceOption, ModelOption, progress, say
from napari_mrseq.errors import MrseqError
from napari_mrseq.model.registry import DEFAULT

if TYPE_CHECKING:
    from napari_mrseq.protocols import Protocol
    from napari_mrseq.verdict import Verdict

Format = StrEnum("Format", ["table", "csv", "json", "parquet", "bids"])


def _path(written: str) -> Path:
    # Of an empty variable in a script; Path("") would be the folder one stands in.
    if not written:
        raise typer.BadParameter("an empty path")
    return Path(written)


Paths = Annotated[
    list[Path],
    typer.Argument(
        parser=_path, metavar="PATHS...", help="Files or folders: DICOM, NIfTI, JPG, PNG, TIFF."
    ),
]


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
    from napari_mrseq.bids import sidecars_of, write_sidecars
    from napari_mrseq.exchange import with_exchanges
    from napari_mrseq.protocols import load_protocol
    from napari_mrseq.reading import read_study
    from napari_mrseq.report import FORMATS, records_of
    from napari_mrseq.series import Failure

    if output_format is Format.bids and not output:
        raise MrseqError("sidecars need a folder: give it with --output FOLDER")
    if output and output_format is not Format.bids and not output.parent.is_dir():
        raise MrseqError(f"{output}: there is no folder {output.parent}")
    expected = load_protocol(protocol) if protocol else None
    study = read_study(paths, progress=progress("reading"))
    judging = progress("classifying")
    outcomes = []
    for outcome in classify_many(
        study.series, model, device.value, fast=fast, jobs=jobs, scheduler=scheduler
    ):
        outcomes.append(outcome)
        if judging:
            judging(len(outcomes), len(study.series))
    outcomes = with_exchanges(outcomes)
    verdicts = [outcome for outcome in outcomes if not isinstance(outcome, Failure)]
    records = records_of((*outcomes, *study.failures), paths, slices=slices)
    for record in records:
        if record["error"]:
            say(f"not read: {record['path']}: {record['error']}")
    try:
        if output_format is Format.bids and output:
            write_sidecars(sidecars_of(verdicts, slices=slices), output)
        else:
            _write(FORMATS[output_format.value](records), output)
    except OSError as error:
        place = output or "standard output"
        raise MrseqError(f"{place}: can't be written ({error.strerror})") from error
    if expected:
        _say_studies(verdicts, expected)
    raise typer.Exit(int(any(record["error"] for record in records)))


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


def _say_studies(verdicts: list[Verdict], protocol: Protocol) -> None:
    from napari_mrseq.report import study_text
    from napari_mrseq.study import judge_studies

    for study in judge_studies(verdicts, protocol):
        say(study_text(study.to_dict()))


def _write(content: bytes, output: Path | None) -> None:
    if output:
        output.write_bytes(content)
    elif sys.stdout is None:
        raise MrseqError("standard output is closed: give a file with --output")
    else:
        sys.stdout.buffer.write(content)
