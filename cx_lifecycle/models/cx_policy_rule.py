from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from . import cx_policy_domain as domains

NUMBERS = ("silence_days", "min_purchases", "max_purchases", "min_value", "max_value")


class CxPolicyRule(models.Model):
    """A rule of the company's own, before those of silence: a stage for whom it fits.

    Rules are asked in their order and the first that fits decides. Suspect and prospect are
    for those who never bought. Who became dormant or lost by a rule stays so until the next
    purchase, even when the rule stops to fit: only a purchase leads back.
    """

    _name = "cx.policy.rule"
    _inherit = ["cx.policy.line"]
    _description = "Policy Rule"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char("Rule", required=True, translate=True)
    stage_id = fields.Many2one(
        "cx.stage",
        required=True,
        ondelete="restrict",
        domain=[("code", "in", ("suspect", "prospect", "dormant", "lost"))],
        help="The stage of customers the rule fits. Nobody becomes new or active by a rule.",
    )
    model = fields.Selection(
        [("res.partner", "contact"), ("cx.customer", "customer's figures")],
        "Condition On",
        default="res.partner",
        required=True,
        help="Whether the condition looks at the contact or at the customer's stored figures.",
    )
    domain = fields.Char(
        "Condition",
        required=True,
        default="[]",
        help="Whom the rule fits. It is looked at with the rights of the policy's author.",
    )
    lineage = fields.Integer(
        readonly=True,
        index=True,
        help="The same in all versions of a rule: id of the first of them.",
    )
    silence_days = fields.Integer(
        "Silent for (Days)", help="At least so many days since the last purchase; 0: any."
    )
    min_purchases = fields.Integer("Purchases From", help="At least so many purchases; 0: any.")
    max_purchases = fields.Integer("Purchases To", help="At most so many purchases; 0: any.")
    min_value = fields.Float(
        "Value From",
        help="At least this value in twelve months, in the company's currency; 0: any.",
    )
    max_value = fields.Float(
        "Value To", help="At most this value in twelve months, in the company's currency; 0: any."
    )

    @api.constrains("domain", "model", "stage_id", *NUMBERS)
    def _check_rule(self):
        for rule in self:
            domain = domains.check(rule, "domain", rule.model, decided=True)
            if rule.stage_id.code in ("new", "active"):
                raise ValidationError(
                    self.env._(
                        "Stage: only a purchase makes a customer new or active. Choose another "
                        "stage for rule %s.",
                        rule.name,
                    )
                )
            rule._check_numbers()
            if domain.is_true() and not any(rule[name] for name in NUMBERS):
                raise ValidationError(
                    self.env._(
                        "Condition: rule %s would fit everybody. Say whom it is for.", rule.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        for rule in rules.filtered(lambda rule: not rule.lineage):
            rule.sudo().lineage = rule.id  # sudo: written here only
        return rules

    def _learned(self):
        return {"lineage"}

    def _check_numbers(self):
        for name in NUMBERS:
            if self[name] < 0:
                raise ValidationError(
                    self.env._(
                        "%(label)s: %(value)s is below 0. Enter 0 to ask for nothing.",
                        label=self._fields[name]._description_string(self.env),
                        value=self[name],
                    )
                )
        for low, high in (("min_purchases", "max_purchases"), ("min_value", "max_value")):
            if self[low] > self[high] > 0:
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s: from %(low)s to %(high)s is nobody. Exchange the two.",
                        rule=self.name, low=self[low], high=self[high],
                    )
                )  # fmt: skip

    def _fits(self, on, scope, partner, customer, last_on, purchases, value):
        """SQL condition: whether the rule fits a customer on a day.

        :param scope: of the customers, see ``cx.purchase.source._documents``
        :param partner, customer: SQL of their ids
        :param last_on, purchases, value: SQL of last purchase, purchases, value in 12 months
        """
        self.ensure_one()
        conditions = []
        domain = domains.parsed(self.domain)
        if not domain.is_true():
            query = domains.as_author(self.policy_id, self.model)._search(domain)
            of_contact = self.model == "res.partner"
            subject, link = (partner, "id") if of_contact else (customer, "partner_id")
            query.add_where(scope(SQL.identifier(query.table, link)))
            conditions.append(SQL("%s IN %s", subject, query.subselect()))
        if self.silence_days:
            since = fields.Date.subtract(on, days=self.silence_days)
            conditions.append(SQL("%s <= %s", last_on, since))
        for column, low, high in (
            (purchases, self.min_purchases, self.max_purchases),
            (value, self.min_value, self.max_value),
        ):
            if low:
                conditions.append(SQL("coalesce(%s, 0) >= %s", column, low))
            if high:
                conditions.append(SQL("coalesce(%s, 0) <= %s", column, high))
        if self.stage_id.code in ("suspect", "prospect"):
            conditions.append(SQL("coalesce(%s, 0) = 0", purchases))
        return SQL("coalesce(%s, false)", SQL(" AND ").join(conditions))
