"""Figures held against numbers counted by hand, and the page that shows them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats
from torchvision.models import shufflenet_v2_x0_5

import napari_mrseq
from napari_mrseq import load_model
from napari_mrseq.model.checkpoint import import_checkpoint
from napari_mrseq.training.answers import Answers
from napari_mrseq.training.bootstrap import compared
from napari_mrseq.training.cases import best_answer, cases_of
from napari_mrseq.training.catalogue import STRIPPED, Row, read_catalogue
from napari_mrseq.training.comparison import measure, measure_source
from napari_mrseq.training.counts import macro_f1
from napari_mrseq.training.figures_text import text_of
from napari_mrseq.training.measures import figures_by_kind, figures_of, measures_of
from napari_mrseq.training.page import page_of, write_figures
from napari_mrseq.training.provenance import GROUPS, digests_of, unseen_rows
from tests.program import program

from .stripes import stripes, write

SAMPLE = Path(napari_mrseq.__file__).parent / "sample_study"
CLASSES = ("T1", "T2", "UNKNOWN")


def row(label: str, group: str = "g", **more) -> Row:
    told = {"vendor": "", "plane": "", **more}
    return Row(Path("a.png"), label, group, 0, "s", "dicom", "", None, False, "set", "", **told)


def cases(rows, probabilities, classes=CLASSES, threshold=0.5):
    answers = Answers(
        labels=np.array([r.label for r in rows]),
        origins=np.array([r.origin for r in rows]),
        probabilities=np.array(probabilities, dtype=float),
        positions=np.full(len(rows), np.nan),
        shown=np.ones(len(rows)),
    )
    return cases_of(answers, classes, threshold)


COUNTED = (
    row("T1", "a", vendor="GE"),
    row("T2", "a", vendor="GE"),
    row("T2", "b", vendor="Siemens"),
    row("T1", "b", vendor="Siemens"),
    row("UNKNOWN", "b", vendor="Siemens"),
)


@pytest.fixture
def counted():
    """Two right, one wrong, one left unnamed, one unknown that is told."""
    said = [[0.9, 0.1, 0], [0.2, 0.8, 0], [0.7, 0.3, 0], [0.45, 0.4, 0.15], [0.1, 0.1, 0.8]]
    return cases(COUNTED, said)


def test_figures_are_those_counted_by_hand(counted):
    kept = figures_of(counted, CLASSES)
    assert kept["cases"] == 4
    assert kept["said"]["named"] == pytest.approx(3 / 4)
    assert kept["said"]["right where named"] == pytest.approx(2 / 3, abs=1e-4)
    assert kept["forced"]["member, all"] == pytest.approx(3 / 4)
    assert kept["known against unknown, AUROC"] == 1.0
    figures = measures_of(counted, COUNTED, CLASSES)
    assert figures["accuracy"] == pytest.approx(3 / 5)
    # F1 of T1: 2·1/(2+2); of T2: 2·1/(2+1); of unknown: 2·1/(1+2).
    assert figures["macro F1"] == pytest.approx((1 / 2 + 2 / 3 + 2 / 3) / 3, abs=1e-4)
    assert figures["confusion"] == [[1, 0, 1], [1, 1, 0], [0, 0, 1]]
    assert figures["per class"]["T2"] == {
        "cases": 2, "said": 1, "precision": 1.0, "recall": 0.5, "F1": 0.6667,
    }  # fmt: skip
    assert figures["by"]["vendor"]["GE"] == {"cases": 2, "accuracy": 1.0, "family accuracy": 1.0}
    assert figures["by"]["vendor"]["Siemens"]["accuracy"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["by"]["source"]["set"]["cases"] == 5
    assert figures["by"]["plane"]["not told"]["cases"] == 5
    # A series lies nowhere in its stack.
    assert "position" not in figures["by"]
    assert [(p["from"], p["cases"], p["right"]) for p in figures["calibration curve"]] == [
        (0.7, 1, 0.0), (0.8, 1, 1.0), (0.9, 1, 1.0),
    ]  # fmt: skip


def test_forced_figures_take_the_likeliest_family_as_a_verdict_does():
    one = np.ones(1)
    said = np.array([[0.3, 0.25, 0.4, 0.05]])
    torn = Answers(np.array(["T1"]), np.array(["dicom"]), said, one, one)
    classes = ("T1", "T1C", "T2", "UNKNOWN")
    figures = figures_of(cases_of(torn, classes, threshold=0.2), classes)
    assert figures["forced"]["family, DICOM and NIfTI"] == 1.0
    assert figures["forced"]["member, all"] == 1.0
    assert figures["said"]["right where named"] == 1.0


def test_each_figure_of_a_card_counts_the_cases_that_its_name_tells():
    classes = ("T1", "T1C", "T2", "FLAIR", "DWI", "UNKNOWN")
    torn, faint = {"T1": 0.47, "T1C": 0.43, "T2": 0.1}, {"T2": 0.45, "FLAIR": 0.25, "DWI": 0.3}
    # Label, origin, place in the stack, how much is shown, what the network says.
    table = (
        ("T1", "dicom", 0.05, 1, {"T1": 1}),
        ("T1", "dicom", 0.5, 1, {"T2": 1}),
        ("T2", "nifti", 0.95, 1, {"T1": 1}),
        ("T2", "nifti", 0.92, 0, faint),
        ("T2", "nifti", 0.5, 1, faint),
        ("T1C", "dicom", 0.2, 1, {"T1C": 1}),
        ("T1", "dicom", 0.8, 1, {"T1C": 1}),
        ("T1", "dicom", 0.5, 1, torn),
        ("DWI", "dicom", 0.5, 1, {"T1": 1}),
        ("FLAIR", "screenshot", np.nan, 1, {"FLAIR": 1}),
        ("FLAIR", "screenshot", np.nan, 1, {"T2": 1}),
        ("DWI", "screenshot", np.nan, 1, {"T1": 1}),
        ("UNKNOWN", "dicom", 0.5, 1, {"UNKNOWN": 1}),
        ("UNKNOWN", "dicom", 0.5, 0, {"T1": 1}),
    )
    labels, origins, positions, shown, said = zip(*table, strict=True)
    answers = Answers(
        labels=np.array(labels),
        origins=np.array(origins),
        probabilities=np.array([[one.get(code, 0.0) for code in classes] for one in said]),
        positions=np.array(positions),
        shown=np.array(shown, dtype=float),
    )
    judged = cases_of(answers, classes, threshold=0.5)
    figures = figures_of(judged, classes)
    assert figures["forced"] == {
        "T1/T2/FLAIR, DICOM and NIfTI": 6 / 8,
        "T1/T2/FLAIR, ends of the stack": round(2 / 3, 4),
        "T1/T2/FLAIR, all but noise and blank": round(5 / 7, 4),
        "T1/T2/FLAIR, screenshots": 1 / 2,
        "family, DICOM and NIfTI": round(6 / 9, 4),
        "family, DICOM and NIfTI, macro": round((4 / 5 + 2 / 3 + 0) / 3, 4),
        "family, screenshots": round(1 / 3, 4),
        "member, all": round(6 / 12, 4),
    }
    told = figures["said"]
    assert told["named"] == round(10 / 12, 4)
    assert told["right answers lost"] == round(1 / 6, 4)
    assert told["contrast agent told"] == 3 / 4
    assert told["contrast agent, right where told"] == round(2 / 3, 4)
    assert figures["recall"]["T1"] == {"cases": 4, "member": 2 / 4, "family": 3 / 4}
    assert figures["known against unknown, AUROC"] == 1.0
    by = measures_of(judged, [row(label) for label in labels], classes)["by"]
    assert {part: one["cases"] for part, one in by["position"].items()} == {
        "0 to 10 %": 1, "10 to 30 %": 1, "30 to 70 %": 6, "70 to 90 %": 1, "90 to 100 %": 2,
        "not told": 3,
    }  # fmt: skip


def test_a_label_that_is_no_class_counts_as_its_family_or_as_unknown():
    assert best_answer("T1C", CLASSES) == "T1"
    assert best_answer("T2", CLASSES) == "T2"
    assert best_answer("MRA", CLASSES) == "UNKNOWN"
    assert best_answer("Knee", ("Knee", "Heart")) == "Knee"


def test_what_is_no_class_of_a_model_counts_as_unknown_in_all_figures():
    """Six knees rightly called unknown were six sequences not named, and six wrong guesses."""
    rows = [row("T1", "a"), row("T2", "a"), row("T1C", "b"), *(row("Knee", "b") for _ in range(6))]
    said = [[0.9, 0.1, 0], [0.2, 0.8, 0], [0.7, 0.3, 0], *[[0.1, 0, 0.9]] * 6]
    figures = figures_of(cases(rows, said), CLASSES)
    assert figures["cases"] == 3
    assert figures["said"]["named"] == 1
    assert figures["forced"]["member, all"] == figures["forced"]["family, DICOM and NIfTI"] == 1
    assert measures_of(cases(rows, said), rows, CLASSES)["accuracy"] == 1
    # To name one is wrong, as of what is labelled unknown.
    named = figures_of(cases(rows, [*said[:3], *[[0.9, 0, 0.1]] * 6]), CLASSES)
    assert named["known against unknown, AUROC"] < 1
    assert named["said"]["calibration error"] > 0.5


def test_of_the_contrast_agent_nothing_is_told_where_the_model_knows_none(counted):
    assert figures_of(counted, CLASSES)["said"]["contrast agent told"] is None
    classes = (*CLASSES, "T1C")
    knowing = cases(COUNTED, [[0.9, 0.1, 0, 0]] * len(COUNTED), classes)
    assert figures_of(knowing, classes)["said"]["contrast agent told"] == 1.0


def test_bootstrap_intervals_grow_with_fewer_subjects():
    rng = np.random.default_rng(0)
    right = rng.random(200) < 0.8
    said = [[0.9, 0.1, 0] if r else [0.1, 0.9, 0] for r in right]

    def width(groups):
        rows = [row("T1", f"g{index % groups}") for index in range(200)]
        low, high = measures_of(cases(rows, said), rows, CLASSES)["intervals"]["accuracy"]
        assert low <= right.mean() <= high
        return high - low

    # 95 % of a normal distribution lie within 1.96 standard errors.
    assert width(200) == pytest.approx(2 * 1.96 * right.std() / 200**0.5, rel=0.1)
    # All slices of one subject are drawn together: nothing is left to vary.
    assert width(1) == 0


@pytest.mark.parametrize("groups", [8, 10])
def test_intervals_of_few_subjects_are_as_wide_as_by_students_t(groups):
    """Of eight, two equal models were said to differ in one study of eight."""
    shares = np.linspace(0.6, 0.95, groups).round(2)
    rows = [row("T1", f"g{index}") for index in range(groups) for _ in range(100)]
    right = np.concatenate([np.arange(100) < 100 * share for share in shares])
    said = np.where(right[:, None], [0.9, 0.1, 0], [0.1, 0.9, 0])
    low, high = measures_of(cases(rows, said), rows, CLASSES)["intervals"]["accuracy"]
    by_t = stats.t.interval(0.95, groups - 1, shares.mean(), stats.sem(shares))
    assert (low, high) == pytest.approx(by_t, abs=0.06 * (by_t[1] - by_t[0]))


def test_two_models_are_compared_by_the_families_that_both_know(counted):
    groups = np.array([one.group for one in COUNTED])
    other = cases(
        COUNTED, [[0.9, 0.1], [0.2, 0.8], [0.2, 0.8], [0.9, 0.1], [0.5, 0.5]], ("T1", "T2")
    )
    beside = compared(counted, other, groups, ["T1", "T2"])
    assert beside["cases"] == 4
    assert beside["accuracy"]["this"][0] == 0.5
    assert beside["accuracy"]["other"] == [1.0, 1.0, 1.0]
    assert beside["accuracy"]["difference"][0] == -0.5
    assert beside["accuracy, likeliest taken"]["this"][0] == 0.75
    assert beside["named"]["this"][0] == 0.75
    # Of what never occurs, there is no F1, however often it is said.
    counts = np.array([[[2, 0, 0], [1, 1, 0], [0, 0, 0]], [[2, 0, 0], [1, 1, 1], [0, 0, 0]]])
    assert macro_f1(counts) == pytest.approx([(4 / 5 + 2 / 3) / 2, (4 / 5 + 1 / 2) / 2])


def test_two_models_that_say_the_same_differ_by_nothing_whoever_is_drawn(counted):
    groups = np.array([one.group for one in COUNTED])
    alike = compared(counted, counted, groups, ["T1", "T2"])
    for figure in ("accuracy", "macro F1", "named", "accuracy, likeliest taken"):
        value, low, high = alike[figure]["this"]
        assert low <= value <= high
        assert low < high
        assert alike[figure]["difference"] == [0, 0, 0]


def test_a_class_of_ones_own_may_be_called_anything():
    rows = [row("another", f"g{index}") for index in range(4)]
    ours = cases(rows, [[0.1, 0.9, 0]] * 4, ("another", "Knee", "UNKNOWN"))
    theirs = cases(rows, [[0.9, 0.1]] * 4, ("another", "Hip"))
    beside = compared(ours, theirs, np.array([one.group for one in rows]), ["another"])
    assert beside["accuracy"]["this"][0] == 0
    assert beside["accuracy"]["other"][0] == 1


def test_the_worst_figure_is_told_as_others_are():
    rows = [row(label, f"g{index}") for index, label in enumerate(("T1", "UNKNOWN") * 4)]
    wrong = cases(rows, [[0.1, 0, 0.9], [0.9, 0, 0.1]] * 4)
    written = text_of(figures_by_kind({"slices": wrong, "series": wrong}, CLASSES))
    assert re.search(r"known against unknown, AUROC +0\.000 +0\.000", written)


def test_models_that_share_no_family_are_compared_on_nothing(counted):
    groups = np.array([one.group for one in COUNTED])
    assert compared(counted, counted, groups, []) == {"cases": 0, "groups": 0}


def test_only_the_fold_held_out_of_the_same_catalogue_is_measured():
    card = load_model("default", device="cpu").card
    rows = [replace(row("T1"), fold=fold) for fold in (0, 1, 1)]
    held = replace(card, training={"catalogue": "c.csv", "recipe": {"held_out": 1}})
    assert len(unseen_rows(held, rows, "c.csv")[0]) == 2
    assert len(unseen_rows(held, rows, "other.csv")[0]) == 3
    everything, told = unseen_rows(replace(card, training={"catalogue": "c.csv"}), rows, "c.csv")
    assert len(everything) == 3
    assert "flatters" in told
    # One that was imported says nothing: not that it was trained on something else.
    everything, told = unseen_rows(replace(card, training={"imported": "a.pth"}), rows, "c.csv")
    assert len(everything) == 3
    assert "its card does not say what the model was trained on" in told


def test_the_groups_a_card_names_decide_whatever_a_catalogue_is_called_and_its_folds():
    card = load_model("default", device="cpu").card
    rows = [row("T1", name) for name in ("anna", "bert", "carl")]
    started = {"start": {"training": {GROUPS: digests_of(rows[1:2])}}}
    own = replace(card, training={"catalogue": "c.csv", GROUPS: digests_of(rows[:1])} | started)
    for name in ("c.csv", "other.csv"):
        unseen, told = unseen_rows(own, [replace(r, fold=4) for r in rows], name)
        assert [one.group for one in unseen] == ["carl"]
        assert told == "1 of 3 groups, never trained on"
    everything, told = unseen_rows(own, rows[:2], "other.csv")
    assert len(everything) == 2
    assert "trained on every group" in told
    # A group may be a patient's name.
    assert "anna" not in own.to_json()


def test_a_card_that_was_written_before_still_tells_its_groups():
    card = load_model("default", device="cpu").card
    # The first digits of the SHA-256 of "anna" and "bert"; cards yet older tell words alone.
    written = {
        "groups_trained_on": ["55579b55"],
        "averaged_with": [{"groups_trained_on": ["32987c4b"]}, "mrseq-0 1.0"],
    }
    told = replace(card, training=written)
    rows = [row("T1", name) for name in ("anna", "bert", "carl")]
    assert [one.group for one in unseen_rows(told, rows, "c.csv")[0]] == ["carl"]


def test_what_either_of_two_models_has_seen_and_copies_are_not_measured_on(tmp_path):
    rows = []
    for index, group in enumerate(("anna", "bert", "carl", "carl", "carl")):
        Image.fromarray(stripes("T1", index, index)).save(tmp_path / f"{index}.png")
        origin = ("nifti", "nifti", "nifti", STRIPPED, STRIPPED)[index]
        rows.append(
            {"path": f"{index}.png", "label": "T1", "group": group, "fold": 0, "origin": origin}
        )
    table = write(tmp_path / "c.csv", rows)
    model = load_model("default", device="cpu")

    def trained_on(*groups):
        seen = digests_of(row("T1", group) for group in groups)
        return replace(model, card=replace(model.card, training={GROUPS: seen}))

    told = []
    figures = measure_source(trained_on("anna"), table, trained_on("bert"), told.append)
    assert figures["slices"]["measures"]["cases"] == 1
    assert figures["against"]["slices"]["groups"] == 1
    assert told[0] == figures["measured on"]
    assert told[0].count("never trained on") == 2
    flattered = measure_source(trained_on("anna"), table, trained_on("bert", "carl"), told.append)
    assert "flatters" in flattered["measured on"]
    # Two models of one name, the first of which has seen it all.
    measure_source(trained_on("anna", "bert", "carl"), table, trained_on("bert"), told.append)
    assert told[-3].startswith("both on 2 of 3 groups; ")
    assert told[-3].count(f"{model.name} (") == 2
    whole = measure_source(model, table, log=told.append, fold=0)
    assert whole["slices"]["measures"]["cases"] == 3
    # Whoever asks for a fold that was trained on is told so.
    flattered = measure_source(trained_on("anna"), table, trained_on("dora"), told.append, fold=0)
    assert flattered["slices"]["measures"]["cases"] == 3
    assert "trained on 1 of its 3 groups, which flatters it" in flattered["measured on"]
    assert flattered["measured on"].count("never trained on") == 1
    assert "does not say" in whole["measured on"]


def site(folder, *labels):
    """A catalogue of one picture a label, each of a group of its own."""
    rows = []
    for index, label in enumerate(labels):
        Image.fromarray(stripes(label, index, index)).save(folder / f"{index}.png")
        rows.append({"path": f"{index}.png", "label": label, "group": f"g{index}"})
    return write(folder / "c.csv", rows)


def test_a_model_that_knows_none_of_the_labels_is_not_measured(tmp_path):
    done = program(tmp_path, "evaluate", site(tmp_path, "Knee", "Heart"))
    assert done.returncode == 2
    assert "has none of its labels as a class (Heart, Knee)" in done.stderr
    assert done.stdout == ""


def test_labels_that_a_model_does_not_know_are_named(tmp_path):
    table = site(tmp_path, "T1", "Knee\x1b[31m", "UNKNOWN")
    done = program(tmp_path, "evaluate", table, "--output", "out")
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "out" / "figures.json").read_text())
    for text in (done.stderr, figures["measured on"]):
        assert re.search(
            r"no class of .*, so that unknown is right: Knee \[31m$", text, re.MULTILINE
        )


def test_a_model_that_tells_what_ours_calls_unknown_is_measured_by_its_own_classes(tmp_path):
    network = shufflenet_v2_x0_5(num_classes=3).eval()
    with torch.no_grad():
        network.fc.weight.zero_()
        network.fc.bias.copy_(torch.tensor([9.0, 0, 0]))
    torch.save(network.state_dict(), tmp_path / "old.pth")
    for name, classes in (("one", ("OTHER", "T1", "T2")), ("two", ("DWI_B0", "B0", "PERF"))):
        import_checkpoint(
            tmp_path / "old.pth", "shufflenet_v2_x0_5", classes, tmp_path / f"{name}.safetensors"
        )
    one, two = (load_model(tmp_path / f"{name}.safetensors", "cpu") for name in ("one", "two"))
    table = site(tmp_path, "OTHER", "PERF", "DWI_B0", "T1")

    def right(model, *against):
        figures = measure_source(model, table, *against, log=lambda _: None)["slices"]["measures"]
        return {
            code: told["cases"] for code, told in figures["per class"].items() if told["recall"]
        }

    assert right(one) == right(one, two) == {"OTHER": 1}
    assert right(two) == right(two, one) == {"DWI_B0": 1}
    ours = load_model("default", device="cpu")
    truths = measure_source(ours, table, two, log=lambda _: None)["slices"]["measures"]["per class"]
    assert {code: told["cases"] for code, told in truths.items() if told["cases"]} == {
        "UNKNOWN": 2, "B0": 1, "T1": 1,
    }  # fmt: skip


def test_all_files_that_are_gone_are_told_before_anything_is_measured(tmp_path):
    table = site(tmp_path, "T1", "T2", "T1")
    for name in ("0.png", "2.png"):
        (tmp_path / name).unlink()
    done = program(tmp_path, "evaluate", table)
    assert done.returncode == 2
    assert "0.png, " in done.stderr
    assert "2.png" in done.stderr


class Page(HTMLParser):
    """What a page would load, and its texts."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.tags, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loaded += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        self.texts.append(data.strip())


