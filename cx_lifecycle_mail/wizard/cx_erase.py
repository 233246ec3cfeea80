from odoo import fields, models


class CxErase(models.TransientModel):
    _inherit = "cx.erase"

    suppress = fields.Boolean(
        "Never Write to the Address Again",
        default=True,
        help="Also if it is imported again. Who had refused something is never written to again "
        "in any case. Of the address itself only a number is kept that nobody can read.",
    )

    goes_free = fields.Text(
        "Goes Otherwise",
        compute="_compute_what",
        help="What goes, if the address may be written to again.",
    )

    def _what(self):
        # each as the box would have it, wherever it stands now
        with_it, free = (self.with_context(cx_suppress=choice) for choice in (True, False))
        return {**super(CxErase, with_it)._what(), "goes_free": free._words_of_goes()}

    def _tried(self):
        suppress = self.env.context.get("cx_suppress", self.suppress)
        return super(CxErase, self.with_context(cx_suppress=suppress))._tried()

    def action_erase(self):
        return super(CxErase, self.with_context(cx_suppress=self.suppress)).action_erase()
