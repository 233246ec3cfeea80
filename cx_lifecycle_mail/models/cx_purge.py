from odoo import api, models


class CxPurge(models.Model):
    _inherit = "cx.purge"

    @api.model
    def _labels(self):
        return {
            **super()._labels(),
            "mails": self.env._("Mails and steps of campaigns without the address"),
            "optouts": self.env._("Opt-outs and pauses deleted"),
            "answers": self.env._("Texts of answers to surveys emptied"),
            "suppressed": self.env._("Addresses that are never written to again, made unreadable"),
        }
