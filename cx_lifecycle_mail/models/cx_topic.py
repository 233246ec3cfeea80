from odoo import api, fields, models
from odoo.exceptions import UserError


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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_said_no(self):
        """A person who said no is not to be asked again because a colleague tidied up."""
        # sudo: whoever said no to other companies counts, too
        optouts = self.env["cx.topic.optout"].sudo()
        if optouts.search_count([("topic_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("People opted out of this topic: archive it, their wish stays known.")
            )
