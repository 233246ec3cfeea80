"""The targets on the portfolio's tiles come from objectives."""

from odoo import api, models


class CxPortfolio(models.AbstractModel):
    _inherit = "cx.portfolio"

    @api.model
    def _targets(self, domain, since, until):
        """How many customers each stage is to have, by objectives whose period holds ``until``.

        Only of the whole company, for who sees the whole of it, and of no part that was searched
        for. Of several for a stage the one that ends first counts.
        """
        targets = super()._targets(domain, since, until)
        if domain or not self.env["cx.objective"]._sees_all():
            return targets
        objectives = self.env["cx.objective"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("measure", "=", "stage"),
                ("unit", "=", "heads"),
                ("team_id", "=", False),
                ("user_id", "=", False),
                ("date_from", "<=", until),
                ("date_to", ">=", until),
            ],
            order="date_to, date_from desc, id",
        )
        for objective in objectives:
            if not objective._segmented():
                targets.setdefault(objective.stage_id.code, objective.target)
        return targets
