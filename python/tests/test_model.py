"""The model of this package: it predicts, learns, and is kept as it is."""

from pathlib import Path

import pytest
import torch

from plegrad_torch import FixedWeights, Learner, Refused, encode, encode_labels, load_model, losses_of, save_model
from plegrad_torch.embedding import FeatureEmbedding
from plegrad_torch.optimizers import OPTIMIZERS, RowSparseOptimizer
from plegrad_torch.strategies import STRATEGIES
from plegrad_torch.weights import read_tensors, state_of, write_tensors

from .samples import WEIGHTS, columns_of, labels_of, own_model

ROWS = 12


def test_a_row_is_predicted_as_it_is_among_others() -> None:
    model = own_model().eval()
    inputs = encode(model.features, columns_of(model, ROWS))
    together = model.predictions(inputs)
    for row in range(ROWS):
        alone = model.predictions(inputs.select(slice(row, row + 1)))
        for task, predicted in together.items():
            assert torch.allclose(alone[task][0], predicted[row], atol=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_losses_fall(name: str) -> None:
    torch.manual_seed(1)
    model = own_model()
    inputs, labels = encode(model.features, columns_of(model, ROWS)), encode_labels(model.tasks, labels_of(model, ROWS))
    optimizer: RowSparseOptimizer = OPTIMIZERS[name](model.parameters(), lr=0.005)
    learner = Learner(model, optimizer, FixedWeights(), clip_norm=1.0)
    losses = [sum(learner.step(inputs, labels).losses.values()) for _ in range(30)]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_goes_on_where_it_stopped(name: str) -> None:
    def steps(stop: bool) -> list[float]:
        torch.manual_seed(1)
        model = own_model()
        inputs = encode(model.features, columns_of(model, ROWS))
        labels = encode_labels(model.tasks, labels_of(model, ROWS))
        learner = Learner(model, OPTIMIZERS["sgd"](model.parameters(), lr=0.01), STRATEGIES[name](model.tasks))
        told: list[float] = []
        for step in range(6):
            if step == 3:
                learner.strategy.epoch_ended(dict.fromkeys(model.tasks, 0.5))
                if stop:
                    other = STRATEGIES[name](model.tasks)
                    other.load_state_dict(learner.strategy.state_dict())
                    learner.strategy = other
            told += learner.step(inputs, labels).losses.values()
        return told

    assert steps(stop=True) == steps(stop=False)


def test_rows_of_a_table_that_no_row_reads_stay_as_they_are() -> None:
    model = own_model()
    learner = Learner(model, OPTIMIZERS["adam"](model.parameters(), lr=0.1), FixedWeights())
    inputs, labels = encode(model.features, columns_of(model, 1)), encode_labels(model.tasks, labels_of(model, 1, 5))
    labels = type(labels)(labels.labels, {task: torch.ones_like(mask) for task, mask in labels.masks.items()})
    before = {path: tensor.clone() for path, tensor in state_of(model).items()}
    learner.step(inputs, labels)
    for path, module in model.named_modules():
        if isinstance(module, FeatureEmbedding):
            features = [*module.sparse, *module.var_len]
            for table in {feature.table for feature in features}:
                read = {int(each) for own in features if own.table == table for each in inputs.ids[own.name].flatten()}
                name = f"{path}.tables.{table}"
                others = [row for row in range(before[name].shape[0]) if row not in read]
                assert torch.equal(before[name][others], state_of(model)[name][others])


def test_weights_are_kept_bit_for_bit(tmp_path: Path) -> None:
    model, metadata = load_model(WEIGHTS)
    save_model(tmp_path / "model.safetensors", model, metadata)
    given, told = read_tensors("test", WEIGHTS)
    found, same = read_tensors("test", tmp_path / "model.safetensors")
    assert told == same
    assert {name: tensor.numpy().tobytes() for name, tensor in given.items()} == {
        name: tensor.numpy().tobytes() for name, tensor in found.items()
    }


def test_a_loss_that_is_not_finite_moves_nothing() -> None:
    model = own_model()
    inputs, labels = encode(model.features, columns_of(model, ROWS)), encode_labels(model.tasks, labels_of(model, ROWS))
    broken = {task: torch.full_like(each, float("inf")) for task, each in labels.labels.items()}
    learner = Learner(model, OPTIMIZERS["adam"](model.parameters()), FixedWeights(), {})
    before = {path: tensor.clone() for path, tensor in state_of(model).items()}
    learner.losses = {task: lambda z, y: z * 0 + y for task in model.tasks}
    with pytest.raises(Refused, match=r"Learner\.step: expected finite losses but got"):
        learner.step(inputs, type(labels)(broken, labels.masks))
    assert all(torch.equal(tensor, before[path]) for path, tensor in state_of(model).items())


def test_other_weights_are_refused_by_name(tmp_path: Path) -> None:
    tensors, metadata = read_tensors("test", WEIGHTS)
    path = tmp_path / "weights.safetensors"
    first = next(iter(tensors))
    write_tensors(path, {**tensors, "other": torch.zeros(1)}, metadata)
    with pytest.raises(Refused, match=r"load_model: expected \d+ parameters that fit but got other is unknown"):
        load_model(path)
    write_tensors(path, {**tensors, first: torch.zeros(1, 2, 3)}, metadata)
    with pytest.raises(Refused, match=r"is \(1, 2, 3\), not"):
        load_model(path)
    write_tensors(path, {**tensors, first: tensors[first] * float("nan")}, metadata)
    with pytest.raises(Refused, match="has a number that is not finite"):
        load_model(path)
    write_tensors(path, tensors, {**metadata, "version": "3"})
    with pytest.raises(Refused, match=r"expected a version of '2' in the metadata .* but got '3': because another"):
        load_model(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Refused, match=r"load_model: expected a file of safetensors at .* but got an error: because"):
        load_model(path)
    assert [each.name for each in tmp_path.iterdir()] == ["weights.safetensors"]


def test_columns_that_do_not_fit_are_refused_by_their_row() -> None:
    model = own_model()
    columns = columns_of(model, 3)
    name = next(iter(columns))
    with pytest.raises(Refused, match=f"encode: expected a column '{name}' but got none"):
        encode(model.features, {other: cells for other, cells in columns.items() if other != name})
    with pytest.raises(Refused, match=r"encode: expected .* at row 1"):
        encode(model.features, {**columns, name: [columns[name][0], object(), columns[name][2]]})
    task = next(iter(model.tasks))
    with pytest.raises(Refused, match=rf"encode_labels: expected labels of '{task}' of kind .* but got 'x' at row 2"):
        encode_labels(model.tasks, {**labels_of(model, 3), task: [None, None, "x"]})


def test_optimizers_of_torch_learn_a_model_without_row_sparse_gradients() -> None:
    model, _ = load_model(WEIGHTS, row_sparse=False)
    model.float()
    inputs, labels = encode(model.features, columns_of(model, ROWS)), encode_labels(model.tasks, labels_of(model, ROWS))
    learner = Learner(model, torch.optim.Adam(model.parameters(), lr=0.01), FixedWeights())
    before = sum(loss.item() for loss in losses_of(model, inputs, labels)[0].values())
    for _ in range(30):
        learner.step(inputs, labels)
    assert sum(loss.item() for loss in losses_of(model, inputs, labels)[0].values()) < before
