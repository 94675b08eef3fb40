"""Ranks as peers: they find each other, agree before anything changes, and tell in words when one is gone."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from .distributed import rank, ranks
from .errors import Refused, refuse

T = TypeVar("T")
GONE = re.compile(r"gloo|nccl|connection|connect|socket|store|timed? ?out|broken pipe|closed|recv", re.IGNORECASE)


class PeerLost(RuntimeError):
    """A rank does not answer. Who starts ranks may start all of them again: they go on from the newest checkpoint."""


def own_device() -> torch.device:
    """This rank's GPU, or the processor."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return device


@contextmanager
def in_words(doing: str) -> Iterator[None]:
    """Has it told in words that a peer is gone."""
    try:
        yield
    except (RuntimeError, dist.DistError) as error:
        if isinstance(error, PeerLost) or not (isinstance(error, dist.DistError) or GONE.search(str(error))):
            raise
        told = " ".join(str(error).split())[:300]
        raise PeerLost(f"train: expected all ranks {doing} but one does not answer: because {told}") from error


def join(seconds: float) -> torch.device:
    """Joins the ranks that `torchrun` started with this one, if it did, and returns what this one computes on."""
    device = own_device()
    if "WORLD_SIZE" in os.environ and not dist.is_initialized():
        own, all_ranks = os.environ.get("RANK", "0"), os.environ["WORLD_SIZE"]
        with in_words(f"of {all_ranks} to join rank {own} within {seconds:g} s"):
            dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=timedelta(seconds=seconds))
    return device


def agreed(act: Callable[[], T]) -> T:
    """What the first rank makes of something, at all ranks; or what it refuses."""
    told: list[Any] = [None, None]
    if rank() == 0:
        try:
            told = [act(), None]
        except Refused as error:
            told = [None, str(error)]
    if ranks() > 1:
        dist.broadcast_object_list(told)
    if told[1] is not None:
        raise Refused(told[1])
    return told[0]


def check_same(what: str, value: object) -> None:
    """Refuses what is not the same at all ranks."""
    if ranks() == 1:
        return
    values: list[object] = [None] * ranks()
    dist.all_gather_object(values, value)
    odd = next((each for each, other in enumerate(values) if other != values[0]), None)
    if odd is not None:
        raise refuse("train", f"{what} {values[0]} at all ranks", f"{values[odd]} at rank {odd}")


def any_rank(flag: bool, device: torch.device) -> bool:
    """Whether it is so at any rank."""
    if ranks() == 1:
        return flag
    told = torch.tensor([float(flag)], device=device)
    dist.all_reduce(told)
    return bool(told.item() > 0)


def leave() -> None:
    """Ends what `join` began."""
    if dist.is_initialized():
        dist.destroy_process_group()
