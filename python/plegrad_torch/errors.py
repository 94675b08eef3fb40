"""What is refused, in the words of plegrad: who: expected … but got …: because …."""


class Refused(ValueError):
    """Something does not fit. Nothing has changed."""


def refuse(who: str, expected: str, got: str, because: str | None = None) -> Refused:
    """The error to raise."""
    reason = "" if because is None else f": because {because}"
    return Refused(f"{who}: expected {expected} but got {got}{reason}")
