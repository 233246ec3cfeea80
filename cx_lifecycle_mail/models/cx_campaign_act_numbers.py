"""The numbers of a step: each is counted, and its acts are found, by the same condition."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .codes import id_of
from .cx_campaign_act import OPEN

NOT_DONE = ("skipped", "refused", "failed")
# {number: SQL over act ``a``, its run ``r`` and its trace ``t``}
FIGURES = {
    "reached": SQL("true"),
    "sent": SQL("a.state = 'done'"),
    # as the steps that wait for it see it; who clicked has opened
    "opened": SQL(
        "a.state = 'done' AND (t.trace_status IN ('open', 'reply')"
        " OR t.links_click_datetime IS NOT NULL)"
    ),
    "clicked": SQL("a.state = 'done' AND t.links_click_datetime IS NOT NULL"),
    "replied": SQL("a.state = 'done' AND t.trace_status = 'reply'"),
    "bounced": SQL("a.state = 'done' AND t.trace_status = 'bounce'"),
    "bought": SQL("a.state = 'done' AND r.reason = 'bought' AND r.ended_at >= a.done_at"),
    "waiting": SQL("a.state IN %s", OPEN),
    "uncertain": SQL("a.state = 'uncertain'"),
    "not_done": SQL("a.state IN %s", NOT_DONE),
    "failed": SQL("a.state = 'failed'"),
}
# what they need to know of an act
COLUMNS = ("step_id", "reason", "state", "done_at", "run_id", "trace_id")
# of what was not done, that for one reason: not_done:expired; without any: not_done:
REASON = "not_done:"


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    step_number = fields.Char(
        store=False, search="_search_step_number",
        help="For searches only: a step's id, and one of its numbers.",
    )  # fmt: skip

    @api.model
    def _flush_figures(self):
        for model in ("cx.campaign.act", "cx.campaign.run", "mailing.trace"):
            self.env[model].flush_model()

    @api.model
    def _step_rows(self, steps):
        """[(step id, reason, {number: count})] of what the user may see, in one statement."""
        self._flush_figures()
        seen = self._search([("step_id", "in", steps.ids)])
        rows = self.env.execute_query(
            SQL(
                "SELECT a.step_id, coalesce(a.reason, ''), %s FROM (%s) AS a"
                " JOIN cx_campaign_run r ON r.id = a.run_id"
                " LEFT JOIN mailing_trace t ON t.id = a.trace_id"
                " GROUP BY a.step_id, a.reason",
                SQL(", ").join(SQL("count(*) FILTER (WHERE %s)", one) for one in FIGURES.values()),
                seen.select(*(SQL.identifier(self._table, name) for name in COLUMNS)),
            )
        )
        return [
            (step_id, reason, dict(zip(FIGURES, counts, strict=True)))
            for step_id, reason, *counts in rows
        ]

    def _search_step_number(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_figures()
        return Domain.OR(self._behind(*str(text).split(" ", 1)) for text in value)

    @api.model
    def _behind(self, step_id="", number=""):
        """The acts that a number of a step counts."""
        code, colon, reason = number.partition(":")
        if not id_of(step_id) or code not in FIGURES or (colon and code != "not_done"):
            raise UserError(self.env._("Steps: open the list from the campaign again."))
        counted = FIGURES[code]
        if colon:
            counted = SQL("%s AND coalesce(a.reason, '') = %s", counted, reason)
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT a.id FROM cx_campaign_act a JOIN cx_campaign_run r ON r.id = a.run_id"
                " LEFT JOIN mailing_trace t ON t.id = a.trace_id WHERE a.step_id = %s AND %s)",
                id_of(step_id),
                counted,
            ),
        )
