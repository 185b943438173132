"""What speaks against a sequence by its times and techniques."""

from __future__ import annotations

import re
from collections.abc import Mapping

from napari_mrseq.header.b_values import LEAST_DIFFUSION_TE, tells_b_value, weighted_by_diffusion
from napari_mrseq.header.conditions import (
    ECHOES,
    FIELD_STRENGTH,
    FLIP,
    SLICES,
    TE,
    TI,
    TR,
    VOLUMES,
    Condition,
    acquired,
    echo_within_repetition,
    evidence_of,
    has_sequence_name,
    is_derived,
    is_original,
    lacks,
    large_matrix,
    not_above,
    not_below,
    preclinical,
    unknown,
    unless,
    uses,
)
from napari_mrseq.header.lexicon import DUAL_ECHO, MAP
from napari_mrseq.header.relaxation import far_below_ernst_angle
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.header.techniques import (
    ANGIOGRAPHY,
    ASL,
    B0_MAP,
    BALANCED,
    CINE,
    DIFFUSION,
    EPI,
    GRADIENT_ECHO,
    INVERSION,
    MPRAGE,
    PHASE_CONTRAST,
    PREPARED,
    SINGLE_SHOT,
    SPIN_ECHO,
    SUSCEPTIBILITY,
    TIME_OF_FLIGHT,
)
from napari_mrseq.header.words import called, names, names_weighting, namings, tells_inversion

# Not what excites a slice only once, as 2-D trains of so many echoes do: there the repetition time
# weights nothing.
EXCITES_AGAIN = (
    unless(called(r".*haste.*|.*ssfse.*|ssh? ?tse.*")), lacks(SINGLE_SHOT),
    unless(acquired("2D"), ECHOES >= 60),
)  # fmt: skip

# How a T1 is called whose inversion makes fluid dark.
FLAIR = r".*flair.*|.*dark fluid"

# Names of spectroscopy and of fibres, which a stack of a weighting may be made for, or which may be
# a person's (Mrs Smith); and of references, which only gradient echoes are.
SPECTRA_AND_FIBRES = (
    r"mrs|.*mrsi|csi.*|svs|single voxel.*|.*(spe[ck]|spet)tro.*|tra[ck]tog.*|fiber tr.*"
)
REFERENCE = r"(dream|qsm|[ck]alib|coil sens|prescan|sense ref|ref).*"
# Named after a readout that no spin echo has; AFI beside one is a part of k-space (Canon).
OF_GRADIENT_ECHOES = (
    r"(cine|.*fiesta|ciss|.*dess|balanced|cosmic|petra|psif|ute|afi|4d flow|q flow|flow quant).*"
)
# Angiography that inverts what rests, or the blood, in place of an agent.
LABELLED_VESSELS = (
    r"(.*inflow|inhance|ifir|.*trance|react|time slip|native|.*asl|m?fbi|fresh blood).*"
)
_WEIGHTINGS = frozenset({"T1", "T2", "PD", "FLAIR", "STIR", "T2STAR"})


def _beside_weighting(pattern: str) -> Condition:
    """Hold where the words name a weighting after the words of a regular expression."""

    def found(attributes: SequenceAttributes) -> str | None:
        named = namings(attributes)
        first = bool(named) and re.fullmatch(pattern, named[0].phrase)
        return "" if first and any(one.sequence in _WEIGHTINGS for one in named[1:]) else None

    return found


_OF_FAT_AND_WATER = called("ideal field map")
# Slices as they were acquired, larger than spectra and references are; a few show where the voxel
# of a spectrum lies.
_LARGE = (lacks(EPI), is_original, large_matrix(160))

