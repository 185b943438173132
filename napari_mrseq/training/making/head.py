"""A head made of tissues: fractions of each in every voxel, from the Colin27 average.

Colin27 is one man's head scanned 27 times and averaged (Holmes et al., J Comput Assist Tomogr
22:324, 1998): hardly any noise, whole head, so its T1 intensity tells the tissue. Debian's
``mricron-data`` holds it as ``ch2``, with the brain alone as ``ch2bet``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_mrseq.errors import MrseqError

TEMPLATES = Path("/usr/share/mricron/templates")

# T1 intensities of ch2: peaks of its histogram.
AIR, BONE, CSF, MUSCLE, GREY, WHITE, FAT = 6.0, 13.0, 32.0, 70.0, 82.0, 111.0, 190.0

# Centre and radius in mm (MNI: right, anterior, superior) of eyes and white-matter lesions.
EYES = (((-32.0, 58.0, -42.0), 14.0), ((32.0, 58.0, -42.0), 14.0))
LESIONS = (
    ((25.0, 27.0, 13.0), 2.5),
    ((23.0, 29.0, 15.0), 2.0),
    ((27.0, -28.0, 28.0), 3.0),
    ((27.0, -33.0, 29.5), 2.5),
    ((25.0, -37.0, 29.0), 2.0),
    ((-26.0, -25.0, 30.0), 2.5),
    ((-27.0, -22.0, 32.0), 1.5),
    ((-24.0, 20.0, 24.0), 2.5),
    ((30.0, -3.0, 30.0), 2.0),
    ((-29.0, 4.0, 27.0), 2.0),
)
# How far beyond the brain mask the fluid around the brain reaches, in mm.
FLUID_MM = 4.0
CLOSING_MM = 10


@dataclass(frozen=True, eq=False)
class Head:
    """Tissue maps of one head.

    Attributes
    ----------
    fractions : mapping of str to (x, y, z) float32 array
        Share of each tissue of `making.signal.TISSUES` in a voxel; what is missing to 1 is air.
    to_lps : (4, 4) array
        Maps voxel (x, y, z, 1) to patient LPS in mm.
    """

    fractions: Mapping[str, NDArray[np.float32]]
    to_lps: NDArray[np.float64]

    def brain(self) -> NDArray[np.bool_]:
        """Where there is more white and grey matter than all else."""
        return self.fractions["white matter"] + self.fractions["grey matter"] > 0.5

    def air(self) -> NDArray[np.bool_]:
        """Where there is air: around the head, in its sinuses and cells."""
        tissue = sum(f for name, f in self.fractions.items() if name != "bone")
        cavities = ndimage.binary_opening(np.asarray(tissue) < 0.08, iterations=2)
        return np.asarray(cavities)


def colin27() -> Head:
    """Build the head from Debian's copy of Colin27, with a few white-matter lesions added.

    Raises
    ------
    MrseqError
        If the templates, ``ch2.nii.gz`` and ``ch2bet.nii.gz``, aren't there.
    """
    paths = [TEMPLATES / "ch2.nii.gz", TEMPLATES / "ch2bet.nii.gz"]
    if missing := [str(path) for path in paths if not path.is_file()]:
        raise MrseqError(f"{', '.join(missing)}: not found; install Debian's mricron-data")
    image, stripped = (nib.Nifti1Image.from_filename(path) for path in paths)
    t1 = np.asarray(image.dataobj, dtype=np.float32)
    to_ras = np.asarray(image.affine, dtype=np.float64)
    fractions = _outside_brain(t1)
    for name in ("white matter", "grey matter", "csf", "lesion", "vitreous"):
        fractions[name] = np.zeros_like(t1)
    inside, margin = _cranial_cavity(np.asarray(stripped.dataobj) > 0)
    _put(fractions, inside, _inside_brain(t1[inside]))
    fluid = margin & (t1 < (CSF + GREY) / 2)
    _put(fractions, fluid, {"csf": _rise(t1[fluid], BONE, CSF)})
    for centre, radius in EYES:
        globe = (_sphere(t1.shape, to_ras, centre, radius) > 0.5) & (t1 < MUSCLE) & (t1 > BONE)
        _put(fractions, globe, {"vitreous": np.ones(int(globe.sum()))})
    for centre, radius in LESIONS:
        replaced = _sphere(t1.shape, to_ras, centre, radius) * fractions["white matter"]
        fractions["white matter"] -= replaced
        fractions["lesion"] += replaced
    return Head(fractions, np.diag([-1.0, -1.0, 1.0, 1.0]) @ to_ras)


def _rise(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """Return the share of the brighter of two tissues in a mixture of both, given their levels."""
    return np.asarray(np.clip((values - low) / (high - low), 0, 1))


def _outside_brain(t1: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Return the shares of bone, muscle and fat by T1 intensity."""
    bone, muscle, fat = _rise(t1, AIR, BONE), _rise(t1, BONE, MUSCLE), _rise(t1, MUSCLE, FAT)
    return {"bone": bone - muscle, "muscle": muscle - fat, "fat": fat}


def _inside_brain(t1: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Return the shares of fluid, grey and white matter by T1 intensity."""
    grey, white = _rise(t1, CSF, GREY), _rise(t1, GREY, WHITE)
    return {"csf": 1 - grey, "grey matter": grey - white, "white matter": white}


def _put(
    fractions: dict[str, NDArray[np.float32]],
    where: NDArray[np.bool_],
    mixture: Mapping[str, NDArray[np.floating]],
) -> None:
    """Replace what is in some voxels."""
    for name, fraction in fractions.items():
        fraction[where] = mixture.get(name, 0)


def _cranial_cavity(
    brain: NDArray[np.bool_],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the brain with its fissures and cisterns filled, and a margin of fluid around it."""
    padded = np.pad(brain, CLOSING_MM + 2)
    distance = ndimage.distance_transform_edt(~padded)
    closed = ndimage.distance_transform_edt(distance < CLOSING_MM) > CLOSING_MM
    crop = (slice(CLOSING_MM + 2, -CLOSING_MM - 2),) * 3
    inside = (closed | padded)[crop]
    return inside, (distance[crop] <= FLUID_MM) & ~inside


def _sphere(
    shape: tuple[int, ...],
    to_ras: NDArray[np.float64],
    centre: tuple[float, float, float],
    radius: float,
) -> NDArray[np.float32]:
    """Draw a ball, 1 inside, with an edge 2 mm soft."""
    voxel = np.linalg.solve(to_ras, [*centre, 1.0])[:3]
    axes = np.ogrid[tuple(slice(0, n) for n in shape)]
    distance = np.sqrt(sum((axis - v) ** 2 for axis, v in zip(axes, voxel, strict=True)))
    return np.asarray(np.clip((radius + 1 - distance) / 2, 0, 1), np.float32)
