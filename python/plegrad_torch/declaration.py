"""What plegrad says of a model beside its numbers: `model.json`, and the same in the metadata of its weights."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from .errors import refuse

FORMAT, VERSION = "plegrad", "2"


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """A feature whose values are ids of rows in a table of embeddings. Ids are found in one of four ways."""

    name: str
    vocabulary_size: int
    dimension: int
    table: str
    vocabulary: tuple[str | float, ...] | None = None
    hash_buckets: int | None = None
    edges: tuple[float, ...] | None = None
    init_std: float | None = None
    trainable: bool = True


@dataclass(frozen=True, kw_only=True)
class SparseFeature(Embedded):
    """One id per row; of several columns where it crosses them."""

    crosses: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VarLenFeature(Embedded):
    """Up to `max_length` ids per row, pooled."""

    max_length: int
    pooling: Literal["mean", "sum", "max", "attention"]
    weights: str | None = None
    weight_norm: bool = False
    candidate: str | None = None
    attention_hidden_units: tuple[int, ...] = (80, 40)
    attention_activation: str = "prelu"
    attention_normalize: bool = False


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """What is done to numbers, in this order and each step only where it is given."""

    missing: tuple[float, ...] | None = None
    indicator: bool = False
    least: tuple[float, ...] | None = None
    most: tuple[float, ...] | None = None
    log: bool = False
    mean: tuple[float, ...] | None = None
    deviation: tuple[float, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class DenseFeature:
    """`dimension` numbers per row, and as many again where its scaling has an indicator."""

    name: str
    dimension: int
    scaling: Scaling = field(default_factory=Scaling)

    @property
    def width(self) -> int:
        return self.dimension * (2 if self.scaling.indicator else 1)


Feature = SparseFeature | VarLenFeature | DenseFeature


def columns_of(feature: Feature) -> tuple[str, ...]:
    """The columns that a feature reads."""
    if isinstance(feature, SparseFeature) and feature.crosses:
        return feature.crosses
    if isinstance(feature, VarLenFeature) and feature.weights is not None:
        return (feature.name, feature.weights)
    return (feature.name,)


@dataclass(frozen=True)
class Declaration:
    """A model without its numbers: its kind, its options as plegrad names them, and its features."""

    kind: str
    options: Mapping[str, Any]
    features: tuple[Feature, ...]


def snake(name: str) -> str:
    """As Python spells it."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _fields(written: Mapping[str, Any]) -> dict[str, Any]:
    return {snake(name): tuple(value) if isinstance(value, list) else value for name, value in written.items()}


def _feature(written: Mapping[str, Any]) -> Feature:
    fields = _fields(written)
    kind = fields.pop("kind")
    if "vocabulary" in fields:
        fields["vocabulary"] = tuple(fields["vocabulary"]["values"])
    if kind == "dense":
        scaling = Scaling(**_fields(fields.get("scaling", {})))
        return DenseFeature(name=fields["name"], dimension=fields["dimension"], scaling=scaling)
    return SparseFeature(**fields) if kind == "sparse" else VarLenFeature(**fields)


def declaration_of(written: Mapping[str, Any]) -> Declaration:
    """A declaration of what `model.json` holds."""
    for name, expected in (("format", FORMAT), ("version", VERSION)):
        if written.get(name) != expected:
            raise refuse(
                "model.json",
                f"a {name} of '{expected}'",
                repr(written.get(name)),
                "another version of plegrad has written it",
            )
    return Declaration(written["kind"], written["options"], tuple(_feature(each) for each in written["features"]))


def read_declaration(path: str | Path) -> Declaration:
    """The declaration in a file."""
    return declaration_of(json.loads(Path(path).read_text("utf-8")))
