"""The protocol of the sample study: a routine brain examination at 1.5 T, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from napari_mrseq.training.making.scanner import Geometry
from napari_mrseq.training.making.signal import (
    Signal,
    diffusion_weighted,
    inversion_recovery,
    spin_echo,
    spoiled_gradient_echo,
)

TESLA = 1.5
B_VALUES = (0, 1000)
# Middle of the brain in patient LPS, mm.
ISOCENTRE = np.array([0.0, 18.0, 12.0])


@dataclass(frozen=True, eq=False)
class Scan:
    """One series of the protocol.

    Attributes
    ----------
    number : int
        Series number.
    name : str
        Series description, and folder.
    signal : callable
        Signal equation; called with the tissue and, by keyword, the settings.
    settings : mapping of str to float
        What the operator sets: ``tr``, ``te``, ``ti`` in ms, ``flip_degrees``.
    geometry : Geometry
        Where its slices lie.
    kind : mapping
        DICOM attributes that say what sequence it is.
    claimed : mapping of str to float
        Settings that the header gives otherwise: a lie.
    folder : str, optional
        Where it is not the name.
    white : float
        Stored value of white matter.
    noise : float
        Standard deviation of the noise over the signal of white matter.
    pulsation : float
        Share of fluid that flowed in after the inversion.
    """

    number: int
    name: str
    signal: Callable[..., Signal]
    settings: Mapping[str, float]
    geometry: Geometry
    kind: Mapping[str, Any]
    claimed: Mapping[str, float] = field(default_factory=dict)
    folder: str | None = None
    white: float = 180.0
    noise: float = 0.03
    pulsation: float = 0.0


def _stack(
    slices: int,
    rows: int,
    columns: int,
    pixel: float,
    *,
    step: float = 6.5,
    axes: tuple[tuple[int, int, int], tuple[int, int, int]] = ((1, 0, 0), (0, 1, 0)),
    tilt: tuple[float, float, float] = (-9.0, 2.0, 1.5),
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Geometry:
    """Lay 5 mm slices through the head; `tilt` in degrees about left, posterior and head."""
    turn = Rotation.from_euler("xyz", tilt, degrees=True)
    return Geometry(
        slices=slices,
        rows=rows,
        columns=columns,
        pixel=pixel,
        thickness=5.0,
        step=step,
        centre=ISOCENTRE + shift,
        row_direction=turn.apply(axes[0]),
        column_direction=turn.apply(axes[1]),
    )


# By DICOM keyword.
FLASH = {
    "ScanningSequence": "GR",
    "SequenceVariant": ["SP", "OSP"],
    "SequenceName": "*fl2d1",
    "EchoTrainLength": 1,
    "PixelBandwidth": 150,
}
SPIN_ECHO = {
    "ScanningSequence": "SE",
    "SequenceVariant": "OSP",
    "SequenceName": "*se2d1",
    "EchoTrainLength": 1,
    "PixelBandwidth": 130,
}
TURBO_T2 = {
    "ScanningSequence": "SE",
    "SequenceVariant": ["SK", "SP", "OSP"],
    "SequenceName": "*tse2d1_15",
    "FlipAngle": 150,
    "EchoTrainLength": 15,
    "PixelBandwidth": 190,
}
TURBO_PD = TURBO_T2 | {"SequenceName": "*tse2d1_5", "EchoTrainLength": 5}
DARK_FLUID = TURBO_T2 | {
    "ScanningSequence": ["SE", "IR"],
    "SequenceVariant": ["SK", "SP", "MP", "OSP"],
    "SequenceName": "*tir2d1_16",
    "EchoTrainLength": 16,
}
DIFFUSION_EPI = {
    "ScanningSequence": "EP",
    "SequenceVariant": ["SK", "SP", "OSP"],
    "ScanOptions": "FS",
    "EchoTrainLength": 64,
    "PixelBandwidth": 1500,
    "ImageType": ["ORIGINAL", "PRIMARY", "DIFFUSION", "TRACEW", "ND"],
}

SCANS = (
    Scan(
        number=2,
        name="t1_fl2d_sag",
        signal=spoiled_gradient_echo,
        settings={"tr": 230, "te": 4.8, "flip_degrees": 70},
        geometry=_stack(
            17,
            160,
            160,
            1.45,
            axes=((0, 1, 0), (0, 0, -1)),
            tilt=(0.0, 1.0, 2.5),
            shift=(0.0, -4.0, 10.0),
        ),
        kind=FLASH,
        white=170,
    ),
    Scan(
        number=3,
        name="t2_tse_tra",
        signal=spin_echo,
        settings={"tr": 4500, "te": 100},
        geometry=_stack(18, 192, 160, 1.2),
        kind=TURBO_T2,
        white=110,
        noise=0.04,
    ),
    Scan(
        number=4,
        name="t2_tirm_tra_dark-fluid",
        signal=inversion_recovery,
        settings={"tr": 9000, "te": 105, "ti": 2500},
        geometry=_stack(18, 176, 144, 1.3),
        kind=DARK_FLUID,
        noise=0.05,
        pulsation=0.12,
    ),
    Scan(
        number=5,
        name="pd_tse_tra",
        signal=spin_echo,
        settings={"tr": 3800, "te": 13},
        geometry=_stack(18, 176, 144, 1.3),
        kind=TURBO_PD,
    ),
    Scan(
        number=8,
        name="t1_se_tra",
        signal=spin_echo,
        settings={"tr": 520, "te": 12},
        geometry=_stack(18, 192, 160, 1.2),
        kind=SPIN_ECHO,
    ),
    Scan(
        number=9,
        name="t1_se_tra",
        folder="t1_se_tra_header_lies",
        signal=spin_echo,
        settings={"tr": 4000, "te": 95},
        claimed={"tr": 500, "te": 14},
        geometry=_stack(16, 160, 136, 1.4, step=7.0, tilt=(-15.0, -1.5, -2.0)),
        kind=SPIN_ECHO,
        white=110,
        noise=0.04,
    ),
)
DIFFUSION = Scan(
    number=6,
    name="ep2d_diff_3scan_trace",
    signal=diffusion_weighted,
    settings={"tr": 4600, "te": 92},
    geometry=_stack(18, 112, 112, 2.0),
    kind=DIFFUSION_EPI,
    white=90,
    noise=0.02,
)
# The map that the scanner computes of it, in 1e-6 mm²/s.
ADC = replace(
    DIFFUSION,
    number=7,
    name=f"{DIFFUSION.name}_ADC",
    kind=DIFFUSION_EPI
    | {
        "ProtocolName": DIFFUSION.name,
        "ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "ADC", "ND"],
        "SequenceName": f"*ep_b{B_VALUES[0]}_{B_VALUES[-1]}",
        "WindowCenter": 1300,
        "WindowWidth": 2600,
    },
)
