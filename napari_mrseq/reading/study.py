"""Files and folders → Study: every series found, and a cause for whatever could not be read."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_mrseq.belonging import study_of
from napari_mrseq.errors import ReadError, UnreadableFileWarning, first_few
from napari_mrseq.naming import common_folder
from napari_mrseq.reading.archive import Unpacked, directory_files, unpack
from napari_mrseq.reading.dicom import read_dicom
from napari_mrseq.reading.discover import NO_KNOWN_KIND, find_images
from napari_mrseq.reading.lazy import lazy_array, read_block
from napari_mrseq.reading.muting import LIBRARIES_MUTED
from napari_mrseq.reading.nifti import read_nifti
from napari_mrseq.reading.picture import read_picture
from napari_mrseq.reading.stacks import short_name
from napari_mrseq.series import Failure, Series, Study

if TYPE_CHECKING:
    from dask.array import Array

AnyPath = str | bytes | PathLike[str]
Progress = Callable[[int, int], None]
PlaceOf = Callable[[str], str]

_CAUSES_SHOWN = 20
# Of a folder or packed file as a whole.
_NO_IMAGE = "holds no image that can be read"
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


def read_study(paths: AnyPath | Iterable[AnyPath], *, progress: Progress | None = None) -> Study:
    """Read all series under files and folders; bad input never raises, it is listed.

    Parameters
    ----------
    paths : path or iterable of paths
        Files or folders, any mix of DICOM, NIfTI, JPG, PNG, TIFF, zip, DICOMDIR.
    progress : callable, optional
        Called with (files done, files in all).
    """
    if not isinstance(paths, str | PathLike | Iterable):
        raise TypeError(f"a path or a list of paths is read, not {type(paths).__name__}")
    given = [paths] if isinstance(paths, str | bytes | PathLike) else list(paths)
    # Libraries warn of every odd value; what matters to the user is in Series.warnings.
    with LIBRARIES_MUTED:
        return _study(
            [_spelled_out(path) for path in given], progress or (lambda _done, _all: None)
        )


def _spelled_out(path: AnyPath) -> str:
    """Return a path as text, ``~`` being the home of the user, as a shell does it."""
    # Path.expanduser raises where there is no such user.
    return os.path.expanduser(os.fsdecode(path))  # noqa: PTH111


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read, and under which of the given paths it was found.

    Attributes
    ----------
    shown : str
        What to call it: as the given path does. A member of a zip file lies elsewhere.
    unpacked : Unpacked or None
        The zip file it came from.
    """

    kind: str
    path: str
    given: int
    shown: str
    unpacked: Unpacked | None = None


_Expanded = tuple[list[_File], list[Failure]]


def _study(names: Sequence[str], progress: Progress) -> Study:
    place_of = _spelling()
    under, lost = _under_each(names, place_of)
    # Under several of the paths a file is read once, for the first of them.
    files: dict[str, _File] = {}
    for file in chain.from_iterable(under):
        files.setdefault(place_of(file.path), file)
    by_path = {file.path: file for file in files.values()}
    series, refused = _read_files(by_path, names, progress)
    for failure in refused:
        file = by_path[failure.path]
        lost[file.given].append(replace(failure, path=file.shown))
    # Reports and the like lie beside the images of any study: passed over, unless asked for.
    lost = [[one for one in some if not one.no_image or one.path in names] for some in lost]
    bad = {place_of(failure.path) for failure in refused}
    told = {failure.path for failure in chain.from_iterable(lost)}
    for name, inside, some in zip(names, under, lost, strict=True):
        # Path.is_dir raises where a folder may not be entered.
        may_hold = inside or os.path.isdir(name)  # noqa: PTH112
        if name not in told and may_hold and all(place_of(file.path) in bad for file in inside):
            some.append(Failure(name, _NO_IMAGE))
    packed = [file for file in by_path.values() if file.unpacked]
    called = {short_name(file.path): short_name(file.shown) for file in packed}
    return Study(
        tuple(_as_found(one, by_path, called) for one in _in_studies(series, by_path)),
        tuple(_once(chain.from_iterable(lost), place_of)),
    )


def _under_each(
    names: Sequence[str], place_of: PlaceOf
) -> tuple[list[list[_File]], list[list[Failure]]]:
    """Return what lies under each path, and what is lost; a file under several is opened once."""
    expanded: dict[str, list[_File]] = {}
    under: list[list[_File]] = []
    lost: list[list[Failure]] = []
    for given, name in enumerate(names):
        found = find_images(name)
        lost.append(found.failures)
        for kind, path in found.files:
            if place_of(path) not in expanded:
                expanded[place_of(path)], causes = _expanded(kind, path, given)
                lost[given] += causes
        under.append([file for _, path in found.files for file in expanded[place_of(path)]])
    return under, lost


