"""A training from shards: however many ranks take it, however it is broken off, and what it refuses in words."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from plegrad_torch import Refused, load_model
from plegrad_torch.checkpoints import FolderKeeper
from plegrad_torch.metrics import auc
from plegrad_torch.order import Order, lanes_of
from plegrad_torch.shards import LABEL, Group, Reader, Rows, groups_in
from plegrad_torch.training import Job, train
from plegrad_torch.weights import read_tensors, state_of, write_tensors

from .ranks import free_port, on_ranks
from .samples import WEIGHTS, columns_of, labels_of, own_model

HERE = Path(__file__).parent.parent
TRAINING: Mapping[str, Any] = {
    "epochs": 3,
    "batchSize": 16,
    "seed": 4,
    "optimizer": {"kind": "adam", "learningRate": {"kind": "linearDecay", "rate": 0.01, "steps": 40}},
    "strategy": "uncertainty",
    "clipNorm": 5,
    "emaDecay": 0.8,
    "checkpointEvery": 2,
}
GROUPS = {"training": [[7, 23], [40, 1, 12]], "validation": [[19, 6]], "test": [[30]]}
"""Rows of row groups, by file: no two ranks have as many."""


def _write(folder: Path, part: str, files: list[list[int]]) -> None:
    model = own_model()
    (folder / part).mkdir(parents=True)
    for number, counts in enumerate(files):
        seed = 7 * len(part) + number
        columns = columns_of(model, sum(counts), seed)
        labels = {f"{LABEL}{task}": cells for task, cells in labels_of(model, sum(counts), seed).items()}
        table, start = pa.table({**columns, **labels}), 0
        with pq.ParquetWriter(folder / part / f"{number}.parquet", table.schema) as writer:
            for count in counts:
                writer.write_table(table.slice(start, count))
                start += count


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A small training."""
    for part, files in GROUPS.items():
        _write(tmp_path / "data", part, files)
    config = tmp_path / "plegrad.json"
    config.write_text(json.dumps({"training": TRAINING}))
    return Job(weights=WEIGHTS, config=config, data=tmp_path / "data", out=tmp_path / "out")


def _with(job: Job, **training: object) -> Job:
    job.config.write_text(json.dumps({"training": {**TRAINING, **training}}))
    return job


Report = dict[str, Any]
Row = tuple[float, ...]


def _train(job: Job, stop_after: int | None = None) -> Report | None:
    seen: list[str] = []
    stopping = (lambda: len(seen) >= stop_after) if stop_after is not None else (lambda: False)
    keeper = FolderKeeper(job.out / "checkpoints")
    told = train(job, keeper, lambda event, _: seen.append(event) if event == "step" else None, stopping, CPU)
    return told


CPU = torch.device("cpu")


def _rank(rank: int, job: Job, stop_after: int | None) -> None:
    report = _train(job, stop_after)
    if rank == 0:
        (job.out / "report.json").write_text(json.dumps(report))


def _by_ranks(ranks: int, job: Job, stop_after: int | None = None) -> Report | None:
    job.out.mkdir(parents=True, exist_ok=True)
    on_ranks(ranks, _rank, job, stop_after)
    return json.loads((job.out / "report.json").read_text())


def _torchrun(job: Job, ranks: int, script: Path, *more: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(ranks), *more]
    run += ["--master-addr", "127.0.0.1", "--master-port", str(free_port()), str(script)]
    run += ["--weights", str(job.weights), "--config", str(job.config), "--data", str(job.data)]
    run += ["--out", str(job.out), "--events", str(job.out.parent / "events.jsonl"), "--timeout", "30"]
    env = {**os.environ, "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(run, env=env, capture_output=True, text=True, timeout=240)


def _numbers(job: Job) -> dict[str, torch.Tensor]:
    return state_of(load_model(job.out / "model.safetensors")[0])


def _check_equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor], tolerance: float) -> None:
    assert one.keys() == other.keys()
    for path, tensor in one.items():
        assert torch.allclose(tensor, other[path], rtol=tolerance, atol=tolerance), path


