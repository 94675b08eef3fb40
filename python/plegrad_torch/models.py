"""Progressive layered extraction (Tang et al., RecSys 2020) and its siblings, in the paper's words.

Signals, experts and gates are kept by the name of their group, a task or `shared`; nothing is found by its index.
Paths of parameters are those of plegrad, so weights go both ways as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import torch
from torch import Tensor, nn

from .declaration import Declaration, Feature, snake
from .embedding import FeatureEmbedding, Inputs, TableOptions, Wide
from .errors import refuse
from .kinds import BINARY, TaskKind, kind_of
from .layers import ByName, DenseOptions, Expert, Gate, Layers, Tower, stack_width

SHARED = "shared"
"""The group of experts that every task hears."""

Logits = dict[str, Tensor]


@dataclass(frozen=True)
class ModelOptions:
    """What every model takes, with DeepCTR's defaults."""

    tower_dnn_hidden_units: Sequence[int] = (64,)
    l2_reg_embedding: float = 1e-5
    l2_reg_dnn: float = 0.0
    init_std: float = 1e-4
    dnn_dropout: float = 0.0
    dnn_activation: str = "relu"
    dnn_use_bn: bool = False
    batch_norm_epsilon: float = 1e-5
    batch_norm_momentum: float = 0.1
    tables: TableOptions = field(default_factory=TableOptions)

    @property
    def dense(self) -> DenseOptions:
        """Those of layers."""
        return DenseOptions(
            self.dnn_activation,
            self.dnn_dropout,
            self.dnn_use_bn,
            self.batch_norm_epsilon,
            self.batch_norm_momentum,
            self.l2_reg_dnn,
        )

    def embedding(self, features: Sequence[Feature]) -> FeatureEmbedding:
        """The embedding of features."""
        return FeatureEmbedding(features, self.l2_reg_embedding, self.init_std, self.tables)


class MultiTaskModel(nn.Module):
    """A model of several tasks: from the features of a batch to each task's logits (b), or (b width)."""

    def __init__(self, features: Sequence[Feature], tasks: Mapping[str, TaskKind]) -> None:
        super().__init__()
        self.features, self.tasks = tuple(features), dict(tasks)

    @property
    def derived(self) -> Mapping[str, TaskKind]:
        """Outputs that have no labels of their own."""
        return {}

    def forward(self, batch: Inputs) -> Logits:
        """The logits of a batch."""
        raise NotImplementedError

    def predictions(self, batch: Inputs) -> dict[str, Tensor]:
        """Probabilities, or values, by task."""
        kinds = {**self.tasks, **self.derived}
        return {task: kinds[task].predictions(logits) for task, logits in self(batch).items()}


def audible(listener: str, groups: Sequence[str]) -> Sequence[str]:
    """A task hears itself and the shared experts; the shared gate hears everyone."""
    return groups if listener == SHARED else (listener, SHARED)


