"""Trains the model of this folder on shards by Ray: `python ray_train.py --ranks N`, on this machine or a cluster.

The training is that of `train.py`. Its checkpoints are Ray's: ranks that fail are started again and go on from the
newest, and so does the same command, given again. On a cluster, `--data` and `--out` are folders that all machines see.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("RAY_TRAIN_V2_ENABLED", "1")

import ray
import ray.train
from ray.train import Checkpoint as RayCheckpoint
from ray.train import CheckpointConfig, FailureConfig, RunConfig, ScalingConfig
from ray.train.torch import TorchConfig, TorchTrainer

from plegrad_torch.checkpoints import KEPT, Checkpoint, FolderKeeper
from plegrad_torch.distributed import rank
from plegrad_torch.errors import Refused
from plegrad_torch.peers import PeerLost, own_device
from plegrad_torch.telling import Teller
from plegrad_torch.training import train
from train import HERE, arguments, asked_to_stop, job_of


class RayKeeper:
    """Keeps checkpoints where Ray does."""

    def save(self, checkpoint: Checkpoint | None) -> None:
        """All ranks report; the first has something to keep."""
        if checkpoint is None:
            ray.train.report({})
            return
        with tempfile.TemporaryDirectory() as kept:
            FolderKeeper(kept).save(checkpoint)
            steps = {"steps": checkpoint.state["course"]["steps"]}
            ray.train.report(steps, checkpoint=RayCheckpoint.from_directory(kept))

    def newest(self) -> Checkpoint | None:
        """That of this run, however often it was started."""
        own = ray.train.get_checkpoint()
        if own is None:
            return None
        with own.as_directory() as kept:
            return FolderKeeper(kept).newest()


def _refused(out: Path) -> Path:
    return out / "refused.txt"


def loop(given: dict[str, Any]) -> None:
    """What each rank does. What is refused would be again, however often it is started: it is told, and ranks end."""
    arguments_given = argparse.Namespace(**given)
    job = job_of(arguments_given)
    if _refused(job.out).exists():
        return
    tell = Teller(arguments_given.events, rank() == 0)
    try:
        train(job, RayKeeper(), tell, lambda: asked_to_stop(job.out), own_device())
    except Refused as error:
        tell("failed", {"rank": rank(), "refused": True, "message": str(error)})
        _refused(job.out).write_text(f"rank {rank()}: {error}\n", "utf-8")
    except PeerLost as error:
        tell("failed", {"rank": rank(), "refused": False, "message": str(error)})
        raise


def main() -> int:
    """Trains, and returns the exit status: 0 at its end, 1 where it failed."""
    parser = arguments()
    parser.description = __doc__
    parser.add_argument("--ranks", type=int, default=1, help="workers")
    parser.add_argument("--restarts", type=int, default=3, help="how often ranks that failed are started again")
    given = parser.parse_args()
    paths = {name: value.resolve() for name, value in vars(given).items() if isinstance(value, Path)}
    out: Path = paths["out"]
    out.mkdir(parents=True, exist_ok=True)
    _refused(out).unlink(missing_ok=True)
    cores = None if "RAY_ADDRESS" in os.environ else max(given.ranks, os.cpu_count() or 1)
    ray.init(num_cpus=cores, runtime_env={"env_vars": {"PYTHONPATH": str(HERE.resolve())}})
    trainer = TorchTrainer(
        loop,
        train_loop_config=vars(given) | paths,
        scaling_config=ScalingConfig(num_workers=given.ranks, use_gpu=own_device().type == "cuda"),
        torch_config=TorchConfig(timeout_s=int(given.timeout)),
        run_config=RunConfig(
            name="ray",
            storage_path=str(out),
            failure_config=FailureConfig(max_failures=given.restarts),
            checkpoint_config=CheckpointConfig(num_to_keep=KEPT),
        ),
    )
    try:
        trainer.fit()
    except Exception as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    finally:
        ray.shutdown()
    if not _refused(out).exists():
        return 0
    print(_refused(out).read_text("utf-8"), file=sys.stderr, end="", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
