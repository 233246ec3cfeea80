"""Who has today what a measuring was about: a number, and the list it opens."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .cx_episode import LIVING
from .cx_evidence import UNHAPPY, WINDOW


class CxEvidence(models.Model):
    _inherit = "cx.evidence"

    today = fields.Integer(
        compute="_compute_today",
        help="Living customers who have it now: within their usual interval, or as long as the "
        "sign stands.",
    )

    @api.depends_context("uid", "company")
    def _compute_today(self):
        counted = {}
        for company, theirs in self.grouped("company_id").items():
            living = self.env["cx.customer"]._search(
                [("stage_id.code", "in", LIVING), ("company_id", "=", company.id)]
            )
            counted[company] = {
                tuple(subject): count
                for *subject, count in self.env.execute_query(
                    SQL(
                        "SELECT kind_id, channel_id, interaction_id, unhappy,"
                        " count(DISTINCT customer_id) FROM (%s) AS had WHERE customer_id IN (%s)"
                        " GROUP BY 1, 2, 3, 4",
                        theirs._had_today(company),
                        living.select(),
                    )
                )
            }
        for evidence in self:
            _question, subject = evidence._key()
            evidence.today = counted[evidence.company_id].get(subject, 0)

    @api.model
    def _had_today(self, company):
        """SELECT of customers and what they have today, as those of the past had it."""
        self.env["cx.warning"].flush_model()
        touchpoints = self.env["cx.touchpoint"]
        touchpoints.flush_model()
        self.env["cx.customer"].flush_model()
        on = self.env["cx.customer"]._today(company)
        return SQL(
            """
            SELECT w.customer_id, w.kind_id, NULL::int AS channel_id, NULL::int AS interaction_id,
                   false AS unhappy
              FROM cx_warning w JOIN cx_warning_kind k ON k.id = w.kind_id AND k.active
             WHERE w.company_id = %(company)s AND w.ended_on IS NULL
             UNION ALL
            SELECT t.customer_id, NULL, t.channel_id, t.interaction_id, u.unhappy
              FROM cx_touchpoint t JOIN cx_customer c ON c.id = t.customer_id
              JOIN (VALUES (false), (true)) AS u (unhappy)
                ON NOT u.unhappy OR (t.rated AND t.satisfaction < %(bad)s)
             WHERE t.company_id = %(company)s AND t.at >= %(oldest)s AND t.at >= %(begins)s
            """,
            company=company.id,
            oldest=touchpoints._start(company, fields.Date.subtract(on, days=WINDOW - 1)),
            # the first day of the interval, by the company's clock
            begins=touchpoints._start_to_sql(
                company,
                SQL(
                    "%s::date + 1 - least(ceil(coalesce(nullif(c.usual_interval, 0), %s))::int,"
                    " %s)",
                    on,
                    self.env["cx.policy"]._of(company).median_gap,
                    WINDOW,
                ),
            ),
            bad=UNHAPPY,
        )

    def action_customers(self):
        """List the living customers who have it today."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_customers")
        return {
            **action,
            "name": self.display_name,
            "path": False,
            "domain": [("exposed_evidence_id", "=", self.id)],
            "context": {},
        }


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    exposed_evidence_id = fields.Many2one(
        "cx.evidence",
        store=False,
        search="_search_exposed_evidence_id",
        exportable=False,
        help="To search: finds the living customers who have today what a measuring was about.",
    )

    def _search_exposed_evidence_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            Domain("stage_id.code", "in", LIVING)
            & Domain("company_id", "=", evidence.company_id.id)
            & Domain("id", "in", SQL("(%s)", self._exposed(evidence)))
            for evidence in self.env["cx.evidence"].search([("id", "in", list(value))])
        )

    @api.model
    def _exposed(self, evidence):
        """SELECT of the customers who have today what some evidence is on."""
        _question, subject = evidence._key()
        return SQL(
            "SELECT customer_id FROM (%s) AS had WHERE (kind_id, channel_id, interaction_id,"
            " unhappy) IS NOT DISTINCT FROM (%s::int, %s::int, %s::int, %s::boolean)",
            evidence._had_today(evidence.company_id),
            *subject,
        )
