"""DeepCTR-Torch's PLE architecture in PyTorch, to be timed: one JSON command a line in, one JSON answer a line out.

It takes parameters and batches from files, so that it computes what the other side computes, and refuses to draw any.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional

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


def numbers(path, dtype):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=dtype)


class Session:
    """The model, its optimizer and the batches of each size that were loaded."""

    def load(self, shape, parameters, paths):
        """Builds the model of `shape`; its parameters lie one after the other in a file, in the order of `paths`."""
        self.model, self.batches = PLE(**shape), {}
        own, values, at = self.model.by_path(), numbers(parameters, torch.float32), 0
        if sorted(own) != sorted(paths):
            raise ValueError(f"expected parameters {sorted(own)} but got {sorted(paths)}")
        self.start = []
        for path in paths:
            parameter, transposed = own[path]
            count = parameter.numel()
            given = values[at : at + count]
            shaped = given.view(parameter.shape[::-1]).t() if transposed else given.view(parameter.shape)
            self.start.append((parameter, shaped.contiguous()))
            at += count
        return self.reset()

    def reset(self):
        """Back to the parameters that were loaded, and a new optimizer."""
        with torch.no_grad():
            for parameter, value in self.start:
                parameter.copy_(value)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.model.train()
        return {"parameters": sum(parameter.numel() for parameter, _ in self.start)}

    def batch(self, rows, ids, labels):
        """Some batches of `rows` rows: ids (batches rows features), labels (batches rows tasks)."""
        width, tasks = len(self.model.features), len(self.model.tasks)
        x = numbers(ids, torch.int32).float().view(-1, rows, width)
        y = numbers(labels, torch.float32).view(-1, rows, tasks)
        self.batches[rows] = list(zip(x.unbind(0), y.unbind(0)))
        return {"batches": len(self.batches[rows])}

    def step(self, x, y):
        """One training step; the losses of the tasks before it."""
        predicted = self.model(x)
        self.optimizer.zero_grad()
        losses = [functional.binary_cross_entropy(predicted[:, at], y[:, at]) for at in range(y.shape[1])]
        sum(losses).backward()
        self.optimizer.step()
        return losses

    def losses(self, rows, steps):
        """From the start, `steps` steps on the first batch: the losses before each. The model is reset before and after."""
        self.reset()
        answer = [[loss.item() for loss in self.step(*self.batches[rows][0])] for _ in range(steps)]
        self.reset()
        return {"losses": answer}

    def predict(self, rows):
        """The probabilities (rows tasks) of the first batch."""
        self.model.eval()
        with torch.inference_mode():
            answer = self.model(self.batches[rows][0][0]).flatten().tolist()
        self.model.train()
        return {"predictions": answer}

    def time(self, what, rows, threads, seconds):
        """Milliseconds of each run for about that long: training steps, or predictions."""
        torch.set_num_threads(threads)
        batches, samples = self.batches[rows], []
        if what == "predict":
            self.model.eval()
        with torch.inference_mode(what == "predict"):
            end = time.perf_counter() + seconds
            while len(samples) < 3 or time.perf_counter() < end:
                x, y = batches[len(samples) % len(batches)]
                start = time.perf_counter()
                self.model(x) if what == "predict" else self.step(x, y)
                samples.append((time.perf_counter() - start) * 1e3)
        self.model.train()
        return {"milliseconds": samples}


def main():
    print(json.dumps({"torch": torch.__version__, "python": sys.version.split()[0]}), flush=True)
    session = Session()
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = getattr(session, command.pop("do"))(**command)
        except Exception as error:  # The other side decides what a failure means.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
