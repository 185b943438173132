"""What a scanner computed is told by the type it writes, whatever times it was computed from."""

from __future__ import annotations

from typing import Any

import dask.array as da
import pytest

from napari_mrseq.header import claim_of
from napari_mrseq.series import Series

SPOILED_3D = {
    "Manufacturer": "SIEMENS", "ScanningSequence": "GR", "MRAcquisitionType": "3D",
    "RepetitionTime": 4, "EchoTime": 1.9, "FlipAngle": 12,
}  # fmt: skip


@pytest.mark.parametrize("kind", ["SUB", "SUBTRACTION", "STDDEV"])
def test_a_difference_or_a_deviation_is_no_weighted_image(make_series: Any, kind: str) -> None:
    computed = {"ImageType": ["DERIVED", "PRIMARY", "M", kind], "ContrastBolusAgent": "Gadovist"}
    claim = claim_of(make_series(SPOILED_3D | computed))
    assert (claim.sequence, claim.evidence) == ("OTHER", (f"ImageType {kind}",))


def test_the_difference_of_an_angiography_shows_its_vessels(make_series: Any) -> None:
    computed = {"ImageType": ["DERIVED", "SECONDARY", "MIP", "SUB"], "SeriesDescription": "angio"}
    assert claim_of(make_series(SPOILED_3D | computed)).sequence == "MRA"


