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
        ("SIEMENS", "*tse2d1_17", {t.SPIN}),
        ("SIEMENS", "*h2d1_96", {t.SPIN}),
        ("SIEMENS", "*spc3d1_12", {t.SPIN}),
        ("SIEMENS", "*spcir_278ns", {t.SPIN, t.INVERSION}),
        ("SIEMENS", "*tir2d1_20", {t.SPIN, t.INVERSION}),
        ("SIEMENS", "*tfl3d1_16ns", {t.GRADIENT, t.MPRAGE}),
        ("SIEMENS", "*fl2d12", {t.GRADIENT}),
        ("SIEMENS", "*fl3d1r_t70", {t.GRADIENT, t.FLIGHT}),
        ("SIEMENS", "*fl3d1_v80in", {t.GRADIENT, t.FLOW}),
        ("SIEMENS", "*fm2d2r", {t.GRADIENT, t.FIELD}),
        ("SIEMENS", "*swi3d1r", {t.GRADIENT, t.SUSCEPTIBILITY}),
        ("SIEMENS", "*de3d1", {t.GRADIENT, t.BALANCED}),
        ("SIEMENS", "*ci3d1_120", {t.GRADIENT, t.BALANCED}),
        ("SIEMENS", "*epfid2d1_64", {t.GRADIENT, t.PLANAR}),
        ("SIEMENS", "*epse2d1_86", {t.SPIN, t.PLANAR}),
        ("SIEMENS", "*ep_b1000#2", {t.PLANAR, t.DIFFUSION}),
        ("SIEMENS", r"%SiemensSeq%\ep2d_diff", {t.PLANAR, t.DIFFUSION}),
        ("SIEMENS", r"%CustomerSeq%\cmrr_mbep2d_bold", {t.PLANAR, t.GRADIENT}),
        ("SIEMENS", r"%SiemensSeq%\ep2d_se", {t.PLANAR, t.SPIN}),
        ("GE MEDICAL SYSTEMS", "3-Plane", {t.SCOUT}),
        ("GE MEDICAL SYSTEMS", "fse-xl", {t.SPIN}),
        ("GE MEDICAL SYSTEMS", "CSCube", {t.SPIN}),
        ("GE MEDICAL SYSTEMS", "efgre3d", {t.GRADIENT}),
        ("GE MEDICAL SYSTEMS", "BRAVO", {t.GRADIENT, t.MPRAGE}),
        ("GE MEDICAL SYSTEMS", "mcmerge", {t.GRADIENT}),
        ("GE MEDICAL SYSTEMS", "3dfiesta", {t.GRADIENT, t.BALANCED}),
        ("GE MEDICAL SYSTEMS", "3dtof", {t.GRADIENT, t.FLIGHT}),
        ("GE MEDICAL SYSTEMS", "2dpc", {t.GRADIENT, t.FLOW}),
        ("GE MEDICAL SYSTEMS", "epi2muse", {t.PLANAR}),
        ("GE MEDICAL SYSTEMS", "epiRT", {t.PLANAR, t.GRADIENT}),
        ("GE MEDICAL SYSTEMS", "research/ABCD/epi_pepolar", {t.PLANAR, t.FIELD}),
        ("GE MEDICAL SYSTEMS", "PROBE-P", {t.SPECTROSCOPY}),
        ("Philips", "TSE", {t.SPIN}),
        ("Philips", "GraSE", {t.SPIN, t.PLANAR}),
        ("Philips", "TIR", {t.SPIN, t.INVERSION}),
        ("Philips", "T1TFE", {t.GRADIENT, t.MPRAGE}),
        ("Philips", "B-TFE", {t.GRADIENT, t.BALANCED}),
        ("Philips", "FEEPI", {t.GRADIENT, t.PLANAR}),
        ("Philips", "DwiSE", {t.SPIN, t.PLANAR, t.DIFFUSION}),
        ("Philips", "SEEPI", {t.SPIN, t.PLANAR}),
        ("TOSHIBA", "FASE3D", {t.SPIN}),
        ("TOSHIBA", "SEEPI2D+0.7", {t.SPIN, t.PLANAR}),
        ("TOSHIBA", "FIR", {t.SPIN, t.INVERSION}),
        ("TOSHIBA", "FE_SSFP", {t.GRADIENT, t.BALANCED}),
        ("HITACHI", "3DRSSG", {t.GRADIENT}),
        ("HITACHI", "3DBASG", {t.GRADIENT, t.BALANCED}),
        ("HITACHI", "isoFSE", {t.SPIN}),
        ("HITACHI", "DW-EPI", {t.SPIN, t.PLANAR, t.DIFFUSION}),
        ("UIH", "fse_ir", {t.SPIN, t.INVERSION}),
        ("UIH", "gre_fsp", {t.GRADIENT, t.MPRAGE}),
        ("UIH", "gre_bssfp", {t.GRADIENT, t.BALANCED}),
        ("UIH", "epi_bold", {t.PLANAR, t.GRADIENT}),
        ("UIH", "epi_dti", {t.PLANAR, t.SPIN, t.DIFFUSION}),
        ("Bruker BioSpin", "Bruker:DtiEpi", {t.SPIN, t.PLANAR, t.DIFFUSION}),
        ("Bruker BioSpin", "Bruker:MGE", {t.GRADIENT}),
        ("Bruker BioSpin", "FAIR_EPI (pvm)", {t.PLANAR, t.LABELLING}),
    ],
)
def test_the_name_of_a_sequence_tells_how_the_signal_was_made(
    make_series: Any, maker: str, name: str, used: set[str]
) -> None:
    private = {"G": {GE_NAME: ("LO", name)}, "P": {PHILIPS_NAME: ("LO", name)}}
    header = {"Manufacturer": maker} | private.get(maker[0], {"SequenceName": name})
    assert attributes_of(make_series(header)).techniques.keys() == used


@pytest.mark.parametrize("maker", ["CANON_MEC", "HITACHI", "Philips"])
def test_the_inversion_beside_a_gradient_echo_is_no_spin_echo_of_that_name(
    make_series: Any, maker: str
) -> None:
    header = {"Manufacturer": maker, "ScanningSequence": ["GR", "IR"]}
    assert attributes_of(make_series(header)).techniques.keys() == {t.GRADIENT, t.INVERSION}


def test_the_epi_factor_of_philips_tells_a_planar_readout(make_series: Any) -> None:
    header = {"Manufacturer": "Philips", "ScanningSequence": "SE", "EchoTime": 80}
    header |= {"RepetitionTime": 4000, "SeriesDescription": "DWI"}
    single, several = (make_series(header | {(0x2001, 0x1013): ("SL", n)}) for n in (1, 51))
    assert t.PLANAR not in attributes_of(single).techniques
    assert t.PLANAR in attributes_of(several).techniques
    assert claim_of(several).sequence == "DWI"
