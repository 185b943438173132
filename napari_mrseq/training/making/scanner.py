"""From a volume of signal to the slices a scanner would give: profile, k-space, EPI, noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Volume = NDArray[np.float64]

# Slices are sampled finer in plane, then cut in k-space; and through their thickness.
OVERSAMPLING = 2
THROUGH_SLICE = 3
# Susceptibility of air less that of tissue, in ppm (Schenck, Med Phys 23:815, 1996).
AIR_TISSUE_PPM = 9.4
PROTON_HZ_PER_PPM_PER_TESLA = 42.577


@dataclass(frozen=True, eq=False)
class Geometry:
    """Where a stack of slices lies.

    Attributes
    ----------
    slices, rows, columns : int
        Size of the stack.
    pixel : float
        Square pixels, mm.
    thickness, step : float
        Slice thickness and distance of slice centres, mm.
    centre : (3,) array
        Middle of the stack in patient LPS, mm.
    row_direction, column_direction : (3,) array
        Unit vectors of the patient LPS along which the column index and the row index rise (the
        two halves of Image Orientation (Patient)).
    """

    slices: int
    rows: int
    columns: int
    pixel: float
    thickness: float
    step: float
    centre: NDArray[np.float64]
    row_direction: NDArray[np.float64]
    column_direction: NDArray[np.float64]

    @property
    def normal(self) -> NDArray[np.float64]:
        """Unit vector from the first slice to the last."""
        return np.cross(self.row_direction, self.column_direction)

    def corner(self, index: int) -> NDArray[np.float64]:
        """Centre of the first pixel of a slice: Image Position (Patient), mm."""
        return (
            self.centre
            + (index - (self.slices - 1) / 2) * self.step * self.normal
            - (self.columns - 1) / 2 * self.pixel * self.row_direction
            - (self.rows - 1) / 2 * self.pixel * self.column_direction
        )


def slices_of(volume: Volume, to_lps: NDArray[np.float64], geometry: Geometry) -> Volume:
    """Average a volume over the thickness of each slice, in plane on a finer grid.

    Parameters
    ----------
    volume : (x, y, z) array
        Signal, signed.
    to_lps : (4, 4) array
        Maps (x, y, z, 1) to patient LPS in mm.
    geometry : Geometry
        Where the slices lie.

    Returns
    -------
    array
        Shape (slices, rows × 2, columns × 2).
    """
    fine = 1 / OVERSAMPLING
    row = np.arange(geometry.rows * OVERSAMPLING) * fine
    column = np.arange(geometry.columns * OVERSAMPLING) * fine
    depth = (np.arange(THROUGH_SLICE) + 0.5) / THROUGH_SLICE - 0.5
    to_voxel = np.linalg.inv(to_lps)
    result = np.zeros((geometry.slices, row.size, column.size))
    for index in range(geometry.slices):
        plane = (
            geometry.corner(index)[:, None, None]
            + geometry.row_direction[:, None, None] * column[None, None, :] * geometry.pixel
            + geometry.column_direction[:, None, None] * row[None, :, None] * geometry.pixel
        )
        for offset in depth * geometry.thickness:
            points = plane + (offset * geometry.normal)[:, None, None]
            voxels = np.tensordot(to_voxel[:3, :3], points, 1) + to_voxel[:3, 3, None, None]
            result[index] += ndimage.map_coordinates(volume, voxels, order=1)
    return result / THROUGH_SLICE


def reconstruct(
    fine: Volume, rng: np.random.Generator, *, noise: float, blur: float = 0.0
) -> Volume:
    """Cut finely sampled slices in k-space, add noise to both channels, take the magnitude.

    Parameters
    ----------
    fine : (slices, rows × 2, columns × 2) array
        What `slices_of` gives.
    rng : numpy.random.Generator
        Source of the noise.
    noise : float
        Standard deviation in each channel, in units of `fine` (the magnitude is Rician).
    blur : float
        How much of the amplitude is lost at the edge of k-space along the rows (phase encoding),
        0 to 1, beyond the mild filter every scanner applies.

    Returns
    -------
    array
        Shape (slices, rows, columns).
    """
    rows, columns = (size // OVERSAMPLING for size in fine.shape[1:])
    spectrum = np.fft.fftshift(np.fft.fft2(fine), axes=(1, 2))
    top, left = (fine.shape[1] - rows) // 2, (fine.shape[2] - columns) // 2
    spectrum = spectrum[:, top : top + rows, left : left + columns]
    along_rows, along_columns = _edge(rows), _edge(columns)
    spectrum *= (1 - blur * along_rows)[:, None] * _filter(along_rows)[:, None]
    spectrum *= _filter(along_columns)
    image = np.fft.ifft2(np.fft.ifftshift(spectrum, axes=(1, 2))) / OVERSAMPLING**2
    shape = image.shape
    return np.abs(image + rng.normal(0, noise, shape) + 1j * rng.normal(0, noise, shape))


def _edge(size: int) -> Volume:
    """Distance from the middle of k-space, 1 at its edge."""
    return np.abs(np.arange(size) - size // 2) / (size / 2)


def _filter(edge: Volume) -> Volume:
    """Return a Tukey window that keeps ringing down: 1 up to 0.7, then a cosine to 0.2."""
    return 0.6 + 0.4 * np.cos(np.pi * np.clip((edge - 0.7) / 0.3, 0, 1))


def field_hz(air: NDArray[np.bool_], brain: NDArray[np.bool_], tesla: float) -> Volume:
    """Off-resonance that air in and around the head causes, after a linear shim over the brain.

    Parameters
    ----------
    air, brain : (x, y, z) array of bool
        Axis 2 lies along the main field.
    tesla : float
        Field strength.

    Returns
    -------
    array
        In Hz. Dipole kernel in k-space: Salomir et al., Concepts Magn Reson B 19:26, 2003.
    """
    k = np.meshgrid(*(np.fft.fftfreq(n) for n in air.shape), indexing="ij", sparse=True)
    squared = k[0] ** 2 + k[1] ** 2 + k[2] ** 2
    squared[0, 0, 0] = 1
    kernel = 1 / 3 - k[2] ** 2 / squared
    ppm = np.fft.ifftn(np.fft.fftn(air * AIR_TISSUE_PPM) * kernel).real
    where = np.argwhere(brain)[::50]
    design = np.column_stack([np.ones(len(where)), where])
    shim, *_ = np.linalg.lstsq(design, ppm[tuple(where.T)], rcond=None)
    axes = np.meshgrid(*(np.arange(n) for n in air.shape), indexing="ij", sparse=True)
    ppm -= shim[0] + shim[1] * axes[0] + shim[2] * axes[1] + shim[3] * axes[2]
    return ppm * tesla * PROTON_HZ_PER_PPM_PER_TESLA


def echo_planar(
    fine: Volume, off_resonance: Volume, *, hz_per_pixel: float, ghost: float
) -> Volume:
    """Displace signal along the rows as echo-planar reading does, and add the Nyquist ghost.

    Parameters
    ----------
    fine, off_resonance : (slices, rows × 2, columns × 2) array
        Signal, and the field where it comes from in Hz.
    hz_per_pixel : float
        Bandwidth of one pixel along the phase encoding, Hz.
    ghost : float
        Share of the signal that appears half a field of view away.

    Notes
    -----
    Signal is moved, not resampled, so that it piles up and thins out as in real images (Jezzard &
    Balaban, Magn Reson Med 34:65, 1995).
    """
    count, rows, columns = fine.shape
    target = np.arange(rows)[:, None] + off_resonance * OVERSAMPLING / hz_per_pixel
    target = np.clip(target, 0, rows - 1.001)
    lower = np.floor(target).astype(int)
    share = target - lower
    base = np.arange(count)[:, None, None] * rows * columns + np.arange(columns)
    flat = np.zeros(fine.size)
    for row, weight in ((lower, 1 - share), (lower + 1, share)):
        index = (base + row * columns).ravel()
        flat += np.bincount(index, (fine * weight).ravel(), minlength=fine.size)
    moved = flat.reshape(fine.shape)
    return moved + ghost * np.roll(moved, rows // 2, axis=1)


def magnitude(
    image: NDArray[np.float64], noise: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the magnitude of an image with noise in both channels (Rician statistics)."""
    real = image + rng.normal(0, noise, image.shape)
    return np.asarray(np.hypot(real, rng.normal(0, noise, image.shape)))