@pytest.mark.parametrize(
    "written",
    [
        {"ImageType": ["DERIVED", "PRIMARY", "EADC"]},
        {"ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "EXP_ADC"]},
        {"ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "EXP", "ND", "NORM"]},
        {"SeriesDescription": "eADC"},
        {"SeriesDescription": "eADC", "ImageType": ["DERIVED", "SECONDARY", "ADC"]},
        {"SeriesDescription": "Exponential ADC"},
        {"SeriesDescription": "Exponential Apparent Diffusion Coefficient"},
        {"SeriesDescription": "exp. ADC map"},
    ],
)
def test_an_exponential_adc_is_no_adc(make_series: Any, written: dict[str, Any]) -> None:
    header = {"ScanningSequence": ["EP", "SE"], "RepetitionTime": 6000, "EchoTime": 75}
    claim = claim_of(make_series(header | {"DiffusionBValue": 1000.0} | written))
    assert claim.sequence == "OTHER", claim


@pytest.mark.parametrize(
    "kind",
    [
        "UMAP", "APT", "T1MAP", "T2MAP", "PDMAP", "B1MAP", "STDDEV_TRA", "SUBTRACT",
        # The standard's own words of enhanced files.
        "STD_DEVIATION", "TEMPERATURE", "R_COEFFICIENT", "RHO", "SCM", "TCS", "T_TEST", "Z_SCORE",
        "VELOCITY",
    ],
)  # fmt: skip
def test_a_computed_map_is_no_weighted_image(make_series: Any, kind: str) -> None:
    claim = claim_of(make_series(SPOILED_3D | {"ImageType": ["DERIVED", "PRIMARY", kind]}))
    assert claim.sequence == "OTHER"


def test_the_anisotropy_of_diffusion_is_no_diffusion_image(make_series: Any) -> None:
    header = {
        "ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "DIFFUSION_ANISO"],
        "AcquisitionContrast": "DIFFUSION", "EchoPlanarPulseSequence": "YES",
    }  # fmt: skip
    assert claim_of(make_series(header, b_values=(1000.0,))).sequence == "OTHER"


# The standard's own words for what no times tell.
@pytest.mark.parametrize(
    ("kind", "sequence"),
    [
        (["DERIVED", "PRIMARY", "PERFUSION", "NEI"], "PERF"),
        (["DERIVED", "PRIMARY", "M", "NEI"], "PERF"),
        (["DERIVED", "PRIMARY", "M", "PERFUSION_ASL"], "PERF"),
        (["DERIVED", "PRIMARY", "M", "DIFFUSION_ATTNTD"], "DWI"),
        (["ORIGINAL", "PRIMARY", "ANGIO_TIME", "NONE"], "MRA"),
        (["ORIGINAL", "PRIMARY", "FLOW_ENCODED", "NONE"], "MRA"),
        (["ORIGINAL", "PRIMARY", "VELOCITY", "NONE"], "MRA"),
        (["ORIGINAL", "PRIMARY", "TAGGING", "NONE"], "OTHER"),
        (["ORIGINAL", "PRIMARY", "CINE", "NONE"], "OTHER"),
    ],
)
def test_the_words_of_the_standard_are_known_in_image_and_frame_type(
    make_series: Any, kind: list[str], sequence: str
) -> None:
    for place in ("ImageType", "FrameType"):
        assert claim_of(make_series(SPOILED_3D | {place: kind})).sequence == sequence


@pytest.mark.parametrize("slices", [1, 30])
def test_what_philips_calls_unspecified_is_a_map_though_it_is_original(
    make_series: Any, slices: int
) -> None:
    header = {
        "Manufacturer": "Philips Medical Systems", "ScanningSequence": "GR",
        "MRAcquisitionType": "2D", "RepetitionTime": 20, "EchoTime": 2.2, "FlipAngle": 25,
        "ImageType": ["ORIGINAL", "PRIMARY", "T2_STAR_UNSPECIF", "T2_STAR", "UNSPECIFIED"],
    }  # fmt: skip
    assert claim_of(make_series(header, slices=slices)).sequence == "OTHER"


@pytest.mark.parametrize(
    ("sequence", "kind"),
    [
        ("OTHER", ["ORIGINAL", "PRIMARY", "R2_STAR_UNSPECIF", "R2_STAR", "UNSPECIFIED"]),
        ("OTHER", ["ORIGINAL", "PRIMARY", "T1_UNSPECIFIED", "T1", "UNSPECIFIED"]),
        ("OTHER", ["DERIVED", "PRIMARY", "DIXON", "R2STAR"]),
        ("OTHER", ["DERIVED", "PRIMARY", "R2_STAR", "NONE"]),
        ("OTHER", ["DERIVED", "PRIMARY", "M", "ECV MAP"]),
        # dcm2niix parts the words of a code.
        ("OTHER", ["DERIVED", "PRIMARY", "M", "STIFFNESS", "MAP"]),
        # A part of the signal, by a technique that has no name.
        ("T1", ["ORIGINAL", "PRIMARY", "M_UNSPECIFIED", "M", "UNSPECIFIED"]),
        ("T1", ["DERIVED", "PRIMARY", "IP_UNSPECIFIED", "IP", "UNSPECIFIED"]),
    ],
)
def test_a_map_is_told_by_how_its_type_ends_whatever_it_is_of(
    make_series: Any, sequence: str, kind: list[str]
) -> None:
    assert claim_of(make_series(SPOILED_3D | {"ImageType": kind})).sequence == sequence


@pytest.mark.parametrize(
    ("sequence", "written"),
    [
        ("PERF", {"ImageType": ["DERIVED", "SECONDARY", "CBF_MAP"], "SeriesDescription": "rCBF"}),
        ("MRA", {"ImageType": ["ORIGINAL", "PRIMARY", "M_PCA", "M", "PCA"]}),
    ],
)
def test_of_what_a_map_is_words_tell_better_than_its_type(
    make_series: Any, sequence: str, written: dict[str, Any]
) -> None:
    assert claim_of(make_series(SPOILED_3D | written)).sequence == sequence


SYNTHETIC = {
    "Manufacturer": "GE MEDICAL SYSTEMS", "ScanningSequence": ["SE", "IR"], "RepetitionTime": 4500,
    "EchoTime": 22, "InversionTime": 28, "FlipAngle": 90, "MagneticFieldStrength": 3,
}  # fmt: skip


@pytest.mark.parametrize(
    ("sequence", "kind"),
    [
        ("OTHER", ["QMAP", "T2"]),
        ("OTHER", ["MULTI_QMAP", "ENCRYPTED", "T1", "T2", "PD"]),
        ("OTHER", ["MYC", "T1"]),
        ("PD", ["PD", "SYNTHETIC"]),
        ("T1", ["T1", "SYNTHETIC"]),
    ],
)
def test_synthetic_mr_computes_maps_and_from_them_weighted_images(
    make_series: Any, sequence: str, kind: list[str]
) -> None:
    times = {"RepetitionTime": 500, "EchoTime": 10} if kind == ["T1", "SYNTHETIC"] else {}
    claim = claim_of(make_series(SYNTHETIC | times | {"ImageType": ["DERIVED", "PRIMARY", *kind]}))
    assert claim.sequence == sequence, claim


@pytest.mark.parametrize(
    ("sequence", "more"),
    [
        ("OTHER", {"SequenceName": "*MDME2d2_5"}),
        ("OTHER", {"SequenceName": "*MDME2d2_5", "ScanningSequence": "SE", "EchoTime": 99}),
        ("OTHER", {"SequenceName": "qalas3d3d1_125ns", "ScanningSequence": ["GR", "IR"]}),
        ("T2", {"SequenceName": "*tse2d1_17", "ScanningSequence": "SE", "EchoTime": 99}),
    ],
)
def test_what_synthetic_mr_is_computed_from_is_of_no_weighting_of_its_own(
    make_series: Any, sequence: str, more: dict[str, Any]
) -> None:
    train = {"Manufacturer": "SIEMENS", "RepetitionTime": 4500, "EchoTime": 22, "FlipAngle": 150}
    original = {"MRAcquisitionType": "2D", "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND", "NORM"]}
    assert claim_of(make_series(train | original | more)).sequence == sequence


def test_an_image_that_synthetic_mr_computes_is_not_refused_for_the_name_of_its_source(
    make_series: Any,
) -> None:
    spin_echo = {"Manufacturer": "SIEMENS", "ScanningSequence": "SE", "SequenceName": "*MDME2d2_5"}
    times = {"RepetitionTime": 4500, "EchoTime": 100, "FlipAngle": 90}
    kind = {"ImageType": ["DERIVED", "PRIMARY", "T2", "SYNTHETIC"]}
    assert claim_of(make_series(spin_echo | times | kind)).sequence == "T2"
    words = {"SeriesDescription": "SyMRI T2W"}
    assert claim_of(make_series(spin_echo | times | words)).sequence == "T2"
    original = {"ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"]}
    assert claim_of(make_series(spin_echo | times | words | original)).sequence == "OTHER"


