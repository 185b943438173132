"""Where the words of a description contradict the physics of the sequence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from napari_mrseq.header.conditions import (
    Condition,
    above,
    acquired,
    below,
    evidence_of,
    lacks,
    uses,
    weighted_by_diffusion,
)
from napari_mrseq.header.techniques import (
    BALANCED,
    GRADIENT,
    INVERSION,
    PLANAR,
    SPIN,
    SUSCEPTIBILITY,
)
from napari_mrseq.header.words import DUAL_ECHO, Naming, naming_of, naming_of_file

if TYPE_CHECKING:
    from napari_mrseq.header.attributes import SequenceAttributes

TR, TE, TI, FLIP = "repetition_time", "echo_time", "inversion_time", "flip_angle"

# What speaks against a sequence, each line on its own. Limits lie well outside the 5th to 95th
# percentile of the sequence in NILS (about 400,000 series): only clear contradictions count.
AGAINST: Mapping[str, tuple[tuple[Condition, ...], ...]] = {
    "T1": (
        (weighted_by_diffusion,),
        (uses(SPIN), lacks(INVERSION), above(TR, 1800), above(TE, 40)),
        (uses(SPIN), above(TE, 60)),
        (uses(PLANAR), lacks(INVERSION)),
        (uses(GRADIENT), lacks(INVERSION), above(TE, 20)),
        (uses(SPIN), lacks(GRADIENT, INVERSION), above(TR, 3000)),
    ),
    "T2": (
        (weighted_by_diffusion,),
        (uses(SPIN), below(TE, 40)),
        (uses(SPIN), below(TE, 60), below(TR, 2100)),
        (uses(GRADIENT), lacks(SPIN, BALANCED, PLANAR), below(TE, 10)),
        (uses(INVERSION), above(TI, 1500)),
    ),
    "FLAIR": (
        (weighted_by_diffusion,),
        (uses(SPIN), below(TE, 50)),
        (below(TI, 1000),),
        (below(TR, 3000),),
        (uses(GRADIENT), lacks(SPIN), below(TE, 20)),
    ),
    "PD": (
        (weighted_by_diffusion,),
        (above(TE, 60),),
        (uses(SPIN), below(TR, 700)),
        (uses(INVERSION), above(TI, 1500)),
        (uses(PLANAR),),
    ),
    "STIR": (
        (weighted_by_diffusion,),
        (above(TI, 400),),
        (below(TR, 1000),),
        (uses(GRADIENT), lacks(SPIN, INVERSION)),
    ),
    "T2STAR": (
        (weighted_by_diffusion,),
        (uses(SPIN), lacks(GRADIENT)),
        (below(TE, 5),),
        (uses(PLANAR), uses(SPIN)),
    ),
    "SWI": (
        (weighted_by_diffusion,),
        (uses(SPIN), lacks(GRADIENT, SUSCEPTIBILITY)),
        (uses(INVERSION),),
        (below(TE, 3),),
    ),
    "BOLD": (
        (weighted_by_diffusion,),
        (uses(SPIN), lacks(GRADIENT, PLANAR)),
        (below(TE, 8),),
        (uses(INVERSION), above(TI, 100)),
        (acquired("3D"), lacks(PLANAR), below(TR, 200)),
        (lacks(PLANAR), below(TR, 250)),
    ),
    "DWI": (
        (uses(GRADIENT), lacks(SPIN, PLANAR)),
        (below(TR, 500),),
        (below(TE, 25),),
    ),
    "PERF": (
        (weighted_by_diffusion,),
        (uses(INVERSION), lacks(PLANAR), above(TE, 60)),
    ),
    "MRA": (
        (weighted_by_diffusion,),
        (uses(PLANAR),),
        (uses(INVERSION), lacks(GRADIENT)),
        (uses(GRADIENT), above(TE, 25)),
        (uses(SPIN), lacks(GRADIENT), acquired("2D"), below(TE, 60)),
    ),
    "LOCALIZER": (
        (weighted_by_diffusion,),
        (uses(PLANAR),),
        (uses(INVERSION), above(TI, 100)),
        (uses(SPIN), acquired("3D")),
        (uses(GRADIENT), above(TE, 20)),
    ),
    "FIELDMAP": (
        (weighted_by_diffusion,),
        (uses(INVERSION),),
        (uses(SPIN), lacks(PLANAR, GRADIENT)),
    ),
    "OTHER": ((weighted_by_diffusion,),),
}
AGAINST = {
    **AGAINST,
    "ADC": AGAINST["DWI"],
    "B0": ((weighted_by_diffusion,), *AGAINST["DWI"]),
    DUAL_ECHO: ((weighted_by_diffusion,), (uses(GRADIENT), lacks(SPIN)), (below(TR, 700),)),
}


def naming(attributes: SequenceAttributes) -> Naming | None:
    """Return what the words name: the description's first, then the protocol's, then the file's."""
    return (
        naming_of(attributes.description)
        or naming_of(attributes.protocol)
        or naming_of_file(attributes.file_name)
    )


def contradiction(sequence: str, attributes: SequenceAttributes) -> str | None:
    """Return what speaks against a sequence, None where nothing does."""
    for conditions in AGAINST.get(sequence, ()):
        against = evidence_of(conditions, attributes)
        if against is not None:
            return against
    return None


def says(*sequences: str) -> Condition:
    """Hold where the words name one of the sequences and the physics doesn't contradict them."""

    def found(attributes: SequenceAttributes) -> str | None:
        named = naming(attributes)
        if named is None or named.sequence not in sequences:
            return None
        if contradiction(named.sequence, attributes) is not None:
            return None
        return f'description says "{named.phrase}"'

    return found


def fits(sequence: str) -> Condition:
    """Hold where the physics doesn't contradict a sequence."""
    return lambda attributes: None if contradiction(sequence, attributes) else ""
