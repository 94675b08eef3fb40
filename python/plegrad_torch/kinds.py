"""The kinds of tasks: what a task's logits say and what they cost, each declared once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from .errors import refuse

Rows = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class TaskKind:
    """A kind of task."""

    kind: str
    loss: Rows
    """The loss of each row, from logits (b), or (b width), and labels: of the shape of the labels."""
    predictions: Callable[[Tensor], Tensor]
    """Probabilities, or values, of logits: of the same shape."""
    width: int = 1
    """How many logits a row has."""
    classes: tuple[str, ...] = ()
    """Names of the outputs, where there is one for each of several classes."""
    label_width: int = 1
    share: float = 1.0
    """What a loss counts for at σ = 1 where it is weighed by its uncertainty (Kendall et al., CVPR 2018, Eq. 5, 10)."""


def binary_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """softplus(z) − z·y"""
    return functional.softplus(logits) - logits * labels


def squared_error(values: Tensor, labels: Tensor) -> Tensor:
    """(z − y)²"""
    return (values - labels).square()


def half_deviance(logits: Tensor, labels: Tensor) -> Tensor:
    """y·(eᵈ − 1 − d) of d = z − ln y, and eᶻ where y is 0: half of the Poisson deviance, and 0 where eᶻ is y."""
    there = labels > 0
    d = logits - torch.where(there, labels, torch.ones_like(labels)).log()
    return torch.where(there, labels * (d.expm1() - d), logits.exp())


def softmax_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """−ln softmax(z) at the class of each row."""
    return functional.cross_entropy(logits, labels.long(), reduction="none")


def _softmax(logits: Tensor) -> Tensor:
    return logits.softmax(dim=1)


def _same(values: Tensor) -> Tensor:
    return values


BINARY = TaskKind("binary", binary_cross_entropy, torch.sigmoid)
REGRESSION = TaskKind("regression", squared_error, _same, share=0.5)
COUNT = TaskKind("count", half_deviance, torch.exp)


def _names(classes: int | Sequence[str]) -> tuple[str, ...]:
    return tuple(str(each) for each in (range(classes) if isinstance(classes, int) else classes))


def multiclass(classes: int | Sequence[str]) -> TaskKind:
    """Each row in one of several classes: softmax, learned by cross-entropy."""
    names = _names(classes)
    return TaskKind("multiclass", softmax_cross_entropy, _softmax, len(names), names)


def multilabel(classes: int | Sequence[str]) -> TaskKind:
    """Each row with any of several labels: a logit for each, masked by itself."""
    names = _names(classes)
    return TaskKind("multilabel", binary_cross_entropy, torch.sigmoid, len(names), names, len(names))


def kind_of(written: str | Mapping[str, Any]) -> TaskKind:
    """The kind that a declaration names."""
    if written == "binary":
        return BINARY
    if written == "regression":
        return REGRESSION
    if isinstance(written, Mapping):
        if written["kind"] == "count":
            return COUNT
        if written["kind"] == "multiclass":
            return multiclass(written["classes"])
        if written["kind"] == "multilabel":
            return multilabel(written["classes"])
    raise refuse("kind_of", "a kind of task of plegrad", repr(written))


def outputs_of(task: str, kind: TaskKind) -> tuple[str, ...]:
    """The names of what is predicted of a task: its own, or those of its classes behind it."""
    return tuple(f"{task}.{each}" for each in kind.classes) or (task,)
