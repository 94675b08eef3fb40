"""What a step costs, measured: `torchrun --nproc-per-node 4 -m plegrad_torch.measuring weights.safetensors`.

Each rank takes steps on random rows, first alone and then together, and does by itself what ranks tell each other in a
step. Prints JSON: medians of seconds by the clock (by the processor's where a rank is alone) with quartiles, and bytes.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles

import torch
import torch.distributed as dist
from torch import Tensor

from .declaration import DenseFeature, Feature, VarLenFeature
from .distributed import rank, ranks, sum_gradients
from .embedding import FeatureEmbedding, Inputs
from .encoding import Labels
from .kinds import TaskKind
from .learning import Learner, losses_of
from .models import MultiTaskModel
from .optimizers import Adam
from .strategies import FixedWeights
from .strategy import gradients_of
from .weights import load_model

WARM = 3
Spread = list[float]
"""Median, first and third quartile."""


def random_inputs(features: Sequence[Feature], rows: int, generator: torch.Generator) -> Inputs:
    """Rows of uniform ids, lists that are full, and normal numbers."""
    ids: dict[str, Tensor] = {}
    numbers: dict[str, Tensor] = {}
    for each in features:
        if isinstance(each, DenseFeature):
            numbers[each.name] = torch.randn(rows, each.width, generator=generator)
            continue
        shape = (rows, each.max_length) if isinstance(each, VarLenFeature) else (rows,)
        ids[each.name] = torch.randint(
            min(1, each.vocabulary_size - 1), each.vocabulary_size, shape, generator=generator
        )
        if isinstance(each, VarLenFeature) and each.weights is not None:
            numbers[each.weights] = torch.rand(shape, generator=generator)
    return Inputs(rows, ids, numbers)


def random_labels(tasks: dict[str, TaskKind], rows: int, generator: torch.Generator) -> Labels:
    """Labels of 0 and 1, none missing."""
    shapes = {task: (rows, kind.label_width) if kind.label_width > 1 else (rows,) for task, kind in tasks.items()}
    labels = {task: torch.randint(2, shape, generator=generator).float() for task, shape in shapes.items()}
    return Labels(labels, {task: torch.ones(shape) for task, shape in shapes.items()})


def timed(act: Callable[[], object], times: int, clock: Callable[[], float] = time.perf_counter) -> Spread:
    """How long it takes."""
    found: list[float] = []
    for at in range(WARM + times):
        start = clock()
        act()
        if at >= WARM:
            found.append(clock() - start)
    low, middle, high = quantiles(found, n=4, method="inclusive")
    return [middle, low, high]


class Measured:
    """A model that takes steps on rows of its own."""

    def __init__(self, weights: Path, rows: int, shard_above: float | None = None) -> None:
        self.model: MultiTaskModel = load_model(weights, shard_above=shard_above)[0].float()
        draw = torch.Generator().manual_seed(1 + rank())
        self.inputs = random_inputs(self.model.features, rows, draw)
        self.labels = random_labels(self.model.tasks, rows, draw)
        self.learner = Learner(self.model, Adam(self.model.parameters()), FixedWeights())

    def step(self) -> None:
        """A step."""
        self.learner.step(self.inputs, self.labels)

    def gradients(self) -> list[Tensor]:
        """This rank's gradients, not added up."""
        losses, _ = losses_of(self.model, self.inputs, self.labels)
        found = gradients_of(torch.stack([*losses.values()]).sum(), self.learner.learned)
        return [g.coalesce() if g.is_sparse else g for g in found if g is not None]


def exchange(measured: Measured) -> None:
    """What tables that are dealt tell in a step: ids and rows one way, gradients the other."""
    for module in measured.model.modules():
        if isinstance(module, FeatureEmbedding):
            torch.stack([rows.sum() for rows in module.read(measured.inputs).values()]).sum().backward()
    for p in measured.model.parameters():
        p.grad = None


def measure(weights: Path, rows: int, times: int) -> dict[str, object]:
    """All of it. Ranks are joined after they have stepped alone."""
    alone = Measured(weights, rows)
    found: dict[str, object] = {"rows": rows, "alone": timed(alone.step, times, time.process_time)}
    gradients = alone.gradients()
    dense = torch.cat([g.reshape(-1) for g in gradients if not g.is_sparse])
    tables = [g for g in gradients if g.is_sparse]
    found["dense_bytes"] = dense.numel() * dense.element_size()
    found["row_bytes"] = sum(g.indices().nbytes + g.values().nbytes for g in tables)
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        one, dealt = torch.zeros(1), Measured(weights, rows, 0)
        found |= {
            "one": timed(lambda: dist.all_reduce(one), 10 * times),
            "dense": timed(lambda: dist.all_reduce(dense), times),
            "gathered": timed(lambda: sum_gradients(tables), times),
            "exchanged": timed(lambda: exchange(dealt), times),
            "together": timed(Measured(weights, rows).step, times),
            "dealt": timed(dealt.step, times),
        }
    return found | {"ranks": ranks(), "torch": torch.__version__}


def main() -> None:
    """Prints what the first rank measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path, help="of a model")
    parser.add_argument("--rows", type=int, default=1024, help="of a rank's step")
    parser.add_argument("--times", type=int, default=20, help="that each is measured")
    given = parser.parse_args()
    torch.set_num_threads(1)
    found = measure(given.weights, given.rows, given.times)
    if rank() == 0:
        print(json.dumps(found), flush=True)
    if ranks() > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
