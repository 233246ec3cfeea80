"""What people said about the machine's calls, beside what the back-test counts."""

from odoo import api, fields, models

from .words import labelled


class CxBacktest(models.Model):
    _inherit = "cx.backtest"

    people_text = fields.Text(
        "What People Said",
        compute="_compute_people_text",
        help="Holds and “not now” of the year before the back-test, against calls lived through.",
    )

    @api.depends("on")
    @api.depends_context("lang", "uid")
    def _compute_people_text(self):
        for test in self:
            log = self.env["cx.objection"].with_company(test.company_id)
            figures = log.objection_figures(fields.Date.subtract(test.on, years=1), test.on)
            test.people_text = test._people_sentence(figures)

    def _people_sentence(self, figures):
        if not figures["calls"]:
            return self.env._("Nobody has become dormant or lost in the year before, day by day.")
        sentence = self.env._(
            "In the year before, %(calls)s customers became dormant or lost day by day. People "
            "contested %(contested)s of these calls (%(share)s%%); %(bought)s of those contested "
            "have bought since.",
            calls=figures["calls"], contested=figures["contested"],
            share=self._percent(figures["false_alarm_share"]), bought=figures["bought_after"],
        )  # fmt: skip
        names = dict(
            self.env["cx.objection"]._fields["reason_code"]._description_selection(self.env)
        )
        names["hold"] = self.env._("held in another stage")
        said = [labelled(self.env, names[code], n) for code, n in figures["by_reason"].items() if n]
        return " ".join([sentence, " · ".join(said)]) if said else sentence

    def action_objections(self):
        """List what people said in the year before."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_objections")
        since = fields.Date.subtract(self.on, years=1)
        company = ("company_id", "=", self.company_id.id)
        return action | {"domain": [company, ("on", ">=", since), ("on", "<=", self.on)]}
