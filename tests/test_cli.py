"""The command line as a user runs it: real files, and real processes where one tells more."""

from __future__ import annotations

import csv
import importlib.metadata
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import count, pairwise, product
from pathlib import Path

import jsonschema
import nibabel
import numpy as np
import pytest
from PIL import Image
from pydicom.data import get_testdata_file

from napari_mrseq.cli.output import refuse_input
from napari_mrseq.errors import MrseqError
from napari_mrseq.model.registry import DEFAULT, find
from napari_mrseq.sequences import family_of
from tests.program import program

PROGRAM = Path(sys.executable).parent / "napari-mrseq"
# No machine has both.
ABSENT = "cuda" if sys.platform == "darwin" else "mps"


def run(*arguments, cwd=None):
    command = [str(PROGRAM), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, cwd=cwd, timeout=300)


@pytest.fixture(scope="module")
def mixed(sample_study, tmp_path_factory):
    """A good series, a broken file and a folder without images, as given by the user."""
    folder = tmp_path_factory.mktemp("mixed")
    shutil.copytree(sample_study / "t2_tse_tra", folder / "study")
    (folder / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 500)
    (folder / "empty").mkdir()
    return folder


@pytest.fixture(scope="module")
def as_json(mixed):
    return run(
        "classify", "broken.dcm", "study", "empty", "nowhere", "--format", "json", "--slices",
        cwd=mixed,
    )  # fmt: skip


def test_every_input_gets_its_record_in_the_order_given(as_json, schema_file):
    records = json.loads(as_json.stdout)
    jsonschema.validate(records, json.loads(schema_file.read_text()))
    assert [r["path"] for r in records] == ["broken.dcm", "study", "empty", "nowhere"]
    assert [bool(r["error"]) for r in records] == [True, False, True, True]
    good = records[1]
    assert good["sequence"] == "T2"
    assert good["shape"][0] == len(good["slices"]) == good["files"]
    assert len({entry["sop_instance_uid"] for entry in good["slices"]}) == good["files"]


def test_unreadable_inputs_are_named_on_stderr_and_the_exit_code_says_so(as_json):
    assert as_json.returncode == 1
    told = as_json.stderr.decode()
    assert all(name in told for name in ("broken.dcm", "empty", "nowhere"))
    assert "Traceback" not in told


def test_without_a_command_the_commands_are_told_as_a_wrong_usage_and_no_result(tmp_path):
    told = program(tmp_path)
    assert (told.returncode, told.stdout) == (2, "")
    assert "import-checkpoint" in told.stderr
    asked = program(tmp_path, "--help")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "import-checkpoint" in asked.stdout


def test_a_picture_that_cannot_be_decoded_is_named_once(tmp_path):
    picture = tmp_path / "torn.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)).save(picture)
    picture.write_bytes(picture.read_bytes()[:2000])
    told = program(tmp_path, "classify", picture, "--format", "json")
    said = told.stderr
    assert said.startswith(f"not read: {picture}: picture can't be decoded")
    assert said.count("torn.png") == 1
    (record,) = json.loads(told.stdout)
    assert record["error"].startswith("picture can't be decoded")


def test_the_same_input_gives_the_same_bytes_to_a_file(mixed, as_json, tmp_path):
    again = run(
        "classify", "broken.dcm", "study", "empty", "nowhere",
        "--format", "json", "--slices", "--output", tmp_path / "out.json",
        cwd=mixed,
    )  # fmt: skip
    assert again.stdout == b""
    assert (tmp_path / "out.json").read_bytes() == as_json.stdout


def test_several_processes_give_the_same_bytes(mixed, as_json):
    inputs = ("broken.dcm", "study", "empty", "nowhere")
    done = run("classify", *inputs, "--format", "json", "--slices", "--jobs", "2", cwd=mixed)
    assert done.stdout == as_json.stdout


def test_nothing_names_the_patient(as_json):
    for text in (as_json.stdout, as_json.stderr):
        assert b"Sample^Simulated" not in text
        assert b"Simulated" not in text


def test_csv_holds_a_row_a_series_with_flat_names(sample_study):
    done = program(sample_study, "classify", "t2_tse_tra", "--format", "csv", "--fast")
    assert done.returncode == 0, done.stderr
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert row["pixels_sequence"] == row["header_sequence"] == row["sequence"] == "T2"
    assert float(row["p_T2"]) > 0.5
    assert row["conflict"] == "false"
    assert len(row["model_sha256"]) == 64


