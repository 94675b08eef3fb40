"""What a training tells: lines for a person, and JSON lines in a file for programs that follow it."""

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

EVERY = 0.1
"""Seconds from one step that is told to the next."""


def as_json(value: Any) -> Any:
    """The same with null for what is no number: JSON has no word for it."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): as_json(each) for name, each in value.items()}
    return [as_json(each) for each in value] if isinstance(value, list | tuple) else value


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "–"


def _epoch_line(told: Mapping[str, Any]) -> str:
    parts = [f"epoch {told['epoch']}/{told['epochs']}"]
    for task, loss in told["losses"].items():
        scores = told.get("validation", {}).get(task, {})
        first = next((f" {name} {_number(value)}" for name, value in scores.items()), "")
        parts.append(f"{task} loss {_number(loss)}{first}")
    return "  ".join([*parts, f"{told['seconds']:.1f} s"])


def _lines(event: str, told: Mapping[str, Any]) -> list[str]:
    if event == "began":
        rows = ", ".join(f"{part} {count:,}" for part, count in told["rows"].items())
        lines = [f"{told['ranks']} ranks, {told['parameters']:,} parameters, rows: {rows}"]
        if told["idle"]:
            lines.append(f"{told['idle']} ranks have no rows: write shards of more row groups")
        if "resumed" in told:
            lines += [f"passed over: {each}" for each in told["resumed"]["passedOver"]]
            lines.append(f"going on after {told['resumed']['step']} steps")
        return lines
    if event == "epoch":
        return [_epoch_line(told)]
    if event == "stopped":
        return [f"stopped after {told['steps']} steps, which are kept: the same command goes on"]
    if event == "done":
        tasks = [(part, task, told["scores"][part][task]) for part in told["scores"] for task in told["scores"][part]]
        return [
            f"{part} {task}: " + ", ".join(f"{name} {_number(value)}" for name, value in scores.items())
            for part, task, scores in tasks
        ]
    return []


class Teller:
    """Tells one rank's events: the first tells all, others only what fails."""

    def __init__(self, events: Path | None, first: bool) -> None:
        self.events, self.first, self.last = events, first, -math.inf

    def __call__(self, event: str, told: Mapping[str, Any]) -> None:
        if not self.first and event != "failed":
            return
        if event == "step":
            if time.monotonic() - self.last < EVERY:
                return
            self.last = time.monotonic()
        for line in _lines(event, told):
            print(line, flush=True)
        if self.events is not None:
            with open(self.events, "a", encoding="utf-8") as file:
                file.write(json.dumps({"event": event, **as_json(told)}) + "\n")
