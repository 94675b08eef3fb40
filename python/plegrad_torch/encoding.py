"""Columns to ids and numbers, as plegrad encodes them. What cannot be read is refused by its row."""

import bisect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from .declaration import DenseFeature, Feature, SparseFeature, VarLenFeature, columns_of
from .embedding import Inputs
from .errors import refuse
from .hashing import MOST, hash_bucket, hash_tuple, is_missing
from .kinds import TaskKind

Cells = Sequence[Any]
Ids = NDArray[np.int64]
Floats = NDArray[np.float32]
UNKNOWN, FIRST = 1, 2


def _is_value(cell: object) -> bool:
    """Whether a cell holds a category that is told from all others. A whole number in float64 has 53 bits."""
    if isinstance(cell, float):
        return math.isfinite(cell) and abs(cell) <= MOST
    return isinstance(cell, str | int) and not isinstance(cell, bool)


def _ids(feature: SparseFeature | VarLenFeature) -> Callable[[Any], int | None]:
    """Finds the id of a value that is there; None where it is no such value."""
    if feature.vocabulary is not None:
        values = feature.vocabulary
        known = {value: at + FIRST for at, value in enumerate(values)}
        strings = bool(values) and isinstance(values[0], str)

        def looked_up(cell: Any) -> int | None:
            if not _is_value(cell):
                return None
            # Whole numbers are the strings of their digits where a vocabulary holds strings, as BigInt is in plegrad.
            key = str(cell) if strings and isinstance(cell, int) else cell
            if values and isinstance(key, str) != strings:
                return None
            return known.get(key, UNKNOWN)

        return looked_up
    if feature.hash_buckets is not None:
        buckets = feature.hash_buckets
        return lambda cell: hash_bucket(cell, buckets) if _is_value(cell) else None
    if feature.edges is not None:
        edges = feature.edges
        return lambda cell: 1 + bisect.bisect_left(edges, cell) if _is_number(cell) and math.isfinite(cell) else None
    return lambda cell: (
        int(cell) if _is_number(cell) and cell == math.floor(cell) and 0 <= cell < feature.vocabulary_size else None
    )


def _is_number(cell: object) -> bool:
    return (
        isinstance(cell, int | float)
        and not isinstance(cell, bool)
        and not (isinstance(cell, float) and math.isnan(cell))
    )


def _expected(feature: SparseFeature | VarLenFeature) -> str:
    if feature.vocabulary is not None:
        return "strings" if feature.vocabulary and isinstance(feature.vocabulary[0], str) else "numbers"
    if feature.hash_buckets is not None:
        return "strings or finite numbers"
    if feature.edges is not None:
        return "finite numbers"
    return f"integer ids from 0 to {feature.vocabulary_size - 1}"


def encode_values(feature: SparseFeature | VarLenFeature, cells: Cells) -> Ids:
    """The id of each cell of a column: 0 where it is missing, but where ids are given, which are never missing."""
    find = _ids(feature)
    given = feature.vocabulary is None and feature.hash_buckets is None and feature.edges is None
    ids = np.zeros(len(cells), np.int64)
    seen: dict[Any, int] = {}
    for row, cell in enumerate(cells):
        known = seen.get((type(cell), cell)) if cell is None or isinstance(cell, str | int | float) else None
        if known is not None:
            ids[row] = known
            continue
        found = 0 if is_missing(cell) and not given else find(cell)
        if found is None:
            raise refuse("encode", f"column '{feature.name}' to hold {_expected(feature)}", f"{cell!r} at row {row}")
        ids[row] = seen[(type(cell), cell)] = found
    return ids


def _crossed(feature: SparseFeature, columns: Mapping[str, Cells]) -> Ids:
    parts = [columns[name] for name in feature.crosses]
    for name, part in zip(feature.crosses, parts, strict=True):
        for row, cell in enumerate(part):
            if not is_missing(cell) and not _is_value(cell):
                raise refuse("encode", f"column '{name}' to hold a string or a finite number", f"{cell!r} at row {row}")
    seen: dict[Any, int] = {}
    buckets = feature.hash_buckets or 1
    ids = np.zeros(len(parts[0]), np.int64)
    for row, values in enumerate(zip(*parts, strict=True)):
        key = tuple((type(value), value) for value in values)
        if key not in seen:
            seen[key] = hash_tuple(values, buckets)
        ids[row] = seen[key]
    return ids


