"""One step of training, from a batch to moved parameters. Ranks take it together, each with its own rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import Optimizer

from .distributed import summed
from .embedding import Inputs
from .encoding import Labels
from .errors import refuse
from .kinds import Rows
from .losses import task_losses
from .models import MultiTaskModel
from .optimizers import clip_by_global_norm
from .sharding import is_sharded
from .strategy import Strategy


@dataclass(frozen=True)
class Taken:
    """What a step tells of itself, of all ranks together."""

    losses: Mapping[str, float]
    """The loss of each task before the step."""
    rows: Mapping[str, float]
    """Rows in the sample space of each task, each by what it counts for."""


def losses_of(
    model: MultiTaskModel, inputs: Inputs, labels: Labels, losses: Mapping[str, Rows] | None = None
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """This rank's shares of each task's loss, which add up to it, and the rows that all ranks have of the task."""
    with torch.no_grad():
        own = torch.stack([labels.masks[task].sum() for task in model.tasks])
        rows = dict(zip(model.tasks, summed(own).unbind(), strict=True))
    return task_losses(model(inputs), labels.labels, labels.masks, model.tasks, rows, losses), rows


class Learner:
    """Takes steps. A step whose losses are not finite is refused, and nothing moves."""

    def __init__(
        self,
        model: MultiTaskModel,
        optimizer: Optimizer,
        strategy: Strategy,
        losses: Mapping[str, Rows] | None = None,
        clip_norm: float | None = None,
    ) -> None:
        self.model, self.optimizer, self.strategy = model, optimizer, strategy
        self.losses, self.clip_norm = losses, clip_norm
        self.learned = [p for p in model.parameters() if p.requires_grad]

    def step(self, inputs: Inputs, labels: Labels) -> Taken:
        """Learns from a batch, of which each rank has some rows, or none."""
        self.model.train()
        recorded = [buffer.clone() for buffer in self.model.buffers()]
        losses, rows = losses_of(self.model, inputs, labels, self.losses)
        with torch.no_grad():
            whole = summed(torch.stack([loss.detach() for loss in losses.values()])).tolist()
        told = dict(zip(losses, whole, strict=True))
        for task, loss in told.items():
            if not -float("inf") < loss < float("inf"):
                with torch.no_grad():
                    for buffer, before in zip(self.model.buffers(), recorded, strict=True):
                        buffer.copy_(before)
                raise refuse("Learner.step", "finite losses", f"{loss} of task '{task}'", "no step was taken")
        found = self.strategy.balance(losses, rows, self.learned)
        if self.clip_norm is not None:
            reached = [(g, is_sharded(p)) for g, p in zip(found, self.learned, strict=True) if g is not None]
            clipped = iter(clip_by_global_norm([g for g, _ in reached], self.clip_norm, [own for _, own in reached]))
            found = [None if g is None else next(clipped) for g in found]
        for p, gradient in zip(self.learned, found, strict=True):
            p.grad = gradient
        self.optimizer.step()
        self.optimizer.zero_grad()
        return Taken(told, {task: float(count) for task, count in rows.items()})
