"""Strategies that look at how the tasks' gradients lie to each other.

They see inner products, over the parameters that at least two tasks were computed from, and answer with one number per
task: the combination Σ cₖ·gₖ is the gradient. What only one task reaches is learned from its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import torch
from torch import Tensor, nn

from .distributed import summed
from .errors import refuse
from .sharding import is_sharded
from .strategy import Gradients, Losses, added_up, gradients_of
from .streams import stream

Gram = Sequence[Sequence[float]]
"""⟨gᵢ, gⱼ⟩ of the tasks' gradients over all that is shared."""


@dataclass(frozen=True)
class Meeting:
    """The gradients of all tasks by one parameter, as vectors that belong together entry by entry."""

    parameter: nn.Parameter
    rows: Tensor | None
    """The rows of a table that any task names."""
    vectors: Tensor
    """(t n), zeros of a task that does not reach the parameter."""

    def gram(self) -> Tensor:
        """⟨gᵢ, gⱼ⟩ (t t), in float64"""
        exact = self.vectors.double()
        return exact @ exact.T

    def combine(self, coefficients: Tensor) -> Tensor:
        """Σ cₖ·gₖ"""
        combined = coefficients.to(self.vectors) @ self.vectors
        if self.rows is None:
            return combined.reshape(self.parameter.shape)
        values = combined.reshape(-1, *self.parameter.shape[1:])
        return torch.sparse_coo_tensor(self.rows[None], values, self.parameter.shape, check_invariants=False)


def meet(parameter: nn.Parameter, found: Sequence[Tensor | None]) -> Meeting:
    """The gradients of tasks by a parameter, side by side."""
    there = [None if g is None or not g.is_sparse else g.coalesce() for g in found]
    named = [g.indices()[0] for g in there if g is not None]
    if not named:
        dense = [torch.zeros_like(parameter) if g is None else g for g in found]
        return Meeting(parameter, None, torch.stack([g.reshape(-1) for g in dense]))
    rows = torch.cat(named).unique()
    vectors = parameter.new_zeros(len(found), len(rows), *parameter.shape[1:])
    for task, g in enumerate(there):
        if g is not None:
            vectors[task, torch.searchsorted(rows, g.indices()[0])] = g.values()
    return Meeting(parameter, rows, vectors.reshape(len(found), -1))


class Reconciling:
    """A strategy out of a function of numbers. It costs one backward sweep per task."""

    everywhere = False
    """Whether coefficients also count where a task is alone, as weights of losses do."""

    def reconcile(self, gram: Gram, losses: Sequence[float], tasks: Sequence[str]) -> Sequence[float]:
        """The coefficients c, in the order of the tasks: of those that have rows, for the others sit the step out."""
        raise NotImplementedError

    def balance(self, losses: Losses, rows: Losses, parameters: Sequence[nn.Parameter]) -> Gradients:
        count, tasks = len(losses), [*losses]
        sweeps = [gradients_of(loss, parameters, retain=at < count) for at, loss in enumerate(losses.values(), 1)]
        whole = added_up([g for sweep in sweeps for g in sweep], [*parameters] * count)
        found = [whole[at :: len(parameters)] for at in range(len(parameters))]
        meetings = {
            at: meet(p, own)
            for at, (p, own) in enumerate(zip(parameters, found, strict=True))
            if sum(g is not None for g in own) > 1
        }
        gram = self._gram([*meetings.values()], losses)
        present = [at for at, task in enumerate(tasks) if rows[task] > 0]
        values = summed(torch.stack([loss.detach() for loss in losses.values()])).tolist()
        coefficients = torch.ones(count, dtype=torch.float64)
        coefficients[present] = torch.tensor(
            self.reconcile(
                [[gram[row][column] for column in present] for row in present],
                [values[at] for at in present],
                [tasks[at] for at in present],
            ),
            dtype=torch.float64,
        )

        def gradient(at: int) -> Tensor | None:
            if at in meetings:
                return meetings[at].combine(coefficients)
            task = next((task for task, g in enumerate(found[at]) if g is not None), None)
            if task is None:
                return None
            own = found[at][task]
            return own * coefficients[task].item() if self.everywhere and own is not None else own

        return [gradient(at) for at in range(len(parameters))]

    def _gram(self, meetings: Sequence[Meeting], losses: Losses) -> list[list[float]]:
        like = next(iter(losses.values()))
        total = like.new_zeros(len(losses), len(losses), dtype=torch.float64)
        shares = torch.zeros_like(total)
        for each in meetings:
            (shares if is_sharded(each.parameter) else total).add_(each.gram())
        if any(is_sharded(each.parameter) for each in meetings):
            total += summed(shares)
        return total.tolist()

    def epoch_ended(self, losses: Mapping[str, float]) -> None:
        """Nothing changes."""

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """There is nothing to remember."""


