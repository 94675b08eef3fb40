"""Tables whose rows are dealt to ranks learn what they learn whole, bit for bit."""

from pathlib import Path
from typing import Any, Literal

import pytest
import torch

from plegrad_torch import Learner, Refused, build, encode, encode_labels, load_model, save_model
from plegrad_torch.declaration import Declaration, DenseFeature, SparseFeature, VarLenFeature
from plegrad_torch.models import MultiTaskModel
from plegrad_torch.optimizers import Adam
from plegrad_torch.sharding import all_rows, drawn_rows, gathered_state, own_share
from plegrad_torch.strategies import STRATEGIES
from plegrad_torch.weights import read_tensors, sharded_in, state_of, whole_state, write_tensors

from .ranks import on_ranks
from .samples import WEIGHTS, columns_of, labels_of

ROWS, STEPS = 17, 6
LEARNED = ("fixed", "pcGrad", "gradNorm")
DEALT = {"item": 23, "pair": 2, "still": 5}
"""Tables and their rows; of three ranks one has no row of `pair`. That of `small` is too small to be dealt."""

LISTS: tuple[tuple[str, Literal["mean", "max", "attention"], str | None], ...] = (
    ("average", "mean", None),
    ("most", "max", None),
    ("seen", "attention", "item"),
)
DECLARED = Declaration(
    "PLE",
    {"taskNames": ["a", "b"], "taskTypes": ["binary", "regression"], "expertDnnHiddenUnits": [6]},
    (
        SparseFeature(name="item", vocabulary_size=23, dimension=4, table="item", init_std=0.3),
        SparseFeature(name="pair", vocabulary_size=2, dimension=8, table="pair", init_std=0.3),
        SparseFeature(name="still", vocabulary_size=5, dimension=3, table="still", init_std=0.3, trainable=False),
        SparseFeature(name="small", vocabulary_size=3, dimension=2, table="small", init_std=0.3),
        *(
            VarLenFeature(
                name=name,
                vocabulary_size=23,
                dimension=4,
                table="item",
                max_length=3,
                pooling=pooling,
                candidate=candidate,
            )
            for name, pooling, candidate in LISTS
        ),
        DenseFeature(name="age", dimension=1),
    ),
)


def _model(shard_above: float | None) -> MultiTaskModel:
    return build(DECLARED, shard_above=shard_above).double()


def _share(rank: int, count: int, step: int) -> slice:
    """A rank's rows of a step: some have none, and in every third step the last has them all."""
    inner = [0] * (count - 1) if step % 3 == 2 else [5] * (count - 1)
    cuts = [0, *inner, ROWS]
    return slice(cuts[rank], cuts[rank + 1])


def _learn(model: MultiTaskModel, strategy: str, rank: int, count: int) -> tuple[list[float], dict[str, Any]]:
    columns, labels = columns_of(model, ROWS), labels_of(model, ROWS)
    # An id that all ranks have, more than once.
    columns["item"][:8] = [7] * 8
    inputs = encode(model.features, columns, torch.float64)
    answers = encode_labels(model.tasks, labels, dtype=torch.float64)
    optimizer = Adam(model.parameters(), lr=0.01)
    learner = Learner(model, optimizer, STRATEGIES[strategy](model.tasks), clip_norm=0.5)
    told: list[float] = []
    for step in range(STEPS):
        own = _share(rank, count, step)
        told += learner.step(inputs.select(own), answers.select(own)).losses.values()
    remembered = {path: optimizer.state[p] for path, p in model.named_parameters() if p in optimizer.state}
    return told, {f"{path}/{name}": state[name] for path, state in remembered.items() for name in ("m", "v")}


def _compare(rank: int, count: int, folder: str) -> None:
    for strategy in LEARNED:
        whole, dealt = _model(None), _model(6)
        rows = {f"embedding.tables.{table}": count for table, count in DEALT.items()}
        assert sharded_in(dealt) == rows
        for path, tensor in state_of(whole).items():
            assert torch.equal(state_of(dealt)[path], own_share(tensor) if path in rows else tensor), path
        losses, memory = _learn(whole, strategy, rank, count)
        own_losses, own_memory = _learn(dealt, strategy, rank, count)
        torch.testing.assert_close(own_losses, losses, rtol=1e-12, atol=1e-12)
        named = {f"{path}/{name}": rows[path] for path in rows for name in ("m", "v")}
        found = whole_state(dealt) | gathered_state(own_memory, named)
        if rank == 0:
            torch.testing.assert_close(found, state_of(whole) | memory, rtol=1e-12, atol=1e-12)
        if strategy == "fixed" and rank == 0:
            torch.save((losses, state_of(whole)), Path(folder) / "learned")
    _keep(folder)


def _keep(folder: str) -> None:
    """A model that is dealt is one file, and comes back as it was."""
    model, metadata = load_model(WEIGHTS, shard_above=4)
    with torch.no_grad():
        for tensor in state_of(model).values():
            tensor.add_(1)
    path = Path(folder) / "model.safetensors"
    save_model(path, model, metadata)
    torch.distributed.barrier()
    back, _ = load_model(path, shard_above=4)
    assert sharded_in(back) == sharded_in(model)
    for (name, tensor), other in zip(state_of(back).items(), state_of(model).values(), strict=True):
        assert torch.equal(tensor, other), name
    if sharded_in(model):
        with pytest.raises(Refused, match=r"load_model: expected \d+ parameters that fit but got embedding"):
            load_model(_other(path, next(iter(sharded_in(model)))), shard_above=4)


def _other(path: Path, table: str) -> Path:
    tensors, metadata = read_tensors("test", path)
    other = path.with_name(f"other.{torch.distributed.get_rank()}")
    write_tensors(other, tensors | {table: tensors[table][:-1]}, metadata)
    return other


@pytest.mark.parametrize("count", [2, 3])
def test_tables_that_are_dealt_to_ranks_are_whole_ones(count: int, tmp_path: Path) -> None:
    on_ranks(count, _compare, count, str(tmp_path))
    losses, state = torch.load(tmp_path / "learned")
    alone = _model(6)
    assert sharded_in(alone) == {}
    torch.testing.assert_close(_learn(alone, "fixed", 0, 1)[0], losses, rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(state_of(alone), state, rtol=1e-7, atol=1e-8)


def test_a_table_is_drawn_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plegrad_torch.sharding.AT_ONCE", 4)
    torch.manual_seed(1)
    whole = drawn_rows(10, 3, own=False)
    monkeypatch.setattr("plegrad_torch.sharding.ranks", lambda: 3)
    for each in range(3):
        monkeypatch.setattr("plegrad_torch.sharding.rank", lambda own=each: own)
        torch.manual_seed(1)
        assert torch.equal(drawn_rows(10, 3, own=True), own_share(whole))


def test_tables_of_plain_gradients_are_not_dealt() -> None:
    with pytest.raises(Refused, match="build: expected row_sparse tables where they are dealt to ranks but got"):
        build(DECLARED, row_sparse=False, shard_above=6)
    assert all(all_rows(p) is None for p in build(DECLARED, shard_above=6).parameters())
