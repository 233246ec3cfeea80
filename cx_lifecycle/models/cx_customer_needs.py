"""A customer's needs, added up from all evidence: which, and until when they count as known."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import formula, needs
from .res_partner import REP
from .scopes import OBJECTED, ids_scope

EPOCH = SQL("%s::date", needs.EPOCH)


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    need_id = fields.Many2one(
        "cx.need", "Main Need", index="btree_not_null", readonly=True, ondelete="set null",
        help="The need with most evidence; later evidence counts more than early one.",
    )  # fmt: skip
    need_ids = fields.Many2many(
        "cx.need", "cx_customer_need", "customer_id", "need_id", "Needs", readonly=True,
        help="The needs with evidence that is not forgotten yet.",
    )  # fmt: skip

    needs_data = fields.Json(
        "Needs Known", compute="_compute_needs_data", help="What cx_needs shows."
    )

    @api.depends("need_ids")
    @api.depends_context("lang", "tz")
    def _compute_needs_data(self):
        whose = self.partner_id._cx_needs()
        for customer in self:
            customer.needs_data = whose.get(customer.partner_id.id, False)

    @api.model
    def _learn_needs(self, company, partner_ids):
        """There is new evidence about these commercial partners: add it up, now.

        Somebody of whom we learn a need becomes a customer at once, if the policy lets them.
        """
        # sudo: bookkeeping on behalf of anybody who may write evidence
        customers = self.sudo().with_context(active_test=False)
        known = customers.search(
            [("company_id", "=", company.id), ("partner_id", "in", partner_ids)]
        )
        if missing := set(partner_ids) - set(known.partner_id.ids):
            partners = self.env["res.partner"].browse(missing)
            self._refresh_partners(partners, company, "cx.need.evidence")
        customers._write_needs(company, ids_scope(partner_ids), self._today(company))

    @api.model
    def _write_needs(self, company, scope, on):
        """Add up the evidence of the customers in a scope, and forget what is too old."""
        self.env["cx.need.evidence"].flush_model()
        self.env["cx.customer.need"].flush_model()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH those AS (
                    SELECT c.id, c.need_id, c.partner_id FROM cx_customer c
                     WHERE c.company_id = %(company)s AND %(scope)s
                ), known AS (
                    SELECT *, %(epoch)s + (%(known_days)s)::int AS known_until
                      FROM (%(sums)s) AS sums WHERE %(epoch)s + (%(known_days)s)::int > %(on)s
                ), gone AS (
                    DELETE FROM cx_customer_need n USING those
                     WHERE n.customer_id = those.id AND NOT EXISTS (
                           SELECT FROM known k
                            WHERE k.customer_id = n.customer_id AND k.need_id = n.need_id)
                ), stored AS (
                    INSERT INTO cx_customer_need (customer_id, need_id, score, known_until)
                    SELECT customer_id, need_id, score, known_until FROM known
               ON CONFLICT (customer_id, need_id) DO UPDATE
                       SET score = excluded.score, known_until = excluded.known_until
                     WHERE cx_customer_need.score <> excluded.score
                ), main AS (
                    SELECT DISTINCT ON (customer_id) customer_id, need_id FROM known
                  ORDER BY customer_id, score DESC, need_id
                )
                UPDATE cx_customer c SET need_id = main.need_id
                  FROM those LEFT JOIN main ON main.customer_id = those.id
                 WHERE c.id = those.id AND those.need_id IS DISTINCT FROM main.need_id
                """,
                company=company.id,
                scope=scope(SQL("c.partner_id")),
                epoch=EPOCH,
                known_days=SQL(needs.known_days(formula.Term("score")).text),
                sums=self._evidence_sums(
                    SQL(
                        "SELECT those.id AS customer_id, e.* FROM those JOIN cx_need_evidence e"
                        " ON e.commercial_partner_id = those.partner_id AND e.company_id = %s"
                        " AND those.partner_id NOT IN %s",
                        company.id,
                        OBJECTED,
                    ),
                    SQL("customer_id"),
                ),
                on=on,
            )
        )
        self.invalidate_model(["need_id", "need_ids"])
        self.env["cx.customer.need"].invalidate_model()

    def _evidence_sums(self, evidence, by):
        """SELECT of the score of each need, of a SELECT of evidence, grouped by a column."""
        worth = needs.worth(formula.Term("weight::float8"), formula.Term("days"))
        return SQL(
            """
            SELECT %(by)s, need_id, sum(%(worth)s) AS score, count(*) AS pieces,
                   max("on") AS last_on,
                   (array_agg(source ORDER BY "on" DESC, id DESC))[1] AS source
              FROM (SELECT *, ("on" - %(epoch)s)::float8 AS days FROM (%(evidence)s) AS e) AS dated
          GROUP BY %(by)s, need_id
            """,
            by=by,
            worth=SQL(worth.text),
            epoch=EPOCH,
            evidence=evidence,
        )

    @api.model
    def _forget_needs(self, company, on):
        """Add up anew what evidence is forgotten by today; touches nobody else."""
        faded = self.env.execute_query(
            SQL(
                "SELECT DISTINCT c.partner_id FROM cx_customer_need n"
                " JOIN cx_customer c ON c.id = n.customer_id"
                " WHERE n.known_until <= %s AND c.company_id = %s",
                on,
                company.id,
            )
        )
        if faded:
            self._write_needs(company, ids_scope([row[0] for row in faded]), on)
        return len(faded)


