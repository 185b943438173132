"""Write the sample study: a simulated head, scanned with a clinical protocol, as DICOM files.

``python -m napari_mrseq.training.making.sample_study FOLDER`` writes it, the same bytes every time.
One series lies on purpose: its header says T1, its pixels are T2. Needs scipy and Debian's
``mricron-data``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_mrseq.training.making import scanner
from napari_mrseq.training.making.head import Head, colin27
from napari_mrseq.training.making.sample_header import write_scan
from napari_mrseq.training.making.sample_protocol import (
    ADC,
    B_VALUES,
    DIFFUSION,
    ISOCENTRE,
    SCANS,
    TESLA,
    Scan,
)
from napari_mrseq.training.making.scanner import Volume
from napari_mrseq.training.making.signal import (
    TISSUES,
    Signal,
    Tissue,
    inversion_recovery,
    spin_echo,
)

# The coil sees 25 % more at this distance from the middle of the brain, and nothing below its end.
COIL_RADIUS_MM = 90.0
COIL_GAIN = 0.25
COIL_END_MM = (-68.0, -48.0)
FAT_LEFT_AFTER_SUPPRESSION = 0.06
EPI_HZ_PER_PIXEL = 26.0
EPI_GHOST = 0.03
EPI_BLUR = 0.5
# Beyond the head the scanner stores zeros.
BACKGROUND = 0.06
Equation = Callable[[Tissue], Signal]


def write_sample_study(folder: Path) -> None:
    """Simulate the study and write a folder a series.

    Parameters
    ----------
    folder : Path
        Made where it isn't there; files of the same names are replaced.

    Raises
    ------
    MrseqError
        If the head's templates aren't installed.
    """
    head = colin27()
    coil = _coil(head)
    for scan in SCANS:
        write_scan(folder, scan, _acquire(scan, head, coil))
    volumes = _acquire_diffusion(head, coil)
    for number, (b_value, pixels) in enumerate(zip(B_VALUES, volumes, strict=True)):
        own = {
            "SequenceName": f"*ep_b{b_value}t" if b_value else "*ep_b0",
            "DiffusionBValue": float(b_value),
            "DiffusionDirectionality": "ISOTROPIC" if b_value else "NONE",
            "AcquisitionNumber": number + 1,
        }
        write_scan(folder, DIFFUSION, pixels, first=number * len(pixels) + 1, own=own)
    write_scan(folder, ADC, _adc(*volumes))


def _acquire(scan: Scan, head: Head, coil: Volume) -> NDArray[np.uint16]:
    signal = partial(scan.signal, **scan.settings)
    rng = np.random.default_rng(scan.number)
    volume = _volume(signal, head, coil)
    if scan.signal is inversion_recovery:
        tissues = TISSUES[TESLA]
        fresh = spin_echo(tissues["csf"], tr=scan.settings["tr"], te=scan.settings["te"])
        inflow = scan.pulsation * fresh / abs(signal(tissues["white matter"]))
        volume += head.fractions["csf"] * inflow * _pulsation(coil.shape, rng)
    fine = scanner.slices_of(volume, head.to_lps, scan.geometry)
    image = scanner.reconstruct(fine, rng, noise=scan.noise)
    return _stored(image * _foreground(fine), scan.white)


def _acquire_diffusion(head: Head, coil: Volume) -> list[NDArray[np.uint16]]:
    scan = DIFFUSION
    rng = np.random.default_rng(scan.number)
    field = scanner.field_hz(head.air(), head.brain(), TESLA)
    off_resonance = scanner.slices_of(field, head.to_lps, scan.geometry)
    reference = partial(scan.signal, **scan.settings, b_value=0)
    volumes = []
    for b_value in B_VALUES:
        signal = partial(scan.signal, **scan.settings, b_value=b_value)
        volume = _volume(signal, head, coil, reference=reference, fat=FAT_LEFT_AFTER_SUPPRESSION)
        fine = scanner.echo_planar(
            scanner.slices_of(volume, head.to_lps, scan.geometry),
            off_resonance,
            hz_per_pixel=EPI_HZ_PER_PIXEL,
            ghost=EPI_GHOST,
        )
        image = scanner.reconstruct(fine, rng, noise=scan.noise, blur=EPI_BLUR)
        volumes.append(_stored(image, scan.white))
    return volumes


def _adc(b0: NDArray[np.uint16], b1000: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Diffusion coefficient in 1e-6 mm²/s, zero where b=0 shows nothing."""
    ratio = np.log(np.maximum(b0, 1) / np.maximum(b1000, 1))
    seen = ndimage.uniform_filter(b0.astype(float), (1, 3, 3)) > 0.35 * DIFFUSION.white
    adc = np.clip(ratio / (B_VALUES[1] - B_VALUES[0]) * 1e6, 0, 4095)
    return np.where(seen, np.rint(adc), 0).astype(np.uint16)


def _volume(
    signal: Equation,
    head: Head,
    coil: Volume,
    *,
    reference: Equation | None = None,
    fat: float = 1.0,
) -> Volume:
    """Signed signal of every voxel as the coil receives it, white matter of `reference` at 1."""
    tissues = TISSUES[TESLA]
    white = abs((reference or signal)(tissues["white matter"]))
    total: Volume = np.zeros(coil.shape)
    for name, fraction in head.fractions.items():
        total += fraction * (signal(tissues[name]) / white * (fat if name == "fat" else 1.0))
    return total * coil


def _coil(head: Head) -> Volume:
    """Sensitivity of a head coil: smooth, highest at its wall, gone in the neck."""
    shape = next(iter(head.fractions.values())).shape
    voxels = np.ogrid[tuple(slice(0, n) for n in shape)]
    # The head's voxels lie along the body's axes.
    scale, origin = np.diag(head.to_lps)[:3], head.to_lps[:3, 3]
    x, y, z = (axis * s + o for axis, s, o in zip(voxels, scale, origin, strict=True))
    x, y = (x - ISOCENTRE[0]) / COIL_RADIUS_MM, (y - ISOCENTRE[1]) / COIL_RADIUS_MM
    above = np.clip((z - COIL_END_MM[0]) / (COIL_END_MM[1] - COIL_END_MM[0]), 0, 1)
    near = 1 + COIL_GAIN * (x**2 + y**2 - 0.5) + 0.06 * x - 0.04 * y
    return np.asarray(near * above**2)


def _pulsation(shape: tuple[int, ...], rng: np.random.Generator) -> Volume:
    """Patches of fluid in motion, 0 to 2: most at the base of the skull."""
    coarse = rng.random(tuple(n // 12 + 2 for n in shape))
    factors = [n / m for n, m in zip(shape, coarse.shape, strict=True)]
    patches: Volume = ndimage.zoom(coarse, factors, order=1)
    return patches**2 * np.linspace(2.0, 0.2, shape[2])


def _foreground(fine: Volume) -> NDArray[np.bool_]:
    step = scanner.OVERSAMPLING
    bright = np.abs(fine[:, ::step, ::step]) > BACKGROUND
    return np.stack([ndimage.binary_dilation(plane, iterations=2) for plane in bright])


def _stored(image: Volume, white: float) -> NDArray[np.uint16]:
    return np.clip(np.rint(image * white), 0, 4095).astype(np.uint16)


def main() -> None:
    """Write the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    write_sample_study(parser.parse_args().folder)


if __name__ == "__main__":
    main()
