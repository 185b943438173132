"""The header's claim on a series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from napari_mrseq.header.agent import Agent, agent_of
from napari_mrseq.header.attributes import attributes_of
from napari_mrseq.header.bids_names import no_picture
from napari_mrseq.header.conditions import agent_tagged, evidence_of, is_atypical, other_modality
from napari_mrseq.header.contradictions import contradiction
from napari_mrseq.header.lexicon import MEANINGS
from napari_mrseq.header.rule import WORDS
from napari_mrseq.header.rules import RULES
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.header.words import naming, namings
from napari_mrseq.sequences import UNKNOWN, family_of, name_of
from napari_mrseq.series import Series

# Words and physics that agree halve what is left to doubt; words that the physics
# contradicts cost a sixth: in published cohorts about one description in ten is wrong.
AGREEMENT = 0.5
DISAGREEMENT = 5 / 6
# The tags of an agent often stay set for the whole examination, unenhanced images too. How often
# is not measured: taken for as often as words are wrong.
TAG_ALONE = 5 / 6
# Sequences whose names hold those of others that they look like or are computed from:
# "t2_tirm_dark-fluid" names no T2, "ep2d_diff_ADC" no diffusion image.
WITHIN_NAMES: Mapping[str, tuple[str, ...]] = {
    "FLAIR": ("T2", "STIR"),
    "STIR": ("T2", "FLAIR"),
    "ADC": ("DWI", "B0"),
    "DWI": ("ADC",),
}


@dataclass(frozen=True)
class HeaderClaim:
    """What the tags of a series say it is.

    Attributes
    ----------
    sequence : str
        Code of the vocabulary; `UNKNOWN` where no rule fits.
    confidence : float
        How often the rule is right, 0 to 1; words that agree with it or don't, and an agent that
        only a tag tells, have changed it.
    evidence : tuple of str
        The tags that speak for it, in words: ``"TI 2000 ms > 1500 ms"``.
    agent : bool or None
        A contrast agent was given; None where the header doesn't say.
    warnings : tuple of str
        Contradictions inside the header, and to what the series holds.
    source : str
        Where the rule comes from; empty where no rule fits.
    named : tuple of str
        Every sequence that the words of the description name, whatever the tags say.
    atypical : bool
        It looks like no usual picture of its sequence: fat and water cancel each other in it
        (opposed phase), or it is a projection.
    without_agent : float
        How sure a claim of T1 with an agent is, besides, of one without: a tag alone may be stale.
    """

    sequence: str
    confidence: float
    evidence: tuple[str, ...] = ()
    agent: bool | None = None
    warnings: tuple[str, ...] = ()
    source: str = ""
    named: tuple[str, ...] = ()
    atypical: bool = False
    without_agent: float = 0.0

    @property
    def is_silent_on_agent(self) -> bool:
        """Whether a T1 is claimed that may be one with an agent, since the header doesn't say."""
        return self.sequence == "T1" and self.agent is None


def claim_words(sequence: str, evidence: Sequence[str]) -> str:
    """Name what a header claims; what is no MR by its evidence, such as ``"Modality CT"``.

    Empty where the header says nothing.
    """
    return ", ".join(evidence) if sequence == UNKNOWN else name_of(sequence)


def claim_of(series: Series) -> HeaderClaim | None:
    """Return what the header of a series claims, None where there is no header.

    b values beside a NIfTI file are one. The file alone is none, unless it says, or its name does,
    that it holds no picture of a sequence.
    """
    found = attributes_of(series)
    if series.dataset is not None or series.sidecar is not None:
        return claim_from(found)
    if found.intent or no_picture(found.file_name):
        return claim_from(SequenceAttributes(file_name=found.file_name, intent=found.intent))
    if not series.b_values:
        return None
    return claim_from(SequenceAttributes(b_values=found.b_values, volumes=found.volumes))