class ResPartner(models.Model):
    _inherit = "res.partner"

    cx_needs = fields.Json(
        "Needs",
        compute="_compute_cx_needs",
        groups=REP,
        help="What cx_needs shows: of a person that person's needs, of a company those of all.",
    )
    cx_need_ids = fields.Many2many(
        "cx.need",
        string="Customer's Needs",
        compute="_compute_cx_need_ids",
        search="_search_cx_need_ids",
        groups=REP,
        help="The needs known of the customer, for searches; reps find their own customers' only.",
    )

    @api.depends("commercial_partner_id", "cx_customer_id")
    @api.depends_context("lang", "tz", "company", "uid")
    def _compute_cx_needs(self):
        # until the company has accepted, and for who is no customer, there is nothing to show
        shown = SQL(
            "EXISTS (SELECT FROM res_partner k WHERE k.id = p.commercial_partner_id AND %s IN %s)",
            self._field_to_sql("k", "cx_customer_id"),
            self.env["cx.customer"]._search([], active_test=False).subselect(),
        )
        whose = self._origin._cx_needs(shown)
        for partner in self:
            partner.cx_needs = whose.get(partner._origin.id, False)

    @api.depends("commercial_partner_id", "cx_customer_id")
    @api.depends_context("company", "uid")
    def _compute_cx_need_ids(self):
        for partner in self:
            customer = partner.commercial_partner_id.cx_customer_id
            partner.cx_need_ids = customer._filtered_access("read").need_ids

    def _search_cx_need_ids(self, operator, value):
        customers = self.env["cx.customer"]._search([("need_ids", operator, value)])
        return [("commercial_partner_id.cx_customer_id", "in", customers)]

    def _cx_needs(self, shown=None):
        """What ``cx_needs`` shows of each contact, strongest first: one statement for all.

        :param SQL shown: condition on contact ``p``, when not all are shown
        """
        self.env["cx.need.evidence"].flush_model()
        self.flush_model(["commercial_partner_id", "cx_customer_id"])
        on = fields.Date.context_today(self)
        days = (on - needs.EPOCH).days
        need = self.env["cx.need"]
        rows = self.env.execute_query(
            SQL(
                "WITH those AS (SELECT p.id, p.commercial_partner_id FROM res_partner p"
                " WHERE p.id = ANY(%s) AND %s)"
                " SELECT those.id, score, n.id, n.letter, %s, n.color, pieces, last_on, source"
                " FROM those LEFT JOIN (%s) AS sums ON sums.whose_id = those.id"
                " LEFT JOIN cx_need n ON n.id = sums.need_id ORDER BY those.id, score DESC, n.id",
                self.ids,
                shown or SQL("true"),
                need._field_to_sql("n", "name"),
                self.env["cx.customer"]._evidence_sums(
                    SQL(
                        "SELECT p.id AS whose_id, e.* FROM those p JOIN cx_need_evidence e"
                        " ON e.commercial_partner_id = p.commercial_partner_id"
                        " AND (p.id = p.commercial_partner_id OR e.partner_id = p.id)"
                        " WHERE e.company_id = %s",
                        self.env.company.id,
                    ),
                    SQL("whose_id"),
                ),
            )
        )
        found = {row[0]: {"partner_id": row[0], "needs": []} for row in rows}
        for whose_id, score, need_id, letter, name, color, *evidence in rows:
            weight = needs.today(score or 0.0, days)
            if weight > needs.FORGOTTEN:
                found[whose_id]["needs"].append(
                    {
                        "id": need_id,
                        "letter": letter,
                        "name": name,
                        "color": color,
                        "strength": needs.strength(weight),
                        "title": need._title(name, *evidence),
                    }
                )
        return found
