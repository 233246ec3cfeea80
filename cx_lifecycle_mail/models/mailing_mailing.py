from odoo import fields, models
from odoo.exceptions import UserError


class MailingMailing(models.Model):
    """The content of a step in one language: Odoo's editor, links and statistics."""

    _inherit = "mailing.mailing"

    cx_step_id = fields.Many2one(
        "cx.campaign.step", "Campaign Step", index="btree_not_null", ondelete="cascade", copy=False
    )
    cx_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(), string="Content Language"
    )
    _cx_lang_unique = models.UniqueIndex(
        "(cx_step_id, cx_lang) WHERE cx_step_id IS NOT NULL",
        "A step has one content for each language.",
    )

    def _cx_refuse(self):
        """What belongs to a campaign leaves with the campaign only."""
        if steps := self.cx_step_id:
            raise UserError(
                self.env._(
                    "This is the content of step %s of a lifecycle campaign: launch the campaign "
                    "instead.",
                    steps[0].name,
                )
            )
