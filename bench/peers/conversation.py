"""How a peer in Python is asked: one JSON command a line in, one JSON answer a line out. It refuses to decide anything."""

import json
import sys
import time


def sample(run, seconds):
    """Milliseconds of each of some runs, of which each is told how many were before it, for about that long."""
    samples, end = [], time.perf_counter() + seconds
    while len(samples) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        run(len(samples))
        samples.append((time.perf_counter() - start) * 1e3)
    return {"milliseconds": samples}


def converse(session, **versions):
    """Says which versions run, then answers: a command names a method of the session and gives its arguments."""
    print(json.dumps({**versions, "Python": sys.version.split()[0]}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = getattr(session, command.pop("do"))(**command)
        except Exception as error:  # The other side decides what a failure means.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