def _check_scores(one: Report | None, other: Report | None, tolerance: float = 1e-5) -> None:
    assert one is not None
    assert other is not None
    for part, tasks in one["scores"].items():
        for task, metrics in tasks.items():
            assert other["scores"][part][task] == pytest.approx(metrics, rel=tolerance, abs=tolerance, nan_ok=True)


@pytest.mark.parametrize("shuffle", [True, False])
def test_each_row_comes_once_in_an_epoch_in_the_same_step_by_however_many_ranks(job: Job, shuffle: bool) -> None:
    model = own_model()
    reader = Reader(model.features, model.tasks)
    groups = groups_in(job.data / "training", reader.columns)
    order = Order(lanes_of(groups, 3), 16, shuffle, 1)

    def read(rows: Rows) -> list[Row]:
        tensors = [*rows.inputs.ids.values(), *rows.inputs.numbers.values()]
        wide = [tensor.double().reshape(len(tensor), math.prod(tensor.shape[1:])) for tensor in tensors]
        return [tuple(row) for row in torch.cat(wide, dim=1).tolist()]

    def steps(ranks: int, epoch: int, first: int = 0) -> list[list[Row]]:
        each = [order.steps_of(rank, ranks, reader, epoch, first) for rank in range(ranks)]
        return [sorted(row for part in parts for row in read(part)) for parts in zip(*each, strict=True)]

    alone = steps(1, 1)
    assert len(alone) == order.steps == 6
    assert [len(rows) for rows in alone] == pytest.approx([83 / 6] * 6, abs=3)
    everything = sorted(row for group in groups for row in read(reader.read(group)))
    assert sorted(chain(*alone)) == everything
    for ranks in (2, 3, 5):
        assert steps(ranks, 1) == alone
    assert steps(2, 1, first=4) == alone[4:]
    assert sorted(chain(*steps(1, 2))) == everything
    assert (steps(1, 2) == alone) is not shuffle


def test_two_and_three_ranks_learn_what_one_does(job: Job) -> None:
    alone = _train(job)
    expected = _numbers(job)
    assert alone is not None
    assert alone["rows"] == {"training": 83, "validation": 25, "test": 30}
    assert [record["epoch"] for record in alone["epochs"]] == [1, 2, 3]
    for ranks in (2, 3):
        own = replace(job, out=job.out.parent / f"out-{ranks}")
        report = _by_ranks(ranks, own)
        _check_scores(alone, report)
        _check_equal(expected, _numbers(own), 1e-4)


def test_scores_are_those_of_the_model_on_all_rows(job: Job) -> None:
    report = _train(job)
    assert report is not None
    model = load_model(job.out / "model.safetensors")[0].float().eval()
    reader = Reader(model.features, model.tasks)
    (group,) = groups_in(job.data / "test", reader.columns)
    rows = reader.read(group)
    with torch.no_grad():
        predicted = model.predictions(rows.inputs)
    for task, kind in model.tasks.items():
        if kind.kind == "binary":
            inside = rows.labels.masks[task] > 0
            scores, labels = predicted[task][inside].numpy(), rows.labels.labels[task][inside].numpy()
            pairs = [(p > n) + (p == n) / 2 for p in scores[labels == 1] for n in scores[labels == 0]]
            assert report["scores"]["test"][task]["auc"] == pytest.approx(np.mean(pairs), abs=1e-6)


def test_auc_counts_ties_half_and_rows_by_their_weights() -> None:
    scores, labels = np.array([0.1, 0.5, 0.5, 0.9]), np.array([0.0, 0.0, 1.0, 1.0])
    assert auc(scores, labels, np.ones(4)) == pytest.approx(3.5 / 4)
    assert auc(scores, labels, np.array([1.0, 3.0, 1.0, 1.0])) == pytest.approx((1 + 1.5 + 4) / 8)
    assert np.isnan(auc(scores, np.ones(4), np.ones(4)))


