"""Features to one matrix: a table per sparse feature, pooled for var-len ones, then the dense numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from .declaration import DenseFeature, Feature, SparseFeature, VarLenFeature
from .distributed import ranks
from .layers import ByName, Dense, DenseOptions, Layers, Tables, parameter, stack_width
from .sharding import Asked, drawn_rows, is_sharded, rows_of, sharded

LOWEST = -3e38
"""What softmax takes for nothing, beside whatever weights there are."""
FAR_BELOW = -1e9
"""Keeps the maximum away from padding without touching what is there."""


@dataclass(frozen=True)
class Inputs:
    """What a model reads of b rows, as plegrad encodes them."""

    rows: int
    ids: Mapping[str, Tensor]
    """Sparse features (b) and var-len features (b t), 0 behind the end of each list."""
    numbers: Mapping[str, Tensor]
    """Dense features (b width), and var-len features' weights (b t) by the name of their column."""

    def select(self, rows: slice) -> "Inputs":
        """Some of the rows."""
        ids = {name: values[rows] for name, values in self.ids.items()}
        return Inputs(len(range(self.rows)[rows]), ids, {name: values[rows] for name, values in self.numbers.items()})


class ActivationUnit(nn.Module):
    """How much each item of a list matters for one candidate: MLP[e, c, e − c, e·c] (Zhou et al., KDD 2018, 4.3)."""

    def __init__(self, feature: VarLenFeature) -> None:
        super().__init__()
        inputs, units = 4 * feature.dimension, feature.attention_hidden_units
        self.layers = Layers(inputs, units, DenseOptions(feature.attention_activation))
        self.output = Dense(stack_width(inputs, units), 1)
        self.normalize = feature.attention_normalize

    def forward(self, items: Tensor, candidate: Tensor, present: Tensor) -> Tensor:
        """Items (b t d), a candidate (b d) and where there are items (b t) → weights (b t), 0 for padding"""
        b, t, d = items.shape
        asked = candidate[:, None].expand(b, t, d)
        pairs = torch.cat([items, asked, items - asked, items * asked], dim=2)
        logits = self.output(self.layers(pairs.reshape(b * t, 4 * d))).reshape(b, t)
        if self.normalize:
            logits = logits.masked_fill(~present, LOWEST).softmax(dim=1)
        return logits.masked_fill(~present, 0)


def weighted_sum(weights: Tensor, items: Tensor) -> Tensor:
    """Σ of items (b t d), each by its weight (b t). (b d)"""
    return torch.bmm(weights[:, None], items)[:, 0]


def pool(feature: VarLenFeature, items: Tensor, present: Tensor, weights: Tensor | None) -> Tensor:
    """One vector per row out of the embeddings (b t d) of a list, padding left out; zeros of an empty one. (b d)"""
    mask = present.to(items.dtype)
    if weights is not None and feature.weight_norm:
        weights = weights.masked_fill(~present, LOWEST).softmax(dim=1)
    if feature.pooling == "max":
        weighted = items if weights is None else items * weights[:, :, None]
        highest = weighted.masked_fill(~present[:, :, None], FAR_BELOW).max(dim=1).values
        return highest * mask.max(dim=1, keepdim=True).values
    total = weighted_sum(mask if weights is None else mask * weights, items)
    return total if feature.pooling == "sum" else total / mask.sum(dim=1, keepdim=True).clamp(min=1)


@dataclass(frozen=True)
class TableOptions:
    """How tables are kept."""

    row_sparse: bool = True
    """Whether they get row-sparse gradients, which the optimizers here take, and those of torch.optim mostly not."""
    shard_above: float | None = None
    """Of how many numbers tables have their rows dealt to the ranks, where there are several. None: of however many."""

    def shards(self, rows: int, width: int) -> bool:
        """Whether a table is dealt."""
        return self.shard_above is not None and ranks() > 1 and rows * width > self.shard_above


