"""A training from shards to weights, by however many ranks: epochs, validation, checkpoints and the report."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from .checkpoints import Checkpoint, Course, Trained, checkpoint_of, go_on
from .distributed import gathered_rows, rank, ranks
from .errors import refuse
from .learning import Learner
from .metrics import Scores, score_of, scores_of
from .models import MultiTaskModel
from .order import Order, lanes_of
from .peers import agreed, any_rank, check_same, in_words
from .settings import Training, losses_named, optimizer_of, read_training, strategy_named
from .shards import Group, Reader, groups_in
from .weights import load_model, save_model, state_of

PARTS = ("training", "validation", "test")
SCORED_ROWS = 8192
"""Rows that are scored at once."""
FREE = ("epochs", "patience", "restore_best", "checkpoint_every")
"""Settings that may change where a training goes on."""

Tell = Callable[[str, Mapping[str, Any]], None]


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is trained: a package, shards, and where the outcome goes."""

    weights: Path
    config: Path
    data: Path
    out: Path
    lanes: int = 64
    room: int = 4 * 2**30
    """Bytes that a rank may keep of encoded rows."""


class Keeper(Protocol):
    """Where checkpoints are. Only the first rank has something to save and to find; all ranks ask."""

    def save(self, checkpoint: Checkpoint | None) -> None:
        """Keeps one."""
        ...

    def newest(self) -> Checkpoint | None:
        """The newest, if there is one."""
        ...


def _digest(value: object) -> str:
    return hashlib.blake2b(repr(value).encode(), digest_size=8).hexdigest()


@torch.no_grad()
def evaluate(model: MultiTaskModel, reader: Reader, groups: Sequence[Group], device: torch.device) -> Scores:
    """The scores of rows of which each rank has its own row groups: over all of them, by task."""
    model.eval()
    found: dict[str, list[list[Tensor]]] = {task: [[], [], []] for task in model.tasks}

    def score(rows: Any) -> None:
        own = rows.to(device)
        predicted = model.predictions(own.inputs)
        for task, parts in found.items():
            for kept, new in zip(
                parts, (predicted[task], own.labels.labels[task], own.labels.masks[task]), strict=True
            ):
                kept.append(new)

    score(reader.empty())
    for group in groups[rank() :: ranks()]:
        rows = reader.read(group)
        for start in range(0, group.rows, SCORED_ROWS):
            score(rows.at(torch.arange(start, min(group.rows, start + SCORED_ROWS))))
    whole = {task: [gathered_rows(torch.cat(part)) for part in parts] for task, parts in found.items()}

    def measured() -> Scores:
        numbers = {task: [part.double().cpu().numpy() for part in parts] for task, parts in whole.items()}
        return {task: scores_of(model.tasks[task], *_columns(parts)) for task, parts in numbers.items()}

    return agreed(measured)