def test_a_ct_is_no_mr_and_the_table_says_what_it_is(tmp_path):
    done = program(tmp_path, "classify", get_testdata_file("CT_small.dcm"))
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if "Modality" in line]
    assert "unknown" in line
    assert "Modality CT" in line


def test_the_sample_study_is_named_right_and_its_lying_header_is_accused(sample_study):
    done = run("classify", sample_study, "--format", "json")
    assert done.returncode == 0, done.stderr
    records = json.loads(done.stdout)
    found = {Path(r["path"]).name: (r["family"], r["conflict"]) for r in records}
    liar = "t1_se_tra_header_lies"
    assert [name for name, (_, conflict) in found.items() if conflict] == [liar]
    for record in records:
        if Path(record["path"]).name != liar:
            assert record["sequence"] == record["header"]["sequence"]
            assert family_of(record["pixels"]["sequence"]) == record["family"]
    assert next(r for r in records if r["path"].endswith(liar))["pixels"]["sequence"] == "T2"


def test_the_table_is_for_people_and_fast_looks_at_a_few_slices(sample_study):
    folder = sample_study / "t2_tirm_tra_dark-fluid"
    done = program(sample_study, "classify", folder, "--fast", "--slices")
    series, *slices = done.stdout.splitlines()[2:]
    assert "T2-FLAIR" in series
    assert "axial" in series
    # Of a few slices, as was asked for.
    assert 0 < len(slices) < len(list(folder.iterdir()))


def test_the_table_has_a_line_a_slice_where_it_is_asked_for(as_json, mixed):
    done = program(mixed, "classify", "broken.dcm", "study", "empty", "nowhere", "--slices")
    slices = json.loads(as_json.stdout)[1]["slices"]
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line for line in lines if line[0] == "slice"] == [
        ["slice", str(one["index"] + 1), one["sequence"], f"{one['confidence']:.0%}"]
        for one in slices
    ]
    below_series = [after for line, after in pairwise(lines) if "t2_tse_tra" in line]
    assert [line[:2] for line in below_series] == [["slice", "1"]]


@pytest.mark.parametrize("asked", [(), ("--slices",)])
def test_a_sidecar_holds_every_slice_where_that_is_asked_for(asked, sample_study, tmp_path):
    series = sample_study / "t2_tse_tra"
    words = ("classify", series, "--fast", "--format", "bids", "--output", "out", *asked)
    assert program(tmp_path, *words).returncode == 0
    (sidecar,) = (tmp_path / "out").iterdir()
    assert ("slices" in json.loads(sidecar.read_bytes())["mrseq"]) is bool(asked)


def test_a_protocol_tells_what_the_study_lacks(sample_study):
    done = program(sample_study, "classify", "t2_tse_tra", "--fast", "--protocol", "ms")
    assert done.returncode == 0
    told = done.stdout
    assert "incomplete" in told
    assert [line.split()[1] for line in told.splitlines() if "missing" in line] == ["FLAIR"]
    assert done.stderr == ""


def test_what_the_study_lacks_stands_below_the_table_in_its_file(sample_study, tmp_path):
    asked = ("classify", sample_study / "t2_tse_tra", "--fast", "--protocol", "ms")
    on_screen = program(tmp_path, *asked).stdout
    done = program(tmp_path, *asked, "--output", "table.txt")
    assert (done.stdout, done.stderr) == ("", "")
    assert (tmp_path / "table.txt").read_bytes().decode() == on_screen
    assert on_screen.index("t2_tse_tra") < on_screen.index("Protocol multiple")


def test_what_programs_read_holds_no_words_on_the_study(sample_study):
    asked = ("classify", "t2_tse_tra", "--fast", "--protocol", "ms", "--format", "json")
    done = program(sample_study, *asked)
    assert len(json.loads(done.stdout)) == 1
    assert "incomplete" in done.stderr


def test_a_protocol_misses_nothing_that_may_be_in_what_was_not_read(sample_study, tmp_path):
    shutil.copytree(sample_study / "t2_tse_tra", tmp_path / "t2")
    (tmp_path / "flair").mkdir()
    for number in range(5):
        file = tmp_path / "flair" / f"{number}.dcm"
        file.write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 500)
    done = program(tmp_path, "classify", "t2", "flair", "--fast", "--protocol", "ms")
    assert done.returncode == 1
    _, told = done.stdout.split("Protocol multiple sclerosis: ")
    lines = told.splitlines()
    assert lines[0] == "can't tell: not everything was read"
    assert "  not found FLAIR" in lines
    assert lines[-1] == "  not read  flair/0.dcm, flair/1.dcm, flair/2.dcm, and 3 more"
    assert "missing" not in told