def _padded(rows: Sequence[Cells], length: int, flat: NDArray[Any]) -> NDArray[Any]:
    """(rows length) of lists side by side: 0 behind the end of each, and of one that is too long the last."""
    out = np.zeros((len(rows), length), flat.dtype)
    start = 0
    for row, cells in enumerate(rows):
        end = start + len(cells)
        kept = flat[max(start, end - length) : end]
        out[row, : len(kept)] = kept
        start = end
    return out


def _lists(name: str, cells: Cells) -> list[Cells]:
    for row, cell in enumerate(cells):
        if not is_missing(cell) and (isinstance(cell, str) or not hasattr(cell, "__len__")):
            raise refuse(
                "encode", f"column '{name}' to hold a list per row", f"{cell!r} at row {row}", "it is read as lists"
            )
    return [() if not hasattr(cell, "__len__") or isinstance(cell, str) else cell for cell in cells]


def _numbers(name: str, cells: Cells, missing: bool) -> NDArray[np.float64]:
    """Cells in float64, NaN where one is missing and may be."""
    numbers = np.empty(len(cells))
    for row, cell in enumerate(cells):
        if is_missing(cell) and missing:
            numbers[row] = math.nan
        elif _is_number(cell) and math.isfinite(np.float32(cell)):
            numbers[row] = cell
        else:
            raise refuse("encode", f"numbers in column '{name}' to be finite float32 numbers", f"{cell!r} at row {row}")
    return numbers


def encode_numbers(feature: DenseFeature, cells: Cells) -> Floats:
    """The numbers of a dense feature (rows width): what is made of them, and behind them whether each was missing."""
    scaling, width = feature.scaling, feature.dimension
    rows: list[Cells] = []
    for row, cell in enumerate(cells):
        nested = hasattr(cell, "__len__") and not isinstance(cell, str)
        own = cell if nested else (cell,) * width if scaling.missing and is_missing(cell) else (cell,)
        if len(own) != width:
            raise refuse("encode", f"{width} numbers in column '{feature.name}'", f"{len(own)} at row {row}")
        rows.append(own)
    flat = _numbers(feature.name, [cell for row in rows for cell in row], scaling.missing is not None)
    x = flat.reshape(len(rows), width)
    absent = np.isnan(x)
    if scaling.missing:
        x = np.where(absent, scaling.missing, x)
    if scaling.least:
        x = np.maximum(x, scaling.least)
    if scaling.most:
        x = np.minimum(x, scaling.most)
    if scaling.log:
        x = np.sign(x) * np.log1p(np.abs(x))
    if scaling.mean:
        x = x - np.asarray(scaling.mean)
    if scaling.deviation:
        x = x / np.asarray(scaling.deviation)
    return (np.concatenate([x, absent], axis=1) if scaling.indicator else x).astype(np.float32)


def encode(features: Sequence[Feature], columns: Mapping[str, Cells], dtype: torch.dtype = torch.float32) -> Inputs:
    """Columns of equally many cells as a model reads them."""
    ids: dict[str, Ids] = {}
    numbers: dict[str, Floats] = {}
    rows = -1
    for feature in features:
        for name in columns_of(feature):
            if name not in columns:
                raise refuse("encode", f"a column '{name}'", "none", f"feature '{feature.name}' reads it")
            rows = len(columns[name]) if rows < 0 else rows
            if len(columns[name]) != rows:
                raise refuse("encode", f"{rows} rows in column '{name}'", str(len(columns[name])))
        cells = columns[columns_of(feature)[0]]
        if isinstance(feature, DenseFeature):
            numbers[feature.name] = encode_numbers(feature, cells)
        elif isinstance(feature, SparseFeature):
            ids[feature.name] = _crossed(feature, columns) if feature.crosses else encode_values(feature, cells)
        else:
            lists = _lists(feature.name, cells)
            flat = encode_values(feature, [cell for row in lists for cell in row])
            ids[feature.name] = _padded(lists, feature.max_length, flat)
            if feature.weights is not None:
                numbers[feature.weights] = _weights(feature, feature.weights, columns, lists)
    return Inputs(
        rows,
        {name: torch.from_numpy(values) for name, values in ids.items()},
        {name: torch.from_numpy(values).to(dtype) for name, values in numbers.items()},
    )


