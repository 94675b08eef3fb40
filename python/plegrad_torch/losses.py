"""Task losses from logits, each averaged over the task's own sample space (Tang et al. 2020, Eq. 8–9)."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional

from .kinds import Rows, TaskKind, binary_cross_entropy

Total = Callable[[Tensor], Tensor]


def cross_entropy(positive_weight: float = 1.0, label_smoothing: float = 0.0) -> Rows:
    """−(w·y·ln σ(z) + (1 − y)·ln σ(−z)), y smoothed to (1 − ε)·y + ε/2."""

    def loss(logits: Tensor, labels: Tensor) -> Tensor:
        y = labels * (1 - label_smoothing) + label_smoothing / 2
        weight = positive_weight * y + 1 - y
        return weight * binary_cross_entropy(logits, positive_weight * y / weight)

    return loss


def focal_loss(gamma: float = 2.0, alpha: float | None = None) -> Rows:
    """−αₜ·(1 − pₜ)^γ·ln pₜ (Lin et al., ICCV 2017, Eq. 4–5)."""

    def one(share: Tensor, z: Tensor, weight: float) -> Tensor:
        return share * weight * torch.exp(-gamma * functional.softplus(z)) * functional.softplus(-z)

    def loss(logits: Tensor, labels: Tensor) -> Tensor:
        positive, negative = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)
        return one(labels, logits, positive) + one(1 - labels, -logits, negative)

    return loss


def huber(delta: float = 1.0) -> Rows:
    """d²/2 of an error d up to δ, then δ·(|d| − δ/2)."""

    def loss(values: Tensor, labels: Tensor) -> Tensor:
        return functional.huber_loss(values, labels, reduction="none", delta=delta)

    return loss


def task_loss(rows: Tensor, mask: Tensor, total: Tensor) -> Tensor:
    """Σ δᵢ·ℓᵢ / Σ δᵢ, and 0 without a row: `total` is Σ δᵢ of the whole batch, of which a rank has a share."""
    return (rows * mask).sum() / torch.where(total > 0, total, torch.ones_like(total))


def task_losses(
    logits: Mapping[str, Tensor],
    labels: Mapping[str, Tensor],
    masks: Mapping[str, Tensor],
    tasks: Mapping[str, TaskKind],
    totals: Mapping[str, Tensor],
    losses: Mapping[str, Rows] | None = None,
) -> dict[str, Tensor]:
    """The loss of each task, unweighted."""
    own = losses or {}
    return {
        task: task_loss(own.get(task, kind.loss)(logits[task], labels[task]), masks[task], totals[task])
        for task, kind in tasks.items()
    }
