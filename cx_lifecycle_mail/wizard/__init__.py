from . import (
    cx_campaign_change,
    cx_campaign_enter,
    cx_campaign_exclude,
    cx_campaign_forecast,
    cx_campaign_launch,
    cx_campaign_launch_line,
    cx_campaign_step_remove,
    cx_campaign_why,
    cx_campaign_why_line,
    mailing_mailing_test,
)