IMPORT = (
    "import-checkpoint", "PICTURE", "--network", "resnet18", "--classes", "A,B", "--output", "m",
)  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("classify",), "Missing argument"),
        (("classify", ""), "the path is empty"),
        (("classify", ".", "--format", "xml"), "xml"),
        (("classify", "PICTURE", "--model", "no-such"), "no-such"),
        (("classify", "PICTURE", "--protocol", "no-such"), "no-such"),
        (("classify", "PICTURE", "--protocol", ""), "no protocol"),
        (("classify", "PICTURE", "--output", "no-such/table.csv"), "no-such"),
        (("classify", "PICTURE", "--output", "/dev/full"), "/dev/full"),
        (("classify", "PICTURE", "--output", "."), "is a folder"),
        (("classify", "PICTURE", "--output", ""), "the path is empty"),
        (("classify", "PICTURE", "--output", "PICTURE"), "one of the files to classify"),
        (("classify", "PICTURE", "--format", "bids", "--output", "PICTURE"), "be made a folder"),
        (("train", "PICTURE", "--output", "x", "--name", "a/b"), "can't name a model"),
        (("train", "PICTURE", "--output", "x", "--rate", "nan"), "not a learning rate"),
        (("train", "PICTURE", "--output", "x", "--rate", "0"), "not a learning rate"),
        # Said before anything is read.
        (("classify", "no-such", "--device", ABSENT), f"no {ABSENT} device"),
        (("classify", "no-such", "--model", "catalogue.csv"), "not a weights file"),
        ((*IMPORT, "--window", "150"), "WIDTH,LEVEL"),
        (("view", "PICTURE", "--model", "no-such"), "no-such"),
        (
            ("classify", "PICTURE", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:9"),
            "either --jobs or --scheduler",
        ),
        (("export-onnx", "--output", "no-folder/m.onnx"), "no folder no-folder"),
        (("evaluate", "PICTURE"), "lacks the column"),
    ],
)
def test_wrong_usage_says_what_is_wrong(tmp_path, arguments, told):
    picture = tmp_path / "catalogue.csv"
    picture.write_text("nothing\n")
    image = tmp_path / "picture.png"
    Image.new("L", (32, 32), 90).save(image)
    stand_in = picture if arguments[0] == "evaluate" else image
    done = program(tmp_path, *(stand_in if a == "PICTURE" else a for a in arguments))
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_on_a_drive_that_numbers_no_files_a_result_is_none_of_those_read(tmp_path, monkeypatch):
    truly = Path.stat

    def unnumbered(path, **follow):
        # As Windows tells of some network drives.
        told = truly(path, **follow)
        return os.stat_result((told.st_mode, 0, 0, *told[3:]))

    monkeypatch.setattr(Path, "stat", unnumbered)
    table, weights = tmp_path / "table.csv", tmp_path / "own.safetensors"
    for file in (table, weights):
        file.write_text("earlier")
    refuse_input(table, [str(weights), str(tmp_path / "absent")])
    with pytest.raises(MrseqError, match="one of the files to classify"):
        refuse_input(table, [str(weights), str(tmp_path / "." / ".." / tmp_path.name / table.name)])


