"""What may be told of how the signal was made: techniques, as evidence words them."""

from __future__ import annotations

SPIN_ECHO = "spin echo"
GRADIENT_ECHO = "gradient echo"
INVERSION = "inversion"
EPI = "echo planar"
BALANCED = "balanced steady state"
TIME_OF_FLIGHT = "time of flight"
PHASE_CONTRAST = "phase contrast"
ANGIOGRAPHY = "angiography"
DIFFUSION = "diffusion"
# An image beside those that diffusion weights.
UNWEIGHTED = "no diffusion weighting"
# Not how a signal was made, but what was computed of it.
ADC_MAP = "apparent diffusion coefficient"
DIFFUSION_MAP = "map of diffusion"
ASL = "arterial spin labelling"
SUSCEPTIBILITY = "susceptibility weighting"
B0_MAP = "field mapping"
B1_MAP = "transmit field mapping"
SCOUT = "scout"
MPRAGE = "MPRAGE"
SPECTROSCOPY = "spectroscopy"
FLOW_COMPENSATED = "flow compensation"
CINE = "cine"
GATED = "triggered by the heart"
MT = "magnetisation transfer"
PHASES = "multi-phase"
PREPARED = "prepared magnetisation"
# What then weights is T2, before any readout.
T2_PREPARED = "T2 preparation"
SPOILING = "spoiling"
STEADY_STATE = "steady state"
TASK = "functional task"
SEGMENTED = "segmented readout"
VIEW_SHARING = "view sharing"
SINGLE_SHOT = "single shot"
# Of what has decayed before other echoes; after an inversion it is weighted by T1 as others are.
ULTRASHORT = "ultrashort echo"
# Of stiffness, of fingerprints, of a grid on the heart: none of the weightings.
OWN_CONTRAST = "contrast of its own"
# At several times, for maps and for images that are computed from these.
QUANTIFYING = "quantification"

ALL = frozenset(name for key, name in vars().items() if key.isupper())
# The key of our sidecars that lists them: no code tells each of them.
KEPT = "Techniques"
