"""The rep's day: what a silence costs, what to do about it, whom to call, what to say."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from ..engine import formula, rhythm
from .cx_customer import formula_sql

DOING = [
    ("planned", "Planned"),
    ("quotation", "Follow up the quotation"),
    ("call", "Call"),
    ("write", "Write"),
    ("find", "Find a phone number"),
]


QUOTATION_DAYS = 180  # older quotations are no reason to call


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    value_at_risk = fields.Monetary(
        compute="_compute_next",
        help="Purchases of the coming year that the silence has made unlikely, times the average "
        "purchase: what was expected right after the last purchase, less what is expected now. "
        "In the company's currency; empty before the first purchase.",
    )
    next_step = fields.Selection(
        DOING, "Do Now", compute="_compute_next", help="What to do about the silence first."
    )
    next_reason = fields.Char("Because", compute="_compute_next", help="Why this, in a few words.")
    next_person = fields.Char(
        "With",
        compute="_compute_next",
        help="The person to call, with the role: who can be reached, and who decides before who "
        "uses.",
    )
    next_phone = fields.Char("Call", compute="_compute_next", help="The number of that person.")
    next_argument = fields.Char(
        "Say",
        compute="_compute_next",
        help="An argument for the customer's main need; a question, when no need is known.",
    )

    @api.depends("last_purchase_on", "average_purchase", "segment_id", "need_id")
    @api.depends_context("lang", "tz", "uid")
    def _compute_next(self):
        facts = self._next_facts()
        for customer in self:
            fact = facts.get(customer._origin.id, {})
            customer.value_at_risk = fact.get("risk")
            step, reason = customer._next(fact)
            customer.next_step = step
            customer.next_reason = reason
            customer.next_person = customer._person(fact)
            customer.next_phone = fact.get("phone")
            customer.next_argument = fact.get("say")

    def _next(self, fact):
        """(what to do, why) for one customer."""
        planned_on, mine = fact.get("planned_on"), fact.get("planned_for") == self.env.uid
        # what is planned for the reader and due is to be done, not waited for
        if planned_on and not (mine and planned_on <= fields.Date.context_today(self)):
            day, who = self._day(planned_on), fact["planned_by"]
            if not who:
                return "planned", self.env._("Planned for %s", day)
            return "planned", self.env._("%(who)s on %(day)s", who=who, day=day)
        if fact.get("quotation"):
            currency = self.env["res.currency"].browse(fact["currency_id"])
            return "quotation", self.env._(
                "%(quotation)s of %(amount)s is open since %(day)s",
                quotation=fact["quotation"],
                amount=formatLang(self.env, fact["amount"], currency_obj=currency),
                day=self._day(fields.Datetime.context_timestamp(self, fact["moment"]).date()),
            )
        if fact.get("phone"):
            if self.partner_id.is_company and not fact.get("role"):
                return "call", self.env._("Nobody's role is known: ask who decides")
            return "call", self.env._("Can be reached by phone")
        if fact.get("email"):
            return "write", self.env._("There is no phone number")
        return "find", self.env._("There is neither a phone number nor an e-mail address")

    def action_do(self):
        """Do what is proposed: open the quotation, write, or open the contact to call from."""
        self.ensure_one()
        self.check_access("read")
        fact = self._next_facts()[self.id]
        step, _reason = self._next(fact)
        if step == "quotation":
            return {
                "type": "ir.actions.act_window",
                "res_model": "sale.order",
                "res_id": fact["order_id"],
                "views": [(False, "form")],
            }
        if step == "write":
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Write"),
                "res_model": "mail.compose.message",
                "views": [(False, "form")],
                "target": "new",
                "context": {
                    "default_model": "res.partner",
                    "default_res_ids": self.partner_id.ids,
                    "default_partner_ids": [fact["partner_id"]],
                },
            }
        return self.action_open_partner()

    def _person(self, fact):
        name, role = fact.get("name"), fact.get("role")
        return f"{name} ({role})" if name and role else name

    def _open_quotations(self):
        """SELECT of the latest open quotation of each customer, of those the user may read.

        Of commercial partner, id, name, amount, currency and moment. Expired ones, and those
        nobody has touched for half a year, are no reason to call.
        """
        order = self.env["sale.order"]
        if not order.has_access("read"):
            return SQL(
                "SELECT NULL::int, NULL::int, NULL, NULL::numeric, NULL::int, NULL::timestamp"
                " LIMIT 0"
            )
        today = fields.Date.context_today(self)
        query = order._search(
            Domain("partner_id.commercial_partner_id", "in", self.partner_id.ids)
            & Domain("state", "in", ["draft", "sent"])
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("date_order", ">=", fields.Date.subtract(today, days=QUOTATION_DAYS))
            & (Domain("validity_date", "=", False) | Domain("validity_date", ">=", today))
        )
        comodel, alias = order._fields["partner_id"].join(order, order._table, query)
        whose = comodel._field_to_sql(alias, "commercial_partner_id", query)
        names = ("id", "name", "amount_untaxed", "currency_id", "date_order")
        columns = [order._field_to_sql(order._table, name, query) for name in names]
        query.order = SQL("%s, %s DESC", whose, columns[-1])
        return query.select(SQL("DISTINCT ON (%s) %s", whose, whose), *columns)

    def _next_facts(self):
        """What is at risk, what is planned, and who can be reached: one statement for all.

        :return: ``{customer id: {risk, planned_on, planned_by, planned_for, order_id, quotation,
            amount, currency_id, moment, partner_id, name, phone, email, role, say}}``
        """
        self.flush_model()
        for model in (
            "res.partner", "cx.seat", "cx.need.argument", "mail.activity", "mail.blacklist",
            "phone.blacklist",
        ):  # fmt: skip
            self.env[model].flush_model()
        role = self.env["cx.buyer.role"]._field_to_sql("r", "name")
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT c.id, %(risk)s AS risk, plan.on AS planned_on, plan.who AS planned_by,
                       plan.user_id AS planned_for,
                       q.order_id, q.quotation, q.amount, q.currency_id, q.moment,
                       p.partner_id, p.name, p.phone, p.email, p.role, word.text AS say
                  FROM cx_customer c
             LEFT JOIN (%(quotations)s) AS q (
                       whose_id, order_id, quotation, amount, currency_id, moment)
                       ON q.whose_id = c.partner_id
             LEFT JOIN LATERAL (%(people)s) AS p ON true
             LEFT JOIN LATERAL (%(words)s) AS word ON true
             LEFT JOIN LATERAL (
                       SELECT a.date_deadline AS on, up.name AS who, a.user_id
                         FROM mail_activity a
                    LEFT JOIN res_users u ON u.id = a.user_id
                    LEFT JOIN res_partner up ON up.id = u.partner_id
                        WHERE a.res_model = 'res.partner' AND a.res_id = c.partner_id AND a.active
                          -- what another company's night planned is that company's
                          AND coalesce(a.cx_customer_id, c.id) = c.id
                     ORDER BY a.date_deadline, a.id LIMIT 1) AS plan ON true
                 WHERE c.id = ANY(%(ids)s)
                """,
                risk=self._field_to_sql("c", "value_at_risk"),
                quotations=self._open_quotations(),
                people=self._people(role),
                words=self._first_words(),
                ids=self._origin.ids,
            )
        )
        return {row.pop("id"): row for row in rows}

    def _first_words(self):
        """SELECT of an argument for the main need of customer ``c``, or a question to find one.

        The company's own ones come before those for all, as in ``cx.need``.
        """
        return SQL(
            """
            SELECT %s AS text FROM cx_need_argument w
             WHERE w.need_id = coalesce(
                       c.need_id, (SELECT id FROM cx_need ORDER BY sequence, id LIMIT 1))
               AND w.kind = CASE WHEN c.need_id IS NULL THEN 'question' ELSE 'argument' END
               AND (w.company_id IS NULL OR w.company_id = c.company_id)
          ORDER BY w.company_id IS NULL, w.sequence, w.id LIMIT 1
            """,
            self.env["cx.need.argument"]._field_to_sql("w", "text"),
        )

    def _people(self, role):
        """SELECT of the person to call of customer ``c``: reachable, then by the role's order.

        Numbers and addresses on the block lists count as none, and so do contacts that are
        another company's.
        """
        return SQL(
            """
            SELECT who.name, who.phone, who.email, %(role)s AS role, who.id AS partner_id
              FROM (SELECT p.id,
                           -- somebody of another firm, an adviser or one who left, with that firm
                           CASE WHEN p.commercial_partner_id IN (c.partner_id, p.id) THEN p.name
                                ELSE p.complete_name END AS name,
                           CASE WHEN NOT %(no_calls)s THEN nullif(p.phone, '') END AS phone,
                           CASE WHEN NOT %(no_mails)s THEN nullif(p.email, '') END AS email
                      FROM res_partner p
                     WHERE p.active AND coalesce(p.company_id, c.company_id) = c.company_id
                       AND p.id IN (SELECT id FROM res_partner
                                     WHERE commercial_partner_id = c.partner_id
                                     UNION ALL
                                    SELECT t.partner_id FROM cx_seat t
                                     WHERE t.account_id = c.partner_id
                                       AND t.company_id = c.company_id)) AS who
         LEFT JOIN cx_seat s ON s.partner_id = who.id AND s.account_id = c.partner_id
                            AND s.company_id = c.company_id
         LEFT JOIN cx_buyer_role r ON r.id = s.role_id
          ORDER BY who.phone IS NULL, who.phone IS NULL AND who.email IS NULL, r.call_order,
                   who.id = c.partner_id DESC, who.id
             LIMIT 1
            """,
            role=role,
            no_calls=self._no_calls(),
            no_mails=self._no_mails(),
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "value_at_risk":
            return super()._field_to_sql(alias, field_expr, query)
        # so that lists come ordered by it, and add it up
        on = fields.Date.context_today(self)
        policies = self.env["cx.policy"].sudo().search(  # sudo: everybody's stages follow it
            [("state", "=", "published"), ("company_id", "in", self.env.companies.ids)]
        )  # fmt: skip
        if not policies:
            return SQL("NULL::numeric")
        cases = SQL(" ").join(
            SQL(
                "WHEN %s = %s THEN %s",
                SQL.identifier(alias, "company_id"),
                policy.company_id.id,
                self._risk(policy, alias, on),
            )
            for policy in policies
        )
        return SQL("CASE %s END", cases)

    def _risk(self, policy, alias, on):
        """SQL of the value at risk of a customer of one company, from the stored figures."""
        column = {
            name: SQL.identifier(alias, name)
            for name in (
                "purchase_count", "first_purchase_on", "last_purchase_on", "gap_log_sum",
                "gap_log_square_sum", "average_purchase", "segment_id",
            )
        }  # fmt: skip
        stored = SQL(
            "SELECT (%(purchase_count)s - 1)::float8 AS x, %(last)s - %(first)s AS tx,"
            " %(gap_log_sum)s::float8 AS sl, %(gap_log_square_sum)s::float8 AS sq,"
            " greatest(%(now)s - %(last)s, 0) AS silence,"
            " %(segment_id)s AS segment_id",
            now=policy._position(SQL("%s::date", on)),
            first=policy._position(column["first_purchase_on"]),
            last=policy._position(column["last_purchase_on"]),
            **column,
        )
        curves = formula_sql(rhythm.CURVE, policy._with_stored_numbers(stored), policy._constants())
        missing = rhythm.missing(formula.Columns(), formula.Term("silence"))
        return SQL(
            "CASE WHEN %s > 0 THEN round((%s * (SELECT %s FROM (%s) AS curve))::numeric, 2) END",
            column["purchase_count"],
            column["average_purchase"],
            SQL(missing.text),
            curves,
        )
