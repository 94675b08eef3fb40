"""How tasks are trained together, by weights of their losses; what looks at their gradients is in `reconciling.py`."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from .distributed import summed
from .errors import refuse
from .kinds import TaskKind
from .optimizers import Adam
from .reconciling import CAGrad, GradNorm, PCGrad
from .strategy import Gradients, Losses, Strategy, added_up, gradients_of


class Weighted:
    """Σ ωₖ·Lₖ, of weights that no gradient flows through: one backward sweep for all tasks."""

    def weight(self, task: str) -> float:
        """ωₖ"""
        raise NotImplementedError

    def balance(self, losses: Losses, rows: Losses, parameters: Sequence[nn.Parameter]) -> Gradients:
        total = torch.stack([self.weight(task) * loss for task, loss in losses.items()]).sum()
        return added_up(gradients_of(total, parameters), parameters)

    def epoch_ended(self, losses: Mapping[str, float]) -> None:
        """Nothing changes."""

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """There is nothing to remember."""


class FixedWeights(Weighted):
    """ωₖ as given, 1 where none is (Tang et al. 2020, Eq. 7)."""

    def __init__(self, weights: Mapping[str, float] | None = None) -> None:
        self.weights = dict(weights or {})

    def weight(self, task: str) -> float:
        return self.weights.get(task, 1.0)


class DecayingWeights(Weighted):
    """ωₖ⁽ᵗ⁾ = ωₖ,₀·γₖᵗ in epoch t, counted from 0 (Tang et al. 2020, Eq. 10)."""

    def __init__(self, ratio: Mapping[str, float], initial: Mapping[str, float] | None = None) -> None:
        self.ratio, self.initial, self.epoch = dict(ratio), dict(initial or {}), 0

    def weight(self, task: str) -> float:
        return self.initial.get(task, 1.0) * self.ratio.get(task, 1.0) ** self.epoch

    def epoch_ended(self, losses: Mapping[str, float]) -> None:
        self.epoch += 1

    def state_dict(self) -> dict[str, Any]:
        return {"epoch": self.epoch}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.epoch = int(state["epoch"])


class DynamicWeightAveraging(Weighted):
    """λₖ = K·softmax(rₖ/τ) of rₖ = Lₖ(t−1)/Lₖ(t−2) (Liu et al., CVPR 2019, Eq. 7); 1 for two epochs."""

    def __init__(self, temperature: float = 2.0) -> None:
        self.temperature = temperature
        self.before: dict[str, float | None] = {}
        self.last: dict[str, float] = {}

    def _rate(self, task: str) -> float:
        last, before = self.last[task], self.before.get(task)
        return last / before if before else 1.0

    def weight(self, task: str) -> float:
        if task not in self.last:
            return 1.0
        rates = {each: self._rate(each) for each in self.last}
        largest = max(rates.values())
        powers = {each: math.exp((rate - largest) / self.temperature) for each, rate in rates.items()}
        return len(rates) * powers[task] / sum(powers.values())

    def epoch_ended(self, losses: Mapping[str, float]) -> None:
        had = {task: loss for task, loss in losses.items() if not math.isnan(loss)}
        self.before.update({task: self.last.get(task) for task in had})
        self.last.update(had)

    def state_dict(self) -> dict[str, Any]:
        return {"before": self.before, "last": self.last}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.before, self.last = dict(state["before"]), dict(state["last"])


class Uncertainty:
    """L = Σ cₖ·e^(−sₖ)·Lₖ + sₖ/2 with sₖ = log σₖ² learned (Kendall et al., CVPR 2018, Eq. 7 and 10).

    Of a task that a batch has no row of, s stays.
    """

    def __init__(self, tasks: Mapping[str, TaskKind]) -> None:
        self.tasks = dict(tasks)
        self.log_variances = {task: nn.Parameter(torch.zeros((), dtype=torch.float64)) for task in tasks}
        self.optimizer = Adam(self.log_variances.values(), lr=0.03, beta2=0.9)

    def balance(self, losses: Losses, rows: Losses, parameters: Sequence[nn.Parameter]) -> Gradients:
        weights = {task: kind.share * math.exp(-self.log_variances[task].item()) for task, kind in self.tasks.items()}
        total = torch.stack([weights[task] * loss for task, loss in losses.items()]).sum()
        found = added_up(gradients_of(total, parameters), parameters)
        whole = summed(torch.stack([loss.detach() for loss in losses.values()])).double().cpu()
        for task, loss in zip(losses, whole, strict=True):
            self.log_variances[task].grad = 0.5 - weights[task] * loss if rows[task] > 0 else None
        self.optimizer.step()
        return found

    def epoch_ended(self, losses: Mapping[str, float]) -> None:
        """Nothing changes: s is learned by the step."""

    def state_dict(self) -> dict[str, Any]:
        group = self.optimizer.param_groups[0]
        states = {task: self.optimizer.state_for(s, group) for task, s in self.log_variances.items()}
        return {
            "steps": group["steps"],
            "tasks": {
                task: [s.item(), states[task]["m"].item(), states[task]["v"].item()]
                for task, s in self.log_variances.items()
            },
        }

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        group = self.optimizer.param_groups[0]
        group["steps"] = int(state["steps"])
        for task, s in self.log_variances.items():
            own = self.optimizer.state_for(s, group)
            for tensor, value in zip((s, own["m"], own["v"]), state["tasks"][task], strict=True):
                tensor.fill_(value)


STRATEGIES: Mapping[str, Callable[[Mapping[str, TaskKind]], Strategy]] = {
    "fixed": lambda tasks: FixedWeights(),
    "uncertainty": Uncertainty,
    "dwa": lambda tasks: DynamicWeightAveraging(),
    "gradNorm": lambda tasks: GradNorm(),
    "pcGrad": lambda tasks: PCGrad(),
    "caGrad": lambda tasks: CAGrad(),
}


def strategy_of(name: str, tasks: Mapping[str, TaskKind]) -> Strategy:
    """The strategy of that name, with its defaults."""
    if name not in STRATEGIES:
        raise refuse("strategy_of", f"one of {', '.join(STRATEGIES)}", repr(name))
    return STRATEGIES[name](tasks)
