"""Every month, free texts and names of people go whose relation with us ended long ago."""

from odoo import api, fields, models
from odoo.tools import SQL

from .res_partner_erase import SEAT_OF

LOT = 2000  # customers between two commits, about a second
MONTHLY = 20  # days within which a purge that is done is not begun again


class CxRetention(models.AbstractModel):
    """What is kept no longer than ``cx_keep_months`` of a company.

    Other addons extend ``_purge_customers``, and name what they count in ``cx.purge._labels``.
    """

    _name = "cx.retention"
    _description = "Retention of Personal Data"

    @api.model
    def _purge(self):
        """Purge all companies that set a period, in lots; an interrupted one goes on first."""
        progress = self.env["ir.cron"]._commit_progress
        keeping = self.env["res.company"].search([("cx_keep_months", ">", 0)], order="id")
        for company in keeping:
            purge = self._begun(company)
            while purge and (ids := self._next_lot(purge)):
                counts = self.env["cx.run"]._retried(
                    lambda company=company, ids=ids, purge=purge: self._purge_customers(
                        company, ids, purge.before
                    )
                )
                purge._add(counts)
                purge.write({"customers": purge.customers + len(ids), "last_customer_id": ids[-1]})
                if not progress(len(ids), remaining=1):
                    return
            if purge:
                purge.write({"state": "done", "ended_at": fields.Datetime.now()})
                progress()
        progress(remaining=0)

    @api.model
    def _begun(self, company):
        """The purge of a company that goes on, or a new one; None when one was done lately."""
        purges = self.env["cx.purge"]
        ours = [("company_id", "=", company.id), ("kind", "=", "retention")]
        if running := purges.search([*ours, ("state", "=", "running")], limit=1):
            return running
        lately = fields.Datetime.subtract(fields.Datetime.now(), days=MONTHLY)
        if purges.search_count([*ours, ("started_at", ">=", lately)], limit=1):
            return None
        before = fields.Date.subtract(
            self.env["cx.customer"]._today(company), months=company.cx_keep_months
        )
        return purges.create(
            {"company_id": company.id, "kind": "retention", "before": before, "counts": {}}
        )

    @api.model
    def _next_lot(self, purge):
        """The next customers who have been quiet since the day of the purge.

        Quiet is who bought nothing since, began no contact, and has no open deal.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id FROM cx_customer c
                 WHERE c.company_id = %(company)s AND c.id > %(after)s
                   AND c.partner_id IS NOT NULL AND c.create_date < %(before)s
                   AND (c.last_purchase_on < %(before)s OR c.last_purchase_on IS NULL)
                   AND c.stage_id IS DISTINCT FROM %(prospect)s
                   AND NOT EXISTS (SELECT FROM cx_touchpoint t
                                    WHERE t.customer_id = c.id AND t.begun_by = 'customer'
                                      AND t.at >= %(before)s)
              ORDER BY c.id LIMIT %(lot)s
                """,
                company=purge.company_id.id,
                after=purge.last_customer_id,
                before=purge.before,
                prospect=self.env["cx.stage"]._ids_by_code()["prospect"],
                lot=LOT,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _purge_customers(self, company, ids, before):
        """Empty free texts and links to people of some customers of a company; counts stay.

        :param list ids: of ``cx.customer``
        :param date before: since when they have been quiet
        :return: {kind: how many rows were emptied}, see ``cx.purge._labels``
        """
        partners = self.env["res.partner"]
        rowcount = partners._cx_run_sql
        texts = partners._cx_empty_texts(SQL("%s", ids), SQL("IS NOT NULL"))
        touchpoints = rowcount(
            SQL(
                "UPDATE cx_touchpoint SET person_id = NULL WHERE customer_id = ANY(%s)"
                " AND person_id IS NOT NULL",
                ids,
            )
        )
        evidence = rowcount(
            SQL(
                "UPDATE cx_need_evidence e SET note = NULL, partner_id = c.partner_id"
                " FROM cx_customer c WHERE c.id = ANY(%s)"
                " AND e.commercial_partner_id = c.partner_id AND e.company_id = %s"
                " AND (e.note IS NOT NULL OR e.partner_id <> c.partner_id)",
                ids,
                company.id,
            )
        )
        counts = {
            "texts": texts,
            "touchpoints": touchpoints,
            "evidence": evidence,
            "seats": self._purge_seats(company, ids),
        }
        self.env.invalidate_all()
        return counts

    @api.model
    def _purge_seats(self, company, ids):
        """Who held which role: for customers it goes, in deals it stays without the name."""
        rowcount = self.env["res.partner"]._cx_run_sql
        gone = rowcount(
            SQL(
                "DELETE FROM cx_seat s USING cx_customer c WHERE c.id = ANY(%s)"
                " AND s.account_id = c.partner_id AND s.company_id = %s",
                ids,
                company.id,
            )
        )
        erased = self.env._("Erased")
        return gone + rowcount(
            SQL(
                "UPDATE cx_seat u SET partner_id = NULL, name = %(erased)s, note = NULL"
                " FROM (%(seats)s) AS s"
                " JOIN cx_customer c ON c.partner_id = s.commercial_partner_id"
                " WHERE u.id = s.id AND c.id = ANY(%(ids)s) AND u.company_id = %(company)s"
                " AND (s.partner_id IS NOT NULL OR s.note IS NOT NULL OR s.name <> %(erased)s)",
                erased=erased,
                seats=SEAT_OF,
                ids=ids,
                company=company.id,
            )
        )
