"""The night: who is due, what changed behind our back, and who came."""

import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from . import cx_policy_domain as domains
from .scopes import OBJECTED, everybody, ids_scope

_logger = logging.getLogger(__name__)
LOT = 1000  # customers evaluated between two commits, about a second
# ids are drawn before they are committed: look a little behind the last one seen
PARTNER_MARGIN = 1000
OVERLAP = 10  # minutes: documents are written before they are committed


class CxRun(models.Model):
    _inherit = "cx.run"

    @api.model
    def _cron_night(self):
        """Look at the customers that are due, company by company."""
        policies = self.env["cx.policy"]
        published = [("state", "=", "published")]
        young = policies.search([("history_from", "=", False), *published]).company_id
        selling = self.env["cx.customer"]._read_group(
            [("company_id", "in", young.ids), ("purchase_count", ">", 0)], ["company_id"]
        )
        for [company] in selling:  # the first purchases of a company: learn from them
            self._request("evaluate", company)
        working = [("company_id.active", "=", True), *published]
        for policy in policies.search(working, order="scanned_at, id"):
            run = self.search(
                [("company_id", "=", policy.company_id.id), ("kind", "=", "night"),
                 ("state", "!=", "done")], limit=1,
            ) or self.create({"company_id": policy.company_id.id, "kind": "night"})  # fmt: skip
            if not run._guarded(lambda run=run, policy=policy: run._night(policy)):
                return

    def _close_objectives(self, company, on):
        """Keep the last figures; a condition that fails in the database stops no night."""
        try:
            with self.env.cr.savepoint():
                self.env["cx.objective"]._close(company, on)
        except psycopg2.OperationalError:
            raise  # another worker was here
        except psycopg2.Error:
            _logger.exception("Objectives of company %s not closed", company.id)

    def _night(self, policy):
        """One company's night; False when time is up and customers are left."""
        self.ensure_one()
        company, policies = policy.company_id, self.env["cx.policy"]
        self._begin()
        domains.as_author(policy, "res.partner")  # told once, not for every customer
        on = self.as_of or self.env["cx.customer"]._today(company)
        if not self.as_of:
            self._close_objectives(company, on)
        now = fields.Datetime.now()
        known = policy.scanned_at or now
        highest = self._mark_changed(policy, fields.Datetime.subtract(known, minutes=OVERLAP))
        policy.write({"scanned_at": now, "last_partner_id": highest})
        self._mark_ruled(policy, on)
        self._commit(remaining=self._count_due(company, on))
        if not self._due(company, on):
            return False
        if not self._people(policy, on):
            return False
        self._end()
        if waiting := policies.search([("company_id", "=", company.id), ("tonight", "=", True)]):
            waiting[0]._publish()
        return True

    def _mark_changed(self, policy, since, stale=False):
        """Mark customers whose documents were written later than their figures as due.

        Contacts and buyers that are no customers yet are evaluated here.

        :param since: documents written before are known already
        :param stale: whatever the figures' age, they do not know these documents
        :return: the highest contact id seen
        """
        company = policy.company_id
        self.env.flush_all()
        written = [
            source._written(company, since)
            for source in self.env["cx.purchase.source"]._counting(company)
        ]
        # what an opportunity makes of somebody is told at once, but not to whom a lot holds
        deals = SQL(
            "SELECT p.commercial_partner_id, l.write_date FROM crm_lead l"
            " JOIN res_partner p ON p.id = l.partner_id"
            " WHERE l.write_date >= %s AND coalesce(l.company_id, %s) = %s",
            since,
            company.id,
            company.id,
        )
        newcomers = SQL(
            "SELECT id AS partner_id, NULL::timestamp AS at FROM res_partner"
            " WHERE commercial_partner_id = id AND (id > %s OR write_date >= %s)",
            policy.last_partner_id - PARTNER_MARGIN,
            since,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, max(at) FROM (%s) AS written WHERE partner_id IS NOT NULL"
                " GROUP BY partner_id",
                SQL(" UNION ALL ").join([newcomers, deals, *written]),
            )
        )
        partner_ids = [row[0] for row in rows]
        self.env.cr.execute(
            SQL(
                "UPDATE cx_customer c SET due = true"
                " FROM unnest(%s::int[], %s::timestamp[]) AS w(partner_id, at)"
                " WHERE c.partner_id = w.partner_id AND c.company_id = %s AND NOT c.due"
                " AND (w.at > coalesce(c.counted_at, '-infinity') - %s * interval '1 minute'"
                " OR %s AND w.at IS NOT NULL)",
                partner_ids,
                [row[1] for row in rows],
                company.id,
                OVERLAP,
                stale,
            )
        )
        unknown = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM unnest(%s::int[]) AS w(partner_id) WHERE NOT EXISTS ("
                "SELECT FROM cx_customer c WHERE c.partner_id = w.partner_id"
                " AND c.company_id = %s)",
                partner_ids,
                company.id,
            )
        )
        self.env["cx.customer"].invalidate_model()
        for start in range(0, len(unknown), LOT):
            self._lot(company, [row[0] for row in unknown[start : start + LOT]])
        return self._highest_partner()

    def _mark_ruled(self, policy, on):
        """Mark customers whom a rule of the company's own begins or stops to fit as due.

        Its conditions may look at anything, so this is one look at everybody; companies without
        such rules do without.
        """
        if not policy.rule_ids:
            return
        self.env.flush_all()
        customers, company = self.env["cx.customer"], policy.company_id
        columns = ("partner_id", "id", "last_purchase_on", "purchase_count", "value_12m")
        fits = customers._own_rule(
            policy, everybody, on, *(SQL.identifier("c", name) for name in columns)
        )
        stored = SQL("array_position(%s::int[], c.rule_id)", policy.rule_ids._in_order().ids)
        stages = self.env["cx.stage"]._ids_by_code()
        self.env.cr.execute(
            SQL(
                """
                UPDATE cx_customer SET due = true
                  FROM (SELECT c.id, %(fits)s AS fits, coalesce(%(stored)s, 0) AS stored
                          FROM cx_customer c
                         WHERE c.company_id = %(company)s AND c.partner_id IS NOT NULL
                           AND NOT c.due AND c.hold_until IS NULL AND c.declared_lost_on IS NULL
                           AND c.partner_id NOT IN %(objected)s
                       ) AS ruled
                 WHERE cx_customer.id = ruled.id AND fits <> stored
                   -- who became dormant or lost by a rule stays so without it
                   AND (fits > 0 OR stage_id NOT IN %(sticky)s)
                """,
                fits=fits,
                stored=stored,
                company=company.id,
                objected=OBJECTED,
                sticky=(stages["dormant"], stages["lost"]),
            )
        )
        customers.invalidate_model(["due"])

    def _highest_partner(self):
        [(highest,)] = self.env.execute_query(SQL("SELECT max(id) FROM res_partner"))
        return highest

    def _due_condition(self, company, on):
        return SQL(
            "company_id = %s AND (due OR review_on <= %s) AND partner_id IS NOT NULL",
            company.id, on,
        )  # fmt: skip

    def _count_due(self, company, on):
        self.env["cx.customer"].flush_model()
        [(count,)] = self.env.execute_query(
            SQL("SELECT count(*) FROM cx_customer WHERE %s", self._due_condition(company, on))
        )
        return count

    def _due(self, company, on):
        """Evaluate the customers due, in lots; rows another worker holds are left to it."""
        last_id = 0
        while last := self._retried(lambda after=last_id: self._due_lot(company, on, after)):
            last_id, count = last
            if not self._commit(count, self._count_due(company, on)):
                return False
        return True

    def _due_lot(self, company, on, after):
        """Evaluate the next customers due: (last id, number) or None when nobody is left."""
        self.env["cx.customer"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, partner_id FROM cx_customer WHERE id > %s AND %s"
                " ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
                after,
                self._due_condition(company, on),
                LOT,
            )
        )
        if not rows:
            return None
        partner_ids = [partner_id for _id, partner_id in rows]
        self._lot(company, partner_ids, on)
        # whose contacts came, left or were deleted may have other needs, and other wishes, now
        self.env["cx.customer"]._write_needs(company, ids_scope(partner_ids), on)
        self.env["cx.customer"]._prefer_what_was_said(company, ids_scope(partner_ids))
        return rows[-1][0], len(rows)
