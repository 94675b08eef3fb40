"""What a training strategy is: task losses in, one gradient per parameter out, added up over ranks."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from .distributed import sum_gradients
from .sharding import is_sharded

Losses = Mapping[str, Tensor]
Gradients = list[Tensor | None]


class Strategy(Protocol):
    """A strategy may keep state between steps: one object is for the training of one model."""

    def balance(self, losses: Losses, rows: Losses, parameters: Sequence[nn.Parameter]) -> Gradients:
        """The gradients, of all ranks together, of each parameter; None of one that no loss reaches.

        `losses` are this rank's shares, which add up to the losses; `rows` are those of all ranks in each sample space.
        """
        ...

    def epoch_ended(self, losses: Mapping[str, float]) -> None:
        """Told the mean loss of each task when an epoch has ended; NaN where the epoch had no row of it."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """What it remembers, as JSON holds it."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on where another stopped."""
        ...


def added_up(found: Sequence[Tensor | None], parameters: Sequence[nn.Parameter]) -> Gradients:
    """The gradients of all ranks, added up. Those of rows that one rank has for all have come to it from all."""
    apart = [g is None or is_sharded(p) for g, p in zip(found, parameters, strict=True)]
    waiting = iter(sum_gradients([g for g, own in zip(found, apart, strict=True) if g is not None and not own]))
    return [g if own else next(waiting) for g, own in zip(found, apart, strict=True)]


def gradients_of(loss: Tensor, parameters: Sequence[nn.Parameter], retain: bool = False) -> Gradients:
    """This rank's own gradients."""
    return list(torch.autograd.grad(loss, parameters, retain_graph=retain, allow_unused=True))
