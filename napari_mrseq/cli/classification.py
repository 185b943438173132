"""The commands that name sequences: in files and tables, and in napari."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from itertools import chain, tee
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_mrseq.belonging import absolute
from napari_mrseq.cli.output import (
    Format,
    check_output,
    check_picture,
    files_of,
    refuse_input,
    refuse_screenshot,
    write_bids,
    write_records,
)
from napari_mrseq.cli.terminal import (
    DeviceOption,
    ModelOption,
    given_path,
    progress,
    say,
)
from napari_mrseq.cli.unfinished import file_beside, kept_until_written
from napari_mrseq.errors import MrseqError, ReadError
from napari_mrseq.model import registry
from napari_mrseq.model.card_file import read_card
from napari_mrseq.model.registry import DEFAULT, Device
from napari_mrseq.naming import printable
from napari_mrseq.report import records_of
from napari_mrseq.report_text import study_text
from napari_mrseq.safe_writing import writing
from napari_mrseq.series import Failure

if TYPE_CHECKING:
    from napari_mrseq.protocols import Protocol
    from napari_mrseq.series import Series
    from napari_mrseq.verdict import Verdict


Paths = Annotated[
    list[Path],
    typer.Argument(
        parser=given_path,
        help="Files or folders: DICOM, NIfTI, JPG, PNG, TIFF.",
    ),
]


def classify(
    paths: Paths,
    model: ModelOption = DEFAULT,
    device: DeviceOption = Device.auto,
    output_format: Annotated[
        Format, typer.Option("--format", help="Output format.")
    ] = Format.table,
    output: Annotated[
        Path | None,
        typer.Option(
            parser=given_path,
            help="File to write instead of standard output; a folder for bids.",
        ),
    ] = None,
    slices: Annotated[bool, typer.Option("--slices", help="List every slice as well.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="Look at a few slices per series.")] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Number of processes on this machine.")] = 1,
    scheduler: Annotated[
        str | None, typer.Option(help="Use a running Dask cluster instead: tcp://HOST:PORT.")
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(help="Compare the study with a protocol: a name (ms, stroke, …) or file."),
    ] = None,
) -> None:
    """Name the MR sequence of each series."""
    from napari_mrseq.exchange import study_by_study
    from napari_mrseq.protocols import load_protocol, protocol_file
    from napari_mrseq.reading import read_study

    check_output(output_format, output)
    if scheduler and jobs > 1:
        raise typer.BadParameter("either --jobs or --scheduler: a cluster has its own processes")
    model = _checked_model(model, device)
    expected = None if protocol is None else load_protocol(protocol)
    own = str(protocol_file(protocol or ""))
    refuse_input(output, [*map(str, paths), str(registry.stamp_of(model)[0]), own])
    if scheduler:
        # Its workers stand elsewhere.
        paths = [absolute(path) for path in paths]
    beside = file_beside(output, output_format)
    with kept_until_written(beside, output_format) as keep:
        study = read_study(paths, progress=progress("reading"))
        for file in (output, beside):
            refuse_input(file, files_of(study))
        series, failures = deque(study.series), study.failures
        # Of a cohort records are held, and the rest where more than records is asked for.
        del study
        judged = _judged(series, model, device, fast=fast, jobs=jobs, scheduler=scheduler)
        outcomes: Iterator[Verdict | Failure] = chain(study_by_study(judged, series), failures)
        held: Iterable[Verdict | Failure] = ()
        if expected or output_format is Format.bids:
            outcomes, held = tee(outcomes)
        records = records_of(outcomes, paths, slices=slices, so_far=keep)
        for record in records:
            if record["error"]:
                say(printable(f"not read: {record['path']}: {record['error']}"))
        held = list(held)
        studies = _studies_text(held, expected) if expected else ""
        # Programs read the other formats.
        below = studies if output_format is Format.table else ""
        if output_format is Format.bids and output:
            verdicts = [one for one in held if not isinstance(one, Failure)]
            write_bids(verdicts, output, slices=slices)
        else:
            write_records(output_format, records, output, below=below)
    if studies and not below:
        say(studies, end="")
    raise typer.Exit(int(any(record["error"] for record in records)))


def _checked_model(model: str, device: Device) -> str:
    """Return how all processes find the model; what is wrong with it is said before the work."""
    path, _ = registry.find(model)
    read_card(path)
    if device is not Device.auto:
        from napari_mrseq.model.running import choose_device

        choose_device(device.value)
    named = model == DEFAULT or model in registry.model_names()
    return model if named else str(path.resolve())


def _judged(
    series: deque[Series],
    model: str,
    device: Device,
    *,
    fast: bool,
    jobs: int,
    scheduler: str | None,
) -> Iterator[Verdict | Failure]:
    """Classify series, which are let go of, and say how far it is."""
    from napari_mrseq.batch import classify_many

    total, judging = len(series), progress("classifying")
    given = (series.popleft() for _ in range(total))
    outcomes = classify_many(given, model, device.value, fast=fast, jobs=jobs, scheduler=scheduler)
    for done, outcome in enumerate(outcomes, start=1):
        judging(done, total)
        yield outcome


def view(
    paths: Paths,
    model: ModelOption = DEFAULT,
    device: DeviceOption = Device.auto,
    screenshot: Annotated[
        Path | None,
        typer.Option(parser=given_path, help="Save a screenshot (PNG) here and close the window."),
    ] = None,
) -> None:
    """Open napari with everything loaded, classified and annotated."""
    from napari_mrseq.reading import read_study

    try:
        # napari writes its icons into the home as it is loaded.
        with writing(Path("~")):
            from napari_mrseq.viewer.application import check_screen, show
    except ImportError as error:
        # Where Qt is missing, or a library of the system that it needs, napari quotes tracebacks.
        cause = str(error).strip().splitlines()[-1].strip()
        raise MrseqError(
            f'view needs napari with Qt ({cause}): pip install "napari-mrseq[all]"'
        ) from error

    check_picture(screenshot)
    model = _checked_model(model, device)
    check_screen()
    # napari writes its warnings there.
    with redirect_stdout(sys.stderr):
        study = read_study(paths, progress=progress("reading"))
        refuse_screenshot(screenshot, [*map(str, paths), *files_of(study)])
        try:
            not_read = show(study, screenshot=screenshot, model=model, device=device.value)
        except ReadError as error:
            # As of `classify`: nothing is wrong with how the command was called.
            say(printable(f"napari-mrseq: {error}"))
            raise typer.Exit(1) from None
    for failure in not_read:
        say(printable(f"not read: {failure.words}"))
    raise typer.Exit(int(bool(not_read)))


def _studies_text(outcomes: Sequence[Verdict | Failure], protocol: Protocol) -> str:
    from napari_mrseq.study import judge_studies

    studies = judge_studies(outcomes, protocol)
    return "".join(f"\n{study_text(study.to_dict())}\n" for study in studies)
