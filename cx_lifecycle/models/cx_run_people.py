"""What a night does for people: needs that purchases tell or that fade, and calls to plan."""

from odoo import fields, models
from odoo.tools import SQL

from .cx_run_night import LOT, OVERLAP
from .cx_run_pass import PASS_LOT
from .scopes import ids_scope, range_scope


class CxRun(models.Model):
    _inherit = "cx.run"

    def _people(self, policy, on):
        """Needs and calls of one company; False when time is up and customers are left."""
        company = policy.company_id
        if not self._learn_ranges(policy, on):
            return False
        self.env["cx.customer"]._forget_needs(company, on)
        self._commit()
        return self._plan_calls(company, on)

    def _learn_ranges(self, policy, on):
        """Read the needs that purchases tell, of the customers whose purchases changed."""
        now = fields.Datetime.now()
        if self.env["cx.need.evidence"]._ranges_tell(policy.company_id):
            done = self._ranges_since(policy, on) if policy.ranges_at else self._ranges(policy, on)
            if not done:
                return False
        policy.write({"ranges_at": now, "ranges_partner_id": 0})
        return True

    def _ranges(self, policy, on):
        """Everybody, from where the last night left off."""
        [(highest,)] = self.env.execute_query(
            SQL(
                "SELECT max(partner_id) FROM cx_customer WHERE company_id = %s",
                policy.company_id.id,
            )
        )
        while policy.ranges_partner_id < (highest or 0):
            after = policy.ranges_partner_id + PASS_LOT
            self._retried(
                lambda after=after: self._range_lot(
                    policy, range_scope(policy.ranges_partner_id, after), on
                )
            )
            policy.ranges_partner_id = after
            if not self._commit():
                return False
        return True

    def _ranges_since(self, policy, on):
        """Those whose purchases were counted since the last time."""
        since = fields.Datetime.subtract(policy.ranges_at, minutes=OVERLAP)
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM cx_customer WHERE company_id = %s AND counted_at >= %s"
                " AND purchase_count > 0 AND partner_id IS NOT NULL ORDER BY partner_id",
                policy.company_id.id,
                since,
            )
        )
        for start in range(0, len(rows), LOT):
            ids = [row[0] for row in rows[start : start + LOT]]
            self._retried(lambda ids=ids: self._range_lot(policy, ids_scope(ids), on))
            if not self._commit():
                return False
        return True

    def _range_lot(self, policy, scope, on):
        self.env["cx.need.evidence"]._from_purchases(policy.company_id, scope, on)
        self.env["cx.customer"]._write_needs(policy.company_id, scope, on)

    def _plan_calls(self, company, on):
        """Plan the calls of the day, and tell each rep once."""
        planned, waiting = self.env["cx.customer"]._plan_calls(company, on)
        self.write({"calls_planned": planned, "calls_waiting": waiting})
        self._commit()
        return True
