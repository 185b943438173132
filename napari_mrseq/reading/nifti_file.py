"""One NIfTI file by nibabel: told by what it holds, read piece by piece, without a word."""

from __future__ import annotations

import gzip
import logging
import math
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from nibabel.volumeutils import apply_read_scaling, array_from_file
from numpy.typing import NDArray

from napari_mrseq.errors import ReadError
from napari_mrseq.reading.damage import damage_in
from napari_mrseq.reading.file_kind import HEAD_BYTES, starts_like_nifti
from napari_mrseq.reading.kept import KEPT, LARGEST_KEPT_BYTES, Content
from napari_mrseq.reading.lazy import Stamp, check_unchanged
from napari_mrseq.reading.nifti_pair import is_header, voxel_file

# What nibabel finds odd in a header goes to our log; its own prints each on the user's screen.
_LOG = logging.getLogger(__name__)
_LOG.addHandler(logging.NullHandler())

# Length of the header, 540, in both byte orders.
_SECOND_VERSION = (b"\x1c\x02\0\0", b"\0\0\x02\x1c")
_CIFTI_INTENTS = range(3000, 3100)
# Numbers rounded to three digits make a quaternion no longer; what is longer is damaged.
_ROUNDED_TURN = 1.001
# As much may stand behind the voxels of a compressed file, before its checksum.
_BEHIND_BYTES = 1 << 20


class _Quiet:
    """Checks that go to our log, zeros read as they are meant, and no affine: see nifti_affine."""

    def check_fix(self, logger: Any = None, error_level: Any = None) -> None:
        super().check_fix(logger or _LOG, error_level)  # type: ignore[misc]

    def get_best_affine(self) -> NDArray[np.float64]:
        """Return no affine: a damaged qform would keep the file from being opened."""
        return np.eye(4)

    def get_data_offset(self) -> int:
        """Return where voxels begin: never inside the header, where 0 is written (nifti1.h)."""
        header: Any = self
        least = header.single_vox_offset if header.is_single else 0
        return max(int(super().get_data_offset()), least)  # type: ignore[misc]

    def get_qform_quaternion(self) -> NDArray[np.float64]:
        """Return the quaternion; one that is rounded beyond 1 is half a turn (nifti1_io.c)."""
        header: Any = self
        turn = np.array([header[f"quatern_{part}"] for part in "bcd"], dtype=float)
        length = np.linalg.norm(turn)
        if 1 < length < _ROUNDED_TURN:
            return np.array([0.0, *turn / length])
        return super().get_qform_quaternion()  # type: ignore[misc, no-any-return]

    def get_slope_inter(self) -> tuple[float | None, float | None]:
        """Return slope and intercept; one that is no number is 0, as nifti1_io.c has it."""
        header: Any = self
        if not np.isfinite(header["scl_inter"]):
            header["scl_inter"] = 0
        return super().get_slope_inter()  # type: ignore[misc, no-any-return]

    def get_data_shape(self) -> tuple[int, ...]:
        """Return the sizes; behind the third, 0 is 1 as nifti1_io.c has it."""
        shape = super().get_data_shape()  # type: ignore[misc]
        return (*shape[:3], *(size or 1 for size in shape[3:]))


def _quiet(kind: Any) -> Any:
    header = type(kind.header_class.__name__, (_Quiet, kind.header_class), {})
    return type(kind.__name__, (kind,), {"header_class": header})


# By whether a file is of the second version, and whether its voxels lie in another.
_KINDS = {
    (False, False): _quiet(nibabel.Nifti1Image),
    (False, True): _quiet(nibabel.Nifti1Pair),
    (True, False): _quiet(nibabel.Nifti2Image),
    (True, True): _quiet(nibabel.Nifti2Pair),
}


class _Volume:
    """Stands for a volume whose voxels are kept."""