def end_with(number, sample_study, tmp_path):
    """End the program while it reads an archive; return its status, words and what stays."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    archive = shutil.make_archive(str(tmp_path / "study"), "zip", sample_study)
    program = subprocess.Popen(
        [str(PROGRAM), "classify", archive, "--output", tmp_path / "out.csv"],
        env=os.environ | {"TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
    )
    while not any(scratch.glob("napari-mrseq*/*")) and program.poll() is None:
        time.sleep(0.02)
    program.send_signal(number)
    _, told = program.communicate(timeout=300)
    return program.returncode, told, [*scratch.glob("napari-mrseq*"), *tmp_path.glob("out.csv")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.usefixtures("signals_heard")
def test_nothing_unpacked_stays_when_the_program_is_ended(sample_study, tmp_path, name):
    number = getattr(signal, name)
    status, _, left = end_with(number, sample_study, tmp_path)
    assert status == 128 + number
    assert left == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.usefixtures("signals_heard")
def test_ctrl_c_while_an_archive_is_read_is_told(sample_study, tmp_path):
    status, told, left = end_with(signal.SIGINT, sample_study, tmp_path)
    assert status > 0
    assert told.decode().splitlines()[1] == "stopped: nothing was written"
    assert b"Traceback" not in told
    assert left == []


@pytest.fixture
def many_pictures(tmp_path):
    """A folder of as many pictures as take some seconds."""
    folder = tmp_path / "many"
    folder.mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)
    for number in range(300):
        Image.fromarray(noise).save(folder / f"{number:03}.png")
    return folder


# The command line, which keeps what is judged after every series.
KEEPING = """
from napari_mrseq.cli import main, unfinished
unfinished.KEPT_SECONDS = unfinished._LEAST_PAUSE = 0
main()
"""


@pytest.fixture
def begun():
    """What begins a run, and returns it as soon as it has kept what it judged so far."""
    runs = []

    def begin(pictures, output):
        command = [sys.executable, "-c", KEEPING, "classify", pictures, "--format=csv"]
        run = subprocess.Popen([*command, "--output", output], stderr=subprocess.PIPE, text=True)
        runs.append(run)
        while not Path(f"{output}.partial").exists() and run.poll() is None:
            time.sleep(0.02)
        return run

    yield begin
    # Of a test that failed.
    for run in runs:
        run.kill()
        run.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
@pytest.mark.usefixtures("signals_heard")
def test_a_run_broken_off_leaves_what_is_judged_so_far(begun, many_pictures, tmp_path, name):
    output, kept = tmp_path / "out.csv", tmp_path / "out.csv.partial"
    run = begun(many_pictures, output)
    run.send_signal(getattr(signal, name))
    _, told = run.communicate(timeout=300)
    assert run.returncode != 0
    assert not output.exists()
    with kept.open(encoding="utf-8", newline="") as file:
        rows = [row["path"] for row in csv.DictReader(file)]
    assert rows
    assert rows == sorted(map(str, many_pictures.iterdir()))[: len(rows)]
    said = f"stopped: what is judged so far is in {kept}"
    assert (said in told.splitlines()) == (name != "SIGKILL")


def altered(code: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run code that alters the command line and begins it, in a process of its own."""
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


# The command line, allowed less memory than PyTorch takes.
LITTLE_MEMORY = """
import resource, sys
from napari_mrseq.cli import main
resource.setrlimit(resource.RLIMIT_AS, (3 << 28, 3 << 28))
sys.argv[1:] = ["classify", sys.argv[1]]
main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="others don't limit the memory of a process")
def test_a_library_that_cannot_be_loaded_is_told_in_a_line(sample_study):
    done = altered(LITTLE_MEMORY, sample_study / "t2_tse_tra")
    assert done.returncode == 2
    assert "napari-mrseq: a library can't be loaded (" in done.stderr
    assert "Traceback" not in done.stderr


# The command line, where a library asks for more memory than there is, or says that it did.
MEMORY_USED_UP = """
import sys
import numpy, torch
from napari_mrseq.cli import main
what = sys.argv.pop()
def full(*_):
    if what in ("numpy", "torch"):
        (numpy if what == "numpy" else torch).empty(1 << 45)
    raise RuntimeError(what)
torch.full = full
main()
"""


@pytest.mark.parametrize(
    "what", ["torch", "numpy", "could not create a primitive", "CUDA out of memory"]
)
def test_memory_that_is_used_up_is_told_in_a_line(sample_study, what):
    done = altered(MEMORY_USED_UP, "classify", sample_study / "t2_tse_tra", "--fast", what)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("napari-mrseq: the memory is used up (")
    assert "ulimit -v" in line


# The command line where a module is not installed: the package alone brings neither napari nor Qt.
WITHOUT_A_MODULE = """
import sys
from napari_mrseq.cli import main
sys.modules[sys.argv[2]] = None
sys.argv[1:] = ["view", sys.argv[1]]
main()
"""


@pytest.mark.parametrize("module", ["napari", "PyQt6"])
def test_to_view_without_napari_or_qt_is_told_what_to_install(sample_study, module):
    done = altered(WITHOUT_A_MODULE, sample_study, module)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("napari-mrseq: view needs napari with Qt (")
    assert module in line
    assert line.endswith('): pip install "napari-mrseq[all]"')


# The command line, ended while it keeps its third record, and again while it keeps that at its end.
ENDED_TWICE = """
import os, sys
from napari_mrseq.cli import main, output, unfinished
unfinished.KEPT_SECONDS = unfinished._LEAST_PAUSE = 0
write, number = output.write_whole, int(sys.argv.pop())
def write_and_end(file, content):
    if content.count(b"\\n") > 3:
        os.kill(os.getpid(), number)
    write(file, content)
