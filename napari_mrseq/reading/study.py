"""Files and folders → Study: every series found, and a cause for whatever could not be read."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from napari_mrseq.errors import ReadError, UnreadableFileWarning
from napari_mrseq.reading.archive import Unpacked, directory_files, unpack
from napari_mrseq.reading.dicom import read_dicom
from napari_mrseq.reading.discover import Found, find_images
from napari_mrseq.reading.nifti import read_nifti
from napari_mrseq.reading.picture import read_picture
from napari_mrseq.series import Failure, Series, Study

AnyPath = str | PathLike[str]
Progress = Callable[[int, int], None]

_CAUSES_SHOWN = 20
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
        In the order of the given paths, then by series number.

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
        raise ReadError(_causes(study.failures))
    for failure in study.failures:
        warnings.warn(f"{failure.path}: {failure.cause}", UnreadableFileWarning, stacklevel=2)
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
    given = [paths] if isinstance(paths, str | PathLike) else list(paths)
    with warnings.catch_warnings():
        # Libraries warn of every odd value; what matters to the user is in Series.warnings.
        warnings.simplefilter("ignore")
        return _study([os.fspath(path) for path in given], progress or _no_progress)


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read, and under which of the given paths it was found.

    Attributes
    ----------
    shown : str
        What to call it; a member of a zip file lies elsewhere.
    unpacked : Unpacked or None
        The zip file it came from.
    """

    kind: str
    path: str
    given: int
    shown: str
    unpacked: Unpacked | None = None


def _study(names: Sequence[str], progress: Progress) -> Study:
    failures: list[tuple[int, Failure]] = []
    files: dict[str, _File] = {}
    for given, name in enumerate(names):
        found = find_images(name)
        failures += [(given, failure) for failure in found.failures]
        for file in _expanded(found, given, failures):
            files.setdefault(str(Path(file.path).absolute()), file)
    ranks = {file.path: (file.given, rank) for rank, file in enumerate(files.values())}
    by_path = {file.path: file for file in files.values()}
    series, refused = _read_files(list(by_path.values()), progress)
    failures += [
        (by_path[failure.path].given, replace(failure, path=by_path[failure.path].shown))
        for failure in refused
    ]
    filled = {ranks[one.files[0]][0] for one in series}
    failures += [
        (given, Failure(name, "holds no image that can be read"))
        for given, name in enumerate(names)
        if given not in filled and Path(name).is_dir()
    ]
    series.sort(key=lambda one: _place(one, ranks[one.files[0]]))
    failures.sort(key=lambda entry: entry[0])
    return Study(
        tuple(_as_found(one, by_path[one.files[0]], by_path) for one in series),
        tuple(failure for _, failure in failures),
    )


def _expanded(found: Found, given: int, failures: list[tuple[int, Failure]]) -> Iterator[_File]:
    """Yield what was found, with the files inside zip files and behind a DICOMDIR."""
    for kind, path in found.files:
        try:
            if kind == "zip":
                yield from _zipped(path, given, failures)
            elif kind == "dicomdir":
                listed, missing = directory_files(path)
                if not listed and not missing:
                    raise ReadError("a DICOMDIR that names no files")
                if missing:
                    cause = f"names {missing} files that are not there"
                    failures.append((given, Failure(path, cause)))
                yield from (_File("dicom", file, given, file) for file in listed)
            else:
                yield _File(kind, path, given, path)
        except ReadError as error:
            failures.append((given, Failure(path, str(error))))


def _zipped(path: str, given: int, failures: list[tuple[int, Failure]]) -> Iterator[_File]:
    unpacked = unpack(path)
    failures += [(given, Failure(*entry)) for entry in unpacked.refused.items()]
    inside = find_images(unpacked.folder)
    failures += [
        (given, replace(failure, path=unpacked.members.get(failure.path, path)))
        for failure in inside.failures
    ]
    readable = [(kind, file) for kind, file in inside.files if kind not in ("zip", "dicomdir")]
    if not readable:
        raise ReadError("holds no image that can be read")
    yield from (_File(kind, f, given, unpacked.members[f], unpacked) for kind, f in readable)


def _read_files(files: Sequence[_File], progress: Progress) -> tuple[list[Series], list[Failure]]:
    dicom = [file.path for file in files if file.kind == "dicom"]
    series, failures = read_dicom(dicom, progress=lambda done: progress(done, len(files)))
    others = [file for file in files if file.kind in _READERS]
    for done, file in enumerate(others, start=len(dicom) + 1):
        try:
            series.append(_READERS[file.kind](file.path))
        except ReadError as error:
            failures.append(Failure(file.path, str(error)))
        progress(done, len(files))
    return series, failures


def _place(series: Series, rank: tuple[int, int]) -> tuple[Any, ...]:
    """Return the sort key: given path, series number where there is one, first file."""
    number = series.series_number
    return rank[0], number is None, number or 0, rank[1]


def _as_found(series: Series, first: _File, files: Mapping[str, _File]) -> Series:
    """Give a series out of a zip file the names it has there, and keep the unpacked files."""
    if first.unpacked is None:
        return series
    shown = tuple(files[path].shown for path in series.files)
    lazy: Any = series.pixels
    pixels = lazy.map_blocks(
        _pass_through, first.unpacked, name=f"unpacked-{series.pixels.name}", meta=series.pixels
    )
    path = shown[0] if series.kind != "dicom" else os.path.commonpath(shown)
    return replace(series, path=path, files=shown, pixels=pixels)


def _pass_through(block: Any, _unpacked: Unpacked) -> Any:
    return block


def _no_progress(_done: int, _total: int) -> None:
    pass


def _causes(failures: Sequence[Failure]) -> str:
    if not failures:
        return "no path was given"
    shown = [f"{failure.path}: {failure.cause}" for failure in failures[:_CAUSES_SHOWN]]
    more = len(failures) - len(shown)
    return "\n".join([*shown, *([f"and {more} more"] if more else [])])