FIRST_PASS = {"ScanningSequence": ["EP", "GR"], "RepetitionTime": 1500, "EchoTime": 30}


@pytest.mark.parametrize(
    "kind",
    [
        "RCBVCORR",
        "RCBVUNCORR",
        "RCBF BASIC",
        "CBV BASIC",
        "MTT BASIC",
        "TMAX BASIC",
        "OEF",
        "RLEAKAGE",
        "CTH",
    ],
)
def test_what_programs_compute_of_a_first_pass_is_perfusion(make_series: Any, kind: str) -> None:
    claim = claim_of(make_series(FIRST_PASS | {"ImageType": ["DERIVED", "SECONDARY", kind]}))
    assert claim.sequence == "PERF", claim


@pytest.mark.parametrize(
    ("sequence", "kind"),
    [
        ("MRA", ["DERIVED", "PRIMARY", "PROJECTION IMAGE", "VASCULAR"]),
        ("OTHER", ["DERIVED", "SECONDARY", "MR ERROR MESSAGE"]),
    ],
)
def test_projections_of_vessels_and_messages_are_told_by_their_type(
    make_series: Any, sequence: str, kind: list[str]
) -> None:
    flow = {"ScanningSequence": "GR", "RepetitionTime": 25, "EchoTime": 2.8, "FlipAngle": 20}
    assert claim_of(make_series(flow | {"ImageType": kind})).sequence == sequence


