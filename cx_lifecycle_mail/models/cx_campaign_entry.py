"""Who enters a campaign: one set-based statement, with everybody who does not by first reason."""

from datetime import timedelta

import psycopg2

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models import cx_policy_domain as domains
from odoo.addons.cx_lifecycle.models.timebox import AT_WORK, ON_SCREEN, time_box

from . import consent
from .arms import position_sql
from .cx_campaign_cause import Cause
from .cx_campaign_step import MAILS

REFUSED_DAYS = 90  # days for which a refused address is not tried again


def address(partner):
    """SQL of the address a customer is written to: its own, else that of its first contact."""
    return SQL(
        "coalesce(%s.email_normalized, %s)",
        SQL.identifier(partner),
        _first_contact(partner, "email_normalized"),
    )


def written_to(partner):
    """SQL of the id of who has that address; the customer's own where there is none."""
    return SQL(
        "CASE WHEN %(partner)s.email_normalized IS NULL"
        " THEN coalesce(%(first)s, %(partner)s.id) ELSE %(partner)s.id END",
        partner=SQL.identifier(partner),
        first=_first_contact(partner, "id"),
    )


def _first_contact(partner, column):
    return SQL(
        "(SELECT k.%(column)s FROM res_partner k"
        " WHERE k.parent_id = %(partner)s.id AND k.active AND k.type = 'contact'"
        " AND k.email_normalized IS NOT NULL ORDER BY k.id LIMIT 1)",
        column=SQL.identifier(column),
        partner=SQL.identifier(partner),
    )


def refused(email, now):
    """SQL: a mail server refused the address for good, at once or later, not long ago."""
    return SQL(
        "(EXISTS (SELECT FROM cx_campaign_act f WHERE f.email = %s AND f.state = 'refused'"
        " AND f.smtp_phase = 'rcpt' AND f.done_at > %s) OR %s)",
        email,
        now - timedelta(days=REFUSED_DAYS),
        consent.bounced(email, now),
    )


