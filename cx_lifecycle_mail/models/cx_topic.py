from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CxTopic(models.Model):
    """What a person may opt out of, finer than Odoo's block list."""

    _name = "cx.topic"
    _description = "Topic of Messages"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True, help="Shown on the preference page.")
    description = fields.Char(translate=True, help="Shown below the name.")
    company_id = fields.Many2one("res.company", help="Of one company only; of all when empty.")
    active = fields.Boolean(default=True)

    @api.constrains("company_id")
    def _check_topic_company(self):
        """Who opts out of a topic does so for the company whose campaign wrote."""
        for topic in self.filtered("company_id"):
            # sudo: campaigns of other companies count, and archived ones
            campaigns = self.env["cx.campaign"].sudo().with_context(active_test=False)
            others = campaigns.search(
                [("topic_id", "=", topic.id), ("company_id", "!=", topic.company_id.id)], limit=1
            )
            if others:
                known = others.company_id in self.env.companies
                raise ValidationError(
                    self.env._(
                        "Company: a campaign of another company is about %(topic)s: %(campaign)s. "
                        "Choose another topic there first, or leave the company empty.",
                        campaign=f"{others.name} ({others.company_id.name})" if known else "…",
                        topic=topic.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        """What a person said is not forgotten because a colleague tidied up."""
        for model in ("cx.topic.optout", "cx.consent"):
            # sudo: whoever said it to other companies counts, too
            said = self.env[model].sudo()
            if said.search_count([("topic_id", "in", self.ids)], limit=1):
                raise UserError(
                    self.env._(
                        "People answered about this topic: archive it, their wish stays known."
                    )
                )
