"""Small tools that the rest of the launcher is written in."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("CX_HOME") or ROOT / ".cx").resolve()
ADDONS = ("cx_lifecycle", "cx_lifecycle_mail")
START = time.monotonic()
HEARTBEAT = 15  # seconds between two signs of life
ALIVE = set()  # the commands under way, to be ended with us


class Problem(SystemExit):
    """What stops the launcher, in words for the person at the keyboard."""

    def __init__(self, message):
        super().__init__(f"\n✗ {message}\n")


def say(text):
    print(f"[{time.monotonic() - START:5.1f}s] {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(name, progress=None):
    """Announce a long step, give signs of life, and tell how long it took."""
    began, over = time.monotonic(), threading.Event()

    def beat():
        while not over.wait(HEARTBEAT):
            more = f", {progress()}" if progress else ""
            say(f"  {name}: still at it ({time.monotonic() - began:.0f} s{more})")

    say(f"{name} ...")
    threading.Thread(target=beat, daemon=True).start()
    try:
        yield
        say(f"{name}: done in {time.monotonic() - began:.1f} s")
    finally:
        over.set()


@contextlib.contextmanager
def started(cmd, **kwargs):
    """A process that ends when we are told to end."""
    with subprocess.Popen([str(c) for c in cmd], text=True, **kwargs) as process:
        ALIVE.add(process)
        try:
            yield process
        except BaseException:
            process.terminate()
            raise
        finally:
            ALIVE.discard(process)


def end_now(code):
    """Stop at once, with the commands under way; the next start takes up from there."""
    for process in list(ALIVE):
        process.terminate()
    os._exit(code)


def run(cmd, *, check=True, quiet=True, input=None, **kwargs):
    """Run a command; keep its output out of sight unless it fails."""
    if quiet:
        kwargs.setdefault("stdout", subprocess.PIPE)
        kwargs.setdefault("stderr", subprocess.STDOUT)
    kwargs.setdefault("stdin", subprocess.DEVNULL if input is None else subprocess.PIPE)
    with started(cmd, **kwargs) as process:
        out, _err = process.communicate(input)
    done = subprocess.CompletedProcess(cmd, process.returncode, out)
    if check and done.returncode:
        tail = "\n".join((out or "").splitlines()[-25:])
        line = " ".join(map(str, cmd))
        raise Problem(f"{Path(str(cmd[0])).name} failed ({done.returncode}): {line}\n{tail}")
    return done


def call(cmd, **kwargs):
    """Run a command in full view; answer its exit code."""
    with started(cmd, **kwargs) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # Ctrl-C went to the command as well: let it finish in its own way


def digest(*parts):
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:10]


def files_digest(paths):
    h = hashlib.sha256()
    for path in sorted(paths):
        h.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return h.hexdigest()[:10]


@contextlib.contextmanager
def lock(name):
    """One at a time, however many terminals are open."""
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / f"{name}.lock", "w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say(f"another ./cx is busy here ({name}); waiting for it to finish")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def fresh(target):
    """A folder that appears under its name only once it is complete.

    What an interrupted run left of it is swept away by the next one; its own
    folder is another, for a command of that run may still be writing there.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target)
    work = Path(tempfile.mkdtemp(".part", f".{target.name}-", target.parent))
    try:
        yield work
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    if target.is_symlink():
        target.unlink()
    shutil.rmtree(target, ignore_errors=True)
    work.rename(target)
    target.chmod(0o755)
    sweep(target)


def sweep(target):
    for left in target.parent.glob(f".{target.name}-*.part"):
        shutil.rmtree(left, ignore_errors=True)
