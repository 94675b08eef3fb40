"""What `plegrad.json` says of training: optimizer, strategy, losses and epochs, with plegrad's names and defaults."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .declaration import snake
from .errors import refuse
from .kinds import Rows, TaskKind
from .losses import cross_entropy, focal_loss, huber
from .optimizers import OPTIMIZERS, RowSparseOptimizer
from .schedules import Schedule, constant, schedule_of
from .strategies import DecayingWeights, DynamicWeightAveraging, FixedWeights, Strategy, Uncertainty

Named = str | Mapping[str, Any]
LOSSES: Mapping[str, Callable[[], Rows]] = {"crossEntropy": cross_entropy, "focal": focal_loss, "huber": huber}


@dataclass(frozen=True, kw_only=True)
class Training:
    """How a model is trained."""

    epochs: int = 1
    patience: int | None = None
    restore_best: bool = True
    batch_size: int = 256
    accumulate: int = 1
    optimizer: Named = "adam"
    strategy: Named = "fixedWeights"
    losses: Mapping[str, str] = field(default_factory=dict)
    clip_norm: float | None = None
    ema_decay: float | None = None
    shuffle: bool = True
    seed: int = 1
    checkpoint_every: int | None = None

    @property
    def step_rows(self) -> int:
        """Rows of a step, of all ranks together."""
        return self.batch_size * self.accumulate


def read_training(path: str | Path) -> Training:
    """The training that a `plegrad.json` says, with defaults where there is no file."""
    if not Path(path).exists():
        return Training()
    try:
        written = json.loads(Path(path).read_text("utf-8")).get("training", {})
    except (ValueError, AttributeError) as error:
        raise refuse("plegrad.json", f"JSON in '{path}'", "an error", str(error)) from error
    given = {snake(name): value for name, value in written.items() if name != "threads"}
    known = {each.name for each in fields(Training)}
    odd = next((name for name in given if name not in known), None)
    if odd is not None:
        raise refuse("plegrad.json", f"training of {', '.join(sorted(known))}", repr(odd))
    return Training(**given)


def _apart(given: Named) -> tuple[str, dict[str, Any]]:
    if isinstance(given, str):
        return given, {}
    options = {snake(name): value for name, value in given.items()}
    return options.pop("kind"), options


def optimizer_of(given: Named, parameters: Iterable[nn.Parameter]) -> tuple[RowSparseOptimizer, Schedule]:
    """The optimizer by its name, and the rate at each of its steps."""
    kind, options = _apart(given)
    if kind not in OPTIMIZERS:
        raise refuse("optimizer_of", f"one of {', '.join(OPTIMIZERS)}", repr(kind))
    rate = options.pop("learning_rate", None)
    make: Any = OPTIMIZERS[kind]
    optimizer = make(parameters, **options)
    return optimizer, constant(optimizer.defaults["lr"]) if rate is None else schedule_of(rate)


def _uncertainty(tasks: Mapping[str, TaskKind], initial: Mapping[str, float] | None = None) -> Uncertainty:
    made = Uncertainty(tasks)
    with torch.no_grad():
        for task, s in (initial or {}).items():
            made.log_variances[task].fill_(s)
    return made


STRATEGIES: Mapping[str, Callable[..., Strategy]] = {
    "fixedWeights": lambda tasks, **options: FixedWeights(**options),
    "decayingWeights": lambda tasks, **options: DecayingWeights(**options),
    "uncertainty": _uncertainty,
    "dwa": lambda tasks: DynamicWeightAveraging(),
}


def strategy_named(given: Named, tasks: Mapping[str, TaskKind]) -> Strategy:
    """The strategy by its name."""
    kind, options = _apart(given)
    if kind not in STRATEGIES:
        raise refuse("strategy_named", f"one of {', '.join(STRATEGIES)}", repr(kind), "it is not written for PyTorch")
    return STRATEGIES[kind](tasks, **options)


def losses_named(given: Mapping[str, str]) -> dict[str, Rows]:
    """The losses of rows by task."""
    odd = next((name for name in given.values() if name not in LOSSES), None)
    if odd is not None:
        raise refuse("losses_named", f"losses of {', '.join(LOSSES)}", repr(odd))
    return {task: LOSSES[name]() for task, name in given.items()}