def open_deal():
    """SQL: contact ``p`` has an open opportunity or quotation in the company of ``c``."""
    return SQL(
        "(EXISTS (SELECT FROM crm_lead l JOIN res_partner k ON k.id = l.partner_id"
        " WHERE k.commercial_partner_id = p.id AND l.active AND l.type = 'opportunity'"
        " AND l.won_status = 'pending' AND coalesce(l.company_id, c.company_id) = c.company_id)"
        " OR EXISTS (SELECT FROM sale_order q JOIN res_partner k ON k.id = q.partner_id"
        " WHERE k.commercial_partner_id = p.id AND q.state IN ('draft', 'sent')"
        " AND q.company_id = c.company_id))"
    )


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    # -------------------------------------------------------------- exclusions
    def _writes_only(self):
        """Whether mail is all that happens in this campaign, so that an address is needed."""
        touching = self.step_ids.filtered(lambda step: step.kind not in ("wait", "stop"))
        return bool(touching) and all(
            step.kind in MAILS and step.recipient == "customer" for step in touching
        )

    def _refuses_profiling(self):
        """SQL: who would be written to objected to being sorted into stages."""
        whom = SQL("p.id")
        if self._writes_only():
            whom = written_to("p")
        return consent.unprofiled(whom)

    def _entry_checks(self, cause=None):
        """Why somebody does not enter: ordered (reason, SQL over ``c`` and ``p``).

        :param Cause cause: what starts it, where its tables are there too
        """
        self.ensure_one()
        today = self.env["cx.customer"]._today(self.company_id)
        now = fields.Datetime.now()
        to, company = address("p"), SQL("c.company_id")
        checks = [("no_contact", SQL("NOT (p.active AND c.active)"))]
        if self.sample_share < 1:
            checks.append(("not_drawn", self._not_drawn(cause and cause.year)))
        if self._writes_only():
            checks.append(("no_address", SQL("%s IS NULL", to)))
        checks.append(("no_profiling", self._refuses_profiling()))
        checks.append(("blacklisted", consent.blocked(to)))
        checks.append(("suppressed", consent.suppressed(to, self.topic_id.id, company)))
        if self._writes_only():
            checks.append(("refused_before", refused(to, now)))
        if self.topic_id:
            checks.append(("opted_out", consent.opted_out(to, self.topic_id.id, company, today)))
        checks += [
            ("paused", consent.paused(to, company, today)),
            *self._basis_checks(to, company),
            ("lost", SQL("c.declared_lost_on IS NOT NULL")),
            ("excluded", SQL("c.no_campaigns_until >= %s", today)),
        ]
        if self.stop_hold:
            checks.append(("held", SQL("c.hold_until IS NOT NULL")))
        if self.stop_deal:
            checks.append(("open_deal", open_deal()))
        if asked := self._asked_lately(to, now):
            checks.append(("asked_lately", asked))
        if self.exclusive:
            checks.append(("other_campaign", SQL(
                "EXISTS (SELECT FROM cx_campaign_run r WHERE r.customer_id = c.id"
                " AND r.state = 'running' AND r.exclusive AND r.campaign_id <> %s)",
                self._known_as().id,
            )))  # fmt: skip
        checks.append(("cooldown", SQL(
            "EXISTS (SELECT FROM cx_campaign_run r WHERE r.customer_id = c.id"
            " AND r.campaign_id = %s AND (r.state = 'running' OR r.ended_at > %s))",
            self._known_as().id, now - timedelta(days=self.cooldown_days),
        )))  # fmt: skip
        return checks

    def _excluded(self, cause):
        """SQL of the first reason why ``c`` does not enter, NULL for those who do."""
        whens = SQL(" ").join(
            SQL("WHEN %s THEN %s", condition, reason)
            for reason, condition in self._entry_checks(cause)
        )
        return SQL("CASE %s END", whens)

    # ------------------------------------------------------------------- entry
    def _candidates(self, cause, members):
        """SELECT of customers whom a cause concerns, and who are not in for it already."""
        those = {
            "future": cause.future,
            "present": cause.present,
            "both": SQL("(%s OR %s)", cause.present, cause.future),
            "chosen": SQL("true"),
        }[members]
        contacts = self._as_author("res.partner").with_context(active_test=True)
        return SQL(
            """
            SELECT c.id AS customer_id, c.partner_id, c.stage_id, c.last_purchase_on,
                   e.id AS episode_id, %(day)s AS day, %(key)s AS entry_key, %(excluded)s AS reason,
                   %(address)s AS address
              FROM cx_customer c JOIN res_partner p ON p.id = c.partner_id
         LEFT JOIN cx_episode e ON e.customer_id = c.id AND e.left_on IS NULL %(joins)s
             WHERE c.company_id = %(company)s AND c.active AND c.stage_id IS NOT NULL
               AND %(when)s AND %(those)s AND p.id IN %(domain)s
               AND NOT EXISTS (SELECT FROM cx_campaign_run r WHERE r.campaign_id = %(campaign)s
                                  AND r.customer_id = c.id AND r.entry_key = %(key)s)
            """,
            key=cause.key,
            day=cause.day,
            joins=cause.joins,
            when=cause.when,
            those=those,
            excluded=self._excluded(cause),
            address=address("p"),
            company=self.company_id.id,
            domain=contacts._search(domains.parsed(self.domain)).subselect(),
            campaign=self._known_as().id,
        )

    def _judged(self, cause, members):
        """SELECT of the candidates with ``excluded`` (reason or NULL) and ``arm``.

        Of several with one address the first enters.
        """
        twins = SQL("false")
        if any(step.kind in MAILS for step in self.step_ids):
            twins = SQL(
                "address IS NOT NULL AND (row_number() OVER"
                " (PARTITION BY reason IS NULL, address ORDER BY customer_id) > 1"
                " OR address IN (SELECT %s FROM cx_campaign_run r"
                " JOIN cx_customer c ON c.id = r.customer_id JOIN res_partner p"
                " ON p.id = c.partner_id WHERE r.campaign_id = %s AND r.state = 'running'))",
                address("p"),
                self._known_as().id,
            )
        number = SQL("partner_id")
        return SQL(
            """
            SELECT *, coalesce(reason, CASE WHEN %(twins)s THEN 'duplicate' END) AS excluded,
                   CASE WHEN %(everywhere)s < %(company_share)s OR %(here)s < %(share)s
                        THEN 'held_out' ELSE 'treated' END AS arm
              FROM (%(candidates)s) AS candidate
            """,
            twins=twins,
            everywhere=position_sql(f"company:{self.company_id.id}", number),
            company_share=self.company_id.cx_holdout_share,
            here=position_sql(f"campaign:{self._known_as().id}", number),
            share=self.holdout_share,
            candidates=self._candidates(cause, members),
        )

    def _audience(self, members=None):
        """Who would enter now.

        :param members: future, present or both; as the campaign says when empty
        :return: ``{"audience": n, "enter": n, "held_out": n, "excluded": {reason: n}}``, where
            enter includes those held out
        :raise UserError: the condition takes too long
        """
        self.ensure_one()
        self._flush_entry()
        cause = self._cause(self.env["cx.customer"]._today(self.company_id))
        query = SQL(
            "SELECT excluded, arm, count(*) FROM (%s) AS judged GROUP BY 1, 2",
            self._judged(cause, members or self.members),
        )
        try:
            with time_box(self.env.cr, ON_SCREEN):
                rows = self.env.execute_query(query)
        except psycopg2.errors.QueryCanceled:
            raise UserError(self._too_slow(ON_SCREEN)) from None
        return self._counted(rows)

    def _too_slow(self, seconds):
        return self.env._(
            "Condition: to look who meets it takes longer than %s seconds. Make it simpler, for "
            "instance with fewer conditions on other records.",
            seconds,
        )

    def _counted(self, rows):
        """Numbers of (excluded, arm, number) as :meth:`_audience` gives them."""
        order = [reason for reason, _check in self._entry_checks()] + ["duplicate"]
        excluded = dict.fromkeys(order, 0)
        for reason, _arm, count in rows:
            if reason:
                excluded[reason] += count
        entering = {arm: count for reason, arm, count in rows if not reason}
        return {
            "audience": sum(count for _reason, _arm, count in rows),
            "enter": sum(entering.values()),
            "held_out": entering.get("held_out", 0),
            "excluded": {reason: count for reason, count in excluded.items() if count},
        }

    def _flush_entry(self):
        for model in (
            "res.partner",
            "cx.customer",
            "cx.campaign",
            "cx.campaign.step",
            "cx.campaign.run",
            "cx.topic.optout",
            "cx.consent",
            "cx.suppression",
            "res.company",
            "cx.touchpoint",
            "survey.user_input",
            "mail.blacklist",
            "crm.lead",
            "sale.order",
            "cx.warning",
        ):
            self.env[model].flush_model()

    def _enter(self, cause=None, members=None, user=None):
        """Let in whoever is to enter now, exactly once for each cause.

        :return: as :meth:`_audience`, of what was done
        :raise psycopg2.errors.QueryCanceled: the condition takes too long
        """
        self.ensure_one()
        self._flush_entry()
        today = self.env["cx.customer"]._today(self.company_id)
        judged = self._judged(cause or self._cause(today), members or self.members)
        with time_box(self.env.cr, AT_WORK):
            rows = self.env.execute_query(self._entering(judged, user, today))
        self.invalidate_recordset()
        self.env["cx.campaign.run"].invalidate_model()
        self.env["cx.campaign.act"].invalidate_model()
        return self._counted(rows)

    def _entering(self, judged, user, today):
        """INSERT of the runs, and of the acts that begin at once, of those ``judged`` to enter."""
        return SQL(
            """
            WITH judged AS MATERIALIZED (%(judged)s),
            entered AS (
                INSERT INTO cx_campaign_run (
                    campaign_id, customer_id, company_id, entry_key, episode_id, arm, state,
                    entered_at, ends_on, stage_id, bought_before, user_id, exclusive,
                    version_number, create_date)
                SELECT %(campaign)s, customer_id, %(company)s, entry_key, episode_id, arm,
                       'running', %(now)s, %(ends)s, stage_id, last_purchase_on, %(user)s,
                       %(exclusive)s AND arm = 'treated', %(version)s, %(now)s
                  FROM judged WHERE excluded IS NULL ORDER BY customer_id
           ON CONFLICT DO NOTHING -- for the same cause, or beside another at the same moment
             RETURNING id, customer_id, arm),
            acts AS (%(acts)s)
            SELECT excluded, arm, count(*) FROM judged WHERE excluded IS NOT NULL GROUP BY 1, 2
             UNION ALL
            SELECT NULL, arm, count(*) FROM entered GROUP BY 2
            """,
            judged=judged,
            campaign=self.id,
            company=self.company_id.id,
            now=fields.Datetime.now(),
            ends=today + timedelta(days=self.max_days),
            user=(user and user.id) or None,
            exclusive=self.exclusive,
            version=self.version_number or 1,
            acts=self._first_acts(),
        )

    def _first_acts(self):
        """INSERT of the acts that begin on entry, for those ``entered`` and not held out."""
        return self.env["cx.campaign.act"]._insert(
            SQL("SELECT id AS run_id, customer_id, NULL::timestamp AS deadline FROM entered"
                " WHERE arm = 'treated'"),
            SQL("s.campaign_id = %s AND s.trigger = 'entry' AND s.past IS NOT TRUE", self.id),
        )  # fmt: skip

    def enter(self, partner_ids, key=None):
        """Let contacts enter by hand, whatever the campaign's own entry.

        Conditions on who may take part, opt-outs and the hold-out count as for everybody.

        :param list partner_ids: database ids of contacts; their customers enter
        :param str key: of the request: a second call with the same key enters nobody twice; the
            day when empty
        :return: ``{"entered": n, "held_out": n, "already": n, "excluded": {reason: n}}``; how many
            of those who entered are held out is told to marketers only, None to others
        :raise UserError: the campaign is not running, or the contacts are no customers
        :raise AccessError: without the role, or for customers of somebody else
        """
        self.ensure_one()
        if not self.env.user.has_group("cx_lifecycle.group_rep"):
            raise AccessError(self.env._("Only sales reps and marketers may let customers enter."))
        self.check_access("read")
        if self.state != "running":
            raise UserError(self.env._("%s is not running: launch or resume it first.", self.name))
        contacts = self.env["res.partner"].browse(partner_ids).exists()
        contacts.check_access("read")
        customers = self.env["cx.customer"].search(
            [
                ("partner_id", "in", contacts.commercial_partner_id.ids),
                ("company_id", "=", self.company_id.id),
                ("stage_id", "!=", False),
            ]
        )
        if not customers:
            raise UserError(
                self.env._("Contacts: none of them is a customer that you follow in %s.",
                           self.company_id.name)
            )  # fmt: skip
        today = self.env["cx.customer"]._today(self.company_id)
        cause = Cause(
            SQL("c.id = ANY(%s)", customers.ids),
            SQL("%s", f"request:{key or today}"),
            SQL("true"),
            SQL("true"),
        )
        # sudo: participants are written by the machine; who may be asked for was checked above
        done = self.sudo()._enter(cause, "chosen", user=self.env.user)
        self._wake()
        marketer = self.env.user.has_group("cx_lifecycle.group_marketer")
        return {
            "entered": done["enter"],
            "held_out": done["held_out"] if marketer else None,
            "already": len(customers) - done["audience"],
            "excluded": done["excluded"],
        }
