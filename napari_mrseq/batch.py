"""Many series → verdicts: in this process, in several of this machine, or on a Dask cluster."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import cloudpickle

from napari_mrseq.errors import MrseqError
from napari_mrseq.exchange import with_exchanges
from napari_mrseq.judging import outcome_of
from napari_mrseq.model.registry import stamp_of
from napari_mrseq.reading.muting import LIBRARIES_MUTED
from napari_mrseq.series import Failure, Series, Study
from napari_mrseq.verdict import Verdict

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from napari_mrseq.model import Model

# A series, and what another process needs to judge it.
Asked = tuple[Series, bytes]
# Series a process: enough that none idles while others take minutes over one.
_HANDED_AHEAD = 100
# Windows waits for no more at once (ProcessPoolExecutor).
_MOST_ON_WINDOWS = 61
_DIED = "the process that classified it died, perhaps for lack of memory"


def classify_study(study: Study, model: Model, *, fast: bool = False) -> list[Verdict | Failure]:
    """Classify every series of a study and hold their headers against each other.

    Parameters
    ----------
    study : Study
        As `read_study` returns it.
    model : Model
        A loaded network.
    fast : bool
        Look at a few slices of each series only.

    Returns
    -------
    list of Verdict or Failure
        One a series, in their order, as the command line judges them; then what could not be read.
        `judge_studies` takes it.

    Raises
    ------
    TypeError
        If anything but a study and a loaded model is given.
    """
    if not isinstance(study, Study):
        raise TypeError(f"a Study of read_study() is needed, not a {type(study).__name__}")
    outcomes = [outcome_of(one, model, fast=fast) for one in study.series]
    return [*with_exchanges(outcomes), *study.failures]


def classify_many(
    series: Iterable[Series],
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
    series : iterable of Series
        What to judge; none is held once its verdict is given.
    model, device : str
        As `load_model` takes them; each process loads its own.
    fast : bool
        Look at a few slices of each series only.
    jobs : int
        Processes of this machine; on Windows 61 at most.
    scheduler : str, optional
        Address of a running Dask cluster (``tcp://HOST:PORT``), which must see the same files.

    Yields
    ------
    Verdict or Failure
        One a series; a failure where its pixels can't be decoded, or where the process died.

    Raises
    ------
    ModelError, DeviceError
        If the model can't be loaded on the device.
    MrseqError
        If the cluster can't be reached, or is lost; or the system lets no processes work together.
    """
    if jobs == 1 and scheduler is None:
        for one in series:
            yield _judge(one, model, device, fast)
        return
    asked = ((one, cloudpickle.dumps((one, model, device, fast))) for one in series)
    yield from _in_processes(asked, jobs) if scheduler is None else _on_cluster(asked, scheduler)


def _in_processes(asked: Iterator[Asked], jobs: int) -> Iterator[Verdict | Failure]:
    if sys.platform == "win32":
        jobs = min(jobs, _MOST_ON_WINDOWS)
    # All of a cohort would be packed before the first is judged, and held twice.
    handed = deque(islice(asked, jobs * _HANDED_AHEAD))
    while handed:
        with _pool(jobs) as pool:
            try:
                waiting = deque(_submitted(pool, packed) for _, packed in handed)
                while handed:
                    answer = waiting.popleft().result()
                    yield _answer_on(handed.popleft()[0], answer)
                    for one in islice(asked, 1):
                        handed.append(one)
                        waiting.append(_submitted(pool, one[1]))
            except BrokenProcessPool:
                # Which of the series under way it was shows when each has a process of its own.
                yield _judge_apart(*handed.popleft())
                handed += islice(asked, 1)


def _judge_apart(series: Series, packed: bytes) -> Verdict | Failure:
    with _pool(1) as pool:
        try:
            return _answer_on(series, _submitted(pool, packed).result())
        except BrokenProcessPool:
            return Failure(series.path, f"{_DIED}: try it alone, with --jobs 1", series)


@contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Yield processes that end at once where the work is stopped, or this process is killed."""
    # torch's threads don't survive a fork.
    context = get_context("spawn")
    # This end closes with this process, whatever ends it.
    theirs, ours = context.Pipe(duplex=False)
    try:
        with _deaf():
            pool = ProcessPoolExecutor(jobs, context, _begin, (jobs, theirs))
    except OSError as error:  # they share semaphores, which Linux keeps in /dev/shm
        raise MrseqError(
            f"several processes can't work together here ({error.strerror}): use --jobs 1"
        ) from error
    with theirs, ours, pool:
        try:
            yield pool
        except BaseException:
            # A series may take minutes.
            ours.close()
            raise


def _submitted(pool: ProcessPoolExecutor, packed: bytes) -> Future[bytes]:
    with _deaf():
        return pool.submit(_judge_packed, packed)


@contextmanager
def _deaf() -> Iterator[None]:
    """Begin processes that hear neither Ctrl-C nor a closed terminal: who started them stops them.

    The one that keeps count of what they share is among them, and begins with the pool.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGHUP])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _on_cluster(asked: Iterator[Asked], scheduler: str) -> Iterator[Verdict | Failure]:
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise MrseqError('a cluster needs Dask: pip install "napari-mrseq[cluster]"') from error
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise MrseqError(f"no Dask scheduler answers at {scheduler}: {error}") from error
    with client:
        handed = deque(
            (one, client.submit(_judge_packed, packed, pure=False)) for one, packed in asked
        )
        while handed:
            one, future = handed.popleft()
            try:
                yield _answer_on(one, future.result())
            except KilledWorker:
                yield Failure(one.path, f"{_DIED} on the cluster", one)
            except CancelledError as error:
                raise MrseqError(
                    f"the Dask scheduler at {scheduler} was lost: start it and the work again"
                ) from error


def _begin(jobs: int, lifeline: Connection) -> None:
    """Let this process end when the other end of a pipe closes, and give it its share of cores."""
    Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    from napari_mrseq.model.running import share_threads

    share_threads(jobs)


def _end_with(lifeline: Connection) -> None:
    lifeline.poll(None)
    os._exit(1)


def _judge_packed(packed: bytes) -> bytes:
    # Who asked has the series: to pack its header takes longer than all the rest.
    bare = replace(_judge(*_unpacked(packed)), series=None)  # type: ignore[arg-type]
    answer: bytes = cloudpickle.dumps(bare)
    return answer


def _answer_on(series: Series, packed: bytes) -> Verdict | Failure:
    """Return another process's answer, on the very series that it was asked about."""
    answer: Verdict | Failure = _unpacked(packed)
    return replace(answer, series=series)


def _unpacked(packed: bytes) -> Any:
    # pydicom holds each UID against the standard once more, and warns of odd ones.
    with LIBRARIES_MUTED:
        return cloudpickle.loads(packed)


def _judge(series: Series, model: str, device: str, fast: bool) -> Verdict | Failure:
    return outcome_of(series, _loaded(model, device, stamp_of(model)), fast=fast)


@lru_cache(maxsize=1)
def _loaded(model: str, device: str, _stamp: tuple[Path, int, int]) -> Model:
    """Load a model once a process, and anew where its file was replaced: workers live long."""
    from napari_mrseq.model import load_model

    return load_model(model, device)
