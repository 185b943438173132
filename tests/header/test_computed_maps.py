"""Maps that programs compute and send back are told by their words, not by their source's tags."""

from __future__ import annotations

from typing import Any

import pytest

from napari_mrseq.header import claim_of
from napari_mrseq.sequences import UNKNOWN

COMPUTED = {"ImageType": ["DERIVED", "SECONDARY", "OTHER"]}
ORIGINAL = {"ImageType": ["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE"]}
ORIGINAL_EPI = {"ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"]}
WEIGHTED = {
    "Manufacturer": "SIEMENS",
    "ScanningSequence": ["EP", "SE"],
    "SequenceName": "*ep_b1000#4",
    "RepetitionTime": 8000,
    "EchoTime": 92,
    "DiffusionBValue": 1000.0,
}


@pytest.mark.parametrize(
    ("protocol", "described"),
    [
        *(("DTI_64", name) for name in (
            "MD", "AD", "AxD", "RD map", "DTI_RD", "FA", "V1", "L1", "L1 eigenvalue", "DEC map",
            "MD map (DTI)", "DTI mean diffusivity", "reg_dti_rd", "tensor mode map", "DTI_MD_64dir",
        )),
        *(("dki_3shell", name) for name in (
            "MK", "DKI_MK_map", "RK", "mean kurtosis", "Kurtosis", "Kurtosis map", "KFA", "KA",
            "Kax", "AK map",
        )),
        *(("noddi", name) for name in (
            "NODDI_ICVF", "NODDI_ODI", "FICVF", "ISOVF", "ODI", "NDI map", "amico_ndi",
            "free water fraction", "fiso", "noddi_ndi",
            "orientation dispersion index", "neurite density", "intracellular volume fraction",
        )),
        *(("IVIM 10b", name) for name in (
            "IVIM_D", "IVIM D*", "IVIM f", "f", "D_star", "IVIM_Dslow", "D fast", "f map",
            "perfusion fraction", "pseudo-diffusion", "pseudodiffusion coefficient",
        )),
    ],
)  # fmt: skip
def test_a_map_with_the_b_value_of_its_source_is_no_diffusion_image(
    make_series: Any, protocol: str, described: str
) -> None:
    names = {"ProtocolName": protocol, "SeriesDescription": described}
    claim = claim_of(make_series(WEIGHTED | COMPUTED | names))
    assert claim.sequence == "OTHER", claim
    unweighted = WEIGHTED | COMPUTED | names | {"SequenceName": "*epse2d1_128"}
    del unweighted["DiffusionBValue"]
    assert claim_of(make_series(unweighted)).sequence == "OTHER"


@pytest.mark.parametrize(
    "described",
    [
        "Enhancement map", "Anreicherungskarte", "mapa de realce", "carte de rehaussement",
        "mappa di enhancement", "aankleuringskaart rechts kaart", "T1 Karte", "T2*-Karte",
        "mapa T2*", "carte T2", "mappa T1", "T1 kaart",
    ],
)  # fmt: skip
def test_what_is_called_a_map_in_any_language_is_one_where_it_is_derived(
    make_series: Any, described: str
) -> None:
    header = {
        "Manufacturer": "SIEMENS", "ScanningSequence": "GR", "MRAcquisitionType": "3D",
        "RepetitionTime": 4.7, "EchoTime": 1.7, "FlipAngle": 10, "SeriesDescription": described,
    }  # fmt: skip
    derived = header | {"ImageType": ["DERIVED", "PRIMARY", "M", "ND"]}
    assert claim_of(make_series(derived)).sequence == "OTHER"
    acquired = header | {"ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"]}
    assert claim_of(make_series(acquired)).sequence == "T1"


