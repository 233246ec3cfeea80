from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command


class CxCampaignWhy(models.TransientModel):
    """Why a contact takes part in a campaign, or not; in all that run when none is chosen.

    Everything is found with the rights of whoever asks.
    """

    _name = "cx.campaign.why"
    _description = "Why a Customer Takes Part"

    partner_id = fields.Many2one("res.partner", "Contact", ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    campaign_id = fields.Many2one(
        "cx.campaign", ondelete="cascade",
        domain="[('company_id', '=', company_id), ('draft_of_id', '=', False)]",
        help="All that run when empty.",
    )  # fmt: skip
    run_id = fields.Many2one(
        "cx.campaign.run", "Participation", ondelete="cascade",
        help="The one that is asked about; the last one when empty.",
    )  # fmt: skip
    sentence = fields.Char(compute="_compute_answer", store=True, compute_sudo=False)
    line_ids = fields.One2many(
        "cx.campaign.why.line", "wizard_id", "Tests",
        compute="_compute_answer", store=True, compute_sudo=False,
    )  # fmt: skip

    @api.depends("partner_id", "campaign_id", "run_id")
    def _compute_answer(self):
        for wizard in self:
            sentence, checks = wizard._answer()
            wizard.sentence = sentence
            wizard.line_ids = [
                Command.clear(),
                *(Command.create(wizard._line(check)) for check in checks),
            ]

    def _answer(self):
        """The sentence and the tests.

        :raise AccessError: the customer, or the campaign, is not for this reader
        """
        if not self.partner_id:
            return False, []
        customer = self._customer()
        if not customer:
            return self.env._(
                "%(name)s is no customer of %(company)s.",
                name=self.partner_id.display_name, company=self.company_id.name,
            ), []  # fmt: skip
        if self.campaign_id:
            run = self.run_id
            fits = (run.campaign_id, run.customer_id) == (self.campaign_id, customer)
            return self.campaign_id._explain(customer, run if fits else None)
        campaigns = self.env["cx.campaign"].search(
            [("state", "=", "running"), ("company_id", "=", self.company_id.id)]
        )
        checks = [campaign._explain_short(customer) for campaign in campaigns]
        return self._summary(customer, checks), checks

    def _customer(self):
        """The customer that the contact is to the company, if the reader may see it."""
        self.partner_id.check_access("read")
        if not self.env.user.has_group("cx_lifecycle.group_rep"):
            raise AccessError(self.env._("Only sales reps and marketers may ask this."))
        customers = self.env["cx.customer"].with_context(active_test=False)
        company = self.campaign_id.company_id or self.company_id
        company.check_access("read")
        domain = [
            # sudo: where the contact leads; whether that may be read is asked by the search
            ("partner_id", "=", self.partner_id.sudo().commercial_partner_id.id),
            ("company_id", "=", company.id),
        ]
        found = customers.search(domain)
        # sudo: only whether there is one; it is not shown
        if not found and customers.sudo().search_count(domain, limit=1):
            if not self.env["cx.first.run"]._accepted(company):
                raise AccessError(self.env._("Stages are not accepted yet: ask an administrator."))
            raise AccessError(
                self.env._("Somebody else follows this customer: what it takes part in is not "
                           "yours to see.")
            )  # fmt: skip
        return found

    def _summary(self, customer, checks):
        """How many of the running campaigns a customer takes part in."""
        if not checks:
            return self.env._("No campaign is running.")
        return self.env._(
            "%(name)s takes part in %(number)s of %(all)s campaigns that run.",
            name=customer.display_name, all=len(checks),
            number=sum(check.met is True for check in checks),
        )  # fmt: skip

    def _line(self, check):
        record = check.record
        shown = {"cx.campaign": "campaign_id", "cx.campaign.run": "run_id"}
        link = {shown[record._name]: record.id} if record and record._name in shown else {}
        return {
            "code": check.code,
            "mark": {True: "yes", False: "no"}.get(check.met, "none"),
            "name": "\u2003" * check.level + check.label,
            "value": check.value,
            **link,
        }
