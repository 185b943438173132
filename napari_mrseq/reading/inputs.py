"""Given paths → files to read: folders searched, zip files unpacked, DICOMDIRs followed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from napari_mrseq.errors import ReadError
from napari_mrseq.reading.archive import Unpacked, directory_files, unpack
from napari_mrseq.reading.discover import find_images
from napari_mrseq.reading.file_kind import NO_KNOWN_KIND
from napari_mrseq.safe_writing import is_same_file
from napari_mrseq.series import Failure

PlaceOf = Callable[[str], str]

# Of a folder or packed file as a whole.
NO_IMAGE = "holds no image that can be read"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read, and under which of the given paths it was found.

    Attributes
    ----------
    kind, path : str
        What it is (``"dicom"``, ``"nifti"``, ``"picture"``), and where it lies.
    given : int
        Number of that path.
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


@dataclass(slots=True)
class GivenPath:
    """One of the paths that the user gave.

    Attributes
    ----------
    name : str
        As it was given.
    files : list of InputFile
        What lies under it.
    failures : list of Failure
        What is lost of it.
    """

    name: str
    files: list[InputFile]
    failures: list[Failure]


_Expanded = tuple[list[InputFile], list[Failure]]


def spelling() -> PlaceOf:
    """Return a function that spells a path in one way, however it was given."""
    # A study has thousands of files in few folders.
    real = cache(os.path.realpath)
    first_by: dict[str, str] = {}

    def place_of(path: str) -> str:
        folder, name = os.path.split(path)
        place = f"{real(folder)}/{name}"
        # Some drives take small letters for capitals.
        first = first_by.setdefault(place.casefold(), place)
        return first if first != place and is_same_file(Path(first), Path(place)) else place

    return place_of


def look_under(names: Sequence[str], place_of: PlaceOf) -> list[GivenPath]:
    """Return what lies under each path; a file under several is opened once."""
    expanded: dict[str, list[InputFile]] = {}
    given: list[GivenPath] = []
    for number, name in enumerate(names):
        found = find_images(name)
        for kind, path in found.files:
            if place_of(path) not in expanded:
                expanded[place_of(path)], lost = _expanded(kind, path, number)
                found.failures += lost
        files = [file for _, path in found.files for file in expanded[place_of(path)]]
        given.append(GivenPath(name, files, found.failures))
    return given


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
    return [InputFile(kind, str(Path(path).absolute()), given, path)], []


def _listed(path: str, given: int) -> _Expanded:
    listed, missing = directory_files(path)
    if not listed and not missing:
        raise ReadError("a DICOMDIR that names no files")
    lost = [Failure(path, f"files that it names are not there: {missing}")] if missing else []
    return [InputFile("dicom", str(Path(file).absolute()), given, file) for file in listed], lost


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
        lost.append(Failure(path, NO_IMAGE, no_image=not lost))
    return [InputFile(kind, f, given, unpacked.members[f], unpacked) for kind, f in readable], lost
