"""Tables whose rows are dealt to the ranks: of R ranks, rank r has rows r, r + R, r + 2R, ….

Frequent ids lie beside each other in a vocabulary, and so go to all ranks. A batch's ids go to those that have their
rows, and rows come back; gradients go the way of the ids, so that who has a row is the only one to learn it. While they
learn, no rank has the whole table, nor what an optimizer remembers of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from .distributed import exchanged, rank, ranks

AT_ONCE = 2**16
"""Rows that are drawn, or gathered, at once."""


def all_rows(given: Tensor) -> int | None:
    """How many rows a table has at all ranks together; None of what is whole at each of them."""
    return getattr(given, "all_rows", None)


def is_sharded(given: Tensor) -> bool:
    """Whether a parameter is this rank's share of a table."""
    return all_rows(given) is not None


def sharded(share: nn.Parameter, rows: int) -> nn.Parameter:
    """A parameter as this rank's share of a table of so many rows."""
    share.all_rows = rows  # type: ignore[attr-defined]
    return share


def own_share(table: Tensor) -> Tensor:
    """The rows that are this rank's."""
    return table[rank() :: ranks()]


def drawn_rows(rows: int, width: int, own: bool) -> Tensor:
    """Normal numbers (rows width), or this rank's share: those of a row are the same at however many ranks."""
    parts: list[Tensor] = []
    for start in range(0, rows, AT_ONCE):
        part = torch.randn(min(AT_ONCE, rows - start), width)
        parts.append(part[(rank() - start) % ranks() :: ranks()].clone() if own else part)
    return torch.cat(parts) if len(parts) > 1 else parts[0]


@dataclass(frozen=True)
class Asked:
    """Rows that are asked of a table."""

    share: Tensor
    """This rank's share of it."""
    ids: Tensor
    """Of any shape."""
    padding: int | None = None
    """An id that is not asked for, whose row comes out as zeros."""


class _Lookup:
    """The ids of one table as they are asked for: each once, by the rank that has its row."""

    def __init__(self, ids: Tensor, padding: int | None) -> None:
        self.present = torch.ones_like(ids, dtype=torch.bool) if padding is None else ids != padding
        self.wanted, self.place = ids[self.present].unique(return_inverse=True)
        owners = self.wanted % ranks()
        self.order = owners.argsort(stable=True)
        self.counts = owners.bincount(minlength=ranks())

    def placed(self, rows: Tensor) -> Tensor:
        """Rows that came back, where they were asked for."""
        found = torch.empty_like(rows)
        found[self.order] = rows
        out = rows.new_zeros(len(self.present), rows.shape[1])
        out[self.present] = found[self.place]
        return out

    def collected(self, cotangent: Tensor) -> Tensor:
        """The gradients of the rows that were asked for."""
        own = cotangent.new_zeros(len(self.wanted), cotangent.shape[1])
        return own.index_add_(0, self.place, cotangent[self.present])[self.order]


Counts = list[list[int]]
"""By rank, then by table."""


def _swapped(tables: Sequence[Tensor], sent: Counts, got: Counts) -> list[Tensor]:
    """Sends rows of tables, sorted by the rank that they go to, and returns what came of each table, in one piece."""
    widths = [table.shape[1:] for table in tables]
    parts = [table.split([each[at] for each in sent]) for at, table in enumerate(tables)]
    flat = torch.cat([parts[at][to].reshape(-1) for to in range(ranks()) for at in range(len(tables))])

    def sizes(counts: Counts) -> list[list[int]]:
        return [[count * width.numel() for count, width in zip(each, widths, strict=True)] for each in counts]

    received = exchanged(flat, [sum(each) for each in sizes(sent)], [sum(each) for each in sizes(got)])
    pieces = received.split([size for each in sizes(got) for size in each])
    return [torch.cat(pieces[at :: len(tables)]).reshape(-1, *width) for at, width in enumerate(widths)]


class _Rows(torch.autograd.Function):
    """Rows (n d) of ids (n) of some tables: of however many, ranks tell each other three things, and one back."""

    @staticmethod
    def forward(ctx: Any, lookups: Sequence[_Lookup], *shares: Tensor) -> tuple[Tensor, ...]:
        told = torch.stack([each.counts for each in lookups], dim=1)
        sent, got = told.tolist(), exchanged(told).tolist()
        rows = _swapped([each.wanted[each.order] // ranks() for each in lookups], sent, got)
        back = _swapped([share[own] for share, own in zip(shares, rows, strict=True)], got, sent)
        ctx.save_for_backward(*rows)
        ctx.lookups, ctx.counts, ctx.shapes = lookups, (sent, got), [share.shape for share in shares]
        return tuple(each.placed(found) for each, found in zip(lookups, back, strict=True))

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor) -> tuple[Tensor | None, ...]:
        own = [each.collected(g) for each, g in zip(ctx.lookups, cotangents, strict=True)]
        came = _swapped(own, *ctx.counts)
        found = [
            torch.sparse_coo_tensor(rows[None], values, shape, check_invariants=False)
            for rows, values, shape in zip(ctx.saved_tensors, came, ctx.shapes, strict=True)
        ]
        return (None, *(g if wanted else None for g, wanted in zip(found, ctx.needs_input_grad[1:], strict=True)))


def rows_of(asked: Sequence[Asked]) -> list[Tensor]:
    """Rows of tables by ids, (… d). All ranks ask together, some for nothing; gradients are row-sparse."""
    if not asked:
        return []
    lookups = [_Lookup(each.ids.reshape(-1), each.padding) for each in asked]
    found = _Rows.apply(lookups, *(each.share for each in asked))
    return [rows.reshape(*each.ids.shape, rows.shape[1]) for each, rows in zip(asked, found, strict=True)]  # type: ignore[arg-type]


@torch.no_grad()
def gathered(share: Tensor, rows: int) -> Tensor | None:
    """The whole of what has a row for each of a table's, in memory of the first rank; None at others. All call it."""
    table = share.new_empty(rows, *share.shape[1:], device="cpu") if rank() == 0 else None
    step = AT_ONCE * ranks()
    for start in range(0, rows, step):
        stop = min(rows, start + step)
        part = share.new_zeros(-(-(stop - start) // ranks()), *share.shape[1:])
        own = share[start // ranks() :][: len(part)]
        part[: len(own)] = own
        parts = [torch.empty_like(part) for _ in range(ranks())] if table is not None else None
        dist.gather(part, parts)
        if table is not None and parts is not None:
            table[start:stop] = torch.stack(parts, dim=1).flatten(0, 1)[: stop - start].cpu()
    return table


def gathered_state(tensors: Mapping[str, Tensor], rows: Mapping[str, int]) -> dict[str, Tensor]:
    """Tensors by name, those that `rows` names gathered; at ranks but the first without these. All ranks call it."""
    whole = {name: gathered(tensors[name], count) for name, count in rows.items() if name in tensors}
    return {name: tensor for name, tensor in {**tensors, **whole}.items() if tensor is not None}
