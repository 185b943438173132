"""A file named by BIDS says in its suffix what it is, however people and spaces are called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from napari_mrseq.header import HeaderClaim, claim_of
from napari_mrseq.reading import read


def claim_on(folder: Path, name: str, sidecar: dict[str, Any] | None = None) -> HeaderClaim:
    """Return the claim on a NIfTI file of a name, with a sidecar that tells little, or another."""
    path = folder / f"{name}.nii.gz"
    nib.save(nib.Nifti1Image(np.zeros((32, 32, 20), np.int16), np.eye(4)), path)
    path.with_name(f"{name}.json").write_text(json.dumps(sidecar or {"SkullStripped": False}))
    (series,) = read(path)
    claim = claim_of(series)
    assert claim is not None
    return claim


@pytest.mark.parametrize(
    ("sequence", "name"),
    [
        ("T2", "sub-01_space-T1w_desc-preproc_T2w"),
        ("FLAIR", "sub-01_space-T1w_FLAIR"),
        ("T2", "sub-01_ses-T1_T2w"),
        ("FLAIR", "sub-T1_ses-01_FLAIR"),
        ("T1", "sub-PD001_T1w"),
        ("T1", "sub-MRS-012_T1w"),
        ("T1", "sub-DWI01_ses-bold_T1w"),
        ("T2", "sub-CINE03_T2w"),
        ("FIELDMAP", "sub-01_dir-AP_epi"),
        ("FIELDMAP", "sub-01_acq-dwi_dir-AP_epi"),
        ("BOLD", "sub-01_task-stir_bold"),
        ("BOLD", "sub-01_task-rest_space-T1w_boldref"),
        ("B0", "sub-01_space-T1w_dwiref"),
        ("BOLD", "sub-01_task-rest_dir-AP_sbref"),
        ("B0", "sub-01_acq-98_dir-AP_sbref"),
        ("BOLD", "rest_sbref"),
        ("T1", "sub-01_acq-fmri_T1w"),
        ("PD", "sub-01_acq-T2sel_PDw"),
        ("T2STAR", "sub-01_acq-qsm_T2starw"),
        ("T1", "tpl-MNI152NLin6Asym_res-01_T1w"),
        ("OTHER", "sub-01_acq-famp_TB1TFL"),
        ("OTHER", "sub-01_acq-tr1_TB1AFI"),
        ("OTHER", "sub-01_acq-body_RB1COR"),
    ],
)
def test_suffix_says_the_sequence(tmp_path: Path, sequence: str, name: str) -> None:
    assert claim_on(tmp_path, name).sequence == sequence


@pytest.mark.parametrize(
    ("sequence", "name"),
    [
        ("STIR", "sub-01_acq-stir_T2w"),
        ("ADC", "sub-01_space-T1w_desc-ADC_dwi"),
        ("B0", "sub-01_space-T1w_acq-b0_dwi"),
        ("OTHER", "sub-01_space-T1w_acq-psir_T1w"),
        ("B0", "sub-01_task-x_acq-dwi_sbref"),
        ("OTHER", "sub-T1_flip-1_mt-on_MTS"),
        ("T1", "sub-01_ses-PD_inv-1_MP2RAGE"),
    ],
)
def test_words_of_the_acquisition_say_what_no_suffix_does(
    tmp_path: Path, sequence: str, name: str
) -> None:
    assert claim_on(tmp_path, name).sequence == sequence


@pytest.mark.parametrize(
    ("sequence", "sidecar"),
    [
        ("B0", {"EchoTime": 0.089, "FlipAngle": 78}),
        ("B0", {"EchoTime": 0.089, "TaskName": "rest"}),
        ("BOLD", {"EchoTime": 0.03, "TaskName": "rest"}),
        ("BOLD", {"TaskName": "rest"}),
        ("BOLD", {"EchoTime": 0.03, "FlipAngle": 52}),
    ],
)
def test_a_reference_without_a_task_in_its_name_may_have_one_all_the_same(
    tmp_path: Path, sequence: str, sidecar: dict[str, Any]
) -> None:
    sidecar = {"ScanningSequence": "EP"} | sidecar
    assert claim_on(tmp_path, "sub-01_dir-AP_sbref", sidecar).sequence == sequence


@pytest.mark.parametrize("name", ["dwi_AP_SBRef", "ep2d_diff_b0", "sub-01_acq-dwi_dir-AP_sbref"])
def test_what_is_called_diffusion_is_no_task_by_a_sidecar_that_names_one(
    tmp_path: Path, name: str
) -> None:
    sidecar = {"ScanningSequence": "EP", "EchoTime": 0.055, "TaskName": "rest"}
    assert claim_on(tmp_path, name, sidecar).sequence == "B0"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sub-01_space-T1w_dseg", "dseg"),
        ("sub-01_space-T1w_label-GM_probseg", "probseg"),
        ("sub-01_desc-T1w_mask", "mask"),
        ("sub-01_T1w_defacemask", "defacemask"),
        ("sub-01_T1w_label-lesion_roi", "roi"),
        ("sub-01_PDmap", "PDmap"),
        ("sub-01_space-T1w_model-tensor_param-md_dwimap", "dwimap"),
        ("sub-01_space-T1w_stat-t_statmap", "statmap"),
        ("sub-01_space-T1w_cortthickness", "cortthickness"),
        ("sub-01_task-rest_part-phase_bold", "part-phase"),
        ("sub-01_task-rest_phase", "phase"),
        ("t1_brain_mask", "mask"),
    ],
)
def test_maps_masks_and_phases_are_no_picture_of_a_sequence(
    tmp_path: Path, name: str, said: str
) -> None:
    claim = claim_on(tmp_path, name)
    assert claim.sequence == "OTHER"
    assert claim.evidence == (f'file name says "{said}"',)
    assert claim.named == ("OTHER",)


@pytest.mark.parametrize(
    ("sequence", "name"),
    [
        ("T1C", "sub-01_ce-gadolinium_T1w"),
        ("T1C", "sub-pre_ce-Gd_T1w"),
        ("T1C", "sub-01_ses-pre_acq-post_T1w"),
        ("T1", "sub-01_ce-none_T1w"),
        ("T1", "sub-01_ce-no_T1w"),
        ("T1", "sub-01_ses-post_T1w"),
        ("T1", "sub-KM01_T1w"),
    ],
)
def test_agent_is_read_from_its_entity_and_from_no_subject_or_session(
    tmp_path: Path, sequence: str, name: str
) -> None:
    assert claim_on(tmp_path, name).sequence == sequence


@pytest.mark.parametrize("name", ["sub-DWI01_T1w_brain", "sub-DWI01_ses-PD_t1w-3d"])
def test_words_that_a_name_of_bids_holds_besides_entities_are_read(
    tmp_path: Path, name: str
) -> None:
    assert claim_on(tmp_path, name).evidence == ('file name says "t1w"',)


def test_a_description_is_asked_before_the_name_of_the_file(tmp_path: Path) -> None:
    claim = claim_on(tmp_path, "sub-01_T1w", {"SeriesDescription": "t2_tse_tra"})
    assert claim.evidence == ('description says "t2"',)
    alike = claim_on(tmp_path, "sub-02_T1w", {"SeriesDescription": "T1w"})
    assert alike.evidence == ('description says "t1w"',)


@pytest.mark.parametrize("name", ["FLAIR-ses_1", "stroke_FLAIR", "acq-flair_1"])
def test_a_file_of_any_other_name_is_read_as_text(tmp_path: Path, name: str) -> None:
    assert claim_on(tmp_path, name).sequence == "FLAIR"


def test_a_name_that_is_a_suffix_alone_is_read_as_text(tmp_path: Path) -> None:
    assert claim_on(tmp_path, "epi").named == ()


def test_a_mask_is_no_picture_whatever_its_sidecar_has_from_the_image(tmp_path: Path) -> None:
    copied = {"TaskName": "rest", "RepetitionTime": 2, "EchoTime": 0.03, "ScanningSequence": "EP"}
    claim = claim_on(tmp_path, "sub-01_task-rest_desc-brain_mask", copied)
    assert claim.sequence == "OTHER"


@pytest.mark.parametrize(
    ("name", "sequence"),
    [
        ("sub-01_dseg", "OTHER"),
        ("sub-01_T1map", "OTHER"),
        ("sub-01_T1w", None),
        # As tools name theirs, by no standard.
        ("BraTS_001_seg", "OTHER"),
        ("x_dseg", "OTHER"),
        ("x_probseg", "OTHER"),
        ("t1_brain_mask", "OTHER"),
        ("mask", "OTHER"),
        ("aparc.a2009s+aseg", "OTHER"),
        ("wmparc", "OTHER"),
        ("MOLLI_T1map", "OTHER"),
        # Pictures without skull, or a part of one.
        ("brainmask", None),
        ("T1_roi", None),
        ("T1_masked", None),
        # Musculoskeletal.
        ("knee_MSK", None),
    ],
)
def test_without_a_sidecar_only_what_is_no_picture_is_claimed_by_its_name(
    tmp_path: Path, name: str, sequence: str | None
) -> None:
    path = tmp_path / f"{name}.nii.gz"
    nib.save(nib.Nifti1Image(np.zeros((32, 32, 20), np.int16), np.eye(4)), path)
    (series,) = read(path)
    claim = claim_of(series)
    assert (claim.sequence if claim else None) == sequence
