from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from napari_mrseq import load_model
from napari_mrseq.errors import ModelError
from napari_mrseq.model.card import KEY, Card
from napari_mrseq.model.checkpoint import import_checkpoint
from napari_mrseq.model.networks import LITE
from napari_mrseq.model.onnx_file import export_onnx
from tests.program import program


@pytest.fixture(scope="module", autouse=True)
def extra():
    for library in ("onnx", "onnxruntime", "onnxscript"):
        # Loaded by anything but the program, ONNX Runtime would report to its maker.
        if find_spec(library) is None:
            pytest.skip(f"{library} of the extra [onnx] is not installed")


@pytest.fixture(scope="module")
def slices():
    rng = np.random.default_rng(2)
    y, x = np.mgrid[-1:1:120j, -1:1:120j]
    discs = [(np.hypot(y, x * r) < 0.8) * (1 + np.sin(9 * r * x)) for r in rng.random(5) + 0.5]
    return np.array(discs) * 400 + rng.random((5, 120, 120)) * 20


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The shipped model, exported once."""
    file = tmp_path_factory.mktemp("exported") / "model.onnx"
    return export_onnx(load_model("default", device="cpu"), file)


@pytest.mark.parametrize("kind", ["shipped", "imported"])
def test_an_exported_model_gives_the_same_answers(kind, slices, exported, tmp_path):
    name, file = "default", exported
    if kind == "imported":
        import torch
        from torchvision import models

        torch.save(models.resnet18(num_classes=3).state_dict(), tmp_path / "old.pth")
        name = import_checkpoint(
            tmp_path / "old.pth", "resnet18", ("A", "B", "C"), tmp_path / "o.safetensors"
        )
        file = export_onnx(load_model(name, device="cpu"), tmp_path / "model.onnx")
    model, again = load_model(name, device="cpu"), load_model(file)
    assert (again.card, again.device) == (model.card, "cpu")
    exact = replace(model, half=None)
    np.testing.assert_allclose(again.predict(slices), exact.predict(slices), atol=1e-5)


def test_onnx_runtime_reports_nothing_to_its_maker(exported, sample_study, tmp_path):
    # What it is about to send, and a number of the machine, it keeps in the user's home.
    asked = {"XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY"}
    home = {name: value for name, value in os.environ.items() if name not in asked}
    home["HOME"] = str(tmp_path)
    program = [sys.executable, "-m", "napari_mrseq", "classify", sample_study / "t2_tse_tra"]
    done = subprocess.run([*program, "--fast", "--model", exported], env=home, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_a_file_that_is_no_onnx_model_is_refused_by_name(tmp_path):
    (tmp_path / "junk.onnx").write_bytes(b"junk")
    with pytest.raises(ModelError, match=r"junk\.onnx"):
        load_model(tmp_path / "junk.onnx")
    with pytest.raises(ModelError, match=r"ends in \.onnx"):
        export_onnx(load_model("default", device="cpu"), tmp_path / "model.pt")


def test_what_is_an_onnx_file_already_is_not_exported_again(exported, tmp_path):
    done = program(tmp_path, "export-onnx", "--model", exported, "--output", "second.onnx")
    assert done.returncode == 2
    assert "is an ONNX file already" in done.stderr
    assert not (tmp_path / "second.onnx").exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "input"}, "input"),
        ({"answer": "scores"}, "logits"),
        ({"shape": (1, 1, 8, 8)}, "Expected: 1"),
        ({"shape": ("n", 8, 8, 1)}, "Expected: 8"),
        ({"kind": "FLOAT16"}, "float16"),
        ({"classes": 5}, r"answers \(2, 5\), not \(2, 3\)"),
        ({"classes": 1}, r"answers \(2, 1\), not \(2, 3\)"),
        ({"softmax": True}, "ends in a softmax"),
    ],
)
def test_a_graph_that_is_not_its_cards_is_refused_before_a_slice_is_judged(tmp_path, given, told):
    save_graph(tmp_path / "theirs.onnx")
    assert load_model(tmp_path / "theirs.onnx").predict(np.eye(60)[None]).shape == (1, 3)
    save_graph(tmp_path / "theirs.onnx", **given)
    with pytest.raises(ModelError, match=rf"(?s)theirs\.onnx .*{told}.*export-onnx"):
        load_model(tmp_path / "theirs.onnx")


def save_graph(path, *, name="images", answer="logits", shape=("n", 1, 8, 8), kind="FLOAT",
               classes=3, softmax=False):  # fmt: skip
    """Write a linear classifier of 8 × 8 pixels, whose card tells of three classes."""
    from onnx import TensorProto, helper, numpy_helper, save

    element = getattr(TensorProto, kind)
    weights = np.ones((64, classes), np.float16 if kind == "FLOAT16" else np.float32)
    product = "product" if softmax else answer
    nodes = [helper.make_node("Flatten", [name], ["flat"]),
             helper.make_node("MatMul", ["flat", "w"], [product])]  # fmt: skip
    if softmax:
        nodes.append(helper.make_node("Softmax", [product], [answer]))
    ends = [helper.make_tensor_value_info(name, element, shape),
            helper.make_tensor_value_info(answer, element, (shape[0], classes))]  # fmt: skip
    weight = numpy_helper.from_array(weights, "w")
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    card = Card("theirs", "1.0", LITE, ("T1", "T2", "FLAIR"), 8)
    helper.set_model_props(model, {KEY: card.to_json()})
    save(model, path)


def test_an_onnx_file_of_another_program_is_refused_by_name(tmp_path):
    from onnx import TensorProto, helper, save

    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", ends[:1], ends[1:])
    opset = [helper.make_opsetid("", 17)]
    save(helper.make_model(graph, opset_imports=opset, ir_version=8), tmp_path / "theirs.onnx")
    with pytest.raises(ModelError, match=r"theirs\.onnx has no model card.*export-onnx"):
        load_model(tmp_path / "theirs.onnx")
