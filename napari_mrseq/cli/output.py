"""Where a result goes: looked at before the work begins, written when it is done."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from napari_mrseq.errors import MrseqError
from napari_mrseq.naming import nifti_stem
from napari_mrseq.report import FORMATS
from napari_mrseq.report_text import Record
from napari_mrseq.safe_writing import (
    encoded,
    is_same_file,
    none_left_empty,
    output_folder,
    write_whole,
    writing,
)

if TYPE_CHECKING:
    from napari_mrseq.series import Study
    from napari_mrseq.verdict import Verdict

Format = StrEnum("Format", ["table", "csv", "json", "parquet", "bids"])

_IMAGES = ("dicom", "dicomdir", "nifti", "picture", "zip")


def check_output(form: Format, output: Path | None) -> None:
    """Find out before hours of work whether its result can be written.

    Raises
    ------
    MrseqError
        If it can't; says why and what to do.
    """
    if form is Format.bids and not output:
        raise MrseqError("sidecars need a folder: give it with --output FOLDER")
    if form is Format.parquet:
        FORMATS[form.value]([])
    if output is None:
        return
    if form is Format.bids:
        with none_left_empty(output):
            output_folder(output)
            _check_allowed(output)
    else:
        check_file(output, "--output")


def check_file(file: Path, option: str) -> None:
    """Find out whether the file that an option names can be written.

    Raises
    ------
    MrseqError
        If it can't; says why and what to do.
    """
    # Of too long a name or a closed folder, what asks below knows nothing or fails.
    with writing(file), suppress(FileNotFoundError, NotADirectoryError):
        file.stat()
    if file.is_dir():
        raise MrseqError(f"{file} is a folder: give {option} the name of a file")
    if not file.parent.is_dir():
        raise MrseqError(f"{file}: there is no folder {file.parent}")
    _check_allowed(file)


def _check_allowed(output: Path) -> None:
    place = output if output.exists() else output.parent
    if not os.access(place, os.W_OK):
        raise MrseqError(f"{output}: can't be written (permission denied)")


def refuse_input(output: Path | None, files: Iterable[str]) -> None:
    """Refuse to write over an image, or over what is read besides images.

    Raises
    ------
    MrseqError
        If the output, under any of its names, is an image of any kind, an index of a disc (whether
        it is among the files or not), one of the files, or what lies beside one and belongs to it.
    """
    from napari_mrseq.reading.file_kind import file_kind

    # Path.is_file raises of too long a name.
    if output is None or not os.path.isfile(output):  # noqa: PTH113
        return
    if file_kind(str(output))[0] in _IMAGES or _is_input(output, files):
        raise MrseqError(
            f"{output} is one of the files to classify, or the model or protocol, or another image:"
            " give --output another name"
        )


def check_picture(file: Path | None) -> None:
    """Find out whether a picture of the window can be written there.

    Raises
    ------
    MrseqError
        If it can't, or its name is not that of a PNG: napari would write another kind, or none.
    """
    if file is None:
        return
    if file.suffix.lower() != ".png":
        raise MrseqError(f"{file}: screenshots are PNG files: give --screenshot a name in .png")
    check_file(file, "--screenshot")


def refuse_screenshot(file: Path | None, read: Iterable[str]) -> None:
    """Refuse to write a picture of the window over what it shows; an earlier picture may go.

    Raises
    ------
    MrseqError
        If it is one of the files.
    """
    if file is not None and _is_input(file, read):
        raise MrseqError(f"{file} is one of the files to show: give --screenshot another name")


def files_of(study: Study) -> list[str]:
    """Return every file that was read for a study, or could not be."""
    read = [file for one in study.series for file in one.files]
    return [*read, *(failure.path for failure in study.failures)]


def _is_input(output: Path, files: Iterable[str]) -> bool:
    """Tell whether a file is, under any of its names, one of others or belongs to one."""
    # A name may be that of a zip file's member.
    names = (name for file in files for name in _with_neighbours(file))
    return any(is_same_file(output, Path(name)) for name in names)


def write_records(
    form: Format, records: Sequence[Record], output: Path | None, *, below: str
) -> None:
    """Write a table, CSV, JSON or Parquet into a file, or on standard output.

    Parameters
    ----------
    form : Format
        Not bids.
    records : sequence of Record
        One a series.
    output : Path or None
        The file.
    below : str
        Lines for people that stand below the records.

    Raises
    ------
    MrseqError
        If it can't be written.
    """
    content = FORMATS[form.value](records) + encoded(below)
    if output:
        with writing(output):
            write_whole(output, content)
    elif sys.stdout is None:
        raise MrseqError("standard output is closed: give a file with --output")
    else:
        sys.stdout.buffer.write(content)


def write_bids(verdicts: Sequence[Verdict], folder: Path, *, slices: bool) -> None:
    """Write a BIDS sidecar a series.

    Raises
    ------
    MrseqError
        If one can't be written, or a sidecar of another program has its name.
    """
    from napari_mrseq.bids import sidecars_of, write_sidecars

    with writing(folder), none_left_empty(folder):
        write_sidecars(sidecars_of(verdicts, slices=slices), folder)


def _with_neighbours(file: str) -> Iterator[str]:
    """Yield a file, and of a NIfTI file the names of its voxels, sidecar, b values and vectors."""
    yield file
    stem = nifti_stem(file)
    if stem != file:
        yield from (f"{stem}{ending}" for ending in (".img", ".json", ".bval", ".bvec"))
