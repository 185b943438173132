"""How scanners say which part of the complex signal an image shows, where ImageType doesn't."""

from __future__ import annotations

# GE's private element and its codes in their order; Philips' and its letters.
GE_COMPONENT = (0x0043, 0x102F)
GE_COMPONENTS = ("magnitude", "phase", "real", "imaginary")
PHILIPS_COMPONENT = (0x2005, 0x1011)
LETTERS = {"M": "magnitude", "P": "phase", "R": "real", "I": "imaginary"}
