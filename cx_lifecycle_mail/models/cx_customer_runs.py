from odoo import models
from odoo.tools import SQL


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _absorb(self, others, partner, sources):
        """Take over the participations of others, so that nobody gets a step twice."""
        runs = self.env["cx.campaign.run"]
        runs.flush_model()
        mine = self.env.execute_query(
            SQL("SELECT DISTINCT campaign_id FROM cx_campaign_run WHERE customer_id = %s", self.id)
        )
        runs.search(
            [
                ("customer_id", "in", others.ids),
                ("campaign_id", "in", [row[0] for row in mine]),
                ("state", "=", "running"),
            ]
        )._stop("no_contact")
        self.env.cr.execute(
            SQL(
                # one cause twice in a history: both stay, told apart
                "UPDATE cx_campaign_run r SET customer_id = %(kept)s,"
                " entry_key = CASE WHEN EXISTS (SELECT FROM cx_campaign_run k"
                " WHERE k.campaign_id = r.campaign_id"
                " AND k.entry_key = r.entry_key AND k.id <> r.id"
                " AND (k.customer_id = %(kept)s OR k.customer_id = ANY(%(others)s)))"
                " THEN r.entry_key || ':merged:' || r.customer_id ELSE r.entry_key END"
                " WHERE r.customer_id = ANY(%(others)s)",
                kept=self.id,
                others=others.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE cx_campaign_act SET customer_id = %s WHERE customer_id = ANY(%s)",
                self.id,
                others.ids,
            )
        )
        kept_out = others.filtered("no_campaigns_until").sorted("no_campaigns_until")[-1:]
        if kept_out and not self.no_campaigns_until:
            self.write({name: kept_out[name]
                        for name in ("no_campaigns_until", "no_campaigns_reason")})  # fmt: skip
            self.flush_recordset()
        self.env.invalidate_all(flush=False)
        return super()._absorb(others, partner, sources)