def test_the_page_stands_alone_and_shows_what_was_measured(tmp_path):
    table = read_catalogue(site(tmp_path, *("T1", "T2", "<b>odd</b>") * 4))
    model = load_model("default", device="cpu")
    figures = measure(model, table, model, log=lambda _: None)
    # Named as in Latin-1.
    text = write_figures(figures, tmp_path / "out", "Sch\udce4del.csv").read_text("utf-8")
    page = Page(text)
    assert r"Sch\udce4del.csv" in text
    assert all(link.startswith("#") for link in page.loaded)
    assert "script" not in page.tags
    assert "url(" not in text
    # A calibration curve of slices and of series, and the four figures beside another model's.
    assert page.tags.count("svg") == 2 + 2 * 4
    assert "b" in page.tags
    assert "<b>odd</b>" not in text
    assert any("95 %" in line for line in page.texts)
    assert "By vendor" in page.texts


def test_terminal_and_page_show_the_same_figure_under_one_name(tmp_path):
    # The FLAIR is said to be nothing known: what is named of all is not what is named of the known.
    rows = [
        {"path": SAMPLE / folder, "label": label, "group": folder, "slice": index}
        for folder, label in (
            ("t2_tse_tra", "T2"),
            ("t1_se_tra", "T1"),
            ("t2_tirm_tra_dark-fluid", "UNKNOWN"),
        )
        for index in (5, 10)
    ]
    table = read_catalogue(write(tmp_path / "c.csv", rows))
    figures = measure(load_model("default", device="cpu"), table, log=lambda _: None)
    texts = [text for text in Page(page_of(figures, "c.csv")).texts if text]
    written = text_of(figures).splitlines()
    for name in ("accuracy", "macro F1", "named", "right where named", "calibration error"):
        told = next(re.findall(r"[\d.]+ %", line) for line in written if line.startswith(name))
        after = [texts[place + 1] for place, text in enumerate(texts) if text == name]
        shown = [text for text in after if re.fullmatch(r"[\d.]+ %", text)][:2]
        # The page begins with the series, the table with the slices.
        assert shown == [told[2], told[0]], name
    # Accuracy is that of all, the unknown among them; what follows is of the known.
    counts = {line[:42].rstrip(): line[42:].split() for line in written}
    assert counts["cases"] == ["6", "6", "3"]
    assert counts["cases of known sequences"] == ["4", "4", "2"]


