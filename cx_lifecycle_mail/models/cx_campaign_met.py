"""Whom a campaign would have met in the past, where the past is known, in one SELECT."""

from odoo import models
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models import cx_policy_domain as domains
from odoo.addons.cx_lifecycle.models.scopes import everybody

# of the reasons not to enter, those that are about a person and taken as of today
TODAY = {
    "no_contact", "no_address", "blacklisted", "refused_before", "opted_out", "paused", "excluded",
    "no_profiling", "not_customer", "no_consent", "suppressed",
}  # fmt: skip


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def _met(self, since, until, days):
        """SELECT of customer_id, the day on which it would have entered, and ``bought_on``.

        :param since: first day, ``until``: last one
        :param days: within so many days afterwards a purchase is looked for; NULL without any
        """
        self.ensure_one()
        out = SQL(" OR ").join(
            [SQL("%s IS TRUE", check) for reason, check in self._entry_checks() if reason in TODAY]
        )
        drawn = self._not_drawn(SQL("extract(year FROM cause.day)"))
        contacts = self._as_author("res.partner").with_context(active_test=True)
        return SQL(
            """
            WITH bought AS MATERIALIZED (
                SELECT partner_id, day, amount FROM (%(days)s) AS net
                 WHERE amount > 0 AND day <= %(today)s),
            met AS MATERIALIZED (
                SELECT DISTINCT c.id, c.partner_id, cause.day
                  FROM cx_customer c JOIN res_partner p ON p.id = c.partner_id
                  JOIN (%(cause)s) AS cause ON cause.customer_id = c.id
                 WHERE c.company_id = %(company)s AND cause.day BETWEEN %(since)s AND %(until)s
                   AND p.id IN %(domain)s AND NOT (%(out)s) AND NOT %(drawn)s)
            SELECT met.id AS customer_id, met.day, min(bought.day) AS bought_on
              FROM met LEFT JOIN bought ON bought.partner_id = met.partner_id
               AND bought.day > met.day AND bought.day <= met.day + %(within)s
          GROUP BY met.id, met.day
            """,
            days=self.env["cx.purchase.source"]._days(self.company_id),
            today=self.env["cx.customer"]._today(self.company_id),
            cause=getattr(self, f"_met_{self.entry}")(since, until),
            company=self.company_id.id,
            since=since,
            until=until,
            domain=contacts._search(domains.parsed(self.domain)).subselect(),
            out=out,
            drawn=drawn,
            within=days,
        )

    def _met_becomes(self, _since, _until):
        """Stays in the stage that lasted long enough; those that rules made do not count."""
        return SQL(
            """
            SELECT e.customer_id, e.entered_on + %(days)s AS day FROM cx_episode e
             WHERE e.company_id = %(company)s AND e.stage_id = %(stage)s
               AND e.silent IS NOT TRUE AND %(before)s
               -- bought on the same day, it was there all the same
               AND (e.left_on IS NULL OR e.left_on > e.entered_on + %(days)s
                    OR e.left_on = e.entered_on AND %(days)s = 0)
            """,
            days=self.stage_days,
            company=self.company_id.id,
            stage=self.stage_id.id,
            before=self._from("e.previous_stage_id"),
        )

    _met_in_stage = _met_becomes

    def _met_warning(self, _since, _until):
        """The days on which signs began, as the past tells them today."""
        kinds = SQL("k.id = ANY(%s)", self.warning_kind_ids.ids)
        return SQL(
            "SELECT w.customer_id, w.began_on AS day FROM cx_warning w"
            " JOIN cx_warning_kind k ON k.id = w.kind_id AND k.active"
            " WHERE w.company_id = %s AND %s",
            self.company_id.id,
            kinds if self.warning_kind_ids else SQL("true"),
        )

    def _met_first_purchase(self, _since, _until, number=1):
        return SQL(
            """
            SELECT c.id AS customer_id, n.day FROM (
                SELECT partner_id, day, row_number() OVER (
                       PARTITION BY partner_id ORDER BY day) AS number FROM bought) AS n
              JOIN cx_customer c ON c.partner_id = n.partner_id AND c.company_id = %s
             WHERE n.number = %s
            """,
            self.company_id.id,
            number,
        )

    def _met_second_purchase(self, since, until):
        return self._met_first_purchase(since, until, number=2)

    def _met_anniversary(self, since, until):
        cause = self._returning(since, until)
        return SQL(
            "SELECT c.id AS customer_id, %s AS day FROM cx_customer c JOIN res_partner p"
            " ON p.id = c.partner_id %s WHERE c.company_id = %s AND %s",
            cause.day, cause.joins, self.company_id.id, cause.when,
        )  # fmt: skip

    def _met_going_quiet(self, _since, _until):
        """After each purchase, the day on which the customer went quiet, if it had not bought."""
        policy = self.env["cx.policy"]._of(self.company_id)
        customers = self.env["cx.customer"].with_company(self.company_id)
        scores = customers._scores(policy, self._past_figures(policy), everybody)
        days = customers._days_of_change(policy)
        if self.quiet_by == "days":
            quiet_on = SQL("(%s - %s)", days["dormant"], self.quiet_days)
        else:
            quiet_on = days["overdue"]
        return SQL(
            """
            SELECT c.id AS customer_id, quiet.day FROM (
                SELECT s.partner_id, s.last_on, %(quiet)s AS day, %(dormant)s AS dormant_on,
                       lead(s.last_on) OVER (PARTITION BY s.partner_id ORDER BY s.last_on) AS next
                  FROM (%(scores)s) AS s) AS quiet
              JOIN cx_customer c ON c.partner_id = quiet.partner_id AND c.company_id = %(company)s
             WHERE quiet.day < coalesce(quiet.next, 'infinity')
               AND quiet.day < coalesce(quiet.dormant_on, 'infinity') AND quiet.day > quiet.last_on
            """,
            quiet=quiet_on,
            dormant=days["dormant"],
            scores=scores,
            company=self.company_id.id,
        )

    def _past_figures(self, policy):
        """SELECT of each buyer's figures after each purchase, as ``_statistics`` has the last."""
        customers = self.env["cx.customer"]
        today = customers._today(self.company_id)
        gaps = customers._gaps(policy, today, SQL("SELECT partner_id, day, amount FROM bought"))
        return SQL(
            """
            SELECT partner_id, (row_number() OVER w)::int AS purchases,
                   (row_number() OVER w - 1)::float8 AS x, at - first_value(at) OVER w AS tx,
                   coalesce(sum(ln_gap) OVER w, 0) AS sl,
                   coalesce(sum(ln_gap * ln_gap) OVER w, 0) AS sq,
                   first_value(day) OVER w AS first_on, day AS last_on,
                   avg(amount) OVER w AS average_purchase, 0::numeric AS value_12m,
                   NULL::date AS value_review_on
              FROM (%s) AS gaps WHERE bought
            WINDOW w AS (PARTITION BY partner_id ORDER BY day
                         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
            """,
            gaps,
        )
