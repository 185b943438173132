"""The rules that tell what diffusion weights, and the maps that are computed of it."""

from __future__ import annotations

from napari_mrseq.header.b_values import (
    MOST_UNWEIGHTED,
    lacks_all_weighting,
    of_several_b_values,
    told_without_weighting,
    weighted_by_diffusion,
    without_weighting,
)
from napari_mrseq.header.computed_maps import (
    is_called_a_diffusion_map,
    is_called_a_map,
    names_diffusion_map,
    names_no_diffusion,
    names_quantity,
)
from napari_mrseq.header.conditions import (
    B_VALUES,
    TE,
    VOLUMES,
    either,
    image_type,
    is_derived,
    is_original,
    is_secondary,
    lacks,
    not_above,
    unknown,
    unless,
    uses,
)
from napari_mrseq.header.lexicon import MAP
from napari_mrseq.header.plausibility import says
from napari_mrseq.header.rule import DICOM, VENDOR, WORDS, Rule, rule
from napari_mrseq.header.techniques import DIFFUSION, GRADIENT_ECHO, TASK, UNWEIGHTED
from napari_mrseq.header.words import called, names, names_nothing
from napari_mrseq.sequences import UNKNOWN

DIFFUSION_RULES: tuple[Rule, ...] = (
    # GE writes b values into other sequences too: see `weighted_by_diffusion`.
    # Scanners write the b value into the map that they compute as well, but not several; and the
    # images that they compute it from may be called "DWI/ADC".
    rule("DWI", 0.95, DICOM, weighted_by_diffusion, names("ADC"), of_several_b_values),
    rule("DWI", 0.9, DICOM, weighted_by_diffusion, names("ADC"), names("DWI"), is_original),
    rule("ADC", 0.9, WORDS, says("ADC")),
    rule("OTHER", 0.85, WORDS, says(MAP), unless(is_original)),
    rule("OTHER", 0.85, WORDS, is_derived, names_diffusion_map),
    rule("OTHER", 0.8, WORDS, is_called_a_diffusion_map),
    rule("OTHER", 0.75, WORDS, is_secondary, names_quantity),
    rule("OTHER", 0.75, WORDS, is_derived, is_called_a_map),
    # More is computed of diffusion than any list of words holds.
    rule(UNKNOWN, 0.5, WORDS, is_secondary, names_no_diffusion),
    # Without a name it may be any of what programs compute, with the b value of its source.
    rule(
        "DWI", 0.75, DICOM, weighted_by_diffusion, is_secondary, names_nothing,
        unless(image_type("DIFFUSION")), unless(of_several_b_values),
    ),
    # One volume that is called like a map may be one, whatever ImageType its program has left.
    rule("DWI", 0.6, DICOM, weighted_by_diffusion, names_diffusion_map, VOLUMES <= 1),
    rule("DWI", 0.95, DICOM, weighted_by_diffusion),
    rule("B0", 0.85, VENDOR, uses(UNWEIGHTED)),
    rule("B0", 0.85, VENDOR, uses(DIFFUSION), without_weighting),
    # So many volumes, of unknown b values, are weighted: all but the few "dti multi b0" speaks of.
    rule("DWI", 0.7, WORDS, says("B0"), VOLUMES > MOST_UNWEIGHTED, unknown(B_VALUES)),
    rule("B0", 0.8, WORDS, says("DWI", "B0"), lacks(GRADIENT_ECHO), told_without_weighting),
    # A reference whose name has no task may have one by its sidecar, unless its echo is so late.
    rule(
        "B0", 0.7, WORDS, says("B0"),
        unless(called("sbref"), unless(names("DWI")), uses(TASK), not_above(TE, 60)),
    ),
    # The pixels tell which of both it is.
    rule("DWI", 0.5, WORDS, says("DWI"), lacks_all_weighting),
    rule("DWI", 0.5, VENDOR, uses(DIFFUSION), lacks_all_weighting),
    # One volume that isn't told to be as it was acquired may be a map.
    rule("DWI", 0.9, VENDOR, uses(DIFFUSION), either(VOLUMES > 1, is_original)),
    rule("DWI", 0.85, WORDS, says("DWI")),
    rule("DWI", 0.7, VENDOR, uses(DIFFUSION)),
)  # fmt: skip
