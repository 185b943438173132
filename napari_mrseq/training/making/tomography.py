"""Pictures that a CT gives: its slices as readers window them, radiographs, nuclear medicine."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.errors import InvalidDicomError
from scipy import ndimage

from napari_mrseq.errors import MrseqError

# Debian's invesalius-examples: a head without contrast agent, feet first.
HEAD = Path("/usr/share/doc/invesalius-examples/examples/Cranium.inv3")
HEAD_SHAPE, HEAD_STEPS = (108, 256, 256), (1.5, 0.957, 0.957)
# Side of the pixels of what is made, and rows or columns of a volume in plane, at most.
PIXEL, MOST_COLUMNS = 1.5, 256
# How often a slice is axial, coronal, sagittal.
PLANES = (0.6, 0.2, 0.2)
# Level and width in Hounsfield units: brain, soft tissue, bone, lung, everything.
WINDOWS = ((40, 80), (40, 400), (500, 2000), (-600, 1500), (200, 3000))
AIR, THICKEST = -1024.0, 10.0
# Where lungs, fat, water, soft tissue, enhanced vessels and bone part, in Hounsfield units.
BOUNDS = (-950.0, -250.0, -30.0, 20.0, 70.0, 160.0)

Grey = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Tomogram:
    """A CT.

    Attributes
    ----------
    site : str
        What it shows, such as ``"head"``.
    values : (slices, rows, columns) array
        Hounsfield units; head first, the front of the body in the first row.
    steps : (3,) tuple of float
        Distance of slices, rows and columns, mm.
    """

    site: str
    values: Grey
    steps: tuple[float, float, float]


def head_ct() -> Tomogram:
    """Return the head of `HEAD`.

    Raises
    ------
    MrseqError
        If it isn't installed.
    """
    if not HEAD.is_file():
        raise MrseqError(f"{HEAD}: not found; install Debian's invesalius-examples")
    with tarfile.open(HEAD) as archive:
        member = next(m for m in archive if m.name.endswith("matrix.dat"))
        file = archive.extractfile(member)
        content = file.read() if file else b""
    values = np.frombuffer(content, "<i2").reshape(HEAD_SHAPE).astype(float)
    return Tomogram("head", values[::-1], HEAD_STEPS)


def dicom_ct(folder: Path, site: str) -> Tomogram:
    """Return the CT of a folder: axial slices of one series, one a file.

    Raises
    ------
    MrseqError
        If there are none, or they lack their place or scale; names the folder.
    """
    try:
        files = [dcmread(path) for path in folder.glob("*.dcm")]
        files.sort(key=lambda file: -float(file.ImagePositionPatient[2]))
        step = abs(files[0].ImagePositionPatient[2] - files[1].ImagePositionPatient[2])
        planes = [f.pixel_array * float(f.RescaleSlope) + float(f.RescaleIntercept) for f in files]
        across, along = map(float, files[0].PixelSpacing)
    except (IndexError, AttributeError, InvalidDicomError) as error:
        raise MrseqError(f"{folder}: no series of axial CT slices with place and scale") from error
    less = -(-max(planes[0].shape) // MOST_COLUMNS)
    values = np.stack([plane[::less, ::less] for plane in planes]).clip(AIR)
    return Tomogram(site, values.astype(float), (float(step), across * less, along * less))


def ct_slice(ct: Tomogram, rng: np.random.Generator) -> Grey:
    """Return a slice in a reader's window: axial, coronal or sagittal, of any thickness.

    Parameters
    ----------
    ct : Tomogram
        Where it is cut.
    rng : numpy.random.Generator
        Source of all chance. Of one patient others are made: stretched, warped, cropped.

    Returns
    -------
    (rows, columns) array
        Between 0 and 1, square pixels of `PIXEL` mm before it was stretched.
    """
    axis = int(rng.choice(3, p=PLANES))
    plane = _cropped(_warped(_section(ct, axis, rng), rng), rng)
    level, width = WINDOWS[int(rng.integers(len(WINDOWS)))]
    noise = rng.normal(0, rng.choice((0, 10, 30)), plane.shape)
    scaled = (plane + noise - level) / (width * rng.uniform(0.7, 1.4)) + rng.normal(0.5, 0.08)
    return np.asarray(np.clip(scaled, 0, 1))


def radiograph(ct: Tomogram, rng: np.random.Generator) -> Grey:
    """Return a projection, between 0 and 1: what a turned body absorbs."""
    absorbed = _projected(np.clip(ct.values + 1000, 0, None), ct.steps, rng)
    return np.asarray((absorbed / absorbed.max()) ** rng.uniform(0.7, 1.4))


def scintigram(ct: Tomogram, rng: np.random.Generator) -> Grey:
    """Return what nuclear medicine shows: tissues that take up a tracer, blurred and counted.

    Scintigraphy projects the body, PET and SPECT cut it; bone, lung or soft tissue is hot, with
    foci. Counts follow Poisson's law.
    """
    tissues = np.digitize(ct.values, BOUNDS)
    uptake = rng.lognormal(0, 1.2, len(BOUNDS) + 1)
    uptake[0] = 0
    tracer = Tomogram(ct.site, uptake[tissues], ct.steps)
    if rng.random() < 0.4:
        shown = _projected(tracer.values, ct.steps, rng)
    else:
        shown = _section(tracer, int(rng.integers(3)), rng)
    foci = (rng.random(shown.shape) < rng.uniform(0, 3e-4)) * rng.uniform(5, 60) * shown.max()
    sigma = rng.uniform(1.5, 5)
    blurred = ndimage.gaussian_filter(shown, sigma) + ndimage.gaussian_filter(foci, sigma)
    blurred = np.clip(blurred, 0, None) / max(blurred.max(), 1e-9)
    counted = rng.poisson(blurred * 10 ** rng.uniform(1.3, 3.5)).astype(float)
    grey = np.clip(counted / np.quantile(counted, rng.uniform(0.98, 1.0)).clip(1), 0, 1)
    return np.asarray(1 - grey if rng.random() < 0.4 else grey)


def _section(ct: Tomogram, axis: int, rng: np.random.Generator) -> Grey:
    extent = ct.values.shape[axis]
    slices = max(1, round(rng.uniform(0, THICKEST) / ct.steps[axis]))
    first = int(rng.uniform(0.03, 0.97) * (extent - slices))
    slab = np.take(ct.values, range(first, first + slices), axis=axis)
    # Thick slices average; a maximum shows vessels and bones.
    plane = slab.max(axis=axis) if rng.random() < 0.1 else slab.mean(axis=axis)
    steps = [step for side, step in enumerate(ct.steps) if side != axis]
    return np.asarray(ndimage.zoom(plane, [step / PIXEL for step in steps], order=1))


def _projected(values: Grey, steps: tuple[float, float, float], rng: np.random.Generator) -> Grey:
    turned = ndimage.rotate(values[:, ::2, ::2], rng.uniform(0, 180), (1, 2), False, order=1)
    zoom = (steps[0] / PIXEL, 2 * steps[2] / PIXEL)
    return np.asarray(ndimage.zoom(turned.sum(axis=1), zoom, order=1)).clip(0)


def _warped(plane: Grey, rng: np.random.Generator) -> Grey:
    """Stretch and bend a plane, as bodies differ."""
    shape = tuple(max(32, int(side * rng.uniform(0.8, 1.25))) for side in plane.shape)
    where = np.indices(shape, dtype=float)
    for place, side, old in zip(where, shape, plane.shape, strict=True):
        bent = ndimage.zoom(rng.normal(0, 0.012 * old, (4, 4)), [n / 4 for n in shape], order=3)
        place *= old / side
        place += bent[: shape[0], : shape[1]]
    return np.asarray(ndimage.map_coordinates(plane, where, order=1, cval=AIR))


def _cropped(plane: Grey, rng: np.random.Generator) -> Grey:
    """Cut a field of view out of every second plane."""
    if rng.random() < 0.5:
        return plane
    sides = [int(rng.uniform(0.35, 0.9) * side) for side in plane.shape]
    top, left = (
        int(rng.integers(whole - part + 1)) for whole, part in zip(plane.shape, sides, strict=True)
    )
    return plane[top : top + sides[0], left : left + sides[1]]
