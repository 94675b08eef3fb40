"""Optimizers with plegrad's semantics: a row-sparse gradient moves the rows that it names, and no other.

Neither do moments of other rows decay, nor does L2 pull at them, until a batch touches them again: a step over a large
table costs what its batch costs. Optimizers of `torch.optim` run on models that are built with `row_sparse=False`.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, overload

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from .distributed import summed
from .errors import refuse
from .layers import l2_of

State = dict[str, Tensor]


class RowSparseOptimizer(Optimizer):
    """A rule that is applied to whole parameters, or to the rows that a gradient names."""

    starts: ClassVar[Mapping[str, float]]
    """A parameter's tensors of state by name, and what each is filled with at first."""

    def __init__(self, parameters: Iterable[nn.Parameter], **numbers: float | bool) -> None:
        for name, value in numbers.items():
            if not value >= 0 and name != "learning_rate_power":
                raise refuse(type(self).__name__, f"{name} of at least 0", str(value))
        super().__init__(parameters, {**numbers, "steps": 0})

    @abstractmethod
    def update(self, p: Tensor, g: Tensor, state: State, numbers: Mapping[str, Any]) -> None:
        """Moves p, and changes its state, in place. `numbers` has the step, counted from 1."""

    def start(self, name: str, numbers: Mapping[str, Any]) -> float:
        """What a tensor of state is filled with."""
        return self.starts[name]

    def state_for(self, p: Tensor, numbers: Mapping[str, Any]) -> State:
        """The state of a parameter, made where there is none."""
        state = self.state[p]
        for name in self.starts:
            if name not in state:
                state[name] = torch.full_like(p, self.start(name, numbers), memory_format=torch.contiguous_format)
        return state

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Moves each parameter that has a gradient against it."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            group["steps"] += 1
            for p in group["params"]:
                if p.grad is None:
                    continue
                state, l2 = self.state_for(p, group), l2_of(p)
                if p.grad.is_sparse:
                    gradient = p.grad.coalesce()
                    rows = gradient.indices()[0]
                    own, moved = p[rows], {name: state[name][rows] for name in self.starts}
                    self.update(own, gradient.values() + 2 * l2 * own, moved, group)
                    p.index_copy_(0, rows, own)
                    for name, values in moved.items():
                        state[name].index_copy_(0, rows, values)
                else:
                    self.update(p, p.grad + 2 * l2 * p if l2 else p.grad, state, group)
        return loss


class SGD(RowSparseOptimizer):
    """v ← momentum·v + g, w ← w − rate·v, or ·(g + momentum·v) with Nesterov."""

    starts: ClassVar[Mapping[str, float]] = {"velocity": 0.0}

    def __init__(
        self, parameters: Iterable[nn.Parameter], lr: float = 0.01, momentum: float = 0.0, nesterov: bool = False
    ) -> None:
        super().__init__(parameters, lr=lr, momentum=momentum, nesterov=nesterov)

    def update(self, p: Tensor, g: Tensor, state: State, numbers: Mapping[str, Any]) -> None:
        momentum = numbers["momentum"]
        if momentum:
            velocity = state["velocity"].mul_(momentum).add_(g)
            g = g + momentum * velocity if numbers["nesterov"] else velocity
        p.sub_(g, alpha=numbers["lr"])


class Adagrad(RowSparseOptimizer):
    """s ← s + g², w ← w − rate·g/(√s + ε) (Duchi et al. 2011)."""

    starts: ClassVar[Mapping[str, float]] = {"sum": 0.0}

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float = 0.01,
        initial_accumulator: float = 0.0,
        epsilon: float = 1e-10,
    ) -> None:
        super().__init__(parameters, lr=lr, initial_accumulator=initial_accumulator, epsilon=epsilon)

    def start(self, name: str, numbers: Mapping[str, Any]) -> float:
        return numbers["initial_accumulator"]

    def update(self, p: Tensor, g: Tensor, state: State, numbers: Mapping[str, Any]) -> None:
        total = state["sum"].addcmul_(g, g)
        p.addcdiv_(g, total.sqrt().add_(numbers["epsilon"]), value=-numbers["lr"])


