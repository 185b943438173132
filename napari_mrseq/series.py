"""What reading gives and everything after it takes: a stack of MR slices with its geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mrseq.body_plane import plane_of
from napari_mrseq.errors import MrseqError, ReadError
from napari_mrseq.naming import size_words

if TYPE_CHECKING:
    from dask.array import Array
    from pydicom.dataset import Dataset


# A smaller picture is a thumbnail: nobody could tell its contrast.
LEAST_PIXELS = 32
# Luminance of red, green and blue, ITU-R BT.601.
_GREY_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Failure:
    """A file or folder that could not be read, and why, in words for the user.

    Attributes
    ----------
    path, cause : str
        Which, and why.
    series : Series or None
        The series, where it is known: its header could be read, its pixels can't.
    no_image : bool
        The file is sound and no image: a report, a presentation state.
    """

    path: str
    cause: str
    series: Series | None = None
    no_image: bool = False

    @classmethod
    def of(cls, series: Series, error: MrseqError) -> Failure:
        """Say why a series can't be judged; what names its own file does so once."""
        if isinstance(error, ReadError) and error.path == series.path:
            return cls(series.path, error.cause, series)
        return cls(series.path, str(error), series)

    @property
    def error(self) -> ReadError:
        """The same, to be raised."""
        return ReadError(self.cause, self.path)

    @property
    def words(self) -> str:
        """Path and cause in one line."""
        return f"{self.path}: {self.cause}"


@dataclass(frozen=True)
class VolumeAxis:
    """What the first axis of a 4-D series means.

    Attributes
    ----------
    name : str
        ``"b value"``, ``"time"``, ``"flip angle"``, ``"inversion time"``,
        ``"repetition time"`` or ``"volume"`` where the files don't say.
    unit : str
        ``"s/mm²"``, ``"ms"``, ``"degree"`` or ``""``.
    values : tuple of float
        One a volume; empty where unknown.
    directions : tuple of (float, float, float)
        Diffusion gradient directions in patient LPS, one a volume; empty where unknown.
    """

    name: str = "volume"
    unit: str = ""
    values: tuple[float, ...] = ()
    directions: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Series:
    """One stack of slices, or several volumes of the same stack.

    Attributes
    ----------
    path : str
        File of a picture or NIfTI, else the deepest folder that holds all files of the series.
    files : tuple of str
        Every file the series was read from, in the order of its slices.
    pixels : dask.array.Array
        Shape (slice, row, column) or (volume, slice, row, column); rescaled (slope and intercept
        or table of DICOM PS3.3 C.11.1 and C.7.6.16.2.9, else a real world value mapping),
        MONOCHROME1 turned so that bright is large, colour turned grey. One chunk a slice, or a
        mosaic; nothing is decoded before it is computed.
    spacing : tuple of float or None
        Distance in mm between neighbours along (slice, row, column); None where unknown.
    affine : (4, 4) array or None
        Maps (slice, row, column, 1) to patient LPS in mm; None for pictures.
    instance_uids : tuple of str
        SOP Instance UID of each slice, in the order of volumes, then slices. Frames of one
        multi-frame file repeat its UID. Empty for NIfTI and pictures.
    patient : int
        Number of the patient among those whose files were read with the same study UID, from 0.
    kind : str
        ``"dicom"``, ``"nifti"``, ``"picture"`` or ``"layer"``.
    is_mr : bool
        False where the file itself says that it is no MR image (CT, ultrasound, colour or
        secondary capture).
    window : tuple of float or None
        Lowest and highest value to show, from the file's own window.
    dataset : pydicom.Dataset or None
        Header of the first instance without pixels and without anything that names the patient.
    sidecar : mapping or None
        BIDS sidecar of a NIfTI file, without what names a person.
    intent : str
        What the values of a NIfTI file are where they are no picture: ``"label"``, ``"t test"``.
    volume_axis : VolumeAxis or None
        Meaning of the first axis of 4-D pixels; None in 3-D.
    b_values : tuple of float
        Distinct diffusion weightings in s/mm², wherever the files keep them; empty where unknown.
    part : str
        What tells this stack from others of the same series UID: ``"phase"``, ``"echo 2"``,
        ``"sagittal"``; empty where it is the only one.
    warnings : tuple of str
        Gaps, duplicates, uneven spacing and the like, in words for the user.
    """

    path: str
    files: tuple[str, ...] = field(repr=False)
    pixels: Array
    spacing: tuple[float, float, float] | None = None
    affine: NDArray[np.float64] | None = field(default=None, repr=False)
    instance_uids: tuple[str, ...] = field(default=(), repr=False)
    series_uid: str | None = field(default=None, repr=False)
    series_number: int | None = None
    description: str | None = None
    study_uid: str | None = field(default=None, repr=False)
    patient: int = field(default=0, repr=False)
    frame_of_reference_uid: str | None = field(default=None, repr=False)
    kind: str = "dicom"
    is_mr: bool = True
    window: tuple[float, float] | None = field(default=None, repr=False)
    dataset: Dataset | None = field(default=None, repr=False)
    sidecar: Mapping[str, Any] | None = field(default=None, repr=False)
    intent: str = ""
    volume_axis: VolumeAxis | None = None
    b_values: tuple[float, ...] = ()
    part: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def slice_count(self) -> int:
        """Slices of all volumes together."""
        return int(np.prod(self.pixels.shape[:-2]))

    @property
    def is_thumbnail(self) -> bool:
        """Whether its slices are too small to judge."""
        return bool(min(self.pixels.shape[-2:]) < LEAST_PIXELS)

    @property
    def plane(self) -> str | None:
        """``axial``, ``coronal``, ``sagittal``, ``oblique``, or None without a patient affine."""
        return None if self.affine is None else plane_of(self.affine)

    @property
    def slices_per_volume(self) -> int:
        """Slices of one volume; slices of a series are counted through all volumes."""
        return int(self.pixels.shape[-3])

    def slice_pixels(self, index: int) -> Array:
        """Return slice `index` as a lazy (row, column) array, counted through all volumes."""
        place = np.unravel_index(index, self.pixels.shape[:-2])
        lazy: Array = self.pixels[tuple(int(i) for i in place)]
        return lazy


