"""NIfTI files → Series, turned so that a slice is seen as radiologists see it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from nibabel.orientations import inv_ornt_aff, io_orientation, ornt_transform
from numpy.typing import NDArray

from napari_mrseq.errors import ReadError
from napari_mrseq.naming import nifti_stem, size_words, without_verdict
from napari_mrseq.reading.damage import damage_in
from napari_mrseq.reading.lazy import lazy_stack, stamp_of
from napari_mrseq.reading.nifti_affine import affine_of
from napari_mrseq.reading.nifti_file import Voxels, open_nifti
from napari_mrseq.reading.nifti_gradients import b_values_of, directions_of
from napari_mrseq.reading.nifti_pair import voxel_file
from napari_mrseq.reading.sidecar import sidecar_of
from napari_mrseq.reading.tags import as_whole
from napari_mrseq.series import LEAST_PIXELS, Series, VolumeAxis, grey_of

# gzip packs at most 1032 to 1; more is claimed only by a damaged header. Masks come near to it;
# beyond the size of such a mask no scan packs as tightly.
_LARGEST_GZIP_RATIO = 1100
_LARGEST_SWELLING = 100
_SMALL_BYTES = 1 << 28
# What nibabel says of a header in words that tell the user something.
_KNOWN_DAMAGE = re.compile(r"data code \d+ not \w+")
# Spacings within this ratio are isotropic: any axis may be the slice axis.
_ISOTROPIC = 1.05
# Nothing but slices is so much coarser than what is next.
_THICK = 1.5
# Spacings within this ratio are equal, as those of square pixels.
_EQUAL = 1.01
# Codes of `intent_code` (nifti1.h) for what is computed: statistics, estimates, labels, matrices,
# displacements; those of FSL. Not 11, "normal": AFNI wrote it until 2013 of a mean picture as well.
# ITK calls all that has several values a voxel a vector.
_COMPUTED = (
    *range(2, 11),
    *range(12, 25),
    *range(1001, 1007),
    *range(2006, 2010),
    *range(2016, 2019),
)
_VECTOR = 1007
# How SPM begins the description of statistics, which have no code.
_OF_SPM = (b"SPM{", b"spm_spm:")
# Codes of `xyzt_units` (nifti1.h): seconds, milliseconds, microseconds.
_TIME_BITS, _TIMES_MS = 0x38, {8: 1000.0, 16: 1.0, 24: 0.001}

# For slices along patient axis x, y, z (LPS): the patient axis and sense of rising slices, rows
# and columns. Rows run to posterior or inferior, columns to the left or to posterior; slices are
# such that the three are right-handed, as in DICOM.
_DISPLAY = {
    0: ((0, -1), (2, -1), (1, 1)),
    1: ((1, 1), (2, -1), (0, 1)),
    2: ((2, 1), (1, 1), (0, 1)),
}


@dataclass(frozen=True, slots=True)
class _View:
    """Voxel axes that become slice, row and column, and which of them are turned round."""

    axes: tuple[int, ...]
    flips: tuple[bool, ...]


def read_nifti(path: str) -> Series:
    """Read the header of a NIfTI file.

    Raises
    ------
    ReadError
        If the file is damaged or holds no image; the text is the cause.
    """
    image, known, warnings = _opened(path)
    shape = tuple(int(size) for size in image.shape)
    _check_size(path, image, shape)
    shape = (*shape, 1, 1)[: max(3, len(shape))]
    affine = np.eye(4) if known is None else known
    view, shown = _turned(affine, _slice_axis(image, affine, shape[:3]), shape[:3])
    folder, stem = Path(path).parent, nifti_stem(Path(path).name)
    sidecar, problem = sidecar_of(folder, stem)
    volumes = math.prod(shape[3:])
    # Of diffusion in its directions, say, as a scanner colours it.
    colour = image.get_data_dtype().names is not None
    b_values = b_values_of(folder, stem, volumes)
    axis = _volume_axis(image, volumes, b_values) if volumes > 1 else None
    if axis and b_values and known is not None:
        axis = replace(axis, directions=directions_of(folder, stem, volumes, known))
    return Series(
        path=path,
        files=(path,),
        pixels=_lazy_pixels(path, image, shape, view),
        spacing=None if known is None else _spacing(shown),
        affine=None if known is None else shown,
        series_number=_series_number(sidecar or {}),
        description=without_verdict(stem),
        kind="nifti",
        is_mr=not colour,
        window=_window(image),
        sidecar=sidecar,
        # dcm2niix says "estimate" of all colours.
        intent="" if colour else _intent(image),
        volume_axis=axis,
        b_values=tuple(dict.fromkeys(b_values)),
        warnings=(*warnings, *problem),
    )


def _opened(path: str) -> tuple[Any, NDArray[np.float64] | None, tuple[str, ...]]:
    """Return the image, its affine where that is known, and what to say of it."""
    try:
        image = open_nifti(path)
        return image, *affine_of(image.header)
    except ReadError:
        raise
    except Exception as error:  # zlib, nibabel and numpy each raise their own
        told = _KNOWN_DAMAGE.search(str(error))
        cause = told[0] if told else damage_in(error)
        raise ReadError(f"not a NIfTI file that can be read ({cause})") from error


def _check_size(path: str, image: Any, shape: tuple[int, ...]) -> None:
    if len(shape) < 2 or min(shape) < 1:
        raise ReadError(f"holds no image: its size is {size_words(shape)}")
    needed = math.prod(shape) * image.header.get_data_dtype().itemsize
    needed += int(image.dataobj.offset)
    held = Path(voxel_file(path)).stat().st_size
    if path.lower().endswith(".gz"):
        if needed > max(held * _LARGEST_SWELLING, _SMALL_BYTES):
            raise ReadError(f"damaged or a gzip bomb: {held} bytes would expand to {needed}")
        held *= _LARGEST_GZIP_RATIO
    if held < needed:
        raise ReadError(f"truncated: {size_words(shape)} voxels need {needed} bytes")


def _slice_axis(image: Any, affine: NDArray[np.float64], shape: tuple[int, ...]) -> int:
    """Return the voxel axis along which slices were taken, as far as shape and header tell."""
    single = [axis for axis in range(3) if shape[axis] == 1]
    if single:
        return single[-1]
    zooms = np.linalg.norm(affine[:3, :3], axis=0)
    low, middle, high = np.sort(zooms)
    if high > _THICK * middle:
        # Programs that turn voxels may leave `dim_info` as it was, dcm2niix too.
        return int(zooms.argmax())
    isotropic = high <= _ISOTROPIC * low
    # Of a thin slab, no other slices are large enough to be judged.
    thin = [axis for axis in range(3) if shape[axis] < LEAST_PIXELS]
    if isotropic and len(thin) == 1:
        return thin[0]
    declared = image.header.get_dim_info()[2]
    if declared is not None:
        return int(declared)
    if isotropic:
        return 2
    # Pixels are square nearly always: the odd one of three is the slices' distance.
    thinner = high <= _EQUAL * middle
    return int(zooms.argmin() if thinner else zooms.argmax())


def _turned(
    affine: NDArray[np.float64], slice_axis: int, shape: tuple[int, ...]
) -> tuple[_View, NDArray[np.float64]]:
    """Turn slices to the radiological view: how, and (slice, row, column, 1) to LPS."""
    # For each voxel axis: the patient axis nearest to it, and whether it runs along or against.
    nearest = io_orientation(affine)  # type: ignore[no-untyped-call]
    wanted = np.array(_DISPLAY[int(nearest[slice_axis, 0])])
    turn = ornt_transform(nearest, wanted)  # type: ignore[no-untyped-call]
    axes = np.argsort(turn[:, 0])
    view = _View(tuple(axes.tolist()), tuple((turn[axes, 1] < 0).tolist()))
    return view, affine @ inv_ornt_aff(turn, shape)  # type: ignore[no-untyped-call]


def _lazy_pixels(path: str, image: Any, shape: tuple[int, ...], view: _View) -> Any:
    slices, rows, columns = (shape[axis] for axis in view.axes)
    dtype = _dtype(image)
    voxels = Voxels(path, image, stamp_of(voxel_file(path)))
    load = partial(_load_slice, voxels, view, dtype)
    return lazy_stack(load, math.prod(shape[3:]), (1,) * slices, (rows, columns), dtype)


def _load_slice(
    voxels: Voxels, view: _View, dtype: np.dtype[Any], volume: int, index: int
) -> NDArray[Any]:
    """Read one slice, turned as it is shown."""
    place: list[Any] = [slice(None)] * 3
    place[view.axes[0]] = -1 - index if view.flips[0] else index
    further = np.unravel_index(volume, voxels.shape[3:], order="F")
    plane = _grey(voxels.take((*place[: len(voxels.shape)], *further)))
    if view.axes[1] > view.axes[2]:
        plane = plane.T
    plane = plane[:: -1 if view.flips[1] else 1, :: -1 if view.flips[2] else 1]
    return np.ascontiguousarray(plane, dtype=dtype)[None]


def _dtype(image: Any) -> np.dtype[Any]:
    stored = image.header.get_data_dtype()
    slope, intercept = image.dataobj.slope, image.dataobj.inter
    if stored.names or stored.kind == "c" or slope != 1 or intercept != 0:
        return np.dtype(np.float32)
    native: np.dtype[Any] = stored.newbyteorder("=")
    return native


def _grey(plane: NDArray[Any]) -> NDArray[Any]:
    """Turn colour into grey and complex values into their magnitude."""
    if plane.dtype.names:
        return np.asarray(grey_of(np.stack([plane[name] for name in plane.dtype.names], axis=-1)))
    return np.abs(plane) if plane.dtype.kind == "c" else plane


def _spacing(affine: NDArray[np.float64]) -> tuple[float, float, float]:
    zooms = np.linalg.norm(affine[:3, :3], axis=0)
    return float(zooms[0]), float(zooms[1]), float(zooms[2])


def _window(image: Any) -> tuple[float, float] | None:
    low, high = float(image.header["cal_min"]), float(image.header["cal_max"])
    return (low, high) if np.isfinite([low, high]).all() and high > low else None


def _series_number(sidecar: Mapping[str, Any]) -> int | None:
    told = sidecar.get("SeriesNumber")
    return as_whole(told) if type(told) in (int, float) else None


def _intent(image: Any) -> str:
    """Name what the values are where they are computed, empty where they may be a picture."""
    code = int(image.header["intent_code"])
    if code in _COMPUTED or (code == _VECTOR and image.shape[3:] == (1, 3)):
        return str(image.header.get_intent()[0]).strip()
    return "SPM statistic" if image.header["descrip"].item().startswith(_OF_SPM) else ""


def _volume_axis(image: Any, volumes: int, b_values: tuple[float, ...]) -> VolumeAxis:
    if b_values:
        return VolumeAxis("b value", "s/mm²", b_values)
    unit = _TIMES_MS.get(int(image.header["xyzt_units"]) & _TIME_BITS)
    step = float(image.header["pixdim"][4])
    # Time is the fourth axis alone; what lies along further ones is not said.
    if unit is None or not np.isfinite(step) or step <= 0 or image.shape[3] != volumes:
        return VolumeAxis()
    return VolumeAxis("time", "ms", tuple(round(step * unit * i, 3) for i in range(volumes)))
