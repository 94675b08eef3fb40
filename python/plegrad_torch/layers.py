"""Layers: dense, expert, gate and tower, with activations and batch normalisation. Weights lie as inputs by outputs."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from .distributed import summed
from .errors import refuse

M = TypeVar("M", bound=nn.Module)
Activation = Callable[[Tensor], Tensor]


class ByName(nn.Module, Generic[M]):
    """Modules by name. Unlike `nn.ModuleDict` it takes any, such as `a.b` and `type`."""

    def __init__(self, modules: Mapping[str, M]) -> None:
        super().__init__()
        self._modules.update(modules)

    def __getitem__(self, name: str) -> M:
        return cast(M, self._modules[name])

    def __contains__(self, name: str) -> bool:
        return name in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)


class Tables(nn.Module):
    """Parameters by name, which may be any."""

    def __init__(self, tables: Mapping[str, nn.Parameter]) -> None:
        super().__init__()
        self._parameters.update(tables)

    def __getitem__(self, name: str) -> nn.Parameter:
        return cast(nn.Parameter, self._parameters[name])


@dataclass(frozen=True)
class DenseOptions:
    """What layers of a network have in common."""

    activation: str = "linear"
    dropout: float = 0.0
    batch_norm: bool = False
    epsilon: float = 1e-5
    momentum: float = 0.1
    l2: float = 0.0


def parameter(values: Tensor, l2: float = 0.0, trainable: bool = True) -> nn.Parameter:
    """A parameter. Its `l2` is added to the loss as l2·Σw² by optimizers, on the rows that a gradient names."""
    made = nn.Parameter(values, requires_grad=trainable)
    made.l2 = l2  # type: ignore[attr-defined]
    return made


def l2_of(given: nn.Parameter) -> float:
    """The L2 of a parameter."""
    return getattr(given, "l2", 0.0)


def glorot_normal(inputs: int, outputs: int) -> Tensor:
    """N(0, 2/(i + o)) (Glorot and Bengio 2010)."""
    return torch.randn(inputs, outputs) * math.sqrt(2 / (inputs + outputs))


def glorot_uniform(inputs: int, outputs: int) -> Tensor:
    """U(−r, r) with r = √(6/(i + o)) (Glorot and Bengio 2010, Eq. 16)."""
    return (torch.rand(inputs, outputs) * 2 - 1) * math.sqrt(6 / (inputs + outputs))


class BatchNorm(nn.Module):
    """Each column normalised over the batch, of all ranks together, then scaled and shifted (Ioffe and Szegedy 2015).

    While training it uses the batch's biased variance and records the unbiased one. A batch of one row comes out as the
    shift, and leaves the running statistics as they are.
    """

    scale: Tensor
    shift: Tensor
    runningMean: Tensor
    runningVariance: Tensor

    def __init__(self, width: int, epsilon: float = 1e-5, momentum: float = 0.1, affine: bool = True) -> None:
        super().__init__()
        self.epsilon, self.momentum = epsilon, momentum
        if affine:
            self.scale = parameter(torch.ones(width))
            self.shift = parameter(torch.zeros(width))
        else:
            self.register_buffer("scale", torch.ones(width))
            self.register_buffer("shift", torch.zeros(width))
        self.register_buffer("runningMean", torch.zeros(width))
        self.register_buffer("runningVariance", torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """(b d) → (b d)"""
        mean, variance = self._moments(x) if self.training else (self.runningMean, self.runningVariance)
        return (x - mean) / (variance + self.epsilon).sqrt() * self.scale + self.shift

    def _moments(self, x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            rows = summed(x.new_tensor(float(x.shape[0])))
        mean = summed(x.sum(dim=0)) / rows
        variance = summed((x - mean).square().sum(dim=0)) / rows
        if rows > 1:
            with torch.no_grad():
                self.runningMean.lerp_(mean, self.momentum)
                self.runningVariance.lerp_(variance * rows / (rows - 1), self.momentum)
        return mean, variance


class PRelu(nn.Module):
    """max(x, 0) + α·min(x, 0) with α learned per column, 0.25 at first (He et al. 2015, Eq. 1)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.alpha = parameter(torch.full((width,), 0.25))

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x) - self.alpha * functional.relu(-x)


