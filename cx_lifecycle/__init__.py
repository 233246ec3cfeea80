from . import controllers, models, wizard
from .hooks import post_init_hook, pre_init_hook, uninstall_hook

models.cx_fence.fence(__name__.rpartition(".")[2])
