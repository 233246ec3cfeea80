"""Unit tests need no database, no server and not even an installed Odoo.

With ``-p no:odoo`` nothing has loaded Odoo, so bare modules stand in for its packages:
``from odoo.addons.cx_lifecycle.engine import …`` then finds the engine either way.
"""

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]


def pytest_configure(config):
    if config.pluginmanager.hasplugin("odoo"):
        return
    for name, path in (
        ("odoo", None),
        ("odoo.addons", None),
        ("odoo.addons.cx_lifecycle", ROOT / "cx_lifecycle"),
        ("odoo.addons.cx_lifecycle_mail", ROOT / "cx_lifecycle_mail"),
    ):
        if name not in sys.modules:
            sys.modules[name] = ModuleType(name)
            sys.modules[name].__path__ = [str(path)] if path else []
