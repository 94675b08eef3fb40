"""What a step costs is measured of any model."""

import pytest

from plegrad_torch.measuring import measure

from .samples import WEIGHTS, own_model


def test_a_rank_alone_tells_seconds_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    found = measure(WEIGHTS, rows=5, times=2)
    middle, low, high = found["alone"]  # type: ignore[misc]
    assert 0 <= low <= middle <= high
    dense = [p for path, p in own_model().named_parameters() if p.requires_grad and ".tables." not in path]
    assert found["dense_bytes"] == sum(4 * p.numel() for p in dense)
