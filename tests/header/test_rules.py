"""Rules that only few headers meet, each with a header that it decides."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.uid import SecondaryCaptureImageStorage

from napari_mrseq.decision import CEILING
from napari_mrseq.header import claim_of
from napari_mrseq.header.claim import claim_from
from napari_mrseq.header.conditions import TE
from napari_mrseq.header.rules import RULES
from napari_mrseq.header.sequence_attributes import SequenceAttributes
from napari_mrseq.sequences import UNKNOWN

SPIN_ECHO_T1 = {"ScanningSequence": "SE", "RepetitionTime": 500, "EchoTime": 12}
SPIN_ECHO_T2 = {"ScanningSequence": "SE", "RepetitionTime": 4500, "EchoTime": 100}
VIBE = {
    "ScanningSequence": "GR",
    "MRAcquisitionType": "3D",
    "RepetitionTime": 4.2,
    "EchoTime": 1.9,
    "FlipAngle": 10,
}
FLASH = VIBE | {"MRAcquisitionType": "2D", "RepetitionTime": 7, "FlipAngle": 20}
INVERTED = SPIN_ECHO_T2 | {
    "ScanningSequence": ["SE", "IR"],
    "RepetitionTime": 9000,
    "EchoTime": 120,
    "InversionTime": 2500,
}
IN_UNICODE = {"SpecificCharacterSet": "ISO_IR 192"}
SPACE = {"MRAcquisitionType": "3D", "RepetitionTime": 1200, "EchoTime": 35}
BALANCED = {"Manufacturer": "SIEMENS", "SequenceName": "*ci3d1", "MRAcquisitionType": "3D"}
DIFFUSION = {"ScanningSequence": ["EP", "SE"], "RepetitionTime": 6000, "EchoTime": 75}
HYPERFINE = {"ScanningSequence": "SE", "MRAcquisitionType": "3D", "MagneticFieldStrength": 0.064}
ORIGINAL = {"ImageType": ["ORIGINAL", "PRIMARY", "OTHER"]}
MPRAGE = ORIGINAL | {
    "ScanningSequence": ["GR", "IR"],
    "MRAcquisitionType": "3D",
    "RepetitionTime": 2000,
    "EchoTime": 3,
    "InversionTime": 900,
    "FlipAngle": 8,
}


@pytest.mark.parametrize(
    ("sequence", "header", "described"),
    [
        # A stack of a weighting that is called a scout, or after what it was prepared with.
        ("T1", SPIN_ECHO_T1, "pilot t1_se_tra"),
        ("T2", SPIN_ECHO_T2, "t2_tse_tra survey"),
        ("T2", SPIN_ECHO_T2, "t2 tse loose body loc"),
        ("T2", SPIN_ECHO_T2, "t2_tse_tra B1 shim"),
        ("T1", SPIN_ECHO_T1 | {"Rows": 192, "Columns": 160}, "T1 stereotactic localization"),
        ("T2", SPIN_ECHO_T2 | {"Rows": 192, "Columns": 160}, "T2 localization"),
        # What it was made for, or whom it shows.
        ("T1", SPIN_ECHO_T1 | ORIGINAL, "T1 for tractography"),
        ("T1", SPIN_ECHO_T1 | ORIGINAL, "T1 MRS planning"),
        ("T1", SPIN_ECHO_T1 | ORIGINAL, "T1 Mrs Smith"),
        ("T1", SPIN_ECHO_T1 | ORIGINAL, "T1 QSM study"),
        ("T1", SPIN_ECHO_T1 | ORIGINAL, "T1 calibration phantom"),
        ("T2", SPIN_ECHO_T2 | ORIGINAL, "T2 ref for spectroscopy"),
        ("T1", MPRAGE, "MPRAGE spectro planning"),
        ("T1", MPRAGE, "MPRAGE QSM study"),
        ("T1", VIBE | ORIGINAL, "T1 VIBE for MRS"),
        ("T1", SPIN_ECHO_T1, "T1 Phoenix"),
        # What moves before spin echoes is weighted as they are.
        ("T1", SPIN_ECHO_T1, "T1 cine TMJ"),
        ("T2", SPIN_ECHO_T2, "cine haste"),
        # A fast one with the times of Siemens' AutoAlign scout.
        ("T1C", VIBE | {"RepetitionTime": 2.83, "EchoTime": 1.37, "FlipAngle": 5},
         "t1_starvibe_fs_tra_post"),
        # Diffusion images of a series that is called after its map, too.
        ("DWI", DIFFUSION | ORIGINAL | {"DiffusionBValue": 1000.0}, "DWI/ADC"),
        ("B0", DIFFUSION | {"DiffusionBValue": 0.0}, "b0"),
        # After an agent, in short, no phase contrast.
        ("T1", VIBE, "Ax LAVA PC"),
        ("T1", VIBE, "t1_vibe_fs_tra_pc"),
        ("T1", VIBE, "MPRAGE PC"),
        # A carcinoma of the prostate, an artery of the brain.
        *(("T1", VIBE, said) for said in (
            "PCa T1 vibe", "T1 vibe PCA", "PC t1 lava", "pituitary PC T1 mprage", "vibe PCa",
            "3D GRE PCa Prostata",
        )),
        ("T1", VIBE | {"BodyPartExamined": "PROSTATE"}, "PCa 3D"),
        ("T2", SPIN_ECHO_T2 | SPACE | {"EchoTime": 200}, "T2 SPACE PCa"),
        # The walls of vessels, whose blood is dark.
        *(("T1", SPIN_ECHO_T1 | {"MRAcquisitionType": "3D"} | IN_UNICODE | times, said)
          for said in ("3D T1 黑血血管成像", "t1_space_angio")
          for times in ({}, {"RepetitionTime": 1160, "EchoTime": 14})),
        # The components that tell noise.
        *(("T1", VIBE, said) for said in ("MP-PCA", "PCA denoised", "pca_comp1")),
        # Flags of what the examination was for.
        ("T1", VIBE | {"AngioFlag": "Y"}, "t1_vibe_fs_tra"),
        ("T1", FLASH | {"RepetitionTime": 150, "FlipAngle": 70, "CardiacNumberOfImages": 25},
         "t1_fl2d_tra"),
        # Methods of another image, beside a weighting that was acquired otherwise.
        ("FLAIR", INVERTED, "MUSE T2 FLAIR"),
        ("FLAIR", INVERTED, "RESOLVE"),
        ("T1", MPRAGE | ORIGINAL, "DREAM_MPRAGE"),
        ("T1", MPRAGE, "ISOTROPIC 3D"),
        ("PD", SPIN_ECHO_T2 | SPACE, "SPACE ISOTROPIC"),
        ("T2", SPIN_ECHO_T2, "RESOLVE T2 TSE"),
        ("T2", SPIN_ECHO_T2, "NODDI T2 TSE"),
        ("T2", SPIN_ECHO_T2, "32 dirs T2 TSE"),
        ("T2", SPIN_ECHO_T2, "trace T2 TSE"),
        *(("T1", SPIN_ECHO_T1, f"{readout} T1 SE")
          for readout in (
              "FIESTA", "CISS", "DESS", "PSIF", "qDESS", "PETRA", "4D flow", "balanced",
          )),
        ("T1", SPIN_ECHO_T1, "AFI T1 SE"),
        # So is a spin echo that waits for the heart, and what was seen once.
        ("T2", SPIN_ECHO_T2 | {"CardiacNumberOfImages": 25}, "db_sax"),
        ("T1", VIBE | {"CardiacNumberOfImages": 1}, ""),
        # Nor does a large flip angle make a balanced sequence, whose echo lies in the middle.
        ("T1", VIBE | {"RepetitionTime": 4.6, "EchoTime": 1.4, "FlipAngle": 40}, ""),
        # Scanners that don't tell an inversion.
        ("FLAIR", SPIN_ECHO_T2 | {"RepetitionTime": 9000, "EchoTime": 120}, "AX T2 FLAIR"),
        ("T1", SPIN_ECHO_T1 | {"RepetitionTime": 2200}, "AX T1 FLAIR"),
    ],
)  # fmt: skip
def test_a_word_or_a_flag_beside_a_weighting_does_not_decide(
    make_series: Any, sequence: str, header: dict[str, Any], described: str
) -> None:
    claim = claim_of(make_series(header | {"SeriesDescription": described}))
    assert claim.sequence == sequence, claim
    assert claim.warnings == () or "the description says" in claim.warnings[0]


@pytest.mark.parametrize(
    ("sequence", "header", "described", "slices"),
    [
        ("LOCALIZER", SPIN_ECHO_T1, "T1 localizer", 5),
        ("LOCALIZER", SPIN_ECHO_T2 | {"RepetitionTime": 1000}, "T2 HASTE localizer", 12),
        ("LOCALIZER", FLASH, "T1 survey", 20),
        ("LOCALIZER", VIBE | {"Rows": 128, "Columns": 128}, "T1 3D survey", 80),
        ("OTHER", SPIN_ECHO_T1 | ORIGINAL, "T1 MRS", 3),
        ("OTHER", SPIN_ECHO_T1 | {"ImageType": ["DERIVED", "SECONDARY"]}, "T1 tractography", 20),
        ("OTHER", SPIN_ECHO_T2 | ORIGINAL | {"Rows": 32, "Columns": 32}, "T2 CSI", 20),
        # Its source is a gradient echo.
        ("OTHER", VIBE | ORIGINAL, "T1 QSM", 20),
        ("OTHER", VIBE | ORIGINAL, "T1 SENSE ref scan", 20),
        ("OTHER", SPIN_ECHO_T1 | ORIGINAL, "T1rho", 20),
        ("OTHER", SPIN_ECHO_T1, "T1 PhoenixZIPReport", 1),
    ],
)  # fmt: skip
def test_a_word_decides_where_a_weighting_is_named_beside_it(
    make_series: Any, sequence: str, header: dict[str, Any], described: str, slices: int
) -> None:
    claim = claim_of(make_series(header | {"SeriesDescription": described}, slices=slices))
    assert claim.sequence == sequence, claim
    assert claim.warnings == ()


@pytest.mark.parametrize(
    ("sequence", "header", "described"),
    [
        ("LOCALIZER", SPIN_ECHO_T2, "haste localizer"),
        ("LOCALIZER", SPIN_ECHO_T2, "survey"),
        ("OTHER", FLASH, "B1 map"),
        ("ADC", DIFFUSION | {"DiffusionBValue": 1000.0}, "DWI_ADC"),
        ("ADC", DIFFUSION | ORIGINAL | {"DiffusionBValue": 1000.0}, "ADC"),
        # Diffusion without a weighting's name, by a spin echo without a code for its readout.
        ("DWI", DIFFUSION | {"ScanningSequence": "SE"}, "RESOLVE"),
        ("ADC", DIFFUSION | {"ScanningSequence": "SE"}, "RESOLVE_ADC"),
        ("DWI", DIFFUSION | {"InversionTime": 2200}, "DWI FLAIR"),
        ("ADC", DIFFUSION | HYPERFINE | {"ImageType": ["DERIVED", "PRIMARY", "ADC"]}, "ADC"),
        ("DWI", DIFFUSION | HYPERFINE, "DWI"),
        *(("OTHER", BALANCED, said) for said in ("PCA ciss", "trufi PC", "PC")),
        ("OTHER", FLASH, "DREAM"),
        ("OTHER", FLASH, "AFI TR1"),
        ("OTHER", FLASH | {"RepetitionTime": 4.5, "FlipAngle": 50}, "FIESTA T2"),
        # Vessels after a bolus, where no organ was looked at.
        ("MRA", VIBE | {"RepetitionTime": 2.6, "EchoTime": 1, "FlipAngle": 20}, "TWIST_carotids"),
        ("T1C", VIBE, "Twist-VIBE breast"),
        ("T1C", VIBE, "dyn twist"),
        ("T1C", VIBE, "t1_twist_tra"),
        ("FIELDMAP", FLASH | {"RepetitionTime": 500, "Rows": 64, "Columns": 64}, "b0"),
        *(("MRA", VIBE, said) for said in ("3D PC", "PCA head", "PCA_2", "PC venous")),
        ("MRA", VIBE | {"VelocityEncodingMaximumValue": 70.0}, "T1 PC"),
        ("MRA", VIBE | {"AngioFlag": "Y"}, "fl3d_cor"),
        ("OTHER", FLASH | {"CardiacNumberOfImages": 25}, "4ch"),
        ("OTHER", FLASH, "T1 cine"),
        ("OTHER", FLASH | {"CardiacNumberOfImages": 25}, "T1 4ch"),
        ("OTHER", FLASH | {"RepetitionTime": 1333, "CardiacNumberOfImages": 16}, ""),
        ("T2", SPIN_ECHO_T2, "AX FLAIR"),
        ("T2", SPIN_ECHO_T2 | {"RepetitionTime": 9000, "EchoTime": 60}, "AX FLAIR"),
        ("PD", SPIN_ECHO_T1 | {"RepetitionTime": 4500}, "AX T1 FLAIR"),
    ],
)
def test_where_no_weighting_stands_beside_them_they_do(
    make_series: Any, sequence: str, header: dict[str, Any], described: str
) -> None:
    assert claim_of(make_series(header | {"SeriesDescription": described})).sequence == sequence


@pytest.mark.parametrize(
    ("sequence", "more", "volumes"),
    [
        ("OTHER", {}, 30),
        ("MRA", {}, 4),
        ("MRA", {"ImageType": ["DERIVED", "SECONDARY", "MIP"]}, 36),
        # Labelled by its velocity.
        ("PERF", {"ArterialSpinLabelingContrast": "CONTINUOUS"}, 40),
    ],
)
def test_flow_that_is_followed_is_a_film_whether_its_phases_are_counted_or_not(
    make_series: Any, sequence: str, more: dict[str, Any], volumes: int
) -> None:
    flow = {"ScanningSequence": "GR", "PhaseContrast": "YES", "RepetitionTime": 37} | more
    assert claim_of(make_series(flow, slices=1, volumes=volumes)).sequence == sequence


def test_slices_that_a_spectrum_is_planned_on_are_weighted(make_series: Any) -> None:
    for described in ("t2_tse_tra_svs_planung", "T2 MRS plan", "T2 cor for spectroscopy"):
        planned = SPIN_ECHO_T2 | ORIGINAL | {"SeriesDescription": described}
        assert claim_of(make_series(planned, slices=5)).sequence == "T2"


def test_a_scout_that_is_called_a_weighting_too_is_less_sure(make_series: Any) -> None:
    header = SPIN_ECHO_T2 | {"Rows": 128, "Columns": 128}
    named, alone = (
        claim_of(make_series(header | {"SeriesDescription": described}, slices=3))
        for described in ("t2_tse survey", "survey")
    )
    assert named.sequence == alone.sequence == "LOCALIZER"
    assert named.confidence <= 0.75 < alone.confidence


def test_what_is_called_after_automatic_planning_alone_is_less_sure_a_scout(
    make_series: Any,
) -> None:
    planned = SPIN_ECHO_T2 | {"SeriesDescription": "SmartExam Knee"}
    assert claim_of(make_series(planned)).confidence <= 0.75


@pytest.mark.parametrize(("slices", "sequence"), [(40, "T1"), (1, "OTHER")])
def test_a_stack_that_was_stored_as_a_capture_is_told_by_its_times(
    make_series: Any, slices: int, sequence: str
) -> None:
    stored = {"SOPClassUID": SecondaryCaptureImageStorage, "SeriesDescription": "t1_vibe"}
    assert claim_of(make_series(VIBE | stored, slices=slices)).sequence == sequence


def test_a_head_in_thin_slices_is_no_scout(make_series: Any) -> None:
    header = VIBE | {"SeriesDescription": "T1 3D stereotactic localization"}
    assert claim_of(make_series(header, slices=120)).sequence == "T1"


def test_a_scout_by_its_times_is_thin(make_series: Any) -> None:
    thin, thick = (claim_of(make_series(FLASH, slices=slices)) for slices in (5, 18))
    assert thin.sequence == thick.sequence == "LOCALIZER"
    assert thick.confidence <= 0.6 < thin.confidence


def test_late_enhancement_without_a_code_is_no_scout(make_series: Any) -> None:
    assert claim_of(make_series(FLASH | {"InversionTime": 260}, slices=9)).sequence == UNKNOWN


def test_a_source_of_a_map_is_no_scout(make_series: Any) -> None:
    named = FLASH | {"SeriesDescription": "T2map_kidneys_cor-oblique_mbh"}
    assert claim_of(make_series(named, slices=5)).sequence == "OTHER"


def test_a_series_of_several_b_values_is_no_map(make_series: Any) -> None:
    both = make_series(DIFFUSION | {"SeriesDescription": "ADC"}, volumes=2, b_values=(0.0, 1000.0))
    assert claim_of(both).sequence == "DWI"
    rest = make_series(DIFFUSION | {"SeriesDescription": "DTI"}, volumes=30, b_values=(0.0,))
    assert claim_of(rest).sequence == "DWI"
    # A map of two stations, say, with the b value that it was computed from.
    maps = make_series(DIFFUSION | {"SeriesDescription": "ADC"}, volumes=2, b_values=(1e3, 1e3))
    assert claim_of(maps).sequence == "ADC"


@pytest.mark.parametrize(("b_values", "sequence"), [((0.0,), "B0"), ((0.0, 1000.0), "DWI")])
def test_a_few_volumes_that_are_all_without_weighting_are_b0(
    b_values: tuple[float, ...], sequence: str, make_series: Any
) -> None:
    # As they are taken the other way round, to correct distortions by.
    reversed_ = DIFFUSION | {"SeriesDescription": "DTI_PA"}
    series = make_series(reversed_, volumes=6, b_values=b_values)
    assert claim_of(series).sequence == sequence


@pytest.mark.parametrize(
    "told", [{"ImageType": ["ORIGINAL", "PRIMARY", "DIFFUSION"]}, {"SeriesDescription": "dMRI_PA"}]
)
def test_so_many_volumes_told_to_be_without_weighting_are_no_sure_dwi(
    make_series: Any, told: dict[str, Any]
) -> None:
    told = DIFFUSION | told
    weighted = claim_of(make_series(told, volumes=30, b_values=(0.0, 1000.0)))
    assert weighted.confidence >= 0.95
    claim = claim_of(make_series(told, volumes=30, b_values=(0.0,)))
    assert claim.sequence == "DWI"
    assert claim.confidence <= 0.75


@pytest.mark.parametrize(
    ("maker", "named"),
    [
        ({"Manufacturer": "GE MEDICAL SYSTEMS", "SequenceName": "swan"}, "FILT_PHA: 3D Ax SWAN"),
        ({"Manufacturer": "GE MEDICAL SYSTEMS"}, "FILT_PHA: OAx SWI"),
        ({"Manufacturer": "SIEMENS", "SequenceName": "*swi3d1r"}, "Pha_Images"),
        ({"Manufacturer": "GE MEDICAL SYSTEMS"}, "PHA: ESWAN"),
        ({"Manufacturer": "UIH"}, "SWI_Phase"),
        ({"Manufacturer": "UIH"}, "swi3d_tra_Pha"),
        ({"Manufacturer": "Philips Medical Systems"}, "SWIp phase"),
        ({}, "SWIPha"),
    ],
)
def test_the_phase_beside_a_susceptibility_weighted_image_is_none_without_a_code_either(
    make_series: Any, maker: dict[str, str], named: str
) -> None:
    times = {"ScanningSequence": "GR", "MRAcquisitionType": "3D", "FlipAngle": 15}
    times |= {"RepetitionTime": 40, "EchoTime": 24}
    claim = claim_of(make_series(maker | times | {"SeriesDescription": named}, slices=60))
    assert claim.sequence == "OTHER"


MOVIE = {"CardiacNumberOfImages": 20}
TURNING = {"FrameTime": 100, "NumberOfFrames": 36}
DERIVED = ("DERIVED", "SECONDARY")
PHASE = {"ImageType": ["ORIGINAL", "PRIMARY", "P"]}
DUAL = {"SeriesDescription": "PD_T2_tse_axial"}
# Scanners tell the technique of it or that of its readout.
PHILIPS = {"Manufacturer": "Philips Medical Systems", (0x2001, 0x1020): ("LO", "FFE")}
PHILIPS_VESSELS = {"ImageType": ["ORIGINAL", "PRIMARY", "M_PCA", "M", "PCA"]}
PHILIPS_VELOCITY = {"ImageType": ["ORIGINAL", "PRIMARY", "VELOCITY MAP", "P", "PCA"]}
BY_EPI = {(0x2001, 0x1013): ("SL", 5), "RepetitionTime": 15, "EchoTime": 9, "FlipAngle": 10}
FLOW_OF_AORTA = {
    "Manufacturer": "SIEMENS", "ScanningSequence": "GR", "SequenceName": "*fl2d1r4",
    "SeriesDescription": "PC_RenalArtery_Right_EcgTrig",
}  # fmt: skip


@pytest.mark.parametrize(
    ("sequence", "evidence", "header"),
    [
        ("OTHER", "spectroscopy", {"Manufacturer": "SIEMENS", "SequenceName": "*svs_se"}),
        ("B0", "ImageType TENSOR_B0", {"ImageType": ["DERIVED", "PRIMARY", "TENSOR_B0"]}),
        ("BOLD", "ImageType FMRI", {"ImageType": ["ORIGINAL", "PRIMARY", "FMRI"]}),
        (
            "FIELDMAP",
            'description says "sefield1"',
            {
                "Manufacturer": "Siemens",
                "ImageType": ["ORIGINAL", "PRIMARY", "FMRI", "NONE"],
                "ScanningSequence": "EP",
                "PulseSequenceName": "epse2d1_86",
                "EchoTime": 60,
                "RepetitionTime": 6100,
                "SeriesDescription": "SEField1_AP",
            },
        ),
        ("PERF", "AcquisitionContrast PERFUSION", {"AcquisitionContrast": "PERFUSION"}),
        ("MRA", "AcquisitionContrast TOF", {"AcquisitionContrast": "TOF"}),
        ("FLAIR", "AcquisitionContrast FLUID", {"AcquisitionContrast": "FLUID_ATTENUATED"}),
        ("STIR", "AcquisitionContrast STIR", {"AcquisitionContrast": "STIR"}),
        ("PD", "AcquisitionContrast PROTON", {"AcquisitionContrast": "PROTON_DENSITY"}),
        ("T2STAR", "AcquisitionContrast T2_STAR", {"AcquisitionContrast": "T2_STAR"}),
        ("T2", "AcquisitionContrast T2", {"AcquisitionContrast": "T2"}),
        # What was computed, without the words and the times of what it was computed from.
        ("DWI", "ImageType TRACEW", {"ImageType": ["DERIVED", "SECONDARY", "TRACEW"]}),
        ("SWI", "ImageType SWI", {"ImageType": ["ORIGINAL", "PRIMARY", "M", "SWI"]}),
        ("MRA", "ImageType ANGIO", VIBE | {"ImageType": ["DERIVED", "PRIMARY", "ANGIO"]}),
        ("OTHER", "ImageType FAT", VIBE | {"ImageType": ["DERIVED", "PRIMARY", "FAT"]}),
        (
            "T1",
            "ImageType UNI",
            MPRAGE | {"ImageType": ["DERIVED", "PRIMARY", "M", "ND", "UNI"], "InversionTime": 2500},
        ),
        (
            "OTHER",
            "phase image",
            VIBE | {"Manufacturer": "Philips", (0x2005, 0x1011): ("CS", "P")},
        ),
        (
            "OTHER",
            "phase image",
            VIBE | {"Manufacturer": "GE MEDICAL SYSTEMS", (0x0043, 0x102F): ("SS", 1)},
        ),
        (
            "T1",
            "gradient echo",
            VIBE | {"Manufacturer": "GE MEDICAL SYSTEMS", (0x0043, 0x102F): ("SS", 0)},
        ),
        ("SWI", "susceptibility", {"Manufacturer": "SIEMENS", "SequenceName": "*swi3d1r"}),
        ("OTHER", "balanced", {"Manufacturer": "SIEMENS", "SequenceName": "*tfi3d1_39"}),
        # Times alone, where they are those of one weighting only.
        ("T1", "spin echo (SE), TR 900", SPIN_ECHO_T1 | {"RepetitionTime": 900}),
        ("T2", "TR 4000 ms", {"RepetitionTime": 4000, "EchoTime": 90}),
        (
            "FLAIR",
            "TI 1300 ms nulls CSF",
            SPIN_ECHO_T2 | {"RepetitionTime": 3200, "InversionTime": 1300},
        ),
        (
            "T2STAR",
            "gradient echo (GR), TE 30",
            FLASH | {"RepetitionTime": 1000, "EchoTime": 30, "FlipAngle": 70},
        ),
        ("PD", 'description says "pd t2"', SPIN_ECHO_T2 | {"EchoTime": 15} | DUAL),
        # Flow through the heart and the aqueduct is measured; vessels are shown.
        ("OTHER", "phase contrast, cine", {"PhaseContrast": "YES"} | MOVIE),
        ("OTHER", "phase contrast, ImageType P", {"PhaseContrast": "YES"} | PHASE),
        ("MRA", "phase contrast", {"PhaseContrast": "YES"}),
        ("MRA", "velocity encoding", {"VelocityEncodingMaximumValue": 70.0}),
        *(
            ("OTHER", "phase contrast (PCA), ImageType", PHILIPS | {"ImageType": kind})
            for kind in (
                ["ORIGINAL", "PRIMARY", "VELOCITY MAP", "P", "PCA"],
                ["ORIGINAL", "PRIMARY", "PHASE CONTRAST M", "P", "PCA"],
            )
        ),
        ("OTHER", "phase contrast (PCA), cine", PHILIPS | PHILIPS_VESSELS | MOVIE),
        ("OTHER", "phase contrast (PCA), cine", PHILIPS | PHILIPS_VESSELS | MOVIE | BY_EPI),
        ("OTHER", "phase contrast (PCA), ImageType", PHILIPS | PHILIPS_VELOCITY | BY_EPI),
        ("MRA", "phase contrast (PCA)", PHILIPS | PHILIPS_VESSELS),
        ("OTHER", 'description says "pc", cine', FLOW_OF_AORTA | MOVIE),
        ("MRA", 'description says "pc"', FLOW_OF_AORTA),
        *(
            (
                "MRA",
                "phase contrast (PCA)",
                PHILIPS | TURNING | {"ImageType": [*DERIVED, kind, "PCA"]},
            )
            for kind in ("PROJECTION IMAGE", "MAX_IP")
        ),
        (
            "MRA",
            'description says "pc"',
            FLOW_OF_AORTA | TURNING | {"ImageType": [*DERIVED, "MIP"]},
        ),
        # Spin echoes wait for the heart as well, of whatever PC stands for there.
        (
            "T2",
            "spin echo (SE), TR 4500",
            SPIN_ECHO_T2 | MOVIE | {"SeriesDescription": "t2_tse_tra_PC"},
        ),
        # Words alone, or beside a gradient echo.
        ("STIR", 'description says "stir"', {"SeriesDescription": "COR STIR"}),
        ("T2STAR", 'description says "t2"', VIBE | {"EchoTime": 12, "SeriesDescription": "T2 ax"}),
        ("OTHER", 'description says "t1 map"', ORIGINAL | {"SeriesDescription": "T1 map"}),
        (
            "OTHER",
            'description says "t2 images"',
            {"ImageType": ["DERIVED", "PRIMARY"], "SeriesDescription": "T2_Images"},
        ),
    ],
)
def test_what_only_one_tag_or_word_tells(
    make_series: Any, sequence: str, evidence: str, header: dict[str, Any]
) -> None:
    claim = claim_of(make_series(header))
    assert claim.sequence == sequence, claim
    assert claim.evidence[0].startswith(evidence)


COARSE = HYPERFINE | {"RepetitionTime": 600, "EchoTime": 100, "Rows": 96, "Columns": 96}
FINE = COARSE | {"RepetitionTime": 3200, "Rows": 256, "Columns": 256}


@pytest.mark.parametrize(
    ("sequence", "header", "described", "slices"),
    [
        ("LOCALIZER", COARSE, "Localizer", 30),
        ("LOCALIZER", COARSE | {"EchoTime": 188, "RepetitionTime": 1500}, "LOC (3-plane)", 9),
        ("LOCALIZER", COARSE, "Scout", 30),
        ("LOCALIZER", FINE, "localizer", 5),
        ("T2", COARSE, "T2 for localization", 30),
        ("T2", FINE, "localizer", 60),
        ("T2", FINE, "t2_space survey", 30),
    ],
)
def test_a_coarse_scout_may_be_a_spin_echo_in_three_dimensions(
    make_series: Any, sequence: str, header: dict[str, Any], described: str, slices: int
) -> None:
    claim = claim_of(make_series(header | {"SeriesDescription": described}, slices=slices))
    assert claim.sequence == sequence, claim


def test_no_rule_is_surer_than_any_verdict_may_be_or_less_sure_than_none():
    unsure = claim_from(SequenceAttributes()).confidence
    odd = [rule for rule in RULES if not unsure <= rule.confidence < CEILING]
    assert odd == []


def test_a_range_that_python_would_cut_to_its_second_half_is_refused():
    with pytest.raises(TypeError, match="within"):
        assert 5 < TE < 10
