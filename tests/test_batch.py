from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from napari_mrseq.batch import classify_many
from napari_mrseq.errors import MrseqError
from napari_mrseq.reading import read_study
from napari_mrseq.series import Failure


@pytest.fixture(scope="module")
def series(sample_study):
    return read_study([sample_study / "t2_tse_tra", sample_study / "pd_tse_tra"]).series


def test_a_running_dask_cluster_gives_the_same_verdicts(series):
    distributed = pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    alone = [v.to_dict() for v in classify_many(series, "default", "cpu", fast=True)]
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        far = list(classify_many(series, "default", "cpu", fast=True, scheduler=address))
    assert [v.to_dict() for v in far] == alone


def test_a_cluster_that_does_not_answer_is_named(series):
    with pytest.raises(MrseqError, match=r"tcp://127\.0\.0\.1:9"):
        list(classify_many(series, "default", "cpu", scheduler="tcp://127.0.0.1:9"))


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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a group of processes")
@pytest.mark.usefixtures("signals_heard")
def test_ctrl_c_ends_a_run_in_several_processes(sample_study, tmp_path):
    study = tmp_path / "study"
    for number in range(30):
        shutil.copytree(sample_study / "t2_tse_tra", study / str(number))
    command = [Path(sys.executable).with_name("napari-mrseq"), "classify", study, "--jobs", "2"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as program:
        time.sleep(3)
        os.killpg(program.pid, signal.SIGINT)
        assert program.wait(60) != 0


def _die(_block):
    os._exit(9)
