"""Learning rates that change with the step, counted from 0, as plegrad has them."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from .errors import refuse

Schedule = Callable[[int], float]


def constant(rate: float) -> Schedule:
    """The same at each step."""
    return lambda step: rate


def step_decay(rate: float, every: float, factor: float = 0.5) -> Schedule:
    """rate·factor^⌊step/every⌋"""
    return lambda step: rate * factor ** math.floor(step / every)


def exponential_decay(rate: float, every: float, factor: float = 0.5) -> Schedule:
    """rate·factor^(step/every)"""
    return lambda step: rate * factor ** (step / every)


def linear_decay(rate: float, steps: float, final: float = 0.0) -> Schedule:
    """A line from `rate` to `final` over `steps`, then `final`."""
    return lambda step: final + (rate - final) * max(0.0, 1 - step / steps)


def _cosine(rate: float, final: float, share: float) -> float:
    return final + (rate - final) * (1 + math.cos(math.pi * share)) / 2


def cosine_decay(rate: float, steps: float, final: float = 0.0) -> Schedule:
    """Half a cosine from `rate` down to `final` over `steps`, then `final` (Loshchilov and Hutter 2017, Eq. 5)."""
    return lambda step: _cosine(rate, final, min(step, steps) / steps)


def cosine_restarts(rate: float, steps: float, growth: float = 1.0, final: float = 0.0) -> Schedule:
    """Half a cosine, again and again, each time over `growth` times as many steps (SGDR)."""

    def at(step: int) -> float:
        if growth == 1:
            return _cosine(rate, final, step % steps / steps)
        since, length = float(step), steps
        while since >= length:
            since -= length
            length *= growth
        return _cosine(rate, final, since / length)

    return at


def warm_up(schedule: Schedule, steps: float) -> Schedule:
    """From 0 up to the schedule's own rate over the first `steps`."""
    return lambda step: schedule(step) * min(1.0, (step + 1) / steps)


SCHEDULES: Mapping[str, Callable[..., Schedule]] = {
    "constant": constant,
    "stepDecay": step_decay,
    "exponentialDecay": exponential_decay,
    "linearDecay": linear_decay,
    "cosineDecay": cosine_decay,
    "cosineRestarts": cosine_restarts,
}


def schedule_of(written: float | Mapping[str, Any]) -> Schedule:
    """The schedule that plegrad.json names, or a rate that stays."""
    if not isinstance(written, Mapping):
        return constant(float(written))
    options = dict(written)
    kind, steps = options.pop("kind"), options.pop("warmUp", None)
    if kind not in SCHEDULES:
        raise refuse("schedule_of", f"one of {', '.join(SCHEDULES)}", repr(kind))
    schedule = SCHEDULES[kind](**options)
    return schedule if steps is None else warm_up(schedule, steps)
