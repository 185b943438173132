"""Typical headers of six vendors, class by class, with values as in protocols of clinical sites.

Each row of `HEADERS`: what the series is, a name for the test, and the header.
"""

from __future__ import annotations

from typing import Any

import pytest

from napari_mrseq.header import claim_of
from napari_mrseq.sequences import UNKNOWN, family_of

Header = dict[Any, Any]

GE_NAME, GE_INNER, GE_B, GE_PLANE = (0x19, 0x109C), (0x19, 0x109E), (0x43, 0x1039), (0x19, 0x1017)
PHILIPS_NAME, PHILIPS_B = (0x2001, 0x1020), (0x2001, 0x1003)
UIH_B = (0x65, 0x1009)


def siemens(name: str, described: str, **values: Any) -> Header:
    typical = {
        "Manufacturer": "SIEMENS",
        "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND", "NORM"],
        "MRAcquisitionType": "3D" if "3d" in name or "spc" in name else "2D",
        "Rows": 256,
        "Columns": 256,
        "AngioFlag": "N",
    }
    return typical | {"SequenceName": name, "SeriesDescription": described} | _times(values)


def ge(name: str, described: str, **values: Any) -> Header:
    typical = {
        "Manufacturer": "GE MEDICAL SYSTEMS",
        "ImageType": ["ORIGINAL", "PRIMARY", "OTHER"],
        "ProtocolName": "BRAIN W/WO CONTRAST T1 T2 FLAIR",
        "Rows": 512,
        "Columns": 512,
        GE_NAME: ("LO", name),
        GE_B: ("IS", [0, 0, 0, 0]),
        GE_PLANE: ("SS", 2),
    }
    return typical | {"SeriesDescription": described} | _times(values)


def philips(name: str, described: str, **values: Any) -> Header:
    kind = "FFE" if "F" in name else "SE"
    typical = {
        "Manufacturer": "Philips Medical Systems",
        "ImageType": ["ORIGINAL", "PRIMARY", f"M_{kind}", "M", kind],
        "Rows": 320,
        "Columns": 320,
        PHILIPS_NAME: ("LO", name),
        PHILIPS_B: ("FL", 0.0),
    }
    return typical | {"SeriesDescription": described} | _times(values)


def canon(name: str, described: str, **values: Any) -> Header:
    typical = {"Manufacturer": "TOSHIBA_MEC", "ImageType": ["ORIGINAL", "PRIMARY", "OTHER"]}
    return typical | {"SequenceName": name, "SeriesDescription": described} | _times(values)


def hitachi(name: str, described: str, **values: Any) -> Header:
    typical = {"Manufacturer": "HITACHI", "ImageType": ["ORIGINAL", "PRIMARY", "OTHER"]}
    return typical | {"SequenceName": name, "SeriesDescription": described} | _times(values)


def uih(name: str, described: str, **values: Any) -> Header:
    typical = {"Manufacturer": "UIH", "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"]}
    return typical | {"SequenceName": name, "SeriesDescription": described} | _times(values)


def maker(name: str, sequence: str, described: str, **values: Any) -> Header:
    typical = {"Manufacturer": name, "ImageType": ["ORIGINAL", "PRIMARY", "OTHER"]}
    return typical | {"SequenceName": sequence, "SeriesDescription": described} | _times(values)


_SHORT = {
    "tr": "RepetitionTime",
    "te": "EchoTime",
    "ti": "InversionTime",
    "flip": "FlipAngle",
    "scan": "ScanningSequence",
    "variant": "SequenceVariant",
    "options": "ScanOptions",
    "kind": "ImageType",
    "protocol": "ProtocolName",
    "agent": "ContrastBolusAgent",
    "b": "DiffusionBValue",
    "dim": "MRAcquisitionType",
    "train": "EchoTrainLength",
    "rows": "Rows",
    "columns": "Columns",
    "angio": "AngioFlag",
    "times": "NumberOfTemporalPositions",
    "heart": "CardiacNumberOfImages",
}


def _times(values: dict[str, Any]) -> Header:
    named = {_SHORT[short]: value for short, value in values.items() if short in _SHORT}
    private = {"ge_b": (GE_B, "IS"), "ge_plane": (GE_PLANE, "SS"), "philips_b": (PHILIPS_B, "FL")}
    private |= {"uih_b": (UIH_B, "FD"), "inner": (GE_INNER, "LO")}
    for short, (tag, vr) in private.items():
        if short in values:
            named[tag] = (vr, values[short])
    return named


DERIVED = ["DERIVED", "PRIMARY"]
DIFFUSION = ["DERIVED", "PRIMARY", "DIFFUSION"]

