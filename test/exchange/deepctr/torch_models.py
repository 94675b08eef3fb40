"""Multi-task models in PyTorch whose modules have the names, shapes and order of DeepCTR-Torch 0.2.9.

A list of cases comes in as JSON, and for each its state and what it predicts go out: of random weights, or of those that
the case brings, which load_state_dict must find complete.
"""

import json
import sys

import torch
from torch import nn


class Network(nn.Module):
    """Layers, each normalised if wanted and then activated."""

    def __init__(self, inputs, units, activation, normalised):
        super().__init__()
        widths = [inputs, *units]
        pairs = list(zip(widths, widths[1:]))
        self.linears = nn.ModuleList(nn.Linear(a, b) for a, b in pairs)
        if normalised:
            self.bn = nn.ModuleList(nn.BatchNorm1d(width) for width in units)
        kinds = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "prelu": nn.PReLU, "linear": nn.Identity}
        self.activation_layers = nn.ModuleList(kinds[activation]() for _ in units)

    def forward(self, x):
        for index, linear in enumerate(self.linears):
            x = linear(x)
            if hasattr(self, "bn"):
                x = self.bn[index](x)
            x = self.activation_layers[index](x)
        return x


class Prediction(nn.Module):
    """A bias, and for a binary task the sigmoid."""

    def __init__(self, task):
        super().__init__()
        self.task = task
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        x = x + self.bias
        return torch.sigmoid(x) if self.task == "binary" else x


def tables_of(columns, dimension=None):
    ordered = [c for kind in ("sparse", "varLen") for c in columns if c["kind"] == kind]
    return nn.ModuleDict({c["table"]: nn.Embedding(c["rows"], dimension or c["dimension"]) for c in ordered})


def pooled(embedded, ids, how):
    """(b t d) -> (b d) over ids that are not 0, as the library pools where no lengths are given."""
    mask = (ids != 0).float().unsqueeze(2)
    if how == "max":
        return (embedded - (1 - mask) * 1e9).max(dim=1)[0]
    total = (embedded * mask).sum(dim=1)
    return total / (mask.sum(dim=1) + 1e-8) if how == "mean" else total


def gathered(tables, columns, x):
    """The embeddings of sparse columns, then of lists, and then the numbers: each side by side, as a pair."""
    sparse, lists, dense, start = [], [], [], 0
    for c in columns:
        part = x[:, start : start + c["width"]]
        start += c["width"]
        if c["kind"] == "dense":
            dense.append(part)
        elif c["kind"] == "sparse":
            sparse.append(tables[c["table"]](part.long())[:, 0])
        else:
            lists.append(pooled(tables[c["table"]](part.long()), part.long(), c["pooling"]))
    return [*sparse, *lists], dense


class Linear(nn.Module):
    """A weight for each id and for each number."""

    def __init__(self, columns):
        super().__init__()
        self.columns = columns
        self.embedding_dict = tables_of(columns, 1)
        numbers = sum(c["width"] for c in columns if c["kind"] == "dense")
        if numbers:
            self.weight = nn.Parameter(torch.zeros(numbers, 1))

    def forward(self, x):
        ids, numbers = gathered(self.embedding_dict, self.columns, x)
        parts = [torch.cat(ids, 1).sum(1, keepdim=True)] if ids else []
        return sum(parts + ([torch.cat(numbers, 1) @ self.weight] if numbers else []))


class Base(nn.Module):
    def __init__(self, columns, linear, activation, normalised):
        super().__init__()
        self.columns = columns
        self.embedding_dict = tables_of(columns)
        self.linear_model = Linear(linear)
        self.out = Prediction("binary")
        self.inputs = sum(c["dimension"] for c in columns)
        self.network = lambda inputs, units: Network(inputs, units, activation, normalised)

    def x(self, batch):
        ids, numbers = gathered(self.embedding_dict, self.columns, batch)
        return torch.cat([*ids, *numbers], 1)


class Towers(Base):
    """The end that three of the models have in common."""

    def build_towers(self, inputs, units, tasks):
        if units:
            self.tower_dnn = nn.ModuleList(self.network(inputs, units) for _ in tasks)
        last = units[-1] if units else inputs
        self.tower_dnn_final_layer = nn.ModuleList(nn.Linear(last, 1, bias=False) for _ in tasks)
        self.out = nn.ModuleList(Prediction(task) for task in tasks)

    def answer(self, signals):
        outputs = []
        for task, signal in enumerate(signals):
            if hasattr(self, "tower_dnn"):
                signal = self.tower_dnn[task](signal)
            outputs.append(self.out[task](self.tower_dnn_final_layer[task](signal)))
        return torch.cat(outputs, 1)


class SharedBottom(Towers):
    def __init__(self, base, tasks, bottom, tower):
        super().__init__(*base)
        self.bottom_dnn = self.network(self.inputs, bottom)
        self.build_towers(bottom[-1], tower, tasks)

    def forward(self, batch):
        signal = self.bottom_dnn(self.x(batch))
        return self.answer([signal] * len(self.out))


