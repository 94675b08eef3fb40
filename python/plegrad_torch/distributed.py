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


def _gathered(x: Tensor, counts: Sequence[int]) -> list[Tensor]:
    """Each rank's x, of which it has so many rows."""
    padded = x.new_zeros(max(counts), *x.shape[1:])
    padded[: len(x)] = x
    parts = [torch.empty_like(padded) for _ in counts]
    dist.all_gather(parts, padded)
    return [part[:count] for part, count in zip(parts, counts, strict=True)]


def gathered_rows(x: Tensor) -> Tensor:
    """The rows of all ranks, one rank's after the other's; they may have different numbers of them."""
    if ranks() == 1:
        return x
    counts = torch.cat(_gathered(torch.tensor([len(x)], device=x.device), [1] * ranks())).tolist()
    return torch.cat(_gathered(x, counts))


def sum_gradients(gradients: Sequence[Tensor]) -> list[Tensor]:
    """The gradients of all ranks added up: dense ones in one piece, row-sparse ones as the rows that any rank names."""
    if ranks() == 1:
        return list(gradients)
    dense = [g for g in gradients if not g.is_sparse]
    flat = torch.cat([g.reshape(-1) for g in dense]) if dense else None
    if flat is not None:
        dist.all_reduce(flat)
    tables = iter(_sum_tables([g.coalesce() for g in gradients if g.is_sparse]))
    at, found = 0, []
    for g in gradients:
        if g.is_sparse:
            found.append(next(tables))
        elif flat is not None:
            found.append(flat[at : at + g.numel()].reshape(g.shape))
            at += g.numel()
    return found


def _sum_tables(own: Sequence[Tensor]) -> list[Tensor]:
    """Row-sparse gradients added up. Of however many, ranks tell each other three things: counts, rows, numbers."""
    if not own:
        return []
    told = torch.tensor([[len(g.values()) for g in own]], device=own[0].device)
    counts = torch.cat(_gathered(told, [1] * ranks())).tolist()
    sizes = [[count * g.shape[1:].numel() for count, g in zip(each, own, strict=True)] for each in counts]
    rows = _gathered(torch.cat([g.indices()[0] for g in own]), [sum(each) for each in counts])
    numbers = _gathered(torch.cat([g.values().reshape(-1) for g in own]), [sum(each) for each in sizes])
    rows_by_rank = [part.split(each) for part, each in zip(rows, counts, strict=True)]
    numbers_by_rank = [part.split(each) for part, each in zip(numbers, sizes, strict=True)]
    found = []
    for table, g in enumerate(own):
        named = torch.cat([each[table] for each in rows_by_rank])
        values = torch.cat([each[table] for each in numbers_by_rank]).reshape(-1, *g.shape[1:])
        found.append(torch.sparse_coo_tensor(named[None], values, g.shape, check_invariants=False).coalesce())
    return found


def exchanged(x: Tensor, sent: list[int] | None = None, got: list[int] | None = None) -> Tensor:
    """What the ranks have for this one: `sent` of x's rows go to each, and `got` come from each; one where not told."""
    received = x.new_empty(len(x) if got is None else sum(got), *x.shape[1:])
    dist.all_to_all_single(received, x.contiguous(), got, sent)
    return received