@pytest.mark.parametrize("stop_after", [4, 12])
def test_a_training_that_was_stopped_goes_on_to_the_bits_that_it_would_have_had(job: Job, stop_after: int) -> None:
    whole = replace(job, out=job.out.parent / "whole")
    report = _train(whole)
    assert _train(job, stop_after) is None
    assert not (job.out / "model.safetensors").exists()
    resumed = _train(job)
    assert resumed is not None
    assert resumed["resumed"]["step"] == stop_after
    _check_equal(_numbers(whole), _numbers(job), 0)
    _check_scores(report, resumed, 0)


def test_a_training_goes_on_with_another_number_of_ranks(job: Job) -> None:
    whole = replace(job, out=job.out.parent / "whole")
    report = _train(whole)
    assert _by_ranks(3, job, stop_after=5) is None
    _check_scores(report, _train(job))
    _check_equal(_numbers(whole), _numbers(job), 1e-4)


def test_patience_ends_a_training_and_the_best_epoch_is_kept(job: Job) -> None:
    worse = {"kind": "sgd", "learningRate": {"kind": "stepDecay", "rate": 1e-3, "every": 6, "factor": 30}}
    report = _train(_with(job, epochs=20, patience=2, optimizer=worse, strategy="fixedWeights", emaDecay=0))
    assert report is not None
    assert report["stopped"] == "early"
    scores = [record["score"] for record in report["epochs"]]
    assert report["best"] == 1 + int(np.argmax(scores))
    assert len(scores) == report["best"] + 2
    best = report["epochs"][report["best"] - 1]["validation"]
    for task, metrics in report["scores"]["validation"].items():
        assert metrics == pytest.approx(best[task], abs=1e-12, nan_ok=True)


KILLED = """
import os, signal
import plegrad_torch.training as training
step = training.Run.step
def dying(self, rows):
    course = self.trained.course
    if course.steps == 9 and os.environ["RANK"] == "1" and os.environ["TORCHELASTIC_RESTART_COUNT"] == "0":
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, rows)
training.Run.step = dying
import train
raise SystemExit(train.main())
"""


def test_a_rank_that_is_killed_costs_no_more_than_the_steps_since_the_last_checkpoint(job: Job) -> None:
    whole = replace(job, out=job.out.parent / "whole")
    report = _train(whole)
    script = job.out.parent / "killed.py"
    script.write_text(KILLED)
    done = _torchrun(job, 2, script, "--max-restarts", "2")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in (job.out.parent / "events.jsonl").read_text().splitlines()]
    began = [event for event in events if event["event"] == "began"]
    assert [event.get("resumed", {}).get("step") for event in began] == [None, 8]
    _check_scores(report, events[-1])
    _check_equal(_numbers(whole), _numbers(job), 1e-4)


