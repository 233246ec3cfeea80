"""Who does not want to be written to, as SQL conditions: entry, stop and each mail ask alike.

Addresses are normalized. Every part may be SQL (a column of the query around) or a value.
"""

from datetime import timedelta

from odoo.tools import SQL

# the parameter with the secret of this database, which copies of it keep: see cx.suppression
SALT = "cx_lifecycle_mail.suppression_salt"
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


def said_yes(address, topic, company):
    """SQL: the last word of the address about a topic is yes; never true without a topic.

    What a colleague noted or a file says counts with its evidence only. Who wants no messages at
    all takes back every yes before.
    """
    return SQL(
        "coalesce((SELECT cx_word.answer = 'yes' AND (cx_word.origin = 'page'"
        " OR coalesce(cx_word.proof, '') <> '') FROM cx_consent cx_word"
        " WHERE cx_word.email = %(address)s AND cx_word.company_id = %(company)s"
        " AND (cx_word.topic_id = %(topic)s"
        " OR cx_word.purpose = 'messages' AND cx_word.answer = 'no')"
        " ORDER BY cx_word.at DESC, cx_word.id DESC LIMIT 1), false)",
        address=address,
        company=company,
        topic=topic or None,
    )


def digest(address):
    """SQL of what is kept of an address that is not to be written to again: nobody can read it."""
    return SQL(
        "encode(sha256(convert_to((SELECT cx_salt.value FROM ir_config_parameter cx_salt"
        " WHERE cx_salt.key = %s) || %s, 'UTF8')), 'hex')",
        SALT,
        address,
    )


def suppressed(address, topic, company):
    """SQL: the address was erased on request, and has not said yes to the topic since then."""
    return SQL(
        "(EXISTS (SELECT FROM cx_suppression cx_no WHERE cx_no.digest = %s"
        " AND (cx_no.company_id IS NULL OR cx_no.company_id = %s)) AND NOT %s)",
        digest(address),
        company,
        said_yes(address, topic, company),
    )


def unprofiled(partner):
    """SQL: a contact objected to being sorted into stages.

    :param SQL partner: its id
    """
    return SQL(
        "EXISTS (SELECT FROM res_partner cx_who WHERE cx_who.id = %s"
        " AND cx_who.cx_no_profiling_since IS NOT NULL)",
        partner,
    )


def silent(customer, since):
    """SQL: since a day a customer neither bought, clicked, replied nor came by itself.

    A mail that was opened is no sign of life: programs open mails, too.

    :param SQL customer: its id
    :param since: the day, as SQL or a value
    """
    return SQL(
        """
        NOT EXISTS (
            SELECT FROM cx_customer cx_one JOIN res_partner cx_who ON cx_who.id = cx_one.partner_id
             WHERE cx_one.id = %(customer)s AND (
                   cx_one.last_purchase_on >= %(since)s OR cx_who.create_date >= %(since)s
                OR EXISTS (SELECT FROM cx_touchpoint cx_met
                             JOIN cx_interaction cx_how ON cx_how.id = cx_met.interaction_id
                            WHERE cx_met.customer_id = cx_one.id AND cx_met.at >= %(since)s
                              AND cx_met.begun_by = 'customer'
                              AND cx_how.code IS DISTINCT FROM 'reads_newsletter')
                OR EXISTS (SELECT FROM cx_campaign_act cx_sent
                             JOIN mailing_trace cx_back ON cx_back.id = cx_sent.trace_id
                            WHERE cx_sent.customer_id = cx_one.id
                              AND cx_sent.state IN ('sending', 'done', 'uncertain')
                              AND greatest(cx_back.links_click_datetime, cx_back.reply_datetime)
                                  >= %(since)s)))
        """,
        customer=customer,
        since=since,
    )


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
