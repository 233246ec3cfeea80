"""What is kept no longer of mails: addresses and what servers said; participations count on."""

from odoo import api, fields, models
from odoo.tools import SQL

LOT = 5000  # mails between two commits


class CxRetention(models.AbstractModel):
    _inherit = "cx.retention"

    @api.model
    def _purge(self):
        """Mails are purged by their own age, whoever they went to."""
        progress = self.env["ir.cron"]._commit_progress
        for company in self.env["res.company"].search([("cx_keep_months", ">", 0)], order="id"):
            before = fields.Date.subtract(
                self.env["cx.customer"]._today(company), months=company.cx_keep_months
            )
            last = 0
            while last := self._purge_mails(company, before, last):
                if not progress(remaining=1):
                    return
        super()._purge()

    @api.model
    def _purge_mails(self, company, before, after):
        """Empty the addresses and texts of a lot of acts that ended before a day.

        :param after: id of the last act of the lot before; 0 to begin
        :return: that of this lot; 0 when there is none left
        """
        acts = self.env["cx.campaign.act"]
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM cx_campaign_act WHERE id > %s AND company_id = %s"
                " AND state IN ('done', 'uncertain', 'refused', 'skipped', 'failed')"
                " AND coalesce(done_at, due_at) < %s AND (email IS NOT NULL OR error IS NOT NULL)"
                " ORDER BY id LIMIT %s",
                after,
                company.id,
                before,
                LOT,
            )
        )
        ids = [row[0] for row in rows]
        if ids:
            acts._forget_acts(SQL("id = ANY(%s)", ids))
        return ids[-1] if ids else 0

    @api.model
    def _purge_customers(self, company, ids, before):
        """Also what was written in answer to campaigns, and why campaigns keep away."""
        counts = super()._purge_customers(company, ids, before)
        rowcount = self.env["res.partner"]._cx_run_sql
        counts["texts"] += rowcount(
            SQL(
                "UPDATE cx_customer SET no_campaigns_reason = NULL WHERE id = ANY(%s)"
                " AND no_campaigns_reason IS NOT NULL",
                ids,
            )
        )
        counts["answers"] = rowcount(
            SQL(
                "UPDATE survey_user_input_line l SET value_char_box = NULL, value_text_box = NULL"
                " FROM survey_user_input i JOIN cx_campaign_act a ON a.id = i.cx_act_id"
                " WHERE i.id = l.user_input_id AND a.customer_id = ANY(%s)"
                " AND (l.value_char_box IS NOT NULL OR l.value_text_box IS NOT NULL)",
                ids,
            )
        )
        self.env.invalidate_all()
        return counts