class Dice(nn.Module):
    """p·x + (1 − p)·α·x with p = sigmoid of x normalised over the batch (Zhou et al. 2018, Eq. 3)."""

    def __init__(self, width: int, momentum: float) -> None:
        super().__init__()
        self.alpha = parameter(torch.zeros(width))
        self.normalization = BatchNorm(width, epsilon=1e-9, momentum=momentum, affine=False)

    def forward(self, x: Tensor) -> Tensor:
        p = torch.sigmoid(self.normalization(x))
        return x * (p + self.alpha * (1 - p))


def _linear(x: Tensor) -> Tensor:
    return x


def _softmax(x: Tensor) -> Tensor:
    return x.softmax(dim=-1)


PLAIN: Mapping[str, Activation] = {
    "linear": _linear,
    "relu": functional.relu,
    "leakyRelu": functional.leaky_relu,
    "elu": functional.elu,
    "selu": functional.selu,
    "gelu": functional.gelu,
    "swish": functional.silu,
    "silu": functional.silu,
    "sigmoid": torch.sigmoid,
    "softplus": functional.softplus,
    "softsign": functional.softsign,
    "softmax": _softmax,
    "tanh": torch.tanh,
}


def activation_of(name: str, width: int, momentum: float) -> Activation:
    """The activation of that name, as plegrad spells it, for so many columns."""
    if name == "prelu":
        return PRelu(width)
    if name in ("dice", "Dice"):
        return Dice(width, momentum)
    if name in PLAIN:
        return PLAIN[name]
    raise refuse("activation_of", f"one of {', '.join(PLAIN)}, prelu, dice", repr(name))


class Dense(nn.Module):
    """A layer (b i) → (b o): dense → batch normalisation → activation → dropout, in this order."""

    def __init__(
        self,
        inputs: int,
        units: int,
        options: DenseOptions | None = None,
        bias: bool = True,
        initializer: Callable[[int, int], Tensor] = glorot_normal,
    ) -> None:
        super().__init__()
        options = options or DenseOptions()
        self.weight = parameter(initializer(inputs, units), options.l2)
        self.bias = parameter(torch.zeros(units)) if bias else None
        self.batchNorm = BatchNorm(units, options.epsilon, options.momentum) if options.batch_norm else None
        self.activation = activation_of(options.activation, units, options.momentum)
        self.dropout = options.dropout

    def forward(self, x: Tensor) -> Tensor:
        y = x @ self.weight if self.bias is None else torch.addmm(self.bias, x, self.weight)
        if self.batchNorm is not None:
            y = self.batchNorm(y)
        return functional.dropout(self.activation(y), self.dropout, self.training)


def stack_width(inputs: int, units: Sequence[int]) -> int:
    """The columns that come out of layers of these widths."""
    return units[-1] if units else inputs


class Layers(nn.ModuleList):
    """Layers of the given widths, one upon the other; none for no widths."""

    def __init__(self, inputs: int, units: Sequence[int], options: DenseOptions) -> None:
        super().__init__()
        for width in units:
            self.append(Dense(inputs, width, options))
            inputs = width

    def forward(self, x: Tensor) -> Tensor:
        for layer in self:
            x = layer(x)
        return x


class Expert(nn.Module):
    """An expert: a network whose output gates may mix. It knows neither its group nor its tasks."""

    def __init__(self, inputs: int, units: Sequence[int], options: DenseOptions) -> None:
        super().__init__()
        self.layers = Layers(inputs, units, options)

    def forward(self, x: Tensor) -> Tensor:
        """(b i) → (b d)"""
        return self.layers(x)


class Gate(nn.Module):
    """How much a listener wants to hear of each expert: softmax(x·W) without bias (Tang et al. 2020, Eq. 2–3)."""

    def __init__(self, inputs: int, experts: int, units: Sequence[int], options: DenseOptions) -> None:
        super().__init__()
        self.layers = Layers(inputs, units, options)
        softmax = DenseOptions("softmax")
        self.output = Dense(stack_width(inputs, units), experts, softmax, bias=False, initializer=glorot_uniform)

    def forward(self, x: Tensor) -> Tensor:
        """(b i) → (b experts), each row adding up to 1"""
        return self.output(self.layers(x))


class Tower(nn.Module):
    """One task's own network, from its signal (b d) to its logit (b), or to several (b width)."""

    def __init__(self, inputs: int, units: Sequence[int], options: DenseOptions, width: int = 1) -> None:
        super().__init__()
        self.layers = Layers(inputs, units, options)
        self.output = Dense(stack_width(inputs, units), width, bias=False, initializer=glorot_uniform)
        self.bias = parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        logits = self.output(self.layers(x)) + self.bias
        return logits[:, 0] if self.bias.shape[0] == 1 else logits