class FeatureEmbedding(nn.Module):
    """The features of a batch side by side (b width): sparse ones, then var-len ones, then plain numbers."""

    def __init__(self, features: Sequence[Feature], l2: float, init_std: float, options: TableOptions) -> None:
        super().__init__()
        self.sparse = [each for each in features if isinstance(each, SparseFeature)]
        self.var_len = [each for each in features if isinstance(each, VarLenFeature)]
        self.dense = [each for each in features if isinstance(each, DenseFeature)]
        self.row_sparse = options.row_sparse
        tables: dict[str, nn.Parameter] = {}
        for each in features:
            if not isinstance(each, DenseFeature) and each.table not in tables:
                deviation = init_std if each.init_std is None else each.init_std
                rows, shards = each.vocabulary_size, options.shards(each.vocabulary_size, each.dimension)
                table = parameter(drawn_rows(rows, each.dimension, shards) * deviation, l2, each.trainable)
                tables[each.table] = sharded(table, rows) if shards else table
        self.tables = Tables(tables)
        attentive = (each for each in self.var_len if each.pooling == "attention")
        self.attention = ByName({each.name: ActivationUnit(each) for each in attentive})
        embedded = sum(each.dimension for each in [*self.sparse, *self.var_len])
        self.width = embedded + sum(each.width for each in self.dense)

    def _asked(self, batch: Inputs) -> dict[str, Asked]:
        """What is read of tables by feature, and by `candidate of` it."""
        asked = {each.name: Asked(self.tables[each.table], batch.ids[each.name]) for each in self.sparse}
        for each in self.var_len:
            asked[each.name] = Asked(self.tables[each.table], batch.ids[each.name], padding=0)
            if each.candidate is not None:
                asked[f"candidate of {each.name}"] = Asked(self.tables[each.table], batch.ids[each.candidate])
        return asked

    def read(self, batch: Inputs) -> dict[str, Tensor]:
        """Rows of tables, as `_asked` names them. Gradients name the rows that were read, but that of padding."""
        asked = self._asked(batch)
        dealt = [name for name, each in asked.items() if is_sharded(each.share)]
        found = dict(zip(dealt, rows_of([asked[name] for name in dealt]), strict=True))
        for name, each in asked.items():
            if name not in found:
                sparse = self.row_sparse and each.share.requires_grad
                found[name] = functional.embedding(each.ids, each.share, each.padding, sparse=sparse)
        return found

    def _pooled(self, feature: VarLenFeature, batch: Inputs, rows: Mapping[str, Tensor]) -> Tensor:
        present = batch.ids[feature.name] != 0
        items = rows[feature.name].masked_fill(~present[:, :, None], 0)
        if feature.pooling == "attention":
            candidate = rows[f"candidate of {feature.name}"]
            return weighted_sum(self.attention[feature.name](items, candidate, present), items)
        return pool(feature, items, present, None if feature.weights is None else batch.numbers[feature.weights])

    def forward(self, batch: Inputs) -> Tensor:
        """b rows → (b width)"""
        rows = self.read(batch)
        sparse = [rows[each.name] for each in self.sparse]
        var_len = [self._pooled(each, batch, rows) for each in self.var_len]
        return torch.cat([*sparse, *var_len, *(batch.numbers[each.name] for each in self.dense)], dim=1)


class Wide(nn.Module):
    """The wide part of Wide & Deep: one task's linear model, a weight per id and per number and no bias."""

    def __init__(self, features: Sequence[Feature], l2: float, width: int, options: TableOptions) -> None:
        super().__init__()
        self.dense = [each for each in features if isinstance(each, DenseFeature)]
        others = [_as_wide(each, width) for each in features if not isinstance(each, DenseFeature)]
        self.units = width
        self.embedding = FeatureEmbedding(others, l2, 0.0, options) if others else None
        numbers = sum(each.width for each in self.dense)
        self.weight = parameter(torch.zeros(numbers, width), l2) if numbers else None

    def forward(self, batch: Inputs) -> Tensor:
        """b rows → (b), or (b width)"""
        parts: list[Tensor] = []
        if self.embedding is not None:
            parts.append(self.embedding(batch).reshape(batch.rows, -1, self.units).sum(dim=1))
        if self.weight is not None:
            parts.append(torch.cat([batch.numbers[each.name] for each in self.dense], dim=1) @ self.weight)
        logits = torch.stack(parts).sum(dim=0)
        return logits[:, 0] if self.units == 1 else logits


def _as_wide(feature: SparseFeature | VarLenFeature, width: int) -> SparseFeature | VarLenFeature:
    return replace(feature, dimension=width, init_std=None, trainable=True)
