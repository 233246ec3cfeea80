from . import campaign_file, main
from .quiet import keep_quiet

keep_quiet()
