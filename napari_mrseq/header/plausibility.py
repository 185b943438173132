"""Conditions that hold words and times against each other."""

from __future__ import annotations

from napari_mrseq.header.conditions import Condition
from napari_mrseq.header.contradictions import contradiction
from napari_mrseq.header.rule import Rule, rule
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.header.words import naming


def says(*sequences: str) -> Condition:
    """Hold where the words name one of the sequences and the physics doesn't contradict them."""

    def found(attributes: SequenceAttributes) -> str | None:
        named = naming(attributes)
        if named is None or named.sequence not in sequences:
            return None
        return named.words if contradiction(named.sequence, attributes) is None else None

    return found


def fits(sequence: str) -> Condition:
    """Hold where the physics doesn't contradict a sequence."""
    return lambda attributes: "" if contradiction(sequence, attributes) is None else None


def timed(sequence: str, confidence: float, source: str, *conditions: Condition) -> Rule:
    """Return a rule that claims by times, and never what other times contradict."""
    return rule(sequence, confidence, source, *conditions, fits(sequence))