class Extraction(nn.Module):
    """One level of customized gate control, CGC: experts speak, gates listen (Tang et al. 2020, 4.1 and 4.2)."""

    def __init__(
        self,
        inputs: int,
        expert_nums: Mapping[str, int],
        listeners: Sequence[str],
        expert_units: Sequence[int],
        gate_units: Sequence[int],
        dense: DenseOptions,
    ) -> None:
        super().__init__()
        self.groups = tuple(expert_nums)
        self.listeners = tuple(listeners)
        self.experts: ByName[nn.ModuleList] = ByName(
            {
                group: nn.ModuleList(Expert(inputs, expert_units, dense) for _ in range(count))
                for group, count in expert_nums.items()
            }
        )
        self.gates: ByName[Gate] = ByName(
            {
                listener: Gate(
                    inputs, sum(expert_nums[each] for each in audible(listener, self.groups)), gate_units, dense
                )
                for listener in listeners
            }
        )

    def forward(self, signals: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Each group's signal (b i) in; each listener's mixture of experts (b d) out."""
        spoken = {group: [expert(signals[group]) for expert in self.experts[group]] for group in self.groups}
        mixtures: dict[str, Tensor] = {}
        for listener in self.listeners:
            weights = self.gates[listener](signals[listener])
            heard = torch.stack([y for group in audible(listener, self.groups) for y in spoken[group]], dim=1)
            mixtures[listener] = torch.bmm(weights[:, None], heard)[:, 0]
        return mixtures


class PLE(MultiTaskModel):
    """Levels of extraction, one tower per task on top. With one level it is CGC; without task experts MMoE."""

    def __init__(
        self,
        features: Sequence[Feature],
        tasks: Mapping[str, TaskKind],
        options: ModelOptions,
        *,
        shared_expert_num: int = 1,
        specific_expert_num: int | Mapping[str, int] = 1,
        num_levels: int = 2,
        expert_dnn_hidden_units: Sequence[int] = (256,),
        gate_dnn_hidden_units: Sequence[int] = (),
    ) -> None:
        super().__init__(features, tasks)
        specific = specific_expert_num
        expert_nums = {task: specific if isinstance(specific, int) else specific[task] for task in tasks}
        expert_nums[SHARED] = shared_expert_num
        self.embedding = options.embedding(features)
        width = expert_dnn_hidden_units[-1]
        self.levels = nn.ModuleList()
        for level in range(num_levels):
            # The last level has no shared gate: nobody would hear it.
            last = level == num_levels - 1 or shared_expert_num == 0
            listeners = [*tasks] if last else [*tasks, SHARED]
            inputs = self.embedding.width if level == 0 else width
            sizes = (expert_dnn_hidden_units, gate_dnn_hidden_units)
            self.levels.append(Extraction(inputs, expert_nums, listeners, *sizes, options.dense))
        self.towers = _towers(tasks, width, options)

    def forward(self, batch: Inputs) -> Logits:
        x = self.embedding(batch)
        signals = dict.fromkeys([*self.tasks, SHARED], x)
        for level in self.levels:
            signals = level(signals)
        return {task: self.towers[task](signals[task]) for task in self.tasks}


def _towers(tasks: Mapping[str, TaskKind], width: int, options: ModelOptions) -> ByName[Tower]:
    units, dense = options.tower_dnn_hidden_units, options.dense
    return ByName({task: Tower(width, units, dense, kind.width) for task, kind in tasks.items()})


class SharedBottom(MultiTaskModel):
    """One network for all tasks, a tower for each (Caruana 1997)."""

    def __init__(
        self,
        features: Sequence[Feature],
        tasks: Mapping[str, TaskKind],
        options: ModelOptions,
        *,
        bottom_dnn_hidden_units: Sequence[int] = (256, 128),
    ) -> None:
        super().__init__(features, tasks)
        self.embedding = options.embedding(features)
        self.bottom = Expert(self.embedding.width, bottom_dnn_hidden_units, options.dense)
        self.towers = _towers(tasks, bottom_dnn_hidden_units[-1], options)

    def forward(self, batch: Inputs) -> Logits:
        signal = self.bottom(self.embedding(batch))
        return {task: self.towers[task](signal) for task in self.tasks}


class SingleTaskNetwork(nn.Module):
    """Embeddings, layers and tower of one task."""

    def __init__(
        self, features: Sequence[Feature], kind: TaskKind, options: ModelOptions, bottom_units: Sequence[int]
    ) -> None:
        super().__init__()
        self.embedding = options.embedding(features)
        self.bottom = Expert(self.embedding.width, bottom_units, options.dense)
        self.tower = Tower(bottom_units[-1], options.tower_dnn_hidden_units, options.dense, kind.width)

    def forward(self, batch: Inputs) -> Tensor:
        return self.tower(self.bottom(self.embedding(batch)))


class SingleTask(MultiTaskModel):
    """A network for each task, which shares nothing."""

    def __init__(
        self,
        features: Sequence[Feature],
        tasks: Mapping[str, TaskKind],
        options: ModelOptions,
        *,
        bottom_dnn_hidden_units: Sequence[int] = (256,),
    ) -> None:
        super().__init__(features, tasks)
        units = bottom_dnn_hidden_units
        self.networks = ByName(
            {task: SingleTaskNetwork(features, kind, options, units) for task, kind in tasks.items()}
        )

    def forward(self, batch: Inputs) -> Logits:
        return {task: self.networks[task](batch) for task in self.tasks}


def product_logit(a: Tensor, b: Tensor) -> Tensor:
    """The logit of σ(a)·σ(b), exactly: ln(p/(1 − p)) = −logSumExp(−a, −b, −a−b)."""
    return -torch.logsumexp(torch.stack([-a, -b, -(a + b)]), dim=0)


class ESMM(MultiTaskModel):
    """Click and conversion over all impressions, by way of pCTCVR = pCTR·pCVR (Ma et al., SIGIR 2018)."""

    def __init__(
        self,
        features: Sequence[Feature],
        tasks: Mapping[str, TaskKind],
        options: ModelOptions,
        *,
        conversion_name: str = "cvr",
    ) -> None:
        super().__init__(features, tasks)
        self.conversion_name = conversion_name
        self.embedding = options.embedding(features)
        width, units, dense = self.embedding.width, options.tower_dnn_hidden_units, options.dense
        self.click = Tower(width, units, dense)
        self.conversion = Tower(width, units, dense)

    @property
    def derived(self) -> Mapping[str, TaskKind]:
        return {self.conversion_name: BINARY}

    def forward(self, batch: Inputs) -> Logits:
        x = self.embedding(batch)
        clicked, converted = self.click(x), self.conversion(x)
        click, both = self.tasks
        return {click: clicked, both: product_logit(clicked, converted), self.conversion_name: converted}


class Deep(nn.Module):
    """The network of Wide & Deep: embeddings and layers that tasks share, and a tower for each."""

    def __init__(
        self,
        features: Sequence[Feature],
        tasks: Mapping[str, TaskKind],
        options: ModelOptions,
        bottom_units: Sequence[int],
    ) -> None:
        super().__init__()
        self.embedding = options.embedding(features)
        self.layers = Layers(self.embedding.width, bottom_units, options.dense)
        self.towers = _towers(tasks, stack_width(self.embedding.width, bottom_units), options)


class WideDeep(MultiTaskModel):
    """A linear model and a network, added up (Cheng et al. 2016)."""

    def __init__(
        self,
        features: Sequence[Feature],
        tasks: Mapping[str, TaskKind],
        options: ModelOptions,
        *,
        wide_features: Sequence[str],
        deep_features: Sequence[str],
        bottom_dnn_hidden_units: Sequence[int] = (256, 128, 64),
        l2_reg_linear: float = 1e-5,
    ) -> None:
        super().__init__(features, tasks)
        by_name = {feature.name: feature for feature in features}
        wide = [by_name[name] for name in wide_features]
        deep = [by_name[name] for name in deep_features]
        self.wide = ByName(
            {task: Wide(wide, l2_reg_linear, kind.width, options.tables) for task, kind in tasks.items()}
        )
        self.deep = Deep(deep, tasks, options, bottom_dnn_hidden_units)

    def forward(self, batch: Inputs) -> Logits:
        signal = self.deep.layers(self.deep.embedding(batch))
        return {task: self.deep.towers[task](signal) + self.wide[task](batch) for task in self.tasks}


MODELS: Mapping[str, type[MultiTaskModel]] = {
    model.__name__: model for model in (PLE, SharedBottom, SingleTask, ESMM, WideDeep)
}
COMMON = frozenset(field.name for field in fields(ModelOptions))
TOWERS = {"ESMM": (256, 128), "WideDeep": ()}
"""The layers of towers, where they are not those of `ModelOptions`."""


def build(
    declaration: Declaration, *, row_sparse: bool = True, shard_above: float | None = None, **more: Any
) -> MultiTaskModel:
    """The model of a declaration, its weights drawn by its seed; `load_weights` gives it those that were learned.

    Tables of more than `shard_above` numbers have their rows dealt to the ranks, which build together then. `more`
    replaces options of the declaration, as Python spells them: `num_levels=3`.
    """
    if declaration.kind not in MODELS:
        raise refuse("build", f"one of {', '.join(MODELS)}", repr(declaration.kind))
    options = {snake(name): value for name, value in declaration.options.items()} | more
    names = options.pop("task_names", ["ctr", "ctcvr"])
    kinds = options.pop("task_types", ["binary"] * len(names))
    tasks = {name: kind_of(kind) for name, kind in zip(names, kinds, strict=True)}
    seed = options.pop("seed", 1024)
    common = {name: options.pop(name) for name in [*options] if name in COMMON}
    if declaration.kind in TOWERS:
        common.setdefault("tower_dnn_hidden_units", TOWERS[declaration.kind])
    if shard_above is not None and not row_sparse:
        raise refuse("build", "row_sparse tables where they are dealt to ranks", "row_sparse=False")
    tables = TableOptions(row_sparse, shard_above)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        make: Any = MODELS[declaration.kind]
        return make(declaration.features, tasks, ModelOptions(**common, tables=tables), **options)