def claim_from(attributes: SequenceAttributes) -> HeaderClaim:
    """Return what attributes claim: the first rule that fits, held against the words.

    Parameters
    ----------
    attributes : SequenceAttributes
        Of one series.

    Returns
    -------
    HeaderClaim
        `UNKNOWN` with the evidence it has where no rule fits.
    """
    claim = _weigh_words(_first_rule(attributes), attributes)
    agent = agent_of(attributes)
    further = (agent.warning, _cut_short_words(attributes))
    if claim.sequence == "T1" and agent.given:
        claim = _with_agent(claim, agent, attributes)
    return replace(
        claim,
        agent=agent.given,
        warnings=(*claim.warnings, *filter(None, further)),
        named=_named(attributes),
        atypical=is_atypical(attributes),
    )


def _cut_short_words(attributes: SequenceAttributes) -> str:
    """Say that most slices are missing; empty where they are there, or nothing tells."""
    if not attributes.is_cut_short:
        return ""
    return (
        f"{attributes.slices} of the {attributes.slices_counted} slices that the scanner counted: "
        "the series was broken off, or files are missing"
    )


def _with_agent(claim: HeaderClaim, agent: Agent, attributes: SequenceAttributes) -> HeaderClaim:
    """Return a T1's claim as one with an agent, less sure where only a tag says so."""
    told = f"{agent.place} says with contrast" if agent.spoken else None
    sure = claim.confidence * (1.0 if agent.spoken else TAG_ALONE)
    return replace(
        claim,
        sequence="T1C",
        confidence=sure,
        without_agent=claim.confidence - sure,
        evidence=(*claim.evidence, *filter(None, (agent_tagged(attributes), told))),
    )


def _named(attributes: SequenceAttributes) -> tuple[str, ...]:
    found = [named.sequence for named in namings(attributes)]
    if found:
        found = [name for name in found if name not in WITHIN_NAMES.get(found[0], ())]
    return tuple(code for name in found for code in MEANINGS.get(name, (name,)))


def _first_rule(attributes: SequenceAttributes) -> HeaderClaim:
    for rule in RULES:
        evidence = evidence_of(rule.conditions, attributes)
        if evidence is not None:
            told = (evidence,) if evidence else ()
            return HeaderClaim(rule.sequence, rule.confidence, told, source=rule.source)
    return HeaderClaim(UNKNOWN, 0.5)


def _weigh_words(claim: HeaderClaim, attributes: SequenceAttributes) -> HeaderClaim:
    """Raise or lower the confidence of a claim that was made without the description's words."""
    if claim.source == WORDS:
        return _support_words(claim, attributes)
    named = naming(attributes)
    if named is None or other_modality(attributes) is not None:
        return claim
    against = contradiction(named.sequence, attributes)
    if against is not None and named.sequence != claim.sequence:
        warning = f"the {named.words}; the header contradicts it: {against}"
        factor = 1.0 if claim.sequence == UNKNOWN else DISAGREEMENT
        return replace(claim, confidence=claim.confidence * factor, warnings=(warning,))
    if _are_alike(named.sequence, claim.sequence):
        return _surer(claim, named.words)
    return claim


def _are_alike(named: str, claimed: str) -> bool:
    """Tell whether two sequences are of one kind; those of the family "other" are no kin."""
    family = family_of(named)
    return named == claimed if family == family_of("OTHER") else family == family_of(claimed)


def _support_words(claim: HeaderClaim, attributes: SequenceAttributes) -> HeaderClaim:
    """Raise the confidence of a claim by words where a rule without words claims the same."""
    for rule in RULES:
        if rule.sequence == claim.sequence and rule.source != WORDS:
            evidence = evidence_of(rule.conditions, attributes)
            if evidence is not None:
                return _surer(claim, evidence)
    return claim


def _surer(claim: HeaderClaim, evidence: str) -> HeaderClaim:
    """Raise the confidence by more evidence, of which a tag that is quoted already adds nothing."""
    doubt = (1.0 - claim.confidence) * AGREEMENT
    quoted = ", ".join(claim.evidence).split(", ")
    more = ", ".join(words for words in evidence.split(", ") if words not in quoted)
    told = (*claim.evidence, more) if more else claim.evidence
    return replace(claim, confidence=1.0 - doubt, evidence=told)