output.write_whole = write_and_end
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
@pytest.mark.usefixtures("signals_heard")
def test_a_run_broken_off_twice_leaves_what_is_judged_so_far(many_pictures, tmp_path, name, status):
    output, kept = tmp_path / "out.csv", tmp_path / "out.csv.partial"
    words = "classify", many_pictures, "--format=csv", "--output", output
    done = altered(ENDED_TWICE, *words, int(getattr(signal, name)))
    assert done.returncode == status
    assert f"stopped: what is judged so far is in {kept}" in done.stderr.splitlines()
    assert kept.read_text().count("\n") == 4


# The command line, ended just when a thread that decodes has begun.
ENDED_AS_THREADS_BEGIN = """
import os, signal, threading
from napari_mrseq.cli import main
start = threading.Thread.start
def start_and_end(thread):
    start(thread)
    if "ThreadPool" in thread.name:
        os.kill(os.getpid(), signal.SIGTERM)
threading.Thread.start = start_and_end
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_program_ended_as_its_threads_begin_ends(sample_study):
    done = altered(ENDED_AS_THREADS_BEGIN, "classify", sample_study)
    assert (done.returncode, done.stdout) == (128 + signal.SIGTERM, "")
    assert done.stderr == "\nstopped: nothing was written\n"


# The command line, ended within a library that tells of every end as an error of its own.
ENDED_IN_A_LIBRARY = """
import os, signal
import dask.base
from napari_mrseq.cli import main
def compute(*_, **__):
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    except BaseException as error:
        raise SystemError("returned a result with an exception set") from error
dask.base.compute = compute
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_program_ended_within_a_library_ends_without_a_traceback(sample_study):
    done = altered(ENDED_IN_A_LIBRARY, "classify", sample_study)
    assert (done.returncode, done.stdout) == (128 + signal.SIGTERM, "")
    assert "Traceback" not in done.stderr


# The command line, ended in the midst of loading PyTorch.
ENDED_AS_A_LIBRARY_IS_LOADED = """
import atexit, os, sys
from napari_mrseq.cli import main
number = int(sys.argv.pop())
class Finder:
    def find_spec(name, *_):
        if name == "torch.distributed":
            sys.meta_path.remove(Finder)
            os.kill(os.getpid(), number)
sys.meta_path.insert(0, Finder)
atexit.register(lambda: print("loaded:", "torch" in sys.modules))
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.usefixtures("signals_heard")
def test_a_program_ended_as_it_loads_a_library_ends_after_that(sample_study, name):
    # An end that falls into C++ code would be an abort: what is unpacked of a zip file would stay.
    number = getattr(signal, name)
    done = altered(ENDED_AS_A_LIBRARY_IS_LOADED, "classify", sample_study, int(number))
    assert (done.returncode, done.stdout) == (128 + number, "loaded: True\n")
    assert "stopped: nothing was written" in done.stderr
    assert "Traceback" not in done.stderr


# The command line, in the place of whose results a folder comes with the first record kept.
FOLDER_COMES = """
import pathlib, sys
from napari_mrseq.cli import main, output, unfinished
unfinished.KEPT_SECONDS = unfinished._LEAST_PAUSE = 0
write = output.write_whole
def write_and_stand_in_the_way(file, content):
    write(file, content)
    pathlib.Path(sys.argv[-1]).mkdir(exist_ok=True)
