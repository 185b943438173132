"""What the names of sequences tell of how the signal was made, where no code does."""

from __future__ import annotations

from typing import Any

import pytest

from napari_mrseq.header import attributes_of, claim_of
from napari_mrseq.header import techniques as t

GE_NAME, PHILIPS_NAME = (0x0019, 0x109C), (0x2001, 0x1020)


@pytest.mark.parametrize(
    ("maker", "name", "used"),
    [
        ("SIEMENS", "*tse2d1_17", {t.SPIN_ECHO}),
        ("SIEMENS", "*h2d1_96", {t.SPIN_ECHO, t.SINGLE_SHOT}),
        ("SIEMENS", "*h3d1_256", {t.SPIN_ECHO, t.SINGLE_SHOT}),
        ("SIEMENS", "*blade_b0_1000", {t.SPIN_ECHO, t.DIFFUSION}),
        ("SIEMENS", "fl1Scout", {t.SCOUT}),
        ("SIEMENS", "*spc3d1_12", {t.SPIN_ECHO}),
        ("SIEMENS", "*spcir_278ns", {t.SPIN_ECHO, t.INVERSION}),
        ("SIEMENS", "*tir2d1_20", {t.SPIN_ECHO, t.INVERSION}),
        # Of a Magnetom Vision, and water alone excited, in the list of a hospital's 400,000 series.
        ("SIEMENS", "tirm1", {t.SPIN_ECHO, t.INVERSION}),
        ("SIEMENS", "tir1_11m", {t.SPIN_ECHO, t.INVERSION}),
        ("SIEMENS", "tse1-7", {t.SPIN_ECHO}),
        ("SIEMENS", "se1a", {t.SPIN_ECHO}),
        ("SIEMENS", "*swiW3d1r", {t.GRADIENT_ECHO, t.SUSCEPTIBILITY}),
        # Works in progress of the maker, there too.
        ("SIEMENS", "WIP_tfl3d1_16ns", {t.GRADIENT_ECHO, t.MPRAGE}),
        ("SIEMENS", "WIP_tgse3d1_512", {t.ASL}),
        # Another of them, prepared in a way of its own.
        ("SIEMENS", "wip-spc-t2p+ir", set()),
        ("SIEMENS", "*tfl3d1_16ns", {t.GRADIENT_ECHO, t.MPRAGE}),
        ("SIEMENS", "*fl2d12", {t.GRADIENT_ECHO}),
        ("SIEMENS", "*fl3d1r_t70", {t.GRADIENT_ECHO, t.TIME_OF_FLIGHT}),
        ("SIEMENS", "*fl3d1_v80in", {t.GRADIENT_ECHO, t.PHASE_CONTRAST}),
        ("SIEMENS", "*fm2d2r", {t.GRADIENT_ECHO, t.B0_MAP}),
        ("SIEMENS", "*swi3d1r", {t.GRADIENT_ECHO, t.SUSCEPTIBILITY}),
        ("SIEMENS", "*de3d1", {t.GRADIENT_ECHO, t.BALANCED}),
        ("SIEMENS", "*ps3d1", {t.GRADIENT_ECHO, t.BALANCED}),
        ("SIEMENS", "*ps2d1_b700", {t.GRADIENT_ECHO}),
        ("SIEMENS", "*ci3d1_120", {t.GRADIENT_ECHO, t.BALANCED}),
        ("SIEMENS", "*epfid2d1_64", {t.GRADIENT_ECHO, t.EPI}),
        ("SIEMENS", "*epse2d1_86", {t.SPIN_ECHO, t.EPI}),
        ("SIEMENS", "*ep_b1000#2", {t.EPI, t.DIFFUSION}),
        ("SIEMENS", r"%SiemensSeq%\ep2d_diff", {t.EPI, t.DIFFUSION}),
        ("SIEMENS", r"%CustomerSeq%\cmrr_mbep2d_bold", {t.EPI, t.GRADIENT_ECHO}),
        ("SIEMENS", r"%SiemensSeq%\ep2d_se", {t.EPI, t.SPIN_ECHO}),
        # The files that scanners of a hospital ran at knees, as a table of them holds them.
        ("SIEMENS", r"%SiemensSeq%\AALScout", {t.SCOUT}),
        ("SIEMENS", r"%SiemensSeq%\bs_calibration", {t.B1_MAP}),
        ("SIEMENS", r"%SiemensSeq%\gre_b0map", {t.GRADIENT_ECHO, t.B0_MAP}),
        ("SIEMENS", r"%SiemensSeq%\resolve", {t.EPI, t.DIFFUSION}),
        ("SIEMENS", r"%SiemensSeq%\qDWI", {t.EPI, t.DIFFUSION}),
        ("SIEMENS", r"%SiemensSeq%\haste_diff", {t.SPIN_ECHO, t.DIFFUSION}),
        ("SIEMENS", r"%SiemensSeq%\ep2d_pace", {t.EPI, t.GRADIENT_ECHO}),
        ("SIEMENS", r"%SiemensSeq%\ep_seg_fid", {t.EPI, t.GRADIENT_ECHO, t.SEGMENTED}),
        ("SIEMENS", r"%SiemensSeq%\trufi", {t.GRADIENT_ECHO, t.BALANCED}),
        ("SIEMENS", r"%SiemensSeq%\dess", {t.GRADIENT_ECHO, t.BALANCED}),
        ("SIEMENS", r"%SiemensSeq%\svs_st_histo", {t.SPECTROSCOPY}),
        ("SIEMENS", r"%SiemensSeq%\csi_slaser", {t.SPECTROSCOPY}),
        ("SIEMENS", r"%SiemensSeq%\greMRE", {t.OWN_CONTRAST}),
        ("SIEMENS", r"%SiemensSeq%\ep2d_se_mre", {t.EPI, t.SPIN_ECHO, t.OWN_CONTRAST}),
        ("SIEMENS", r"%SiemensSeq%\petra", {t.ULTRASHORT}),
        ("SIEMENS", "*Petra3d1", {t.ULTRASHORT}),
        ("SIEMENS", r"%SiemensSeq%\MRF", {t.OWN_CONTRAST}),
        # As a research group calls its own.
        ("SIEMENS", r"%CustomerSeq%\ep2d_ase_2e", {t.OWN_CONTRAST}),
        ("SIEMENS", r"%SiemensSeq%\space", set()),
        ("SIEMENS", r"%SiemensSeq%\tfl_cb", set()),
        ("GE MEDICAL SYSTEMS", "3-Plane", {t.SCOUT}),
        ("GE MEDICAL SYSTEMS", "fse-xl", {t.SPIN_ECHO}),
        ("GE MEDICAL SYSTEMS", "CSCube", {t.SPIN_ECHO}),
        ("GE MEDICAL SYSTEMS", "flair", {t.SPIN_ECHO, t.INVERSION}),
        ("GE MEDICAL SYSTEMS", "mrcflair", {t.SPIN_ECHO, t.INVERSION}),
        ("GE MEDICAL SYSTEMS", "efgre3d", {t.GRADIENT_ECHO}),
        ("GE MEDICAL SYSTEMS", "BRAVO", {t.GRADIENT_ECHO, t.MPRAGE}),
        ("GE MEDICAL SYSTEMS", "mcmerge", {t.GRADIENT_ECHO}),
        ("GE MEDICAL SYSTEMS", "3dfiesta", {t.GRADIENT_ECHO, t.BALANCED}),
        ("GE MEDICAL SYSTEMS", "3dtof", {t.GRADIENT_ECHO, t.TIME_OF_FLIGHT}),
        ("GE MEDICAL SYSTEMS", "2dpc", {t.GRADIENT_ECHO, t.PHASE_CONTRAST}),
        ("GE MEDICAL SYSTEMS", "epi2muse", {t.EPI}),
        ("GE MEDICAL SYSTEMS", "epiRT", {t.EPI, t.GRADIENT_ECHO}),
        ("GE MEDICAL SYSTEMS", "research/ABCD/epi_pepolar", {t.EPI, t.B0_MAP}),
        ("GE MEDICAL SYSTEMS", "PROBE-P", {t.SPECTROSCOPY}),
        ("Philips", "TSE", {t.SPIN_ECHO}),
        ("Philips", "GraSE", {t.SPIN_ECHO, t.EPI}),
        ("Philips", "TIR", {t.SPIN_ECHO, t.INVERSION}),
        ("Philips", "T1TFE", {t.GRADIENT_ECHO, t.MPRAGE}),
        ("Philips", "B-TFE", {t.GRADIENT_ECHO, t.BALANCED}),
        ("Philips", "FEEPI", {t.GRADIENT_ECHO, t.EPI}),
        ("Philips", "DwiSE", {t.SPIN_ECHO, t.EPI, t.DIFFUSION}),
        ("Philips", "SEEPI", {t.SPIN_ECHO, t.EPI}),
        ("TOSHIBA", "FASE3D", {t.SPIN_ECHO}),
        ("TOSHIBA", "SEEPI2D+0.7", {t.SPIN_ECHO, t.EPI}),
        ("TOSHIBA", "FIR", {t.SPIN_ECHO, t.INVERSION}),
        ("TOSHIBA", "FE_SSFP", {t.GRADIENT_ECHO, t.BALANCED}),
        ("HITACHI", "3DRSSG", {t.GRADIENT_ECHO}),
        ("HITACHI", "3DBASG", {t.GRADIENT_ECHO, t.BALANCED}),
        ("HITACHI", "isoFSE", {t.SPIN_ECHO}),
        ("HITACHI", "DW-EPI", {t.SPIN_ECHO, t.EPI, t.DIFFUSION}),
        ("UIH", "fse_ir", {t.SPIN_ECHO, t.INVERSION}),
        ("UIH", "gre_fsp", {t.GRADIENT_ECHO, t.MPRAGE}),
        ("UIH", "gre_bssfp", {t.GRADIENT_ECHO, t.BALANCED}),
        ("UIH", "epi_bold", {t.EPI, t.GRADIENT_ECHO}),
        ("UIH", "epi_dti", {t.EPI, t.SPIN_ECHO, t.DIFFUSION}),
        # Elastography, as two public tools tell it: those of a clinic, those of a liver's maps.
        ("SIEMENS", "greMRE2d1", {t.OWN_CONTRAST}),
        ("SIEMENS", "epiMRE", {t.OWN_CONTRAST}),
        ("SIEMENS", "WIP_epseMRE", {t.SPIN_ECHO, t.EPI, t.OWN_CONTRAST}),
        ("GE MEDICAL SYSTEMS", "MR-Touch", {t.OWN_CONTRAST}),
        ("GE MEDICAL SYSTEMS", "fgremre", {t.OWN_CONTRAST, t.GRADIENT_ECHO}),
        ("GE MEDICAL SYSTEMS", "epimre_iron", {t.EPI, t.OWN_CONTRAST}),
        ("GE MEDICAL SYSTEMS", "iqmre2d", {t.OWN_CONTRAST}),
        ("Bruker BioSpin", "Bruker:DtiEpi", {t.SPIN_ECHO, t.EPI, t.DIFFUSION}),
        ("Bruker BioSpin", "Bruker:MGE", {t.GRADIENT_ECHO}),
        ("Bruker BioSpin", "Bruker:RAREVTR", {t.SPIN_ECHO, t.QUANTIFYING}),
        ("Bruker BioSpin", "Bruker:FISP", {t.GRADIENT_ECHO, t.BALANCED}),
        ("Bruker BioSpin", "Bruker:UTE3D", {t.ULTRASHORT}),
        ("Bruker BioSpin", "ZTE (pvm)", {t.ULTRASHORT}),
        ("Bruker BioSpin", "Bruker:igFLASH", {t.GRADIENT_ECHO, t.CINE}),
        ("Bruker BioSpin", "FAIR_FISP (pvm)", {t.ASL, t.GRADIENT_ECHO, t.BALANCED}),
        ("SIEMENS", "afi3d3", {t.B1_MAP}),
        ("Bruker BioSpin", "FAIR_EPI (pvm)", {t.EPI, t.ASL}),
        ("Bruker BioSpin", "Bruker:FieldMap", {t.GRADIENT_ECHO, t.B0_MAP}),
        ("Bruker BioSpin", "Bruker:FLOWMAP", {t.GRADIENT_ECHO, t.PHASE_CONTRAST}),
        ("Bruker BioSpin", "MDEFT (pvm)", {t.GRADIENT_ECHO, t.INVERSION}),
        ("Bruker BioSpin", "User:PRESS", {t.SPECTROSCOPY}),
        ("Bruker BioSpin", "CSI (pvm)", {t.SPECTROSCOPY}),
        ("Bruker BioSpin", "User:pressFLASH", {t.GRADIENT_ECHO}),
        ("Agilent", "fsems", {t.SPIN_ECHO}),
        ("Agilent", "mgems", {t.GRADIENT_ECHO}),
        ("Agilent", "ge3d", {t.GRADIENT_ECHO}),
        ("Agilent", "epip", {t.EPI}),
        ("Agilent", "stems", set()),
    ],
)
def test_the_name_of_a_sequence_tells_how_the_signal_was_made(
    make_series: Any, maker: str, name: str, used: set[str]
) -> None:
    private = {"G": {GE_NAME: ("LO", name)}, "P": {PHILIPS_NAME: ("LO", name)}}
    header = {"Manufacturer": maker} | private.get(maker[0], {"SequenceName": name})
    assert attributes_of(make_series(header)).techniques.keys() == used


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("FE", {t.GRADIENT_ECHO}),
        ("FE3D", {t.GRADIENT_ECHO}),
        ("FSE", {t.SPIN_ECHO}),
        ("IRFSE", {t.SPIN_ECHO, t.INVERSION}),
        ("SE (SYNTHETIC)", {t.SPIN_ECHO}),
        ("GENERATED", set()),
    ],
)
@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
def test_codes_that_no_standard_has_are_read_as_they_are_meant(
    make_series: Any, code: str, used: set[str]
) -> None:
    assert attributes_of(make_series({"ScanningSequence": code})).techniques.keys() == used


