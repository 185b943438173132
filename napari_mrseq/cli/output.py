"""Where a result goes: looked at before the work begins, written when it is done."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from napari_mrseq.errors import MrseqError
from napari_mrseq.report import FORMATS, Record, encoded

if TYPE_CHECKING:
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
        _make_folder(output)
    elif output.is_dir():
        raise MrseqError(f"{output} is a folder: give --output the name of a file")
    elif not output.parent.is_dir():
        raise MrseqError(f"{output}: there is no folder {output.parent}")
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
    from napari_mrseq.reading.discover import file_kind

    if output is None or not output.is_file():
        return
    read = (one for file in files for one in _with_neighbours(file))
    if file_kind(str(output))[0] in _IMAGES or any(_is_file(one, output) for one in read):
        raise MrseqError(
            f"{output} is one of the files to classify, or the model or protocol, or another image:"
            " give --output another name"
        )


def _is_file(name: str, output: Path) -> bool:
    """Tell whether a name, which may be that of a zip file's member, is one of an output's."""
    try:
        return output.samefile(name)
    except OSError:
        return False


def write_records(
    form: Format, records: Sequence[Record], output: Path | None, *, below: str = ""
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
            output.write_bytes(content)
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

    with writing(folder):
        write_sidecars(sidecars_of(verdicts, slices=slices), folder)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Let what keeps a file from being written, or a folder from being filled, be told the user.

    Raises
    ------
    MrseqError
        Names the file, where that is known, else the place.
    """
    try:
        yield
    except OSError as error:
        name = error.filename or place
        raise MrseqError(f"{name}: can't be written ({error.strerror or error})") from error


def _with_neighbours(file: str) -> Iterator[str]:
    """Yield a file, and of a NIfTI file the names of its voxels, sidecar, b values and vectors."""
    yield file
    stem = re.sub(r"(\.nii(\.gz)?|\.hdr)$", "", file, flags=re.IGNORECASE)
    if stem != file:
        yield from (f"{stem}{ending}" for ending in (".img", ".json", ".bval", ".bvec"))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MrseqError(f"{folder} can't be made a folder ({error.strerror})") from error
