"""Positions and orientations → spacing, affine, gaps; all in patient LPS and mm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mrseq.naming import counted

# Two slices nearer than this (mm) lie at the same place: scanners round positions to 1e-3 mm.
SAME_PLACE_MM = 0.01
# Two direction cosines differ when they are further apart; GE writes them with noise of 1e-4.
SAME_DIRECTION = 2e-3
# Deviation from even spacing (part of the spacing) that is worth a warning.
UNEVEN = 0.02
# Two slices always lie evenly: a stack shows it by three.
FEWEST_SHOWING = 3
# Some writers round positions to a tenth of a mm: where even steps meet all of them this closely
# (mm, and as part of the spacing), they were even. A missing slice is half a spacing off at least.
ROUNDED_MM, ROUNDED = 0.1, 0.25
# Angle between slice step and normal that counts as tilted.
TILT_DEGREES = 0.5
# Distance between slices (mm) where the header gives none, and what is said of it.
ASSUMED_DISTANCE_MM = 1.0
UNKNOWN_THICKNESS = f"slice thickness unknown: {ASSUMED_DISTANCE_MM:g} mm assumed"
# No image lies farther away than this, and no voxel is finer (mm): the header is damaged. A viewer
# counts the steps from one end of a scene to the other in 32 bits.
FARTHEST_MM, FINEST_MM = 1e5, 1e-4


@dataclass(frozen=True, eq=False)
class StackGeometry:
    """Geometry of sorted slices.

    Attributes
    ----------
    affine : (4, 4) array or None
        Maps (slice, row, column, 1) to patient LPS in mm; None where they have no place there.
    spacing : tuple of float or None
        mm along (slice, row, column), None where unknown.
    warnings : tuple of str
        Gaps, uneven spacing, tilt, in words.
    """

    affine: NDArray[np.float64] | None
    spacing: tuple[float, float, float] | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SliceSpacing:
    """How slices follow each other along their normal.

    Attributes
    ----------
    gaps : (n - 1,) array
        From each slice to the next, mm.
    usual : float
        The middle one of them, mm.
    missing : dict of int to int
        How many whole steps are left out, by the slice before them, from 0.
    is_uneven : bool
        They are not evenly spaced, and missing slices don't explain it.
    """

    gaps: NDArray[np.float64]
    usual: float
    missing: dict[int, int] = field(default_factory=dict)
    is_uneven: bool = False

    @property
    def is_whole(self) -> bool:
        """They lie evenly, or would if some were not lost."""
        return not self.is_uneven and sum(self.missing.values()) <= len(self.gaps)

    def is_closer_than(self, thickness: float | None) -> bool:
        """Tell whether they follow each other faster than their headers say."""
        return self.usual < (1 - UNEVEN) * (thickness or 0)

    @property
    def warnings(self) -> list[str]:
        """What is to be said of it."""
        if self.missing:
            after = ", ".join(str(index + 1) for index in self.missing)
            lost = counted(sum(self.missing.values()), "slice")
            return [f"gap: {lost} missing (after slice {after}), not filled in"]
        if self.is_uneven:
            return [
                f"uneven slice spacing: {self.gaps.min():.2f} to {self.gaps.max():.2f} mm; "
                f"{self.usual:.2f} mm used, nothing interpolated"
            ]
        return []


def is_orientation(cosines: Sequence[float]) -> bool:
    """Tell whether six numbers are two orthogonal unit vectors, within a hundredth."""
    if len(cosines) != 6:
        return False
    row, column = cosines[:3], cosines[3:]
    lengths = [math.hypot(*row), math.hypot(*column)]
    product = sum(a * b for a, b in zip(row, column, strict=True))
    return abs(product) < 0.01 and all(abs(length - 1) < 0.01 for length in lengths)


def is_position(place: Sequence[float]) -> bool:
    """Tell whether numbers (mm) are a place that an image can have."""
    return len(place) == 3 and max(map(abs, place)) <= FARTHEST_MM


def is_distance(mm: float) -> bool:
    """Tell whether voxels can be so far apart."""
    return FINEST_MM <= mm <= FARTHEST_MM


def slice_normal(orientation: Sequence[float]) -> NDArray[np.float64]:
    """Return the unit vector from one slice to the next: row direction × column direction."""
    normal = np.cross(orientation[:3], orientation[3:])
    return np.asarray(normal / np.linalg.norm(normal), dtype=np.float64)


def turn_between(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the angle in degrees by which one orientation is turned to be another."""
    apart = np.subtract(first, second)
    apart = np.append(apart, slice_normal(first) - slice_normal(second))
    # The norm of the difference, not the trace: its cosine tells nothing of small angles.
    return 2 * math.degrees(math.asin(min(1.0, float(np.linalg.norm(apart)) / math.sqrt(8))))