@pytest.mark.parametrize("maker", ["CANON_MEC", "HITACHI", "Philips"])
def test_the_inversion_beside_a_gradient_echo_is_no_spin_echo_of_that_name(
    make_series: Any, maker: str
) -> None:
    header = {"Manufacturer": maker, "ScanningSequence": ["GR", "IR"]}
    assert attributes_of(make_series(header)).techniques.keys() == {t.GRADIENT_ECHO, t.INVERSION}


@pytest.mark.parametrize(
    ("sequence", "protocol", "times"),
    [
        ("PD", "FEMUR PD FS", {"RepetitionTime": 2800, "EchoTime": 30}),
        ("T2", "FEMUR T2 COR", {"RepetitionTime": 4000, "EchoTime": 90}),
        ("T2", "IRM T2 SAG", {"RepetitionTime": 4000, "EchoTime": 90}),
    ],
)
def test_the_name_of_a_protocol_that_canon_repeats_is_none_of_a_sequence(
    make_series: Any, sequence: str, protocol: str, times: dict[str, Any]
) -> None:
    header = {"Manufacturer": "CANON_MEC", "PulseSequenceName": protocol, "ProtocolName": protocol}
    series = make_series(header | times | {"SeriesDescription": protocol})
    assert attributes_of(series).techniques == {}
    assert claim_of(series).sequence == sequence
    named = make_series(header | times | {"PulseSequenceName": "FSE2D+10"})
    assert attributes_of(named).techniques.keys() == {t.SPIN_ECHO}