class Adam(RowSparseOptimizer):
    """m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − rate·m̂/(√v̂ + ε) (Kingma and Ba 2015, Algorithm 1)."""

    starts: ClassVar[Mapping[str, float]] = {"m": 0.0, "v": 0.0}

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr=lr, beta1=beta1, beta2=beta2, epsilon=epsilon, decay=decay)

    def update(self, p: Tensor, g: Tensor, state: State, numbers: Mapping[str, Any]) -> None:
        rate, beta1, beta2, step = numbers["lr"], numbers["beta1"], numbers["beta2"], numbers["steps"]
        mean = state["m"].mul_(beta1).add_(g, alpha=1 - beta1)
        variance = state["v"].mul_(beta2).addcmul_(g, g, value=1 - beta2)
        root = (variance / (1 - beta2**step)).sqrt_().add_(numbers["epsilon"])
        if numbers["decay"]:
            p.mul_(1 - rate * numbers["decay"])
        p.addcdiv_(mean, root, value=-rate / (1 - beta1**step))


class AdamW(Adam):
    """Adam, and w ← w − rate·decay·w beside it (Loshchilov and Hutter 2019, Algorithm 2)."""

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float = 0.001, decay: float = 0.01) -> None:
        super().__init__(parameters, lr, decay=decay)


class Ftrl(RowSparseOptimizer):
    """Follow the regularised leader, in the proximal form (McMahan et al. 2013, Algorithm 1)."""

    starts: ClassVar[Mapping[str, float]] = {"z": 0.0, "n": 0.1}

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator: float = 0.1,
        l1: float = 0.0,
        l2: float = 0.0,
        l2_shrinkage: float = 0.0,
        beta: float = 0.0,
    ) -> None:
        super().__init__(
            parameters,
            lr=lr,
            learning_rate_power=learning_rate_power,
            initial_accumulator=initial_accumulator,
            l1=l1,
            l2=l2,
            l2_shrinkage=l2_shrinkage,
            beta=beta,
        )

    def start(self, name: str, numbers: Mapping[str, Any]) -> float:
        return numbers["initial_accumulator"] if name == "n" else 0.0

    def update(self, p: Tensor, g: Tensor, state: State, numbers: Mapping[str, Any]) -> None:
        rate, power, z, n = numbers["lr"], -numbers["learning_rate_power"], state["z"], state["n"]
        before = n.pow(power)
        n.addcmul_(g, g)
        after = n.pow(power)
        z.add_(g + 2 * numbers["l2_shrinkage"] * p - (after - before) / rate * p)
        scale = (numbers["beta"] + after) / rate + 2 * numbers["l2"]
        moved = (z.sign() * numbers["l1"] - z) / scale
        p.copy_(torch.where((z.abs() <= numbers["l1"]) | (scale == 0), torch.zeros_like(p), moved))


OPTIMIZERS: Mapping[str, type[RowSparseOptimizer]] = {
    "adam": Adam,
    "adamW": AdamW,
    "sgd": SGD,
    "adagrad": Adagrad,
    "ftrl": Ftrl,
}


def clip_by_global_norm(gradients: Sequence[Tensor], most: float, shares: Sequence[bool] | None = None) -> list[Tensor]:
    """All gradients scaled by most/norm where their common norm exceeds it (Pascanu et al. 2013, Algorithm 1).

    `shares` says which of them are of rows that other ranks have others of.
    """
    distinct = [g.coalesce() if g.is_sparse else g for g in gradients]
    if not distinct:
        return distinct
    squares = torch.stack([(g.values() if g.is_sparse else g).double().square().sum() for g in distinct])
    if shares is not None and any(shares):
        own = torch.tensor(shares, device=squares.device)
        squares = torch.where(own, summed(squares * own), squares)
    factor = (most / squares.sum().sqrt()).clamp(max=1.0)
    return [g * factor.to(g.dtype) for g in distinct]
