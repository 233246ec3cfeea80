from odoo import fields, models
from odoo.tools import SQL


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    # whom others asked is looked up by the address
    _cx_email_index = models.Index("(lower(email)) WHERE cx_act_id IS NULL")

    cx_act_id = fields.Many2one(
        "cx.campaign.act", "Campaign Act",
        index="btree_not_null", readonly=True, ondelete="set null", copy=False,
        groups="cx_lifecycle.group_rep",
        help="The act of a campaign that invited to answer.",
    )  # fmt: skip

    def _mark_done(self):
        """What was said is read at once, and each answer with it: whole, as it is now."""
        done = super()._mark_done()
        lines = self.env["survey.user_input.line"]
        lines.flush_model()
        # answers are written before the survey is finished: what reads changes would miss them
        self.env.cr.execute(
            SQL(
                "UPDATE survey_user_input_line SET write_date = now() AT TIME ZONE 'UTC'"
                " WHERE user_input_id = ANY(%s)",
                self.ids,
            )
        )
        lines.invalidate_model(["write_date"])
        self.env["cx.touchpoint.source"]._listen_soon()
        return done

    def _has_field_access(self, field, operation):
        """Whom a campaign asked: only the machine writes it."""
        forged = field.name == "cx_act_id" and operation == "write" and not self.env.su
        return not forged and super()._has_field_access(field, operation)