class MMOE(Towers):
    def __init__(self, base, tasks, experts, expert, gate, tower):
        super().__init__(*base)
        self.expert_dnn = nn.ModuleList(self.network(self.inputs, expert) for _ in range(experts))
        if gate:
            self.gate_dnn = nn.ModuleList(self.network(self.inputs, gate) for _ in tasks)
        width = gate[-1] if gate else self.inputs
        self.gate_dnn_final_layer = nn.ModuleList(nn.Linear(width, experts, bias=False) for _ in tasks)
        self.build_towers(expert[-1], tower, tasks)

    def forward(self, batch):
        x = self.x(batch)
        spoken = torch.stack([expert(x) for expert in self.expert_dnn], 1)
        signals = []
        for task, last in enumerate(self.gate_dnn_final_layer):
            weights = last(self.gate_dnn[task](x) if hasattr(self, "gate_dnn") else x).softmax(1)
            signals.append((weights.unsqueeze(2) * spoken).sum(1))
        return self.answer(signals)


class PLE(Towers):
    def __init__(self, base, tasks, levels, specific, shared, expert, gate, tower):
        super().__init__(*base)
        self.shared = shared
        into = [self.inputs] + [expert[-1]] * (levels - 1)

        def experts(groups):
            # By level, group and number: of shared ones, which are a group alone, as many as a task has of its own.
            return nn.ModuleList(
                nn.ModuleList(
                    nn.ModuleList(self.network(width, expert) for _ in range(specific)) for _ in range(groups)
                )
                for width in into
            )

        self.specific_experts = experts(len(tasks))
        self.shared_experts = experts(1)
        heard = {"specific": specific + shared, "shared": len(tasks) * specific + shared}
        if gate:
            self.specific_gate_dnn = nn.ModuleList(
                nn.ModuleList(nn.ModuleList([self.network(width, gate)]) for _ in tasks) for width in into
            )
            self.shared_gate_dnn = nn.ModuleList(self.network(width, gate) for width in into)
        last = [gate[-1]] * levels if gate else into
        self.specific_gate_dnn_final_layer = nn.ModuleList(
            nn.ModuleList(nn.Linear(width, heard["specific"], bias=False) for _ in tasks) for width in last
        )
        self.shared_gate_dnn_final_layer = nn.ModuleList(
            nn.Linear(width, heard["shared"], bias=False) for width in last
        )
        self.build_towers(expert[-1], tower, tasks)

    def forward(self, batch):
        tasks = len(self.out)
        signals = [self.x(batch)] * (tasks + 1)
        for level, specific in enumerate(self.specific_experts):
            own = [[expert(signals[task]) for expert in specific[task]] for task in range(tasks)]
            common = [self.shared_experts[level][0][index](signals[-1]) for index in range(self.shared)]
            mixed = []
            for listener in range(tasks + 1):
                voices = own[listener] + common if listener < tasks else sum(own, []) + common
                selector = signals[listener]
                if listener < tasks:
                    if hasattr(self, "specific_gate_dnn"):
                        selector = self.specific_gate_dnn[level][listener][0](selector)
                    weights = self.specific_gate_dnn_final_layer[level][listener](selector).softmax(1)
                else:
                    if hasattr(self, "shared_gate_dnn"):
                        selector = self.shared_gate_dnn[level](selector)
                    weights = self.shared_gate_dnn_final_layer[level](selector).softmax(1)
                mixed.append((weights.unsqueeze(2) * torch.stack(voices, 1)).sum(1))
            signals = mixed
        return self.answer(signals[:-1])


class ESMM(Base):
    def __init__(self, base, tower):
        super().__init__(*base)
        self.ctr_dnn = self.network(self.inputs, tower)
        self.cvr_dnn = self.network(self.inputs, tower)
        self.ctr_dnn_final_layer = nn.Linear(tower[-1], 1, bias=False)
        self.cvr_dnn_final_layer = nn.Linear(tower[-1], 1, bias=False)

    def forward(self, batch):
        x = self.x(batch)
        click = self.out(self.ctr_dnn_final_layer(self.ctr_dnn(x)))
        conversion = self.out(self.cvr_dnn_final_layer(self.cvr_dnn(x)))
        return torch.cat([click, click * conversion], 1)


class WDL(Base):
    def __init__(self, base, hidden):
        super().__init__(*base)
        self.dnn = self.network(self.inputs, hidden)
        self.dnn_linear = nn.Linear(hidden[-1], 1, bias=False)

    def forward(self, batch):
        return self.out(self.linear_model(batch) + self.dnn_linear(self.dnn(self.x(batch))))


def build(case):
    kinds = {"PLE": PLE, "MMOE": MMOE, "SharedBottom": SharedBottom, "ESMM": ESMM, "WDL": WDL}
    linear = case["columns"] if case["kind"] == "WDL" else []
    base = (case["columns"], linear, case["activation"], case["normalised"])
    return kinds[case["kind"]](base, **case["sizes"])


def randomise(model):
    for name, tensor in model.state_dict().items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 2)
        elif tensor.is_floating_point():
            tensor.normal_(0, 0.5)
        else:
            tensor.fill_(7)


def listed(tensor):
    return {"shape": list(tensor.shape), "values": tensor.flatten().tolist()}


def main():
    answers = []
    for seed, case in enumerate(json.load(sys.stdin)):
        torch.manual_seed(seed)
        model = build(case).eval()
        with torch.no_grad():
            if "state" in case:
                given = {
                    name: torch.tensor(t["values"], dtype=torch.float32).reshape(t["shape"])
                    for name, t in case["state"].items()
                }
                model.load_state_dict(given, strict=True)
            else:
                randomise(model)
            outputs = model(torch.tensor(case["batch"]))
        state = {name: listed(tensor) for name, tensor in model.state_dict().items()}
        answers.append({"state": state, "outputs": outputs.tolist()})
    json.dump(answers, sys.stdout)


main()
