"""DeepCTR-Torch's PLE architecture in PyTorch. It refuses to know of losses and of whoever learns."""

import torch
from torch import nn

SHARED = "shared"


def stack(inputs, units):
    """Dense layers with relu."""
    layers = []
    for width in units:
        layers += [nn.Linear(inputs, width), nn.ReLU()]
        inputs = width
    return nn.Sequential(*layers)


class Level(nn.Module):
    """One level of extraction: experts by group, gates by listener, as that library computes them."""

    def __init__(self, inputs, tasks, units, last):
        super().__init__()
        self.tasks = tasks
        self.experts = nn.ModuleDict({group: stack(inputs, units) for group in [*tasks, SHARED]})
        gates = {task: nn.Linear(inputs, 2, bias=False) for task in tasks}
        if not last:
            gates[SHARED] = nn.Linear(inputs, len(tasks) + 1, bias=False)
        self.gates = nn.ModuleDict(gates)

    def forward(self, signals):
        spoken = {group: expert(signals[group]) for group, expert in self.experts.items()}
        mixed = {}
        for listener, gate in self.gates.items():
            heard = [*self.tasks, SHARED] if listener == SHARED else [listener, SHARED]
            experts = torch.stack([spoken[group] for group in heard], 1)
            weights = gate(signals[listener]).softmax(1)
            mixed[listener] = torch.matmul(weights.unsqueeze(1), experts).squeeze(1)
        return mixed


class PLE(nn.Module):
    def __init__(self, features, vocabulary, dimension, tasks, levels, expert, tower):
        super().__init__()
        self.features, self.tasks = features, tasks
        self.tables = nn.ModuleDict({name: nn.Embedding(vocabulary, dimension) for name in features})
        widths = [len(features) * dimension] + [expert[-1]] * (levels - 1)
        self.levels = nn.ModuleList(
            [Level(width, tasks, expert, at == levels - 1) for at, width in enumerate(widths)]
        )
        self.towers = nn.ModuleDict({task: stack(expert[-1], tower) for task in tasks})
        self.outputs = nn.ModuleDict({task: nn.Linear(tower[-1], 1, bias=False) for task in tasks})
        self.biases = nn.ParameterDict({task: nn.Parameter(torch.zeros(1)) for task in tasks})

    def forward(self, rows):
        """`rows` is one float matrix with a column of ids per feature, as that library keeps its data."""
        embedded = [self.tables[name](rows[:, at : at + 1].long()) for at, name in enumerate(self.features)]
        x = torch.flatten(torch.cat(embedded, -1), 1)
        signals = {group: x for group in [*self.tasks, SHARED]}
        for level in self.levels:
            signals = level(signals)
        return torch.cat(
            [
                torch.sigmoid(self.outputs[task](self.towers[task](signals[task])) + self.biases[task])
                for task in self.tasks
            ],
            -1,
        )

    def by_path(self):
        """Each parameter under the path that the other side knows it by, and whether it lies transposed."""
        found = {}

        def dense(path, layers):
            for at, layer in enumerate(layer for layer in layers if isinstance(layer, nn.Linear)):
                found[f"{path}.layers.{at}.weight"] = (layer.weight, True)
                found[f"{path}.layers.{at}.bias"] = (layer.bias, False)

        for name, table in self.tables.items():
            found[f"embedding.tables.{name}"] = (table.weight, False)
        for at, level in enumerate(self.levels):
            for group, expert in level.experts.items():
                dense(f"levels.{at}.experts.{group}.0", expert)
            for listener, gate in level.gates.items():
                found[f"levels.{at}.gates.{listener}.output.weight"] = (gate.weight, True)
        for task in self.tasks:
            dense(f"towers.{task}", self.towers[task])
            found[f"towers.{task}.output.weight"] = (self.outputs[task].weight, True)
            found[f"towers.{task}.bias"] = (self.biases[task], False)
        return found
