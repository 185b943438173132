"""How many slices a second, side by side with the old way: `python benchmarks/prediction.py`.

The old program ran ResNet-152 at 224 px and built its model at each click. What is compared runs
in turn, so that other programs disturb both alike, and the least time of each counts. Goals are
held against seconds of the processor, summed over threads; seconds of the clock stand beside them.
On a busy machine set OMP_NUM_THREADS=1: threads that wait for each other count as work.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

import napari_mrseq
from napari_mrseq.model import Model, load_model, running
from napari_mrseq.model.classifier import logits_of
from napari_mrseq.model.networks import build, channel_count
from napari_mrseq.model.preparation import prepare

REPEATS = 5
OLD_SIZE, OLD_BATCH = 224, 8
MATRIX = 2048
LEAST_SPEEDUP, MOST_FIRST, LEAST_PEAK = 30.0, 1.5, 0.4
SAMPLE = Path(napari_mrseq.__file__).parent / "sample_study"
IMPORT = "import torch"
FIRST_ANSWER = (
    "import numpy, napari_mrseq; hill = numpy.hanning(256);"
    "napari_mrseq.load_model({model!r}, device='cpu').predict(numpy.outer(hill, hill)[None])"
)


def in_turn(
    tasks: Mapping[str, Callable[[], object]], who: int = resource.RUSAGE_SELF
) -> dict[str, tuple[float, float]]:
    """Run tasks in turn; return the least seconds of the processor and of the clock of each."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in tasks}
    for lap in range(REPEATS + 1):
        for name, task in tasks.items():
            used, start = processor_seconds(who), time.perf_counter()
            task()
            clock = time.perf_counter() - start
            if lap:  # the first warms up
                times[name].append((processor_seconds(who) - used, clock))
    return {
        name: (min(used for used, _ in laps), min(clock for _, clock in laps))
        for name, laps in times.items()
    }


def processor_seconds(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def sample_slices(count: int) -> np.ndarray:
    """Return slices of the sample study, (count, rows, columns), the middle ones of each series."""
    series = napari_mrseq.read(SAMPLE)
    shape = series[0].pixels.shape[-2:]
    alike = [one for one in series if one.pixels.shape[-2:] == shape]
    picked = [
        one.slice_pixels(one.slice_count // 2 + step).compute()
        for step in (0, 1, -1, 2, -2)
        for one in alike
    ]
    return np.stack([picked[index % len(picked)] for index in range(count)]).astype(np.float32)


def speed(model: Model, old: Callable[[torch.Tensor], object]) -> bool:
    """Print slices a second of both programs; tell whether the goal is met."""
    size = model.card.input_size
    count = running.batch_size("cpu", size, model.half)
    slices = sample_slices(count)
    batch = torch.rand(OLD_BATCH, 3, OLD_SIZE, OLD_SIZE)
    found = in_turn(
        {
            "ours, warm": lambda: model.predict(slices),
            "  its preparation": lambda: prepare(slices, size),
            "  in float32": lambda: replace(model, half=None).predict(slices),
            "ResNet-152 at 224 px, warm": lambda: old(batch),
            "ResNet-152, built at a click": lambda: build("resnet152", 3).eval()(batch[:1]),
        }
    )
    slices_of = {"ResNet-152 at 224 px, warm": OLD_BATCH, "ResNet-152, built at a click": 1}
    print(f"{'':32}{'slices/s of one core':>22}{'slices/s by the clock':>23}")
    for name, (used, clock) in found.items():
        done = slices_of.get(name, count)
        print(f"{name:32}{done / used:22.2f}{done / clock:23.2f}")
    ours, preparing = found["ours, warm"][0], found["  its preparation"][0]
    warm = found["ResNet-152 at 224 px, warm"][0] / OLD_BATCH / (ours / count)
    click = found["ResNet-152, built at a click"][0] / (ours / count)
    print(f"preparation against the network {preparing / (ours - preparing):.0%} (at most 100 %)")
    print(f"ours against the old, warm      {warm:.1f} × (at least {LEAST_SPEEDUP:.0f} ×)")
    print(f"ours against a click            {click:.0f} ×")
    return warm >= LEAST_SPEEDUP and preparing <= ours - preparing


def first_answer(model: str) -> bool:
    """Print how long a fresh process needs for an answer; tell whether the goal is met."""

    def process(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    tasks = {IMPORT: process(IMPORT), "first answer": process(FIRST_ANSWER.format(model=model))}
    found = in_turn(tasks, resource.RUSAGE_CHILDREN)
    print(f"\n{'':32}{'seconds of one core':>22}{'seconds by the clock':>23}")
    for name, (used, clock) in found.items():
        print(f"{name:32}{used:22.2f}{clock:23.2f}")
    used, clock = (a / b for a, b in zip(found["first answer"], found[IMPORT], strict=True))
    print(f"against import torch            {used:.2f} ×, by the clock {clock:.2f} ×", end="")
    print(f" (at most {MOST_FIRST} ×)")
    return used <= MOST_FIRST


def arithmetic(model: Model) -> bool:
    """Print what the network makes of the machine; tell whether the goal is met."""
    size = model.card.input_size
    images, _ = prepare(sample_slices(running.batch_size("cpu", size, model.half)), size)
    channels = channel_count(model.card.network)
    kind = model.half or torch.float32
    left = torch.rand(MATRIX, MATRIX).to(kind)

    def network() -> object:
        return running.run(
            lambda batch: logits_of(model.network, batch, channels), images, "cpu", model.half
        )

    # The counter doesn't know fused convolutions: they are counted one by one.
    plain = build(model.card.network, len(model.classes), familiarity=model.card.familiarity).eval()
    with FlopCounterMode(display=False) as counter:
        logits_of(plain, images, channels)
    found = in_turn({"network": network, "matrix product": lambda: left @ left})
    achieved = counter.get_total_flops() / found["network"][0] / 1e9
    peak = 2 * MATRIX**3 / found["matrix product"][0] / 1e9
    name = str(kind).removeprefix("torch.")
    print(f"\nnetwork, {name:23}{achieved:8.1f} GFLOP/s of one core")
    print(f"matrix product, {name:16}{peak:8.1f} GFLOP/s of one core")
    print(f"of the peak                     {achieved / peak:.0%} (at least {LEAST_PEAK:.0%})")
    return achieved >= LEAST_PEAK * peak


@torch.inference_mode()
def main() -> int:
    """Measure and print; exit 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="default", help="name or weights file")
    name = parser.parse_args().model
    model = load_model(name, device="cpu")
    print(
        f"{model.name} at {model.card.input_size} px, {torch.get_num_threads()} threads, ", end=""
    )
    print(f"torch {torch.__version__}, first look in {model.half or torch.float32}")
    met = [speed(model, build("resnet152", 3).eval()), first_answer(name), arithmetic(model)]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
