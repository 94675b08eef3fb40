"""Trains the model of this folder on shards: `torchrun --nproc-per-node N train.py`, or `python train.py` alone.

It goes on from its newest checkpoint, if there is one, with however many ranks. SIGINT, SIGTERM and a file `stop` in
`--out` end it with what there is. GPUs are used where there are some, by NCCL; else processors, by gloo.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from plegrad_torch.checkpoints import FolderKeeper
from plegrad_torch.errors import Refused
from plegrad_torch.peers import PeerLost, join, leave
from plegrad_torch.telling import Teller
from plegrad_torch.training import Job, train

HERE = Path(__file__).parent


def arguments() -> argparse.ArgumentParser:
    """What may be said of a training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, default=HERE / "weights.safetensors", help="the model as it starts")
    parser.add_argument("--config", type=Path, default=HERE / "plegrad.json", help="whose `training` says how")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="has training/, validation/ and test/")
    parser.add_argument("--out", type=Path, default=HERE / "out", help="for the model and checkpoints")
    parser.add_argument("--lanes", type=int, default=64, help="row groups that a step mixes, of all ranks together")
    parser.add_argument("--room", type=float, default=4, help="GiB that a rank may keep of encoded rows")
    parser.add_argument("--timeout", type=float, default=300, help="seconds that ranks wait for each other")
    parser.add_argument("--events", type=Path, help="a file that is told of all that happens, in JSON lines")
    return parser


def job_of(given: argparse.Namespace) -> Job:
    """The job that arguments name."""
    room = int(given.room * 2**30)
    return Job(weights=given.weights, config=given.config, data=given.data, out=given.out, lanes=given.lanes, room=room)


def asked_to_stop(out: Path) -> bool:
    """Whether there is a file that asks to; it is taken away, for it is answered."""
    try:
        (out / "stop").unlink()
    except FileNotFoundError:
        return False
    return True


def main() -> int:
    """Trains, and returns the exit status: 1 where it failed. Being stopped is no failure: those are started again."""
    given = arguments().parse_args()
    rank = int(os.environ.get("RANK", "0"))
    tell = Teller(given.events, rank == 0)
    asked: list[int] = []
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda number, _: asked.append(number))
    try:
        device = join(given.timeout)
        keeper = FolderKeeper(given.out / "checkpoints")
        train(job_of(given), keeper, tell, lambda: bool(asked) or asked_to_stop(given.out), device)
        leave()
        return 0
    except (Refused, PeerLost) as error:
        tell("failed", {"rank": rank, "refused": isinstance(error, Refused), "message": str(error)})
        print(f"rank {rank}: {error}", file=sys.stderr, flush=True)
        # Peers may be gone: nobody waits for them.
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
