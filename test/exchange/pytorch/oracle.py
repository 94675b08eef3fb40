"""The package of python/ beside plegrad: cases come in as JSON, and what it makes of each goes out.

A case has a model's file, rows as data has them, and how many steps of which optimizer to take on them, under which
strategies.
"""

import base64
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, sys.argv[1])

from plegrad_torch import Learner, encode, encode_labels, load_model, losses_of, save_model, state_of
from plegrad_torch.losses import cross_entropy, focal_loss, huber
from plegrad_torch.optimizers import OPTIMIZERS
from plegrad_torch.strategies import strategy_of

LOSSES = {"crossEntropy": cross_entropy, "focal": focal_loss, "huber": huber}


def numbers(tensors: dict[str, Any]) -> dict[str, list[float]]:
    return {name: tensor.detach().to_dense().reshape(-1).tolist() for name, tensor in tensors.items()}


def answer(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    path = folder / "model.safetensors"
    path.write_bytes(base64.b64decode(case["model"]))
    model, metadata = load_model(path)
    dtype = next(model.parameters()).dtype
    inputs = encode(model.features, case["columns"], dtype)
    labels = encode_labels(model.tasks, case["labels"], case["sampleWeights"], dtype)
    model.eval()
    with torch.no_grad():
        predictions = numbers(model.predictions(inputs))
    model.train()
    learned = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    named = {task: LOSSES[name]() for task, name in case["losses"].items()}
    losses, _ = losses_of(model, inputs, labels, named)
    total = torch.stack([*losses.values()]).sum()
    found = torch.autograd.grad(total, [p for _, p in learned], allow_unused=True)

    def by_path(found: Sequence[torch.Tensor | None]) -> dict[str, list[float]]:
        return numbers({name: g for (name, _), g in zip(learned, found, strict=True) if g is not None})

    told = {
        "ids": {name: ids.reshape(-1).tolist() for name, ids in inputs.ids.items()},
        "numbers": numbers(dict(inputs.numbers)),
        "masks": numbers(dict(labels.masks)),
        "predictions": predictions,
        "losses": numbers(losses),
        "gradients": by_path(found),
        "buffers": numbers(dict(model.named_buffers())),
    }

    def balanced(name: str) -> dict[str, list[float]]:
        """The second time, when what a strategy remembers of the first counts."""
        strategy = strategy_of(name, model.tasks)
        for _ in range(2):
            found = strategy.balance(*losses_of(model, inputs, labels, named), [p for _, p in learned])
        return by_path(found)

    if case["balanced"]:
        recorded = [(buffer, buffer.clone()) for buffer in model.buffers()]
        told["balanced"] = {name: balanced(name) for name in case["balanced"]}
        for buffer, before in recorded:
            buffer.copy_(before)
    save_model(path, model, metadata)
    taken = {}
    for name in case["strategies"]:
        model, metadata = load_model(path)
        strategy = strategy_of(name, model.tasks)
        optimizer = OPTIMIZERS[case["optimizer"]](model.parameters(), lr=case["rate"])
        learner = Learner(model, optimizer, strategy, named, clip_norm=case["clipNorm"])
        taken[name] = []
        for step in range(case["steps"]):
            if step == case["steps"] // 2:
                strategy.epoch_ended(taken[name][-1])
            start = step * case["batchSize"] % inputs.rows
            rows = slice(start, start + case["batchSize"])
            taken[name].append(learner.step(inputs.select(rows), labels.select(rows)).losses)
    save_model(path, model, metadata)
    return {**told, "taken": taken, "state": numbers(state_of(model)), "file": base64.b64encode(path.read_bytes()).decode()}


torch.set_num_threads(1)
with tempfile.TemporaryDirectory() as at:
    json.dump([answer(case, Path(at)) for case in json.load(sys.stdin)], sys.stdout)
