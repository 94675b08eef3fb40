"""Pooling by attention (Zhou et al., KDD 2018, Section 4.3) in PyTorch, in float64: numbers come in as JSON, what is
pooled and the gradients of its product with `seed` go out."""

import json
import sys

import torch
from torch.nn import functional


def answer(numbers, history, item, normalize, seed):
    p = {path: torch.tensor(given, dtype=torch.float64, requires_grad=True) for path, given in numbers.items()}
    history = torch.tensor(history)
    present = history != 0
    items = functional.embedding(history, p["tables.item"])
    candidate = functional.embedding(torch.tensor(item), p["tables.item"])[:, None].expand_as(items)
    x = torch.cat([items, candidate, items - candidate, items * candidate], dim=-1)
    unit = "attention.history"
    for layer in range(2):
        at = f"{unit}.layers.{layer}"
        x = functional.linear(x, p[f"{at}.weight"].T, p[f"{at}.bias"])
        x = functional.prelu(x.movedim(-1, 1), p[f"{at}.activation.alpha"]).movedim(1, -1)
    weights = functional.linear(x, p[f"{unit}.output.weight"].T, p[f"{unit}.output.bias"])[..., 0]
    if normalize:
        weights = weights.masked_fill(~present, torch.finfo(weights.dtype).min).softmax(dim=1)
    pooled = (weights.masked_fill(~present, 0)[..., None] * items).sum(dim=1)
    (pooled * torch.tensor(seed, dtype=torch.float64)).sum().backward()
    return {"pooled": pooled.tolist(), "gradients": {path: each.grad.tolist() for path, each in p.items()}}


json.dump([answer(**case) for case in json.load(sys.stdin)], sys.stdout)