def test_the_epi_factor_of_philips_tells_a_planar_readout(make_series: Any) -> None:
    header = {"Manufacturer": "Philips", "ScanningSequence": "SE", "EchoTime": 80}
    header |= {"RepetitionTime": 4000, "SeriesDescription": "DWI"}
    single, several = (make_series(header | {(0x2001, 0x1013): ("SL", n)}) for n in (1, 51))
    assert t.EPI not in attributes_of(single).techniques
    assert t.EPI in attributes_of(several).techniques
    assert claim_of(several).sequence == "DWI"


PROPELLER = {
    "Manufacturer": "GE MEDICAL SYSTEMS", "ScanningSequence": "SE", GE_NAME: ("LO", "propeller"),
    "RepetitionTime": 5000, "EchoTime": 78, "ImageType": ["ORIGINAL", "PRIMARY", "OTHER"],
}  # fmt: skip
FASE = {
    "Manufacturer": "TOSHIBA", "ScanningSequence": "SE", "SequenceName": "FASE2d",
    "RepetitionTime": 6000, "EchoTime": 85,
}  # fmt: skip
BLADE = {
    "Manufacturer": "SIEMENS", "ScanningSequence": "SE", "SequenceName": "*tse2d1_15",
    "RepetitionTime": 4500, "EchoTime": 90,
}  # fmt: skip
WEIGHTED = {"DiffusionBValue": 800.0}


