"""Hash buckets, the same as plegrad's: values to ids with no vocabulary to keep."""

import math
from collections.abc import Sequence

FNV_START = 0x811C9DC5
FNV_PRIME = 0x01000193
END = 0x10000
"""Above all UTF-16 code units."""
MOST = 2**53 - 1
"""JavaScript reads whole numbers beyond as their neighbours."""

Value = str | int | float


def is_missing(value: object) -> bool:
    """None, NaN and '' are missing."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def text_of(value: Value) -> str:
    """A value as JavaScript writes it: 7.0 is '7', 1e-7 is '1e-7', 1e20 is '100000000000000000000'."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, exponent = f"{abs(value)!r}e0".split("e")[:2]
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).rstrip("0") if fraction != "0" else whole
    point = len(whole) + int(exponent)
    leading = len(digits) - len(digits.lstrip("0"))
    digits, point = digits.lstrip("0"), point - leading
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = f"{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"{sign}{digits[0]}{'.' + digits[1:] if len(digits) > 1 else ''}e{power}"


def units_of(text: str) -> memoryview:
    """The UTF-16 code units of a text."""
    return memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")


def hash_on(start: int, units: memoryview) -> int:
    """FNV-1a, going on from `start`, over UTF-16 code units."""
    for unit in units:
        start = ((start ^ unit) * FNV_PRIME) & 0xFFFFFFFF
    return start


def _mix(x: int) -> int:
    x = ((x ^ (x >> 16)) * 0x21F0AAAD) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x735A2D97) & 0xFFFFFFFF
    return x ^ (x >> 15)


def random_bits(key: int, counter: int) -> int:
    """32 random bits of stream `key` at position `counter`."""
    first = _mix(((counter * 0x9E3779B1) ^ key) & 0xFFFFFFFF)
    return _mix((first + key * 0x85EBCA6B) & 0xFFFFFFFF)


def _bucket(hashed: int, length: int, buckets: int) -> int:
    return 1 + math.floor(random_bits(hashed, length) / 2**32 * buckets)


def hash_bucket(value: Value | None, buckets: int) -> int:
    """A bucket of 1 … `buckets` for any value; 0 if it is missing."""
    if value is None or is_missing(value):
        return 0
    units = units_of(text_of(value))
    return _bucket(hash_on(FNV_START, units), len(units), buckets)


def hash_tuple(values: Sequence[Value | None], buckets: int) -> int:
    """A bucket of 1 … `buckets` for several values together; 0 if one of them is missing."""
    hashed, length = FNV_START, 0
    for value in values:
        if value is None or is_missing(value):
            return 0
        units = units_of(text_of(value))
        hashed = ((hash_on(hashed, units) ^ END) * FNV_PRIME) & 0xFFFFFFFF
        length += len(units)
    return _bucket(hashed, length, buckets)
