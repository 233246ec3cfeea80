"""The browser that the tours run in."""

import os
import shutil
import sys

from dev.shell import run, say, step

# what Odoo's tests look for
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
# a browser that tests must not look for updates on its own
QUIET = "--disable-component-update --disable-sync --disable-quic"
MISSING = """\
✗ There is no Chrome or Chromium here, and {why}.
  The browser tests will FAIL. Install it ({how}),
  or leave them out knowingly: ./cx test --no-browser"""


def browser():
    """Find a browser, install it where we may, or tell what is missing."""
    if sys.platform == "darwin" or any(map(shutil.which, NAMES)):
        return
    how = "Debian: apt-get install chromium"
    if not shutil.which("apt-get"):
        say(MISSING.format(why="no apt-get to install it with", how="your system's package tool"))
    elif os.geteuid():
        say(MISSING.format(why="only root may install it", how=how))
    else:
        with step("Chromium"):
            env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            run(["apt-get", "update", "-q"], check=False)
            options = ["-qy", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"]
            done = run(["apt-get", "install", *options, "chromium"], env=env, check=False)
        if done.returncode:
            said = (done.stdout.strip().splitlines() or ["nothing"])[-1]
            say(MISSING.format(why=f"apt-get could not install it ({said})", how=how))