@pytest.mark.parametrize(
    ("sequence", "header", "described"),
    [
        # Diffusion read out by spin echoes, without the distortion of an EPI.
        ("DWI", PROPELLER | WEIGHTED, "PROPELLER DWI b1000"),
        ("DWI", PROPELLER | WEIGHTED, "Ax DWI PROPELLER"),
        ("DWI", PROPELLER, "PROPELLER DUO DWI IAC b=800"),
        ("DWI", FASE, "FASE DWI b1000"),
        ("DWI", FASE | WEIGHTED, "FASE_DWI"),
        ("DWI", BLADE, "BLADE diffusion b 1000"),
        ("DWI", BLADE | WEIGHTED, "tse_dwi_cor"),
        ("DWI", BLADE | {"SequenceName": "*h2d1_96"}, "haste_diff_cor_b1000"),
        ("ADC", PROPELLER | {"ImageType": ["DERIVED", "PRIMARY", "ADC"]} | WEIGHTED,
         "ADC PROPELLER DWI"),
        # Words alone, of a protocol that was copied, and a b value left over from diffusion.
        ("T2", PROPELLER, "Ax DWI"),
        ("T2", PROPELLER | WEIGHTED, "Ax T2 PROPELLER"),
        ("T2", PROPELLER | WEIGHTED, ""),
        ("T2", PROPELLER | WEIGHTED, "DWI T2 PROPELLER"),
        ("T2", FASE, "FASE diffusion"),
        ("T2", FASE, "T2 FASE for DWI b1000"),
        ("T2", BLADE, "BLADE B12 level"),
        ("T2", BLADE, "difficult patient B800"),
        ("T2", BLADE, "resolve_4scan_trace"),
    ],
)  # fmt: skip
def test_spin_echoes_are_weighted_by_diffusion_where_a_b_value_is_told(
    make_series: Any, sequence: str, header: dict[Any, Any], described: str
) -> None:
    claim = claim_of(make_series(header | {"SeriesDescription": described}))
    assert claim.sequence == sequence, claim


