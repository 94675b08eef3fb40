"""Ranks that learn together: sums over all of them. With one process everything stays as it is.

No `DistributedDataParallel`: strategies look at gradients task by task, tables have row-sparse ones, and a task's mean
is over the rows that all ranks have of it. So gradients are added up here, in the open, once per step.
"""

from collections.abc import Sequence
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor


def ranks() -> int:
    """How many processes learn together."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def rank() -> int:
    """Which of them this is."""
    return dist.get_rank() if ranks() > 1 else 0


class _Sum(torch.autograd.Function):
    """The sum over ranks. Each rank's loss is a share of one that is their sum, and so is what comes back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        total = x.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor) -> Tensor:
        total = cotangents[0].clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total


def summed(x: Tensor) -> Tensor:
    """The sum of a tensor over all ranks, through which gradients flow."""
    return x if ranks() == 1 else _Sum.apply(x)  # type: ignore[no-any-return]


def gathered_rows(x: Tensor) -> Tensor:
    """The rows of all ranks, one rank's after the other's; they may have different numbers of them."""
    if ranks() == 1:
        return x
    counts = [torch.zeros(1, dtype=torch.int64, device=x.device) for _ in range(ranks())]
    dist.all_gather(counts, torch.tensor([x.shape[0]], device=x.device))
    longest = max(int(count) for count in counts)
    padded = x.new_zeros(longest, *x.shape[1:])
    padded[: x.shape[0]] = x
    parts = [torch.empty_like(padded) for _ in counts]
    dist.all_gather(parts, padded)
    return torch.cat([part[: int(count)] for part, count in zip(parts, counts, strict=True)])


def sum_gradients(gradients: Sequence[Tensor]) -> list[Tensor]:
    """The gradients of all ranks added up: dense ones in one piece, row-sparse ones as the rows that any rank names."""
    if ranks() == 1:
        return list(gradients)
    dense = [g for g in gradients if not g.is_sparse]
    flat = torch.cat([g.reshape(-1) for g in dense]) if dense else None
    if flat is not None:
        dist.all_reduce(flat)
    at, found = 0, []
    for g in gradients:
        if g.is_sparse:
            own = g.coalesce()
            rows, values = gathered_rows(own.indices()[0]), gathered_rows(own.values())
            found.append(torch.sparse_coo_tensor(rows[None], values, g.shape, check_invariants=False).coalesce())
        elif flat is not None:
            found.append(flat[at : at + g.numel()].reshape(g.shape))
            at += g.numel()
    return found