class Voxels:
    """Voxels of one file, which must stay as `stamp_of` told when `open_nifti` read its header.

    A compressed one is unpacked as a whole, since gzip can't be entered midway, and kept for its
    next slice. Of another, so is a volume whose slices don't lie in one piece: nearly all of it is
    read for each.
    """

    def __init__(self, path: str, image: Any, stamp: Stamp) -> None:
        self._path, self._voxels, self._stamp = path, image.dataobj, stamp
        self._volumes: defaultdict[tuple[Any, ...], _Volume] = defaultdict(_Volume)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes along the axes of the file."""
        shape: tuple[int, ...] = self._voxels.shape
        return shape

    def take(self, place: tuple[Any, ...]) -> NDArray[Any]:
        """Return voxels at an index expression.

        Raises
        ------
        ReadError
            If the file is gone, damaged or no more what it was; names it.
        """
        try:
            check_unchanged(voxel_file(self._path), self._stamp, self._path)
            voxels = self._voxels
            if self._path.lower().endswith(".gz"):
                stored = KEPT.content(self, partial(_unpacked, voxels, self._path))[place]
            elif _is_scattered(voxels, place):
                which = place[3:]
                read = partial(_stored_volume, voxels, voxel_file(self._path), which)
                stored = KEPT.content(self._volumes[which], read)[place[:3]]
            else:
                return np.asarray(voxels[place])
            return np.asarray(apply_read_scaling(stored, voxels.slope, voxels.inter))
        except ReadError as error:
            raise ReadError(error.cause, self._path) from error
        except Exception as error:  # zlib, nibabel and numpy each raise their own
            raise ReadError(f"voxels can't be read ({damage_in(error)})", self._path) from error


def _unpacked(voxels: Any, path: str) -> Content:
    """Return all voxels as stored: scaled ones would take up to eight times the memory."""
    with gzip.open(path) as file:
        stored = array_from_file(voxels.shape, voxels.dtype, file, voxels.offset, mmap=False)
        _check_sum(file)
    return stored, stored.nbytes


def _check_sum(file: gzip.GzipFile) -> None:
    """Read on to the end, where alone gzip holds what it unpacked against its checksum."""
    try:
        file.read(_BEHIND_BYTES)
    except gzip.BadGzipFile as error:
        # What stands behind it is no part of the image: gzip itself leaves it out, too.
        if "Not a gzipped file" not in str(error):
            raise


def _is_scattered(voxels: Any, place: tuple[Any, ...]) -> bool:
    """Tell whether a slice lies all over a volume, which is small enough to be kept."""
    size = math.prod(voxels.shape[:3]) * voxels.dtype.itemsize
    return place[2:3] == (slice(None),) and size <= LARGEST_KEPT_BYTES


def _stored_volume(voxels: Any, path: str, which: tuple[Any, ...]) -> Content:
    """Return the voxels of one volume as stored."""
    shape, further = voxels.shape[:3], voxels.shape[3:]
    number = int(np.ravel_multi_index(which, further, order="F")) if further else 0
    start = voxels.offset + number * math.prod(shape) * voxels.dtype.itemsize
    with Path(path).open("rb") as file:
        stored = array_from_file(shape, voxels.dtype, file, start, mmap=False)
    return stored, stored.nbytes


def open_nifti(path: str) -> Any:
    """Open a file by what it holds: nibabel goes by the ending, which may be wrong."""
    with nibabel.openers.ImageOpener(path) as file:
        start = file.read(HEAD_BYTES)
    # What is shorter is cut off.
    if len(start) == HEAD_BYTES and not starts_like_nifti(start):
        raise ReadError("what is packed in it is not NIfTI: unpack it and open what it holds")
    voxels = Path(voxel_file(path))
    if not voxels.is_file():
        raise ReadError(f"its voxels are not beside it ({voxels.name})")
    files = {"image": nibabel.FileHolder(str(voxels))}
    if is_header(path):
        files["header"] = nibabel.FileHolder(path)
    kind = _KINDS[start[:4] in _SECOND_VERSION, is_header(path)]
    image = kind.from_file_map(files, mmap=False)
    if int(image.header["intent_code"]) in _CIFTI_INTENTS:
        raise ReadError("a CIFTI file: values on a surface, not an image")
    return image