HEADERS: list[tuple[str, str, Header]] = [
    # T1
    ("T1", "siemens_se", siemens("*se2d1", "t1_se_tra", tr=500, te=9.4, flip=70, scan="SE")),
    ("T1", "siemens_tse", siemens("*tse2d1_3", "", tr=650, te=11, flip=150, scan="SE")),
    ("T1", "siemens_mprage", siemens(
        "*tfl3d1_16ns", "t1_mprage_sag_p2_iso", tr=2300, te=2.98, ti=900, flip=9,
        scan=["GR", "IR"], variant=["SK", "SP", "MP"])),
    ("T1", "siemens_mprage_wordless", siemens(
        "*tfl3d1", "", tr=1900, te=2.5, ti=900, flip=9, scan=["GR", "IR"])),
    ("T1", "siemens_space", siemens("*spcR_44ns", "t1_space_sag", tr=700, te=12, scan="SE")),
    ("T1", "siemens_vibe", siemens("*fl3d1", "t1_vibe_fs_tra_bh", tr=4.2, te=1.9, flip=10,
                                   scan="GR", variant=["SK", "SP"])),
    ("T1", "siemens_opposed_phase", siemens(
        "*fl2d2", "t1_fl2d_opp-in_tra_bh", tr=120, te=2.4, flip=70, scan="GR")),
    ("T1", "siemens_mp2rage_uni", siemens(
        "*tfl3d1_16ns", "t1_mp2rage_UNI_Images", tr=5000, te=2.98, flip=4, scan=["GR", "IR"],
        kind=["DERIVED", "PRIMARY", "M", "ND", "UNI"])),
    ("T1", "ge_t1flair", ge("fse-xl", "Ax T1 FLAIR", tr=2300, te=22, ti=860,
                            scan=["SE", "IR"], options=["FAST_GEMS", "FLAIR_GEMS"])),
    ("T1", "ge_t1flair_wordless", ge("t1flair", "", tr=2500, te=11, ti=920, scan=["RM"])),
    ("T1", "ge_bravo", ge("BRAVO", "Sag 3D T1 BRAVO", tr=8.5, te=3.2, ti=450, flip=12,
                          scan="GR", dim="3D")),
    ("T1", "ge_fspgr_wordless", ge("efgre3d", "", tr=8.9, te=3.5, ti=450, flip=13,
                                   scan="GR", dim="3D")),
    ("T1", "ge_memp", ge("memp", "SAG T1", tr=450, te=14, scan="SE", flip=90, dim="2D")),
    ("T1", "ge_lava", ge("efgre3d", "Ax LAVA", tr=4.1, te=1.9, flip=12, scan="GR", dim="3D")),
    ("T1", "philips_tfe", philips("T1TFE", "3D T1W TFE", tr=8.1, te=3.7, flip=8, scan="GR",
                                  dim="3D")),
    ("T1", "philips_se", philips("SE", "T1W_SE", tr=520, te=15, scan="SE", dim="2D")),
    ("T1", "philips_thrive", philips("T1TFE", "eTHRIVE", tr=4.0, te=1.9, flip=10, scan="GR",
                                     dim="3D")),
    ("T1", "canon_se", canon("SE2D15", "T1 AX", tr="500.000", te="15.000", scan="SE")),
    ("T1", "canon_mprage", canon("FFE3D_ir_MPRAGE", "3D MPRAGE", tr=6.7, te=2.8, ti=900, flip=9,
                                 scan="GR", dim="3D")),
    ("T1", "hitachi_rssg", hitachi("RSSG", "3D T1 GEIR", tr=9.0, te=4.1, flip=8, scan="GR",
                                   dim="3D")),
    ("T1", "uih_gre_fsp", uih("gre_fsp", "t1_gre_fsp_3d_sag", tr=8.1, te=3.1, ti=750, flip=10,
                              scan="GR", dim="3D")),
    ("T1", "uih_fse", uih("fse", "t1_fse_tra", tr=600, te=11, scan="SE")),
    ("T1", "german", siemens("*tse2d1_4", "T1 TSE tra nativ", tr=600, te=10, scan="SE")),
    ("T1", "french", ge("memp", "SAG SE T1 SANS INJ", tr=480, te=12, scan="SE")),
    ("T1", "philips_inversion", philips("IRTSE", "T1W_IR", tr=2000, te=20, ti=800, scan="IR")),
    ("T1", "hyperfine", {
        "Manufacturer": "Hyperfine Research", "ScanningSequence": ["SE", "IR"], "FlipAngle": 90,
        "MRAcquisitionType": "3D", "RepetitionTime": 1500, "EchoTime": 5.9, "InversionTime": 300}),
    ("T1", "hyperfine_tissue_contrast", maker(
        "Hyperfine, Inc.", "", "T1 (AXI, Gray/White Contrast)", tr=880, te=5.4, ti=354,
        scan=["SE", "IR"], dim="3D")),
    ("T1", "siemens_dark_fluid", siemens(
        "*tir2d1rr7", "t1_tirm_tra_dark-fluid", tr=2000, te=9, ti=860, scan=["SE", "IR"])),
    ("T1", "ge_flair_post", ge("fse-xl", "AX T1 POST GD FLAIR", tr=2200, te=24, ti=750,
        scan=["SE", "IR"], agent="none")),
    ("T1", "in_and_opposed_phase", ge("fgre", "AX DUAL ECHO IN/OUT", tr=180, te=2.2, flip=80,
        scan="GR")),
    ("T1", "mprage_by_times", {"RepetitionTime": 2300, "EchoTime": 3, "InversionTime": 900}),
    ("T1", "spin_echo_by_times", {"RepetitionTime": 500, "EchoTime": 12}),
    # T1 with contrast agent
    ("T1C", "siemens_agent_tag", siemens(
        "*se2d1", "t1_se_tra", tr=500, te=9.4, scan="SE", agent="Gadovist 7ml")),
    ("T1C", "siemens_german_words", siemens("*tse2d1_3", "T1 TSE tra + KM", tr=600, te=10,
        scan="SE")),
    ("T1C", "ge_plus_c", ge("memp", "AX T1 +C", tr=500, te=14, scan="SE")),
    ("T1C", "philips_post_gd", philips("SE", "T1W_SE POST GD", tr=500, te=15, scan="SE")),
    ("T1C", "french_gado", philips("T1TFE", "3D T1 GADO", tr=8, te=3.7, flip=8, scan="GR",
        dim="3D")),
    ("T1C", "spanish", canon("SE", "T1 AX CON CONTRASTE", tr=500, te=12, scan="SE")),
    ("T1C", "italian", uih("fse", "T1 tra DOPO MDC", tr=600, te=11, scan="SE")),
    # T2
    ("T2", "siemens_tse", siemens("*tse2d1_17", "t2_tse_tra", tr=5000, te=100, flip=150,
        scan="SE")),
    ("T2", "siemens_wordless", siemens("*tse2d1_15", "", tr=4000, te=91, scan="SE")),
    ("T2", "siemens_restore", siemens("*tseR2d1_19", "t2_tse_tra_restore", tr=6000, te=99,
        scan="SE")),
    ("T2", "siemens_space", siemens("*spcR_254ns", "t2_spc_sag", tr=3200, te=408, scan="SE")),
    ("T2", "siemens_haste", siemens("*h2d1_179", "haste_cor", tr=1000, te=91, scan="SE")),
    ("T2", "siemens_mrcp", siemens("*spcR_154", "mrcp_3d", tr=2500, te=700, scan="SE")),
    ("T2", "siemens_thick_slab", siemens("*h2d1_320", "", tr=4500, te=750, scan="SE")),
    ("T2", "ge_frfse", ge("frfse-xl", "Ax T2 FRFSE", tr=4500, te=102, scan="SE", dim="2D")),
    ("T2", "ge_ssfse", ge("ssfse", "Cor SSFSE", tr=1200, te=90, scan="SE", dim="2D")),
    ("T2", "ge_fat_suppressed", ge("fse-xl", "Sag T2 FS", tr=4000, te=68, scan="SE",
        options=["FS"])),
    ("T2", "philips_tse", philips("TSE", "T2W_TSE", tr=3000, te=80, scan="SE")),
    ("T2", "philips_spair", philips("TSE", "T2W_SPAIR", tr=4000, te=70, ti=100, scan="SE")),
    ("T2", "canon_fase", canon("FASE3D", "T2 FASE", tr=6000, te=120, scan="SE")),
    ("T2", "canon_wordless", canon("FSE2D", "", tr=4300, te=105, scan="SE")),
    ("T2", "hitachi_fse", hitachi("FSE", "T2 AX", tr=4500, te=120, scan="SE")),
    ("T2", "uih_fse", uih("fse", "t2_fse_cor", tr=4200, te=101, scan="SE")),
    ("T2", "bruker_rare", maker("Bruker BioSpin MRI GmbH", "Bruker:RARE", "T2_TurboRARE", tr=2500,
        te=33, scan="SE")),
    ("T2", "agilent_fast_spin_echo", maker("Agilent", "fsems", "E3", tr=4000, te=40)),
    # FLAIR
    ("FLAIR", "siemens_tirm", siemens(
        "*tir2d1_16", "t2_tirm_tra_dark-fluid", tr=9000, te=81, ti=2500, scan=["SE", "IR"])),
    ("FLAIR", "siemens_space", siemens(
        "*spcir_278ns", "t2_space_dark-fluid_sag", tr=5000, te=387, ti=1800, scan=["SE", "IR"])),
    ("FLAIR", "siemens_wordless", siemens(
        "*spcR_282ns", "", tr=6000, te=394, ti=2100, scan=["SE", "IR"])),
    ("FLAIR", "ge_2d", ge("t2flair", "Ax T2 FLAIR", tr=9000, te=120, ti=2400, scan=["SE", "IR"],
                          ge_b=[0, 8, 0, 0])),
    ("FLAIR", "ge_cube", ge("CubeT2FLAIR", "Sag CUBE FLAIR", tr=6300, te=130, ti=1800,
                            scan=["SE", "IR"], dim="3D")),
    ("FLAIR", "philips_2d", philips("TIR", "FLAIR_longTR", tr=11000, te=125, ti=2800, scan="IR")),
    ("FLAIR", "philips_3d", philips("TIR", "3D FLAIR", tr=4800, te=300, ti=1650, scan="IR",
        dim="3D")),
    ("FLAIR", "canon", canon("FIR2D", "FLAIR", tr=8000, te=105, ti=2100, scan=["SE", "IR"])),
    ("FLAIR", "hitachi", hitachi("FIR", "FLAIR", tr=9000, te=100, ti=2200, scan=["SE", "IR"])),
    ("FLAIR", "uih", uih("fse_mx_ir", "t2_flair", tr=6500, te=420, ti=1950, scan=["SE", "IR"],
        dim="3D")),
    ("FLAIR", "low_field", canon("", "", tr=4000, te=194, ti=1400, scan=["SE", "IR"])),
    # PD
    ("PD", "siemens_knee", siemens("*tse2d1_7", "pd_tse_fs_sag", tr=3200, te=33, scan="SE")),
    ("PD", "siemens_wordless", siemens("*tse2d1_5", "", tr=2800, te=14, scan="SE")),
    ("PD", "siemens_space_knee", siemens("*spcR_48", "pd_space_fs_sag_iso", tr=1000, te=38,
        scan="SE")),
    ("PD", "ge_knee", ge("fse-xl", "Sag PD FS", tr=2600, te=30, scan="SE")),
    ("PD", "philips_knee", philips("TSE", "PDW_SPAIR_SAG", tr=3000, te=30, scan="SE")),
    ("PD", "french", philips("TSE", "SAG DP FAT SAT", tr=2500, te=35, scan="SE")),
    ("PD", "hitachi_shoulder", hitachi("FSE", "", tr=4000, te=12, scan="SE")),
    ("PD", "dual_echo_first", siemens("*tse2d2_5", "pd+t2_tse_tra", tr=3000, te=14, scan="SE")),
    ("T2", "dual_echo_second", siemens("*tse2d2_5", "pd+t2_tse_tra", tr=3000, te=96, scan="SE")),
    # STIR
    ("STIR", "siemens", siemens("*tir2d1_9", "t2_tirm_cor", tr=4500, te=61, ti=160, scan=["SE",
        "IR"])),
    ("STIR", "siemens_wordless", siemens("*tir2d1_11", "", tr=4000, te=50, ti=220, scan=["SE",
        "IR"])),
    ("STIR", "ge", ge("fse-xl", "Sag STIR", tr=4200, te=45, ti=150, scan=["SE", "IR"])),
    ("STIR", "philips", philips("TIR", "STIR_longTE", tr=3500, te=60, ti=165, scan="IR")),
    ("STIR", "hitachi_low_field", hitachi("FIR", "STIR SAG", tr=2500, te=30, ti=85, scan=["SE",
        "IR"])),
    ("STIR", "uih", uih("fse_ir", "stir_sag", tr=3500, te=45, ti=190, scan=["SE", "IR"])),
    ("STIR", "esaote_gradient_echo", maker("ESAOTE", "GE STIR", "GE-STIR", tr=1000, te=16, ti=75,
        scan="GR")),
    ("STIR", "by_times", {"RepetitionTime": 4000, "EchoTime": 50, "InversionTime": 160}),
    # T2*
    ("T2STAR", "siemens_fl2d", siemens("*fl2d1", "t2_fl2d_tra_hemo", tr=650, te=20, flip=20,
        scan="GR")),
    ("T2STAR", "siemens_medic", siemens("*me2d1r3", "t2_me2d_tra", tr=450, te=17, flip=30,
        scan="GR")),
    ("T2STAR", "siemens_wordless", siemens("*fl2d1", "", tr=620, te=19.9, flip=20, scan="GR")),
    ("T2STAR", "ge_gre", ge("gre", "Ax T2* GRE", tr=600, te=15, flip=20, scan="GR", dim="2D")),
    ("T2STAR", "ge_merge", ge("mcmerge", "Ax MERGE", tr=500, te=13, flip=20, scan="GR", dim="2D")),
    ("T2STAR", "philips_ffe", philips("FFE", "T2W_FFE", tr=700, te=16, flip=18, scan="GR")),
    ("T2STAR", "canon_fe", canon("FE2D", "T2* AX", tr=600, te=20, flip=20, scan="GR")),
    # SWI
    ("SWI", "siemens_swi", siemens("*swi3d1r", "SWI_Images", tr=28, te=20, flip=15, scan="GR",
                                   kind=["ORIGINAL", "PRIMARY", "M", "SWI", "ND", "NORM"])),
    ("SWI", "siemens_mip", siemens("*swi3d1r", "mIP_Images(SW)", tr=28, te=20, flip=15, scan="GR",
                                   kind=["ORIGINAL", "PRIMARY", "MNIP", "ND", "NORM"])),
    ("SWI", "siemens_old_name", siemens("*fl3d1r", "SWI_Images", tr=49, te=40, flip=15, scan="GR")),
    ("SWI", "ge_swan", ge("swan", "Ax SWAN", tr=37, te=24, flip=15, scan="GR", dim="3D")),
    ("SWI", "philips_swip", philips("FFE", "SWIp", tr=31, te=7.2, flip=17, scan="GR", dim="3D",
                                    options="FC")),
    ("SWI", "philips_venous_bold", philips("T1FFE", "VEN_BOLD_HR", tr=17, te=24, flip=10,
                                           scan="GR", dim="3D")),
    ("SWI", "uih_swi", uih("gre_swi", "gre_swi_tra", tr=29, te=20, flip=12, scan="GR", dim="3D")),
    # BOLD
    ("BOLD", "siemens", siemens("epfid2d1_64", "ep2d_bold_moco", tr=2000, te=30, flip=90, scan="EP",
                                kind=["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"])),
    ("BOLD", "siemens_wordless", siemens("epfid2d1_104", "", tr=800, te=37, flip=52, scan="EP")),
    ("BOLD", "ge", ge("epiRT", "", tr=2000, te=30, flip=77, scan=["EP", "GR"], options="EPI_GEMS")),
    ("BOLD", "ge_with_a_stale_b_value", ge(
        "cni_epi", "run 1 checkerboard", tr=2000, te=35, scan=["EP", "RM"], inner="EPI",
        options=["MP_GEMS", "EPI_GEMS"], ge_b=[1000, 0, 0, 0])),
    ("BOLD", "philips", philips("FEEPI", "fMRI rest", tr=2000, te=30, flip=76, scan="GR",
        dim="2D")),
    ("BOLD", "philips_anonymised", {
        "Manufacturer": "Philips", "ScanningSequence": "GR", "MRAcquisitionType": "2D", "Rows": 96,
        "Columns": 96, "RepetitionTime": 2200, "EchoTime": 28, "FlipAngle": 80}),
    ("BOLD", "canon", canon("FE_EPI2D", "fMRI", tr=3000, te=25, scan=["GR", "EP"])),
    ("BOLD", "uih", uih("epi_bold", "epi_bold_rest", tr=2000, te=30, scan=["GR", "EP"])),
    # Diffusion
    ("DWI", "siemens_b1000", siemens("*ep_b1000t", "ep2d_diff_3scan_trace_p2_TRACEW", tr=3500,
        te=89,
                                     scan=["EP", "SE"], kind=[*DIFFUSION, "TRACEW", "ND"])),
    ("DWI", "siemens_name_only", siemens("*ep_b1000#1", "", tr=3500, te=89, scan="EP")),
    ("DWI", "siemens_resolve", siemens("*re_b1000", "resolve_diff", tr=4000, te=62, scan="EP")),
    ("DWI", "siemens_calculated", siemens("*ep_calc_b2000", "ep2d_diff_CALC_BVAL", tr=4000, te=70,
                                          scan="EP", kind=[*DIFFUSION, "CALC_BVALUE"])),
    ("DWI", "ge_dwi", ge("epi2", "Ax DWI", tr=8000, te=80, scan=["EP", "SE"], options="EPI_GEMS",
                         ge_b=[1000001000, 8, 0, 0])),
    ("DWI", "philips_dwi", philips("DwiSE", "DWI_b1000", tr=3800, te=80, scan="SE",
        philips_b=1000.0)),
    ("DWI", "canon_dwi", canon("SEEPI2D", "DWI", tr=6000, te=90, scan=["SE", "EP"], b=1000.0)),
    ("DWI", "hitachi_dwi", hitachi("DW-EPI", "DWI b1000", tr=5000, te=90, scan=["SE", "EP"],
        b=1000.0)),
    ("DWI", "uih_dwi", uih("epi_dwi", "", tr=3800, te=75, scan=["SE", "EP"], uih_b=1000.0)),
    ("DWI", "trace_called_adc", siemens("*ep_b50_1000", "ADC_high bvalue", tr=5000, te=70,
        scan="EP",
                                        b=1000.0)),
    ("DWI", "trace_of_a_protocol_with_adc", siemens(
        "*ep_b1400t", "ep2d_diff_tra_ADC_TRACEW", tr=4000, te=70, scan="EP")),
    ("B0", "siemens_b0", siemens("*ep_b0", "ep2d_diff_b0", tr=3500, te=89, scan="EP",
                                 kind=[*DIFFUSION, "NONE", "ND"])),
    ("B0", "philips_b0", philips("DwiSE", "DTI", tr=3800, te=80, scan="SE", b=0.0)),
    ("B0", "canon_b0", canon("SEEPI2D", "DTI", tr=6000, te=90, scan=["SE", "EP"], b=0.0)),
    ("ADC", "siemens_adc", siemens("*ep_b0_1000", "ep2d_diff_ADC", tr=3500, te=89, scan="EP",
                                   kind=[*DIFFUSION, "ADC", "ND"])),
    ("ADC", "ge_adc", ge("epi2", "Apparent Diffusion Coefficient (mm2/s)", tr=8000, te=80,
                         scan=["EP", "SE"], kind=["DERIVED", "SECONDARY", "COMBINED"],
                         ge_b=[1000, 0, 0, 0])),
    ("ADC", "philips_adc", philips("DwiSE", "dADC", tr=3800, te=80, scan="SE",
                                   kind=["DERIVED", "PRIMARY", "ADC", "ADC", "SE"])),
    ("ADC", "canon_adc", canon("SEEPI2D", "ADC", tr=6000, te=90, scan=["SE", "EP"], b=1000.0)),
    ("ADC", "siemens_xa_adc", {
        "Manufacturer": "Siemens Healthineers", "EchoPulseSequence": "GRADIENT",
        "EchoPlanarPulseSequence": "YES", "AcquisitionContrast": "DIFFUSION",
        "ImageType": [*DIFFUSION, "ADC"], "RepetitionTime": 4000, "EchoTime": 68}),
    ("OTHER", "siemens_fa", siemens("*ep_b1000", "ep2d_diff_FA", tr=3500, te=89, scan="EP",
                                    kind=[*DIFFUSION, "FA", "ND"])),
    # Vessels
    ("MRA", "siemens_tof", siemens("*fl3d1r_t70", "TOF_3D_multi-slab", tr=22, te=3.7, flip=18,
                                   scan="GR")),
    ("MRA", "siemens_tof_wordless", siemens("*fl3d1r_t50", "", tr=24, te=4, flip=20, scan="GR")),
    ("MRA", "siemens_tof_mip", siemens(
        "*fl3d1r_t70", "<MIP Range>", tr=22, te=3.7, scan="GR",
        kind=["DERIVED", "SECONDARY", "PROJECTION IMAGE"])),
    ("MRA", "ge_tof", ge("tof3d", "3D TOF", tr=25, te=3.1, flip=20, scan="GR", dim="3D",
                         options=["FC", "VASCTOF_GEMS"])),
    ("MRA", "ge_tof_option_only", ge("", "COW", tr=25, te=3.1, flip=20, scan="GR", dim="3D",
                                     options=["VASCTOF_GEMS"])),
    ("MRA", "philips_tof", philips("FFE", "s3DI_MC_HR TOF", tr=25, te=3.5, flip=20, scan="GR")),
    ("MRA", "philips_phase_contrast", philips("PCA", "3D PCA", tr=20, te=6, flip=15, scan="GR",
                                              kind=["ORIGINAL", "PRIMARY", "M_PCA", "M", "PCA"])),
    ("MRA", "canon_tof", canon("FE3D_TOF", "", tr=22, te=5.6, flip=20, scan="GR", dim="3D")),
    ("MRA", "hitachi_tof", hitachi("TOF", "MRA", tr=30, te=6.9, flip=20, scan="GR", dim="3D")),
    ("MRA", "uih_tof", uih("gre_tof", "", tr=20, te=4, flip=18, scan="GR", dim="3D")),
    ("MRA", "contrast_enhanced", siemens("*fl3d1_ns", "CE-MRA carotid", tr=3, te=1.1, flip=25,
                                         scan="GR", agent="Dotarem")),
    # Perfusion
    ("PERF", "siemens_asl", siemens("tgse3d1_3480", "pasl_3d_tra", tr=4600, te=15, scan="EP",
                                    kind=["ORIGINAL", "PRIMARY", "ASL", "NONE"])),
    ("PERF", "siemens_dsc", siemens("*epfid2d1_128", "ep2d_perf", tr=1600, te=30, flip=90,
        scan="EP")),
    ("PERF", "siemens_cbf", siemens("*epfid2d1_128", "relCBF", tr=1600, te=30, scan="EP",
                                    kind=[*DERIVED, "PERFUSION", "RELCBF"])),
    ("PERF", "ge_asl", ge("3dasl", "3D ASL", tr=4800, te=10.5, scan=["RM"], dim="3D")),
    ("PERF", "ge_dsc", ge("epi", "Ax PERFUSION", tr=1500, te=30, scan=["EP", "GR"])),
    ("PERF", "dsc_wordless", siemens("*epfid2d1_128", "", tr=1600, te=30, scan="EP", times=50,
                                     agent="Gadovist")),
    ("PERF", "philips_dsc", philips("FEEPI", "DSC perfusie", tr=1700, te=40, scan="GR")),
    ("PERF", "dce", siemens("*fl3d1", "DCE_dynamic", tr=5, te=1.8, flip=12, scan="GR")),
    ("PERF", "philips_asl", philips("FEEPI", "pCASL", tr=4200, te=15, scan="GR")),
    # Field maps
    ("FIELDMAP", "siemens", siemens("*fm2d2r", "gre_field_mapping", tr=488, te=4.92, flip=60,
                                    scan="GR", rows=64, columns=64)),
    ("FIELDMAP", "siemens_wordless", siemens("*fm2d2r", "", tr=488, te=4.92, flip=60, scan="GR")),
    ("FIELDMAP", "siemens_phase", siemens("*fm2d2r", "gre_field_mapping", tr=488, te=7.38,
        scan="GR",
                                          kind=["ORIGINAL", "PRIMARY", "P", "ND"])),
    ("FIELDMAP", "spin_echo_epi", siemens("epse2d1_90", "SpinEchoFieldMap_AP", tr=8000, te=66,
                                          scan=["SE", "EP"])),
    ("FIELDMAP", "ge", ge("B0map", "", tr=700, te=4.5, scan="RM")),
    ("FIELDMAP", "philips_b0", philips("FFE", "B0 map", tr=650, te=4.6, flip=60, scan="GR",
                                       kind=["ORIGINAL", "PRIMARY", "B0 MAP", "B0",
                                       "UNSPECIFIED"])),
    ("FIELDMAP", "uih", uih("gre_fieldmap", "gre_fieldmap", tr=500, te=4.9, scan="GR")),
    # Scouts
    ("LOCALIZER", "siemens", siemens("*fl2d1", "localizer", tr=8.6, te=4, flip=20, scan="GR")),
    ("LOCALIZER", "siemens_wordless", siemens("*fl2d1", "", tr=7.5, te=3.4, flip=20, scan="GR")),
    ("LOCALIZER", "siemens_german", siemens("*h2d1_205", "Lokalizer", tr=1500, te=91, scan="SE")),
    ("LOCALIZER", "ge_plane_code", ge("fgre", "", tr=5.5, te=1.7, flip=30, scan="GR",
        ge_plane=256)),
    ("LOCALIZER", "philips_survey", philips("TFE", "Survey_32ch", tr=11, te=4.6, flip=20,
        scan="GR")),
    ("LOCALIZER", "french", philips("TSE", "REPERAGE", tr=1200, te=80, scan="SE")),
    ("LOCALIZER", "uih_scout", uih("gre", "scout", tr=6, te=2.8, scan="GR")),
    ("LOCALIZER", "siemens_autoalign", siemens("*fl3d1_ns", "", tr=3.15, te=1.37, flip=8,
        scan="GR")),
    ("LOCALIZER", "canon_locator", canon("FE2D", "Locator", tr=20, te=5, flip=20, scan="GR")),
    # Everything else
    ("OTHER", "siemens_dess", siemens("*de3d1", "t2_de3d_we_cor", tr=14, te=5, flip=25,
        scan="GR")),
    ("OTHER", "ge_calibration", ge("efgre3d", "Cal Head 24", tr=2, te=0.6, flip=1, scan="GR")),
    ("OTHER", "philips_reference", philips("FFE", "Ref_Head_32", tr=4, te=0.6, flip=7,
        scan="GR")),
    ("OTHER", "siemens_cine", siemens("*tfi2d1_12", "cine_trufi_4ch", tr=40, te=1.4, flip=60,
                                      scan="GR", heart=25)),
    ("OTHER", "siemens_ciss", siemens("*ci3d1_51", "t2_ci3d_tra", tr=6, te=2.7, flip=70,
        scan="GR")),
    ("OTHER", "ge_fiesta", ge("3dfiesta", "Ax 3D FIESTA", tr=4.9, te=2.1, flip=60, scan="GR")),
    ("OTHER", "philips_bffe_wordless", philips("BFFE", "", tr=3.4, te=1.7, flip=60, scan="GR")),
    ("OTHER", "balanced_by_times", philips("", "", tr=3.4, te=1.7, flip=60, scan="GR", dim="2D")),
    ("OTHER", "siemens_t1_map", siemens("*tfl3d1_16ns", "T1_Images", tr=5000, te=2.98, flip=4,
                                        scan=["GR", "IR"], kind=[*DERIVED, "T1 MAP", "ND"])),
    ("OTHER", "siemens_second_inversion", siemens(
        "*tfl3d1_16ns", "t1_mp2rage_INV2", tr=5000, te=2.98, ti=2500, flip=5, scan=["GR", "IR"])),
    ("T2STAR", "philips_qsm", philips("FFE", "QSM", tr=40, te=6, scan="GR", dim="3D")),
    ("OTHER", "philips_fat_fraction", philips("FFE", "mDIXON-Quant", tr=6, te=1, scan="GR",
                                              kind=[*DERIVED, "FF", "FF", "FFE"])),
    ("OTHER", "siemens_fat_image", siemens("*fl3d2", "t1_vibe_dixon_tra_F", tr=4, te=1.3, flip=9,
                                           scan="GR", kind=[*DERIVED, "DIXON", "FAT"])),
    ("OTHER", "siemens_fat_by_name", siemens(
        "*fl3d2", "t1_vibe_dixon_tra_bh_F", tr=4, te=1.3, flip=9, scan="GR")),
    ("OTHER", "late_enhancement", siemens(
        "*fl2d1", "LGE psir sax", tr=750, te=3.3, ti=300, flip=25, scan=["GR", "IR"])),
    ("OTHER", "siemens_swi_phase", siemens("*swi3d1r", "Pha_Images", tr=28, te=20, scan="GR",
                                           kind=["ORIGINAL", "PRIMARY", "P", "ND"])),
    ("OTHER", "siemens_dir", siemens("*spcirR_220", "t2_space_DIR", tr=7500, te=318, ti=3000,
                                     scan=["SE", "IR"])),
    ("OTHER", "inversion_epi", ge("epi", "", tr=3000, te=47, ti=400, scan=["EP", "SE"])),
    ("OTHER", "bruker_spectra", maker("Bruker BioSpin MRI GmbH", "Bruker:PRESS", "", tr=2500)),
    ("FIELDMAP", "bruker", maker("Bruker BioSpin MRI GmbH", "Bruker:FieldMap", "", tr=20, flip=30,
                                 scan="RM", dim="3D")),
    ("OTHER", "coil_calibration", ge("efgre3d", "ASSET calibration", tr=150, te=2, scan="GR")),
    ("OTHER", "screen_save", ge("", "Screen Save", kind=["DERIVED", "SECONDARY", "SCREEN SAVE"])),
]  # fmt: skip


