"""Who does not want to be written to, as SQL conditions: entry, stop and each mail ask alike.

Addresses are normalized. Every part may be SQL (a column of the query around) or a value.
"""

from odoo.tools import SQL


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


def _said_no(what, address, company, today):
    return SQL(
        "EXISTS (SELECT FROM cx_topic_optout cx_no WHERE cx_no.email = %s"
        " AND cx_no.company_id = %s AND %s AND (cx_no.until IS NULL OR cx_no.until >= %s))",
        address,
        company,
        what,
        today,
    )