def test_a_peer_that_does_not_come_is_told_in_words(job: Job) -> None:
    names = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    run = [sys.executable, str(HERE / "train.py"), "--data", str(job.data), "--out", str(job.out), "--timeout", "2"]
    done = subprocess.run(run, env={**os.environ, **names}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "rank 0: train: expected all ranks of 2 to join rank 0 within 2 s but one does not answer" in done.stderr


def test_a_bad_shard_is_refused_by_its_name_and_nothing_is_lost(job: Job) -> None:
    assert _train(job, stop_after=4) is None
    before = sorted(each.name for each in (job.out / "checkpoints").iterdir())
    shard = job.data / "training" / "1.parquet"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-20])
    with pytest.raises(Refused, match=r"shards: expected Parquet in '.*1\.parquet' but got an error: because"):
        _train(job)
    shard.write_bytes(whole[:60] + bytes(len(whole) // 2) + whole[60 + len(whole) // 2 :])
    with pytest.raises(Refused, match=r"shards: expected"):
        _train(job)
    assert sorted(each.name for each in (job.out / "checkpoints").iterdir()) == before
    shard.write_bytes(whole)
    assert _train(job) is not None


def test_rows_that_do_not_fit_are_refused_by_row_group_and_file(job: Job) -> None:
    shard = job.data / "training" / "0.parquet"
    table = pq.read_table(shard)
    task = next(iter(own_model().tasks))
    cells: list[Any] = ["no label"] * table.num_rows
    at = table.column_names.index(f"{LABEL}{task}")
    pq.write_table(table.set_column(at, f"{LABEL}{task}", pa.array(cells)), shard)
    with pytest.raises(Refused, match=rf"labels of '{task}' .* at row 0.*\(of row group 0 in '.*0\.parquet'\)"):
        _train(job)
    pq.write_table(table.drop_columns([f"{LABEL}{task}"]), shard)
    with pytest.raises(Refused, match=rf"shards: expected a column 'label\.{task}' in '.*0\.parquet' but got only"):
        _train(job)


def test_shards_and_settings_of_another_training_are_refused(job: Job) -> None:
    assert _train(job, stop_after=4) is None
    with pytest.raises(Refused, match=r"a checkpoint of this training, whose batch_size is 8 but got 16 in checkpoint"):
        _train(_with(job, batchSize=8))
    _with(job)
    more = job.data / "training" / "2.parquet"
    more.write_bytes((job.data / "training" / "0.parquet").read_bytes())
    with pytest.raises(Refused, match=r"whose rows is 113 in 7 row groups \w+ but got 83 in 5 row groups"):
        _train(job)
    more.unlink()
    assert _train(_with(job, epochs=1)) is not None


def test_weights_of_another_version_or_model_are_refused(job: Job, tmp_path: Path) -> None:
    tensors, metadata = read_tensors("test", WEIGHTS)
    other = tmp_path / "other.safetensors"
    write_tensors(other, tensors, {**metadata, "version": "9"})
    with pytest.raises(Refused, match=r"expected a version of '2' in the metadata .* but got '9'"):
        _train(replace(job, weights=other))
    assert _train(job, stop_after=2) is None
    options = json.loads(metadata["options"])
    write_tensors(other, tensors, {**metadata, "options": json.dumps({**options, "l2RegDnn": 0.5})})
    with pytest.raises(Refused, match=r"a checkpoint of this training, whose model is \w+ \w+ but got \w+ \w+ in"):
        _train(replace(job, weights=other))


def test_a_damaged_checkpoint_is_passed_over(job: Job) -> None:
    whole = replace(job, out=job.out.parent / "whole")
    report = _train(whole)
    assert _train(job, stop_after=5) is None
    newest = max((job.out / "checkpoints").iterdir())
    newest.write_bytes(newest.read_bytes()[:-100])
    resumed = _train(job)
    assert resumed is not None
    assert resumed["resumed"]["step"] == 4
    assert resumed["resumed"]["passedOver"][0].startswith(newest.name)
    _check_scores(report, resumed, 0)


def test_no_shards_and_patience_without_validation_are_refused(job: Job) -> None:
    with pytest.raises(Refused, match=r"train: expected rows in Parquet files in '.*nowhere/training' but got none"):
        _train(replace(job, data=job.data / "nowhere"))
    (job.data / "validation" / "0.parquet").unlink()
    with pytest.raises(Refused, match="expected rows for validation but got none: because patience waits"):
        _train(_with(job, patience=1))
    with pytest.raises(Refused, match=r"plegrad\.json: expected training of .* but got 'batchsize'"):
        _train(_with(job, batchsize=1))


def test_a_group_is_kept_where_there_is_room(job: Job) -> None:
    model = own_model()
    small, large = Reader(model.features, model.tasks), Reader(model.features, model.tasks, 2**20)
    group: Group = groups_in(job.data / "training", small.columns)[0]
    assert small.read(group) is not small.read(group)
    assert large.read(group) is large.read(group)