def stack_geometry(
    positions: ArrayLike,
    orientation: Sequence[float],
    pixel_spacing: tuple[float, float],
    thickness: float | None,
) -> StackGeometry:
    """Return the affine of slices that are sorted along their normal.

    Parameters
    ----------
    positions : (n, 3) array_like
        Centre of the first voxel of each slice, patient LPS, mm.
    orientation : sequence of float
        Six direction cosines, as DICOM (0020,0037).
    pixel_spacing : tuple of float
        mm between rows, mm between columns, as DICOM (0028,0030).
    thickness : float or None
        Distance in mm to assume for a single slice, or for slices that share one position.
    """
    places = np.asarray(positions, dtype=float)
    normal = slice_normal(orientation)
    step, warnings = _slice_step(places, normal, thickness)
    affine = np.eye(4)
    affine[:3, 0] = step
    affine[:3, 1] = np.array(orientation[3:]) * pixel_spacing[0]
    affine[:3, 2] = np.array(orientation[:3]) * pixel_spacing[1]
    affine[:3, 3] = places[0]
    spacing = (float(np.linalg.norm(step)), float(pixel_spacing[0]), float(pixel_spacing[1]))
    return StackGeometry(affine, spacing, tuple(warnings))


def _slice_step(
    places: NDArray[np.float64], normal: NDArray[np.float64], thickness: float | None
) -> tuple[NDArray[np.float64], list[str]]:
    assumed = thickness or ASSUMED_DISTANCE_MM
    if len(places) == 1:
        return normal * assumed, [] if thickness else [UNKNOWN_THICKNESS]
    spacing = slice_spacing(places @ normal)
    usual = spacing.usual
    if usual <= SAME_PLACE_MM:
        # Tiles of one image only: other slices at one place make volumes.
        said = f"slices share one position: {assumed:g} mm between them assumed"
        return normal * assumed, [said]
    warnings = spacing.warnings
    if warnings:
        # The true steps differ: the usual one, along the mean direction, is right for most.
        direction = places[-1] - places[0]
        step = direction / (direction @ normal) * usual
    else:
        step = (places[-1] - places[0]) / (len(places) - 1)
    return step, warnings + _tilt_warnings(places, step, normal)


def slice_spacing(heights: ArrayLike) -> SliceSpacing:
    """Return how slices follow each other.

    Parameters
    ----------
    heights : (n,) array_like
        Where two slices or more lie along their normal, mm; rising.
    """
    distances = np.asarray(heights, dtype=float)
    gaps = np.diff(distances)
    # The lower of two middle ones, not their mean, which would be no slice's distance.
    usual = float(np.quantile(gaps, 0.5, method="lower"))
    if usual <= SAME_PLACE_MM or _are_even(distances, usual):
        return SliceSpacing(gaps, usual)
    ratios = gaps / usual
    odd = np.flatnonzero(np.abs(ratios - 1) > max(UNEVEN, SAME_PLACE_MM / usual))
    missing = np.rint(ratios[odd]) - 1
    whole = np.abs(ratios[odd] - missing - 1) <= UNEVEN * (missing + 1)
    if np.all(missing >= 1) and np.all(whole):
        lost = dict(zip(odd.tolist(), missing.astype(int).tolist(), strict=True))
        return SliceSpacing(gaps, usual, lost)
    return SliceSpacing(gaps, usual, is_uneven=True)


def are_evenly_spaced(distances: NDArray[np.float64]) -> bool:
    """Tell whether places (mm), two or more in any order, are each as far from the next."""
    gaps = np.diff(np.sort(distances))
    return bool(gaps.min() > SAME_PLACE_MM and np.ptp(gaps) <= UNEVEN * gaps.max())


def _are_even(distances: NDArray[np.float64], usual: float) -> bool:
    """Tell whether evenly spaced slices lie at these distances, but for rounding."""
    even = np.linspace(distances[0], distances[-1], len(distances))
    return bool(np.abs(distances - even).max() <= min(ROUNDED_MM, ROUNDED * usual))


def _tilt_warnings(
    places: NDArray[np.float64], step: NDArray[np.float64], normal: NDArray[np.float64]
) -> list[str]:
    warnings = []
    cosine = min(1.0, abs(float(step @ normal)) / float(np.linalg.norm(step)))
    angle = float(np.degrees(np.arccos(cosine)))
    length = places[-1] - places[0]
    # Of two rounded positions each is off by a part: few thin slices then seem to be shifted.
    is_told = np.linalg.norm(length - length @ normal * normal) > 2 * ROUNDED_MM
    if angle > TILT_DEGREES and is_told:
        shift = f"{angle:.1f} degrees off their normal"
        warnings.append(f"sheared: slices are shifted sideways, {shift}")
    along = (places - places[0]) @ normal / (step @ normal)
    sideways = np.linalg.norm(places - places[0] - along[:, None] * step, axis=1)
    if sideways.max() > max(0.1, UNEVEN * float(np.linalg.norm(step))):
        warnings.append(f"slices don't lie on one line: up to {sideways.max():.1f} mm off it")
    return warnings
