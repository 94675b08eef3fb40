"""Ranks for tests: processes on this machine that gloo connects."""

import os
import socket
from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as mp


def _rank(rank: int, count: int, port: int, act: Callable[..., None], given: tuple[Any, ...]) -> None:
    torch.set_num_threads(1)
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    dist.init_process_group("gloo", rank=rank, world_size=count)
    act(rank, *given)
    dist.destroy_process_group()


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def on_ranks(count: int, act: Callable[..., None], *given: Any) -> None:
    """Calls `act` of its rank and what is given in so many processes. What fails in one fails here."""
    asked = (count, free_port(), act, given)
    mp.start_processes(_rank, asked, count, start_method="forkserver")  # type: ignore[attr-defined]