@pytest.mark.parametrize("groups", [1, 2, 5, 6, 12])
def test_no_difference_is_clear_that_few_subjects_show(groups):
    """Of equal models one was better in bold on every second pair of subjects."""
    rows = [row("T1", f"g{index % groups}") for index in range(60)]
    # In each group one model is right in four of five, the other in two of five.
    turn = [index // groups % 5 for index in range(60)]
    ours, theirs = (
        cases(rows, [[0.9, 0.1, 0] if one < right else [0.1, 0.9, 0] for one in turn])
        for right in (4, 2)
    )
    figures = figures_by_kind({"slices": ours, "series": ours}, CLASSES)
    for kind in ("slices", "series"):
        figures[kind]["measures"] = measures_of(ours, rows, CLASSES)
    beside = compared(ours, theirs, np.array([one.group for one in rows]), ["T1", "T2"])
    assert beside["accuracy"]["difference"][1] > 0
    told = {"titles": ["a 1", "b 1"], "families": ["T1", "T2"], "slices": beside, "series": beside}
    figures |= {"against": told, "model": {"name": "a", "version": "1", "sha256": ""}}
    page, few = page_of(figures, "c.csv"), groups < 6
    assert ('class="clear"' in page) != few
    assert ("fewer than 6 groups are too narrow" in page) == few
    assert ("fewer than 6 groups are too narrow" in text_of(figures)) == few


def test_the_columns_of_two_models_do_not_run_together(counted):
    bounds = [-1.0, -1.0, -1.0]
    row = {"this": bounds, "other": bounds, "difference": bounds}
    titles = ["a model with a rather long name 1.0", "mrseq-1 2.3"]
    beside = {"cases": 4, "groups": 2, "accuracy": row}
    figures = figures_by_kind({"slices": counted, "series": counted}, CLASSES)
    figures["against"] = {"titles": titles, "families": [], "slices": beside, "series": beside}
    for start in ("4 slices", "  accuracy  "):
        (line, *_) = [one for one in text_of(figures).splitlines() if one.startswith(start)]
        assert len(re.split(r" {2,}", line.strip())) == 4


def test_the_table_tells_which_figures_take_the_likeliest_and_steers_no_terminal(counted):
    odd = (*CLASSES[:2], "T1\x1b[31m")
    written = text_of(figures_by_kind({"slices": counted, "series": counted}, odd)).splitlines()
    heading = written.index("the likeliest taken, whatever its probability:")
    assert any(line.startswith("  member, all") for line in written[heading:])
    (recall,) = (line for line in written if line.startswith("right per class"))
    assert "the likeliest taken" in recall
    assert "\x1b" not in "".join(written)


def test_the_command_line_writes_json_and_the_page(tmp_path):
    for index in range(8):
        label = ("T1", "T2")[index % 2]
        (tmp_path / "site" / label).mkdir(parents=True, exist_ok=True)
        path = tmp_path / "site" / label / f"subject{index // 4}_{index}.png"
        Image.fromarray(stripes(label, index // 2, index)).save(path)
    words = ("evaluate", "site", "--against", "default", "--output", "out")
    done = program(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert re.search(r"accuracy +\d", done.stdout)
    figures = json.loads((tmp_path / "out" / "figures.json").read_text())
    assert figures["slices"]["measures"]["cases"] == 8
    assert figures["against"]["slices"]["accuracy"]["difference"] == [0, 0, 0]
    assert (tmp_path / "out" / "evaluation.html").read_text().startswith("<!DOCTYPE html>")


def test_one_fold_alone_is_measured_where_it_is_asked_for(tmp_path):
    rows = []
    for index in range(6):
        Image.fromarray(stripes("T1", index // 2, index)).save(tmp_path / f"{index}.png")
        rows.append(
            {"path": f"{index}.png", "label": "T1", "group": f"g{index}", "fold": index % 3}
        )
    write(tmp_path / "c.csv", rows)
    command = ("evaluate", "c.csv", "--output", "out", "--fold")
    done = program(tmp_path, *command, "1")
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "out" / "figures.json").read_text())
    assert figures["slices"]["measures"]["cases"] == 2
    missing = program(tmp_path, *command, "7")
    assert missing.returncode != 0
    assert "c.csv has no pictures of fold 7" in missing.stderr
