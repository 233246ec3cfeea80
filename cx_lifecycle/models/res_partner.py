from odoo import api, fields, models

from .machine_field import Pointer, own_defaults
from .score_field import Score

REP = "cx_lifecycle.group_rep"
MACHINE = {"cx_customer_id", "cx_no_profiling_since"}  # what no user writes, nor imports


def of_customer(field, **options):
    """A field of the commercial entity's customer in the current company: nothing is copied."""
    return {
        "related": f"commercial_partner_id.cx_customer_id.{field}",
        "groups": REP,
        "readonly": True,
        **options,
    }


class ResPartner(models.Model):
    _inherit = "res.partner"

    # the night looks for contacts that changed: they may have left the company they bought for
    _cx_write_date_index = models.Index("USING brin (write_date)")
    # a rep's list begins with the rep's customers, a few thousand among a million contacts
    _cx_user_index = models.Index("(user_id) WHERE user_id IS NOT NULL")

    cx_customer_id = Pointer(
        "cx.customer",
        "Lifecycle",
        company_dependent=True,
        copy=False,
        readonly=True,
        groups=REP,
        help="The customer this contact is to the current company. Written once.",
    )
    cx_stage_id = fields.Many2one(**of_customer("stage_id", string="Lifecycle Stage"))
    cx_stage_since = fields.Date(**of_customer("stage_since", string="In Stage Since"))
    cx_alert = fields.Selection(**of_customer("alert", string="Rhythm Alert"))
    cx_last_purchase_on = fields.Date(**of_customer("last_purchase_on"))
    cx_usual_interval = fields.Float(**of_customer("usual_interval", aggregator="avg"))
    cx_next_purchase_on = fields.Date(**of_customer("next_purchase_on", string="Expected Purchase"))
    cx_next_from = fields.Date(**of_customer("next_purchase_from"))
    cx_next_to = fields.Date(**of_customer("next_purchase_to"))
    cx_dormant_on = fields.Date(**of_customer("dormant_on"))
    cx_lost_on = fields.Date(**of_customer("lost_on"))
    cx_value_12m = fields.Monetary(
        **of_customer("value_12m", currency_field="cx_currency_id", string="Value (12 Months)")
    )
    cx_currency_id = fields.Many2one(**of_customer("currency_id", string="Lifecycle Currency"))
    cx_hold_until = fields.Date(**of_customer("hold_until", string="Stage Held Until"))
    cx_hold_reason = fields.Char(**of_customer("hold_reason", string="Reason of the Hold"))
    cx_satisfaction_last = Score(**of_customer("satisfaction_last", aggregator="avg"))
    cx_satisfaction_on = fields.Date(**of_customer("satisfaction_on"))
    cx_satisfaction_mean = Score(**of_customer("satisfaction_mean", aggregator="avg"))
    cx_satisfaction_trend = fields.Selection(
        **of_customer("satisfaction_trend", string="Satisfaction Trend")
    )
    cx_why = fields.Json(**of_customer("why_data", string="Why This Stage?"))
    cx_rhythm = fields.Json(**of_customer("rhythm_data", string="Rhythm"))
    cx_preferred_channel_id = fields.Many2one(**of_customer("preferred_channel_id"))
    cx_preferred_text = fields.Char(**of_customer("preferred_text", string="Evidence of Channel"))
    cx_channel_text = fields.Text(**of_customer("channel_text"))
    cx_channel_preference_ids = fields.One2many(
        "cx.channel.preference",
        "person_id",
        "Asked to Be Reached By",
        groups=REP,
        help="What this person said; what others at the same customer said stands with them.",
    )
    cx_stage_durations = fields.Json(compute="_compute_cx_stage_durations", groups=REP)

    @api.model
    def default_get(self, fields):
        return own_defaults(self, MACHINE, super().default_get(fields))

    def _has_field_access(self, field, operation):
        """The pointer decides whose figures are shown, and an objection has a dialog of its own."""
        forged = field.name in MACHINE and operation == "write" and not self.env.su
        return not forged and super()._has_field_access(field, operation)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Who may not read a field of ours does not sort, group or add up by it either.

        Odoo asks that of columns only; related fields it follows as superuser.
        """
        name = field_expr.partition(".")[0]
        if name.startswith("cx_") and name in self._fields:
            self._check_field_access(self._fields[name], "read")
        return super()._field_to_sql(alias, field_expr, query)

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_cx_stage_durations(self):
        # sudo: what a partner may show is decided by the groups of the field
        customers = self.commercial_partner_id.sudo().cx_customer_id
        seconds = customers._stage_seconds()
        for partner in self:
            customer = partner.commercial_partner_id.sudo().cx_customer_id  # sudo: as above
            partner.cx_stage_durations = seconds.get(customer.id, {})

    @api.readonly
    def cx_timeline(self, kinds=None, after=None, limit=20):
        """What happened with the contact's company, newest first, a page at a time.

        Purchases and stages are those in the current company. The number of queries depends
        neither on the page nor on the history.

        :param list kinds: codes of kinds, see the result; all when empty
        :param str after: ``more`` of the page before; the newest when empty
        :param int limit: how many at most, from 1; more than 100 are not given at once
        :return: ``items``, ``more`` (false on the last page) and ``kinds`` (code, label, icon);
            all empty when the contact is no customer, or stages are not accepted yet
        :raise AccessError: as for the customer: somebody else's, or the user is no rep
        :raise UserError: no such kind, a cursor that is none, a limit that is no number
        """
        self.ensure_one()
        return self.env["cx.customer"]._timeline_of(self, kinds, after, limit)

    def action_cx_contest(self):
        """Open the dialog that holds the customer's stage or declares a loss."""
        return self.commercial_partner_id.cx_customer_id.action_contest()

    def action_cx_outcome(self):
        """Open the dialog that keeps what was learned from this contact."""
        self.ensure_one()
        self.env["cx.outcome"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Outcome of a Call"),
            "res_model": "cx.outcome",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    def action_cx_plan(self):
        """Plan an activity with this customer."""
        return self.commercial_partner_id.cx_customer_id.action_plan()

    def action_cx_touchpoints(self):
        """Open the contacts that the company had with this customer; those of a person alone."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_touchpoints")
        whose = "customer_id.partner_id" if self == self.commercial_partner_id else "person_id"
        return {**action, "domain": [(whose, "=", self.id)]}

    def action_cx_journey_map(self):
        """Open the journey of this customer; that of a person alone."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_journey_map")
        # searched for rather than given: the address finds it again
        whose = "partner_id" if self == self.commercial_partner_id else "person_id"
        return {**action, "context": {f"search_default_{whose}": self.id}}

    def action_cx_episodes(self):
        """Open the customer's history of stages."""
        customer = self.commercial_partner_id.cx_customer_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("History of Stages"),
            "res_model": "cx.episode",
            "views": [(False, "list")],
            "domain": [("customer_id", "in", customer.ids)],
        }