def _weights(feature: VarLenFeature, name: str, columns: Mapping[str, Cells], lists: Sequence[Cells]) -> Floats:
    given = _lists(name, columns[name])
    for row, (own, ids) in enumerate(zip(given, lists, strict=True)):
        if len(own) != len(ids):
            raise refuse(
                "encode",
                f"{len(ids)} weights in column '{name}'",
                f"{len(own)} at row {row}",
                f"'{feature.name}' has so many ids there",
            )
    flat = _numbers(name, [cell for row in given for cell in row], missing=False)
    return _padded(given, feature.max_length, flat).astype(np.float32)


@dataclass(frozen=True)
class Labels:
    """Labels and masks of rows, by task: (b), or (b width) where a label is several numbers."""

    labels: Mapping[str, torch.Tensor]
    masks: Mapping[str, torch.Tensor]

    def select(self, rows: slice) -> "Labels":
        """Some of the rows."""
        return Labels(
            {task: values[rows] for task, values in self.labels.items()},
            {task: values[rows] for task, values in self.masks.items()},
        )


def _label(task: str, kind: TaskKind, cell: Any, row: int) -> list[float]:
    """The numbers of a label, NaN outside of the task's sample space."""
    if is_missing(cell):
        return [math.nan] * kind.label_width
    if kind.kind == "multilabel":
        named = isinstance(cell, list | tuple) and all(isinstance(each, str) and each in kind.classes for each in cell)
        if named and len(cell) > 0:
            return [float(each in cell) for each in kind.classes]
        if hasattr(cell, "__len__") and len(cell) == kind.label_width:
            numbers = [math.nan if is_missing(each) else float(each) for each in cell]
            if all(math.isnan(each) or each in (0, 1) for each in numbers):
                return numbers
        if isinstance(cell, list | tuple) and len(cell) == 0:
            return [0.0] * kind.label_width
    elif kind.kind == "multiclass" and isinstance(cell, str) and cell in kind.classes:
        return [float(kind.classes.index(cell))]
    elif isinstance(cell, bool | int | float | np.generic):
        number = float(cell)
        fits = {
            "binary": number in (0, 1),
            "multiclass": number.is_integer() and 0 <= number < kind.width,
            "count": 0 <= number < math.inf,
        }
        if fits.get(kind.kind, math.isfinite(number)):
            return [number]
    raise refuse(
        "encode_labels",
        f"labels of '{task}' of kind {kind.kind}",
        f"{cell!r} at row {row}",
        "only a missing one leaves a row out",
    )


def encode_labels(
    tasks: Mapping[str, TaskKind],
    columns: Mapping[str, Cells],
    weights: Mapping[str, Cells] | None = None,
    dtype: torch.dtype = torch.float32,
) -> Labels:
    """Labels by task; `weights` by task say what a row counts for, 1 where none are given."""
    labels: dict[str, torch.Tensor] = {}
    masks: dict[str, torch.Tensor] = {}
    for task, kind in tasks.items():
        if task not in columns:
            raise refuse("encode_labels", f"labels of '{task}'", "none")
        found = [_label(task, kind, cell, row) for row, cell in enumerate(columns[task])]
        numbers = torch.tensor(found, dtype=torch.float32).to(dtype).reshape(len(found), kind.label_width)
        mask = (~numbers.isnan()).to(dtype)
        if weights is not None and task in weights:
            own = torch.from_numpy(_numbers(f"weights of '{task}'", weights[task], missing=False)).float().to(dtype)
            if bool((own < 0).any()):
                raise refuse("encode_labels", f"weights of '{task}' of at least 0", str(float(own.min())))
            mask = mask * own[:, None]
        numbers = numbers.nan_to_num(nan=0.0)
        several = kind.label_width > 1
        labels[task], masks[task] = (numbers, mask) if several else (numbers[:, 0], mask[:, 0])
    return Labels(labels, masks)
