"""Weights and checkpoints: safetensors, as plegrad reads and writes them. A file changes at once or not at all."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from .declaration import FORMAT, VERSION, Declaration, declaration_of
from .distributed import rank
from .errors import refuse
from .models import MultiTaskModel, build
from .sharding import all_rows, gathered_state, own_share

TOLD = 8


def state_of(model: nn.Module) -> dict[str, Tensor]:
    """All numbers of a model by path, those that are not learned among them: the memory itself, no copy.

    Of a table that is dealt to the ranks, this rank's share.
    """
    return {path: tensor.detach() for path, tensor in [*model.named_parameters(), *model.named_buffers()]}


def sharded_in(model: nn.Module) -> dict[str, int]:
    """The tables that are dealt to the ranks by path, and how many rows each has in all."""
    found = ((path, all_rows(p)) for path, p in model.named_parameters())
    return {path: rows for path, rows in found if rows is not None}


def _problems(own: Mapping[str, tuple[int, ...]], given: Mapping[str, Tensor]) -> list[str]:
    def wrong(path: str) -> str | None:
        if path not in given:
            return f"{path} is missing"
        if given[path].shape != own[path]:
            return f"{path} is {tuple(given[path].shape)}, not {own[path]}"
        return None if bool(torch.isfinite(given[path]).all()) else f"{path} has a number that is not finite"

    unknown = [f"{path} is unknown" for path in given if path not in own]
    return [problem for problem in map(wrong, own) if problem is not None] + unknown


def load_state(who: str, model: nn.Module, given: Mapping[str, Tensor]) -> None:
    """Fills a model by numbers by path, which must be all of them and no others; else nothing changes."""
    own, rows = state_of(model), sharded_in(model)
    shapes = {path: (rows.get(path, len(t)), *t.shape[1:]) if t.dim() > 0 else () for path, t in own.items()}
    problems = _problems(shapes, given)
    if problems:
        more = f"; and {len(problems) - TOLD} more" if len(problems) > TOLD else ""
        raise refuse(who, f"{len(own)} parameters that fit", "; ".join(problems[:TOLD]) + more)
    with torch.no_grad():
        for path, tensor in own.items():
            tensor.copy_(own_share(given[path]) if path in rows else given[path])


def read_tensors(who: str, path: str | Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors of a file, and its metadata."""
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise refuse(who, f"a file of safetensors at {path}", "an error", str(error)) from error


def write_tensors(path: str | Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Writes a file beside the one that is there, and then puts it in its place."""
    path = Path(path)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        own = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        save_file(own, beside, dict(metadata))
        with open(beside, "rb") as written:
            os.fsync(written.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def declared_in(who: str, path: str | Path, metadata: Mapping[str, str]) -> Declaration:
    """The declaration that a model's file has in its metadata."""
    for name, expected in (("format", FORMAT), ("version", VERSION)):
        if metadata.get(name) != expected:
            raise refuse(
                who,
                f"a {name} of '{expected}' in the metadata of {path}",
                repr(metadata.get(name)),
                "numbers alone make no model" if name == "format" else "another version of plegrad has written it",
            )
    parsed = {name: json.loads(metadata[name]) for name in ("options", "features")}
    return declaration_of({**metadata, **parsed})


def load_model(
    path: str | Path, *, row_sparse: bool = True, shard_above: float | None = None
) -> tuple[MultiTaskModel, dict[str, str]]:
    """The model that plegrad's `saveModel` saved, or `save_model`, and the metadata by which it is saved again."""
    tensors, metadata = read_tensors("load_model", path)
    declaration = declared_in("load_model", path, metadata)
    model = build(declaration, row_sparse=row_sparse, shard_above=shard_above)
    if any(tensor.dtype == torch.float64 for tensor in tensors.values()):
        model.double()
    load_state("load_model", model, tensors)
    return model, metadata


def whole_state(model: nn.Module) -> dict[str, Tensor]:
    """All numbers of a model by path, at the first rank, which tables that are dealt go to. All ranks call it."""
    return gathered_state(state_of(model), sharded_in(model))


def save_model(path: str | Path, model: MultiTaskModel, metadata: Mapping[str, str]) -> None:
    """Writes a model for `load_model`, and for plegrad's `restoreModel`.

    Where tables are dealt to the ranks all of them call it, and the first writes.
    """
    state = whole_state(model)
    if rank() == 0 or not sharded_in(model):
        write_tensors(path, state, metadata)
