"""The engine's tests can do without Odoo and without a database."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NO_TESTS = 5  # pytest's exit code where it collects none


def test_unit_tests_import_without_odoo():
    cmd = [sys.executable, "-m", "pytest", "-q", "-p", "no:odoo", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*cmd, "--collect-only", "tests/unit"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, NO_TESTS), done.stdout
