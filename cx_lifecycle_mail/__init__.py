from odoo.addons.cx_lifecycle.models.cx_fence import fence

from . import controllers, models, wizard
from .hooks import pre_init_hook, uninstall_hook

fence(__name__.rpartition(".")[2])
