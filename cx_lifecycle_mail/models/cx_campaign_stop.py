"""When a participation ends: the same conditions in the order's transaction and before each act."""

from odoo import api, fields, models
from odoo.tools import SQL

from . import consent
from .cx_campaign_act import OPEN
from .cx_campaign_entry import address, open_deal
from .cx_campaign_move import goes_on


class CxCampaignRun(models.Model):
    _inherit = "cx.campaign.run"

    @api.model
    def _stop_checks(self, today):
        """What ends a run: ordered (reason, SQL over ``r``, ``g`` campaign, ``c``, ``p``).

        ``p`` is joined from the left: the contact may be gone.
        """
        lost = self.env["cx.stage"]._ids_by_code()["lost"]
        to, company = address("p"), SQL("c.company_id")
        return [
            ("no_contact", SQL("(p.id IS NULL OR NOT p.active OR NOT c.active)")),
            ("no_profiling", SQL("p.cx_no_profiling_since IS NOT NULL")),
            ("bought", SQL("(g.stop_purchase AND c.last_purchase_on"
                           " > coalesce(r.bought_before, '-infinity'))")),
            ("lost", SQL("(g.stop_lost AND c.declared_lost_on IS NOT NULL)")),
            ("held", SQL("(g.stop_hold AND c.hold_until IS NOT NULL)")),
            ("excluded", SQL("c.no_campaigns_until >= %s", today)),
            ("stage_left", SQL("(g.stop_stage AND c.stage_id IS DISTINCT FROM r.stage_id"
                               " AND c.stage_id IS DISTINCT FROM %s)"
                               " OR (g.stop_stage AND c.stage_id = %s AND r.stage_id <> %s)",
                               lost, lost, lost)),
            ("sign_over", SQL("(g.stop_sign AND r.entry_key LIKE 'warning:%%' AND NOT EXISTS ("
                              "SELECT FROM cx_warning w WHERE r.entry_key = 'warning:' || w.id"
                              " AND w.customer_id = c.id AND %s))",
                              self.env["cx.warning"]._stands(today))),
            ("not_customer", SQL("(g.legal_basis = 'customer' AND c.last_purchase_on IS NULL)")),
            ("blacklisted", consent.blocked(to)),
            ("suppressed", consent.suppressed(to, SQL("g.topic_id"), company)),
            ("opted_out", consent.opted_out(to, SQL("g.topic_id"), company, today)),
            ("no_consent", SQL("(g.legal_basis = 'consent' AND NOT %s)",
                               consent.said_yes(to, SQL("g.topic_id"), company))),
            ("paused", consent.paused(to, company, today)),
            ("open_deal", SQL("(g.stop_deal AND %s)", open_deal())),
            ("campaign_over", SQL("(g.state = 'finished' OR g.end_on < %s)", today)),
            # not of those that stand still: who resumes decides whether this moves too
            ("too_long", SQL("(r.ends_on <= %s AND g.state <> 'paused')", today)),
        ]  # fmt: skip

    @api.model
    def _stopping(self, today, but=()):
        """SQL of the first reason that ends run ``r``, NULL when it goes on.

        :param but: reasons that are not asked for
        """
        return SQL(
            "CASE %s END",
            SQL(" ").join(
                SQL("WHEN %s THEN %s", condition, reason)
                for reason, condition in self._stop_checks(today)
                if reason not in but
            ),
        )

    @api.model
    def _companies(self):
        """The companies in which somebody takes part in something."""
        groups = self._read_group([("state", "=", "running")], ["company_id"])
        return [company for [company] in groups]

    @api.model
    def _settle_runs(self, company, partner_ids=None, limit=None):
        """End the runs of a company whose time has come; how many.

        :param partner_ids: of these commercial partners; of the whole company when None
        :param limit: end so many at most, so that nobody is kept waiting
        """
        for model in (
            "cx.customer",
            "res.partner",
            "mail.blacklist",
            "cx.topic.optout",
            "cx.consent",
            "cx.suppression",
            "cx.warning",
        ):
            self.env[model].flush_model()
        today = self.env["cx.customer"]._today(company)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, reason FROM (
                    SELECT r.id, %(reason)s AS reason
                      FROM cx_campaign_run r JOIN cx_campaign g ON g.id = r.campaign_id
                      JOIN cx_customer c ON c.id = r.customer_id
                 LEFT JOIN res_partner p ON p.id = c.partner_id
                     WHERE r.state = 'running' AND c.company_id = %(company)s AND %(those)s
                       ) AS judged
                 WHERE reason IS NOT NULL ORDER BY id %(limit)s
                """,
                limit=SQL("LIMIT %s", limit) if limit else SQL(),
                reason=self._stopping(today),
                company=company.id,
                those=SQL("true") if partner_ids is None
                else SQL("c.partner_id = ANY(%s)", list(partner_ids)),
            )
        )  # fmt: skip
        by_reason = {}
        for run_id, reason in rows:
            by_reason.setdefault(reason, []).append(run_id)
        for reason, ids in by_reason.items():
            self.browse(ids)._stop(reason)
        return len(rows)

    def _stop(self, reason):
        """End runs, with what was still to be done for them.

        :param str reason: a code of ``reasons.REASONS``
        """
        if not self:
            return
        self.env["cx.campaign.act"].flush_model()
        self.flush_model()
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                "UPDATE cx_campaign_run SET state = %s, reason = %s, ended_at = %s"
                " WHERE id = ANY(%s) AND state = 'running'",
                "finished" if reason == "completed" else "stopped", reason, now, self.ids,
            )
        )  # fmt: skip
        rows = self.env.execute_query(
            SQL(
                """
                WITH ended AS (
                    UPDATE cx_campaign_act SET state = 'skipped', reason = %s, done_at = %s,
                           claim = NULL
                     WHERE run_id = ANY(%s) AND state IN ('waiting', 'claimed'))
                SELECT activity_id FROM cx_campaign_act
                 WHERE run_id = ANY(%s) AND activity_id IS NOT NULL AND outcome = 'open'
                """,
                reason, now, self.ids, self.ids,
            )
        )  # fmt: skip
        self.invalidate_model()
        self.env["cx.campaign.act"].invalidate_model()
        # sudo: the activity is the machine's, whoever sold, judged or unsubscribed
        activities = self.env["mail.activity"].sudo().browse([row[0] for row in rows]).exists()
        activities._cx_end_of_run(reason)

    @api.model
    def _finish_completed(self, company):
        """End the runs in which nothing more can happen."""
        self.env["cx.campaign.act"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id FROM cx_campaign_run r
                 WHERE r.state = 'running' AND r.company_id = %s AND r.arm = 'treated'
                   AND NOT EXISTS (SELECT FROM cx_campaign_act a WHERE a.run_id = r.id
                                      -- what is uncertain may still turn out to have arrived
                                      AND (a.state IN %s OR a.outcome = 'open'))
                   -- a mail may still be opened or answered, where a step waits for it
                   AND NOT EXISTS (
                       SELECT FROM cx_campaign_act a
                         JOIN cx_campaign_step s ON s.parent_id = a.step_id AND s.active
                        WHERE a.run_id = r.id AND a.state IN ('done', 'uncertain')
                          AND s.trigger IN ('opened', 'clicked', 'replied', 'bounced')
                          AND a.done_at + s.validity * interval '1 day' > %s AND %s
                          AND NOT EXISTS (SELECT FROM cx_campaign_act n
                                           WHERE n.run_id = r.id AND n.step_id = s.id))
                """,
                company.id,
                (*OPEN, "uncertain"),
                fields.Datetime.now(),
                goes_on("s", "r"),
            )
        )
        self.browse([row[0] for row in rows])._stop("completed")
