"""Adding up, night by night, what the participants of campaigns bought."""

import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.cx_customer_refresh import brief
from odoo.addons.cx_lifecycle.models.timebox import AT_WORK, time_box

from .cx_campaign_step import MAILS

_logger = logging.getLogger(__name__)
LATE = 60  # days after a window in which papers may still come in, and change what was bought
AGAIN = timedelta(hours=6)  # what was added up since then waits for the next night
CURVE_DAYS = 365  # the curve is of those whose window ended since
TOUCHES = (*MAILS, "activity")
LEAST_PAST = 100  # buyers in windows of the past: with fewer, no cap is known
ENOUGH_PAST = 50_000  # buyers whose past tells the cap
USUAL_NUMBER = 500  # participants that a verdict is planned for, where nobody can tell


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    result_days = fields.Integer(
        "Result Window (Days)", default=90, required=True,
        help="What counts as result: purchases from the entry until so many days later, of "
        "treated and held-out customers alike. Fixed at the launch.",
    )  # fmt: skip
    amount_cap = fields.Monetary(
        "Largest Amount Counted", readonly=True, copy=False,
        help="Of what a customer buys within the window, no more counts for the verdict, so that "
        "one large order does not decide: what 19 of 20 buyers stayed below in the past, fixed at "
        "the launch. Empty without a past: nothing is capped.",
    )  # fmt: skip
    planned_number = fields.Integer(
        readonly=True, copy=False, help="Participants for whom the verdict is sharpest."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    measured_at = fields.Datetime("Measured", readonly=True, copy=False)
    measure_problem = fields.Char(readonly=True, copy=False)
    result_curve = fields.Json(
        readonly=True, copy=False, groups="cx_lifecycle.group_marketer",
        help="By arm, per participant and day after the entry: cumulated net purchases.",
    )  # fmt: skip
    outcome_ids = fields.One2many(
        "cx.campaign.outcome", "campaign_id", "Outcomes", groups="cx_lifecycle.group_marketer"
    )

    _result_check = models.Constraint(
        "CHECK(result_days BETWEEN 1 AND 730)", "Result Window: enter 1 to 730 days."
    )

    # ------------------------------------------------------------------ when
    @api.model
    def _cron_measure(self):
        """Measure every campaign of which something can still change."""
        # the job comes back until nothing remains: what it has just done is not due again
        since = fields.Datetime.now() - AGAIN
        campaigns = self.with_context(active_test=False).search(
            [
                ("launched_at", "!=", False),
                "|", ("measured_at", "=", False), ("measured_at", "<", since),
            ],
            order="measured_at NULLS FIRST, id",
        )  # fmt: skip
        due = campaigns.filtered(lambda campaign: campaign._unmeasured())
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for campaign in due:
            campaign._measure_in_turn()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _measure_in_turn(self):
        """Measure; what breaks is told, and the others go on."""
        try:
            with self.env.cr.savepoint():
                self._measure()
        except psycopg2.OperationalError as error:
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
            _logger.info("Result of campaign %s: next time (%s)", self.id, brief(error))
        except Exception as error:
            _logger.exception("Result of campaign %s", self.id)
            self.write({"measured_at": fields.Datetime.now(), "measure_problem": brief(error)})

    def _unmeasured(self):
        """Whether somebody's window is open, ended lately, or was not looked at since it did."""
        [(due,)] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM cx_campaign_outcome o"
                " JOIN cx_customer c ON c.id = o.customer_id WHERE o.campaign_id = %(id)s"
                " AND c.partner_id IS NOT NULL AND %(unsettled)s) OR EXISTS ("
                " SELECT FROM cx_campaign_run r WHERE r.campaign_id = %(id)s AND NOT EXISTS ("
                " SELECT FROM cx_campaign_outcome o WHERE o.campaign_id = r.campaign_id"
                " AND o.customer_id = r.customer_id))",
                id=self.id,
                unsettled=self._unsettled(),
            )
        )
        return due

    @api.model
    def _unsettled(self):
        """SQL: of outcome ``o`` something may have changed since it was measured last."""
        return SQL("(o.measured_on IS NULL OR o.measured_on <= o.window_ends_on + %s)", LATE)

    def _end_of_day(self, day):
        """SQL of the moment, in UTC, at which a day is over where the company is."""
        zone = self.company_id.partner_id.tz or "UTC"
        return SQL("((%s + 1)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, zone)

    def action_measure(self):
        """Add up now what the participants bought."""
        self._check_marketer()
        for campaign in self.sudo():  # sudo: outcomes are written by the machine
            campaign._measure()
            if campaign.measure_problem:
                raise UserError(campaign.measure_problem)

    # --------------------------------------------------------------- measuring
    def _measure(self):
        """Add up what the participants bought, in a few statements whatever their number."""
        self.ensure_one()
        today = self.env["cx.customer"]._today(self.company_id)
        self.env["cx.campaign.run"].flush_model()
        self.env["cx.campaign.outcome"].flush_model()
        values = {"measured_at": fields.Datetime.now(), "measure_problem": False}
        try:
            with time_box(self.env.cr, AT_WORK):
                self.env.cr.execute(self._first_entries())
                self.env.cr.execute(self._what_they_bought(today))
                values["result_curve"] = self._curve(today)
        except psycopg2.errors.QueryCanceled:
            values["measure_problem"] = self.env._(
                "Adding up what the participants bought takes longer than %s seconds.", AT_WORK
            )
        self.env["cx.campaign.outcome"].invalidate_model()
        self.write(values)

    def _first_entries(self):
        """INSERT of whoever entered and is not counted yet."""
        return SQL(
            """
            INSERT INTO cx_campaign_outcome (run_id, campaign_id, customer_id, company_id,
                   currency_id, arm, stage_id, segment, entered_on, counts_from, window_ends_on,
                   bought)
            SELECT DISTINCT ON (r.customer_id) r.id, r.campaign_id, r.customer_id, r.company_id,
                   %(currency)s, r.arm, r.stage_id, coalesce(s.name->>%(lang)s, s.name->>'en_US'),
                   entry.day, CASE WHEN r.bought_before >= entry.day THEN entry.day + 1
                                   ELSE entry.day END,
                   entry.day + %(days)s, false
              FROM cx_campaign_run r
              JOIN cx_customer c ON c.id = r.customer_id
         LEFT JOIN cx_policy_segment s ON s.id = c.segment_id,
                   LATERAL (SELECT (r.entered_at AT TIME ZONE 'UTC'
                                    AT TIME ZONE %(zone)s)::date AS day) AS entry
             WHERE r.campaign_id = %(id)s AND NOT EXISTS (
                   SELECT FROM cx_campaign_outcome o
                    WHERE o.campaign_id = r.campaign_id AND o.customer_id = r.customer_id)
          ORDER BY r.customer_id, r.entered_at, r.id
       ON CONFLICT DO NOTHING -- somebody else measures too
            """,
            id=self.id,
            days=self.result_days,
            currency=self.company_id.currency_id.id,
            lang=self.company_id.partner_id.lang or "en_US",
            zone=self.company_id.partner_id.tz or "UTC",
        )

    def _what_they_bought(self, today):
        """UPDATE of the outcomes that can have changed."""
        sources = self.env["cx.purchase.source"]
        return SQL(
            """
            WITH due AS MATERIALIZED (
                SELECT o.id, o.customer_id, o.counts_from, o.window_ends_on, c.partner_id
                  FROM cx_campaign_outcome o JOIN cx_customer c ON c.id = o.customer_id
                 WHERE o.campaign_id = %(id)s AND c.partner_id IS NOT NULL
                   AND %(unsettled)s),
            bought AS MATERIALIZED (%(days)s),
            found AS (
                SELECT due.id, min(b.day) FILTER (WHERE b.amount > 0) AS bought_on,
                       coalesce(sum(b.amount), 0) AS purchases,
                       CASE WHEN count(b.day) = count(b.margin)
                            THEN coalesce(sum(b.margin), 0) END AS margin,
                       coalesce(sum(b.amount) FILTER (WHERE touch.campaign_id = %(id)s), 0)
                           AS attributed
                  FROM due
             LEFT JOIN bought b ON b.partner_id = due.partner_id AND b.day >= due.counts_from
                   AND b.day <= least(due.window_ends_on, %(today)s)
             LEFT JOIN LATERAL (
                       SELECT a.campaign_id FROM cx_campaign_act a
                        WHERE a.customer_id = due.customer_id AND a.state = 'done'
                          AND a.kind IN %(touches)s AND a.done_at < %(over)s
                     ORDER BY a.done_at DESC LIMIT 1) AS touch ON true
              GROUP BY due.id)
            UPDATE cx_campaign_outcome o
               SET bought = f.bought_on IS NOT NULL, bought_on = f.bought_on,
                   purchases = f.purchases, margin = f.margin, attributed = f.attributed,
                   counted = greatest(least(f.purchases, %(cap)s), -%(cap)s),
                   measured_on = %(today)s
              FROM found f WHERE f.id = o.id
            """,
            id=self.id,
            unsettled=self._unsettled(),
            over=self._end_of_day(SQL("b.day")),
            today=today,
            days=sources._days(
                self.company_id,
                lambda partner: SQL("%s IN (SELECT partner_id FROM due)", partner),
                margin=True,
            ),
            touches=TOUCHES,
            # no cap: what a customer bought counts as it is; one large refund decides no more
            # than one large order
            cap=self.amount_cap or float("inf"),
        )

    def _curve(self, today):
        """Cumulated net purchases per participant, day by day after the entry, of each arm.

        On each day, of those whose day is over: so those who entered lately count as far as they
        have come. What was bought on the day of entry stands on the first one. Capped as the
        verdict is: each customer's sum up to that day.

        :return: ``{arm: [money on day 1, …]}``, as far as anybody has come
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH people AS MATERIALIZED (
                    SELECT o.id, o.arm, o.entered_on, o.counts_from, c.partner_id,
                           least(o.window_ends_on, %(today)s - 1) - o.entered_on AS days
                      FROM cx_campaign_outcome o JOIN cx_customer c ON c.id = o.customer_id
                     WHERE o.campaign_id = %(id)s AND c.partner_id IS NOT NULL
                       AND o.window_ends_on >= %(since)s),
                so_far AS (
                    SELECT p.arm, greatest(b.day - p.entered_on, 1) AS number, b.amount,
                           sum(b.amount) OVER (PARTITION BY p.id ORDER BY b.day) AS total
                      FROM people p JOIN (%(days)s) AS b ON b.partner_id = p.partner_id
                       AND b.day >= p.counts_from AND b.day - p.entered_on <= p.days),
                bought AS (
                    SELECT arm, number, sum(greatest(least(total, %(cap)s), -%(cap)s)
                           - greatest(least(total - amount, %(cap)s), -%(cap)s)) AS amount
                      FROM so_far GROUP BY 1, 2)
                SELECT arm, number, sum(coalesce(bought.amount, 0) / there.people)
                           OVER (PARTITION BY arm ORDER BY number)
                  FROM (SELECT arm, number, sum(people) AS people
                          FROM (SELECT arm, days, count(*) AS people FROM people
                              GROUP BY 1, 2) AS lengths, generate_series(1, days) AS number
                      GROUP BY 1, 2) AS there
             LEFT JOIN bought USING (arm, number) ORDER BY arm, number
                """,
                id=self.id,
                today=today,
                since=today - timedelta(days=CURVE_DAYS),
                cap=self.amount_cap or float("inf"),
                days=self.env["cx.purchase.source"]._days(
                    self.company_id,
                    lambda partner: SQL("%s IN (SELECT partner_id FROM people)", partner),
                ),
            )
        )
        curve = {}
        for arm, _number, money in rows:
            curve.setdefault(arm, []).append(round(float(money), 2))
        return curve or False

    # --------------------------------------------------------------- the launch
    def _plan_measuring(self):
        """Fix, at the launch, what would otherwise be chosen to suit the result."""
        for campaign in self.sudo():  # sudo: what the machine writes
            number, _a_year = campaign._needed_participants() or (USUAL_NUMBER, None)
            campaign.write({"amount_cap": campaign._usual_cap(), "planned_number": number})

    def _usual_cap(self):
        """What 19 of 20 buyers of the last two years stayed below within a window; 0: too few.

        Of many customers, some will do: those whose number leaves no rest.
        """
        customers = self.env["cx.customer"]
        today = customers._today(self.company_id)
        buyers = customers.search_count(
            [("company_id", "=", self.company_id.id), ("purchase_count", ">", 0)]
        )
        one_in = max(buyers // ENOUGH_PAST, 1)
        [(number, most)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*), percentile_cont(0.95) WITHIN GROUP (ORDER BY amount) FROM (
                    SELECT sum(amount) AS amount FROM (%(days)s) AS net
                     WHERE day > %(today)s - 730 AND day <= %(today)s
                  GROUP BY partner_id, (%(today)s - day) / %(window)s
                    HAVING sum(amount) > 0) AS windows
                """,
                days=self.env["cx.purchase.source"]._days(
                    self.company_id, lambda partner: SQL("%s %% %s = 0", partner, one_in)
                ),
                today=today,
                window=self.result_days,
            )
        )
        return most if number >= LEAST_PAST else 0.0
