"""Metrics of tasks as plegrad reports them, exact: over the rows of all ranks, and never a mean of theirs."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from .kinds import TaskKind

Numbers = NDArray[np.float64]
Metric = Callable[[Numbers, Numbers, Numbers], float]
"""Of predictions (b), or (b width), labels and what rows count for, above 0, of the shape of labels."""
Scores = dict[str, dict[str, float]]

EPSILON = 1e-7
"""About the least 1 − p that float32 tells from 0."""


def _mean(values: Numbers, weights: Numbers) -> float:
    total = float(weights.sum())
    return float((values * weights).sum()) / total if total > 0 else float("nan")


def auc(scores: Numbers, labels: Numbers, weights: Numbers) -> float:
    """The chance that a positive row outranks a negative one, a tie counting half (Hanley and McNeil 1982)."""
    if scores.size == 0:
        return float("nan")
    order = np.argsort(scores, kind="stable")
    ranked = scores[order]
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    positives = np.add.reduceat((weights * labels)[order], starts)
    negatives = np.add.reduceat((weights * (1 - labels))[order], starts)
    pairs = float(positives.sum() * negatives.sum())
    won = float((positives * (np.cumsum(negatives) - negatives / 2)).sum())
    return won / pairs if pairs > 0 else float("nan")


def log_loss(probabilities: Numbers, labels: Numbers, weights: Numbers) -> float:
    """−mean(y·log p + (1 − y)·log(1 − p)), p raised to at least 10⁻⁷."""
    positive = -np.log(np.maximum(probabilities, EPSILON))
    negative = -np.log1p(-np.minimum(probabilities, 1 - EPSILON))
    return _mean(np.where(labels == 1, positive, negative), weights)


def mean_squared_error(predictions: Numbers, labels: Numbers, weights: Numbers) -> float:
    """mean((p − y)²)"""
    return _mean((predictions - labels) ** 2, weights)


def mean_absolute_error(predictions: Numbers, labels: Numbers, weights: Numbers) -> float:
    """mean(|p − y|)"""
    return _mean(np.abs(predictions - labels), weights)


def poisson_deviance(predictions: Numbers, labels: Numbers, weights: Numbers) -> float:
    """2·mean(y·ln(y/μ) − y + μ)"""
    there = labels > 0
    told = np.where(there, labels * np.log(np.where(there, labels, 1.0) / predictions), 0.0)
    return _mean(2 * (told - labels + predictions), weights)


def _macro(values: list[float]) -> float:
    """The mean of those that are defined."""
    defined = [value for value in values if value == value]
    return sum(defined) / len(defined) if defined else float("nan")


def macro_auc(predictions: Numbers, labels: Numbers, weights: Numbers) -> float:
    """The mean over classes of the AUC of one against the rest."""
    classes = range(predictions.shape[1])
    return _macro([auc(predictions[:, each], (labels == each).astype(float), weights) for each in classes])


def multiclass_log_loss(predictions: Numbers, labels: Numbers, weights: Numbers) -> float:
    """−mean(ln p of the row's own class)"""
    own = predictions[np.arange(len(labels)), labels.astype(int)]
    return _mean(-np.log(np.maximum(own, EPSILON)), weights)


def accuracy(predictions: Numbers, labels: Numbers, weights: Numbers) -> float:
    """The share of rows whose likeliest class, of several the first, is their own."""
    return _mean((predictions.argmax(axis=1) == labels).astype(float), weights)


METRICS: Mapping[str, Mapping[str, Metric]] = {
    "binary": {"auc": auc, "logLoss": log_loss},
    "regression": {"mse": mean_squared_error, "mae": mean_absolute_error},
    "count": {"poissonDeviance": poisson_deviance, "mae": mean_absolute_error},
    "multiclass": {"auc": macro_auc, "logLoss": multiclass_log_loss, "accuracy": accuracy},
}
"""By kind of task; epochs are chosen by the first."""
HIGHER = frozenset({"auc", "accuracy"})


def scores_of(kind: TaskKind, predictions: Numbers, labels: Numbers, weights: Numbers) -> dict[str, float]:
    """The metrics of a task, over the rows in its sample space."""
    if kind.kind == "multilabel":
        columns = [weights[:, each] > 0 for each in range(kind.width)]
        parts = [(predictions[at, each], labels[at, each], weights[at, each]) for each, at in enumerate(columns)]
        flat = [np.concatenate(each) for each in zip(*parts, strict=True)]
        return {"auc": _macro([auc(*part) for part in parts]), "logLoss": log_loss(*flat)}
    inside = weights > 0
    given = (predictions[inside], labels[inside], weights[inside])
    return {name: metric(*given) for name, metric in METRICS[kind.kind].items()}


def score_of(scores: Mapping[str, Mapping[str, float]]) -> float:
    """What epochs are chosen by: the first metric of each task that is defined, its sign by what is better."""
    firsts = [next(iter(metrics.items())) for metrics in scores.values()]
    return sum((value if name in HIGHER else -value for name, value in firsts if value == value), 0.0)
