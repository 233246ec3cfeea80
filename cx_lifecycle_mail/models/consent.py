"""Who does not want to be written to, as SQL conditions used everywhere alike."""

from odoo.tools import SQL


def blocked(address):
    """SQL: the address is on Odoo's block list."""
    return SQL("EXISTS (SELECT FROM mail_blacklist b WHERE b.active AND b.email = %s)", address)


def opted_out(address, topic, company, today):
    """SQL: the address opted out of the topic, in the company."""
    return SQL(
        "EXISTS (SELECT FROM cx_topic_optout o WHERE o.email = %s AND o.topic_id = %s"
        " AND o.company_id = %s AND (o.until IS NULL OR o.until >= %s))",
        address, topic, company, today,
    )  # fmt: skip


def paused(address, company, today):
    """SQL: the address asked for a pause from all topics."""
    return SQL(
        "EXISTS (SELECT FROM cx_topic_optout o WHERE o.email = %s AND o.topic_id IS NULL"
        " AND o.company_id = %s AND (o.until IS NULL OR o.until >= %s))",
        address, company, today,
    )  # fmt: skip
