"""MR signal equations, and what the tissues of the head put into them at 1.5 T and 3 T.

Every function takes a tissue, and settings that are numbers or arrays that broadcast against each
other, times in ms, and returns the transverse magnetisation at the echo in units of the proton
density. Inversion recovery keeps its sign: average over a voxel first, then take the magnitude, as
the scanner does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

Quantity = float | NDArray[np.float64]
Signal = NDArray[np.float64]


@dataclass(frozen=True)
class Tissue:
    """What a tissue brings to the signal equations.

    Attributes
    ----------
    proton_density : float
        Mobile water (or fat) protons, CSF = 1.
    t1, t2, t2star : float
        Relaxation times in ms.
    diffusivity : float
        Apparent diffusion coefficient in mm²/s.
    """

    proton_density: float
    t1: float
    t2: float
    t2star: float
    diffusivity: float


# Proton density, and T1, T2, T2* of white and grey matter at 1.5 T: tissue table of the BrainWeb
# simulator (Kwan, Evans & Pike, IEEE Trans Med Imaging 18:1085, 1999); at 3 T: Wansapura et al.,
# J Magn Reson Imaging 9:531, 1999. CSF: T1 Rooney et al., Magn Reson Med 57:308, 2007 (the same at
# all fields); T2 below that of water, for the flow and partial volume of real cisterns.
# Muscle and fat: Gold et al., AJR 183:343, 2004. Lesion: chronic white-matter lesions, rounded from
# Stevenson et al., J Neurol Sci 178:81, 2000. Diffusivity of brain and CSF: Helenius et al.,
# AJNR 23:194, 2002. Our own estimates: bone (what a conventional echo time still sees of it),
# vitreous (as CSF), T2* outside the brain, diffusivity of muscle, fat and lesion.
TISSUES: Mapping[float, Mapping[str, Tissue]] = {
    1.5: {
        "white matter": Tissue(0.77, 500.0, 70.0, 61.0, 0.70e-3),
        "grey matter": Tissue(0.86, 833.0, 83.0, 69.0, 0.83e-3),
        "csf": Tissue(1.00, 4300.0, 1500.0, 300.0, 3.00e-3),
        "lesion": Tissue(0.92, 1150.0, 150.0, 110.0, 1.40e-3),
        "vitreous": Tissue(1.00, 4000.0, 1200.0, 300.0, 2.60e-3),
        "muscle": Tissue(0.80, 1130.0, 35.0, 25.0, 1.50e-3),
        "fat": Tissue(0.90, 288.0, 165.0, 50.0, 0.05e-3),
        "bone": Tissue(0.06, 250.0, 8.0, 1.0, 0.20e-3),
    },
    3.0: {
        "white matter": Tissue(0.77, 832.0, 79.6, 44.7, 0.70e-3),
        "grey matter": Tissue(0.86, 1331.0, 110.0, 51.8, 0.83e-3),
        "csf": Tissue(1.00, 4300.0, 1500.0, 200.0, 3.00e-3),
        "lesion": Tissue(0.92, 1550.0, 150.0, 90.0, 1.40e-3),
        "vitreous": Tissue(1.00, 4000.0, 1000.0, 200.0, 2.60e-3),
        "muscle": Tissue(0.80, 1420.0, 32.0, 18.0, 1.50e-3),
        "fat": Tissue(0.90, 371.0, 133.0, 35.0, 0.05e-3),
        "bone": Tissue(0.06, 300.0, 8.0, 0.8, 0.20e-3),
    },
}

# Spread of a tissue's relaxation between people and scanners.
TISSUE_SPREAD = 0.12


def varied(tissue: Tissue, rng: np.random.Generator) -> Tissue:
    """Return a tissue of another person, on another scanner."""
    factors = np.exp(rng.normal(0, TISSUE_SPREAD, 5) * (0.3, 1, 1, 1, 1))
    return Tissue(*(np.array(astuple(tissue)) * factors))


def spin_echo(tissue: Tissue, *, tr: Quantity, te: Quantity) -> Signal:
    """Return the signal of a 90°–180° spin echo, or of a turbo spin echo at its effective TE.

    Parameters
    ----------
    tissue : Tissue
        What is imaged.
    tr, te : float or array
        Repetition and echo time in ms.

    Notes
    -----
    ``PD (1 - 2 exp(-(TR - TE/2) / T1) + exp(-TR / T1)) exp(-TE / T2)``; Bernstein, King & Zhou,
    Handbook of MRI Pulse Sequences, 2004, section 14.3.
    """
    recovered = 1 - 2 * np.exp(-(tr - te / 2) / tissue.t1) + np.exp(-tr / tissue.t1)
    return np.asarray(tissue.proton_density * recovered * np.exp(-te / tissue.t2))


def inversion_recovery(tissue: Tissue, *, tr: Quantity, te: Quantity, ti: Quantity) -> Signal:
    """Return the signed signal of an inversion-recovery spin echo (STIR, FLAIR).

    Takes what `spin_echo` does, and the inversion time in ms. For a turbo spin echo `tr` less the
    length of the echo train is what the magnetisation has to recover in.

    Notes
    -----
    ``PD (1 - 2 exp(-TI / T1) + exp(-TR / T1)) exp(-TE / T2)``; Handbook, section 14.2. The null
    lies at ``TI = T1 (ln 2 - ln(1 + exp(-TR / T1)))``.
    """
    recovered = 1 - 2 * np.exp(-ti / tissue.t1) + np.exp(-tr / tissue.t1)
    return np.asarray(tissue.proton_density * recovered * np.exp(-te / tissue.t2))


def spoiled_gradient_echo(
    tissue: Tissue, *, tr: Quantity, te: Quantity, flip_degrees: Quantity
) -> Signal:
    """Return the steady-state signal of a spoiled gradient echo (FLASH, SPGR, T1-FFE).

    Takes what `spin_echo` does, and the flip angle in degrees.

    Notes
    -----
    ``PD sin a (1 - E1) / (1 - cos a E1) exp(-TE / T2*)`` with ``E1 = exp(-TR / T1)``; Ernst &
    Anderson, Rev Sci Instrum 37:93, 1966.
    """
    angle = np.radians(flip_degrees)
    e1 = np.exp(-tr / tissue.t1)
    steady = np.sin(angle) * (1 - e1) / (1 - np.cos(angle) * e1)
    return np.asarray(tissue.proton_density * steady * np.exp(-te / tissue.t2star))


def diffusion_weighted(tissue: Tissue, *, tr: Quantity, te: Quantity, b_value: Quantity) -> Signal:
    """Return the signal of a diffusion-weighted spin echo, averaged over directions (trace).

    Takes what `spin_echo` does, and the diffusion weighting in s/mm².

    Notes
    -----
    The spin echo times ``exp(-b D)``; Stejskal & Tanner, J Chem Phys 42:288, 1965.
    """
    return np.asarray(spin_echo(tissue, tr=tr, te=te) * np.exp(-b_value * tissue.diffusivity))
