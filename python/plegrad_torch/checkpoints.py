"""All that decides how a training goes on: in one file of safetensors, which is there whole or not at all."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .errors import Refused, refuse
from .learning import Learner
from .optimizers import RowSparseOptimizer
from .weights import load_state, read_tensors, state_of, write_tensors

FORMAT, VERSION = "plegrad_torch checkpoint", "1"
KEPT = 2
"""Checkpoints of a folder: where the newest is damaged, the one before is taken."""


@dataclass
class Course:
    """Where a training stands."""

    epoch: int = 1
    """The epoch that it is in, from 1."""
    step: int = 0
    """How many of its steps were taken."""
    steps: int = 0
    """Taken in all."""
    sums: dict[str, list[float]] = field(default_factory=dict)
    """Of the epoch so far, by task: losses by rows, and rows."""
    learning_rate: float = 0.0
    """That the epoch began with."""
    seconds: float = 0.0
    """Of the epoch so far."""
    records: list[dict[str, Any]] = field(default_factory=list)
    best_epoch: int | None = None
    best_score: float | None = None
    stopped: str = "finished"


@dataclass
class Trained:
    """What changes as a training goes."""

    learner: Learner
    optimizer: RowSparseOptimizer
    averages: dict[str, Tensor]
    """Moving averages of parameters by path, where there are some."""
    best: dict[str, Tensor]
    """The numbers of the best epoch by path."""
    course: Course

    def optimizer_state(self) -> dict[str, Tensor]:
        """The optimizer's numbers, by path and their name."""
        named = self.learner.model.named_parameters()
        states = ((path, self.optimizer.state[p]) for path, p in named if p in self.optimizer.state)
        return {f"{path}/{name}": state[name] for path, state in states for name in self.optimizer.starts}


@dataclass(frozen=True)
class Checkpoint:
    """A training that was left."""

    tensors: Mapping[str, Tensor]
    state: Mapping[str, Any]
    name: str
    passed_over: tuple[str, ...] = ()
    """Newer ones that were damaged, and what is wrong with each."""


def checkpoint_of(trained: Trained, facts: Mapping[str, Any]) -> Checkpoint:
    """A training as it stands; `facts` say which it is."""
    parts = {
        "model": state_of(trained.learner.model),
        "optimizer": trained.optimizer_state(),
        "average": trained.averages,
        "best": trained.best,
    }
    tensors = {f"{part}/{path}": tensor for part, own in parts.items() for path, tensor in own.items()}
    state = {
        "facts": dict(facts),
        "course": asdict(trained.course),
        "strategy": trained.learner.strategy.state_dict(),
        "optimizer_steps": trained.optimizer.param_groups[0]["steps"],
    }
    return Checkpoint(tensors, state, f"checkpoint-{trained.course.steps:09d}.safetensors")


def _check_facts(found: Mapping[str, Any], expected: Mapping[str, Any], name: str) -> None:
    for fact, value in expected.items():
        if found.get(fact) != value:
            raise refuse(
                "train",
                f"a checkpoint of this training, whose {fact} is {value}",
                f"{found.get(fact)} in {name}",
                "it would go on as another; train into another folder, or take this one away",
            )


@torch.no_grad()
def go_on(trained: Trained, checkpoint: Checkpoint, facts: Mapping[str, Any]) -> None:
    """Puts a training to where it was left. @raises Refused before anything changes where it is of another one."""
    _check_facts(checkpoint.state["facts"], facts, checkpoint.name)

    def part(name: str) -> dict[str, Tensor]:
        of = f"{name}/"
        return {path.removeprefix(of): t for path, t in checkpoint.tensors.items() if path.startswith(of)}

    model, group = trained.learner.model, trained.optimizer.param_groups[0]
    load_state("train", model, part("model"))
    parameters = dict(model.named_parameters())
    for path, tensor in part("optimizer").items():
        parameter, _, name = path.rpartition("/")
        trained.optimizer.state_for(parameters[parameter], group)[name].copy_(tensor)
    group["steps"] = checkpoint.state["optimizer_steps"]
    for path, tensor in part("average").items():
        trained.averages[path].copy_(tensor)
    device = next(model.parameters()).device
    trained.best.update({path: tensor.to(device) for path, tensor in part("best").items()})
    trained.learner.strategy.load_state_dict(checkpoint.state["strategy"])
    trained.course = Course(**checkpoint.state["course"])


class FolderKeeper:
    """Keeps checkpoints in a folder, the newest few."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def save(self, checkpoint: Checkpoint | None) -> None:
        """Writes one, and takes the oldest away."""
        if checkpoint is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        write_checkpoint(self.folder / checkpoint.name, checkpoint)
        for old in self._names()[KEPT:]:
            (self.folder / old).unlink()

    def newest(self) -> Checkpoint | None:
        """The newest that can be read; None where there is none."""
        passed_over: list[str] = []
        for name in self._names():
            try:
                found = read_checkpoint(self.folder / name)
            except Refused as error:
                passed_over.append(f"{name}: {error}")
                continue
            return Checkpoint(found.tensors, found.state, name, tuple(passed_over))
        if passed_over:
            raise refuse("train", f"a checkpoint in '{self.folder}'", "only damaged ones", "; ".join(passed_over))
        return None

    def _names(self) -> list[str]:
        there = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(each.name for each in there if re.fullmatch(r"checkpoint-\d+\.safetensors", each.name))[::-1]


def write_checkpoint(path: str | Path, checkpoint: Checkpoint) -> None:
    """Writes it whole or not at all."""
    metadata = {"format": FORMAT, "version": VERSION, "state": json.dumps(checkpoint.state)}
    write_tensors(path, checkpoint.tensors, metadata)


def read_checkpoint(path: str | Path) -> Checkpoint:
    """What `write_checkpoint` wrote."""
    tensors, metadata = read_tensors("train", path)
    for name, expected in (("format", FORMAT), ("version", VERSION)):
        if metadata.get(name) != expected:
            raise refuse("train", f"a {name} of '{expected}' in the metadata of {path}", repr(metadata.get(name)))
    return Checkpoint(tensors, json.loads(metadata["state"]), Path(path).name)
