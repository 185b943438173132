from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import dask.array as da
import jsonschema
import numpy as np
import pytest
import torch
from dask.callbacks import Callback
from pydicom import dcmread
from pydicom.uid import RLELossless
from safetensors.torch import save_file

import napari_mrseq
from napari_mrseq import classify, classify_study, load_model, read
from napari_mrseq.batch import classify_many
from napari_mrseq.correction import Correction
from napari_mrseq.judging import classify_steps, conclude
from napari_mrseq.model import Model
from napari_mrseq.model.card import KEY, TORCHVISION, Calibration, Card
from napari_mrseq.model.networks import LITE, build
from napari_mrseq.report import failure_record, records_of, to_csv, to_table
from napari_mrseq.series import series_from_array

SAMPLE = Path(napari_mrseq.__file__).parent / "sample_study"


def sample_pixels(folder: str) -> np.ndarray:
    return np.asarray(read(SAMPLE / folder)[0].pixels)


@pytest.mark.parametrize("packed", [False, True])
def test_a_run_is_not_followed_by_what_follows_the_drawing_of_slices(packed, tmp_path):
    def forgotten(key, *_):
        # By napari's cache, once the computation of another thread has ended.
        raise KeyError(key)

    path = SAMPLE / "t1_se_tra"
    if packed:
        path = shutil.make_archive(tmp_path / "study", "zip", path)
    (series,) = read(path)
    with Callback(posttask=forgotten):
        assert classify(series, load_model(), slices=[8]).sequence == "T1"


