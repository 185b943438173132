from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import process
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from pydicom import config, dcmread
from pydicom.uid import generate_uid

from napari_mrseq import batch
from napari_mrseq.batch import classify_many
from napari_mrseq.errors import MrseqError, ReadError
from napari_mrseq.model import registry
from napari_mrseq.model.card_file import file_hash
from napari_mrseq.reading import read_study
from napari_mrseq.series import Failure


@pytest.fixture(scope="module")
def series(sample_study):
    return read_study([sample_study / "t2_tse_tra", sample_study / "pd_tse_tra"]).series


def test_a_running_dask_cluster_gives_the_same_verdicts(series):
    distributed = pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    alone = [v.to_dict() for v in classify_many(series, "default", "cpu", fast=True)]
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=":0"
    ) as cluster:
        address = cluster.scheduler_address
        far = list(classify_many(series, "default", "cpu", fast=True, scheduler=address))
    assert [v.to_dict() for v in far] == alone


def test_verdicts_of_other_processes_are_on_the_series_handed_in(series):
    lost = replace(series[0], pixels=series[0].pixels.map_blocks(_fail, meta=np.empty((0, 0, 0))))
    asked = [*series, lost]
    outcomes = list(classify_many(asked, "default", "cpu", fast=True, jobs=2))
    assert [one.series for one in outcomes] == asked
    assert isinstance(outcomes[-1], Failure)
    alone = list(classify_many(series, "default", "cpu", fast=True))
    assert [one.to_dict() for one in outcomes[:-1]] == [one.to_dict() for one in alone]


def test_a_model_that_was_replaced_is_not_used_any_longer(series, tmp_path):
    model = tmp_path / "own.safetensors"
    shutil.copy(registry.find("default")[0], model)
    (before,) = classify_many(series[:1], str(model), "cpu", fast=True)
    shutil.copy(Path("benchmarks/held-out.safetensors").resolve(), model)
    (after,) = classify_many(series[:1], str(model), "cpu", fast=True)
    assert before.model_id["sha256"] != after.model_id["sha256"] == file_hash(model)


def test_a_cluster_that_does_not_answer_is_named(series):
    with pytest.raises(MrseqError, match=r"tcp://127\.0\.0\.1:9"):
        list(classify_many(series, "default", "cpu", scheduler="tcp://127.0.0.1:9"))


def test_a_cluster_that_is_lost_is_named(series):
    distributed = pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=":0"
    ) as cluster:
        address = cluster.scheduler_address
        judged = classify_many([*series] * 20, "default", "cpu", fast=True, scheduler=address)
        next(judged)
        cluster.close()
        with pytest.raises(MrseqError, match=f"{address} was lost"):
            list(judged)


def test_a_series_that_kills_its_process_loses_no_other(series):
    deadly = replace(
        series[0], path="deadly", pixels=series[0].pixels.map_blocks(_die, meta=np.empty((0, 0, 0)))
    )
    outcomes = list(
        classify_many([series[0], deadly, series[1]], "default", "cpu", fast=True, jobs=2)
    )
    first, failure, last = outcomes
    assert [first.sequence, last.sequence] == ["T2", "PD"]
    assert isinstance(failure, Failure)
    assert failure.path == "deadly"
    assert "memory" in failure.cause


def test_series_of_a_cohort_are_asked_for_as_the_work_goes_on(series):
    small = replace(series[1], pixels=series[1].pixels[9:10], instance_uids=())
    deadly = replace(small, pixels=small.pixels.map_blocks(_die, meta=np.empty((0, 0, 0))))
    cohort = [replace(small, path=str(number)) for number in range(250)]
    cohort[240] = replace(deadly, path="240")
    left = iter(cohort)
    run = classify_many(left, "default", "cpu", jobs=2)
    outcomes = [next(run)]
    assert next(left) is cohort[200]
    outcomes += run
    del cohort[200]
    assert [one.series for one in outcomes] == cohort
    assert [one.series.path for one in outcomes if isinstance(one, Failure)] == ["240"]


