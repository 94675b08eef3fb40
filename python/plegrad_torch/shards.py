"""Parquet files as rows of tensors, row group by row group. A file that cannot be read is refused by its name.

A folder of shards has a column for each column that a feature reads, `label.` and the task for each task's labels, and
may have `weight.` and the task for what a row counts for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from torch import Tensor

from .declaration import Feature, columns_of
from .embedding import Inputs
from .encoding import Labels, encode, encode_labels
from .errors import Refused, refuse
from .kinds import TaskKind

LABEL, WEIGHT = "label.", "weight."


@dataclass(frozen=True)
class Group:
    """A row group of a Parquet file: what one rank reads at once."""

    file: str
    number: int
    rows: int


@dataclass(frozen=True)
class Rows:
    """Some rows: what a model reads of them, and what it should say."""

    inputs: Inputs
    labels: Labels

    def at(self, rows: Tensor) -> "Rows":
        """Rows by their numbers."""

        def chosen(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
            return {name: tensor[rows] for name, tensor in tensors.items()}

        inputs = Inputs(len(rows), chosen(self.inputs.ids), chosen(self.inputs.numbers))
        return Rows(inputs, Labels(chosen(self.labels.labels), chosen(self.labels.masks)))

    def to(self, device: torch.device) -> "Rows":
        """The same on a device."""

        def moved(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
            return {name: tensor.to(device, non_blocking=True) for name, tensor in tensors.items()}

        inputs = Inputs(self.inputs.rows, moved(self.inputs.ids), moved(self.inputs.numbers))
        return Rows(inputs, Labels(moved(self.labels.labels), moved(self.labels.masks)))

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        kept = (self.inputs.ids, self.inputs.numbers, self.labels.labels, self.labels.masks)
        return sum(tensor.numel() * tensor.element_size() for tensors in kept for tensor in tensors.values())


def joined(parts: Sequence[Rows]) -> Rows:
    """Rows behind each other."""
    if len(parts) == 1:
        return parts[0]

    def together(tensors: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        return {name: torch.cat([each[name] for each in tensors]) for name in tensors[0]}

    inputs = Inputs(
        sum(part.inputs.rows for part in parts),
        together([part.inputs.ids for part in parts]),
        together([part.inputs.numbers for part in parts]),
    )
    labels = together([part.labels.labels for part in parts])
    return Rows(inputs, Labels(labels, together([part.labels.masks for part in parts])))


def _opened(file: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file)
    except (OSError, pa.ArrowException) as error:
        raise refuse("shards", f"Parquet in '{file}'", "an error", str(error).splitlines()[0]) from error


def groups_in(folder: str | Path, columns: Sequence[str]) -> list[Group]:
    """The row groups of a folder's files, by name. All of them have the columns, or none is read."""
    groups: list[Group] = []
    for file in sorted(Path(folder).glob("*.parquet")):
        with _opened(str(file)) as opened:
            names = set(opened.schema_arrow.names)
            lacking = [name for name in columns if name not in names]
            if lacking:
                raise refuse("shards", f"a column '{lacking[0]}' in '{file}'", f"only {', '.join(sorted(names))}")
            counts = [opened.metadata.row_group(number).num_rows for number in range(opened.num_row_groups)]
        groups += [Group(str(file), number, rows) for number, rows in enumerate(counts) if rows > 0]
    return groups


class Reader:
    """Reads and encodes row groups, and keeps as many of them as there is room for."""

    def __init__(self, features: Sequence[Feature], tasks: Mapping[str, TaskKind], room: int = 0) -> None:
        self.features, self.tasks, self.room = tuple(features), dict(tasks), room
        self.kept: dict[Group, Rows] = {}

    @property
    def columns(self) -> list[str]:
        """What a shard must have."""
        read = [name for feature in self.features for name in columns_of(feature)]
        return [*dict.fromkeys(read), *(f"{LABEL}{task}" for task in self.tasks)]

    def read(self, group: Group) -> Rows:
        """The rows of a group."""
        if group in self.kept:
            return self.kept[group]
        rows = self._encoded(group)
        if rows.bytes <= self.room:
            self.room -= rows.bytes
            self.kept[group] = rows
        return rows

    def empty(self) -> Rows:
        """No row, in the shapes of rows."""
        none: dict[str, list[Any]] = {name: [] for name in self.columns}
        labels = {task: none[f"{LABEL}{task}"] for task in self.tasks}
        return Rows(encode(self.features, none), encode_labels(self.tasks, labels))

    def _encoded(self, group: Group) -> Rows:
        with _opened(group.file) as opened:
            weighted = [f"{WEIGHT}{task}" for task in self.tasks if f"{WEIGHT}{task}" in opened.schema_arrow.names]
            try:
                table = opened.read_row_group(group.number, columns=[*self.columns, *weighted])
            except (OSError, pa.ArrowException) as error:
                where = f"row group {group.number} of '{group.file}'"
                raise refuse("shards", f"rows in {where}", "an error", str(error).splitlines()[0]) from error
        cells = {name: table.column(name).to_pylist() for name in table.column_names}
        weights = {name.removeprefix(WEIGHT): cells[name] for name in weighted}
        labels = {task: cells[f"{LABEL}{task}"] for task in self.tasks}
        try:
            return Rows(encode(self.features, cells), encode_labels(self.tasks, labels, weights))
        except Refused as error:
            raise Refused(f"{error} (of row group {group.number} in '{group.file}')") from error
