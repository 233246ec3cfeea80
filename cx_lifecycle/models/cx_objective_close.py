"""The last figure of what cannot be counted afterwards: the money of a stage."""

from datetime import timedelta

from odoo import api, fields, models

LATE = 7  # days after which a night is no measure of the last day any more
# a figure that was kept is of these, and of nothing else
COUNTED = {
    "measure", "stage_id", "unit", "date_from", "date_to", "company_id", "team_id", "user_id",
    "segment",
}  # fmt: skip


class CxObjective(models.Model):
    _inherit = "cx.objective"

    closed = fields.Boolean(readonly=True, copy=False, help="The last figure was kept.")
    closing = fields.Monetary(
        "Last Figure", readonly=True, copy=False,
        groups="cx_lifecycle.group_marketer,sales_team.group_sale_salesman_all_leads",
        help="What the customers in the stage had bought in twelve months, on the last day.",
    )  # fmt: skip

    def write(self, vals):
        if COUNTED & set(vals):
            # sudo: the machine's own fields
            self.sudo().filtered("closed").write({"closed": False, "closing": 0.0})
        return super().write(vals)

    @api.model
    def _close(self, company, on):
        """Keep the money of stages of the periods that ended; the night does so before all else.

        The figures of customers are still those of the day before then.
        """
        # sudo: the whole is kept, whoever may read how much of it
        ended = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("measure", "=", "stage"),
                ("unit", "=", "money"),
                ("closed", "=", False),
                ("date_to", "<", on),
                ("date_to", ">=", on - timedelta(days=LATE)),
            ]
        )
        last = on - timedelta(days=1)
        counted = ended._counted({company: last}, closing=True)
        for objective in ended:
            _heads, money = counted.get(objective, {}).get("now", (0, None))
            if money is not None:
                objective.write({"closed": True, "closing": money})
