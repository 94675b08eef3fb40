"""Which rows a step learns from: the same ones in the same step, however many ranks take it.

Row groups are dealt to lanes, whose number depends on the data alone, and lanes to ranks. Each step takes from every
lane its share, so that all lanes end together whatever their lengths are, and each row comes once in an epoch. So a
training can go on with other ranks, and two ranks learn what one would.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .shards import Group, Reader, Rows, joined

WHOLE = 2**32
GOLDEN = 2654435769
"""Of WHOLE, what keeps the steps in which lanes give a row more apart from each other."""


def _generator(*name: object) -> torch.Generator:
    """Random numbers of a name."""
    digest = hashlib.blake2b(repr(name).encode(), digest_size=8).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest) >> 1)


@dataclass(frozen=True)
class Lane:
    """Row groups that are read one after the other."""

    number: int
    groups: tuple[Group, ...]

    @property
    def rows(self) -> int:
        return sum(group.rows for group in self.groups)


def lanes_of(groups: Sequence[Group], most: int) -> list[Lane]:
    """The lanes of row groups. Ranks beyond have no rows; a rank has as many row groups at hand as it has lanes."""
    count = min(len(groups), most)
    return [Lane(number, tuple(groups[number::count])) for number in range(count)]


@dataclass(frozen=True)
class Order:
    """The order of an epoch's rows."""

    lanes: Sequence[Lane]
    step_rows: int
    shuffle: bool
    seed: int

    @property
    def rows(self) -> int:
        return sum(lane.rows for lane in self.lanes)

    @property
    def steps(self) -> int:
        """Steps of an epoch: none has more rows than another by more than a few."""
        return -(-self.rows // self.step_rows)

    def before(self, lane: Lane, step: int) -> int:
        """How many rows of a lane come before a step."""
        phase = lane.number * GOLDEN % WHOLE
        return (lane.rows * step * WHOLE + phase * self.steps) // (WHOLE * self.steps)

    def _groups(self, lane: Lane, epoch: int) -> list[Group]:
        if not self.shuffle:
            return list(lane.groups)
        order = torch.randperm(len(lane.groups), generator=_generator(self.seed, epoch, lane.number))
        return [lane.groups[at] for at in order.tolist()]

    def _within(self, group: Group, epoch: int, place: tuple[int, int]) -> Tensor:
        if not self.shuffle:
            return torch.arange(group.rows)
        return torch.randperm(group.rows, generator=_generator(self.seed, epoch, *place))

    def _steps(self, lane: Lane, reader: Reader, epoch: int, first: int) -> Iterator[list[Rows]]:
        """A lane's rows of each step from `first` on. It has one row group at hand."""
        at, start = self.before(lane, first), 0
        ends = iter(range(first + 1, self.steps + 1))
        end = self.before(lane, next(ends))
        taken: list[Rows] = []
        for group in self._groups(lane, epoch):
            stop = start + group.rows
            if at < stop:
                rows, within = reader.read(group), self._within(group, epoch, (lane.number, lane.groups.index(group)))
                while at < stop:
                    upto = min(end, stop)
                    if at < upto:
                        taken.append(rows.at(within[at - start : upto - start]))
                        at = upto
                    if at == end:
                        yield taken
                        taken = []
                        following = next(ends, None)
                        if following is None:
                            return
                        end = self.before(lane, following)
            start = stop
        # A lane may have given all of its rows before the last step.
        yield taken
        for _ in ends:
            yield []

    def steps_of(self, rank: int, ranks: int, reader: Reader, epoch: int, first: int) -> Iterator[Rows]:
        """A rank's rows of each step of an epoch, counted from 1, from step `first` on, counted from 0."""
        own = [self._steps(lane, reader, epoch, first) for lane in self.lanes[rank::ranks]]
        none = reader.empty()
        for _ in range(first, self.steps):
            parts = [part for lane in own for part in next(lane)]
            yield joined(parts) if parts else none
