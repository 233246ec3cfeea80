from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class CxCampaignFindings(models.AbstractModel):
    """A dialog that says what stands against its button, and looks again when it is pressed.

    Its ``line_ids`` are the findings.
    """

    _name = "cx.campaign.findings"
    _description = "Findings Before a Launch"

    edition = fields.Char(readonly=True, help="When what was looked at was changed last.")
    blocks = fields.Integer(compute="_compute_levels", help="How many findings block.")
    asks = fields.Integer(compute="_compute_levels", help="How many findings only ask.")

    @api.depends("line_ids.level")
    def _compute_levels(self):
        for dialog in self:
            levels = dialog.line_ids.mapped("level")
            dialog.blocks, dialog.asks = levels.count("block"), levels.count("ask")

    @api.model
    def _examine(self, campaign):
        """What is found about a draft at this moment.

        :return: its audience, {} where it cannot be counted; values for ``edition`` and
            ``line_ids``
        """
        audience, failure = None, None
        try:
            audience = campaign._audience()
        except (AccessError, UserError, ValidationError) as error:
            failure = str(error)
        checks = campaign._launch_checks(audience)
        # an author who left is a finding already, and why it could not be counted
        told = campaign._author_problem() or any(check.text == failure for check in checks)
        if failure and not told:
            checks.insert(0, campaign._finding("block", "domain", failure))
        lines = [
            (0, 0, {"sequence": place, "level": check.level, "field": check.field,
                    "text": check.text, "step_id": check.step.id})
            for place, check in enumerate(checks)
        ]  # fmt: skip
        return audience or {}, {"edition": self._edition(campaign), "line_ids": lines}

    @api.model
    def _edition(self, campaign):
        """When the campaign, its steps or their contents were changed last."""
        steps = campaign.step_ids
        records = [campaign, *steps, *steps.mailing_ids]
        return f"{max(record.write_date for record in records).isoformat()} of {len(records)}"

    @api.model
    def _refuse_blocked(self, campaign):
        """Look again, as of now.

        :raise UserError: where something blocks
        """
        checks = campaign._launch_checks(campaign._audience())
        if blocks := [check for check in checks if check.level == "block"]:
            raise UserError("\n".join(map(self._sentence, blocks)))

    @api.model
    def _sentence(self, check):
        if not check.step:
            return self.env._("%(field)s: %(text)s", field=check.field, text=check.text)
        return self.env._(
            "Step %(step)s, %(field)s: %(text)s",
            step=check.step.name, field=check.field, text=check.text,
        )  # fmt: skip