def _columns(parts: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    predictions, labels, weights = parts
    return predictions, labels, weights


class Run:
    """A training that runs."""

    def __init__(self, job: Job, keeper: Keeper, tell: Tell, device: torch.device) -> None:
        self.job, self.keeper, self.tell, self.device = job, keeper, tell, device
        self.settings: Training = agreed(lambda: read_training(job.config))
        self.model, self.metadata = load_model(job.weights)
        self.model.float().to(device)
        self.reader = Reader(self.model.features, self.model.tasks, job.room)
        self.groups: dict[str, list[Group]] = agreed(self._groups)
        lanes = lanes_of(self.groups["training"], job.lanes)
        self.order = Order(lanes, self.settings.step_rows, self.settings.shuffle, self.settings.seed)
        check_same("weights of", _digest(job.weights.read_bytes()))
        optimizer, self.schedule = optimizer_of(self.settings.optimizer, self.model.parameters())
        strategy = strategy_named(self.settings.strategy, self.model.tasks)
        losses = losses_named(self.settings.losses)
        learner = Learner(self.model, optimizer, strategy, losses, self.settings.clip_norm)
        self.learned = {path: p for path, p in self.model.named_parameters() if p.requires_grad}
        averaged = self.settings.ema_decay is not None
        averages = {path: p.detach().clone() for path, p in self.learned.items()} if averaged else {}
        self.trained = Trained(learner, optimizer, averages, {}, Course())

    def _groups(self) -> dict[str, list[Group]]:
        found = {part: groups_in(self.job.data / part, self.reader.columns) for part in PARTS}
        if not found["training"]:
            raise refuse("train", f"rows in Parquet files in '{self.job.data / 'training'}'", "none")
        if self.settings.patience is not None and not found["validation"]:
            raise refuse("train", "rows for validation", "none", "patience waits for their score")
        return found

    @property
    def facts(self) -> dict[str, Any]:
        """Which training this is."""
        settings = {name: value for name, value in asdict(self.settings).items() if name not in FREE}
        shards = [(Path(group.file).name, group.number, group.rows) for group in self.groups["training"]]
        described = [self.metadata[name] for name in ("kind", "options", "features")]
        return {
            "model": f"{self.metadata['kind']} {_digest(described)}",
            "rows": f"{self.order.rows} in {len(shards)} row groups {_digest(shards)}",
            "lanes": len(self.order.lanes),
            **settings,
        }

    def rows_of(self, part: str) -> int:
        """How many rows a part has."""
        return sum(group.rows for group in self.groups[part])

    def keep(self) -> None:
        """Keeps where it stands."""
        self.keeper.save(checkpoint_of(self.trained, self.facts) if rank() == 0 else None)

    def resume(self) -> dict[str, Any] | None:
        """Goes on from the newest checkpoint, wherever the first rank has it."""
        found = agreed(self.keeper.newest)
        if found is None:
            return None
        go_on(self.trained, found, self.facts)
        course = self.trained.course
        if course.stopped == "early" and not self._has_waited():
            course.stopped = "finished"
        return {"checkpoint": found.name, "step": course.steps, "passedOver": list(found.passed_over)}

    def _has_waited(self) -> bool:
        course, patience = self.trained.course, self.settings.patience
        return patience is not None and course.epoch - 1 - (course.best_epoch or 0) >= patience

    @torch.no_grad()
    def stand_in(self) -> None:
        """Has the averages in the places of the parameters; again, the parameters in their own."""
        for path, average in self.trained.averages.items():
            parameter = self.learned[path]
            values = parameter.clone()
            parameter.copy_(average)
            average.copy_(values)

    def step(self, rows: Any) -> dict[str, float]:
        """Learns from this rank's rows of a step."""
        trained, course = self.trained, self.trained.course
        group = trained.optimizer.param_groups[0]
        group["lr"] = self.schedule(group["steps"])
        # Masks of dropout are those of the step, wherever it went on.
        torch.manual_seed(int(_digest((self.settings.seed, course.steps, rank())), 16) >> 1)
        own = rows.to(self.device)
        taken = trained.learner.step(own.inputs, own.labels)
        with torch.no_grad():
            for path, average in trained.averages.items():
                average.lerp_(self.learned[path], 1 - (self.settings.ema_decay or 0))
        course.step += 1
        course.steps += 1
        for task, loss in taken.losses.items():
            sums = course.sums.setdefault(task, [0.0, 0.0])
            sums[0] += loss * taken.rows[task]
            sums[1] += taken.rows[task]
        return dict(taken.losses)

    def _end_epoch(self) -> dict[str, Any]:
        """Scores an epoch, keeps its numbers where they are the best, and goes on to the next."""
        trained, course = self.trained, self.trained.course
        losses = {task: loss / rows if rows > 0 else float("nan") for task, (loss, rows) in course.sums.items()}
        trained.learner.strategy.epoch_ended(losses)
        record: dict[str, Any] = {"epoch": course.epoch, "losses": losses}
        self.stand_in()
        if self.groups["validation"]:
            scores = evaluate(self.model, self.reader, self.groups["validation"], self.device)
            score = score_of(scores)
            record |= {"validation": scores, "score": score}
            if course.best_score is None or score > course.best_score:
                course.best_epoch, course.best_score = course.epoch, score
                trained.best = {path: tensor.clone() for path, tensor in state_of(self.model).items()}
        self.stand_in()
        record |= {"learningRate": course.learning_rate, "seconds": course.seconds}
        course.records.append(record)
        course.epoch, course.step, course.sums, course.seconds = course.epoch + 1, 0, {}, 0.0
        if self._has_waited():
            course.stopped = "early"
        return record

    def epochs(self, stopping: Callable[[], bool]) -> bool:
        """Trains on to the end, or until it should stop: then where it stands is kept. Whether it came to the end."""
        settings, course = self.settings, self.trained.course
        every = settings.checkpoint_every
        while course.epoch <= settings.epochs and course.stopped == "finished":
            started = time.monotonic() - course.seconds
            if course.step == 0:
                course.learning_rate = self.schedule(self.trained.optimizer.param_groups[0]["steps"])
            for rows in self.order.steps_of(rank(), ranks(), self.reader, course.epoch, course.step):
                if any_rank(stopping(), self.device):
                    self.keep()
                    return False
                losses = self.step(rows)
                course.seconds = time.monotonic() - started
                at = {"epoch": course.epoch, "epochs": settings.epochs, "batch": course.step}
                self.tell("step", at | {"batches": self.order.steps, "step": course.steps, "losses": losses})
                if every is not None and course.steps % every == 0 and course.step < self.order.steps:
                    self.keep()
            record = self._end_epoch()
            self.keep()
            self.tell("epoch", record | {"epochs": settings.epochs})
        return True

    def end(self) -> dict[str, Any]:
        """Leaves the model with the best numbers, or the averages; saves and scores it."""
        self.stand_in()
        trained, course = self.trained, self.trained.course
        if self.settings.restore_best and trained.best:
            with torch.no_grad():
                for path, tensor in state_of(self.model).items():
                    tensor.copy_(trained.best[path])
        held = [part for part in PARTS[1:] if self.groups[part]] or ["training"]
        scores = {part: evaluate(self.model, self.reader, self.groups[part], self.device) for part in held}
        if rank() == 0:
            self.job.out.mkdir(parents=True, exist_ok=True)
            save_model(self.job.out / "model.safetensors", self.model, self.metadata)
        return {
            "stopped": course.stopped,
            **({"best": course.best_epoch} if course.best_epoch is not None else {}),
            "steps": course.steps,
            "epochs": course.records,
            "scores": scores,
        }


def train(
    job: Job, keeper: Keeper, tell: Tell, stopping: Callable[[], bool], device: torch.device
) -> dict[str, Any] | None:
    """Trains a job, from its newest checkpoint where there is one, and returns its report; None where it was stopped.

    All ranks call it. What is refused is refused at all of them before anything changes, but for what a rank finds in
    rows of its own later on: then the others lose it, and what was learned until the newest checkpoint is kept.
    """
    started = time.monotonic()
    with in_words("to answer"):
        run = Run(job, keeper, tell, device)
        resumed = run.resume()
        name = f"PyTorch {torch.__version__}, {ranks()} ranks on {device.type}"
        ran = {"backend": name, "optimizer": run.settings.optimizer, "strategy": run.settings.strategy}
        told = {
            "ranks": ranks(),
            "rows": {part: run.rows_of(part) for part in PARTS if run.groups[part]},
            "parameters": sum(p.numel() for p in run.model.parameters()),
            "batches": run.order.steps,
            "idle": max(0, ranks() - len(run.order.lanes)),
            **({"resumed": resumed} if resumed else {}),
        }
        tell("began", told | {"epochs": run.settings.epochs})
        if not run.epochs(stopping):
            tell("stopped", {"steps": run.trained.course.steps})
            return None
        report = told | {"ran": ran} | run.end() | {"seconds": time.monotonic() - started}
        tell("done", report)
        return report
