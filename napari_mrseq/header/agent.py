"""Whether a contrast agent was given: by its tags, or by the words of the description."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from napari_mrseq.header import agent_words
from napari_mrseq.header.image_types import AFTER_AGENT, BEFORE_AGENT
from napari_mrseq.header.plain import in_english, plain
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.header.tags import Tags

AGENT_TAGS = ("ContrastBolusAgent", "ContrastBolusIngredient")
AMOUNT_TAGS = ("ContrastBolusVolume", "ContrastBolusTotalDose")


def agent_in_tags(tags: Tags) -> tuple[bool | None, str]:
    """Return whether the agent's own tags say that one was given, and what they say.

    An empty or missing tag says nothing: (None, ""). Enhanced files list the agents of the
    examination, and say of their frames whether one was administered by then.
    """
    amount = next(filter(None, map(tags.positive, AMOUNT_TAGS)), None)
    for keyword in AGENT_TAGS:
        text = tags.text(keyword)
        if text:
            return _agent_in_tag(plain(text), amount), text
    substances = tags.texts_of_items("ContrastBolusAgentSequence", "CodeMeaning")
    administered = tags.codes("ContrastBolusAgentAdministered")
    if substances or administered:
        return "NO" not in administered, ", ".join(substances) or "administered"
    return (True, f"{amount:g} ml") if amount else (None, "")


def _agent_in_tag(words: str, amount: float | None) -> bool | None:
    """Return what the plain words of an agent's tag say; None where they say something else."""
    if words in agent_words.NOT_KNOWN:
        return True if amount else None
    if re.search(agent_words.NONE_GIVEN, words):
        return None if amount else False
    if re.search(rf"\b({agent_words.SUBSTANCES})\b", words):
        return True
    return None if re.search(agent_words.NO_AGENT_ITSELF, words) else True


def agent_in_words(text: str, *, of_spine: bool = False) -> bool | None:
    """Return whether a description says that an agent was given; None where it doesn't say.

    One that says both with and without is the name of an examination, and says nothing.
    """
    if of_spine:
        text = re.sub(agent_words.PART_OF_SPINE, "", text)
    words = re.sub(agent_words.OTHER_LACK, "", plain(text))
    # As Japanese types it, and with the minus of mathematics: "造影（－）".
    typed = re.sub("[−–]", "-", in_english(unicodedata.normalize("NFKC", text)))
    if re.search(agent_words.BOTH, words) or re.search(agent_words.PLUS_OR_MINUS, typed):
        return None
    words = re.sub(agent_words.OTHER_EVENT, "", re.sub(agent_words.NO_MEDIUM, "", words))
    words = re.sub(agent_words.AFTER, "post contrast", words)
    if re.search(agent_words.MOVING, words):
        words = re.sub(agent_words.DYNAMIC, "", words)
    if re.search(agent_words.MINUS, typed) or re.search(agent_words.WITHOUT, words):
        return False
    if re.search(agent_words.SLASH, typed) or re.search(agent_words.WITH, words):
        return True
    return None


@dataclass(frozen=True)
class Agent:
    """What a header says of a contrast agent.

    Attributes
    ----------
    given : bool or None
        By tags and words together; None where they don't say, or contradict each other.
    spoken : bool or None
        By the words alone.
    place : str
        Where those words stand: ``"description"``, ``"file name"``, ``"ImageType"``,
        ``"protocol"``, ``"PulseSequenceType"``; empty where there are none.
    warning : str
        How tags and words contradict each other; empty where they don't.
    """

    given: bool | None
    spoken: bool | None
    place: str
    warning: str = ""


def agent_of(attributes: SequenceAttributes) -> Agent:
    """Join the tags with the words: those of the description, of the type, of the protocol.

    The tag often stays set for the whole examination, so a description that says "before"
    leaves the question open.
    """
    of_spine = re.search(agent_words.SPINE, attributes.body_part) is not None
    told = (
        (attributes.described_by, agent_in_words(attributes.description, of_spine=of_spine)),
        ("ImageType", _agent_in_type(attributes)),
        (attributes.protocol_by, agent_in_words(attributes.protocol, of_spine=of_spine)),
    )
    place, spoken = next((one for one in told if one[1] is not None), ("", None))
    if attributes.agent is None or spoken is None or spoken == attributes.agent:
        return Agent(spoken if attributes.agent is None else attributes.agent, spoken, place)
    said = "with" if spoken else "without"
    warning = f'contrast agent is "{attributes.agent_text}", but the {place} says {said}'
    return Agent(None, spoken, place, warning)


def _agent_in_type(attributes: SequenceAttributes) -> bool | None:
    """Return what ImageType and FrameType say; the first of several volumes speaks for itself."""
    told = {BEFORE_AGENT, AFTER_AGENT}.intersection(attributes.image_type)
    if told == {BEFORE_AGENT}:
        return False if attributes.volumes == 1 else None
    return True if told == {AFTER_AGENT} else None
