from . import cx_contest
from . import cx_snooze
from . import base_partner_merge
from . import cx_publish
from . import cx_backtest_start