def project(gram: Gram, task: int, order: Sequence[int]) -> list[float]:
    """gᵢ without its conflicts, as coefficients: gᵢ ← gᵢ − (⟨gᵢ, gⱼ⟩ / ‖gⱼ‖²)·gⱼ for each j with ⟨gᵢ, gⱼ⟩ < 0."""
    coefficients = [1.0 if index == task else 0.0 for index in range(len(gram))]
    for other in order:
        if other == task:
            continue
        along = sum(coefficient * gram[index][other] for index, coefficient in enumerate(coefficients))
        if along < 0:
            coefficients[other] -= along / gram[other][other]
    return coefficients


class PCGrad(Reconciling):
    """Σᵢ of every gᵢ after `project`, the other tasks in an order drawn anew (Yu et al., NeurIPS 2020, Algorithm 1).

    The orders are those that plegrad draws from the same seed.
    """

    def __init__(self, seed: int = 1024) -> None:
        self.orders, self.steps = stream(seed), 0

    def reconcile(self, gram: Gram, losses: Sequence[float], tasks: Sequence[str]) -> Sequence[float]:
        draw, count = self.orders.stream(str(self.steps)), len(gram)
        self.steps += 1
        projected = [project(gram, task, draw.stream(str(task)).permutation(count)) for task in range(count)]
        return [sum(of_task) for of_task in zip(*projected, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        return {"steps": self.steps}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.steps = int(state["steps"])


LEAST = 1e-3
"""No task is silenced for good: its gradient would never be heard again."""


def rebalance(
    weights: Sequence[float], norms: Sequence[float], ratios: Sequence[float], alpha: float, learning_rate: float
) -> list[float]:
    """A step down Σ |Gₖ − Ḡ·rₖ^α| / Ḡ of Gₖ = wₖ·‖gₖ‖ and rₖ, the loss over its first by the mean of these."""

    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values)

    def moved(weight: float, norm: float, ratio: float) -> float:
        off = weight * norm - pull * (ratio / rate) ** alpha
        return max(LEAST, weight - learning_rate * ((off > 0) - (off < 0)) * norm / pull)

    # Rounding may take a loss of 0 below it, which has no power.
    held = [max(0.0, ratio) for ratio in ratios]
    pull, rate = mean([weight * norm for weight, norm in zip(weights, norms, strict=True)]), mean(held)
    if not (pull > 0 and rate > 0):
        return [*weights]
    after = [moved(*each) for each in zip(weights, norms, held, strict=True)]
    scale = mean(weights) / mean(after)
    return [weight * scale for weight in after]


class GradNorm(Reconciling):
    """Weights under which a task pulls as hard as the rate at which it learns deserves (Chen et al., ICML 2018).

    The weights add up to the number of tasks. A task that a batch has no row of keeps its weight, and its first loss is
    that of the first batch that has one.
    """

    everywhere = True

    def __init__(self, alpha: float = 1.5, learning_rate: float = 0.025) -> None:
        if not alpha >= 0:
            raise refuse("GradNorm", "alpha of at least 0", str(alpha))
        if not learning_rate > 0:
            raise refuse("GradNorm", "a learning_rate above 0", str(learning_rate))
        self.alpha, self.learning_rate = alpha, learning_rate
        self.weights: dict[str, float] = {}
        self.first: dict[str, float] = {}

    def reconcile(self, gram: Gram, losses: Sequence[float], tasks: Sequence[str]) -> Sequence[float]:
        present = [self.weights.setdefault(task, 1.0) for task in tasks]
        first = [self.first.setdefault(task, loss) for task, loss in zip(tasks, losses, strict=True)]
        norms = [sqrt(max(0.0, gram[at][at])) for at in range(len(tasks))]
        ratios = [loss / start if start > 0 else 1.0 for loss, start in zip(losses, first, strict=True)]
        after = rebalance(present, norms, ratios, self.alpha, self.learning_rate)
        self.weights.update(zip(tasks, after, strict=True))
        return present

    def state_dict(self) -> dict[str, Any]:
        return {"weights": dict(self.weights), "first": dict(self.first)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.weights, self.first = dict(state["weights"]), dict(state["first"])


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _times(gram: Gram, w: Sequence[float]) -> list[float]:
    return [_dot(row, w) for row in gram]


def _onto_simplex(v: Sequence[float]) -> list[float]:
    """The point w ≥ 0, Σw = 1 that is nearest to v (Duchi et al., ICML 2008, Figure 1)."""
    total = shift = 0.0
    for index, value in enumerate(sorted(v, reverse=True), 1):
        total += value
        candidate = (total - 1) / index
        if value > candidate:
            shift = candidate
    return [max(0.0, value - shift) for value in v]


STEPS, ENOUGH = 400, 1e-12
FAINT = 1e-6
"""Of what is summed, a sum of inner products below this share is rounding, in float32."""
TINY = 5e-324


def _least_favourable(gram: Gram, radius: float) -> list[float]:
    """The w of the simplex at which ⟨g_w, g₀⟩ + c·‖g₀‖·‖g_w‖ is least, by projected gradients."""
    w = [1 / len(gram)] * len(gram)
    mean, rate = _times(gram, w), 1 / max(row[index] for index, row in enumerate(gram))

    def length_of(w: Sequence[float]) -> float:
        return sqrt(max(0.0, _dot(w, _times(gram, w))))

    def value_of(w: Sequence[float]) -> float:
        return _dot(w, mean) + radius * length_of(w)

    for _ in range(STEPS):
        length, product, current = max(length_of(w), TINY), _times(gram, w), value_of(w)
        slope = [along + radius * each / length for along, each in zip(mean, product, strict=True)]
        after = _onto_simplex([weight - rate * down for weight, down in zip(w, slope, strict=True)])
        descent = _dot(slope, [before - now for before, now in zip(w, after, strict=True)])
        if descent <= ENOUGH * abs(current):
            break
        if value_of(after) <= current - descent / 2:
            w, rate = after, rate * 2
        else:
            rate /= 2
    return w


def averse_to_conflict(gram: Gram, c: float) -> list[float]:
    """d = g₀ + c·‖g₀‖·g_w/‖g_w‖: of all d with ‖d − g₀‖ ≤ c·‖g₀‖ the one of greatest minₖ ⟨d, gₖ⟩, times the tasks."""
    tasks, plain = len(gram), [1.0] * len(gram)
    radius = c * sqrt(max(0.0, sum(each for row in gram for each in row) / tasks**2))
    if not radius > 0:
        return plain
    w = _least_favourable(gram, radius)
    squared = _dot(w, _times(gram, w))
    # No direction helps all tasks: g_w is 0, and what rounding leaves of it points anywhere.
    if not squared > FAINT * sum(weight * sqrt(gram[at][at]) for at, weight in enumerate(w)) ** 2:
        return plain
    found = [1 + tasks * radius * weight / sqrt(squared) for weight in w]
    return plain if min(_times(gram, found)) < min(_times(gram, plain)) else found


class CAGrad(Reconciling):
    """Near the mean gradient, where the task that gains least gains most (Liu et al., NeurIPS 2021, Algorithm 1)."""

    def __init__(self, c: float = 0.4) -> None:
        if not 0 <= c < 1:
            raise refuse("CAGrad", "c in [0, 1)", str(c))
        self.c = c

    def reconcile(self, gram: Gram, losses: Sequence[float], tasks: Sequence[str]) -> Sequence[float]:
        return averse_to_conflict(gram, self.c)
