"""Files and folders → Study: every series found, and a cause for whatever could not be read."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from os import PathLike
from typing import TYPE_CHECKING, Any

from napari_mrseq.belonging import study_of
from napari_mrseq.errors import ReadError, UnreadableFileWarning, first_few
from napari_mrseq.naming import common_folder
from napari_mrseq.reading.copies import short_name
from napari_mrseq.reading.dicom import read_dicom
from napari_mrseq.reading.inputs import (
    NO_IMAGE,
    GivenPath,
    InputFile,
    PlaceOf,
    look_under,
    spelling,
)
from napari_mrseq.reading.lazy import lazy_array, read_block
from napari_mrseq.reading.muting import LIBRARIES_MUTED
from napari_mrseq.reading.nifti import read_nifti
from napari_mrseq.reading.picture import read_picture
from napari_mrseq.series import Failure, Series, Study

if TYPE_CHECKING:
    from dask.array import Array

    from napari_mrseq.reading.archive import Unpacked

AnyPath = str | bytes | PathLike[str]
Progress = Callable[[int, int], None]

_CAUSES_SHOWN = 20
# What an unpacked file is called in warnings.
_SHORT = re.compile(r"[0-9-]+/[A-Za-z0-9._-]+")

_READERS = {"nifti": read_nifti, "picture": read_picture}


def read(paths: AnyPath | Iterable[AnyPath], *, progress: Progress | None = None) -> list[Series]:
    """Read all series under files and folders, lazily.

    Parameters
    ----------
    paths : path or iterable of paths
        Files or folders, any mix of DICOM, NIfTI, JPG, PNG, TIFF, zip, DICOMDIR.
    progress : callable, optional
        Called with (files done, files in all).

    Returns
    -------
    list of Series
        In the order of the given paths, then of the studies, then by series number; stacks of one
        series as they were acquired.

    Warns
    -----
    UnreadableFileWarning
        Once for each file or folder that could not be read, with its name and the cause.

    Raises
    ------
    ReadError
        If nothing could be read; names the causes.
    """
    study = read_study(paths, progress=progress)
    if not study.series:
        causes = [failure.words for failure in study.failures] or ["no path was given"]
        raise ReadError(first_few(causes, _CAUSES_SHOWN, "\n"))
    for failure in study.failures:
        warnings.warn(failure.words, UnreadableFileWarning, stacklevel=2)
    return list(study.series)


def read_study(
    paths: AnyPath | Iterable[AnyPath],
    *,
    progress: Progress | None = None,
    go_on: Callable[[], None] | None = None,
) -> Study:
    """Read all series under files and folders; bad input never raises, it is listed.

    Parameters
    ----------
    paths, progress
        As `read` takes them.
    go_on : callable, optional
        Called before each series is put together; what it raises ends the reading.
    """
    if not isinstance(paths, str | PathLike | Iterable):
        raise TypeError(f"a path or a list of paths is read, not {type(paths).__name__}")
    given = [paths] if isinstance(paths, str | bytes | PathLike) else list(paths)
    wrong = [type(path).__name__ for path in given if not isinstance(path, str | bytes | PathLike)]
    if wrong:
        whole = type(paths).__name__
        raise TypeError(f"a path or a list of paths is read, not {whole} of {wrong[0]}")
    # ~ is the home of the user, as in a shell; Path.expanduser raises where there is no such user.
    # NumPy's strings are taken for bytes where a folder is listed.
    names = [os.path.expanduser(str(os.fsdecode(path))) for path in given]  # noqa: PTH111
    # Libraries warn of every odd value; what matters to the user is in Series.warnings.
    with LIBRARIES_MUTED:
        return _study(names, progress or (lambda _done, _all: None), go_on or (lambda: None))


def _study(names: Sequence[str], progress: Progress, go_on: Callable[[], None]) -> Study:
    place_of = spelling()
    given = look_under(names, place_of)
    # Under several of the paths a file is read once, for the first of them.
    files: dict[str, InputFile] = {}
    for file in chain.from_iterable(one.files for one in given):
        files.setdefault(place_of(file.path), file)
    by_path = {file.path: file for file in files.values()}
    series, refused = _read_files(by_path, names, progress, go_on)
    for failure in refused:
        file = by_path[failure.path]
        given[file.given].failures.append(replace(failure, path=file.shown))
    unread = {place_of(failure.path) for failure in refused}
    packed = [file for file in by_path.values() if file.unpacked]
    called = {short_name(file.path): short_name(file.shown) for file in packed}
    return Study(
        tuple(_as_found(one, by_path, called) for one in _in_studies(series, by_path)),
        tuple(_failures_told(given, unread, place_of)),
    )


def _failures_told(
    given: Sequence[GivenPath], unread: Container[str], place_of: PlaceOf
) -> Iterable[Failure]:
    """Return what to tell of all that is lost; `unread` are the places of files of no series."""
    asked_for = {one.name for one in given}
    for one in given:
        # Reports and the like lie beside the images of any study: passed over, unless asked for.
        one.failures = [f for f in one.failures if not f.no_image or f.path in asked_for]
    told = {failure.path for one in given for failure in one.failures}
    for one in given:
        # Path.is_dir raises where a folder may not be entered.
        may_hold = one.files or os.path.isdir(one.name)  # noqa: PTH112
        is_lost = all(place_of(file.path) in unread for file in one.files)
        if one.name not in told and may_hold and is_lost:
            one.failures.append(Failure(one.name, NO_IMAGE))
    # What lies under several paths is named once.
    once: dict[tuple[str, str], Failure] = {}
    for failure in chain.from_iterable(one.failures for one in given):
        once.setdefault((place_of(failure.path), failure.cause), failure)
    return once.values()


def _read_files(
    files: Mapping[str, InputFile],
    names: Sequence[str],
    progress: Progress,
    go_on: Callable[[], None],
) -> tuple[list[Series], list[Failure]]:
    def input_of(path: str) -> int:
        """Return the number of the folder or zip file given; files given singly are one input."""
        file = files[path]
        return -1 if file.shown == names[file.given] else file.given

    dicom = [path for path in files if files[path].kind == "dicom"]
    others = [path for path in files if files[path].kind != "dicom"]
    series, failures = read_dicom(
        dicom, input_of=input_of, progress=lambda done: progress(done, len(files)), go_on=go_on
    )
    for done, path in enumerate(others, start=len(dicom) + 1):
        try:
            series.append(_READERS[files[path].kind](path))
        except ReadError as error:
            failures.append(Failure(path, str(error)))
        progress(done, len(files))
    return series, failures


def _in_studies(series: list[Series], files: Mapping[str, InputFile]) -> list[Series]:
    """Sort series by given path, study and number; those without a number last, by first file."""
    ranks = {path: rank for rank, path in enumerate(files)}
    first: dict[str, int] = {}
    begin: dict[str, int] = {}
    for one in sorted(series, key=lambda one: ranks[one.files[0]]):
        first.setdefault(_series_of(one), ranks[one.files[0]])
        begin.setdefault(study_of(one), ranks[one.files[0]])

    def order(one: Series) -> tuple[int, int, int, int]:
        given = min(files[path].given for path in one.files)
        # NIfTI files stay in the order of their names, whatever a sidecar tells.
        number = one.series_number if one.kind == "dicom" else None
        # Its stacks stay as acquired: names of files, often UIDs, tell no order of echoes.
        rank = first[_series_of(one)]
        last = (given, len(ranks), 0, rank)
        return last if number is None else (given, begin[study_of(one)], number, rank)

    return sorted(series, key=order)


def _series_of(series: Series) -> str:
    return series.series_uid or series.files[0]


def _as_found(series: Series, files: Mapping[str, InputFile], called: Mapping[str, str]) -> Series:
    """Give a series the names that the given paths lead to, and keep what was unpacked for it.

    `called` says how warnings are to call what lies in zip files: a copy there may be told of by a
    series that lies beside it.
    """
    found = [files[path] for path in series.files]
    warnings = tuple(
        _SHORT.sub(lambda m: called.get(m[0], m[0]), words) for words in series.warnings
    )
    unpacked = tuple(dict.fromkeys(file.unpacked for file in found if file.unpacked))
    shown = {file.path: file.shown for file in found}
    if all(path == name for path, name in shown.items()):
        return replace(series, warnings=warnings)
    names = tuple(shown.values())
    path = names[0] if series.kind != "dicom" else common_folder(names)
    load = partial(_load_named, series.pixels, shown, unpacked)
    pixels = lazy_array(load, series.pixels.chunks, series.pixels.dtype)
    return replace(series, path=path, files=names, pixels=pixels, warnings=warnings)


def _load_named(
    pixels: Array,
    shown: Mapping[str, str],
    _held: tuple[Unpacked, ...],
    *,
    block_id: tuple[int, ...],
) -> Any:
    """Read pixels; what was unpacked is kept as long as they are, errors call files as `shown`."""
    try:
        return read_block(pixels, block_id)
    except ReadError as error:
        raise ReadError(error.cause, shown[error.path]) from error