@pytest.mark.parametrize(
    ("sequence", "described", "protocol"),
    [
        ("PERF", "ve map", ""),
        ("PERF", "max slope map", ""),
        ("PERF", "Karte", "twist_dce_perf"),
        ("T1", "road map", ""),
    ],
)
def test_maps_of_a_bolus_are_perfusion_and_a_road_map_is_none(
    make_series: Any, sequence: str, described: str, protocol: str
) -> None:
    header = {
        "Manufacturer": "SIEMENS", "ScanningSequence": "GR", "MRAcquisitionType": "3D",
        "RepetitionTime": 4.7, "EchoTime": 1.7, "FlipAngle": 10, "SeriesDescription": described,
        "ProtocolName": protocol, "ImageType": ["DERIVED", "PRIMARY", "M", "ND"],
    }  # fmt: skip
    assert claim_of(make_series(header)).sequence == sequence


@pytest.mark.parametrize(
    ("sequence", "maker", "kind", "described"),
    [
        (UNKNOWN, "SIEMENS", ["DERIVED", "SECONDARY", "OTHER", "ND"], ""),
        (UNKNOWN, "SIEMENS", ["DERIVED", "PRIMARY", "OTHER", "NORM", "DIS2D"], ""),
        ("T1", "SIEMENS", ["DERIVED", "PRIMARY", "OTHER", "NORM"], "t1_vibe_tra"),
        ("T1", "SIEMENS", ["DERIVED", "PRIMARY", "OTHER", "MEAN"], ""),
        ("T1", "SIEMENS", ["DERIVED", "SECONDARY", "OTHER", "CSA MPR", "", "CSAPARALLEL"], ""),
        ("T1", "SIEMENS", ["DERIVED", "PRIMARY", "M", "NORM"], ""),
        ("T1", "SIEMENS", ["ORIGINAL", "PRIMARY", "OTHER", "ND"], ""),
        (UNKNOWN, "GE MEDICAL SYSTEMS", ["DERIVED", "SECONDARY", "PROCESSED"], "Curve Fit"),
        ("PERF", "GE MEDICAL SYSTEMS", ["DERIVED", "SECONDARY", "PROCESSED"], "Time to Peak"),
        ("T1", "GE MEDICAL SYSTEMS", ["DERIVED", "SECONDARY", "REFORMATTED", "AVERAGE"], ""),
        # Others call their own images so.
        ("T1", "TOSHIBA", ["DERIVED", "SECONDARY", "OTHER"], ""),
    ],
)
def test_what_is_reckoned_from_several_images_has_no_weighting_by_its_times(
    make_series: Any, sequence: str, maker: str, kind: list[str], described: str
) -> None:
    header = {
        "Manufacturer": maker, "ScanningSequence": "GR", "MRAcquisitionType": "3D",
        "RepetitionTime": 4.7, "EchoTime": 1.7, "FlipAngle": 10, "ImageType": kind,
    }  # fmt: skip
    claim = claim_of(make_series(header | {"SeriesDescription": described}))
    assert claim.sequence == sequence, claim


@pytest.mark.parametrize("written", [ORIGINAL, {}], ids=["original", "not told"])
@pytest.mark.parametrize(
    "described",
    [
        "FA map",
        "MD_map",
        "f map",
        "NDI map",
        "FA_color",
        "colour FA",
        "noise map",
        "free water map",
    ],
)
def test_what_is_called_a_map_of_diffusion_is_one_whatever_imagetype_says(
    make_series: Any, written: dict[str, Any], described: str
) -> None:
    named = {"ProtocolName": "IVIM_DTI_64", "SeriesDescription": described}
    assert claim_of(make_series(WEIGHTED | written | named)).sequence == "OTHER"
    unweighted = WEIGHTED | written | named | {"SequenceName": "", "DiffusionBValue": None}
    assert claim_of(make_series(unweighted)).sequence == "OTHER"


