from odoo import api, fields, models


class CxNoProfiling(models.TransientModel):
    """Somebody objects to profiling, or takes it back: the words and the proof."""

    _name = "cx.no.profiling"
    _description = "Objection to Profiling"

    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, readonly=True, ondelete="cascade"
    )
    back = fields.Boolean(readonly=True, help="The objection is taken back.")
    person_at_company = fields.Boolean(compute="_compute_person_at_company")
    said_on = fields.Date(required=True, default=fields.Date.context_today)
    wording = fields.Text(required=True, help="What the person said or wrote, in their own words.")
    proof = fields.Char(help="Where the evidence is, such as the number of a letter or ticket.")

    @api.depends("partner_id")
    def _compute_person_at_company(self):
        for dialog in self:
            partner = dialog.partner_id
            dialog.person_at_company = partner != partner.commercial_partner_id

    def action_apply(self):
        """Note it, with what follows from it at once."""
        self.ensure_one()
        said = self.partner_id._cx_object_no_more if self.back else self.partner_id._cx_object
        said(self.wording, self.proof, self.said_on)
        return {"type": "ir.actions.act_window_close", "infos": {"cx_saved": True}}
