"""Who does not want to be written to, as SQL conditions: entry, stop and each mail ask alike.

Addresses are normalized. Every part may be SQL (a column of the query around) or a value.
"""

from datetime import timedelta

from odoo.tools import SQL

BOUNCE_DAYS = 90  # days for which an address that bounces is not tried again
# a permanent failure (RFC 3463), but none of policy (5.7): that one is about us
PERMANENT = r"(?<![0-9.])5\.[0-6]\.[0-9]{1,3}(?!\.?[0-9])"
POLICY = r"(?<![0-9.])5\.7\.[0-9]{1,3}(?!\.?[0-9])"


def blocked(address):
    """SQL: the address is on Odoo's block list."""
    return SQL(
        "EXISTS (SELECT FROM mail_blacklist cx_no WHERE cx_no.active AND cx_no.email = %s)", address
    )


def opted_out(address, topic, company, today):
    """SQL: the address wants no more of a topic in a company; never true without a topic."""
    return _said_no(SQL("cx_no.topic_id = %s", topic or None), address, company, today)


def paused(address, company, today):
    """SQL: the address asked for a pause from all that a company sends."""
    return _said_no(SQL("cx_no.topic_id IS NULL"), address, company, today)


def bounced(address, now):
    """SQL: mails to the address came back not long ago, for good or more than once.

    :param now: naive UTC
    """
    return SQL(
        "(SELECT count(*) > 1 OR coalesce(bool_or(cx_back.failure_reason ~ %s), false)"
        " FROM mailing_trace cx_back WHERE cx_back.trace_status = 'bounce'"
        " AND cx_back.email = %s AND cx_back.write_date > %s"
        " AND coalesce(cx_back.failure_reason, '') !~ %s)",
        PERMANENT,
        address,
        now - timedelta(days=BOUNCE_DAYS),
        POLICY,
    )


def _said_no(what, address, company, today):
    return SQL(
        "EXISTS (SELECT FROM cx_topic_optout cx_no WHERE cx_no.email = %s"
        " AND cx_no.company_id = %s AND %s AND (cx_no.until IS NULL OR cx_no.until >= %s))",
        address,
        company,
        what,
        today,
    )