@pytest.mark.parametrize(
    ("written", "described"),
    [
        # As they were acquired, whatever the maps are that they are for.
        *((ORIGINAL, name) for name in (
            "NODDI", "DKI 3 shells", "IVIM 10b", "DTI_64", "diffusion kurtosis", "DTI MD AD RD",
            "axial kurtosis imaging", "dti v1", "DTI Smith MD", "DWI MD", "MD", "NODDI ODI study",
        )),
        # Averages and traces are computed as well.
        *((COMPUTED, name) for name in (
            "DTI trace", "ep2d_diff_TRACEW", "isoDWI", "average DWI", "mean DWI", "DWI b1000",
            "DTI_64_TRACEW", "IVIM trace", "NODDI mean b2000", "",
        )),
        ({"ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "TRACEW", "ND"]}, "MD"),
        # A doctor, a disease, a version.
        *((COMPUTED, name) for name in (
            "trace Dr Miller MD", "DWI AD cohort", "dwi protocol V1", "dwi tra v1 ND",
            "DWI focal lesion f", "DWI L1 fracture",
        )),
    ],
)  # fmt: skip
def test_a_diffusion_image_stays_one(
    make_series: Any, written: dict[str, Any], described: str
) -> None:
    names = {"ProtocolName": "DTI_64", "SeriesDescription": described}
    claim = claim_of(make_series(WEIGHTED | written | names))
    assert claim.sequence == "DWI", claim


@pytest.mark.parametrize(
    "described", ["VERDICT fIC", "RSI C1", "RD Smith", "GQI iso", "uFA", "fsoma", "RTOP", "S0 fit"]
)
def test_what_is_computed_of_diffusion_and_called_by_no_known_word_is_not_told(
    make_series: Any, described: str
) -> None:
    names = {"ProtocolName": "DTI_64", "SeriesDescription": described}
    unweighted = {**WEIGHTED, "SequenceName": "*epse2d1_128"}
    del unweighted["DiffusionBValue"]
    for source in (WEIGHTED, unweighted):
        claim = claim_of(make_series(source | COMPUTED | names))
        assert (claim.sequence, claim.evidence) == (UNKNOWN, ())
        assert claim_of(make_series(source | ORIGINAL | names)).sequence == "DWI"


@pytest.mark.parametrize("described", ["MPR cor", "Composed", "tra 3mm reformatted", "average", ""])
def test_a_diffusion_image_that_was_only_reformatted_stays_one(
    make_series: Any, described: str
) -> None:
    named = {"SeriesDescription": described, "ProtocolName": "ep2d_diff_tra"}
    for source in (WEIGHTED, WEIGHTED | {"SequenceName": "", "DiffusionBValue": None}):
        claim = claim_of(make_series(source | COMPUTED | named))
        assert claim.sequence == "DWI", claim


@pytest.mark.parametrize("described", ["MD", "AD", "V1", "L1", "RD", "f", "D", "mode", "FA 15"])
def test_a_short_word_of_another_series_is_no_map(make_series: Any, described: str) -> None:
    header = {"ScanningSequence": "SE", "RepetitionTime": 500, "EchoTime": 12}
    reformatted = header | {"ImageType": ["DERIVED", "SECONDARY", "MPR"]}
    claim = claim_of(make_series(reformatted | {"SeriesDescription": described}))
    assert claim.sequence == "T1", claim


SUSCEPTIBLE = {
    "Manufacturer": "SIEMENS",
    "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND", "NORM"],
    "ScanningSequence": "GR",
    "MRAcquisitionType": "3D",
    "RepetitionTime": 28,
    "EchoTime": 20,
    "FlipAngle": 15,
}


@pytest.mark.parametrize(
    "described",
    ["QSM_p2_1mmIso_TE20", "gre_qsm_mag", "QSM_e4", "T2star_for_QSM tra", "wb_qsm_tra", "QSM"],
)
def test_what_a_map_of_susceptibility_is_computed_from_is_a_gradient_echo(
    make_series: Any, described: str
) -> None:
    named = {"SeriesDescription": described}
    late = claim_of(make_series(SUSCEPTIBLE | named))
    # Of several echoes that are summed, the first is told.
    for early in (6, 3.6):
        first = claim_of(make_series(SUSCEPTIBLE | named | {"EchoTime": early}))
        assert late.sequence == first.sequence == "T2STAR"
        assert first.confidence < late.confidence


@pytest.mark.parametrize(
    "written",
    [
        {"ImageType": ["DERIVED", "SECONDARY", "QSM"]},
        {"ImageType": ["DERIVED", "PRIMARY", "M", "ND"]},
        {"ImageType": ["ORIGINAL", "PRIMARY", "P", "ND"]},
        {"ImageType": ["ORIGINAL", "PRIMARY", "QSM"]},
    ],
)
def test_the_map_of_susceptibility_and_its_phase_are_none(
    make_series: Any, written: dict[str, Any]
) -> None:
    claim = claim_of(make_series(SUSCEPTIBLE | written | {"SeriesDescription": "gre_qsm"}))
    assert claim.sequence == "OTHER"


DYNAMIC = {
    "ScanningSequence": "GR",
    "MRAcquisitionType": "3D",
    "RepetitionTime": 5,
    "EchoTime": 1.8,
    "FlipAngle": 15,
    "ProtocolName": "dyn_vibe_KM",
    "ContrastBolusAgent": "Gadovist",
}
T2 = {
    "Manufacturer": "GE MEDICAL SYSTEMS",
    "ScanningSequence": "SE",
    "RepetitionTime": 4000,
    "EchoTime": 100,
    "ProtocolName": "t2_tse_tra",
}


@pytest.mark.parametrize(
    "described",
    [
        "Ve map Tissue4D", "Ve", "Kep", "Vp", "Ktrans", "ve_tofts", "iAUC map", "iAUC60", "AUC",
        "K-trans map",
        "percent enhancement", "initial slope",
        "ISPY2: VOLSER: SER", "ISPY2: VOLSER: uni-lateral cropped: SER", "SER map",
        "ISPY2: VOLSER: bi-lateral: PE2", "PEI", "wash-out", "washin rate", "Washout map",
        "DCE Kep", "t1_fl3d_tra fs_dyn CM_PEI", "t1_vibe_dyn_TTP", "AT",
        "Subtraction", "T1 subtraction 2-1", "SUB 2-1",
        "SUB 1", "SUB2", "Sub_3", "SUBS", "SUB 2 SAG R", "Ph2-Ph1", "dyn2 - dyn1",
        "(10037/801/1..188)-(10037/800/1..188)",
        "Positive Enhancement Integral", "Arrival time", "StdDev",
        "AI probability map", "lesion probability", "heatmap",
    ],
)  # fmt: skip
def test_what_is_computed_of_a_bolus_is_no_weighted_image(make_series: Any, described: str) -> None:
    claim = claim_of(make_series(DYNAMIC | COMPUTED | {"SeriesDescription": described}))
    assert claim.sequence in ("PERF", "OTHER"), claim


@pytest.mark.parametrize(
    "described",
    [
        "AI lesion heatmap", "T2 heat map", "PI-RADS AI overlay", "cancer likelihood",
        "prostate probability map", "prostate segmentation", "T2 segmentation map", "AI results",
        "DWI suspicion map", "gland seg overlay", "lesion contours", "cellularity map",
        "percent signal", "stiffness map",
    ],
)  # fmt: skip
def test_what_a_program_reads_out_of_an_image_is_not_that_image(
    make_series: Any, described: str
) -> None:
    claim = claim_of(make_series(T2 | COMPUTED | {"SeriesDescription": described}))
    assert claim.sequence == "OTHER", claim


@pytest.mark.parametrize(
    ("sequence", "header", "described"),
    [
        # Reformatted, filtered, fused from stations.
        ("T1C", DYNAMIC | COMPUTED, "t1_vibe_dyn MPR"),
        ("T1C", DYNAMIC | COMPUTED, "SER 5 vibe tra"),
        ("T1C", DYNAMIC | COMPUTED, "ser. 12"),
        ("T1C", DYNAMIC | COMPUTED, "Ve Smith"),
        ("T1C", DYNAMIC | COMPUTED, "PE"),
        ("T1C", DYNAMIC | COMPUTED, "t1 vibe tra VP shunt"),
        ("T1C", DYNAMIC, "Ve"),
        ("T1C", DYNAMIC, "SUB 1"),
        ("T1C", DYNAMIC | COMPUTED, "sub-01"),
        ("T1C", DYNAMIC | COMPUTED, "S1-S2 cor"),
        ("T1C", DYNAMIC | COMPUTED, "dyn3 cor"),
        ("T2", T2 | COMPUTED, "t2_tse_cor MPR"),
        ("T2", T2 | COMPUTED, "T2 AI denoised"),
        ("T2", T2, "cellularity map"),
        ("T2", T2 | {"ImageType": ["DERIVED", "PRIMARY", "M"]}, "percent"),
        ("T2", T2 | COMPUTED, "tra mapped to plan"),
        ("T2", T2, "T2 for segmentation"),
        ("T2", T2, "T2 AI"),
        ("T2", T2, "T2 probably MS"),
        ("T2", T2 | COMPUTED, "SER"),
    ],
)
def test_an_image_that_was_only_reformatted_stays_one(
    make_series: Any, sequence: str, header: dict[str, Any], described: str
) -> None:
    claim = claim_of(make_series(header | {"SeriesDescription": described}))
    assert claim.sequence == sequence, claim


FIRST_PASS = {
    "Manufacturer": "SIEMENS",
    "ScanningSequence": "EP",
    "SequenceName": "*epfid2d1_128",
    "RepetitionTime": 1500,
    "EchoTime": 30,
}


@pytest.mark.parametrize("written", [COMPUTED, ORIGINAL_EPI, {}], ids=["computed", "original", ""])
@pytest.mark.parametrize("described", ["AT", "PEI", "PEI tra", "wash in"])
def test_a_map_of_a_first_pass_is_no_functional_image(
    make_series: Any, written: dict[str, Any], described: str
) -> None:
    named = written | {"SeriesDescription": described}
    for source in (FIRST_PASS, {**FIRST_PASS, "SequenceName": ""}):
        assert claim_of(make_series(source | named)).sequence == "PERF"


@pytest.mark.parametrize(("described", "volumes"), [("AT", 200), ("AT task", 1), ("run 1", 1)])
def test_what_follows_activation_is_no_map_of_a_first_pass(
    make_series: Any, described: str, volumes: int
) -> None:
    series = make_series(FIRST_PASS | {"SeriesDescription": described}, volumes=volumes)
    assert claim_of(series).sequence == "BOLD"


def test_the_field_map_that_parts_fat_from_water_is_computed_of_any_echoes(
    make_series: Any,
) -> None:
    for source in (T2, DYNAMIC):
        made = source | COMPUTED | {"SeriesDescription": "FieldMap: Ax T2FSE+ASSET"}
        assert claim_of(make_series(made)).sequence == "FIELDMAP"
    made = T2 | {"SeriesDescription": "Ax T2 FSE field map"}
    assert claim_of(make_series(made)).sequence == "T2"


@pytest.mark.parametrize("written", [ORIGINAL_EPI, {}], ids=["original", "not told"])
@pytest.mark.parametrize("described", ["MD", "AD", "RD", "MK", "V1"])
def test_one_volume_that_is_called_like_a_map_is_no_sure_diffusion_image(
    make_series: Any, written: dict[str, Any], described: str
) -> None:
    named = WEIGHTED | written | {"ProtocolName": "DTI_64", "SeriesDescription": described}
    assert claim_of(make_series(named)).confidence <= 0.8
    several = claim_of(make_series(named, volumes=64))
    assert (several.sequence, several.confidence >= 0.95) == ("DWI", True)


def test_what_was_computed_with_a_b_value_and_no_name_is_hardly_told(make_series: Any) -> None:
    computed = claim_of(make_series(WEIGHTED | COMPUTED))
    named = claim_of(make_series(WEIGHTED | COMPUTED | {"SeriesDescription": "DWI b1000"}))
    scanned = claim_of(make_series(WEIGHTED | ORIGINAL))
    assert computed.sequence == named.sequence == scanned.sequence == "DWI"
    assert computed.confidence < 0.8
    assert min(named.confidence, scanned.confidence) >= 0.95
