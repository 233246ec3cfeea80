import os

import pytest

from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import config

from dev import databases


@pytest.fixture(scope="module")
def registry(request):
    """A database of our own, for here is committed."""
    env, name = dict(os.environ), f"cx_{request.module.__name__.split('.')[-1]}_{os.getpid()}"
    databases.clone(env, os.environ["CX_FULL_DB"], name)
    testing = config["test_enable"]
    config["test_enable"] = False  # loading it is no reason to look for tests in the addons
    yield Registry(name)
    config["test_enable"] = testing
    Registry.delete(name)
    close_db(name)
    databases.drop(env, name)
