"""What a night does for people: needs that purchases tell or that fade, and calls to plan."""

import logging

import psycopg2

from odoo import fields, models
from odoo.tools import SQL

from .cx_customer_refresh import brief
from .cx_run_night import LOT, OVERLAP
from .scopes import ids_scope

_logger = logging.getLogger(__name__)


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
        """Read the needs that purchases tell, of the customers whose purchases changed.

        An interrupted reading goes on where it was; what is counted after it began, the next
        one reads.
        """
        if not self.env["cx.need.evidence"]._ranges_tell(policy.company_id):
            policy.write({"ranges_at": fields.Datetime.now(), "ranges_began_at": False})
            return True
        if not policy.ranges_began_at:
            policy.write({"ranges_began_at": fields.Datetime.now(), "ranges_partner_id": 0})
        while ids := self._next_told(policy):
            self._retried(lambda ids=ids: self._range_lot(policy, ids_scope(ids), on))
            policy.ranges_partner_id = ids[-1]
            if not self._commit():
                return False
        policy.write({"ranges_at": policy.ranges_began_at, "ranges_began_at": False})
        return True

    def _next_told(self, policy):
        """The next customers, by contact, whose purchases were counted since the last reading."""
        since = policy.ranges_at and fields.Datetime.subtract(policy.ranges_at, minutes=OVERLAP)
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT partner_id FROM cx_customer WHERE company_id = %s AND partner_id > %s"
                    " AND %s AND (purchase_count > 0 OR EXISTS (SELECT FROM cx_need_evidence e"
                    " WHERE e.commercial_partner_id = cx_customer.partner_id"
                    " AND e.source = 'range')) ORDER BY partner_id LIMIT %s",
                    policy.company_id.id,
                    policy.ranges_partner_id,
                    SQL("counted_at >= %s", since) if since else SQL("true"),
                    LOT,
                )
            )
        ]

    def _range_lot(self, policy, scope, on):
        self.env["cx.need.evidence"]._from_purchases(policy.company_id, scope, on)
        self.env["cx.customer"]._write_needs(policy.company_id, scope, on)

    def _plan_calls(self, company, on):
        """End the calls that are needed no more, plan those of the day, and tell each rep once."""
        customers = self.env["cx.customer"]
        customers._settle_calls(company, on)
        self._commit()
        chosen, waiting = customers._calls_due(company, on)
        planned = self._planned_for(chosen, company, on)
        total = sum(map(len, chosen.values()))
        self.write({"calls_planned": planned, "calls_waiting": waiting + total - planned})
        self._commit()
        return True

    def _planned_for(self, chosen, company, on):
        """Plan the calls of some reps; where that fails, of the others. How many were planned."""
        try:
            with self.env.cr.savepoint():
                self.env["cx.customer"]._plan_calls(chosen, company, on)
        except psycopg2.OperationalError:
            raise  # another worker was here
        except Exception as error:
            if len(chosen) == 1:
                [user] = chosen
                _logger.exception("Calls of user %s not planned", user.id)
                self.problem = brief(error)
                return 0
            return sum(self._planned_for({user: chosen[user]}, company, on) for user in chosen)
        return sum(map(len, chosen.values()))