@dataclass(frozen=True)
class Study:
    """All series found under the given paths, and what could not be read.

    Attributes
    ----------
    series : tuple of Series
        In the order of the given paths, then of the studies, then by series number.
    failures : tuple of Failure
        One a file or folder that could not be read.
    """

    series: tuple[Series, ...]
    failures: tuple[Failure, ...] = ()


def computed(*lazy: Array, **scheduling: Any) -> tuple[NDArray[Any], ...]:
    """Compute pixels, with no one following it, as others follow all that a process computes.

    napari keeps what it draws so, by `dask.cache`, which fails with a `KeyError` where two threads
    compute at once: in a run, or on the canvas.

    Parameters
    ----------
    *lazy : dask.array.Array
        Computed together.
    **scheduling
        As `dask.compute` takes it.
    """
    from dask.base import compute

    arrays: tuple[NDArray[Any], ...] = compute(*lazy, callbacks=(), **scheduling)
    return arrays


def grey_of(colours: Any) -> Any:
    """Turn colours, whose last axis is red, green and blue (and opacity), into grey."""
    return colours[..., :3].astype(np.float32) @ _GREY_WEIGHTS


def check_axes(shape: tuple[int, ...], name: str) -> None:
    """Refuse an image, without its colours, that is no slice, stack or stack of stacks.

    Raises
    ------
    ValueError
        If it has fewer than two or more than four axes, or an empty one.
    """
    if 0 in shape:
        raise ValueError(f"{name} is empty: its size is {size_words(shape)}")
    if len(shape) < 2:
        raise ValueError(f"{name} is no image: its size is {size_words(shape)}")
    if len(shape) > 4:
        raise ValueError(
            f"{name} has {len(shape)} dimensions, {size_words(shape)}; a stack has 3, several "
            "volumes of it have 4: split it first"
        )


def series_from_array(
    array: ArrayLike,
    *,
    name: str,
    spacing: tuple[float, float, float] | None = None,
    rgb: bool = False,
) -> Series:
    """Wrap an image that is in memory already, whoever loaded it.

    Parameters
    ----------
    array : array_like
        Shape (row, column), (slice, row, column) or (volume, slice, row, column), with a last
        axis of 3 or 4 colours where `rgb`.
    name : str
        Stands as path and description.
    spacing : tuple of float, optional
        mm along (slice, row, column).
    rgb : bool
        The last axis holds red, green, blue (and opacity); turned grey by the luminance weights
        of ITU-R BT.601.

    Raises
    ------
    ValueError
        If the array has fewer than two or more than four axes, or an empty one.
    """
    import dask.array as da

    # Tensors of other libraries have a shape, but a type of numbers that dask doesn't know.
    known = isinstance(getattr(array, "dtype", None), np.dtype)
    source = array if known else np.asarray(array)
    # Without a name dask would hash every pixel for one.
    lazy = source if isinstance(source, da.Array) else da.from_array(source, name=False)
    if rgb:
        lazy = grey_of(lazy)
    check_axes(lazy.shape, name)
    if lazy.ndim == 2:
        lazy = lazy[None]
    return Series(
        path=name,
        files=(name,),
        pixels=lazy,
        spacing=spacing,
        description=name,
        kind="layer",
        volume_axis=VolumeAxis() if lazy.ndim == 4 else None,
    )


def identity_of(series: Series) -> dict[str, Any]:
    """Return what records name a series by; nothing of it names the patient."""
    return {
        "study_uid": series.study_uid,
        "series_uid": series.series_uid,
        "series_number": series.series_number,
        "description": series.description,
        "part": series.part or None,
    }
