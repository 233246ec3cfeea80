"""Let `import odoo.addons.cx_lifecycle.engine...` work without loading Odoo.

`./cx test tests/unit` runs without pytest's Odoo plugin: then the packages above
our engines are stood in for by empty ones, and an engine that reached for Odoo
or for a model would fail to import.
"""

import sys
import types
from pathlib import Path

from hypothesis import HealthCheck, settings

# timings belong to the benchmarks: beside other work on the machine they say nothing here
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("here")

ROOT = Path(__file__).parents[2]
STAND_INS = {
    "odoo": (),
    "odoo.addons": (),
    "odoo.addons.cx_lifecycle": (str(ROOT / "cx_lifecycle"),),
    "odoo.addons.cx_lifecycle_mail": (str(ROOT / "cx_lifecycle_mail"),),
}


def pytest_configure(config):
    if config.pluginmanager.hasplugin("odoo"):
        return
    for name, path in STAND_INS.items():
        module = types.ModuleType(name)
        module.__path__ = list(path)
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