@pytest.mark.parametrize(
    ("flag", "b_value", "sequence"),
    [(14, 0, "B0"), (16, 1000, "DWI"), (15, 1000, "DWI"), (19, 1000, "DWI"), (20, 1000, "ADC"),
     (17, 1000, "OTHER"), (18, 1000, "OTHER"), (0, 1000, "DWI"), (0, 0, "DWI")],
)  # fmt: skip
def test_the_flag_of_ge_tells_what_an_image_of_diffusion_shows(
    make_series: Any, flag: int, b_value: int, sequence: str
) -> None:
    header = {
        "Manufacturer": "GE MEDICAL SYSTEMS", "SeriesDescription": "Ax DWI",
        "ScanningSequence": ["EP", "SE"], "ScanOptions": "EPI_GEMS", "EchoTime": 85,
        (0x0043, 0x1030): ("SS", flag), (0x0043, 0x1039): ("IS", [b_value, 8, 0, 0]),
    }  # fmt: skip
    assert claim_of(make_series(header)).sequence == sequence


@pytest.mark.parametrize("described", ["", "Ax DWI"])
@pytest.mark.parametrize(
    ("flag", "volumes", "sequence"), [(14, 1, "B0"), (14, 2, "DWI"), (16, 1, "DWI")]
)
def test_an_image_that_ge_flags_as_unweighted_needs_no_b_value_to_be_b0(
    make_series: Any, flag: int, volumes: int, sequence: str, described: str
) -> None:
    header = {
        "Manufacturer": "GE MEDICAL SYSTEMS", "SeriesDescription": described,
        "ScanningSequence": ["EP", "SE"], "EchoTime": 85, (0x0043, 0x1030): ("SS", flag),
    }  # fmt: skip
    assert claim_of(make_series(header, volumes=volumes)).sequence == sequence


def test_a_b_value_of_ge_that_changes_between_volumes_is_not_left_over(make_series: Any) -> None:
    header = PROPELLER | {"EchoTime": 82, "FlipAngle": 90}
    weighted = claim_of(make_series(header, volumes=2, b_values=(0.0, 1000.0)))
    assert weighted.sequence == "DWI", weighted
    left_over = claim_of(make_series(header, volumes=2, b_values=(1000.0, 1000.0)))
    assert left_over.sequence == "T2", left_over
