"""What a header claims where it is thin, wrong, contradictory, or no MR image at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from nibabel import Nifti1Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import (
    UID,
    CTImageStorage,
    EnhancedMRColorImageStorage,
    EnhancedMRImageStorage,
    MRImageStorage,
    MRSpectroscopyStorage,
    PositronEmissionTomographyImageStorage,
    RawDataStorage,
    SecondaryCaptureImageStorage,
    SegmentationStorage,
    UltrasoundImageStorage,
)

from napari_mrseq import read
from napari_mrseq.header import HeaderClaim, claim_of
from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.series import Series, series_from_array

SPIN_ECHO_T1 = {"ScanningSequence": "SE", "RepetitionTime": 500, "EchoTime": 10}
SPIN_ECHO_T2 = {"ScanningSequence": "SE", "RepetitionTime": 5000, "EchoTime": 100}
MPRAGE = {
    "ScanningSequence": ["GR", "IR"],
    "MRAcquisitionType": "3D",
    "RepetitionTime": 2300,
    "EchoTime": 2.98,
    "InversionTime": 900,
    "FlipAngle": 9,
}
FLAIR = {
    "ScanningSequence": ["SE", "IR"],
    "RepetitionTime": 9000,
    "EchoTime": 120,
    "InversionTime": 2500,
}


def test_series_without_a_header_claims_nothing() -> None:
    assert claim_of(series_from_array([[1, 2], [3, 4]], name="picture")) is None


@pytest.mark.parametrize("modality", ["CT", "US", "PT", "OT", "SEG"])
def test_other_modality_is_unknown_and_said_so(make_series: Any, modality: str) -> None:
    claim = claim_of(
        make_series(
            {
                "Modality": modality,
                "SOPClassUID": CTImageStorage,
                "SeriesDescription": "T2 FLAIR fused",
                **FLAIR,
            }
        )
    )
    assert claim.sequence == UNKNOWN
    assert claim.confidence >= 0.9
    assert claim.evidence == (f"Modality {modality}",)
    assert claim.warnings == ()


@pytest.mark.parametrize(
    "storage", [CTImageStorage, UltrasoundImageStorage, PositronEmissionTomographyImageStorage]
)
def test_without_a_modality_the_class_tells_that_an_image_is_no_mr(
    make_series: Any, storage: UID
) -> None:
    claim = claim_of(make_series({"Modality": "", "SOPClassUID": storage, **FLAIR}))
    assert (claim.sequence, claim.evidence) == (UNKNOWN, (storage.name,))
    assert claim.confidence >= 0.9


@pytest.mark.parametrize(
    ("taken_out", "told"),
    [
        ((), "KVP 140"),
        (("KVP", "RescaleIntercept"), "Hounsfield units"),
        (("KVP", "RescaleType"), "Hounsfield units"),
    ],
)
def test_a_ct_without_modality_and_class_is_told_by_what_no_mr_scanner_writes(
    taken_out: tuple[str, ...], told: str
) -> None:
    dataset = dcmread(get_testdata_file("693_J2KI.dcm"), stop_before_pixels=True)
    for keyword in ("Modality", "SOPClassUID", *taken_out):
        delattr(dataset, keyword)
    series = replace(series_from_array([[1, 2], [3, 4]], name="ct"), dataset=dataset)
    claim = claim_of(series)
    assert (claim.sequence, claim.confidence, claim.evidence) == (UNKNOWN, 0.95, (told,))


def test_decay_that_was_corrected_tells_a_camera(make_series: Any) -> None:
    header = {"Modality": "", "SOPClassUID": "", "CorrectedImage": ["DECY", "ATTN"]}
    assert claim_of(make_series(header)).evidence == ("CorrectedImage DECY ATTN",)


@pytest.mark.parametrize("settings", [FLAIR, {"FlipAngle": 20}, {"MagneticFieldStrength": 3}])
def test_settings_of_an_mr_scanner_count_more_than_what_others_write(
    make_series: Any, settings: dict[str, Any]
) -> None:
    other = {"Modality": "", "SOPClassUID": "", "KVP": 120, "RescaleIntercept": -1024}
    claim = claim_of(make_series({**other, **settings}))
    assert claim.sequence == ("FLAIR" if settings is FLAIR else "UNKNOWN")
    assert "KVP 120" not in claim.evidence


@pytest.mark.parametrize(
    "storage", [MRImageStorage, EnhancedMRImageStorage, EnhancedMRColorImageStorage]
)
def test_without_a_modality_images_of_mr_scanners_are_mr(make_series: Any, storage: UID) -> None:
    claim = claim_of(make_series({"Modality": "", "SOPClassUID": storage, **FLAIR}))
    assert claim.sequence == "FLAIR"


@pytest.mark.parametrize(
    "storage",
    [RawDataStorage, MRSpectroscopyStorage, SegmentationStorage, SecondaryCaptureImageStorage],
)
def test_object_that_is_no_acquired_image_is_other(make_series: Any, storage: str) -> None:
    claim = claim_of(make_series({"SOPClassUID": storage, "SeriesDescription": "T1 AX"}))
    assert claim.sequence == "OTHER"


@pytest.mark.parametrize(
    ("intent", "shape", "told"),
    [
        ("label", (40, 40, 20), "label"),
        ("t test", (40, 40, 20), "t test"),
        ("p value", (40, 40, 20), "p value"),
        ("estimate", (40, 40, 20), "estimate"),
        ("displacement vector", (40, 40, 20, 1, 3), "displacement vector"),
        ("vector", (40, 40, 20, 1, 3), "vector"),
        ("fnirt disp field", (40, 40, 20, 3), "fnirt disp field"),
        # Of six values a voxel ITK says that too, if they are images of six b values.
        ("vector", (40, 40, 20, 1, 6), None),
        # AFNI of 2013 says so of the mean of a series of pictures.
        ("normal", (40, 40, 20), None),
        ("time series", (40, 40, 20, 5), None),
        ("dimensionless", (40, 40, 20), None),
        ("none", (40, 40, 20), None),
    ],
)
def test_a_nifti_file_that_says_it_is_computed_is_no_picture_whatever_it_is_called(
    tmp_path: Path, intent: str, shape: tuple[int, ...], told: str | None
) -> None:
    image = Nifti1Image(np.zeros(shape, np.float32), np.eye(4))
    image.header.set_intent(intent)
    claim = claim_of_file(image, tmp_path / "T1.nii.gz")
    assert (claim and (claim.sequence, claim.evidence)) == (
        told and ("OTHER", (f'NIfTI says "{told}"',))
    )


def test_what_dcm2niix_says_of_all_colours_is_not_believed(tmp_path: Path) -> None:
    """They may be a capture of whatever it was."""
    colours = np.zeros((40, 40, 20), [(name, np.uint8) for name in "RGB"])
    image = Nifti1Image(colours, np.eye(4))
    image.header.set_intent("estimate")
    assert claim_of_file(image, tmp_path / "capture.nii.gz") is None


@pytest.mark.parametrize(
    ("described", "told"),
    [
        (b"SPM{T_[12.0]} - contrast 1: faces", ('NIfTI says "SPM statistic"',)),
        (b"spm_spm:beta (0001) - Sn(1) R1", ('NIfTI says "SPM statistic"',)),
        (b"SPM12: normalised T1", None),
    ],
)
def test_statistics_of_spm_are_told_by_their_description(
    tmp_path: Path, described: bytes, told: tuple[str, ...] | None
) -> None:
    image = Nifti1Image(np.zeros((40, 40, 20), np.float32), np.eye(4))
    image.header["descrip"] = described
    claim = claim_of_file(image, tmp_path / "spmT_0001.nii")
    assert (claim and claim.evidence) == told


def test_what_a_nifti_file_says_of_its_values_goes_before_its_sidecar(tmp_path: Path) -> None:
    image = Nifti1Image(np.zeros((40, 40, 20), np.float32), np.eye(4))
    image.header.set_intent("z score")
    (tmp_path / "a.json").write_text('{"SeriesDescription": "t1_mprage", "EchoTime": 0.003}')
    assert claim_of_file(image, tmp_path / "a.nii.gz").sequence == "OTHER"


def claim_of_file(image: Nifti1Image, path: Path) -> HeaderClaim | None:
    nibabel.save(image, path)
    (series,) = read(path)
    return claim_of(series)


def test_capture_of_nobody_knows_what_is_not_called_mr(make_series: Any) -> None:
    header = {"SOPClassUID": SecondaryCaptureImageStorage, "Modality": ""}
    assert claim_of(make_series(header)).sequence == UNKNOWN


def test_empty_header_claims_unknown_without_evidence(make_series: Any) -> None:
    claim = claim_of(make_series({}))
    assert (claim.sequence, claim.confidence, claim.evidence) == (UNKNOWN, 0.5, ())


def test_evidence_names_the_values_and_their_limits(make_series: Any) -> None:
    claim = claim_of(make_series(FLAIR))
    assert claim.sequence == "FLAIR"
    assert claim.evidence == ("TI 2500 ms > 1500 ms, TR 9000 ms > 3500 ms, TE 120 ms ≥ 60 ms",)


def test_a_value_between_two_limits_is_named_once(make_series: Any) -> None:
    header = {"ScanningSequence": "SE", "RepetitionTime": 500, "EchoTime": 14}
    claim = claim_of(make_series(header))
    assert claim.sequence == "T1"
    assert claim.evidence == ("spin echo (SE), 150 ≤ TR 500 ≤ 850 ms, TE 14 ms ≤ 30 ms",)


def test_words_that_agree_make_a_claim_surer(make_series: Any) -> None:
    mute = claim_of(make_series(MPRAGE))
    spoken = claim_of(make_series(MPRAGE | {"SeriesDescription": "t1_mprage_sag"}))
    assert mute.sequence == spoken.sequence == "T1"
    assert mute.confidence < spoken.confidence < 1
    assert 'description says "t1"' in spoken.evidence


def test_a_tag_that_words_and_tags_rest_on_is_quoted_once(make_series: Any) -> None:
    header = {"ScanningSequence": ["EP", "GR"], "EchoTime": 29, "SeriesDescription": "fmri"}
    claim = claim_of(make_series(header))
    assert claim.sequence == "BOLD"
    assert claim.evidence == (
        'description says "fmri", echo planar (EP)', "gradient echo (GR), TE 29 ms ≥ 15 ms",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("header", "described", "sequence"),
    [
        (SPIN_ECHO_T1, "t2_tse_tra", "T1"),
        (SPIN_ECHO_T2, "t1_se_tra", "T2"),
        (SPIN_ECHO_T2, "t2_flair_tra", "T2"),
        (SPIN_ECHO_T2, "ep2d_bold_rest", "T2"),
        (SPIN_ECHO_T2 | {"MRAcquisitionType": "2D"}, "3D TOF", "T2"),
        (MPRAGE, "t2_space_dark-fluid", "T1"),
        (MPRAGE, "SWI", "T1"),
        (FLAIR, "t1_mprage", "FLAIR"),
        (FLAIR, "T2 TSE", "FLAIR"),
        (FLAIR | {"InversionTime": 160, "RepetitionTime": 4000}, "FLAIR", "STIR"),
    ],
)
def test_description_against_the_physics_does_not_decide(
    make_series: Any, header: dict[str, Any], described: str, sequence: str
) -> None:
    honest = claim_of(make_series(header))
    lying = claim_of(make_series(header | {"SeriesDescription": described}))
    assert lying.sequence == sequence
    assert lying.confidence < honest.confidence
    assert len(lying.warnings) == 1
    assert lying.warnings[0].startswith("the description says")
    assert "; the header contradicts it: " in lying.warnings[0]


def test_a_value_that_speaks_against_the_words_is_not_given(make_series: Any) -> None:
    header = SPIN_ECHO_T2 | {"RepetitionTime": 3800, "SeriesDescription": "AX T1"}
    del header["EchoTime"]
    assert "TI not given" in claim_of(make_series(header)).warnings[0]


def test_words_decide_where_the_header_holds_no_physics(make_series: Any) -> None:
    claim = claim_of(make_series({"SeriesDescription": "T1 sag"}))
    assert claim.sequence == "T1"
    assert claim.confidence < 0.9


@pytest.mark.parametrize(
    ("described", "sequence"),
    [
        ("Diffusion axiale", "DWI"),
        ("difusión axial", "DWI"),
        ("diffusie tra", "DWI"),
        ("Übersicht", "LOCALIZER"),
        ("repérage 3 plans", "LOCALIZER"),
        ("Localizador", "LOCALIZER"),
        ("localizzatore", "LOCALIZER"),
        ("densité de protons sag", "PD"),
        ("T2 écho de gradient EG", "T2STAR"),
        ("Perfusión", "PERF"),
        ("angiografia TOF", "MRA"),
        ("Flair liquorunterdrückt", "FLAIR"),
        ("T2* ax", "T2STAR"),
        ("t2_star", "T2STAR"),
        ("GreFieldMap", "FIELDMAP"),
        ("SEfmap_DKI_AP", "FIELDMAP"),
        ("BOLDFMAP_2p4mm_65sl", "FIELDMAP"),
        ("DWIfmapAp", "FIELDMAP"),
        # Maps of something else whose names end with f, as programs call them.
        ("CBFmap", UNKNOWN),
        ("ASL_CBFmap", "PERF"),
        ("perfmap", "PERF"),
        ("MWFmap", UNKNOWN),
        ("FFmap", "OTHER"),
        ("idealiq_pdffmap", "OTHER"),
        ("pdffmap", "OTHER"),
        ("tfl_rfmap", "OTHER"),
        ("T1 FLAIR", "T1"),
        ("T1 map", "OTHER"),
        ("ep2d_diff_FA", "OTHER"),
        ("DIFFUSION_HighRes_ColorFA", "OTHER"),
        ("Ax DTI Tensor", "DWI"),
        ("Tensor", "OTHER"),
        ("b0_PA", "B0"),
        ("B0 map AP", "FIELDMAP"),
        ("T2_mFFE_ax", "T2STAR"),
        ("b=0 DWI", "B0"),
        ("part1 brain", UNKNOWN),
        ("sub-01_ses-02", UNKNOWN),
        ("t2_tse_restore", "T2"),
        ("epi_dir-AP", UNKNOWN),
        ("t2_space_DIR", "OTHER"),
        ("T1 dixon tra F", "OTHER"),
        ("fMRI Loc Word", "BOLD"),
        # Parts of the spine.
        ("AX T2 T1-T6", "T2"),
        ("AX_T2_C7-T1", "T2"),
        ("T1 SAG T1 to T12", "T1"),
        ("AX GRE C3-T1", UNKNOWN),
        ("SAG T-SPINE T1-T12", UNKNOWN),
        # The line that slices of the brain lie along (PPMI).
        ("AX T2 AC-PC LINE ENTIRE BRAIN", "T2"),
        ("DTI_pulse gated_AC/PC line", "DWI"),
        ("SAG_AC_PC", UNKNOWN),
    ],
)
def test_words_of_many_sites_are_understood(
    make_series: Any, described: str, sequence: str
) -> None:
    header = {"SpecificCharacterSet": "ISO_IR 100", "SeriesDescription": described}
    assert claim_of(make_series(header)).sequence == sequence


@pytest.mark.parametrize(
    ("tags", "atypical"),
    [
        ({"SeriesDescription": "T1DUAL_OutPhase"}, True),
        ({"SeriesDescription": "t1_vibe_dixon_tra_opp-phase"}, True),
        ({"SeriesDescription": "T1 fuera de fase"}, True),
        (
            {"SeriesDescription": "t1 dixon", "ImageType": ["ORIGINAL", "PRIMARY", "OPP_PHASE"]},
            True,
        ),
        ({"SeriesDescription": "T1DUAL_InPhase"}, False),
        (
            {"SeriesDescription": "t1 dixon", "ImageType": ["ORIGINAL", "PRIMARY", "IN_PHASE"]},
            False,
        ),
        ({"SeriesDescription": "route phase map"}, False),
        ({"ImageType": ["DERIVED", "SECONDARY", "PROJECTION IMAGE", "CSA MIP"]}, True),
        ({"ImageType": ["DERIVED", "PRIMARY", "M", "NORM", "MIP_COR"]}, True),
        ({"ImageType": ["DERIVED", "SECONDARY", "MPR", "CSA MPR"]}, False),
        ({"SeriesDescription": "mIP_Images(SW)"}, True),
        ({"SeriesDescription": "TOF_3D_MIPS"}, True),
        ({"SeriesDescription": "hemipelvis T1"}, False),
    ],
)
def test_opposed_phases_and_projections_are_told_by_type_or_words(
    make_series: Any, tags: dict[str, Any], atypical: bool
) -> None:
    assert claim_of(make_series(tags)).atypical is atypical


def test_b_values_of_the_volumes_outweigh_the_first_instance(make_series: Any) -> None:
    header = {
        "Manufacturer": "Philips",
        "ScanningSequence": "SE",
        "DiffusionBValue": 0.0,
        "RepetitionTime": 8000,
        "EchoTime": 80,
    }
    assert claim_of(make_series(header, volumes=3, b_values=(0.0, 1000.0))).sequence == "DWI"
    assert claim_of(make_series(header)).sequence != "DWI"


@pytest.mark.parametrize(("b_value", "sequence"), [(49.0, "B0"), (50.0, "DWI")])
def test_diffusion_weights_from_50_on(make_series: Any, b_value: float, sequence: str) -> None:
    header = {"SeriesDescription": "ep2d_diff", "ScanningSequence": "EP"}
    header |= {"DiffusionBValue": b_value}
    assert claim_of(make_series(header)).sequence == sequence


@pytest.mark.parametrize(
    ("vendor", "place"), [("GE MEDICAL SYSTEMS", (0x0021, 0x104F)), ("Philips", (0x2001, 0x1018))]
)
@pytest.mark.parametrize(
    ("slices", "kind", "part", "warned"),
    [
        (6, "ORIGINAL", "", True),
        (8, "ORIGINAL", "", True),
        (9, "ORIGINAL", "", False),
        # Reformatted, and a stack of several.
        (6, "DERIVED", "", False),
        (6, "ORIGINAL", "axial, stack 1", False),
    ],
)
def test_slices_that_the_scanner_counted_and_are_not_there_are_told(
    make_series: Any, vendor: str, place: tuple[int, int], slices: int, kind: str, part: str,
    warned: bool,
) -> None:  # fmt: skip
    header = {"Manufacturer": vendor, "ImageType": [kind, "PRIMARY"], place: ("SL", 18)}
    series = replace(make_series(header, slices=slices), part=part)
    said = (
        f"{slices} of the 18 slices that the scanner counted: the series was broken off, or files "
        "are missing"
    )
    assert (said in claim_of(series).warnings) is warned


# GE's own element is 0 in field maps and functional EPI as well (dcm_qa_fmap, dcm_qa_ge).
@pytest.mark.parametrize(
    ("vendor", "b_value", "sequence"),
    [
        ("GE MEDICAL SYSTEMS", {(0x0043, 0x1039): ("IS", [0, 0, 0, 0])}, "DWI"),
        ("SIEMENS", {(0x0019, 0x100C): ("IS", 0)}, "B0"),
    ],
)
@pytest.mark.parametrize("kind", [["ORIGINAL", "PRIMARY"], ["DERIVED", "PRIMARY", "TRACEW"]])
def test_a_b_value_of_0_tells_nothing_of_what_ge_calls_diffusion(
    make_series: Any, kind: list[str], vendor: str, b_value: dict[Any, Any], sequence: str
) -> None:
    header = {"SeriesDescription": "Ax DWI", "ScanningSequence": ["EP", "SE"], "ImageType": kind}
    series = make_series(header | {"Manufacturer": vendor} | b_value)
    assert claim_of(series).sequence == sequence


@pytest.mark.parametrize(
    ("kind", "sure"), [(["ORIGINAL", "PRIMARY"], True), (["DERIVED", "SECONDARY"], False)]
)
def test_a_b_value_without_a_name_is_less_sure_where_a_program_computed_the_image(
    make_series: Any, kind: list[str], sure: bool
) -> None:
    claim = claim_of(make_series({"ImageType": kind, "DiffusionBValue": 1000.0}))
    assert claim.sequence == "DWI"
    assert (claim.confidence >= 0.9) is sure, claim


def test_enhanced_file_is_told_by_its_functional_groups(make_series: Any) -> None:
    header = {
        "SOPClassUID": EnhancedMRImageStorage,
        "EchoPulseSequence": "SPIN",
        "AcquisitionContrast": "FLUID_ATTENUATED",
        "SharedFunctionalGroupsSequence": [
            {
                "MRTimingAndRelatedParametersSequence": [{"RepetitionTime": 5000}],
                "MRModifierSequence": [{"InversionRecovery": "YES", "InversionTimes": 1800.0}],
            }
        ],
        "PerFrameFunctionalGroupsSequence": [{"MREchoSequence": [{"EffectiveEchoTime": 380.0}]}],
    }
    claim = claim_of(make_series(header))
    assert claim.sequence == "FLAIR"
    assert "TI 1800 ms" in claim.evidence[0]


def test_contrast_that_an_enhanced_file_names_against_its_times_is_not_believed(
    make_series: Any,
) -> None:
    header = {
        "SOPClassUID": EnhancedMRImageStorage,
        "AcquisitionContrast": "T1",
        "EchoPulseSequence": "SPIN",
    }
    assert claim_of(make_series(header | {"EffectiveEchoTime": 12.0})).sequence == "T1"
    assert claim_of(make_series(header | {"EffectiveEchoTime": 110.0})).sequence == "T2"


@pytest.mark.parametrize(
    ("sidecar", "sequence"),
    [
        ({"RepetitionTime": 2.3, "EchoTime": 0.003, "InversionTime": 0.9, "FlipAngle": 9,
          "ScanningSequence": "GR_IR", "MRAcquisitionType": "3D", "Manufacturer": "Siemens"}, "T1"),
        ({"RepetitionTime": 9, "EchoTime": 0.12, "InversionTime": 2.5}, "FLAIR"),
        ({"EchoTime1": 0.00492, "EchoTime2": 0.00738}, "FIELDMAP"),
        ({"Units": "Hz"}, "FIELDMAP"),
        ({"IntendedFor": ["func/sub-01_bold.nii.gz", "func/sub-01_sbref.nii.gz"]}, "FIELDMAP"),
        ({"IntendedFor": "perf/sub-01_asl.nii.gz"}, "PERF"),
        # Read in one train of echoes, it would be no T2; prepared by transfer, no step of a map.
        ({"RepetitionTime": 8, "EchoTime": 0.09, "PulseSequenceType": "Spin echo",
          "TotalReadoutTime": 0.05}, UNKNOWN),
        ({"RepetitionTime": 0.03, "EchoTime": 0.004, "FlipAngle": 5, "ScanningSequence": "GR",
          "MRAcquisitionType": "3D", "MTState": True}, UNKNOWN),
        ({"TaskName": "rest", "RepetitionTime": 2, "EchoTime": 0.03, "ScanningSequence": "EP"},
         "BOLD"),
        ({}, UNKNOWN),
    ],
)  # fmt: skip
def test_bids_sidecar_is_read_in_seconds(sidecar: dict[str, Any], sequence: str) -> None:
    pixels = series_from_array([[1, 2], [3, 4]], name="x").pixels
    series = Series(path="x.nii.gz", files=(), pixels=pixels, kind="nifti", sidecar=sidecar)
    assert claim_of(series).sequence == sequence


# The first is ds005299's, whose b values are lost.
@pytest.mark.parametrize(
    ("volumes", "b_values", "sequence"),
    [(100, (), "DWI"), (6, (), "B0"), (30, (0.0,), "B0"), (30, (5.0,), "B0")],
)
def test_so_many_volumes_are_weighted_by_diffusion_unless_their_b_values_say_not(
    make_series: Any, volumes: int, b_values: tuple[float, ...], sequence: str
) -> None:
    header = {"SeriesDescription": "dsi_diff_1.8mm_multi_b0", "ScanningSequence": "EP"}
    series = make_series(header, volumes=volumes, b_values=b_values)
    assert claim_of(series).sequence == sequence


@pytest.mark.parametrize(
    ("kind", "volumes", "sure"),
    [(None, 1, False), (["ORIGINAL", "PRIMARY"], 1, True), (None, 8, True)],
)
def test_one_volume_of_diffusion_may_be_a_map_unless_it_is_an_original(
    make_series: Any, kind: list[str] | None, volumes: int, sure: bool
) -> None:
    header = {"AcquisitionContrast": "DIFFUSION"} | ({"ImageType": kind} if kind else {})
    claim = claim_of(make_series(header, volumes=volumes))
    assert claim.sequence == "DWI"
    assert (claim.confidence >= 0.8) == sure


@pytest.mark.parametrize(
    ("written", "of_frame", "sequence"),
    [
        ("MIXED", "DIFFUSION", "DWI"),
        ("MIXED", "PROTON_DENSITY", "PD"),
        ("T2", "PROTON_DENSITY", "PD"),
        ("T2", "", "T2"),
        ("MIXED", "", UNKNOWN),
        ("T1", "UNKNOWN", "T1"),
        ("MIXED", "UNKNOWN", UNKNOWN),
    ],
)
def test_a_frame_is_weighted_as_it_says_itself_whatever_its_file_says_of_all(
    make_series: Any, written: str, of_frame: str, sequence: str
) -> None:
    frame = {"MRImageFrameTypeSequence": [{"AcquisitionContrast": of_frame}]}
    header = {"AcquisitionContrast": written, "PerFrameFunctionalGroupsSequence": [frame]}
    assert claim_of(make_series(header, volumes=2)).sequence == sequence


# ds005299's, as it is named there.
def test_a_small_b_value_in_the_name_of_a_sequence_is_that_of_its_first_volume(
    make_series: Any,
) -> None:
    header = {"SeriesDescription": "multi_b0", "Manufacturer": "SIEMENS", "SequenceName": "ep_b5#1"}
    assert claim_of(make_series(header, volumes=100)).sequence == "DWI"
    assert claim_of(make_series(header)).sequence == "B0"


def test_bids_name_of_a_file_counts_as_words() -> None:
    pixels = series_from_array([[1, 2], [3, 4]], name="x").pixels
    path = str(Path("sub-01") / "anat" / "sub-01_FLAIR.nii.gz")
    series = Series(path=path, files=(), pixels=pixels, kind="nifti", sidecar={"EchoTime": 0.1})
    assert claim_of(series).sequence == "FLAIR"


def test_dual_echo_field_map_without_words_is_not_called_t1(make_series: Any) -> None:
    header = {
        "ScanningSequence": "GR",
        "MRAcquisitionType": "2D",
        "RepetitionTime": 600,
        "EchoTime": 4.92,
        "FlipAngle": 60,
        "Rows": 64,
        "Columns": 64,
    }
    assert claim_of(make_series(header)).sequence == "FIELDMAP"


def test_words_that_name_several_sequences_are_all_kept(make_series: Any) -> None:
    claim = claim_of(make_series({"SeriesDescription": "fMRI T1 anatomy", "EchoTime": 3}))
    assert claim is not None
    assert claim.named == ("BOLD", "T1")
    fluid = claim_of(make_series({"SeriesDescription": "t2_tirm_tra_dark-fluid", "EchoTime": 90}))
    assert fluid is not None
    assert fluid.named == ("FLAIR",)
    both = claim_of(make_series({"SeriesDescription": "pd+t2_tse", "EchoTime": 90}))
    assert both is not None
    assert {"PD", "T2"} <= set(both.named)


@pytest.mark.parametrize(
    ("protocol", "sequence", "said"),
    [
        ("t1_se_tra", "T1", 'protocol says "t1"'),
        ("t2_tse_tra", "T1", 'the protocol says "t2"'),
        ("t1_se_tra_KM", "T1C", "protocol says with contrast"),
    ],
)
def test_words_are_quoted_from_where_they_stand(
    make_series: Any, protocol: str, sequence: str, said: str
) -> None:
    named = {"SeriesDescription": "tra 3mm", "ProtocolName": protocol}
    claim = claim_of(make_series(SPIN_ECHO_T1 | named))
    assert claim.sequence == sequence
    assert any(words.startswith(said) for words in (*claim.evidence, *claim.warnings))
    assert "description says" not in str(claim)


def test_words_of_a_file_name_are_quoted_as_such() -> None:
    pixels = series_from_array([[1, 2], [3, 4]], name="x").pixels
    series = Series(
        path="sub-01_T1w.nii.gz", files=(), pixels=pixels, kind="nifti", sidecar={"EchoTime": 0.01},
        description="sub-01_T1w",
    )  # fmt: skip
    claim = claim_of(series)
    assert claim is not None
    assert claim.sequence == "T1"
    assert 'file name says "t1w"' in claim.evidence


def test_an_agent_that_only_a_tag_tells_is_less_sure(make_series: Any) -> None:
    tagged = SPIN_ECHO_T1 | {"ContrastBolusAgent": "Gadovist"}
    native = claim_of(make_series(SPIN_ECHO_T1 | {"SeriesDescription": "t1_se_tra"}))
    alone = claim_of(make_series(tagged | {"SeriesDescription": "t1_se_tra"}))
    spoken = claim_of(make_series(tagged | {"SeriesDescription": "t1_se_tra_KM"}))
    assert alone.sequence == spoken.sequence == "T1C"
    assert alone.confidence < spoken.confidence == native.confidence


def test_sequences_without_a_kin_make_each_other_no_surer(make_series: Any) -> None:
    scout = {
        "ScanningSequence": "GR",
        "MRAcquisitionType": "2D",
        "RepetitionTime": 8,
        "EchoTime": 4,
        "FlipAngle": 20,
        "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"],
    }
    mute = claim_of(make_series(scout))
    other = claim_of(make_series(scout | {"SeriesDescription": "ute lung"}))
    alike = claim_of(make_series(scout | {"SeriesDescription": "scout"}))
    assert mute.sequence == other.sequence == alike.sequence == "LOCALIZER"
    assert other.confidence == mute.confidence < alike.confidence


def test_a_file_name_against_the_agent_s_tag_is_quoted_as_such() -> None:
    pixels = series_from_array([[1, 2], [3, 4]], name="x").pixels
    series = Series(
        path="t1_se_nativ.nii.gz", files=(), pixels=pixels, kind="nifti",
        sidecar={"ContrastBolusAgent": "Gadovist"}, description="t1_se_nativ",
    )  # fmt: skip
    claim = claim_of(series)
    assert claim is not None
    assert claim.agent is None
    assert any("the file name says without" in warning for warning in claim.warnings)
