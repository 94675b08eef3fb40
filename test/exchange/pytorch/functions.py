"""What the package of python/ computes of plain numbers: cases come in as JSON, and what each becomes goes out."""

import json
import sys
from typing import Any

import torch

sys.path.insert(0, sys.argv[1])

from plegrad_torch.losses import cross_entropy, focal_loss, huber
from plegrad_torch.reconciling import averse_to_conflict, project, rebalance
from plegrad_torch.streams import stream

LOSSES = {"crossEntropy": cross_entropy, "focal": focal_loss, "huber": huber}


def row_loss(case: dict[str, Any]) -> dict[str, list[float]]:
    logits, labels = (torch.tensor(case[name], dtype=torch.float64) for name in ("logits", "labels"))
    logits.requires_grad_()
    rows = LOSSES[case["name"]](**case["options"])(logits, labels)
    (slopes,) = torch.autograd.grad(rows.sum(), logits)
    return {"rows": rows.tolist(), "slopes": slopes.tolist()}


ASKED = {
    "permutations": lambda case: list(stream(case["seed"]).stream(case["name"]).permutation(case["length"])),
    "projections": lambda case: project(case["gram"], case["task"], case["order"]),
    "weights": lambda case: rebalance(case["weights"], case["norms"], case["ratios"], 1.5, 0.025),
    "coefficients": lambda case: averse_to_conflict(case["gram"], case["c"]),
    "rowLosses": row_loss,
}
given = json.load(sys.stdin)
json.dump({name: [ASKED[name](case) for case in cases] for name, cases in given.items()}, sys.stdout)
