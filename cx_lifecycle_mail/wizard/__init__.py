from . import cx_campaign_enter
from . import cx_campaign_exclude
from . import cx_campaign_why
from . import cx_campaign_why_line
