"""Losses of weighted rows and their gradients in PyTorch, in float64: tasks come in as JSON, both go out for each."""

import json
import sys

import torch
from torch.nn import functional


def half_deviance(z, y, reduction):
    """The Poisson loss, above what it is where the mean is the count."""
    least = torch.where(y > 0, y - y * torch.log(y.clamp(min=1)), 0.0)
    return functional.poisson_nll_loss(z, y, log_input=True, reduction=reduction) - least


ROWS = {
    "binary": functional.binary_cross_entropy_with_logits,
    "regression": functional.mse_loss,
    "multiclass": lambda z, y, reduction: functional.cross_entropy(z, y.long(), reduction=reduction),
    "count": half_deviance,
}


def answer(kind, logits, labels, weights):
    """A label that is null is outside of the task's sample space."""
    z = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    inside = torch.tensor([label is not None for label in labels])
    y = torch.tensor([label or 0 for label in labels], dtype=torch.float64)
    w = torch.tensor(weights, dtype=torch.float64)[inside]
    of_rows = z if len(z) == len(labels) else z.reshape(len(labels), -1)
    rows = ROWS[kind](of_rows[inside], y[inside], reduction="none")
    loss = (w * rows).sum() / w.sum()
    loss.backward()
    return {"loss": loss.item(), "gradient": z.grad.tolist()}


json.dump([answer(**task) for task in json.load(sys.stdin)], sys.stdout)
