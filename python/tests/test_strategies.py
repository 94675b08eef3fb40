"""Strategies that look at gradients: what each promises of them, and what is refused."""

import math

import pytest
import torch
from torch import Tensor, nn

from plegrad_torch import CAGrad, GradNorm, PCGrad, Refused
from plegrad_torch.reconciling import Reconciling


def _balanced(strategy: Reconciling, slopes: list[list[float]], present: list[float] | None = None) -> Tensor:
    """The gradient of losses ⟨slope, w⟩ + 1 by w, each task also with a parameter of its own."""
    w, own = nn.Parameter(torch.zeros(len(slopes[0]))), [nn.Parameter(torch.zeros(1)) for _ in slopes]
    losses = {str(at): w @ torch.tensor(slope) + own[at].sum() + 1 for at, slope in enumerate(slopes)}
    rows = {str(at): torch.tensor(count) for at, count in enumerate(present or [1.0] * len(slopes))}
    found, *alone = strategy.balance(losses, rows, [w, *own])
    assert found is not None
    if not strategy.everywhere:
        assert alone == [torch.ones(1)] * len(slopes)
    return found


def test_pcgrad_leaves_nothing_of_two_tasks_that_points_against_the_other() -> None:
    assert torch.allclose(_balanced(PCGrad(), [[1.0, 0.0], [-1.0, 1.0]]), torch.tensor([0.5, 1.5]))
    assert torch.allclose(_balanced(PCGrad(), [[1.0, 0.0], [1.0, 1.0]]), torch.tensor([2.0, 1.0]))


def test_cagrad_stays_near_the_mean_and_helps_the_task_that_gains_least() -> None:
    slopes = torch.tensor([[4.0, 0.0], [-1.0, 1.0]])
    mean, found = slopes.mean(dim=0), _balanced(CAGrad(c=0.5), slopes.tolist()) / 2
    assert (found - mean).norm() <= 0.5 * mean.norm() * (1 + 1e-6)
    assert (slopes @ found).min() > (slopes @ mean).min()


def test_gradnorm_hears_less_of_the_task_that_pulls_harder() -> None:
    strategy = GradNorm()
    for _ in range(20):
        _balanced(strategy, [[3.0, 0.0], [0.0, 1.0]])
    assert strategy.weights["0"] < 1 < strategy.weights["1"]
    assert math.isclose(sum(strategy.weights.values()), 2)


def test_a_task_without_rows_sits_the_step_out() -> None:
    strategy = GradNorm()
    _balanced(strategy, [[3.0, 0.0], [0.0, 1.0]], [1.0, 0.0])
    assert strategy.weights == {"0": 1.0}
    assert torch.allclose(_balanced(PCGrad(), [[1.0, 0.0], [-1.0, 1.0]], [1.0, 0.0]), torch.tensor([0.0, 1.0]))


def test_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(Refused, match=r"CAGrad: expected c in \[0, 1\) but got 1"):
        CAGrad(c=1)
    with pytest.raises(Refused, match=r"GradNorm: expected alpha of at least 0 but got -1"):
        GradNorm(alpha=-1)
    with pytest.raises(Refused, match=r"GradNorm: expected a learning_rate above 0 but got 0"):
        GradNorm(learning_rate=0)
