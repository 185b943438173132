"""What hospitals hand out: zip files of a study, unpacked within limits, and DICOMDIR indices."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
import weakref
import zipfile
from collections.abc import Iterable, Iterator, MutableSequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydicom import DataElement, dcmread
from pydicom.dataelem import RawDataElement

from napari_mrseq.errors import ReadError
from napari_mrseq.naming import no_device
from napari_mrseq.reading.damage import damage_in

# Beyond these a zip file is a bomb or no study: counts of members, bytes, and how far they swell.
MOST_MEMBERS = 200_000
LARGEST_UNPACKED_BYTES = 32 << 30
LARGEST_RATIO = 100
# Small archives may hold one empty image, which packs to nearly nothing.
SMALL_ARCHIVE_BYTES = 1 << 28

# Leaves room for the folder of temporary files: Windows allows a path 260 letters.
_LONGEST_STEM = 140
# Kept when a long name is cut: an image and its sidecar are still called alike.
_ENDING = re.compile(r"(\.nii)?\.\w{1,5}$", re.IGNORECASE)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_COPY_BYTES = 1 << 20
# Bits of the flags of a member: it is encrypted, its name is in UTF-8; and the system that it was
# made on (PKWARE's APPNOTE, 4.4.4, 4.4.2).
_ENCRYPTED, _IN_UTF_8 = 1, 1 << 11
_OF_DOS = 0
# One behind a byte that is not ASCII's may be the second half of a Japanese or Chinese letter.
_BACKSLASH = re.compile(r"(?<![^\x00-\x7f])\\")


@dataclass(frozen=True, eq=False)
class Unpacked:
    """A zip file unpacked into a private folder, which goes when nobody holds this any more.

    Attributes
    ----------
    folder : str
        Readable by the user alone.
    members : dict of str to str
        Path of each unpacked file → what to call it: path of the zip file and name inside it.
    refused : dict of str to str
        Members that could not be unpacked, by the same names, and why.
    """

    folder: str
    members: dict[str, str]
    refused: dict[str, str]

    def __post_init__(self) -> None:
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


def unpack(path: str) -> Unpacked:
    """Unpack a zip file under names of our own, so that no member can leave the folder.

    Raises
    ------
    ReadError
        If it is damaged, of an unknown kind, or swells beyond every sensible size; the text is
        the cause. A member that alone can't be unpacked is listed under ``refused``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            listed = map(_with_slashes, archive.infolist())
            members = [member for member in listed if not member.is_dir()]
            _check_limits(members, Path(path).stat().st_size)
            unpacked = Unpacked(tempfile.mkdtemp(prefix="napari-mrseq-"), {}, {})
            for member, target in zip(members, _targets(members), strict=True):
                _unpack_member(archive, member, Path(unpacked.folder) / target, unpacked, path)
    except ReadError:
        raise
    except Exception as error:  # zipfile raises many kinds on damaged or newer files
        raise ReadError(f"a zip file that can't be read ({_damage_in(error)})") from error
    return unpacked


def directory_files(path: str) -> tuple[list[str], int]:
    """Return the files that a DICOMDIR names, as far as they are there.

    Returns
    -------
    files : list of str
        In the order of the DICOMDIR, inside its own folder only.
    missing : int
        How many it names that are not there.

    Raises
    ------
    ReadError
        If the DICOMDIR is damaged.
    """
    try:
        directory = dcmread(path, force=True)
        _check_whole(directory.get_item("DirectoryRecordSequence"))
        records = directory.get("DirectoryRecordSequence") or []
        named = [record.get("ReferencedFileID") for record in records]
    except Exception as error:  # pydicom raises many kinds on damaged files
        raise ReadError("damaged DICOMDIR: read the folder that it lies in") from error
    files = [_named_file(Path(path).parent, parts) for parts in named if parts]
    found = [str(file) for file in files if file is not None]
    return found, len(files) - len(found)


def _check_whole(element: DataElement | RawDataElement | None) -> None:
    """Refuse an element that is cut off: pydicom takes what is left of it for the whole."""
    if isinstance(element, RawDataElement) and len(element.value or b"") < element.length:
        raise EOFError


def _named_file(folder: Path, named: Any) -> Path | None:
    """Return the file that a DICOMDIR means; discs are written in capitals, copies often not."""
    parts = [str(part) for part in (named if isinstance(named, MutableSequence) else [named])]
    for spelled in (parts, [part.lower() for part in parts]):
        file = folder.joinpath(*spelled)
        try:
            within = folder.resolve() in file.resolve().parents
            if within and file.is_file():
                return file
        except (OSError, ValueError):  # no file can be called so
            return None
    return None


def _with_slashes(member: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Part the folders of a member by slashes; some programs of Windows write backslashes."""
    if member.create_system == _OF_DOS and "/" not in member.filename:
        in_utf_8 = member.flag_bits & _IN_UTF_8
        name = member.filename
        member.filename = name.replace("\\", "/") if in_utf_8 else _BACKSLASH.sub("/", name)
    return member


def _check_limits(members: list[zipfile.ZipInfo], packed: int) -> None:
    size = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or size > LARGEST_UNPACKED_BYTES:
        raise ReadError(f"{len(members)} files of {size} bytes are more than a zip file may hold")
    if size > SMALL_ARCHIVE_BYTES and size > packed * LARGEST_RATIO:
        raise ReadError(f"zip bomb: {packed} bytes would expand to {size}")
    if size > shutil.disk_usage(tempfile.gettempdir()).free // 2:
        raise ReadError(f"unpacking needs {size} bytes, which the disk does not have to spare")


def _targets(members: Iterable[zipfile.ZipInfo]) -> Iterator[str]:
    """Yield where each member goes: beside those of its folder, as a sidecar beside its image.

    The name stays, since it tells NIfTI files; of equal names the second gets a folder of its own.
    """
    folders: dict[str, int] = {}
    taken: set[str] = set()
    for number, member in enumerate(members):
        inside, _, name = member.filename.rpartition("/")
        folder = folders.setdefault(inside, len(folders))
        # Windows leaves out dots at the end of names.
        safe = no_device(_UNSAFE.sub("_", name).rstrip("."))
        stem = _ENDING.sub("", safe)
        safe = stem[-_LONGEST_STEM:] + safe[len(stem) :]
        target = f"{folder:06d}/{safe or 'file'}"
        if target.lower() in taken:
            target = f"{folder:06d}-{number:06d}/{target.partition('/')[2]}"
        taken.add(target.lower())
        yield target


def _unpack_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, unpacked: Unpacked, path: str
) -> None:
    shown = f"{path}/{member.filename}"
    if member.flag_bits & _ENCRYPTED:
        unpacked.refused[shown] = "is encrypted: unpack it with its password"
        return
    try:
        with archive.open(member) as source:
            target.parent.mkdir(exist_ok=True)
            with target.open("wb") as copy:
                shutil.copyfileobj(source, copy, _COPY_BYTES)
    except Exception as error:  # zipfile, zlib, bz2 and lzma each raise their own
        unpacked.refused[shown] = f"can't be unpacked ({_damage_in(error)})"
        with contextlib.suppress(OSError):
            target.unlink()
    else:
        unpacked.members[str(target)] = shown


def _damage_in(error: Exception) -> str:
    if isinstance(error, NotImplementedError):
        return "it is packed in a way that is not known here: unpack it yourself"
    # That of tempfile, where no folder takes temporary files, names no file.
    if isinstance(error, FileNotFoundError) and error.filename is None:
        return f"{error.strerror}: make room in one, or name another folder in TMPDIR"
    return damage_in(error)
