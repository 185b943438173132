"""What one line of the rule table is, and the sources that its lines come from."""

from __future__ import annotations

from dataclasses import dataclass

from napari_mrseq.header.conditions import Condition

# Where a rule comes from.
DICOM = "DICOM PS3.3 C.8.3.1 and C.8.13"
VENDOR = "vendor conformance statements; dcm2niix"
NILS = "NILS, thresholds of about 400,000 series"
PHYSICS = "signal equations; Bernstein et al., Handbook of MRI Pulse Sequences, 2004"
WORDS = "protocol names; ezBIDS, dcm-classifier, clinica"
TABLE = "percentiles of NILS, widened"
BIDS = "BIDS v1.10"
NIFTI = "NIfTI 1.1, intent_code; spm_spm.m"


@dataclass(frozen=True)
class Rule:
    """One line of the table.

    Attributes
    ----------
    sequence : str
        What the rule claims.
    confidence : float
        How often such a claim is right, 0 to 1.
    source : str
        Where the rule comes from.
    conditions : tuple of Condition
        All must hold.
    """

    sequence: str
    confidence: float
    source: str
    conditions: tuple[Condition, ...]


def rule(sequence: str, confidence: float, source: str, *conditions: Condition) -> Rule:
    """Return one line of the table."""
    return Rule(sequence, confidence, source, conditions)
