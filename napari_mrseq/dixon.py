"""How scanners write in ImageType that fat and water add up in an image, or cancel each other."""

from __future__ import annotations

IN_PHASE = ("IP", "IN_PHASE", "INPHASE", "IN PHASE")
OPPOSED_PHASE = (
    "OP", "OUT_PHASE", "OUTPHASE", "OUT PHASE", "OUT_OF_PHASE", "OPP_PHASE", "OPPOSED_PHASE",
    "OPPOSED PHASE",
)  # fmt: skip
