"""PLE in JAX, jit on the CPU, to be timed: all tables are one, Adam is written out, and buffers are given away.

It takes parameters and batches from files, so that it computes what the other side computes, and refuses to draw any.
How many threads XLA has is settled when it starts: PJRT_NPROC says it.
"""

import math
from functools import partial

import jax
import numpy
from conversation import converse, sample
from jax import nn
from jax import numpy as jnp

SHARED = "shared"
TABLES = "tables"
BETA1, BETA2, EPSILON, RATE = 0.9, 0.999, 1e-8, 1e-3


def dense(p, path, x):
    return nn.relu(x @ p[f"{path}.layers.0.weight"] + p[f"{path}.layers.0.bias"])


def logits(p, ids, tasks, levels):
    """Of each task, for ids (rows features) of rows of the one table."""
    x = p[TABLES][ids].reshape(ids.shape[0], -1)
    groups = [*tasks, SHARED]
    signals = {group: x for group in groups}
    for level in range(levels):
        experts = {group: dense(p, f"levels.{level}.experts.{group}.0", signals[group]) for group in groups}
        mixed = {}
        for listener in tasks if level == levels - 1 else groups:
            heard = groups if listener == SHARED else [listener, SHARED]
            weights = nn.softmax(signals[listener] @ p[f"levels.{level}.gates.{listener}.output.weight"])
            mixed[listener] = sum(weights[:, at, None] * experts[group] for at, group in enumerate(heard))
        signals = mixed
    return [
        (dense(p, f"towers.{task}", signals[task]) @ p[f"towers.{task}.output.weight"])[:, 0] + p[f"towers.{task}.bias"]
        for task in tasks
    ]


def losses(p, ids, y, tasks, levels):
    """The sum of the losses of the tasks, and each of them: binary cross entropies, from logits."""
    found = logits(p, ids, tasks, levels)
    each = [jnp.mean(nn.softplus(z) - y[:, at] * z) for at, z in enumerate(found)]
    return sum(each), each


def adam(p, g, m, v, correction1, correction2):
    m = BETA1 * m + (1 - BETA1) * g
    v = BETA2 * v + (1 - BETA2) * g * g
    return p - RATE * (m / correction1) / (jnp.sqrt(v / correction2) + EPSILON), m, v


def step(state, ids, y, tasks, levels):
    """One training step: the state after it, and the losses of the tasks before it."""
    p, m, v, taken = state
    taken = taken + 1
    (_, each), g = jax.value_and_grad(losses, has_aux=True)(p, ids, y, tasks, levels)
    corrections = 1 - BETA1**taken, 1 - BETA2**taken
    moved = {path: adam(p[path], g[path], m[path], v[path], *corrections) for path in p}
    p, m, v = ({path: one[at] for path, one in moved.items()} for at in range(3))
    return (p, m, v, taken), each


def predictions(p, ids, tasks, levels):
    return nn.sigmoid(jnp.stack(logits(p, ids, tasks, levels), 1))


class Session:
    """The parameters that were loaded, the state of whoever learns, and the batches of each size."""

    def load(self, shape, parameters, shapes):
        """Parameters lie one after the other in a file, in the order of `shapes`; the tables among them are joined."""
        values, at, own, tables = numpy.fromfile(parameters, numpy.float32), 0, {}, []
        for path, extents in shapes.items():
            size = math.prod(extents)
            given = values[at : at + size].reshape(extents)
            at += size
            if path.startswith(f"embedding.{TABLES}."):
                tables.append(given)
            else:
                own[path] = given
        self.start = {TABLES: numpy.concatenate(tables), **own}
        self.offsets = numpy.arange(len(tables), dtype=numpy.int32) * shape["vocabulary"]
        fixed = {"tasks": shape["tasks"], "levels": shape["levels"]}
        self.compiled_step = jax.jit(partial(step, **fixed), donate_argnums=0)
        self.compiled_predict = jax.jit(partial(predictions, **fixed))
        self.batches = {}
        self.reset()
        return {"parameters": at}

    def batch(self, rows, ids, labels):
        """Some batches of `rows` rows: ids (batches rows features), labels (batches rows tasks)."""
        given = numpy.fromfile(ids, numpy.int32).reshape(-1, rows, len(self.offsets)) + self.offsets
        y = numpy.fromfile(labels, numpy.float32).reshape(len(given), rows, -1)
        self.batches[rows] = [(jnp.asarray(a), jnp.asarray(b)) for a, b in zip(given, y)]
        return {"batches": len(given)}

    def reset(self):
        """Back to the parameters that were loaded, with Adam's two moments at zero."""
        p = {path: jnp.array(value) for path, value in self.start.items()}
        self.state = p, jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p), jnp.float32(0)

    def step(self, ids, y):
        """One training step, done when this returns; the losses of the tasks before it."""
        self.state, each = self.compiled_step(self.state, ids, y)
        jax.block_until_ready((self.state, each))
        return each

    def losses(self, rows, steps):
        """From the start, `steps` steps on the first batch: the losses before each. All is reset before and after."""
        self.reset()
        answer = [[loss.item() for loss in self.step(*self.batches[rows][0])] for _ in range(steps)]
        self.reset()
        return {"losses": answer}

    def predict(self, rows):
        """The probabilities (rows tasks) of the first batch."""
        answer = self.compiled_predict(self.state[0], self.batches[rows][0][0])
        return {"predictions": answer.flatten().tolist()}

    def time_step(self, rows, seconds):
        """Milliseconds of each training step for about that long."""
        batches = self.batches[rows]
        return sample(lambda at: self.step(*batches[at % len(batches)]), seconds)

    def time_predict(self, rows, seconds):
        """Milliseconds of each prediction for about that long."""
        p, batches = self.state[0], self.batches[rows]
        return sample(
            lambda at: jax.block_until_ready(self.compiled_predict(p, batches[at % len(batches)][0])), seconds
        )


if __name__ == "__main__":
    jax.config.update("jax_platforms", "cpu")
    converse(Session(), jax=jax.__version__)