@pytest.mark.parametrize("warnings", ["default", "error"])
def test_odd_identifiers_are_neither_told_nor_cost_a_series(sample_study, tmp_path, warnings):
    for number, file in enumerate(sorted((sample_study / "t2_tse_tra").iterdir())):
        header = dcmread(file)
        with config.disable_value_validation():
            header.FrameOfReferenceUID = "Zwerg 1"
            header.save_as(tmp_path / f"{number}.dcm")
    program = Path(sys.executable).with_name("napari-mrseq")
    done = subprocess.run(
        [program, "classify", tmp_path, sample_study / "pd_tse_tra", "--fast", "--jobs", "2"],
        env={**os.environ, "PYTHONWARNINGS": warnings},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Zwerg" not in done.stderr + done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals for a group of processes")
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGHUP", 129)])
@pytest.mark.usefixtures("signals_heard")
def test_ctrl_c_or_a_closed_terminal_ends_a_run_in_several_processes(
    sample_study, tmp_path, name, status
):
    with run_in_processes(sample_study, tmp_path) as (program, workers):
        os.killpg(program.pid, getattr(signal, name))
        assert program.wait(300) == status
    assert (tmp_path / "told").read_text() == "\nstopped: nothing was written\n"
    assert len(workers) == 2
    assert not any(worker.is_running() for worker in workers)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_program_that_is_killed_leaves_no_process(sample_study, tmp_path):
    with run_in_processes(sample_study, tmp_path) as (program, workers):
        program.kill()
    assert len(workers) == 2
    _, alive = psutil.wait_procs(workers, timeout=300)
    for worker in alive:
        worker.kill()
    assert not alive


def test_more_processes_than_windows_allows_are_as_many_as_it_does(series, monkeypatch):
    windows = SimpleNamespace(platform="win32")
    monkeypatch.setattr(batch, "sys", windows)
    monkeypatch.setattr(process, "sys", windows)
    (verdict,) = classify_many(series[:1], "default", "cpu", fast=True, jobs=100)
    assert verdict.sequence == "T2"


def test_a_run_in_several_processes_that_is_stopped_ends_no_series(series, tmp_path):
    finished = tmp_path / "finished"
    long = replace(
        series[0],
        pixels=series[0].pixels.map_blocks(partial(_linger, finished), meta=np.empty((0, 0, 0))),
    )
    run = classify_many([series[1], long], "default", "cpu", fast=True, jobs=2)
    assert next(run).sequence == "PD"
    workers = workers_of(os.getpid())
    run.close()
    psutil.wait_procs(workers)
    assert not finished.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files as Linux does")
def test_where_no_processes_work_together_one_is_advised(sample_study):
    # Their semaphores are files of /dev/shm, which a container may lack or have closed.
    command = [Path(sys.executable).with_name("napari-mrseq"), "classify", sample_study]
    limited = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *command, "--jobs", "2"]
    done = subprocess.run(limited, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line == (
        "napari-mrseq: several processes can't work together here (File too large): use --jobs 1"
    )


@contextmanager
def run_in_processes(sample_study, tmp_path):
    """Yield the program judging 20 series in two processes, and these."""
    study = tmp_path / "study"
    study.mkdir()
    (first, *_) = sorted((sample_study / "t2_tse_tra").iterdir())
    for number in range(20):
        file = dcmread(first)
        file.SeriesInstanceUID = generate_uid()
        file.SOPInstanceUID = file.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        file.save_as(study / str(number))
    command = [Path(sys.executable).with_name("napari-mrseq"), "classify", study, "--jobs", "2"]
    with (
        (tmp_path / "told").open("w") as told,
        subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=told, start_new_session=True
        ) as program,
    ):
        while len(workers := workers_of(program.pid)) < 2 and program.poll() is None:
            time.sleep(0.02)
        yield program, workers


def workers_of(program: int) -> list[psutil.Process]:
    """Return the processes that judge series for a program, apart from what serves them."""
    children = psutil.Process(program).children(recursive=True)
    return [one for one in children if "spawn_main" in " ".join(one.cmdline())]


def _fail(_block):
    raise ReadError("damaged", "lost.dcm")


def _die(_block):
    os._exit(9)


def _linger(finished, block):
    time.sleep(300)
    finished.touch()
    return block
