from . import cx_contest
from . import cx_snooze
from . import base_partner_merge
from . import cx_publish
from . import cx_backtest_start
from . import cx_preset_apply
from . import cx_simulation
from . import cx_simulation_line
