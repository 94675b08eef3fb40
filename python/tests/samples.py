"""Random rows for whatever model the package was written of."""

import random
from pathlib import Path
from typing import Any

from plegrad_torch import MultiTaskModel, load_model
from plegrad_torch.declaration import DenseFeature, SparseFeature, VarLenFeature
from plegrad_torch.kinds import TaskKind

WEIGHTS = Path(__file__).parent.parent / "weights.safetensors"

Columns = dict[str, list[Any]]


def own_model() -> MultiTaskModel:
    """The model that the package was written of."""
    return load_model(WEIGHTS)[0].float()


def _value(feature: SparseFeature | VarLenFeature, draw: random.Random) -> Any:
    if feature.vocabulary:
        return draw.choice(feature.vocabulary)
    if feature.edges is not None:
        return draw.gauss(0, 1)
    if feature.hash_buckets is not None:
        return f"value {draw.randrange(20)}"
    return draw.randrange(feature.vocabulary_size)


def columns_of(model: MultiTaskModel, rows: int, seed: int = 1) -> Columns:
    """Random columns of what the model's features read."""
    draw = random.Random(seed)
    columns: Columns = {}
    for feature in model.features:
        if isinstance(feature, DenseFeature):
            columns[feature.name] = [[draw.gauss(0, 1) for _ in range(feature.dimension)] for _ in range(rows)]
        elif isinstance(feature, VarLenFeature):
            lengths = [draw.randrange(feature.max_length + 2) for _ in range(rows)]
            columns[feature.name] = [[_value(feature, draw) for _ in range(length)] for length in lengths]
            if feature.weights is not None:
                columns[feature.weights] = [[draw.random() for _ in range(length)] for length in lengths]
        else:
            for name in feature.crosses or (feature.name,):
                columns[name] = [_value(feature, draw) for _ in range(rows)]
    return columns


def _label(kind: TaskKind, draw: random.Random) -> Any:
    if draw.random() < 0.2:
        return None
    if kind.kind == "multilabel":
        return [draw.randrange(2) for _ in range(kind.label_width)]
    return draw.gauss(0, 1) if kind.kind == "regression" else draw.randrange(max(2, kind.width))


def labels_of(model: MultiTaskModel, rows: int, seed: int = 2) -> Columns:
    """Random labels, some of them missing."""
    draw = random.Random(seed)
    labels = {task: [_label(kind, draw) for _ in range(rows)] for task, kind in model.tasks.items()}
    if model.derived:
        # A conversion is of a click.
        click, both = model.tasks
        labels[both] = [0 if y == 0 else z for y, z in zip(labels[click], labels[both], strict=True)]
    return labels
