from odoo import models
from odoo.tools import SQL


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _absorb(self, others, partner, sources):
        """Take over the participations of others, so that nobody gets a step twice."""
        self.env.flush_all()
        self._surplus_runs(others)._stop("no_contact")
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
        self._one_outcome_each(others)
        self.env.cr.execute(
            SQL(
                "UPDATE cx_campaign_act SET customer_id = %s WHERE customer_id = ANY(%s)",
                self.id,
                others.ids,
            )
        )
        self._no_purchase_by_merging(others)
        kept_out = others.filtered("no_campaigns_until").sorted("no_campaigns_until")[-1:]
        if kept_out and not self.no_campaigns_until:
            self.write({name: kept_out[name]
                        for name in ("no_campaigns_until", "no_campaigns_reason")})  # fmt: skip
            self.flush_recordset()
        self.env.invalidate_all(flush=False)
        return super()._absorb(others, partner, sources)

    def _one_outcome_each(self, others):
        """In each campaign, one customer counts once: as whoever of them entered first."""
        together = (self | others).ids
        self.env.cr.execute(
            SQL(
                "DELETE FROM cx_campaign_outcome WHERE customer_id = ANY(%s) AND id NOT IN ("
                " SELECT DISTINCT ON (campaign_id) id FROM cx_campaign_outcome"
                " WHERE customer_id = ANY(%s) ORDER BY campaign_id, entered_on, id)",
                together,
                together,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE cx_campaign_outcome SET customer_id = %s WHERE customer_id = ANY(%s)",
                self.id,
                others.ids,
            )
        )

    def _surplus_runs(self, others):
        """Runs of others that cannot go on beside those of the customer they become."""
        runs = self.env["cx.campaign.run"]
        history = runs.search([("customer_id", "in", (self | others).ids)])
        known = set(history.filtered(lambda run: run.customer_id == self).campaign_id.ids)
        going_on = history.filtered(lambda run: run.state == "running").sorted("id")
        exclusive = any(run.exclusive for run in going_on if run.customer_id == self)
        surplus = runs.browse()
        for run in going_on.filtered(lambda run: run.customer_id != self):
            if run.campaign_id.id in known or (run.exclusive and exclusive):
                surplus |= run
                continue
            known.add(run.campaign_id.id)
            exclusive = exclusive or run.exclusive
        return surplus

    def _no_purchase_by_merging(self, others):
        """What others bought before is no new purchase: it ends no participation."""
        days = [day for day in (self | others).mapped("last_purchase_on") if day]
        if days:
            self.env.cr.execute(
                SQL(
                    "UPDATE cx_campaign_run SET bought_before = greatest(bought_before, %s)"
                    " WHERE customer_id = %s AND state = 'running'",
                    max(days),
                    self.id,
                )
            )
