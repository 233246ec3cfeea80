from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.machine_field import own_defaults

TOLD_BY = {"partner_id", "state", "test_entry", "end_datetime"}


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

    def write(self, vals):
        """What an answer is read as goes by these: what reads changes looks at the answers."""
        done = super().write(vals)
        if TOLD_BY & set(vals):
            self._changed_in_whole()
        return done

    def unlink(self):
        """What was read of answers that are deleted goes at once, and with it their score."""
        gone = {"survey.user_input": self.ids}
        gone["survey.user_input.line"] = self.user_input_line_ids.ids
        done = super().unlink()
        for model, ids in gone.items():
            self.env["cx.touchpoint.source"]._deleted(model, ids)
        return done

    def _mark_done(self):
        """What was said is read at once."""
        done = super()._mark_done()
        self._keep_preferred_channels()
        self.env["cx.touchpoint.source"]._listen_soon()
        return done

    def _changed_in_whole(self):
        """Each answer was changed just now, too."""
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

    def _keep_preferred_channels(self):
        """Who said how to be reached is reached so from now on."""
        # superuser: whoever answers is nobody that is logged in, and the invitation was personal
        preferences = self.env(su=True)["cx.channel.preference"]
        for answer in self.filtered(lambda answer: answer.partner_id and not answer.test_entry):
            for line in answer.user_input_line_ids:
                channel = line.suggested_answer_id.cx_channel_id
                # the company may reach nobody over it any more: that is not for them to mend
                if channel.offered and channel.active:
                    step = line.matrix_row_id.cx_step_id
                    preferences._say(answer.partner_id, channel, step, "survey")

    @api.model
    def default_get(self, fields):
        return own_defaults(self, ["cx_act_id"], super().default_get(fields))

    def _has_field_access(self, field, operation):
        """Whom a campaign asked: only the machine writes it."""
        forged = field.name == "cx_act_id" and operation == "write" and not self.env.su
        return not forged and super()._has_field_access(field, operation)


class SurveyUserInputLine(models.Model):
    _inherit = "survey.user_input.line"

    def unlink(self):
        """As of whole answers."""
        ids = self.ids
        done = super().unlink()
        self.env["cx.touchpoint.source"]._deleted(self._name, ids)
        return done


class SurveyQuestionAnswer(models.Model):
    _inherit = "survey.question.answer"

    cx_channel_id = fields.Many2one(
        "cx.channel",
        "Preferred Channel",
        ondelete="set null",
        index="btree_not_null",
        domain=[("offered", "=", True)],
        help="Whoever chooses this answer prefers to be reached over this channel.",
    )
    cx_step_id = fields.Many2one(
        "cx.journey.step",
        "Journey Step",
        ondelete="set null",
        index="btree_not_null",
        help="Of a row: the channel chosen there is preferred at this step.",
    )
