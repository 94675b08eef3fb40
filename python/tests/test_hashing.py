"""Values become the buckets that plegrad gives them."""

import math

import pytest

from plegrad_torch.hashing import hash_bucket, hash_tuple, text_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.0, "7"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (-1.25, "-1.25"),
        (123456.789, "123456.789"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (1.5e-9, "1.5e-9"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.25e300, "1.25e+300"),
        (5e-324, "5e-324"),
        (2**40, "1099511627776"),
        ("é", "é"),
    ],
)
def test_numbers_are_written_as_javascript_writes_them(value: str | float, text: str) -> None:
    assert text_of(value) == text


def test_what_is_missing_has_no_bucket() -> None:
    assert [hash_bucket(value, 10) for value in (None, "", math.nan)] == [0, 0, 0]
    assert hash_tuple(["a", None], 10) == 0


def test_a_value_has_one_bucket_however_it_is_written() -> None:
    assert hash_bucket(7, 1000) == hash_bucket(7.0, 1000) == hash_bucket("7", 1000)
    assert hash_tuple(["a", "bc"], 10**6) != hash_tuple(["ab", "c"], 10**6)
    assert all(1 <= hash_bucket(f"value {at}", 7) <= 7 for at in range(100))


def test_buckets_are_those_of_plegrad() -> None:
    found = [hash_bucket(value, 10**6) for value in ("日本 é", 1e-7, -0.1, "😀x")]
    assert [*found, hash_tuple(["a", "bc", 7], 10**6)] == [434179, 261760, 133877, 335958, 639313]