CASES = [pytest.param(sequence, header, id=f"{sequence}-{n}") for sequence, n, header in HEADERS]

# These need words, or the other series of the study, to be told; an ADC map has the times and the
# b value of the images that it is computed from.
NEED_WORDS = frozenset({"LOCALIZER", "OTHER", "PERF", "SWI", "FIELDMAP", "MRA", "STIR", "ADC"})
WITHOUT_WORDS = [case for case in CASES if case.values[0] not in NEED_WORDS]


def without_words(header: Header) -> Header:
    words = ("SeriesDescription", "ProtocolName")
    return {key: header[key] for key in header if key not in words}


@pytest.mark.parametrize(("sequence", "header"), CASES)
def test_typical_header_of_a_vendor_claims_its_sequence(
    make_series: Any, sequence: str, header: Header
) -> None:
    claim = claim_of(make_series(header))
    assert claim.sequence == sequence, claim
    assert claim.confidence >= 0.6
    assert all(claim.evidence)
    assert claim.source


@pytest.mark.parametrize(("sequence", "header"), WITHOUT_WORDS)
def test_physics_alone_never_names_another_family(
    make_series: Any, sequence: str, header: Header
) -> None:
    claim = claim_of(make_series(without_words(header)))
    assert family_of(claim.sequence) in (family_of(sequence), family_of(UNKNOWN)), claim


def test_physics_alone_names_nearly_all(make_series: Any) -> None:
    claims = [claim_of(make_series(without_words(case.values[1]))) for case in WITHOUT_WORDS]
    unknown = [claim for claim in claims if claim.sequence == UNKNOWN]
    assert len(unknown) <= 0.05 * len(claims)
