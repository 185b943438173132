"""What a header claims, without a look at the pixels."""

from napari_mrseq.header.attributes import attributes_of
from napari_mrseq.header.claim import HeaderClaim, claim_of, claim_words
from napari_mrseq.header.sequence_attributes import SequenceAttributes

__all__ = ["HeaderClaim", "SequenceAttributes", "attributes_of", "claim_of", "claim_words"]
