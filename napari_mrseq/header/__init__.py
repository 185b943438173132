"""What a header claims, without a look at the pixels.

To be read in this order:

1. What its words name: `lexicon` and `map_words` hold the phrases, as `phrases` writes them,
   `plain` makes a text ready for them, `bids_names` takes a file's name apart, `words` finds them.
2. What its tags say: `tags` finds values, `vendors`, `sidecar` and `agent` (with `agent_words`)
   read them, `technique_codes` (with `pulse_sequences`) and `measured` tell the `techniques`,
   `attributes` gathers all as `sequence_attributes`.
3. What a rule may ask: of one series' attributes (`conditions`), of its b values (`b_values`), of
   its times and the tissue that they weight (`relaxation`), of its words (`words`,
   `computed_maps`), of what speaks against a sequence (`contradictions`), of words and times held
   against each other (`plausibility`).
4. The rules: what one is (`rule`), the table of them (`rules`, with `image_types`), those of
   diffusion and its maps (`diffusion`), of echo planar images (`echo_planar`) and of vessels
   (`vessels`), and its end: what an inversion weights (`inversions`), and where other times tell,
   or enhanced files say, how an image is weighted (`weightings`).
5. The claim: the first rule that holds, made surer or less sure by the words (`claim`).
"""

from napari_mrseq.header.attributes import acquired_at, attributes_of
from napari_mrseq.header.claim import HeaderClaim, claim_of, claim_words
from napari_mrseq.header.sequence_attributes import SequenceAttributes

__all__ = [
    "HeaderClaim",
    "SequenceAttributes",
    "acquired_at",
    "attributes_of",
    "claim_of",
    "claim_words",
]
