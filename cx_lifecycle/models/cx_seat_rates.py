"""How often deals are won with and without somebody in each role."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import proportion

ENOUGH = 30  # closed deals, before a share is more than an anecdote


class CxSeat(models.Model):
    _inherit = "cx.seat"

    @api.model
    @api.readonly
    def win_rates(self):
        """The company's share of won opportunities with and without each role.

        They are the company's figures, the same for every rep: no single deal shows in them.
        Counted are closed opportunities of the current company with at least one seat, for
        where nobody noted the committee an empty seat says nothing; and of their seats, those
        that were known when the deal was closed.

        :return: ``{"deals", "needed", "enough", "roles": {role id as text: {"with", "without":
            {won, deals, rate, low, high} or None}}}``; low and high are the 95 % interval
        """
        self.check_access("read")
        # sudo: figures of all deals of the company, of which a rep may not see each
        lead = self.env["crm.lead"].sudo()
        closed = Domain("type", "=", "opportunity") & Domain("won_status", "!=", "pending")
        ours = Domain("company_id", "in", [False, self.env.company.id])
        query = lead._search(closed & ours & Domain("cx_seat_ids", "!=", False), active_test=False)
        names = ("id", "won_status", "date_closed")
        deals = query.select(
            *(
                SQL("%s AS %s", lead._field_to_sql(lead._table, name, query), SQL.identifier(name))
                for name in names
            )
        )
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH deal AS MATERIALIZED (%s)
                SELECT role.id, seat.deal IS NOT NULL AS seated,
                       count(*) FILTER (WHERE deal.won_status = 'won'), count(*)
                  FROM deal CROSS JOIN cx_buyer_role role
             LEFT JOIN (SELECT s.lead_id AS deal, s.role_id, min(s.since) AS since FROM cx_seat s
                         WHERE s.lead_id IS NOT NULL GROUP BY s.lead_id, s.role_id) seat
                    ON seat.deal = deal.id AND seat.role_id = role.id
                   AND seat.since <= coalesce(
                       (deal.date_closed AT TIME ZONE 'UTC' AT TIME ZONE %s)::date, seat.since)
              GROUP BY role.id, seated
                """,
                deals,
                self.env.company.partner_id.tz or "UTC",
            )
        )
        sides = {}
        for role_id, seated, won, count in rows:
            low, high = proportion.interval(won, count)
            sides.setdefault(str(role_id), {"with": None, "without": None})[
                "with" if seated else "without"
            ] = {"won": won, "deals": count, "rate": won / count, "low": low, "high": high}
        first = next(iter(sides.values()), {})
        count = sum(side["deals"] for side in first.values() if side)
        return {"deals": count, "needed": ENOUGH, "enough": count >= ENOUGH, "roles": sides}
