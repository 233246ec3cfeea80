"""Waiting for something to happen, with a limit."""

import time


def wait_for(condition, seconds, what, pause=0.02):
    """Ask until it holds, every so many seconds; its answer."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(pause)
    return answer
