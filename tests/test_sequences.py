"""The vocabulary is the interface's table: code, name, family, BIDS suffix."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from skimage.color import rgb2lab

from napari_mrseq.sequences import SEQUENCES

# Linear RGB as eyes see it: Machado et al., IEEE TVCG 2009, severity 1.
EYES = {
    "of most": np.eye(3),
    "without green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "without red cones": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}

# interface.md, row by row; BIDS names labelled perfusion alone, so perfusion as a whole has none.
TABLE = """
T1        | T1              | T1        | T1w
T1C       | T1 + contrast   | T1        | T1w
T2        | T2              | T2        | T2w
FLAIR     | T2-FLAIR        | FLAIR     | FLAIR
PD        | PD              | PD        | PDw
STIR      | STIR            | STIR      | –
T2STAR    | T2*             | T2*       | T2starw
SWI       | SWI             | T2*       | swi
BOLD      | BOLD / T2* EPI  | T2*       | bold
DWI       | DWI             | diffusion | dwi
B0        | DWI b=0         | diffusion | dwi
ADC       | ADC             | ADC       | –
PERF      | perfusion       | perfusion | –
MRA       | angiography     | MRA       | angio
FIELDMAP  | field map       | other     | –
LOCALIZER | localizer       | other     | –
OTHER     | other MR        | other     | –
UNKNOWN   | unknown         | unknown   | –
"""


def test_vocabulary_is_that_of_the_interface() -> None:
    rows = [tuple(cell.strip() for cell in line.split("|")) for line in TABLE.split("\n") if line]
    ours = [(s.code, s.name, s.family, s.bids_suffix or "–") for s in SEQUENCES.values()]
    assert ours == rows


@pytest.mark.parametrize("eyes", EYES)
def test_colours_of_sequences_differ_for_all_eyes(eyes: str) -> None:
    seen = {one.code: _seen(one.colour, np.asarray(EYES[eyes])) for one in SEQUENCES.values()}
    # CIE 1976: a difference of 2.3 is just noticed (Mahy et al. 1994).
    alike = [(a, b) for a, b in combinations(seen, 2) if np.linalg.norm(seen[a] - seen[b]) < 6]
    assert not alike


def _seen(colour: str, eye: np.ndarray) -> np.ndarray:
    """Return CIE L*a*b* of ``#rrggbb`` as an eye sees it (sRGB, IEC 61966-2-1)."""
    coded = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    light = np.clip(eye @ light, 0, 1)
    coded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return rgb2lab(coded[np.newaxis, np.newaxis])[0, 0]
