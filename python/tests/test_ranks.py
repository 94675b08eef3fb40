"""Two ranks learn what one learns of their rows together."""

from pathlib import Path

import torch

from plegrad_torch import Learner, encode, encode_labels, save_model, state_of
from plegrad_torch.optimizers import Adam
from plegrad_torch.strategies import STRATEGIES
from plegrad_torch.weights import load_model

from .ranks import on_ranks
from .samples import WEIGHTS, columns_of, labels_of

ROWS, STEPS = 17, 8


def _learn(ranks: int, rank: int, strategy: str) -> tuple[Learner, list[float], dict[str, str]]:
    """Steps of a rank, whose share of the rows is not as large as the other's, and nothing in every third step."""
    model, metadata = load_model(WEIGHTS)
    model.double()
    columns, labels = columns_of(model, ROWS), labels_of(model, ROWS)
    inputs = encode(model.features, columns, torch.float64)
    answers = encode_labels(model.tasks, labels, dtype=torch.float64)
    learner = Learner(model, Adam(model.parameters(), lr=0.01), STRATEGIES[strategy](model.tasks), clip_norm=1.0)
    told: list[float] = []
    for step in range(STEPS):
        cut = 0 if step % 3 == 2 else 5
        own = slice(0, ROWS) if ranks == 1 else slice(0, cut) if rank == 0 else slice(cut, ROWS)
        told += learner.step(inputs.select(own), answers.select(own)).losses.values()
    return learner, told, metadata


def _rank(rank: int, folder: str) -> None:
    for strategy in STRATEGIES:
        learner, told, metadata = _learn(2, rank, strategy)
        save_model(Path(folder) / f"{strategy}.{rank}.safetensors", learner.model, metadata)
        torch.save(told, Path(folder) / f"{strategy}.{rank}.losses")


def test_two_ranks_are_one(tmp_path: Path) -> None:
    on_ranks(2, _rank, str(tmp_path))
    for strategy in STRATEGIES:
        alone, losses, _ = _learn(1, 0, strategy)
        for rank in range(2):
            told = torch.load(tmp_path / f"{strategy}.{rank}.losses")
            assert torch.allclose(torch.tensor(told), torch.tensor(losses), rtol=1e-9, atol=1e-12)
            own = state_of(load_model(tmp_path / f"{strategy}.{rank}.safetensors")[0])
            for path, tensor in state_of(alone.model).items():
                assert torch.allclose(own[path], tensor, rtol=1e-7, atol=1e-8), path
