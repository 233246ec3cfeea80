"""What customers did, in the mail that Odoo sends every day, week or month."""

from odoo import api, fields, models
from odoo.exceptions import AccessError


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    kpi_cx_new = fields.Boolean("New Customers")
    kpi_cx_new_value = fields.Integer(compute="_compute_cx_movements")
    kpi_cx_quiet = fields.Boolean("Customers Who Went Quiet")
    kpi_cx_quiet_value = fields.Integer(compute="_compute_cx_movements")
    kpi_cx_won_back = fields.Boolean("Customers Who Came Back")
    kpi_cx_won_back_value = fields.Integer(compute="_compute_cx_movements")
    kpi_cx_balance = fields.Boolean("Balance of Customers")
    kpi_cx_balance_value = fields.Integer(compute="_compute_cx_movements")

    # asked for several periods in a row, of several users
    @api.depends_context("start_datetime", "end_datetime", "uid", "company")
    def _compute_cx_movements(self):
        """Movements of the portfolio, of the customers that the recipient may see.

        :raise AccessError: where the recipient sees none, so that Odoo leaves them out
        """
        by_company = self.grouped(lambda digest: digest.company_id or self.env.company)
        for company, digests in by_company.items():
            if not self.env["cx.first.run"]._accepted(company):
                raise AccessError(
                    self.env._("The stages of %s are not accepted yet.", company.name)
                )
            total = self._cx_balance(company)["total"]
            moves = {name: move["customers"] for name, move in total["moves"].items()}
            digests.kpi_cx_new_value = moves["new"]
            digests.kpi_cx_quiet_value = moves["dormant"] + moves["lost"]
            digests.kpi_cx_won_back_value = moves["won_back"]
            digests.kpi_cx_balance_value = total["net"]["customers"]

    def _cx_balance(self, company):
        """The balance of whole days, up to the one before the mail: the next mail begins there."""
        begin, end, _companies = self._get_kpi_compute_parameters()
        since = begin and fields.Date.to_date(begin)
        until = end and fields.Date.subtract(fields.Date.to_date(end), days=1)
        portfolio = self.env["cx.portfolio"].with_company(company)
        return portfolio.figures(since=since, until=until, blocks=["balance"])["balance"]

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("cx_lifecycle.menu_root").id
        quiet = f"cx_lifecycle.action_quiet?menu_id={menu}"
        portfolio = f"cx_lifecycle.action_portfolio?menu_id={menu}"
        return actions | {
            "kpi_cx_new": portfolio,
            "kpi_cx_quiet": quiet,
            "kpi_cx_won_back": portfolio,
            "kpi_cx_balance": portfolio,
        }
