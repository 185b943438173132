from __future__ import annotations

import pytest

from napari_mrseq.batch import classify_many
from napari_mrseq.errors import MrseqError
from napari_mrseq.reading import read_study


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
