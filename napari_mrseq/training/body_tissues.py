"""Tissues of the body outside the head: what they bring to the signal equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from napari_mrseq.training.signal import TISSUES, Tissue


@dataclass(frozen=True)
class BodyTissue:
    """A tissue of water and fat.

    Attributes
    ----------
    density : float
        Mobile protons, fluid = 1.
    t1, t2 : (float, float)
        Of its water, in ms, at 1.5 T and 3 T.
    diffusivity : float
        In mm²/s.
    fat : float
        Share of the protons that are fat's.
    uptake : float
        Of contrast agent, 0 to 1.
    hounsfield : float
        What CT shows of it.
    """

    density: float
    t1: tuple[float, float]
    t2: tuple[float, float]
    diffusivity: float
    fat: float = 0.0
    uptake: float = 0.1
    hounsfield: float = 40.0

    def water(self, tesla: float, agent: float) -> Tissue:
        """Return its water at a field strength, with mmol/l of contrast agent in the blood."""
        place = (1.5, 3.0).index(tesla)
        t1 = 1 / (1 / self.t1[place] + RELAXIVITY * agent * self.uptake)
        return Tissue(
            self.density * (1 - self.fat),
            t1,
            self.t2[place],
            T2STAR_SHARE * self.t2[place],
            self.diffusivity,
        )

    def lipid(self, tesla: float) -> Tissue:
        """Return its fat."""
        fat = TISSUES[tesla]["fat"]
        return Tissue(self.density * self.fat, fat.t1, fat.t2, fat.t2star, fat.diffusivity)


# Of gadolinium agents, per ms and mmol/l: Rohrer et al., Invest Radiol 40:715, 2005.
RELAXIVITY = 4.5e-3
# T2* of T2 in a field as even as it is in bodies; our own estimate.
T2STAR_SHARE = 0.5

# Relaxation of muscle, liver, spleen, kidney, pancreas, prostate, red marrow: de Bazelaire et al.,
# Radiology 230:652, 2004. Cord, blood, cartilage: Stanisz et al., Magn Reson Med 54:507, 2005, and
# Gold et al., AJR 183:343, 2004. Diffusivity of organs: means of what reviews give. Our own
# estimates: lung, ligament, bone, disc, peripheral prostate, lesion, densities, fat shares, uptake,
# and the rounded Hounsfield units.
BODY_TISSUES: Mapping[str, BodyTissue] = MappingProxyType(
    {
        "air": BodyTissue(0.0, (1000, 1000), (1, 1), 0.0, hounsfield=-1000),
        "fat": BodyTissue(0.95, (1000, 1000), (40, 40), 1.0e-3, fat=0.95, hounsfield=-100),
        "muscle": BodyTissue(
            0.80, (1010, 1410), (44, 40), 1.5e-3, fat=0.03, uptake=0.15, hounsfield=55
        ),
        "red marrow": BodyTissue(
            0.75, (549, 586), (49, 49), 0.4e-3, fat=0.45, uptake=0.2, hounsfield=180
        ),
        "yellow marrow": BodyTissue(0.90, (800, 900), (45, 40), 0.3e-3, fat=0.85, hounsfield=120),
        "bone": BodyTissue(0.05, (300, 350), (8, 8), 0.2e-3, hounsfield=900),
        "ligament": BodyTissue(0.25, (500, 600), (12, 10), 0.8e-3, hounsfield=80),
        "fluid": BodyTissue(1.00, (3600, 3900), (700, 550), 3.0e-3, uptake=0.0, hounsfield=8),
        "cord": BodyTissue(0.75, (745, 993), (74, 78), 0.9e-3, uptake=0.0, hounsfield=35),
        "disc": BodyTissue(0.85, (1000, 1200), (100, 90), 1.7e-3, uptake=0.0, hounsfield=90),
        "cartilage": BodyTissue(0.85, (1060, 1240), (42, 37), 1.4e-3, hounsfield=110),
        "liver": BodyTissue(
            0.75, (586, 809), (46, 34), 1.1e-3, fat=0.05, uptake=0.5, hounsfield=58
        ),
        "spleen": BodyTissue(0.85, (1057, 1328), (79, 61), 0.8e-3, uptake=0.8, hounsfield=50),
        "kidney cortex": BodyTissue(0.85, (966, 1142), (87, 76), 2.1e-3, uptake=1.0, hounsfield=38),
        "kidney medulla": BodyTissue(
            0.85, (1412, 1545), (85, 81), 2.0e-3, uptake=0.8, hounsfield=32
        ),
        "pancreas": BodyTissue(
            0.80, (584, 725), (46, 43), 1.4e-3, fat=0.08, uptake=0.6, hounsfield=40
        ),
        "prostate": BodyTissue(0.85, (1317, 1597), (88, 74), 1.3e-3, uptake=0.5, hounsfield=42),
        "peripheral prostate": BodyTissue(
            0.90, (1500, 1700), (150, 140), 1.8e-3, uptake=0.4, hounsfield=35
        ),
        "lung": BodyTissue(0.08, (1100, 1300), (10, 8), 1.5e-3, uptake=0.3, hounsfield=-830),
        "blood": BodyTissue(0.85, (1441, 1932), (290, 275), 1.8e-3, uptake=1.0, hounsfield=45),
        "lesion": BodyTissue(0.88, (1250, 1500), (95, 88), 0.9e-3, uptake=0.8, hounsfield=28),
    }
)
# Of each tissue in a map.
PLACE = MappingProxyType({name: place for place, name in enumerate(BODY_TISSUES)})
