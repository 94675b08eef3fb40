"""PLE in PyTorch, to be timed: eager as DeepCTR-Torch does it, with fused Adam, and compiled as well.

It takes parameters and batches from files, so that it computes what the other side computes, and refuses to draw any.
"""

import os
import shutil

import torch
from conversation import converse, sample
from deepctr_ple import PLE
from torch.nn import functional


def numbers(path, dtype):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=dtype)


def compiler():
    """The C++ compiler that torch.compile will call, or None."""
    return next(filter(None, map(shutil.which, filter(None, [os.environ.get("CXX"), "g++", "clang++"]))), None)


class Session:
    """The model, the batches of each size that were loaded, and who learns: `how` is eager, fused or compiled."""

    def load(self, shape, parameters, shapes):
        """Builds the model of `shape`; its parameters lie one after the other in a file, in the order of `shapes`."""
        self.model, self.batches = PLE(**shape), {}
        own, values, at = self.model.by_path(), numbers(parameters, torch.float32), 0
        if sorted(own) != sorted(shapes):
            raise ValueError(f"expected parameters {sorted(own)} but got {sorted(shapes)}")
        self.start = []
        for path in shapes:
            parameter, transposed = own[path]
            count = parameter.numel()
            given = values[at : at + count]
            shaped = given.view(parameter.shape[::-1]).t() if transposed else given.view(parameter.shape)
            self.start.append((parameter, shaped.contiguous()))
            at += count
        # What was compiled is of a model that is gone, and counts towards how often compiling again is allowed.
        torch.compiler.reset()
        self.optimizers, self.compiled = {}, torch.compile(self.loss, dynamic=False, fullgraph=True)
        self.model.train()
        self.restore()
        return {"parameters": at}

    def batch(self, rows, ids, labels):
        """Some batches of `rows` rows: ids (batches rows features), labels (batches rows tasks)."""
        width, tasks = len(self.model.features), len(self.model.tasks)
        x = numbers(ids, torch.int32).float().view(-1, rows, width)
        y = numbers(labels, torch.float32).view(-1, rows, tasks)
        self.batches[rows] = list(zip(x.unbind(0), y.unbind(0)))
        return {"batches": len(self.batches[rows])}

    def restore(self):
        """Back to the parameters that were loaded."""
        with torch.no_grad():
            for parameter, value in self.start:
                parameter.copy_(value)

    def reset(self, how):
        """The same, with a new optimizer: that library's own, or with its loop in one kernel."""
        self.restore()
        fused = {} if how == "eager" else {"fused": True}
        self.optimizers[how] = torch.optim.Adam(self.model.parameters(), lr=1e-3, **fused)

    def loss(self, x, y):
        """The sum of the losses of the tasks, and each of them."""
        predicted = self.model(x)
        losses = [functional.binary_cross_entropy(predicted[:, at], y[:, at]) for at in range(y.shape[1])]
        return sum(losses), losses

    def step(self, how, x, y):
        """One training step; the losses of the tasks before it."""
        loss, losses = (self.compiled if how == "compiled" else self.loss)(x, y)
        self.optimizers[how].zero_grad()
        loss.backward()
        self.optimizers[how].step()
        return losses

    def losses(self, how, threads, rows, steps):
        """From the start, `steps` steps on the first batch: the losses before each. All is reset before and after."""
        if how == "compiled" and compiler() is None:
            raise RuntimeError("no C++ compiler for torch.compile")
        # Before it compiles, for as many threads as are there then are compiled in.
        torch.set_num_threads(threads)
        self.reset(how)
        answer = [[loss.item() for loss in self.step(how, *self.batches[rows][0])] for _ in range(steps)]
        self.reset(how)
        return {"losses": answer}

    def predict(self, rows):
        """The probabilities (rows tasks) of the first batch."""
        self.model.eval()
        with torch.inference_mode():
            answer = self.model(self.batches[rows][0][0]).flatten().tolist()
        self.model.train()
        return {"predictions": answer}

    def time_step(self, how, threads, rows, seconds):
        """Milliseconds of each training step for about that long."""
        torch.set_num_threads(threads)
        batches = self.batches[rows]
        return sample(lambda at: self.step(how, *batches[at % len(batches)]), seconds)

    def time_predict(self, threads, rows, seconds):
        """Milliseconds of each prediction for about that long."""
        torch.set_num_threads(threads)
        batches = self.batches[rows]
        self.model.eval()
        with torch.inference_mode():
            answer = sample(lambda at: self.model(batches[at % len(batches)][0]), seconds)
        self.model.train()
        return answer


if __name__ == "__main__":
    converse(Session(), torch=torch.__version__)
