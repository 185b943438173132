"""How many slices a second, side by side with the old way: `python benchmarks/prediction.py`.

The old program ran ResNet-152 at 224 px and built its model at each click.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from napari_mrseq import load_model
from napari_mrseq.model.classifier import BATCH_SLICES, logits_of
from napari_mrseq.model.networks import build
from napari_mrseq.model.preparation import prepare

REPEATS = 5
OLD_SIZE = 224
FIRST_ANSWER = (
    "import numpy, napari_mrseq; "
    "napari_mrseq.load_model(device='cpu').predict(numpy.ones((1, 256, 256)))"
)


def seconds(run: Callable[[], object]) -> float:
    """Return the median time of some runs, after one to warm up."""
    run()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def process_seconds(code: str) -> float:
    """Return the median time a fresh process needs for some code."""
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))


def peak_flops() -> float:
    """Return the floating-point operations a second of a large matrix product."""
    n = 2048
    a, b = torch.rand(n, n), torch.rand(n, n)
    return 2 * n**3 / seconds(lambda: a @ b)


@torch.inference_mode()
def main() -> None:
    """Measure and print."""
    model = load_model(device="cpu")
    slices = np.random.default_rng(0).random((BATCH_SLICES, 256, 256), dtype=np.float32)
    images, _ = prepare(slices, model.card.input_size)
    whole = seconds(lambda: model.predict(slices))
    preparing = seconds(lambda: prepare(slices, model.card.input_size))
    network = seconds(lambda: logits_of(model.network, images))
    with FlopCounterMode(display=False) as counter:
        logits_of(model.network, images)
    achieved, peak = counter.get_total_flops() / network, peak_flops()

    old = build("resnet152", 3).eval()
    batch = torch.rand(8, 3, OLD_SIZE, OLD_SIZE)
    old_warm = seconds(lambda: old(batch)) / len(batch)

    def click() -> None:
        build("resnet152", 3).eval()(batch[:1])

    old_click = seconds(click)
    importing, first = process_seconds("import torch"), process_seconds(FIRST_ANSWER)

    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, {model.name}")
    print(f"ours, warm                     {BATCH_SLICES / whole:8.0f} slices/s")
    print(f"  of which preparation         {preparing / whole:8.0%}")
    print(f"ResNet-152 at 224 px, warm     {1 / old_warm:8.1f} slices/s")
    print(f"ResNet-152, built at a click   {1 / old_click:8.2f} slices/s")
    print(f"ours against the old, warm     {BATCH_SLICES / whole * old_warm:8.1f} ×")
    print(f"ours against a click           {BATCH_SLICES / whole * old_click:8.1f} ×")
    print(f"import torch alone             {importing:8.2f} s")
    print(f"first answer, fresh process    {first:8.2f} s, {first / importing:.2f} ×")
    print(f"network                        {achieved / 1e9:8.1f} GFLOP/s")
    print(f"matrix product                 {peak / 1e9:8.1f} GFLOP/s, {achieved / peak:.0%} of it")


if __name__ == "__main__":
    main()
