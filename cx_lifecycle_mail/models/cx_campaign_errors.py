"""What went wrong in a campaign, grouped by cause: one cause is mended once, for all it stopped."""

from odoo import api, fields, models
from odoo.tools import SQL

ERRORS = ("failed", "refused", "uncertain")


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    error_count = fields.Integer("Errors", compute="_compute_error_count")

    @api.depends("run_ids.state")
    def _compute_error_count(self):
        counts = dict(
            self.env["cx.campaign.act"]._read_group(
                [("campaign_id", "in", self.ids), ("state", "in", ERRORS)],
                ["campaign_id"],
                ["__count"],
            )
        )
        for campaign in self:
            campaign.error_count = counts.get(campaign, 0)

    def action_errors(self):
        """List what failed, was refused or is uncertain, grouped by cause."""
        self.ensure_one()
        action = self._acts_action([("campaign_id", "=", self.id), ("state", "in", ERRORS)])
        context = {**action["context"], "search_default_group_cause": 1}
        name = self.env._("Errors of %s", self.name)
        return action | {"name": name, "display_name": name, "context": context}


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    # not stored: what mail servers and errors say is kept, and this is how it is read
    cause = fields.Char(
        compute="_compute_cause", search="_search_cause",
        help="What was answered, or failed, without what differs from one message to the next.",
    )  # fmt: skip

    def _field_to_sql(self, alias, field_expr, query=None):
        """Causes are grouped by, though they are no column."""
        if field_expr == "cause":
            return self._cause_sql(alias)
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _cause_sql(self, alias):
        """SQL of the cause in the reader's language; NULL where nothing went wrong."""
        column = lambda name: SQL.identifier(alias, name)  # noqa: E731
        phases = {
            "mail": self.env._("about the sender"),
            "rcpt": self.env._("about the recipient"),
            "data": self.env._("about the message"),
            "dot": self.env._("about the message"),
        }
        whens = SQL(" ").join(
            SQL("WHEN %s THEN %s", phase, words) for phase, words in phases.items()
        )
        return SQL(
            "CASE %(state)s WHEN 'refused' THEN concat_ws(' ', %(refused)s,"
            " nullif(%(code)s, 0), CASE %(phase)s %(whens)s END)"
            " WHEN 'uncertain' THEN %(uncertain)s"
            " WHEN 'failed' THEN %(failed)s END",
            state=column("state"),
            refused=self.env._("Refused:"),
            code=column("smtp_code"),
            phase=column("smtp_phase"),
            whens=whens,
            uncertain=self.env._("The mail server did not tell whether it took it"),
            failed=_without_particulars(column("error")),
        )

    def _compute_cause(self):
        self.flush_model(["state", "smtp_code", "smtp_phase", "error"])
        causes = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, %s FROM cx_campaign_act WHERE id = ANY(%s)",
                    self._cause_sql("cx_campaign_act"),
                    self.ids,
                )
            )
        )
        for act in self:
            act.cause = causes.get(act.id)

    @api.model
    def _search_cause(self, operator, value):
        if operator != "in":
            return NotImplemented
        named = [cause for cause in value if cause]
        cause = self._cause_sql("cx_campaign_act")
        condition = SQL("%s = ANY(%s)", cause, named)
        if False in value:
            condition = SQL("(%s OR %s IS NULL)", condition, cause)
        self.flush_model(["state", "smtp_code", "smtp_phase", "error"])
        return [("id", "in", SQL("(SELECT id FROM cx_campaign_act WHERE %s)", condition))]


def _without_particulars(text):
    """SQL of an error without addresses, quoted values and numbers, which differ each time."""
    for pattern, instead in (
        ("[^[:space:]<>,;:]+@[^[:space:]<>,;:]+", "…@…"),
        ("\"[^\"]*\"|“[^”]*”|'[^']*'", "“…”"),
        ("[0-9]+", "#"),
    ):
        text = SQL("regexp_replace(%s, %s, %s, 'g')", text, pattern, instead)
    return text