output.write_whole = write_and_stand_in_the_way
main()
"""


def test_results_that_can_not_be_written_at_the_end_are_kept_beside(many_pictures, tmp_path):
    output, kept = tmp_path / "out.csv", tmp_path / "out.csv.partial"
    for picture in sorted(many_pictures.iterdir())[9:]:
        picture.unlink()
    words = ("classify", many_pictures, "--format", "csv", "--output", output)
    done = altered(FOLDER_COMES, *words)
    assert done.returncode == 2
    assert f"{output}: can't be written" in done.stderr
    before = kept.read_bytes()
    output.rmdir()
    again = program(tmp_path, *words)
    assert (again.returncode, again.stderr) == (0, "")
    assert output.read_bytes() == before
    assert not kept.exists()


def test_a_name_too_long_for_a_file_beside_it_is_one_for_results(mixed):
    name = f"{'n' * 246}.csv"
    done = program(mixed, "classify", "study", "--fast", "--format", "csv", "--output", name)
    assert (done.returncode, done.stderr) == (0, "")
    (row,) = csv.DictReader((mixed / name).read_text().splitlines())
    assert row["sequence"] == "T2"
    (mixed / name).unlink()


def test_a_log_is_told_once_a_minute_how_far_long_work_is(mixed, monkeypatch):
    short = program(mixed, "classify", "study")
    assert short.stderr == ""
    # Every look at the clock is half a minute after the one before.
    monkeypatch.setattr("napari_mrseq.cli.terminal.monotonic", count(step=30).__next__)
    long = program(mixed, "classify", "study")
    assert long.stdout == short.stdout
    assert long.stderr.splitlines() == [f"reading: {done} of 18" for done in range(2, 19, 2)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.usefixtures("signals_heard")
def test_a_stop_while_a_model_is_measured_is_told(tmp_path, name, status):
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8))
    rows = [f"{number}.png,T1,{number}" for number in range(1000)]
    for row in rows:
        picture.save(tmp_path / row.split(",")[0])
    table = tmp_path / "many.csv"
    table.write_text("\n".join(["path,label,group", *rows]))
    program = subprocess.Popen(
        [str(PROGRAM), "evaluate", table, "--output", tmp_path / "figures"], stderr=subprocess.PIPE
    )
    # Before it is told that all these pictures are one.
    assert any(b"by its card" in line for line in iter(program.stderr.readline, b""))
    program.send_signal(getattr(signal, name))
    _, told = program.communicate(timeout=300)
    assert program.returncode == status
    # How many slices are judged may be told before the stop arrives; nothing after it.
    *before, last = filter(None, told.decode().splitlines())
    assert last == "stopped: nothing was written"
    assert before in ([], ["mrseq-1 judges 1000 slices"])
    assert not (tmp_path / "figures").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_program_that_is_to_outlive_its_terminal_does(sample_study, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "t2"), "zip", sample_study / "t2_tse_tra")
    command = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", PROGRAM, "classify", archive, "--fast"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with subprocess.Popen(
        command, env=os.environ | {"TMPDIR": str(scratch)}, stdout=subprocess.PIPE
    ) as program:
        while not any(scratch.glob("napari-mrseq*/*")) and program.poll() is None:
            time.sleep(0.02)
        program.send_signal(signal.SIGHUP)
        told, _ = program.communicate(timeout=300)
    assert program.returncode == 0
    assert b"t2_tse_tra" in told


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no terminals of POSIX")
def test_who_looks_on_at_a_terminal_is_told_how_far_it_is(sample_study):
    ours, theirs = os.openpty()
    folders = (sample_study / "t2_tse_tra", sample_study / "pd_tse_tra")
    command = [PROGRAM, "classify", *folders, "--fast"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=theirs, timeout=300)
    os.close(theirs)
    told = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert done.returncode == 0
    # Each step is written over the one before, and the last line ends.
    assert told.endswith("\rclassifying: 1 of 2\rclassifying: 2 of 2\r\n")


def test_a_classified_file_is_never_written_over(tmp_path):
    picture = tmp_path / "picture.png"
    Image.new("L", (32, 32), 90).save(picture)
    packed, broken, sidecar = (tmp_path / name for name in ("a.zip", "b.dcm", "c.json"))
    shutil.make_archive(str(packed.with_suffix("")), "zip", tmp_path, "picture.png")
    broken.write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 500)
    nibabel.save(nibabel.Nifti1Image(np.ones((9, 9, 9)), np.eye(4)), tmp_path / "c.nii.gz")
    sidecar.write_text("{}")
    for file in (picture, packed, broken, sidecar):
        before = file.read_bytes()
        done = program(tmp_path, "classify", tmp_path, "--format", "json", "--output", file.name)
        assert done.returncode == 2
        assert file.read_bytes() == before
    # A result of ours makes room for a newer one.
    for _ in range(2):
        assert program(tmp_path, "classify", picture, "--output", "out.csv").returncode == 0


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """A folder with a folder per class, as training and evaluation take it."""
    folder = tmp_path_factory.mktemp("labelled")
    noise = np.random.default_rng(0)
    for sequence, number in product(("T1", "T2"), range(3)):
        (folder / sequence).mkdir(exist_ok=True)
        pixels = noise.integers(0, 255, (64, 64)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / sequence / f"{number}.png")
    return folder


WRITERS = [
    ("models",),
    ("models", "--card", "mrseq-1"),
    ("classify", "LABELLED", "--fast"),
    ("evaluate", "LABELLED"),
    ("--help",),
    ("--version",),
    *((name, "--help") for name in ("classify", "models", "train", "evaluate", "view")),
    ("import-checkpoint", "--help"),
    ("export-onnx", "--help"),
]


def run_into(stdout, *arguments, buffered=True):
    """Run with a standard output of its own, of which Python holds back some, as it mostly does."""
    left = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    environment = left if buffered else left | {"PYTHONUNBUFFERED": "1"}
    command = [str(PROGRAM), *map(str, arguments)]
    return subprocess.run(
        command, stdout=stdout, stderr=subprocess.PIPE, env=environment, timeout=300
    )


@pytest.mark.parametrize("command", ["classify", "view"])
def test_the_usage_says_once_that_there_may_be_more_paths(tmp_path, command):
    told = program(tmp_path, command, "--help").stdout
    (usage,) = (line for line in told.splitlines() if "Usage:" in line)
    assert usage.count("...") == 1


def test_the_version_is_that_of_the_package():
    done = run_into(subprocess.PIPE, "--version")
    assert done.returncode == 0
    assert done.stdout.decode() == f"napari-mrseq {importlib.metadata.version('napari-mrseq')}\n"


def test_python_runs_the_command_line_where_no_script_is_on_the_path(tmp_path):
    module = [sys.executable, "-m", "napari_mrseq", "classify", "nowhere"]
    done = subprocess.run(module, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == program(tmp_path, "classify", "nowhere").returncode == 1
    assert "nowhere" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full")
@pytest.mark.parametrize(
    ("arguments", "buffered"),
    [*((one, True) for one in WRITERS), (WRITERS[0], False), (("--help",), False)],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else f"buffered={value}",
)
def test_a_full_disk_is_one_line(labelled, arguments, buffered):
    with Path("/dev/full").open("w") as full:
        given = [labelled if word == "LABELLED" else word for word in arguments]
        done = run_into(full, *given, buffered=buffered)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1] == (
        "napari-mrseq: standard output: can't be written (No space left on device)"
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full")
def test_what_nobody_can_hear_stops_no_work(sample_study, tmp_path):
    command = [PROGRAM, "classify", "nowhere", sample_study / "t2_tse_tra", "--fast"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=full)
    assert done.returncode == 1
    assert b"t2_tse_tra" in done.stdout
    assert b"does not exist" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
@pytest.mark.parametrize("arguments", [("models",), ("--help",)], ids=" ".join)
def test_a_pipe_that_nobody_reads_is_one_line(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        done = run_into(pipe, *arguments)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1] == (
        "napari-mrseq: standard output: can't be written (Broken pipe)"
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_a_console_that_lacks_a_sign_is_told_its_number(tmp_path):
    # As consoles of Windows lack all but a few hundred.
    told = os.environ | {"PYTHONIOENCODING": "ascii", "NAPARI_MRSEQ_MODELS": str(tmp_path / "膝")}
    (tmp_path / "膝").mkdir()
    shutil.copy(find(DEFAULT)[0], tmp_path / "膝" / "mine.safetensors")
    for arguments in (("models",), ("classify", "--help")):
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, env=told, timeout=300)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.isascii()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows closes no standard output so")
@pytest.mark.parametrize("arguments", WRITERS[:2], ids=" ".join)
def test_a_closed_standard_output_is_one_line(arguments):
    command = ["sh", "-c", 'exec "$@" >&-', "sh", str(PROGRAM), *arguments]
    done = subprocess.run(command, stderr=subprocess.PIPE, timeout=300)
    assert done.returncode == 2
    assert b"standard output is closed" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files as Linux does")
@pytest.mark.parametrize(
    ("blocks", "arguments"),
    [(8, ("evaluate",)), (0, ("train", "--epochs", "1", "--draws", "64"))],
    ids=["evaluate", "train"],
)
def test_a_folder_that_can_not_be_filled_is_one_line(labelled, tmp_path, blocks, arguments):
    command = [PROGRAM, *arguments, labelled, "--output", tmp_path / "figures"]
    # No file may be longer than some blocks, as on a full disk.
    limited = ["sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh", *map(str, command)]
    done = subprocess.run(limited, capture_output=True, timeout=300)
    assert done.returncode == 2
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith(f"napari-mrseq: {tmp_path / 'figures'}")
    assert "can't be written (File too large)" in last
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows closes no standard error so")
def test_without_standard_error_the_result_is_written(mixed):
    command = [str(PROGRAM), "classify", "study", "--fast", "--format", "csv"]
    closed = ["sh", "-c", 'exec "$@" 2>&-', "sh", *command]
    done = subprocess.run(closed, stdout=subprocess.PIPE, cwd=mixed, timeout=300)
    assert done.returncode == 0
    assert b",T2," in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are UTF-8 here")
@pytest.mark.parametrize("kind", ["table", "csv", "json", "parquet"])
def test_a_name_that_is_not_utf8_loses_nothing(tmp_path, kind):
    if kind == "parquet":
        pytest.importorskip("pyarrow", reason="the extra [parquet] is not installed")
    odd = tmp_path / os.fsdecode(b"M\xfcller") / os.fsdecode(b"T1 \xe4.png")
    odd.parent.mkdir()
    for path in (odd, tmp_path / "good.png"):
        Image.new("L", (32, 32), 90).save(path)
    done = run("classify", tmp_path, "--format", kind)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"good" in done.stdout
    assert rb"T1 \udce4" in done.stdout
    if kind == "json":
        assert str(odd) in [record["path"] for record in json.loads(done.stdout)]


def test_models_are_listed_with_classes_size_hash_and_place():
    done = run("models")
    assert done.returncode == 0
    text = done.stdout.decode()
    assert "FLAIR" in text
    assert ".safetensors" in text


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are UTF-8 here")
def test_a_model_file_whose_name_is_not_utf8_has_its_card(tmp_path):
    odd = tmp_path / os.fsdecode(b"Sch\xe4del.safetensors")
    shutil.copy(find(DEFAULT)[0], odd)
    # As where the language of the system is not C.
    strict = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}
    command = [PROGRAM, "models", "--card", odd]
    done = subprocess.run(command, capture_output=True, env=strict, timeout=300)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"Sch\udce4del.safetensors" in done.stdout


@pytest.fixture
def readable(sample_study, tmp_path):
    """A disc with its index and a second name of an image, a model and a protocol of one's own."""
    (tmp_path / "disc").mkdir()
    image = tmp_path / "disc" / "IM0001"
    shutil.copy(sample_study / "t2_tse_tra" / "IM0001.dcm", image)
    shutil.copy(get_testdata_file("DICOMDIR"), image.with_name("DICOMDIR"))
    (tmp_path / "linked.csv").hardlink_to(image)
    package = sample_study.parent
    shutil.copy(find(DEFAULT)[0], tmp_path / "model.safetensors")
    shutil.copy(package / "protocols" / "ms.toml", tmp_path / "protocol.toml")
    return tmp_path