EPI = {"Manufacturer": "SIEMENS", "ScanningSequence": "EP", "RepetitionTime": 3500, "EchoTime": 68}


@pytest.mark.parametrize(
    ("sequence", "written"),
    [
        # TENSOR_B0 as dcm2niix splits it, alone and beside other marks of diffusion.
        ("B0", {"ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "TENSOR", "B0"]}),
        ("B0", {"ImageType": ["DERIVED", "PRIMARY", "TENSOR", "B0"]}),
        ("B0", {"ImageType": ["DERIVED", "PRIMARY", "TRACEW", "B0"]}),
        ("B0", {"ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "B0"]}),
        ("B0", {"ImageType": ["DERIVED", "PRIMARY", "B0"], "SequenceName": "*ep_b0"}),
        ("B0", {"ImageType": ["DERIVED", "PRIMARY", "B0"], "SeriesDescription": "dwi TENSOR_B0"}),
        ("B0", {"ImageType": ["ORIGINAL", "PRIMARY", "B0"], "ProtocolName": "DTI_64"}),
        # A map of the field, whatever the examination holds besides.
        ("FIELDMAP", {"ImageType": ["ORIGINAL", "PRIMARY", "B0 MAP", "B0", "UNSPECIFIED"]}),
        ("FIELDMAP", {"ImageType": ["ORIGINAL", "PRIMARY", "B0", "B0", "FFE"]}),
        ("FIELDMAP", {"ImageType": ["DERIVED", "PRIMARY", "B0"], "SeriesDescription": "B0 map"}),
        ("FIELDMAP", {"ImageType": ["DERIVED", "PRIMARY", "FIELD MAP", "DIFFUSION"]}),
        ("FIELDMAP", {"ImageType": ["DERIVED", "PRIMARY", "B0MAP"]}),
        # And of the tensor.
        ("OTHER", {"ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "TENSOR", "FA"]}),
    ],
)
def test_b0_is_the_field_or_beside_diffusion_the_image_without_weighting(
    make_series: Any, sequence: str, written: dict[str, Any]
) -> None:
    claim = claim_of(make_series(EPI | written))
    assert claim.sequence == sequence, claim


SPACE = {"Manufacturer": "SIEMENS", "ScanningSequence": "SE", "MRAcquisitionType": "3D",
         "SequenceName": "*spc3d1_61", "RepetitionTime": 1700, "EchoTime": 20}  # fmt: skip


@pytest.mark.parametrize(
    ("sequence", "described"),
    [
        ("MRA", "NATIVE_SPACE_legs_sub"),
        ("MRA", "native_spc_thigh_SUB"),
        ("MRA", "NATIVE SPACE run-off"),
        ("MRA", "native SPACE angio"),
        # Before an agent, in German.
        ("OTHER", "t2_space_nativ_sub"),
        ("OTHER", "T1 nativ sub"),
        ("OTHER", "T1 space sub in native space"),
        # Without words so early an echo leaves open whether an agent was given.
        ("OTHER", ""),
    ],
)
def test_a_difference_that_needs_no_agent_shows_vessels(
    make_series: Any, sequence: str, described: str
) -> None:
    computed = {"ImageType": ["DERIVED", "PRIMARY", "SUBTRACTION"], "SeriesDescription": described}
    claim = claim_of(make_series(SPACE | computed))
    assert claim.sequence == sequence, claim


def test_a_late_difference_of_spin_echoes_shows_vessels_without_words(make_series: Any) -> None:
    computed = {"ImageType": ["DERIVED", "SECONDARY", "SUBTRACTION", "M", "SE"], "EchoTime": 80}
    assert claim_of(make_series(SPACE | computed)).sequence == "MRA"
    named = computed | {"SeriesDescription": "t2_space_sub"}
    assert claim_of(make_series(SPACE | named)).sequence == "OTHER"


@pytest.mark.parametrize(
    "written",
    [
        # Before and after secretin; a FLAIR and that of a year ago; before and after an agent.
        {"EchoTime": 650},
        {"EchoTime": 140, "InversionTime": 1800},
        {"EchoTime": 80, "ContrastBolusAgent": "Gadovist"},
    ],
)
def test_a_difference_of_spin_echoes_of_other_times_shows_no_vessels(
    make_series: Any, written: dict[str, Any]
) -> None:
    computed = {"ImageType": ["DERIVED", "SECONDARY", "SUBTRACTION", "M", "SE"]}
    assert claim_of(make_series(SPACE | computed | written)).sequence == "OTHER"


GE_3D = SPOILED_3D | {"Manufacturer": "GE MEDICAL SYSTEMS"}
WITHOUT_CODES = {"RepetitionTime": 2000, "EchoTime": 12, "SeriesDescription": "T1 real"}
REAL = {"ScanningSequence": "SE", "ImageType": ["ORIGINAL", "PRIMARY", "R"]}
# By these times a PD, if nothing were inverted.
UNNAMED = {"ScanningSequence": "SE", "RepetitionTime": 2000, "EchoTime": 12}
PREPARED = {
    "Manufacturer": "SIEMENS", "SequenceName": "*tfl3d1_16ns", "MRAcquisitionType": "3D",
    "RepetitionTime": 2000, "EchoTime": 3, "FlipAngle": 8,
}  # fmt: skip
DIFFUSING = {
    "Manufacturer": "Philips Medical Systems", "ScanningSequence": "SE",
    "ImageType": ["ORIGINAL", "PRIMARY", "R_SE", "R", "SE"], "MRAcquisitionType": "2D",
    "RepetitionTime": 6000, "EchoTime": 80,
}  # fmt: skip
INVERTED = {"ScanningSequence": "IR", "RepetitionTime": 4000, "EchoTime": 30, "InversionTime": 400}


@pytest.mark.parametrize(
    ("sequence", "header"),
    [
        ("OTHER", SPOILED_3D | {"ImageType": ["ORIGINAL", "PRIMARY", "R_FFE", "R", "FFE"]}),
        ("OTHER", SPOILED_3D | {"ImageType": ["ORIGINAL", "PRIMARY", "I_FFE", "I", "FFE"]}),
        ("OTHER", SPOILED_3D | {"ComplexImageComponent": "REAL"}),
        ("OTHER", SPOILED_3D | {"ComplexImageComponent": "IMAGINARY"}),
        ("OTHER", GE_3D | {(0x0043, 0x102F): ("SS", 2)}),
        ("OTHER", GE_3D | {(0x0043, 0x102F): ("SS", 3)}),
        # What an inversion has left is seen in the real part alone.
        ("T1", INVERTED | {"ImageType": ["ORIGINAL", "PRIMARY", "R_IR", "R", "IR"]}),
        ("OTHER", INVERTED | {"ImageType": ["ORIGINAL", "PRIMARY", "I_IR", "I", "IR"]}),
        # Not every header tells the inversion by its code or its time.
        ("T1", WITHOUT_CODES | {"ImageType": ["ORIGINAL", "PRIMARY", "R_IR", "R", "IR"]}),
        ("UNKNOWN", UNNAMED | {"ImageType": ["ORIGINAL", "PRIMARY", "R_IR", "R", "IR"]}),
        ("UNKNOWN", UNNAMED | {"ImageType": ["ORIGINAL", "PRIMARY", "M_IR", "M", "IR"]}),
        *(
            ("T1", WITHOUT_CODES | REAL | {"SeriesDescription": described})
            for described in ("T1 IR", "T1W_IR_TSE real", "T1 inversion recovery", "TIR T1 cor")
        ),
        ("UNKNOWN", WITHOUT_CODES | REAL | {"SeriesDescription": "IR TSE real"}),
        ("OTHER", WITHOUT_CODES | REAL | {"SeriesDescription": "T1 TSE real"}),
        ("T1", PREPARED | {"ImageType": ["ORIGINAL", "PRIMARY", "R"]}),
        ("T1", PREPARED | {"ImageType": ["ORIGINAL", "PRIMARY", "R"], "SequenceVariant": "MP"}),
        # Diffusion is averaged in it; Philips gives echo planar images no code.
        ("DWI", DIFFUSING | {"DiffusionBValue": 1000.0}),
        ("DWI", DIFFUSING | {"SeriesDescription": "dwi"}),
    ],
)
def test_a_part_of_the_complex_signal_is_no_weighted_image(
    make_series: Any, sequence: str, header: dict[str, Any]
) -> None:
    assert claim_of(make_series(header)).sequence == sequence


# As dcm2niix 1.0.20220720 writes them beside the images that it converts.
@pytest.mark.parametrize(
    ("parted", "sequence"),
    [
        (["ORIGINAL", "PRIMARY", "M", "IN", "PHASE", "ND"], "T1"),
        (["ORIGINAL", "PRIMARY", "M", "OPP", "PHASE", "DIS2D"], "T1"),
        (["DERIVED", "PRIMARY", "DIXON", "OUT", "OF", "PHASE"], "T1"),
        (["ORIGINAL", "PRIMARY", "MIN", "IP", "NONE"], "T1"),
        (["ORIGINAL", "PRIMARY", "P", "FFE", "P", "FFE"], "OTHER"),
        (["ORIGINAL", "PRIMARY", "P", "IR", "P", "IR"], "OTHER"),
        (["DERIVED", "PRIMARY", "M", "PHASE"], "OTHER"),
        (["DERIVED", "PRIMARY", "M", "WATER", "FRACTION"], "OTHER"),
        (["DERIVED", "PRIMARY", "M", "STD", "DEVIATION"], "OTHER"),
        (["DERIVED", "PRIMARY", "M", "DIFFUSION", "ANISO"], "OTHER"),
    ],
)
def test_codes_of_several_words_are_those_that_a_converter_has_parted(
    parted: list[str], sequence: str
) -> None:
    sidecar = SPOILED_3D | {"RepetitionTime": 0.004, "EchoTime": 0.0019, "ImageType": parted}
    series = Series("x.nii.gz", (), da.zeros((60, 256, 256)), kind="nifti", sidecar=sidecar)
    assert claim_of(series).sequence == sequence


# What Siemens XA writes into a place of its own.
@pytest.mark.parametrize("parted", [["M", "IN", "PHASE", "ND"], ["DIXON", "OPP", "PHASE"]])
def test_former_codes_of_xa_are_those_that_a_converter_has_parted(parted: list[str]) -> None:
    sidecar = SPOILED_3D | {"RepetitionTime": 0.004, "EchoTime": 0.0019}
    sidecar |= {"ImageType": ["ORIGINAL", "PRIMARY", "VIBE", "NONE"]}
    sidecar |= {"ImageTypeText": ["ORIGINAL", "PRIMARY", *parted]}
    series = Series("x.nii.gz", (), da.zeros((60, 256, 256)), kind="nifti", sidecar=sidecar)
    assert claim_of(series).sequence == "T1"


@pytest.mark.parametrize("whole", [["P_PCA", "P", "PCA"], ["P", "PCA", "P", "PCA"]])
def test_a_phase_of_flow_is_one_whether_a_converter_parts_its_codes_or_not(
    whole: list[str],
) -> None:
    sidecar = SPOILED_3D | {"ImageType": ["ORIGINAL", "PRIMARY", *whole]}
    series = Series("x.nii.gz", (), da.zeros((60, 256, 256)), kind="nifti", sidecar=sidecar)
    claim = claim_of(series)
    assert claim.sequence == "OTHER"
    assert "phase contrast" in claim.evidence[0]
