"""What a header claims, without a look at the pixels."""

from napari_mrseq.header.claim import HeaderClaim, claim_of

__all__ = ["HeaderClaim", "claim_of"]
