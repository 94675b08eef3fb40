"""Random numbers as plegrad draws them: a seed and names make a stream, in which each number is always the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from .hashing import FNV_START, hash_on, random_bits, units_of


@dataclass(frozen=True)
class Stream:
    """A source of random numbers. It has no state: a number is had by its place."""

    key: int

    def stream(self, name: str) -> "Stream":
        """An independent stream."""
        return Stream(random_bits(hash_on(FNV_START, units_of(name)), self.key))

    def uniform(self, counter: int) -> float:
        """Number `counter`, uniform in (0, 1)."""
        return (random_bits(self.key, counter) + 0.5) / 2**32

    def permutation(self, n: int) -> Sequence[int]:
        """The integers 0 … n − 1 in random order (Fisher and Yates)."""
        order = list(range(n))
        for last in range(n - 1, 0, -1):
            other = int(self.uniform(last) * (last + 1))
            order[last], order[other] = order[other], order[last]
        return order


def stream(seed: int) -> Stream:
    """The stream of a seed."""
    return Stream(seed & 0xFFFFFFFF).stream(str(seed))
