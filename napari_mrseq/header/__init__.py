"""What a header claims, without a look at the pixels."""

from napari_mrseq.header.attributes import SequenceAttributes, attributes_of
from napari_mrseq.header.claim import HeaderClaim, claim_of, claim_words

__all__ = ["HeaderClaim", "SequenceAttributes", "attributes_of", "claim_of", "claim_words"]