def _expanded(kind: str, path: str, given: int) -> _Expanded:
    """Return a file, or those inside a zip file or behind a DICOMDIR, and which are lost."""
    try:
        if kind == "zip":
            return _zipped(path, given)
        if kind == "dicomdir":
            return _listed(path, given)
    except ReadError as error:
        return [], [Failure(path, str(error))]
    # Where it lies, whatever the working folder is when its pixels are read.
    return [_File(kind, str(Path(path).absolute()), given, path)], []


def _listed(path: str, given: int) -> _Expanded:
    listed, missing = directory_files(path)
    if not listed and not missing:
        raise ReadError("a DICOMDIR that names no files")
    lost = [Failure(path, f"files that it names are not there: {missing}")] if missing else []
    return [_File("dicom", str(Path(file).absolute()), given, file) for file in listed], lost


def _zipped(path: str, given: int) -> _Expanded:
    unpacked = unpack(path)
    inside = find_images(unpacked.folder)
    readable = [(kind, file) for kind, file in inside.files if kind != "zip"]
    lost = [Failure(*entry) for entry in unpacked.refused.items()]
    lost += [
        replace(failure, path=unpacked.members.get(failure.path, path))
        for failure in inside.failures
        # Weights of networks and the like are zip files too, and their parts called like scans.
        if readable or failure.cause != NO_KNOWN_KIND
    ]
    lost += [
        Failure(unpacked.members[file], "a zip file inside a zip file: unpack it yourself")
        for kind, file in inside.files
        if kind == "zip"
    ]
    if not readable:
        lost.append(Failure(path, _NO_IMAGE, no_image=not lost))
    return [_File(kind, f, given, unpacked.members[f], unpacked) for kind, f in readable], lost


def _spelling() -> PlaceOf:
    """Return a function that spells a path in one way, however it was given."""
    # A study has thousands of files in few folders.
    real = cache(os.path.realpath)

    def place_of(path: str) -> str:
        folder, name = os.path.split(path)
        return f"{real(folder)}/{name}"

    return place_of


def _read_files(
    files: Mapping[str, _File], names: Sequence[str], progress: Progress
) -> tuple[list[Series], list[Failure]]:
    def input_of(path: str) -> int:
        """Return the number of the folder or zip file given; files given singly are one input."""
        file = files[path]
        return -1 if file.shown == names[file.given] else file.given

    dicom = [path for path in files if files[path].kind == "dicom"]
    others = [path for path in files if files[path].kind != "dicom"]
    series, failures = read_dicom(
        dicom, input_of=input_of, progress=lambda done: progress(done, len(files))
    )
    for done, path in enumerate(others, start=len(dicom) + 1):
        try:
            series.append(_READERS[files[path].kind](path))
        except ReadError as error:
            failures.append(Failure(path, str(error)))
        progress(done, len(files))
    return series, failures


def _in_studies(series: list[Series], files: Mapping[str, _File]) -> list[Series]:
    """Sort series by given path, study and number; those without a number last, by first file."""
    ranks = {path: rank for rank, path in enumerate(files)}
    first: dict[str, int] = {}
    begin: dict[str, int] = {}
    for one in sorted(series, key=lambda one: ranks[one.files[0]]):
        first.setdefault(_series_of(one), ranks[one.files[0]])
        begin.setdefault(study_of(one), ranks[one.files[0]])

    def order(one: Series) -> tuple[int, int, int, int]:
        given, number = min(files[path].given for path in one.files), one.series_number
        # Its stacks stay as acquired: names of files, often UIDs, tell no order of echoes.
        rank = first[_series_of(one)]
        last = (given, len(ranks), 0, rank)
        return last if number is None else (given, begin[study_of(one)], number, rank)

    return sorted(series, key=order)


def _series_of(series: Series) -> str:
    return series.series_uid or series.files[0]


def _once(failures: Iterable[Failure], place_of: PlaceOf) -> Iterable[Failure]:
    """Name once what lies under several paths."""
    once: dict[tuple[str, str], Failure] = {}
    for failure in failures:
        once.setdefault((place_of(failure.path), failure.cause), failure)
    return once.values()


def _as_found(series: Series, files: Mapping[str, _File], called: Mapping[str, str]) -> Series:
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
