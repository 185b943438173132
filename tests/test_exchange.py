"""Headers that were exchanged between two series of a study."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from napari_mrseq import classify, load_model, read
from napari_mrseq.exchange import exchanged, study_by_study, with_exchanges
from napari_mrseq.header import HeaderClaim
from napari_mrseq.series import Failure
from tests.program import program

KNOWN = ("T1", "T2", "FLAIR", "PD", "DWI", "UNKNOWN")


def said(header, *, named=(), atypical=False, **shares):
    """Return the witnesses of a series; what is left of the probability goes to all alike."""
    rest = (1 - sum(shares.values())) / len(KNOWN)
    claim = HeaderClaim(header, 0.9, named=named, atypical=atypical)
    return {code: shares.get(code, 0.0) + rest for code in KNOWN}, claim


def test_two_weak_witnesses_make_a_strong_one():
    # Neither network denies what its own header says, but both would rather have the other's.
    study = [said("T2", T1=0.6, T2=0.2), said("DWI", DWI=0.9), said("T1", T2=0.75, T1=0.05)]
    assert exchanged(study) == [(0, 2)]


def test_honest_headers_are_left_alone_however_unsure_the_network_is():
    wrong = said("T1", T2=0.7, T1=0.2)
    assert exchanged([wrong, said("T2", T2=0.9), said("FLAIR", FLAIR=0.5, T2=0.3)]) == []
    assert exchanged([said("T1", T1=0.3, T2=0.3), said("T2", T2=0.3, T1=0.3)]) == []


def test_headers_that_would_fit_hardly_better_the_other_way_round_are_left_alone():
    assert exchanged([said("T1", T1=0.48, T2=0.49), said("T2", T2=0.48, T1=0.49)]) == []


def test_a_header_that_is_clearly_its_own_is_not_exchanged_with_one_that_lies():
    sound = said("PD", PD=0.93, FLAIR=0.01)
    assert exchanged([sound, said("PD", named=("FLAIR",), PD=0.93, FLAIR=0.001)]) == []
    assert exchanged([sound, said("FLAIR", PD=0.93)]) == []
    # However badly that lies.
    assert exchanged([sound, said("FLAIR", PD=0.999)]) == []


def test_descriptions_that_were_exchanged_alone_are_found_though_the_tags_are_right():
    study = [said("T2", named=("T1",), T2=0.9), said("T1", named=("T2",), T1=0.9)]
    assert exchanged(study) == [(0, 1)]


def test_a_header_that_names_several_is_right_with_any_of_them():
    both = ("T1", "T2")
    study = [said("FIELDMAP", named=both, FLAIR=0.6, T2=0.2), said("FLAIR", T2=0.6, FLAIR=0.2)]
    assert exchanged(study) == [(0, 1)]
    # It is true of its own pixels: that the other's is not makes no exchange.
    assert exchanged([said("T2", named=both, T2=0.9), said("T2", T1=0.9)]) == []


def test_images_in_opposed_phase_are_not_exchanged_for_looking_strange():
    usual, opposed = (
        [said("T1", atypical=flag, T2=0.6, T1=0.2), said("T2", atypical=flag, T1=0.6, T2=0.2)]
        for flag in (False, True)
    )
    assert exchanged(usual) == [(0, 1)]
    assert exchanged(opposed) == []


def test_what_belongs_to_no_study_or_can_not_be_read_is_left_as_it_is(exchanged_study):
    model = load_model(device="cpu")
    alone = [classify(one, model, fast=True) for one in read(exchanged_study)]
    assert any(one.remarks for one in with_exchanges(alone))
    lost = Failure("bad.dcm", "no image")
    strangers = [replace(one, series=replace(one.series, study_uid=None)) for one in alone]
    assert with_exchanges([lost, *strangers]) == [lost, *strangers]


def test_headers_of_two_patients_are_not_exchanged(exchanged_study):
    model = load_model(device="cpu")
    alone = [classify(one, model, fast=True) for one in read(exchanged_study)]
    apart = [
        replace(one, series=replace(one.series, patient=number)) for number, one in enumerate(alone)
    ]
    assert with_exchanges(apart) == apart


def test_a_series_without_its_partner_is_judged_alone_again(exchanged_study):
    model = load_model(device="cpu")
    alone = [classify(one, model, fast=True) for one in read(exchanged_study)]
    together = with_exchanges(alone)
    (place, *_) = (index for index, verdict in enumerate(together) if verdict.remarks)
    (left,) = with_exchanges([together[place]])
    assert left.to_dict() == alone[place].to_dict() != together[place].to_dict()


def test_a_study_is_let_go_of_once_it_is_judged(exchanged_study):
    model = load_model(device="cpu")
    alone = [classify(one, model, fast=True) for one in read(exchanged_study)]
    other = [replace(one, series=replace(one.series, study_uid="1.2.3")) for one in alone]
    cohort = iter([*alone, *other])
    run = study_by_study(cohort, [one.series for one in [*alone, *other]])
    first = [next(run) for _ in alone]
    assert any(one.remarks for one in first)
    assert next(cohort) is other[0]
    # Series without a number stand after those of other studies.
    mixed = [*alone[:-1], other[0], alone[-1], *other[1:]]
    found = study_by_study(mixed, [one.series for one in mixed])
    assert [one.to_dict() for one in found] == [one.to_dict() for one in with_exchanges(mixed)]


def test_what_cannot_be_held_against_a_header_is_not():
    field_map = said("FIELDMAP", T1=0.9)
    strange = said("T2", UNKNOWN=0.9, T1=0.09)
    nothing = {**dict.fromkeys(KNOWN, 0.1), "T2": 0.5}, None
    # What looks like a T2 says that it is CT, and its description names vessels.
    ct = said("T1", T2=0.9)[0], HeaderClaim("UNKNOWN", 0.95, ("Modality CT",), named=("T1",))
    assert exchanged([field_map, strange, nothing, ct, said("T2", T1=0.9)]) == []
    assert exchanged([said("T1", UNKNOWN=0.97, T2=0.02), said("T2", T1=0.9)]) == []
    assert exchanged([said("T1", T2=0.9), said("T2", T1=0.9)]) == [(0, 1)]


def test_each_series_is_exchanged_with_one_other_at_most():
    unclear = said("T1", T2=0.7, T1=0.1)
    assert exchanged([said("T1", T2=0.8), said("T2", T1=0.8), unclear]) == [(0, 1)]
    assert exchanged([unclear, said("T2", T1=0.8), said("T1", T2=0.8)]) == [(1, 2)]


def test_both_series_of_an_exchange_are_named_by_their_pixels_and_name_each_other(exchanged_study):
    done = program(exchanged_study, "classify", ".", "--format", "json")
    assert done.returncode == 0, done.stderr
    records = {Path(record["path"]).name: record for record in json.loads(done.stdout)}
    t1, t2 = records["t1_se_tra"], records["t2_tse_tra"]
    assert (t1["sequence"], t2["sequence"]) == ("T2", "T1")
    assert (t1["header"]["sequence"], t2["header"]["sequence"]) == ("T1", "T2")
    assert t1["conflict"]
    assert t2["conflict"]
    assert any("swapped with that of series 3 t2_tse_tra" in w for w in t1["warnings"])
    assert any("swapped with that of series 8 t1_se_tra" in w for w in t2["warnings"])
    assert t1["confidence"] == t1["pixels"]["confidence"]
    assert not records["pd_tse_tra"]["conflict"]
