from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import formula, rhythm
from .scopes import ids_scope

BOUGHT = ("new", "active", "dormant", "lost")
QUIET = ("dormant", "lost")
ALERTS = [("ok", "On time"), ("late", "Late"), ("quiet", "Quiet")]


class CxCustomer(models.Model):
    """A commercial entity as one company sees it: stage, rhythm and expected dates.

    Figures are written by set-based SQL only, see ``cx_customer_refresh.py``; people
    write holds, declared losses and snoozes, through methods that ask for a reason.
    """

    _name = "cx.customer"
    _description = "Customer"
    _rec_name = "partner_id"
    _order = "value_12m desc, id"

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index=True,
        readonly=True,
        ondelete="set null",
        help="The commercial entity. Empty once the contact was deleted: the history stays, "
        "the person does not.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    active = fields.Boolean(
        compute="_compute_active",
        store=True,
        help="Archived with the contact, and when the contact became part of another customer.",
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")

    stage_id = fields.Many2one(
        "cx.stage",
        readonly=True,
        ondelete="restrict",
        group_expand="_expand_stages",
        help="Where the customer stands, decided by the policy or held by a person.",
    )
    stage_since = fields.Date(readonly=True, help="First day in this stage.")
    reason = fields.Selection(
        selection="_reasons", readonly=True, help="The rule that decided the stage."
    )
    first_purchase_on = fields.Date("First Purchase", readonly=True)
    last_purchase_on = fields.Date("Last Purchase", readonly=True, index="btree_not_null")
    purchase_count = fields.Integer(
        "Purchases", readonly=True, help="Days with a positive net amount."
    )
    gap_log_sum = fields.Float(
        readonly=True, help="Sum of the natural logarithms of the days between purchases."
    )
    gap_log_square_sum = fields.Float(readonly=True, help="Sum of the squares of the same.")
    usual_interval = fields.Float(
        digits=(8, 1),
        readonly=True,
        aggregator="avg",
        help="Days between this customer's purchases, leaning on the company's median as long as "
        "there are few. Empty before the second purchase.",
    )
    next_purchase_on = fields.Date(
        "Expected",
        readonly=True,
        index="btree_not_null",
        help="Half of the customers with this rhythm who come back have done so by this day.",
    )
    next_purchase_from = fields.Date(
        "Expected From", readonly=True, help="One third of them have come back by this day."
    )
    next_purchase_to = fields.Date(
        "Expected Until", readonly=True, help="By this day the silence is rare, see the policy."
    )
    dormant_on = fields.Date(
        readonly=True,
        index="btree_not_null",
        help="Day on which silence alone makes the customer dormant.",
    )
    lost_on = fields.Date(readonly=True, help="Day on which silence alone makes the customer lost.")
    average_purchase = fields.Monetary(
        readonly=True,
        help="Mean net amount of a day with purchases, without taxes where the source knows them, "
        "in the company's currency. Empty before the first purchase.",
    )
    worth = fields.Monetary(
        "Expected a Year",
        readonly=True,
        help="Purchases of a year that are expected of this rhythm right after the last one, times "
        "the average purchase, in the company's currency. Empty before the first purchase.",
    )
    value_12m = fields.Monetary(
        "Value (12 Months)",
        readonly=True,
        help="Net purchases of the last twelve months without taxes where the source knows them, "
        "in the company's currency.",
    )
    value_review_on = fields.Date(
        readonly=True,
        help="Day on which the value of the last twelve months changes if nothing is bought, or on "
        "which a purchase dated ahead counts.",
    )
    segment_id = fields.Many2one(
        "cx.policy.segment", index="btree_not_null", readonly=True, ondelete="set null",
        help="The segment of the policy whose limits count; empty: those of the policy itself.",
    )  # fmt: skip
    moved_by_rules = fields.Boolean(
        readonly=True, help="The rules changed, not the customer, when this stage began."
    )
    counted_at = fields.Datetime(
        readonly=True, help="When the purchases of this customer were last added up anew."
    )
    rule_id = fields.Many2one(
        "cx.policy.rule", "Own Rule", index="btree_not_null", readonly=True, ondelete="set null",
        help="The rule of the company's own that decided, if it was one.",
    )  # fmt: skip
    review_on = fields.Date(
        readonly=True, help="Earliest day on which anything can change by the passage of time."
    )
    due = fields.Boolean(
        compute="_compute_due",
        store=True,
        help="Something this customer depends on has changed: the next night looks again.",
    )
    error = fields.Char(readonly=True, help="Why the last evaluation failed.")
    error_on = fields.Datetime(readonly=True)

    alert = fields.Selection(
        ALERTS,
        compute="_compute_alert",
        search="_search_alert",
        help="On time, or held by a person; late: past the expected date; quiet: dormant or lost.",
    )
    episode_ids = fields.One2many("cx.episode", "customer_id", readonly=True)

    _partner_company_unique = models.Constraint(
        "UNIQUE(partner_id, company_id)", "A partner is one customer per company."
    )
    _review_index = models.Index("(company_id, review_on) WHERE review_on IS NOT NULL")
    _due_index = models.Index("(company_id, id) WHERE due")
    _error_index = models.Index("(company_id, id) WHERE error IS NOT NULL")
    _stage_index = models.Index("(stage_id, stage_since)")
    # who is silent for long, the night asks of those only who are not called dormant yet
    _overdue_index = models.Index("(stage_id, next_purchase_to)")
    _first_purchase_index = models.Index("(company_id, first_purchase_on)")

    @api.model
    def _reasons(self):
        """The closed vocabulary of what decides a stage; sentences are in cx_customer_explain."""
        return [
            ("interested", self.env._("Known, not qualified")),
            ("qualified", self.env._("Open opportunity or quotation")),
            ("first_purchase", self.env._("First purchase")),
            ("purchase", self.env._("Purchase")),
            ("silence", self.env._("Silence")),
            ("long_silence", self.env._("Long silence")),
            ("declared", self.env._("Declared lost")),
            ("rule", self.env._("Rule of the company's own")),
            ("hold", self.env._("Held by a person")),
        ]

    @api.model
    def _expand_stages(self, stages, domain):
        # there are six of them
        return stages.search([])  # pylint: disable=no-search-all

    @api.depends("partner_id.active", "partner_id.commercial_partner_id")
    def _compute_active(self):
        for customer in self:
            partner = customer.partner_id
            customer.active = partner.active and partner.commercial_partner_id == partner

    @api.depends("partner_id.active", "partner_id.commercial_partner_id", "partner_id.child_ids")
    def _compute_due(self):
        # the ORM comes here when contacts move, join, leave or are archived: no write() is needed
        self.due = True

    # ----------------------------------------------------------------- alert
    @api.depends("stage_id", "next_purchase_on", "hold_until")
    @api.depends_context("tz")
    def _compute_alert(self):
        today = fields.Date.context_today(self)
        for customer in self:
            code = customer.stage_id.code
            if code not in BOUGHT:
                customer.alert = False
            elif customer.hold_until:  # somebody has looked, and knows better
                customer.alert = "ok"
            elif code in QUIET:
                customer.alert = "quiet"
            else:
                expected = customer.next_purchase_on
                customer.alert = "late" if expected and expected < today else "ok"

    def _search_alert(self, operator, value):
        if operator != "in":
            return NotImplemented
        held = Domain("hold_until", "!=", False)
        quiet = Domain("stage_id.code", "in", QUIET)
        late = Domain("next_purchase_on", "<", fields.Date.context_today(self))
        bought = Domain("stage_id.code", "in", BOUGHT)
        domains = {
            "ok": bought & (held | ~quiet & ~late),
            "late": bought & ~held & ~quiet & late,
            "quiet": quiet & ~held,
            False: ~bought,
        }
        return Domain.OR(domains.get(alert, Domain.FALSE) for alert in value)

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "alert":
            return super()._field_to_sql(alias, field_expr, query)
        # so that lists and kanban bars can group by it; tuples, for pivots hash it
        by_code = self.env["cx.stage"]._ids_by_code()
        return SQL(
            "CASE WHEN %(stage)s IN %(bought)s THEN"
            " CASE WHEN %(held)s IS NOT NULL THEN 'ok' WHEN %(stage)s IN %(quiet)s THEN 'quiet'"
            " WHEN %(expected)s < %(today)s THEN 'late' ELSE 'ok' END END",
            stage=super()._field_to_sql(alias, "stage_id", query),
            held=super()._field_to_sql(alias, "hold_until", query),
            expected=super()._field_to_sql(alias, "next_purchase_on", query),
            bought=tuple(by_code[code] for code in BOUGHT),
            quiet=tuple(by_code[code] for code in QUIET),
            today=fields.Date.context_today(self),
        )

    # ------------------------------------------------------------ prediction
    @api.readonly
    def chance_of_purchase(self, days, on=None):
        """Probability that each customer buys within ``days`` days after ``on``.

        :param int days: length of the period, at least 1
        :param on: the day from which to look ahead (date or ISO text), today when empty
        :return: ``{id: probability}``; None for those who had not bought by that day
        :raise UserError: when ``days`` is not a positive number, or ``on`` no date
        """
        self.check_access("read")
        if isinstance(days, bool) or not isinstance(days, int | float) or days <= 0:
            raise UserError(self.env._("Days: enter a number of days above 0, not %s.", days))
        on = self._to_day(on or fields.Date.context_today(self))
        result = dict.fromkeys(self.ids)
        for company, customers in self.grouped("company_id").items():
            policy = self.env["cx.policy"]._of(company)
            result.update(
                self.env.execute_query(
                    SQL(
                        "SELECT id, %s FROM (%s) AS curve",
                        SQL(
                            rhythm.chance(
                                formula.Columns(), formula.Term("silence"), formula.Term("ahead")
                            ).text
                        ),
                        customers._curves(policy, on, days),
                    )
                )
            )
        return result

    def _curves(self, policy, on, days):
        """SELECT of the customers' return curves, from the stored figures, as of a day.

        ``silence`` and ``ahead`` are the days that count since the last purchase, and in the
        ``days`` to come.
        """
        self.flush_model()
        stored = SQL(
            "SELECT id, partner_id, (purchase_count - 1)::float8 AS x,"
            " %(last)s - %(first)s AS tx,"
            " gap_log_sum::float8 AS sl, gap_log_square_sum::float8 AS sq,"
            " %(now)s - %(last)s AS silence, %(ahead)s AS ahead"
            " FROM cx_customer WHERE id = ANY(%(ids)s) AND last_purchase_on <= %(on)s",
            on=on,
            first=policy._position(SQL("first_purchase_on")),
            last=policy._position(SQL("last_purchase_on")),
            now=policy._position(SQL("%s", on)),
            ahead=policy._ahead(on, days),
            ids=self.ids,
        )
        source = policy._with_numbers(stored, ids_scope(self.partner_id.ids))
        return formula_sql(rhythm.CURVE, source, policy._constants())

    # --------------------------------------------------------------- actions
    def action_open_partner(self):
        """Open the customer's contact form."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("This contact was deleted; only its history is left."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }


def formula_sql(levels, source, constants=None, keep=None):
    """The levels of a formula on top of a SELECT, as composable SQL: see ``formula.select``.

    Rendered text holds no ``%`` and no values from outside but numbers.
    """
    return SQL(formula.select(levels, "%s", constants, keep), source)
