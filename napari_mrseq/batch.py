"""Many series → verdicts: in this process, in several of this machine, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context
from typing import TYPE_CHECKING

import cloudpickle

from napari_mrseq.errors import MrseqError, ReadError
from napari_mrseq.judging import classify
from napari_mrseq.series import Failure

if TYPE_CHECKING:
    from napari_mrseq.model import Model
    from napari_mrseq.series import Series
    from napari_mrseq.verdict import Verdict


def classify_many(
    series: Sequence[Series],
    model: str,
    device: str,
    *,
    fast: bool = False,
    jobs: int = 1,
    scheduler: str | None = None,
) -> Iterator[Verdict | Failure]:
    """Classify series, in their order.

    Parameters
    ----------
    series : sequence of Series
        What to judge.
    model, device : str
        As `load_model` takes them; each process loads its own.
    fast : bool
        Look at a few slices of each series only.
    jobs : int
        Processes of this machine.
    scheduler : str, optional
        Address of a running Dask cluster (``tcp://HOST:PORT``), which must see the same files.

    Yields
    ------
    Verdict or Failure
        One a series; a failure where its pixels can't be decoded.

    Raises
    ------
    ModelError, DeviceError
        If the model can't be loaded on the device.
    MrseqError
        If the cluster can't be reached.
    """
    if not series:
        return
    if jobs == 1 and scheduler is None:
        for one in series:
            yield _judge(one, model, device, fast)
        return
    with _executor(jobs, scheduler) as executor:
        packed = [cloudpickle.dumps((one, model, device, fast)) for one in series]
        for answer in executor.map(_judge_packed, packed):
            yield cloudpickle.loads(answer)


@contextmanager
def _executor(jobs: int, scheduler: str | None) -> Iterator[Executor]:
    if scheduler is None:
        # torch's threads don't survive a fork.
        with ProcessPoolExecutor(
            jobs, get_context("spawn"), initializer=_share_cores, initargs=(jobs,)
        ) as pool:
            yield pool
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise MrseqError('a cluster needs Dask: pip install "napari-mrseq[cluster]"') from error
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise MrseqError(f"no Dask scheduler answers at {scheduler}: {error}") from error
    with client:
        yield client.get_executor()


def _share_cores(jobs: int) -> None:
    """Give this process its share of the cores."""
    from napari_mrseq.model.running import share_threads

    share_threads(jobs)


def _judge_packed(packed: bytes) -> bytes:
    answer: bytes = cloudpickle.dumps(_judge(*cloudpickle.loads(packed)))
    return answer


def _judge(series: Series, model: str, device: str, fast: bool) -> Verdict | Failure:
    try:
        return classify(series, _loaded(model, device), fast=fast)
    except ReadError as error:
        return Failure(series.path, str(error), series)


@cache
def _loaded(model: str, device: str) -> Model:
    """Load a model once a process."""
    from napari_mrseq.model import load_model

    return load_model(model, device)