# What speaks against a sequence, each line on its own. Limits lie well outside the 5th to 95th
# percentile of the sequence in NILS (about 400,000 series): only clear contradictions count.
_AGAINST: dict[str, tuple[tuple[Condition, ...], ...]] = {
    "T1": (
        (uses(SPIN_ECHO), TE > 60),
        (
            uses(SPIN_ECHO), lacks(GRADIENT_ECHO, INVERSION), TR > 1800, unknown(TI),
            unless(called(FLAIR)), unless(tells_inversion),
        ),
        # A T1 FLAIR has a longer one, and not every scanner tells its inversion time.
        (uses(SPIN_ECHO), lacks(GRADIENT_ECHO, INVERSION), TR > 3500, unknown(TI)),
        (uses(GRADIENT_ECHO), lacks(INVERSION), TE > 12, unknown(FLIP)),
        # A large flip angle weights by T1 all the same, as low fields with their late echoes do.
        (uses(GRADIENT_ECHO), lacks(INVERSION), TE > 12, FLIP < 40, not_below(FIELD_STRENGTH, 0.6)),
        (uses(GRADIENT_ECHO), lacks(INVERSION), TE > 20),
        # Proton density and T2* weight it, however early its first echo is.
        (
            uses(GRADIENT_ECHO), lacks(SPIN_ECHO, INVERSION, PREPARED), unknown(TI), acquired("2D"),
            TR >= 400, far_below_ernst_angle,
        ),
        (uses(EPI), lacks(INVERSION)),
        (uses(TIME_OF_FLIGHT),),
        (uses(SUSCEPTIBILITY),),
    ),
    "T2": (
        # At the high fields of preclinical scanners the echoes of a T2 are early.
        (lacks(BALANCED, GRADIENT_ECHO), TE < 40, unless(preclinical)),
        (uses(GRADIENT_ECHO), lacks(SPIN_ECHO, BALANCED, EPI), TE < 10),
        (uses(SPIN_ECHO), *EXCITES_AGAIN, TE < 60, TR < 2100),
        # Not every scanner codes an inversion.
        (TI > 1500,),
    ),
    "FLAIR": (
        (uses(SPIN_ECHO), TE < 50),
        (TI < 1000,),
        (TR < 3000,),
        (uses(GRADIENT_ECHO), TE < 20),
        # Siemens XA may drop what shows the inversion of a 3-D FLAIR.
        (
            uses(SPIN_ECHO), lacks(INVERSION), unknown(TI), unless(acquired("3D")),
            not_above(TR, 6000),
        ),
        # Nor does every scanner tell an inversion; these would be the times of a FLAIR.
        (uses(SPIN_ECHO), lacks(INVERSION), unknown(TI), unless(acquired("3D")), TE < 80),
    ),
    "PD": (
        (TE > 60,),
        (uses(SPIN_ECHO), TR < 700),
        # Labelled blood takes as long from the neck to the brain; its header may tell no inversion.
        (TI > 1500,),
        (uses(EPI),),
    ),
    "STIR": (
        (TI > 400,),
        # At low field tissue recovers sooner.
        (TR < 1000, not_below(FIELD_STRENGTH, 0.5)),
        (uses(GRADIENT_ECHO), lacks(SPIN_ECHO, INVERSION), unknown(TI)),
        (uses(SPIN_ECHO), lacks(INVERSION), unknown(TI)),
    ),
    "T2STAR": (
        (uses(SPIN_ECHO), lacks(GRADIENT_ECHO)),
        # Where several echoes are summed (MEDIC, MERGE, mFFE), at a long TR, the first is told, and
        # where words say how many there are.
        (TE < 5, TR < 300, unless(called(r".*\d ?echo(?:e?s)?\b.*"))),
    ),
    "SWI": (
        (uses(SPIN_ECHO), lacks(GRADIENT_ECHO, SUSCEPTIBILITY)),
        (uses(INVERSION),),
        (TI > 100,),
        (TE < 6, lacks(SUSCEPTIBILITY)),
        (uses(TIME_OF_FLIGHT),),
    ),
    "BOLD": (
        (uses(SPIN_ECHO), lacks(GRADIENT_ECHO, EPI)),
        (TE < 8,),
        # Of a gradient echo nothing is left by then, whatever task it is filed under.
        (TE > 150,),
        (uses(MPRAGE),),
        # Read out by EPI as well (Siemens XA).
        (uses(SUSCEPTIBILITY),),
        (uses(INVERSION), TI > 100),
        # A shorter one is that of fat.
        (TI > 300,),
        # PRESTO reads an echo out after the next excitation.
        (lacks(EPI), TR < 250, echo_within_repetition),
        # A film of the heart, read out by EPI.
        (uses(CINE), TR < 250),
    ),
    "PERF": (
        (uses(SPIN_ECHO), lacks(GRADIENT_ECHO, EPI, ASL), unless(acquired("3D"))),
        # Blood is labelled by an inversion again and again, read out by whatever follows.
        (uses(INVERSION), lacks(EPI, ASL), unless(called(".*asl|.*fair.*"), VOLUMES > 1)),
        (uses(SPIN_ECHO), TR < 1200),
        (TE > 110,),
        (uses(TIME_OF_FLIGHT),),
        # One volume is what labelling is planned on, unless it waits as a labelled one does.
        (
            called(".*asl"), uses(GRADIENT_ECHO), lacks(SPIN_ECHO, EPI, ASL, INVERSION),
            unknown(TI), VOLUMES <= 1, unless(is_derived),
            unless(TR > 1000, lacks(BALANCED)),
        ),
    ),
    "MRA": (
        (uses(EPI),),
        (
            uses(INVERSION), lacks(BALANCED),
            unless(called(LABELLED_VESSELS), unless(names("T1"))),
        ),
        (uses(GRADIENT_ECHO), TE > 25),
        # Old scanners set the angiography flag of anything.
        (TR > 3000, TE > 100, unless(acquired("3D"))),
        (
            uses(SPIN_ECHO), lacks(GRADIENT_ECHO, TIME_OF_FLIGHT, PHASE_CONTRAST, ANGIOGRAPHY),
            # The walls of vessels are looked at on a T1 whose blood is dark.
            unless(acquired("3D"), unless(names("T1"), TR <= 1200, TE < 40)),
        ),
    ),
    "LOCALIZER": (
        (uses(EPI),),
        (uses(INVERSION), TI > 100),
        # At low field scouts are coarse ones.
        (uses(SPIN_ECHO), acquired("3D"), names_weighting),
        (uses(SPIN_ECHO), acquired("3D"), SLICES > 15, large_matrix(160)),
        (uses(GRADIENT_ECHO), TE > 20),
        (uses(TIME_OF_FLIGHT),),
        # "t1_se_tra pilot" is a stack like any other; "T1 localization" took minutes, as no scout.
        (uses(SPIN_ECHO), SLICES > 15, large_matrix(200), names_weighting),
        (lacks(GRADIENT_ECHO), SLICES > 9, TR >= 350, TE >= 6, TE < 40, names_weighting),
        (lacks(GRADIENT_ECHO), SLICES > 9, TR > 2000, names_weighting),
        (uses(GRADIENT_ECHO), SLICES > 60, large_matrix(240), names_weighting),
    ),
    "FIELDMAP": (
        (uses(INVERSION),),
        (uses(SPIN_ECHO), lacks(EPI, GRADIENT_ECHO), unless(_OF_FAT_AND_WATER)),
        (uses(GRADIENT_ECHO), lacks(EPI, B0_MAP), TE > 15, unless(_OF_FAT_AND_WATER)),
        (uses(GRADIENT_ECHO), lacks(EPI, B0_MAP), large_matrix(200), unless(_OF_FAT_AND_WATER)),
        (uses(GRADIENT_ECHO), uses(EPI), lacks(SPIN_ECHO, B0_MAP)),
        (uses(DIFFUSION),),
        (uses(TIME_OF_FLIGHT),),
    ),
    "OTHER": (
        # A cine series of spin echoes is weighted as they are.
        (called(OF_GRADIENT_ECHOES), uses(SPIN_ECHO), lacks(GRADIENT_ECHO)),
        (_beside_weighting(SPECTRA_AND_FIBRES), *_LARGE, SLICES > 4),
        (
            _beside_weighting(REFERENCE), *_LARGE, SLICES > 9,
            unless(lacks(SPIN_ECHO, INVERSION, PREPARED, MPRAGE)),
        ),
    ),
    DUAL_ECHO: (
        (uses(GRADIENT_ECHO), lacks(SPIN_ECHO)),
        (TR < 700,),
    ),
}  # fmt: skip
_AGAINST_DIFFUSION = (
    (uses(GRADIENT_ECHO), lacks(SPIN_ECHO, DIFFUSION)),
    (uses(SPIN_ECHO), lacks(EPI, DIFFUSION), has_sequence_name, unless(tells_b_value)),
    # Words alone make no diffusion image of one whose tissue is inverted, nor, but at low field,
    # of a 3-D stack.
    (acquired("3D"), lacks(EPI, DIFFUSION), not_below(FIELD_STRENGTH, 0.5)),
    # "RESOLVE T2 TSE": a weighting is named too, and nothing is read out as diffusion is.
    (
        uses(SPIN_ECHO), lacks(EPI, DIFFUSION), _beside_weighting(".*"),
        unless(tells_b_value, unless(names_weighting)),
    ),
    (TI > 500, lacks(EPI, DIFFUSION)),
    (TR < 500,),
    (TE < 25,),
    (TE > 160,),
)  # fmt: skip
AGAINST: Mapping[str, tuple[tuple[Condition, ...], ...]] = {
    **{code: ((weighted_by_diffusion,), *lines) for code, lines in _AGAINST.items()},
    # A map keeps the b value of what it was computed from.
    MAP: ((weighted_by_diffusion, unless(is_derived)),),
    "DWI": _AGAINST_DIFFUSION,
    "ADC": _AGAINST_DIFFUSION,
    "B0": (
        (weighted_by_diffusion,),
        # So early an echo after so small a flip angle is that of a gradient echo.
        (uses(EPI), lacks(DIFFUSION), TE < LEAST_DIFFUSION_TE, FLIP <= 80),
        *_AGAINST_DIFFUSION,
    ),
}


def contradiction(sequence: str, attributes: SequenceAttributes) -> str | None:
    """Return what speaks against a sequence, None where nothing does."""
    found = (evidence_of(conditions, attributes) for conditions in AGAINST.get(sequence, ()))
    return next((against for against in found if against is not None), None)