@pytest.mark.parametrize(
    ("output", "options"),
    [
        ("linked.csv", ()),
        ("disc/DICOMDIR", ()),
        ("model.safetensors", ("--model", "model.safetensors")),
        ("protocol.toml", ("--protocol", "protocol.toml")),
    ],
)
def test_nothing_that_is_read_is_written_over(output, options, readable):
    before = (readable / output).read_bytes()
    done = program(readable, "classify", "disc", *options, "--output", output)
    assert done.returncode == 2, done.stderr
    assert f"{output} is one of the files" in done.stderr
    assert (readable / output).read_bytes() == before


def test_what_cannot_be_viewed_is_told_as_what_cannot_be_classified(tmp_path):
    for command in ("classify", "view"):
        done = run(command, "no-such", cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        assert b"no-such: does not exist" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
@pytest.mark.parametrize("environment", [{}, {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}])
def test_napari_without_a_screen_is_refused_in_words(sample_study, environment):
    left = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    left.pop("QT_QPA_PLATFORM", None)
    command = [str(PROGRAM), "view", str(sample_study / "t2_tse_tra")]
    done = subprocess.run(command, capture_output=True, env=left | environment, timeout=300)
    assert done.returncode == 2
    assert b"napari needs a screen" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="napari keeps its icons elsewhere")
def test_napari_in_a_home_that_can_not_be_written_is_refused_in_words(sample_study, tmp_path):
    (tmp_path / ".cache").touch()
    home = {k: v for k, v in os.environ.items() if k != "XDG_CACHE_HOME"} | {"HOME": str(tmp_path)}
    command = [str(PROGRAM), "view", str(sample_study / "t2_tse_tra")]
    done = subprocess.run(command, capture_output=True, env=home, timeout=300, text=True)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"napari-mrseq: {tmp_path / '.cache'}")
    assert "can't be written" in line