def test_noise_is_unknown_and_its_record_fits_the_schema(schema_file):
    noise = np.random.default_rng(0).normal(size=(6, 64, 80))
    seen = []
    verdict = classify(
        series_from_array(noise, name="noise"),
        load_model(device="cpu"),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert verdict.sequence == "UNKNOWN"
    assert seen[-1] == (6, 6)
    record = verdict.to_dict()
    jsonschema.validate([record], json.loads(schema_file.read_text()))
    assert [entry["index"] for entry in record["slices"]] == list(range(6))
    assert sum(record["probabilities"].values()) == pytest.approx(1, abs=0.002)


def test_model_series_and_verdict_are_told_in_a_line():
    """As a notebook shows them: without UIDs, matrices and the card's history."""
    (series,), model = read(SAMPLE / "t2_tse_tra"), load_model(device="cpu")
    verdict = classify(series, model, fast=True)
    assert all("\n" not in repr(one) and len(repr(one)) < 1500 for one in (model, series, verdict))
    assert "mrseq-1" in repr(model)
    assert "t2_tse_tra" in repr(series)
    assert "T2" in repr(verdict)


def test_a_stack_that_shows_nothing_is_said_to():
    black = replace(read(SAMPLE / "t2_tse_tra")[0], pixels=da.zeros((4, 64, 64)), instance_uids=())
    verdict = classify(black, load_model(device="cpu"))
    assert "no slice shows anything that could be judged" in verdict.to_dict()["warnings"]


def test_a_run_can_be_stopped_between_batches():
    steps = classify_steps(
        series_from_array(np.ones((100, 32, 32)), name="stack"), load_model(device="cpu")
    )
    first = next(steps)
    steps.close()
    assert 0 < first.done < first.total == 100


def test_chosen_slices_of_a_4d_series_keep_their_volume():
    series = series_from_array(np.random.default_rng(1).random((2, 3, 32, 32)), name="4-D")
    verdict = classify(series, load_model(device="cpu"), slices=[0, 1, 5])
    assert [(s.volume, s.index) for s in verdict.slices] == [(0, 0), (0, 1), (1, 2)]


def test_fast_looks_at_a_few_slices_of_each_volume():
    series = series_from_array(np.random.default_rng(1).random((2, 30, 32, 32)), name="4-D")
    verdict = classify(series, load_model(device="cpu"), fast=True)
    assert {s.volume for s in verdict.slices} == {0, 1}
    assert len(verdict.slices) <= 10


@pytest.mark.parametrize("shape", [(5, 32, 32), (3, 3, 32, 32)], ids=str)
def test_fast_looks_at_all_of_a_small_series(shape):
    series = series_from_array(np.random.default_rng(1).random(shape), name="small")
    verdict = classify(series, load_model(device="cpu"), fast=True)
    assert [one.number_in(series) for one in verdict.slices] == list(range(series.slice_count))


def test_fast_looks_at_five_slices_of_the_middle_of_a_stack():
    series = series_from_array(np.random.default_rng(1).random((30, 32, 32)), name="stack")
    verdict = classify(series, load_model(device="cpu"), fast=True)
    numbers = [one.index for one in verdict.slices]
    assert len(numbers) == 5
    assert numbers == sorted(numbers)
    # The ends of a stack show little.
    assert 6 <= numbers[0] < numbers[-1] <= 23


def test_only_fewer_slices_than_fast_looks_at_are_a_warning():
    series, model = read(SAMPLE / "t2_tse_tra")[0], load_model(device="cpu")
    fast, whole = classify(series, model, fast=True), classify(series, model)
    few = replace(whole, slices=whole.slices[: len(fast.slices) - 1])
    told = f"judged from {len(few.slices)} of {series.slice_count} slices"
    assert told in few.to_dict()["warnings"]
    enough = (whole, fast, replace(whole, slices=whole.slices[: len(fast.slices)]))
    assert not [w for one in enough for w in one.to_dict()["warnings"] if "judged from" in w]
    # A person's word on the whole series rests on no slices.
    said = few.corrected([Correction(0, series.slice_count - 1, "T1")]).to_dict()
    assert told not in said["warnings"]


def test_fast_looks_at_no_more_slices_of_a_long_time_series():
    series = series_from_array(np.random.default_rng(1).random((40, 30, 32, 32)), name="BOLD")
    verdict = classify(series, load_model(device="cpu"), fast=True)
    assert {s.volume for s in verdict.slices} == {0, 20, 39}
    assert len(verdict.slices) <= 10
    assert all(5 < s.index < 25 for s in verdict.slices)


def damage(path: Path) -> None:
    """Compress a slice, and spoil what is compressed."""
    file = dcmread(path)
    file.decompress(generate_instance_uid=False)
    file.compress(RLELossless, generate_instance_uid=False)
    file.save_as(path)
    held = path.read_bytes()
    # Behind the header of the segments.
    start = held.index(file.PixelData) + 100
    path.write_bytes(held[:start] + b"\x80" * 300 + held[start + 300 :])


def test_a_slice_that_cannot_be_decoded_is_left_out_and_named(tmp_path, schema_file):
    shutil.copytree(SAMPLE / "t2_tse_tra", tmp_path / "t2")
    (series,) = read(tmp_path / "t2")
    damaged = series.files[3]
    damage(Path(damaged))
    verdict = classify(read(tmp_path / "t2")[0], load_model(device="cpu"))
    assert verdict.sequence == "T2"
    lost = verdict.slices[3]
    assert (lost.sequence, lost.weight) == ("UNKNOWN", 0)
    assert {one.sequence for one in verdict.slices if one is not lost} == {"T2"}
    (failure,) = verdict.unread
    assert failure.path == damaged
    record = verdict.to_dict()
    jsonschema.validate([record], json.loads(schema_file.read_text()))
    assert [w for w in record["warnings"] if "slice 4 could not be read" in w and damaged in w]
    assert damaged in record["slices"][3]["error"]
    own, file = records_of([verdict], [tmp_path])
    assert (own["error"], file["path"], bool(file["error"])) == (None, damaged, True)
    _, *rows = csv.DictReader(io.StringIO(to_csv([record]).decode()))
    assert [row["slice_index"] for row in rows if damaged in row["slice_error"]] == ["3"]


def test_a_series_without_a_slice_that_can_be_decoded_keeps_its_name(tmp_path):
    shutil.copytree(SAMPLE / "t2_tse_tra", tmp_path / "t2")
    for file in (tmp_path / "t2").iterdir():
        damage(file)
    (series,) = read(tmp_path / "t2")
    (outcome,) = classify_many([series], "default", "cpu")
    record = failure_record(outcome)
    assert record["error"]
    assert record["files"] == len(series.files)
    assert record["series_uid"] == series.series_uid
    assert (record["series_number"], record["description"]) == (3, "t2_tse_tra")


def test_a_picture_in_colours_is_said_to_be_no_scan(tmp_path):
    for path in (SAMPLE / "t2_tse_tra").iterdir():
        file = dcmread(path)
        file.decompress(generate_instance_uid=False)
        grey = (file.pixel_array / file.pixel_array.max() * 255).astype(np.uint8)
        file.PixelData = np.repeat(grey[..., None], 3, axis=-1).tobytes()
        file.PhotometricInterpretation, file.SamplesPerPixel = "RGB", 3
        file.BitsAllocated = file.BitsStored = 8
        file.HighBit, file.PlanarConfiguration = 7, 0
        file.save_as(tmp_path / path.name)
    verdict = classify(read(tmp_path)[0], load_model(device="cpu"))
    (warning,) = [one for one in verdict.to_dict()["warnings"] if one.startswith("the file")]
    assert warning.startswith("the file is a capture or a picture in colours")


def test_a_volume_that_shows_nothing_among_others_is_told():
    shown = read(SAMPLE / "t2_tse_tra")[0].pixels.compute()
    noise = np.random.default_rng(0).normal(size=shown.shape)
    layer = series_from_array(np.stack([noise, shown]), name="two")
    verdict = classify(layer, load_model(device="cpu"))
    assert verdict.sequence == "T2"
    assert "nothing that could be judged in 1 of 2 volumes" in verdict.to_dict()["warnings"]


def test_every_slice_of_a_stack_is_what_the_stack_is_and_keeps_its_own_word(schema_file):
    verdict = classify(read(SAMPLE / "t1_fl2d_sag")[0], load_model(device="cpu"))
    assert {judged.sequence for judged in verdict.slices} == {"T1"}
    record = verdict.to_dict()
    jsonschema.validate([record], json.loads(schema_file.read_text()))
    surer = [entry["confidence"] > entry["alone"]["confidence"] for entry in record["slices"]]
    assert np.mean(surer) > 0.5
    rows = list(csv.DictReader(io.StringIO(to_csv([record]).decode())))
    assert [row["slice_alone_sequence"] for row in rows[1:]] == [
        entry["alone"]["sequence"] for entry in record["slices"]
    ]


def test_a_stack_put_together_from_two_series_is_told_apart():
    flair, adc = (
        sample_pixels("t2_tirm_tra_dark-fluid"),
        sample_pixels("ep2d_diff_3scan_trace_ADC"),
    )
    mixed = np.concatenate([flair[:9, 32:144, 16:128], adc[9:]])
    verdict = classify(series_from_array(mixed, name="mixed"), load_model(device="cpu"))
    told = [judged.sequence for judged in verdict.slices]
    # Where they meet, either may be said.
    assert set(told[:7]) == {"FLAIR"}
    assert set(told[-7:]) == {"ADC"}


def test_no_slice_of_a_file_that_says_it_is_ct_is_named(tmp_path):
    for path in (SAMPLE / "t2_tse_tra").iterdir():
        file = dcmread(path)
        file.Modality = "CT"
        file.SeriesDescription = "CT ANGIO HEAD"
        file.save_as(tmp_path / path.name)
    verdict = classify(read(tmp_path)[0], load_model(device="cpu"))
    assert verdict.pixels.sequence == "T2"
    assert verdict.sequence == "UNKNOWN"
    assert not verdict.conflict
    assert {one.sequence for one in verdict.slices} == {"UNKNOWN"}
    assert {one.without_stack.sequence for one in verdict.slices} == {"UNKNOWN"}


def always(path: Path, sequence: str) -> Model:
    """Save and load a network that knows no T1 with contrast agent, and names all slices alike."""
    card = Card("old", "1", LITE, ("T1", "T2", "FLAIR"), 129)
    network = build(LITE, len(card.classes))
    network.classifier.weight.data.zero_()
    network.classifier.bias.data = torch.tensor([6.0 * (one == sequence) for one in card.classes])
    save_file(network.state_dict(), path, metadata={KEY: card.to_json()})
    return load_model(path, device="cpu")


@pytest.mark.parametrize("description", ["t1_se_tra", "brain"])
def test_a_network_without_t1_with_contrast_agent_can_deny_it_as_it_can_t1(tmp_path, description):
    (tmp_path / "brain").mkdir()
    for path in (SAMPLE / "t1_se_tra").iterdir():
        file = dcmread(path)
        file.SeriesDescription = file.ProtocolName = description
        file.ContrastBolusAgent = "Gadavist"
        file.save_as(tmp_path / "brain" / path.name)
    (series,) = read(tmp_path / "brain")
    denied = classify(series, always(tmp_path / "t2.safetensors", "T2"), fast=True)
    assert (denied.header.sequence, denied.pixels.sequence) == ("T1C", "T2")
    assert denied.conflict
    # Its tags are denied; no other word stands in the description.
    assert not [words for words in denied.warnings if "description says" in words]
    assert denied.sequence == "T2"
    borne_out = classify(series, always(tmp_path / "t1.safetensors", "T1"), fast=True)
    assert not borne_out.conflict
    assert (borne_out.sequence, borne_out.resolved) == ("T1C", "member")


def test_where_a_header_outweighs_pixels_that_deny_it_neither_is_believed(tmp_path):
    model = always(tmp_path / "t2.safetensors", "T2")
    # Of a network that is trusted little, a header is believed rather than the pixels.
    card = replace(model.card, calibration=Calibration(join_power=0.3))
    (series,) = read(SAMPLE / "t1_se_tra")
    verdict = classify(series, replace(model, card=card), fast=True)
    assert (verdict.header.sequence, verdict.pixels.sequence) == ("T1", "T2")
    assert verdict.conflict
    assert verdict.sequence == "UNKNOWN"


def test_words_that_lie_beside_tags_that_do_not_are_what_is_in_conflict(tmp_path):
    for path in (SAMPLE / "ep2d_diff_3scan_trace_ADC").iterdir():
        file = dcmread(path)
        file.SeriesDescription = file.ProtocolName = "flair dark fluid"
        file.save_as(tmp_path / path.name)
    verdict = classify(*read(tmp_path), load_model(device="cpu"), fast=True)
    assert (verdict.sequence, verdict.header.sequence) == ("ADC", "ADC")
    assert verdict.conflict
    assert (
        "the header's description says T2-FLAIR; the pixels do not" in verdict.to_dict()["warnings"]
    )
    assert (
        "≠ header: the header's description says T2-FLAIR"
        in to_table(records_of([verdict], [])).decode()
    )


def test_the_table_names_only_what_is_in_conflict_beside_its_mark(tmp_path):
    for number, path in enumerate(sorted((SAMPLE / "t2_tse_tra").iterdir())):
        file = dcmread(path)
        file.SeriesDescription = file.ProtocolName = "flair dark fluid"
        if number != 5:
            file.save_as(tmp_path / path.name)
    verdict = classify(*read(tmp_path), load_model(device="cpu"), fast=True)
    assert verdict.conflict
    assert any(words.startswith("gap: 1 slice") for words in verdict.warnings)
    table = to_table(records_of([verdict], [])).decode()
    assert "≠ header: the header's description says T2-FLAIR" in table
    assert "gap" not in table


def test_pixels_that_are_not_square_are_judged_as_they_are_seen():
    model = load_model(device="cpu")
    (series,) = read(SAMPLE / "pd_tse_tra")
    through, down, along = series.spacing
    flat = replace(series, pixels=series.pixels[:, ::4], spacing=(through, 4 * down, along))
    whole, told, untold = (
        np.array(list(classify(one, model, slices=[9]).slices[0].probabilities.values()))
        for one in (series, flat, replace(flat, spacing=None))
    )
    assert np.abs(told - whole).sum() < 0.5 * np.abs(untold - whole).sum()


class WhiteIsT2(torch.nn.Module):
    """Takes what is white for T2, and all else for T1."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        white = (images[:, 0] * 0.229 + 0.485 > 0.9).float().mean(dim=(1, 2))
        return torch.stack((torch.full_like(white, 0.01), white), dim=1) * 1000


def test_the_window_of_an_imported_network_is_for_scans_not_for_pictures():
    grey = np.zeros((4, 128, 128), np.uint8)
    grey[:, 32:96, 32:96] = np.linspace(80, 120, 64)
    window = (50.0, 60.0)
    card = Card("old", "1", "resnet18", ("T1", "T2"), 224, preparation=TORCHVISION, window=window)
    model = Model(card, "", "cpu", WhiteIsT2())
    layer = series_from_array(grey, name="grey")
    told = {
        kind: classify(replace(layer, kind=kind), model).sequence for kind in ("picture", "dicom")
    }
    assert told == {"picture": "T1", "dicom": "T2"}


@pytest.mark.parametrize("noisy", [False, True])
def test_an_imported_network_names_no_slice_that_shows_nothing(noisy: bool):
    card = Card("old", "1", "resnet18", ("T1", "T2"), 224, preparation=TORCHVISION)
    model = Model(card, "", "cpu", WhiteIsT2())
    pixels = np.random.default_rng(0).normal(size=(4, 64, 64)) * noisy
    verdict = classify(series_from_array(pixels, name="empty"), model)
    assert {verdict.sequence, *(one.sequence for one in verdict.slices)} == {"UNKNOWN"}
    # Alone it says what the other program said.
    assert set(model.predict(pixels)[0].round()) == {0, 1}


def test_a_verdict_made_anew_from_its_own_slices_is_the_same():
    model = load_model(device="cpu")
    verdict = classify(read(SAMPLE / "t2_tse_tra")[0], model)
    again = conclude(verdict.series, model, verdict.slices)
    assert again.to_dict() == verdict.to_dict()


def test_a_slice_judged_by_itself_has_no_stack():
    verdict = classify(read(SAMPLE / "t2_tse_tra")[0], load_model(device="cpu"), slices=[9])
    assert "alone" not in verdict.to_dict()["slices"][0]


def test_what_is_no_series_or_no_model_is_told_with_what_to_do():
    series, model = read(SAMPLE / "t2_tse_tra"), load_model(device="cpu")
    for wrong in (series, SAMPLE, np.zeros((4, 64, 64))):
        with pytest.raises(TypeError, match=r"one Series of read\(\)"):
            classify(wrong, model)
    with pytest.raises(TypeError, match=r"load_model\('default'\)"):
        classify(series[0], "default")
    for wrong in (series, SAMPLE):
        with pytest.raises(TypeError, match=r"a Study of read_study\(\) is needed"):
            classify_study(wrong, model)


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((0, 64, 64), "is empty: its size is 0 × 64 × 64"),
        ((64,), "is no image: its size is 64"),
        ((2,) * 5, "has 5 dimensions, 2 × 2 × 2 × 2 × 2; .*: split it first"),
    ],
)
def test_an_array_that_is_no_stack_is_refused_with_its_name_and_size(shape, told):
    with pytest.raises(ValueError, match=f"^layer {told}$"):
        series_from_array(np.zeros(shape), name="layer")


def test_only_the_slices_asked_for_are_judged(schema_file):
    series = read(SAMPLE / "t2_tse_tra")[0]
    model = load_model(device="cpu")
    record = classify(series, model, slices=np.arange(3, 6)).to_dict()
    jsonschema.validate([json.loads(json.dumps(record))], json.loads(schema_file.read_text()))
    assert [entry["index"] for entry in record["slices"]] == [3, 4, 5]
    assert record["warnings"] == [f"judged from 3 of {series.slice_count} slices"]
    for wrong in ([], [-1, 0], [0, series.slice_count]):
        with pytest.raises(ValueError, match=rf"has slices 0 to {series.slice_count - 1}"):
            classify(series, model, slices=wrong)
    for wrong in ([2.5], ["3"], np.arange(series.slice_count) == 3):
        with pytest.raises(TypeError, match="by whole numbers"):
            classify(series, model, slices=wrong)
