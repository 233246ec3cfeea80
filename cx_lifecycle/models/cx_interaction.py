from odoo import fields, models

BEGUN_BY = [("customer", "Customer"), ("company", "Company")]


class CxInteraction(models.Model):
    """What customer and company do when they meet: it says the step of the journey."""

    _name = "cx.interaction"
    _description = "Interaction"
    _inherit = "cx.coded"

    step_id = fields.Many2one("cx.journey.step", required=True, index=True, ondelete="restrict")
    begun_by = fields.Selection(BEGUN_BY, required=True, default="customer")

    _code_unique = models.Constraint(
        "UNIQUE(code)", "An interaction with this code exists already."
    )

    def write(self, vals):
        moved = self.filtered(
            lambda act: (
                ("step_id" in vals and act.step_id.id != vals["step_id"])
                or ("begun_by" in vals and act.begun_by != vals["begun_by"])
            )
        )
        done = super().write(vals)
        if moved:
            self.env["cx.touchpoint"]._interactions_changed(moved)
        return done
